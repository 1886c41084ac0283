//! The one place where answers from outside become checked answers: from a JSON body, from a posted form, from a line of CSV.
//!
//! Reading ([`from_json`], [`from_texts`]) refuses what no answer can be: unknown questions and options, wrong types, lengths and bounds. Checking
//! ([`problems`]) applies the rules of the questionnaire: what is asked, what is required, constraints. The citizen's page and the API use the same two.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answer, Answers, Constraint, Day, Kind, Question};

/// One thing wrong with the answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Code of the question, or the unknown code that was sent.
    pub question: String,
    /// What.
    pub what: What,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The questionnaire has no such question.
    UnknownQuestion,
    /// The question has no such option.
    UnknownOption(String),
    /// The question has this option, but does not offer it, given the other answers.
    NotOffered(String),
    /// Not a value of the kind the question takes; what it takes.
    WrongType(&'static str),
    /// Below the smallest or above the largest value.
    OutOfRange {
        /// Smallest.
        min: Option<String>,
        /// Largest.
        max: Option<String>,
    },
    /// More digits after the point than asked for.
    TooManyDecimals(u8),
    /// Longer than allowed, in characters.
    TooLong(u32),
    /// Control characters in a text.
    ControlCharacters,
    /// Fewer options than asked for.
    TooFew(u8),
    /// More options than asked for.
    TooMany(u8),
    /// An option in two places of a ranking.
    Twice(String),
    /// Two options in this place of a ranking.
    SamePlace(u8),
    /// No option in this place of a ranking, but one in a later place.
    PlaceEmpty(u8),
    /// Before the first day that is allowed.
    TooEarly(NaiveDate),
    /// After the last day that is allowed.
    TooLate(NaiveDate),
    /// An exclusive option together with others.
    Exclusive(String),
    /// An answer to a question that is not asked, given the other answers.
    NotAsked,
    /// The question needs an answer.
    Required,
    /// The question's own constraint; its message by language.
    Constraint(crate::questionnaires::model::Text),
}

impl What {
    /// The stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            What::UnknownQuestion => "unknown_question",
            What::UnknownOption(_) => "unknown_option",
            What::NotOffered(_) => "not_offered",
            What::WrongType(_) => "wrong_type",
            What::OutOfRange { .. } => "out_of_range",
            What::TooManyDecimals(_) => "too_many_decimals",
            What::TooLong(_) => "too_long",
            What::ControlCharacters => "control_characters",
            What::TooFew(_) => "too_few",
            What::TooMany(_) => "too_many",
            What::Twice(_) => "twice",
            What::SamePlace(_) => "same_place",
            What::PlaceEmpty(_) => "place_empty",
            What::TooEarly(_) => "too_early",
            What::TooLate(_) => "too_late",
            What::Exclusive(_) => "exclusive",
            What::NotAsked => "not_asked",
            What::Required => "required",
            What::Constraint(_) => "constraint",
        }
    }

    /// An English sentence, for the API and files. Pages say it in the citizen's language.
    #[must_use]
    pub fn sentence(&self) -> String {
        let to = |v: &Option<String>| v.clone().unwrap_or_else(|| "any".to_owned());
        match self {
            What::UnknownQuestion => "the questionnaire has no such question".to_owned(),
            What::UnknownOption(code) => format!("the question has no option {code:?}"),
            What::NotOffered(code) => format!("the option {code:?} is not offered, given the other answers"),
            What::WrongType(wanted) => format!("the question takes {wanted}"),
            What::OutOfRange { min, max } => format!("the number must be from {} to {}", to(min), to(max)),
            What::TooManyDecimals(n) => format!("at most {n} digit(s) after the point"),
            What::TooLong(n) => format!("at most {n} characters"),
            What::ControlCharacters => "the text has control characters".to_owned(),
            What::TooFew(n) => format!("at least {n} option(s)"),
            What::TooMany(n) => format!("at most {n} option(s)"),
            What::Twice(code) => format!("the option {code:?} is in two places"),
            What::SamePlace(n) => format!("two options are in place {n}"),
            What::PlaceEmpty(n) => format!("no option is in place {n}, but one is in a later place"),
            What::TooEarly(day) => format!("the day must not be before {day}"),
            What::TooLate(day) => format!("the day must not be after {day}"),
            What::Exclusive(code) => format!("the option {code:?} cannot be combined with others"),
            What::NotAsked => "this question is not asked, given the other answers".to_owned(),
            What::Required => "an answer is required".to_owned(),
            What::Constraint(text) => text.get("en").to_owned(),
        }
    }
}

