//! The types of expressions: what can be compared, computed and handed to functions without being a mistake.

use super::super::model::{CONSENT_YES, Choice, Kind, Question};
use super::function::{Gives, Needs};
use super::parser::{Mistake, mistake};
use super::{Expr, Function, Signature, value};

/// What an expression is, as far as it matters for comparing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Truth,
    Number,
    /// A number that counts days since 1 January 1970: a day with days added.
    Days,
    Day,
    /// Any text.
    Text,
    /// A text written in the expression.
    Literal(String),
    /// The answer to a closed question.
    Codes(Codes),
}

/// The options an answer can be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Codes {
    question: String,
    codes: Vec<String>,
    several: bool,
    /// Whether their order is one of preference.
    ranked: bool,
    /// The first option that is not a number, if any. "Not applicable" may be any word: it compares as no number.
    not_a_number: Option<String>,
}

/// A part of an expression, with its type and its place.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) at: usize,
    pub(super) expr: Expr,
    pub(super) ty: Type,
}

type Checked<T = ()> = Result<T, Mistake>;

/// The type of a question's answer.
pub(super) fn of(q: &Question) -> Type {
    let codes = |codes: Vec<String>, several: bool| {
        let not_a_number = q.options().iter().map(|c| &c.code).find(|c| !is_number(c)).cloned();
        let ranked = matches!(q.kind, Kind::Ranking { .. });
        Type::Codes(Codes { question: q.code.clone(), codes, several, ranked, not_a_number })
    };
    let all = |options: &[Choice]| options.iter().map(|c| c.code.clone()).collect::<Vec<_>>();
    match &q.kind {
        Kind::Number { .. } => Type::Number,
        Kind::Calculated { calculation } if calculation.numeric => Type::Number,
        Kind::Calculated { calculation } if calculation.day => Type::Day,
        Kind::Date { .. } => Type::Day,
        Kind::Text { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => Type::Text,
        Kind::Consent => {
            let yes = CONSENT_YES.to_owned();
            let not_a_number = Some(yes.clone());
            Type::Codes(Codes { question: q.code.clone(), codes: vec![yes], several: false, ranked: false, not_a_number })
        }
        Kind::Single { options, not_applicable, refused, .. } => {
            let apart = not_applicable.iter().chain(refused).map(|c| c.code.clone());
            codes(all(options).into_iter().chain(apart).collect(), false)
        }
        Kind::Multiple { options, .. } | Kind::Ranking { options, .. } => codes(all(options), true),
    }
}

fn is_number(text: &str) -> bool {
    value::number(text).is_finite()
}

impl Type {
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Type::Number | Type::Days | Type::Truth)
    }

    /// A day, or a text in quotation marks that is one or is empty.
    fn can_be_day(&self) -> bool {
        match self {
            Type::Day => true,
            Type::Literal(t) => t.is_empty() || value::day(t).is_some(),
            _ => false,
        }
    }
}

impl Part {
    pub(super) fn truth(&self) -> Checked {
        if self.ty == Type::Truth {
            return Ok(());
        }
        Err(mistake(self.at, "a condition is needed here, this is a value".into(), "compare it, for example ${code} = 'option'"))
    }

    pub(super) fn number(&self) -> Checked {
        match &self.ty {
            Type::Number | Type::Days => Ok(()),
            Type::Literal(t) if is_number(t) => Ok(()),
            Type::Codes(c) if !c.several => c.numeric(self.at),
            Type::Day => {
                Err(mistake(self.at, "a number is needed here, this is a day".into(), "subtract two days, or use decimal-date-time( )"))
            }
            _ => Err(mistake(
                self.at,
                "a number is needed here".into(),
                "use a number, a number question, a scale with numeric codes, or number( ) of a text",
            )),
        }
    }

    fn value(&self) -> Checked {
        if self.ty == Type::Truth {
            return Err(mistake(self.at, "a value is needed here, this is a condition".into(), "use if(condition, value, other value)"));
        }
        Ok(())
    }

