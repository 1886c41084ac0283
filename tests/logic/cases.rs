//! One form with every kind of question, the vectors, and random expressions on it.

use std::collections::BTreeMap;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sipas::questionnaires::logic::{Condition, Expression, Mistake, parse, parse_filter, parse_value};
use sipas::questionnaires::model::{Answer, Answers, Kind, Question};
use sipas::questionnaires::{Questionnaire, read};

pub const FORM: &str = include_str!("form.yaml");
pub const VECTORS: &str = include_str!("vectors.json");
/// The day the vectors are answered on, unless they say otherwise.
pub const TODAY: &str = "2026-03-01";

pub fn form() -> Questionnaire {
    read(FORM).unwrap_or_else(|f| panic!("{f:#?}"))
}

/// An expression, answers, and what must come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    pub expr: String,
    #[serde(default)]
    pub answers: Map<String, Value>,
    /// The question that `.` is.
    #[serde(default)]
    pub this: Option<String>,
    /// The option of `place` that a choice filter looks at.
    #[serde(default)]
    pub option: Option<String>,
    #[serde(default)]
    pub today: Option<String>,
    /// A truth for conditions; a number, a text, or null where nothing comes out, for calculations.
    pub want: Value,
    /// Where the wanted value comes from, when from outside.
    #[serde(default)]
    #[expect(dead_code, reason = "for people")]
    pub says: Option<String>,
}

/// The vectors, those of a group with its name.
pub fn vectors() -> Vec<(String, Vector)> {
    let groups: BTreeMap<String, Vec<Vector>> = serde_json::from_str(VECTORS).unwrap();
    groups.into_iter().flat_map(|(name, all)| all.into_iter().map(move |v| (name.clone(), v))).collect()
}

/// Answers as the page keeps them, `{code: value}`, as the server keeps them.
pub fn answers(form: &Questionnaire, given: &Map<String, Value>, today: Option<&str>) -> Answers {
    let mut answers = Answers { day: today.map(|d| d.parse().unwrap()), ..Answers::default() };
    for (code, value) in given {
        let position = form.position(code).unwrap_or_else(|| panic!("no question {code}"));
        answers.given.insert(position, answer(&form.questions[position], value));
    }
    answers
}

fn answer(question: &Question, value: &Value) -> Answer {
    let numbers = || -> Vec<u8> {
        let place = |c: &Value| question.options().iter().position(|o| o.code == c.as_str().unwrap()).unwrap();
        value.as_array().unwrap().iter().map(|c| u8::try_from(place(c) + 1).unwrap()).collect()
    };
    match (&question.kind, value) {
        (Kind::Date { .. }, Value::String(t)) => Answer::Date(t.parse().unwrap()),
        (Kind::Single { .. } | Kind::Consent, Value::String(code)) => {
            question.choice(code).unwrap_or_else(|| panic!("{} has no option {code}", question.code))
        }
        (Kind::Multiple { .. }, _) => Answer::Choices(numbers()),
        (Kind::Ranking { .. }, _) => Answer::Ranking(numbers()),
        (_, Value::Number(n)) => Answer::Number(n.as_f64().unwrap()),
        (_, Value::String(t)) => Answer::Text(t.clone()),
        other => panic!("{}: {other:?}", question.code),
    }
}

/// An answer as the page keeps it.
pub fn shown(question: &Question, answer: &Answer) -> Value {
    match answer {
        Answer::Number(n) => json!(n),
        Answer::Text(t) => json!(t),
        Answer::Date(d) => json!(d.to_string()),
        Answer::Choices(_) | Answer::Ranking(_) => json!(question.answer_codes(answer)),
        _ => json!(question.answer_codes(answer)[0]),
    }
}

/// A parsed expression of either kind.
pub enum Parsed {
    Condition(Condition),
    Value(Expression),
}

impl Parsed {
    pub fn json(&self) -> Value {
        match self {
            Parsed::Condition(c) => json!(c),
            Parsed::Value(e) => json!(e),
        }
    }
}