/// Reads answers sent on a day as JSON: `{"question code": value}`. `null` is no answer. What is calculated is computed here and never sent.
///
/// # Errors
/// Every problem found.
pub fn from_json(questionnaire: &Questionnaire, sent: &Map<String, Value>, day: NaiveDate) -> Result<Answers, Vec<Problem>> {
    let mut answers = Answers::on(day);
    let mut problems = Vec::new();
    for (code, value) in sent {
        let read = match questionnaire.position(code) {
            None => Err(What::UnknownQuestion),
            Some(position) => match questionnaire.questions.get(position) {
                Some(question) => json_answer(question, value).map(|a| (position, a)),
                None => Err(What::UnknownQuestion),
            },
        };
        match read {
            Ok((position, Some(answer))) => {
                answers.given.insert(position, answer);
            }
            Ok((_, None)) => {}
            Err(what) => problems.push(Problem { question: code.clone(), what }),
        }
    }
    if problems.is_empty() { Ok(questionnaire.calculate(answers)) } else { Err(problems) }
}

fn json_answer(question: &Question, value: &Value) -> Result<Option<Answer>, What> {
    match (&question.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Single { .. }, Value::String(code)) => choice(question, code).map(Some),
        (Kind::Single { .. }, Value::Number(n)) => choice(question, &n.to_string()).map(Some),
        (Kind::Single { .. }, _) => Err(What::WrongType("the code of one option")),
        (Kind::Consent, Value::Bool(true)) => Ok(Some(Answer::Choice(1))),
        (Kind::Consent, Value::Bool(false)) => Ok(None),
        (Kind::Consent, Value::String(code)) => choice(question, code).map(Some),
        (Kind::Consent, _) => Err(What::WrongType("true or false")),
        (Kind::Multiple { .. }, Value::Array(list)) => {
            let codes: Option<Vec<String>> = list
                .iter()
                .map(|v| match v {
                    Value::String(s) => Some(s.clone()),
                    Value::Number(n) => Some(n.to_string()),
                    _ => None,
                })
                .collect();
            several(question, &codes.ok_or(What::WrongType("a list of option codes"))?)
        }
        (Kind::Multiple { .. }, _) => Err(What::WrongType("a list of option codes")),
        (Kind::Ranking { .. }, Value::Array(list)) => {
            let codes: Option<Vec<String>> = list.iter().map(|v| v.as_str().map(str::to_owned)).collect();
            ranking(question, &codes.ok_or(What::WrongType("a list of option codes, the most preferred first"))?)
        }
        (Kind::Ranking { .. }, _) => Err(What::WrongType("a list of option codes, the most preferred first")),
        (Kind::Date { .. }, Value::String(t)) => day(t).map(Some),
        (Kind::Date { .. }, _) => Err(What::WrongType("a day as 2026-01-31")),
        (Kind::Note | Kind::Calculated { .. }, _) => Err(What::WrongType("no answer")),
        (Kind::Number { .. }, Value::Number(n)) => number(question, n.as_f64().ok_or(What::WrongType("a number"))?).map(Some),
        (Kind::Number { .. }, _) => Err(What::WrongType("a number")),
        (Kind::Text { .. } | Kind::Hidden { .. }, Value::String(t)) => text(question, t),
        (Kind::Text { .. } | Kind::Hidden { .. }, _) => Err(What::WrongType("a text")),
    }
}

