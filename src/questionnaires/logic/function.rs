//! Operators and functions: their names, and what the functions take.

/// An operator or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Negate,
    Multiply,
    Divide,
    Remainder,
    Not,
    True,
    False,
    If,
    Coalesce,
    Selected,
    SelectedAt,
    CountSelected,
    Rank,
    ChoiceName,
    StringLength,
    Concat,
    Contains,
    StartsWith,
    EndsWith,
    Substr,
    UpperCase,
    LowerCase,
    NormalizeSpace,
    Translate,
    Regex,
    Number,
    String,
    Int,
    Round,
    Abs,
    Min,
    Max,
    Sum,
    Today,
    Date,
    DecimalDateTime,
    FormatDate,
}

/// What a function takes at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// A condition.
    Truth,
    /// A number, or an option whose codes are numbers.
    Number,
    /// Anything but a condition.
    Text,
    /// Anything.
    Any,
    /// A day.
    Day,
    /// A question with options, or a text with codes between spaces.
    Codes,
    /// A text in quotation marks.
    Literal,
}

/// What comes out of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Truth,
    Number,
    Text,
    Day,
    /// One of the options of the first argument.
    OneOfThem,
    /// What the last two arguments have in common.
    Common,
}

/// A function as it is written.
pub(super) struct Signature {
    pub(super) function: Function,
    pub(super) name: &'static str,
    pub(super) takes: &'static [Needs],
    /// How many of the last ones may be left out.
    pub(super) optional: usize,
    /// Whether the last one may be repeated.
    pub(super) repeats: bool,
    pub(super) gives: Gives,
}

const fn takes(function: Function, name: &'static str, takes: &'static [Needs], gives: Gives) -> Signature {
    Signature { function, name, takes, optional: 0, repeats: false, gives }
}

const fn several(function: Function, name: &'static str, each: &'static [Needs], gives: Gives) -> Signature {
    Signature { repeats: true, ..takes(function, name, each, gives) }
}

const fn optional(function: Function, name: &'static str, all: &'static [Needs], gives: Gives) -> Signature {
    Signature { optional: 1, ..takes(function, name, all, gives) }
}

/// Every function.
pub(super) const SIGNATURES: &[Signature] = &[
    takes(Function::Not, "not", &[Needs::Truth], Gives::Truth),
    takes(Function::True, "true", &[], Gives::Truth),
    takes(Function::False, "false", &[], Gives::Truth),
    takes(Function::If, "if", &[Needs::Truth, Needs::Any, Needs::Any], Gives::Common),
    takes(Function::Coalesce, "coalesce", &[Needs::Text, Needs::Text], Gives::Common),
    takes(Function::Selected, "selected", &[Needs::Codes, Needs::Text], Gives::Truth),
    takes(Function::SelectedAt, "selected-at", &[Needs::Codes, Needs::Number], Gives::OneOfThem),
    takes(Function::CountSelected, "count-selected", &[Needs::Codes], Gives::Number),
    takes(Function::Rank, "rank", &[Needs::Codes, Needs::Text], Gives::Number),
    takes(Function::ChoiceName, "jr:choice-name", &[Needs::Text, Needs::Literal], Gives::Text),
    takes(Function::StringLength, "string-length", &[Needs::Text], Gives::Number),
    several(Function::Concat, "concat", &[Needs::Text], Gives::Text),
    takes(Function::Contains, "contains", &[Needs::Text, Needs::Text], Gives::Truth),
    takes(Function::StartsWith, "starts-with", &[Needs::Text, Needs::Text], Gives::Truth),
    takes(Function::EndsWith, "ends-with", &[Needs::Text, Needs::Text], Gives::Truth),
    optional(Function::Substr, "substr", &[Needs::Text, Needs::Number, Needs::Number], Gives::Text),
    takes(Function::UpperCase, "upper-case", &[Needs::Text], Gives::Text),
    takes(Function::LowerCase, "lower-case", &[Needs::Text], Gives::Text),
    takes(Function::NormalizeSpace, "normalize-space", &[Needs::Text], Gives::Text),
    takes(Function::Translate, "translate", &[Needs::Text, Needs::Text, Needs::Text], Gives::Text),
    takes(Function::Regex, "regex", &[Needs::Text, Needs::Literal], Gives::Truth),
    takes(Function::Number, "number", &[Needs::Any], Gives::Number),
    takes(Function::String, "string", &[Needs::Any], Gives::Text),
    takes(Function::Int, "int", &[Needs::Any], Gives::Number),
    optional(Function::Round, "round", &[Needs::Number, Needs::Number], Gives::Number),
    takes(Function::Abs, "abs", &[Needs::Number], Gives::Number),
    several(Function::Min, "min", &[Needs::Number], Gives::Number),
    several(Function::Max, "max", &[Needs::Number], Gives::Number),
    several(Function::Sum, "sum", &[Needs::Number], Gives::Number),
    takes(Function::Today, "today", &[], Gives::Day),
    takes(Function::Date, "date", &[Needs::Text], Gives::Day),
    takes(Function::DecimalDateTime, "decimal-date-time", &[Needs::Day], Gives::Number),
    takes(Function::FormatDate, "format-date", &[Needs::Day, Needs::Literal], Gives::Text),
];