/// Reads an expression of a vector.
pub fn parsed(form: &Questionnaire, vector: &Vector) -> Result<Parsed, Mistake> {
    let (questions, all, later) = (&form.questions, form.questions.len(), |_: &str| false);
    if vector.option.is_some() {
        let names = ["region".to_owned(), "weight".to_owned()].into();
        return parse_filter(&vector.expr, questions, all, &later, &names).map(Parsed::Condition);
    }
    let this = vector.this.as_ref().map(|code| form.position(code).unwrap());
    if vector.want.is_boolean() {
        return parse(&vector.expr, questions, all, &later, this).map(Parsed::Condition);
    }
    parse_value(&vector.expr, questions, all, &later).map(Parsed::Value)
}

/// What the server computes.
pub fn computed(form: &Questionnaire, vector: &Vector, parsed: &Parsed) -> Value {
    let answers = form.calculate(answers(form, &vector.answers, Some(vector.today.as_deref().unwrap_or(TODAY))));
    let this = vector.this.as_ref().and_then(|code| form.position(code)).unwrap_or(usize::MAX);
    match (parsed, &vector.option) {
        (Parsed::Condition(c), Some(option)) => {
            let place = form.position("place").unwrap();
            let option = form.questions[place].options().iter().find(|o| o.code == *option).unwrap();
            json!(c.admits(form, &answers, place, option))
        }
        (Parsed::Condition(c), None) => json!(c.holds(form, &answers, this)),
        (Parsed::Value(e), _) => match e.value(form, &answers, this) {
            Some(Answer::Number(n)) => json!(n),
            Some(Answer::Text(t)) => json!(t),
            None => Value::Null,
            other => panic!("{other:?}"),
        },
    }
}

/// What the page needs to compute the same: answers with what is calculated, tree, and what must come out.
pub fn for_the_page(form: &Questionnaire, vector: &Vector, parsed: &Parsed, want: &Value) -> Value {
    let all = form.calculate(answers(form, &vector.answers, Some(vector.today.as_deref().unwrap_or(TODAY))));
    let answers: Map<String, Value> =
        all.given.iter().map(|(at, a)| (form.questions[*at].code.clone(), shown(&form.questions[*at], a))).collect();
    json!({
        "source": vector.expr,
        "parsed": parsed.json(),
        "answers": answers,
        "this": vector.this,
        "option": vector.option,
        "today": vector.today.as_deref().unwrap_or(TODAY),
        "want": want,
    })
}