/// Reads one answer given as texts: the values of a form field, or a cell of a file split at spaces. Empty texts are no answer.
///
/// # Errors
/// What is wrong with it.
pub fn from_texts(question: &Question, texts: &[&str]) -> Result<Option<Answer>, What> {
    let given: Vec<&str> = texts.iter().copied().filter(|t| !t.trim().is_empty()).collect();
    let Some(first) = given.first() else { return Ok(None) };
    match &question.kind {
        Kind::Single { .. } | Kind::Consent => choice(question, first.trim()).map(Some),
        Kind::Multiple { .. } => several(question, &given.iter().map(|t| t.trim().to_owned()).collect::<Vec<_>>()),
        Kind::Number { .. } => {
            let plain = first.trim().replace(',', ".");
            let n: f64 = plain.parse().map_err(|_| What::WrongType("a number"))?;
            number(question, n).map(Some)
        }
        Kind::Text { .. } | Kind::Hidden { .. } => text(question, first),
        Kind::Ranking { .. } => ranking(question, &in_places(&given)?),
        Kind::Date { .. } => match texts {
            // Day, month and year, each in a field of its own.
            [d, m, y] if given.len() > 1 => day(&format!("{}/{}/{}", d.trim(), m.trim(), y.trim())).map(Some),
            _ => day(first.trim()).map(Some),
        },
        // A file that we wrote has the computed values; they are computed anew.
        Kind::Note | Kind::Calculated { .. } => Ok(None),
    }
}

fn choice(question: &Question, code: &str) -> Result<Answer, What> {
    question.choice(code).ok_or_else(|| What::UnknownOption(code.to_owned()))
}

fn several(question: &Question, codes: &[String]) -> Result<Option<Answer>, What> {
    let Kind::Multiple { options, min_selected, max_selected, .. } = &question.kind else { return Err(What::WrongType("one answer")) };
    let mut all = Vec::new();
    for code in codes {
        match choice(question, code)? {
            Answer::Choices(one) => all.extend(one),
            _ => return Err(What::UnknownOption(code.clone())),
        }
    }
    all.sort_unstable();
    all.dedup();
    if all.is_empty() {
        return Ok(None);
    }
    let chosen = || all.iter().filter_map(|n| options.get(usize::from(*n) - 1));
    if all.len() > 1
        && let Some(c) = chosen().find(|c| c.exclusive)
    {
        return Err(What::Exclusive(c.code.clone()));
    }
    match (min_selected, max_selected) {
        (Some(least), _) if all.len() < usize::from(*least) && !chosen().any(|c| c.exclusive) => Err(What::TooFew(*least)),
        (_, Some(most)) if all.len() > usize::from(*most) => Err(What::TooMany(*most)),
        _ => Ok(Some(Answer::Choices(all))),
    }
}

/// Codes of options in the order of their places. A form gives each option its place (`2:code`), a file the codes in order.
fn in_places(given: &[&str]) -> Result<Vec<String>, What> {
    let placed: Option<Vec<(u8, &str)>> =
        given.iter().map(|t| t.trim().split_once(':').and_then(|(n, code)| Some((n.parse().ok()?, code)))).collect();
    let Some(mut placed) = placed else { return Ok(given.iter().map(|t| t.trim().to_owned()).collect()) };
    placed.sort_unstable_by_key(|(n, _)| *n);
    for (wanted, (n, _)) in (1u8..).zip(&placed) {
        if *n < wanted {
            return Err(What::SamePlace(*n));
        }
        if *n > wanted {
            return Err(What::PlaceEmpty(wanted));
        }
    }
    Ok(placed.into_iter().map(|(_, code)| code.to_owned()).collect())
}

/// Options in order of preference, none twice.
fn ranking(question: &Question, codes: &[String]) -> Result<Option<Answer>, What> {
    let Kind::Ranking { least, places, .. } = &question.kind else { return Err(What::WrongType("one answer")) };
    let mut all: Vec<u8> = Vec::new();
    for code in codes {
        match choice(question, code)? {
            Answer::Ranking(one) if one.iter().any(|n| all.contains(n)) => return Err(What::Twice(code.clone())),
            Answer::Ranking(one) => all.extend(one),
            _ => return Err(What::UnknownOption(code.clone())),
        }
    }
    match all.len() {
        0 => Ok(None),
        n if n < usize::from(*least) => Err(What::TooFew(*least)),
        n if n > usize::from(*places) => Err(What::TooMany(*places)),
        _ => Ok(Some(Answer::Ranking(all))),
    }
}