/// Functions of XLSForm that are refused, with the reason and what to write instead.
pub(super) const REFUSED: &[(&str, &str, &str)] = &[
    (
        "random",
        "gives another value at every look, so nobody could check it afterwards",
        "use `shuffle`, whose order follows from the response's id",
    ),
    ("once", "keeps a value that was drawn before, and nothing is drawn here", "leave it out"),
    ("uuid", "makes an id, and every response has one already", "leave it out"),
    ("position", "counts repeated groups, which there are none of", "name the question itself"),
    ("count", "counts repeated groups, which there are none of", "use count-selected( )"),
    ("indexed-repeat", "looks into repeated groups, which there are none of", "name the question itself"),
    ("now", "reads the time of day, which is not kept", "use today( )"),
    ("format-date-time", "writes the time of day, which is not kept", "use format-date( )"),
    ("date-time", "makes a time of day, which is not kept", "use date( )"),
    ("decimal-time", "reads the time of day, which is not kept", "use decimal-date-time( ) of a day"),
    ("pulldata", "reads another file, and a questionnaire is one file", "write the values as attributes of options"),
    ("instance", "reads another file, and a questionnaire is one file", "write the values as attributes of options"),
    ("boolean", "turns values into conditions without saying how", "compare: = 1, != ''"),
    ("boolean-from-string", "turns values into conditions without saying how", "compare: = 1, != ''"),
    ("substring", "is not part of XLSForm", "use substr(text, from, to), which counts from 0"),
    ("pow", "is not among the functions", "multiply"),
    ("ceiling", "is not among the functions", "use round( ), or int( ), which cuts the decimals off"),
    ("floor", "is not among the functions", "use round( ), or int( ), which cuts the decimals off"),
];

impl Function {
    /// The name in expressions and in the JSON tree.
    pub(super) fn name(self) -> &'static str {
        match self {
            Function::Or => "or",
            Function::And => "and",
            Function::Equal => "=",
            Function::NotEqual => "!=",
            Function::Less => "<",
            Function::LessOrEqual => "<=",
            Function::Greater => ">",
            Function::GreaterOrEqual => ">=",
            Function::Add => "+",
            Function::Subtract | Function::Negate => "-",
            Function::Multiply => "*",
            Function::Divide => "div",
            Function::Remainder => "mod",
            function => SIGNATURES.iter().find(|s| s.function == function).map_or("?", |s| s.name),
        }
    }

    pub(super) fn is_comparison(self) -> bool {
        use Function::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}

/// The names of all functions, for documentation and for editors that complete.
pub fn names() -> impl Iterator<Item = &'static str> {
    SIGNATURES.iter().map(|s| s.name)
}