    /// A text that is a day becomes one beside days.
    fn into_day(self) -> Self {
        match &self.ty {
            Type::Literal(t) if value::day(t).is_some() => {
                Part { expr: Expr::Apply(Function::Date, vec![self.expr]), ty: Type::Day, at: self.at }
            }
            _ => self,
        }
    }
}

impl Codes {
    /// Order and arithmetic need options that are numbers.
    fn numeric(&self, at: usize) -> Checked {
        match &self.not_a_number {
            Some(code) => {
                Err(mistake(at, format!("the option {code:?} is not a number"), "compare with an option in quotation marks: = 'option'"))
            }
            None => Ok(()),
        }
    }

    fn has(&self, at: usize, wanted: &str) -> Checked {
        if wanted.is_empty() || self.codes.iter().any(|c| c == wanted) {
            return Ok(());
        }
        let hint = format!("its options are: {}", self.codes.join(", "));
        Err(mistake(at, format!("{} has no option {wanted:?}", self.question), &hint))
    }

    fn joined(mut self, other: Codes) -> Codes {
        self.codes.extend(other.codes);
        self.several |= other.several;
        self.ranked &= other.ranked;
        self.not_a_number = self.not_a_number.or(other.not_a_number);
        self
    }
}

/// Two sides compared, or the mistake it is.
pub(super) fn compared(function: Function, at: usize, a: Part, b: Part) -> Checked<Part> {
    let (a, b) = if a.ty == Type::Day || b.ty == Type::Day { (a.into_day(), b.into_day()) } else { (a, b) };
    if matches!(function, Function::Equal | Function::NotEqual) {
        can_be_equal(at, &a.ty, &b.ty)?;
    } else {
        have_order(at, &a.ty, &b.ty)?;
    }
    Ok(Part { at: a.at, expr: Expr::Apply(function, vec![a.expr, b.expr]), ty: Type::Truth })
}