/// A day as browsers and files write it, or as people do in Vietnam.
fn day(text: &str) -> Result<Answer, What> {
    let written = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"];
    let day = written.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    let far = |d: &NaiveDate| (1000..=9999).contains(&d.year());
    day.filter(far).map(Answer::Date).ok_or(What::WrongType("a day as 2026-01-31"))
}

fn number(question: &Question, n: f64) -> Result<Answer, What> {
    let Kind::Number { min, max, decimals, .. } = &question.kind else { return Err(What::WrongType("no number")) };
    if !n.is_finite() {
        return Err(What::WrongType("a number"));
    }
    if min.is_some_and(|m| n < m) || max.is_some_and(|m| n > m) {
        return Err(What::OutOfRange { min: min.map(|v| v.to_string()), max: max.map(|v| v.to_string()) });
    }
    let scaled = n * 10f64.powi(i32::from(*decimals));
    if (scaled - scaled.round()).abs() > 1e-6 {
        return Err(What::TooManyDecimals(*decimals));
    }
    Ok(Answer::Number(n))
}

fn text(question: &Question, t: &str) -> Result<Option<Answer>, What> {
    let (max_length, long) = match &question.kind {
        Kind::Text { max_length, long } => (max_length, long),
        Kind::Hidden { max_length } => (max_length, &false),
        _ => return Err(What::WrongType("no text")),
    };
    let clean = t.replace("\r\n", "\n");
    let clean = clean.trim();
    if clean.is_empty() {
        return Ok(None);
    }
    if clean.chars().count() > usize::try_from(*max_length).unwrap_or(usize::MAX) {
        return Err(What::TooLong(*max_length));
    }
    if clean.chars().any(|c| c.is_control() && !(*long && (c == '\n' || c == '\t'))) {
        return Err(What::ControlCharacters);
    }
    Ok(Some(Answer::Text(clean.to_owned())))
}

/// What is wrong with these answers by the questionnaire's rules, among the questions of `range`.
#[must_use]
pub fn problems(questionnaire: &Questionnaire, answers: &Answers, range: std::ops::Range<usize>) -> Vec<Problem> {
    let mut found = Vec::new();
    for (position, question) in questionnaire.questions.iter().enumerate().filter(|(p, _)| range.contains(p)) {
        let asked = questionnaire.asks(position, answers);
        let what = match answers.get(position) {
            Some(_) if !asked && !matches!(question.kind, Kind::Hidden { .. }) => Some(What::NotAsked),
            None if asked && question.required => Some(What::Required),
            Some(answer) => outside(questionnaire, position, question, answer, answers).or_else(|| {
                let broken = |c: &&Constraint| !c.condition.holds(questionnaire, answers, position);
                question.constraint.as_ref().filter(broken).map(|c| What::Constraint(c.message.clone()))
            }),
            None => None,
        };
        found.extend(what.map(|what| Problem { question: question.code.clone(), what }));
    }
    found
}

/// An option that is not offered, or a day outside the days that are allowed, which both can hang on other answers or on the day.
fn outside(questionnaire: &Questionnaire, position: usize, question: &Question, answer: &Answer, answers: &Answers) -> Option<What> {
    if let (Kind::Date { earliest, latest }, Answer::Date(day)) = (&question.kind, answer) {
        let bound = |d: &Option<Day>| d.and_then(|d| d.date(answers.day));
        let early = bound(earliest).filter(|first| day < first).map(What::TooEarly);
        return early.or_else(|| bound(latest).filter(|last| day > last).map(What::TooLate));
    }
    question.choice_filter.as_ref()?;
    let offered = questionnaire.offered(position, answers);
    let chosen = match answer {
        Answer::Choice(n) => std::slice::from_ref(n),
        Answer::Choices(all) | Answer::Ranking(all) => all.as_slice(),
        _ => &[],
    };
    let missing = chosen.iter().find(|n| !offered.iter().any(|(o, _)| o == *n))?;
    question.options().get(usize::from(*missing) - 1).map(|c| What::NotOffered(c.code.clone()))
}