/// Random expressions, of every type and with every function, from a seed.
pub struct Random(ChaCha8Rng);

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "land",
    "tv",
    "1",
    "2.5",
    "-3",
    "007",
    "1e3",
    ".5",
    "5.",
    "- 1",
    "  4 ",
    "NaN",
    "yes",
    "2026-03-01",
    "2024-02-29",
    "2023-02-29",
    "Đường Láng",
    "ĐẤT đai",
    "e\u{301}",
    "👨‍👩‍👧",
    "𝒳y",
    "ß",
    "ΟΔΟΣ",
    "a  b\tc",
    "\u{a0}x",
    "na",
    "tv net",
    "ab-12",
    "%Y",
    "x_y",
];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "0.5",
    "2.5",
    "2.675",
    "1.005",
    "10",
    "-1",
    "-2.5",
    "0.1",
    "0.000001",
    "123456789012345680000",
    "1000000000000000000000000",
    "0.00000000012345",
    "100.0",
    "9.995",
    "20513",
    "-719163",
];
const PATTERNS: &[&str] = &[
    "[0-9]+",
    "\\d{2,4}",
    "(a|b)*",
    "[^a]*",
    ".",
    ".*",
    "[A-Za-zÀ-ỹ ]+",
    "\\w+-\\d+",
    "a?b?c?",
    "(tv|net)( (tv|net))*",
    "",
    "\\s*\\S+\\s*",
    "x{0}",
    "(a*)*b?",
    "👨.*",
];

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(ChaCha8Rng::seed_from_u64(seed))
    }

    fn one(&mut self, all: &[&str]) -> String {
        (*all.choose(&mut self.0).unwrap()).to_owned()
    }

    fn below(&mut self, n: u32) -> u32 {
        self.0.random_range(0..n)
    }

    fn quoted(&mut self) -> String {
        format!("'{}'", self.one(TEXTS))
    }

    pub fn vector(&mut self) -> Vector {
        let (expr, want) = match self.below(4) {
            0 => (self.truth(4), json!(true)),
            1 => (self.number(4), Value::Null),
            2 => (self.text(4), Value::Null),
            _ => (self.day(3), Value::Null),
        };
        Vector { expr, answers: self.answers(), this: None, option: None, today: None, want, says: None }
    }

    pub fn answers(&mut self) -> Map<String, Value> {
        let mut all = Map::new();
        let mut give = |random: &mut Self, code: &str, value: Value| {
            if random.below(4) > 0 {
                all.insert(code.to_owned(), value);
            }
        };
        for code in ["mark", "mark2"] {
            let value = self.one(&["1", "2", "3", "4", "5", "na", "refused"]);
            give(self, code, json!(value));
        }
        let field = self.one(&["land", "birth", "other"]);
        give(self, "field", json!(field));
        let seen: Vec<&str> = ["tv", "net", "paper"].into_iter().filter(|_| self.below(2) > 0).collect();
        if !seen.is_empty() {
            give(self, "seen", json!(seen));
        }
        let trips = self.below(11);
        give(self, "trips", json!(f64::from(trips)));
        let paid: f64 = match self.below(3) {
            0 => self.one(NUMBERS).parse().unwrap(),
            1 => f64::from(self.below(1_000_000)) / 1000.0,
            _ => (self.0.random::<f64>() - 0.5) * 10f64.powi(i32::try_from(self.below(40)).unwrap() - 20),
        };
        give(self, "paid", json!(paid));
        give(self, "agree", json!("yes"));
        for code in ["words", "from", "constructor", "why"] {
            let text = self.one(TEXTS);
            if !text.is_empty() {
                give(self, code, json!(text));
            }
        }
        for code in ["day", "until"] {
            let day =
                self.one(&["2026-03-01", "2026-02-28", "2024-02-29", "1970-01-01", "1969-12-31", "0001-01-01", "9999-12-31", "1900-03-01"]);
            give(self, code, json!(day));
        }
        let mut best = ["fast", "kind", "near"];
        for i in (1..best.len()).rev() {
            let other = self.0.random_range(0..=i);
            best.swap(i, other);
        }
        let places = self.0.random_range(1..=3);
        give(self, "best", json!(best[..places]));
        let place = self.one(&["hk", "bd", "else"]);
        give(self, "place", json!(place));
        all
    }

    fn truth(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.one(&["true()", "false()", "${agree} = 'yes'", "${mark} = 'na'", "${words} = ''"]);
        }
        let d = depth - 1;
        match self.below(12) {
            0 => format!("({} and {})", self.truth(d), self.truth(d)),
            1 => format!("({} or {})", self.truth(d), self.truth(d)),
            2 => format!("not({})", self.truth(d)),
            3 => format!("{} {} {}", self.number(d), self.comparison(), self.number(d)),
            4 => format!("{} {} {}", self.day(d), self.comparison(), self.day(d)),
            5 => format!("{} {} {}", self.text(d), self.one(&["=", "!="]), self.text(d)),
            6 => format!("{}({}, {})", self.one(&["contains", "starts-with", "ends-with"]), self.text(d), self.text(d)),
            7 => format!("regex({}, '{}')", self.text(d), self.one(PATTERNS)),
            8 => format!(
                "selected({}, {})",
                self.one(&["${seen}", "${best}", "${mark}", "${words}"]),
                self.one(&["'1'", "${mark2}", "'tv'", "${from}"])
            ),
            9 => format!("{} {} {}", self.one(&["${mark}", "${mark2}", "selected-at(${seen}, 1)"]), self.one(&["=", "!="]), self.text(d)),
            10 => format!("if({}, {}, {})", self.truth(d), self.truth(d), self.truth(d)),
            _ => format!("(({}) = ({}))", self.truth(0), self.truth(d)),
        }
    }

    fn comparison(&mut self) -> String {
        self.one(&["=", "!=", "<", "<=", ">", ">="])
    }

    fn number(&mut self, depth: u32) -> String {
        if depth == 0 {
            return match self.below(3) {
                0 => self.one(NUMBERS),
                _ => {
                    self.one(&["${trips}", "${paid}", "${twice}", "${length}", "count-selected(${seen})", "rank(${best}, 'kind')", "'2.5'"])
                }
            };
        }
        let d = depth - 1;
        match self.below(13) {
            0 => format!("({} {} {})", self.number(d), self.one(&["+", "-", "*"]), self.number(d)),
            1 => format!("({} {} {})", self.number(d), self.one(&["div", "mod"]), self.number(d)),
            2 => format!("round({}, {})", self.number(d), self.number(0)),
            3 => format!("{}({})", self.one(&["int", "abs", "round", "-"]), self.number(d)),
            4 => format!("{}({}, {}, {})", self.one(&["min", "max", "sum"]), self.number(d), self.number(d), self.number(0)),
            5 => format!("number({})", self.text(d)),
            6 => format!("int({})", self.text(d)),
            7 => format!("string-length({})", self.text(d)),
            8 => format!("if({}, {}, {})", self.truth(d), self.number(d), self.number(d)),
            9 => format!("coalesce({}, {})", self.number(d), self.number(d)),
            10 => format!("({} - {})", self.day(d), self.day(d)),
            11 => format!("decimal-date-time({})", self.day(d)),
            _ => format!("number({})", self.truth(d)),
        }
    }

    fn text(&mut self, depth: u32) -> String {
        if depth == 0 {
            return match self.below(2) {
                0 => self.quoted(),
                _ => self.one(&[
                    "${words}",
                    "${from}",
                    "${shout}",
                    "${constructor}",
                    "string(${mark})",
                    "string(${seen})",
                    "string(${best})",
                    "string(${trips})",
                ]),
            };
        }
        let d = depth - 1;
        match self.below(13) {
            0 => format!("concat({}, {}, {})", self.text(d), self.number(d), self.day(d)),
            1 => format!("substr({}, {}, {})", self.text(d), self.number(0), self.number(d)),
            2 => format!("substr({}, {})", self.text(d), self.number(d)),
            3 => format!("{}({})", self.one(&["upper-case", "lower-case", "normalize-space"]), self.text(d)),
            4 => format!("translate({}, {}, {})", self.text(d), self.text(0), self.text(0)),
            5 => format!("string({})", self.number(d)),
            6 => format!("string({})", self.truth(d)),
            7 => format!("string({})", self.day(d)),
            8 => format!("if({}, {}, {})", self.truth(d), self.text(d), self.text(d)),
            9 => format!("coalesce({}, {})", self.text(d), self.text(d)),
            10 => format!("format-date({}, '%d/%m/%Y %e.%n.%y %%')", self.day(d)),
            11 => format!(
                "jr:choice-name({}, '${{{}}}')",
                self.one(&["${mark}", "${field}", "'tv'", "selected-at(${seen}, 0)", "'fast'"]),
                self.one(&["mark", "field", "seen", "best"])
            ),
            _ => format!("string(selected-at({}, {}))", self.one(&["${seen}", "${best}", "${words}"]), self.number(d)),
        }
    }

    fn day(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.one(&["${day}", "${until}", "${week}", "today()", "date('2024-02-29')", "date('1969-12-31')"]);
        }
        let d = depth - 1;
        match self.below(5) {
            0 => format!("date({})", self.number(d)),
            1 => format!("date({} {} {})", self.day(d), self.one(&["+", "-"]), self.number(d)),
            2 => format!("if({}, {}, {})", self.truth(d), self.day(d), self.day(d)),
            3 => format!("coalesce({}, {})", self.day(d), self.day(d)),
            _ => format!("date({})", self.one(&["${words}", "${from}", "concat('2026-0', ${mark}, '-01')"])),
        }
    }
}