fn can_be_equal(at: usize, a: &Type, b: &Type) -> Checked {
    if (*a == Type::Truth) != (*b == Type::Truth) {
        return Err(mistake(at, "a condition is compared with a value".into(), "join conditions with `and`, `or`, `not( )`"));
    }
    for (x, y) in [(a, b), (b, a)] {
        match (x, y) {
            (Type::Codes(c), y) => {
                if c.several {
                    return Err(mistake(at, "this question can have several answers".into(), "write selected(${code}, 'option')"));
                }
                if let Type::Literal(t) = y {
                    c.has(at, t)?;
                }
                if matches!(y, Type::Number | Type::Days) {
                    c.numeric(at)?;
                }
                if *y == Type::Day {
                    return Err(mistake(at, "a day is compared with an option".into(), "compare a day with a day"));
                }
            }
            (Type::Number | Type::Days, Type::Literal(t)) if !t.is_empty() && !is_number(t) => {
                return Err(mistake(at, format!("a number is compared with the text {t:?}"), "compare a number with a number"));
            }
            (Type::Number | Type::Days, Type::Text) => {
                return Err(mistake(
                    at,
                    "a text is compared with a number".into(),
                    "compare a text with a text in quotation marks, or use number( )",
                ));
            }
            (Type::Day, Type::Literal(_)) if !y.can_be_day() => {
                return Err(mistake(at, "a day is compared with a text".into(), "write the day as '2026-01-31'"));
            }
            (Type::Day, Type::Text) => {
                return Err(mistake(at, "a day is compared with a text".into(), "write date( ) around the text"));
            }
            (Type::Day, Type::Number) => {
                return Err(mistake(
                    at,
                    "a day is compared with a number".into(),
                    "write the day as '2026-01-31', or compare the difference of two days",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn have_order(at: usize, a: &Type, b: &Type) -> Checked {
    let days = |t: &Type| matches!(t, Type::Day | Type::Days);
    if days(a) && days(b) {
        return Ok(());
    }
    for (x, other) in [(a, b), (b, a)] {
        match x {
            Type::Number | Type::Days => {}
            Type::Literal(t) if is_number(t) && *other != Type::Day => {}
            Type::Codes(c) if !c.several => c.numeric(at)?,
            Type::Codes(_) => {
                return Err(mistake(at, "this question can have several answers".into(), "write count-selected(${code})"));
            }
            Type::Truth => return Err(mistake(at, "a condition has no order".into(), "join conditions with `and`, `or`, `not( )`")),
            Type::Day => {
                return Err(mistake(
                    at,
                    "a day is compared with something else".into(),
                    "compare it with a day, for example '2026-01-31' or today( )",
                ));
            }
            Type::Text | Type::Literal(_) if *other == Type::Day => {
                return Err(mistake(
                    at,
                    "a day is compared with a text".into(),
                    "write the day as '2026-01-31', or date( ) around the text",
                ));
            }
            Type::Text | Type::Literal(_) => {
                return Err(mistake(
                    at,
                    "texts have no order here".into(),
                    "use `=` or `!=`, string-length( ) of the text, or number( ) of it",
                ));
            }
        }
    }
    Ok(())
}

/// Two sides computed with, or the mistake it is. Days may be subtracted from each other, and days added to a day.
pub(super) fn computed(function: Function, a: Part, b: Part) -> Checked<Part> {
    let sum = matches!(function, Function::Add | Function::Subtract);
    let (a, b) = if sum && (a.ty == Type::Day || b.ty == Type::Day) { (a.into_day(), b.into_day()) } else { (a, b) };
    let day = |p: &Part| matches!(p.ty, Type::Day | Type::Days);
    for part in [&a, &b] {
        if !(sum && part.ty == Type::Day) {
            part.number()?;
        }
    }
    let ty = match (function, day(&a), day(&b)) {
        (Function::Add, true, true) => {
            return Err(mistake(b.at, "two days cannot be added".into(), "subtract them, or add a number of days"));
        }
        (Function::Add, true, false) | (Function::Add, false, true) | (Function::Subtract, true, false) => Type::Days,
        _ => Type::Number,
    };
    Ok(Part { at: a.at, expr: Expr::Apply(function, vec![a.expr, b.expr]), ty })
}

/// A function with what it is given, or the mistake it is.
pub(super) fn applied(signature: &Signature, at: usize, given: Vec<Part>) -> Checked<Part> {
    let (name, takes) = (signature.name, signature.takes);
    let least = takes.len() - signature.optional;
    if given.len() < least || (given.len() > takes.len() && !signature.repeats) {
        let most = if signature.repeats { " or more".to_owned() } else { (least + 1..=takes.len()).map(|n| format!(" or {n}")).collect() };
        let values = if least == 1 && most.is_empty() { "value" } else { "values" };
        let message = format!("{name} takes {least}{most} {values} in its brackets, here are {}", given.len());
        return Err(mistake(at, message, "see the table of functions in docs/QUESTIONNAIRES.md"));
    }
    let mut parts = Vec::with_capacity(given.len());
    for (needs, part) in takes.iter().chain(std::iter::repeat(takes.last().unwrap_or(&Needs::Any))).zip(given) {
        parts.push(fitting(*needs, name, part)?);
    }
    options_exist(signature.function, &parts)?;
    let ty = match signature.gives {
        Gives::Truth => Type::Truth,
        Gives::Number => Type::Number,
        Gives::Text => Type::Text,
        Gives::Day => Type::Day,
        Gives::OneOfThem => match parts.first().map(|p| &p.ty) {
            Some(Type::Codes(c)) => Type::Codes(Codes { several: false, ranked: false, ..c.clone() }),
            _ => Type::Text,
        },
        Gives::Common => {
            let b = parts.pop();
            let a = parts.pop();
            let (Some(a), Some(b)) = (a, b) else { return Err(mistake(at, format!("{name} takes more values"), "add them")) };
            let (a, b, ty) = common(a, b)?;
            parts.extend([a, b]);
            ty
        }
    };
    Ok(Part { at, expr: Expr::Apply(signature.function, parts.into_iter().map(|p| p.expr).collect()), ty })
}

fn fitting(needs: Needs, name: &str, part: Part) -> Checked<Part> {
    match needs {
        Needs::Truth => part.truth()?,
        Needs::Number => part.number()?,
        Needs::Text => part.value()?,
        Needs::Any => {}
        Needs::Day => {
            let part = part.into_day();
            if matches!(part.ty, Type::Day | Type::Days) {
                return Ok(part);
            }
            let hint = "use a date question, today( ), '2026-01-31' or date( ) around a text";
            return Err(mistake(part.at, format!("{name} needs a day"), hint));
        }
        Needs::Codes => {
            if !matches!(part.ty, Type::Codes(_) | Type::Text) {
                let hint = "name a single, multiple, ranking or scale question";
                return Err(mistake(part.at, format!("{name} needs a question with options"), hint));
            }
        }
        Needs::Literal => {
            if !matches!(part.ty, Type::Literal(_)) {
                return Err(mistake(
                    part.at,
                    format!("{name} needs a text in quotation marks here"),
                    "write it out, it cannot be computed",
                ));
            }
        }
    }
    Ok(part)
}

/// What depends on the question that a function asks about its options.
fn options_exist(function: Function, parts: &[Part]) -> Checked {
    let [first, more @ ..] = parts else { return Ok(()) };
    match (function, &first.ty) {
        (Function::CountSelected, Type::Codes(c)) if !c.several => {
            return Err(mistake(first.at, "this question has one answer only".into(), "count-selected is for multiple questions"));
        }
        (Function::Rank, ty) if !matches!(ty, Type::Codes(c) if c.ranked) => {
            return Err(mistake(first.at, "rank needs a ranking".into(), "name a question of type ranking"));
        }
        (Function::Date, Type::Literal(t)) if value::day(t).is_none() => {
            return Err(mistake(first.at, format!("{t:?} is not a day"), "write it as '2026-01-31'"));
        }
        (Function::Selected | Function::Rank, Type::Codes(c)) => {
            if let Some(Part { at, ty: Type::Literal(t), .. }) = more.first() {
                if t.is_empty() {
                    return Err(mistake(
                        *at,
                        "the option is empty".into(),
                        "to ask whether nothing is selected compare with '' or use count-selected( )",
                    ));
                }
                c.has(*at, t)?;
            }
        }
        (Function::FormatDate, _) => {
            if let Some(Part { at, ty: Type::Literal(t), .. }) = more.first()
                && let Some(sign) = value::wrong_in_format(t)
            {
                return Err(mistake(*at, format!("{sign:?} is not known in a format of days"), "known are %Y %y %m %n %d %e and %%"));
            }
        }
        _ => {}
    }
    Ok(())
}

/// The type that two values have in common.
fn common(a: Part, b: Part) -> Checked<(Part, Part, Type)> {
    let truth = |p: &Part| p.ty == Type::Truth;
    if truth(&a) != truth(&b) {
        let at = if truth(&a) { b.at } else { a.at };
        return Err(mistake(at, "one is a condition and the other a value".into(), "let both be values, or both conditions"));
    }
    let is_day = |p: &Part| p.ty == Type::Day;
    if (is_day(&a) || is_day(&b)) && a.ty.can_be_day() && b.ty.can_be_day() {
        return Ok((a.into_day(), b.into_day(), Type::Day));
    }
    let numeric = |t: &Type| match t {
        Type::Number | Type::Days => true,
        Type::Literal(t) => t.is_empty() || is_number(t),
        Type::Codes(c) => !c.several && c.not_a_number.is_none(),
        _ => false,
    };
    let ty = match (&a.ty, &b.ty) {
        (Type::Truth, _) => Type::Truth,
        (Type::Days, Type::Days) => Type::Days,
        (Type::Number | Type::Days, other) | (other, Type::Number | Type::Days) if numeric(other) => Type::Number,
        (Type::Codes(x), Type::Codes(y)) => Type::Codes(x.clone().joined(y.clone())),
        (Type::Codes(c), Type::Literal(t)) | (Type::Literal(t), Type::Codes(c)) => {
            let mut c = c.clone();
            if !t.is_empty() {
                c.not_a_number = c.not_a_number.or_else(|| Some(t.clone()).filter(|t| !is_number(t)));
                c.codes.push(t.clone());
            }
            Type::Codes(c)
        }
        _ => Type::Text,
    };
    Ok((a, b, ty))
}
