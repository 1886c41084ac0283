//! What mails and pages show. Numbers and days are written here, in the reader's language.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::alerts::{CHANCE, Surge};
use super::deliver::Reader;
use super::figures::{Compared, Figure};
use super::model::{About, Kind, Subscription, Told};
use super::period::Month;
use crate::mail::Post;
use crate::surveys::{Open, Survey};
use crate::units::Unit;
use crate::web::Language;
use crate::web::locale::Words;

/// Decimals of figures.
const DECIMALS: usize = 2;
/// Most units listed one by one in a mail.
const LISTED: usize = 15;

/// The end of every notice: why it came, and the ways out.
#[derive(Debug, Serialize)]
pub struct Footer {
    /// What was subscribed to, in words.
    pub about: String,
    /// Address of the page of one's subscriptions.
    pub manage: String,
    /// Address that ends this one.
    pub unsubscribe: String,
}

impl Footer {
    /// The footer of a notice about this, with the path that unsubscribes.
    #[must_use]
    pub fn new(post: &Post, about: &str, path: &str) -> Self {
        Footer { about: about.to_owned(), manage: post.address("/account/notices"), unsubscribe: post.address(path) }
    }
}

/// The survey's title.
#[must_use]
pub fn title_of(open: &Open, language: Language) -> String {
    open.survey.title(language.code()).to_owned()
}

/// The mail about a release.
#[derive(Debug, Serialize)]
pub struct ReleaseView {
    /// Who reads.
    pub name: String,
    /// Title of the survey.
    pub survey: String,
    /// Title of the release.
    pub title: String,
    /// Its code.
    pub release: String,
    /// Whether answers are simulated.
    pub demonstration: bool,
    /// Where to read it.
    pub url: String,
    /// Whether the report is attached.
    pub attached: bool,
    /// The end.
    pub footer: Footer,
}

/// Whether a report goes with the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pdf {
    /// None is made.
    None,
    /// It is attached.
    Attached,
    /// It could not be made or is too large.
    Missing,
}

/// The mail about a month.
#[derive(Debug, Serialize)]
pub struct DigestView {
    /// Who reads.
    pub name: String,
    /// Title of the survey.
    pub survey: String,
    /// The month, `11/2026`.
    pub month: String,
    /// The month before.
    pub before: String,
    /// Whether answers are simulated.
    pub demonstration: bool,
    /// Whose figure it is: the unit's name, or how many units.
    pub whose: String,
    /// The value, for the subject.
    pub value: String,
    /// The finding in a sentence.
    pub headline: String,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// Units one by one, significant falls first, then the lowest; empty when there is one only.
    pub units: Vec<UnitLine>,
    /// How many units are not listed.
    pub not_listed: Option<String>,
    /// How the figures were made, sentence by sentence.
    pub method: Vec<String>,
    /// Address of the report, for who may open it.
    pub report: Option<String>,
    /// Whether the report is attached.
    pub attached: bool,
    /// Whether it could not be.
    pub missing: bool,
    /// The end.
    pub footer: Footer,
}

/// A unit in the mail about a month.
#[derive(Debug, Serialize)]
pub struct UnitLine {
    /// Its name.
    pub name: String,
    /// Its value, or why there is none.
    pub value: String,
    /// Whether there is a value.
    pub given: bool,
    /// The interval.
    pub interval: Option<String>,
    /// The change, with its sign.
    pub change: Option<String>,
    /// `fell`, `rose`, or nothing when it may be chance.
    pub mark: &'static str,
    /// Forms with a valid answer.
    pub n: String,
}

/// Makes the mail about a month.
pub struct DigestMaker<'a> {
    /// The survey.
    pub open: &'a Open,
    /// The month.
    pub month: Month,
    /// Whether figures are percent.
    pub percent: bool,
    /// The reader's units together.
    pub whole: &'a Compared,
    /// All units of the survey, each for itself.
    pub units: &'a [Compared],
    /// Their adjusted p values.
    pub adjusted: &'a [Option<f64>],
    /// Forms with a comment, by unit.
    pub comments: &'a BTreeMap<String, u64>,
    /// Who reads.
    pub reader: &'a Reader,
}

/// How figures are written in one language.
struct Pen<'a> {
    language: Language,
    words: &'a Words,
    percent: bool,
}

impl Pen<'_> {
    fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.words.say(key, values)
    }

    fn value(&self, value: f64) -> String {
        let number = self.language.number(value, DECIMALS);
        if self.percent { format!("{number}%") } else { self.say("notice-points", &[("n", number)]) }
    }

    fn share(&self, share: f64) -> String {
        format!("{}%", self.language.number(share * 100.0, 1))
    }

    /// Value with interval, or why there is none.
    fn figure(&self, figure: &Figure) -> String {
        match (figure.value, figure.interval) {
            _ if figure.n == 0 => self.say("none-answered", &[]),
            (None, _) if figure.n_valid == 0 => self.say("none-answered", &[]),
            (None, _) => self.say("too-few", &[]),
            (Some(value), None) => self.value(value),
            (Some(value), Some(i)) => {
                let ends = [("low", self.language.number(i.low, DECIMALS)), ("high", self.language.number(i.high, DECIMALS))];
                self.say("notice-interval", &[&[("value", self.value(value))][..], &ends].concat())
            }
        }
    }

    /// A change with its sign, `+2,93`.
    fn signed(&self, change: f64) -> String {
        let plus = if change > 0.0 { "+" } else { "" };
        format!("{plus}{}", self.language.number(change, DECIMALS))
    }

    fn points(&self, change: f64) -> String {
        self.language.number(change.abs(), DECIMALS)
    }

    fn month(&self, month: Month) -> String {
        self.language.day(month.first()).chars().skip(3).collect()
    }
}

/// Significant falls first, then the lowest; those without a figure last.
fn order((unit, p): &(&Compared, Option<f64>)) -> (bool, bool, f64) {
    let fell = mark(unit.change.map(|change| change.estimate), *p) == "fell";
    (!fell, unit.now.value.is_none(), unit.now.value.unwrap_or(0.0))
}

/// A change that chance does not explain.
fn mark(change: Option<f64>, p: Option<f64>) -> &'static str {
    match (change, p.is_some_and(|p| p <= CHANCE)) {
        (Some(change), true) if change < 0.0 => "fell",
        (Some(change), true) if change > 0.0 => "rose",
        _ => "",
    }
}

impl DigestMaker<'_> {
    /// The mail.
    #[must_use]
    pub fn view(&self, post: &Post, path: &str, pdf: Pdf) -> DigestView {
        let language = self.reader.language();
        let pen = Pen { language, words: post.renderer().words(language), percent: self.percent };
        let mut units: Vec<(&Compared, Option<f64>)> = self.own_units().collect();
        units.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap_or(Ordering::Equal));
        let several = units.len() > 1;
        let not_listed = units.len().saturating_sub(LISTED);
        let whose = self.whose(&pen);
        DigestView {
            name: self.reader.person.name.clone(),
            survey: title_of(self.open, language),
            month: pen.month(self.month),
            before: pen.month(self.month.before()),
            demonstration: self.open.survey.demonstration,
            value: self.whole.now.value.map_or_else(|| pen.figure(&self.whole.now), |v| pen.value(v)),
            headline: self.headline(&pen, &whose),
            whose,
            facts: self.facts(&pen),
            units: units.into_iter().filter(|_| several).take(LISTED).map(|(unit, p)| self.line(&pen, unit, p)).collect(),
            not_listed: (several && not_listed > 0).then(|| language.count(u64::try_from(not_listed).unwrap_or(0))),
            method: self.method(&pen),
            report: self.reader.may_open_report(self.open).then(|| post.address(&format!("/reports/{}", self.open.survey.code))),
            attached: pdf == Pdf::Attached,
            missing: pdf == Pdf::Missing,
            footer: Footer::new(post, &title_of(self.open, language), path),
        }
    }

    fn own_units(&self) -> impl Iterator<Item = (&Compared, Option<f64>)> {
        let own = |one: &Compared| one.units.first().is_some_and(|unit| self.reader.units.contains(unit));
        self.units.iter().zip(self.adjusted.iter().copied()).filter(move |(one, _)| own(one))
    }

    fn whose(&self, pen: &Pen<'_>) -> String {
        match self.reader.units.as_slice() {
            [one] => unit_name(self.open, one, pen.language),
            all => {
                let key = if all.len() == self.open.frame.units.len() { "notice-units-all" } else { "notice-units" };
                pen.say(key, &[("n", pen.language.count(u64::try_from(all.len()).unwrap_or(0)))])
            }
        }
    }

    /// One unit's change is judged together with all other units, several units' by itself.
    fn p(&self) -> Option<f64> {
        match self.reader.units.as_slice() {
            [_] => self.own_units().next().and_then(|(_, p)| p),
            _ => self.whole.change.and_then(|change| change.p_value),
        }
    }

    fn headline(&self, pen: &Pen<'_>, whose: &str) -> String {
        let before = pen.month(self.month.before());
        let mut values = vec![("whose", whose.to_owned()), ("figure", pen.figure(&self.whole.now)), ("before", before)];
        if self.whole.now.value.is_none() {
            let n = pen.language.count(self.whole.now.n_valid);
            values.extend([("month", pen.month(self.month)), ("n", n)]);
            return pen.say(if self.whole.now.n == 0 { "notice-digest-none" } else { "notice-digest-few" }, &values);
        }
        let Some(change) = self.whole.change.map(|change| change.estimate) else { return pen.say("notice-digest-first", &values) };
        values.push(("points", pen.points(change)));
        let key = match mark(Some(change), self.p()) {
            "fell" => "notice-digest-fell",
            "rose" => "notice-digest-rose",
            _ => "notice-digest-same",
        };
        pen.say(key, &values)
    }

    fn facts(&self, pen: &Pen<'_>) -> Vec<(String, String)> {
        let label = |key: &str| pen.say(key, &[]);
        let comments: u64 = self.reader.units.iter().filter_map(|unit| self.comments.get(unit)).sum();
        let mut facts = vec![(label("notice-n"), pen.language.count(self.whole.now.n_valid))];
        if let Some(change) = self.whole.change {
            let interval = change.interval.map(|i| [("low", pen.signed(i.low)), ("high", pen.signed(i.high))]);
            let value = pen.say("notice-points", &[("n", pen.signed(change.estimate))]);
            let shown = interval.map_or(value.clone(), |ends| pen.say("notice-interval", &[&[("value", value)][..], &ends].concat()));
            facts.push((pen.say("notice-change", &[("before", pen.month(self.month.before()))]), shown));
        }
        facts.push((pen.say("notice-figure-before", &[("before", pen.month(self.month.before()))]), pen.figure(&self.whole.before)));
        if let Some(weakest) = &self.whole.weakest {
            facts.push((label("notice-weakest"), format!("{} – {}", weakest.text.get(pen.language.code()), pen.value(weakest.value))));
        }
        facts.push((label("notice-comments"), pen.language.count(comments)));
        facts
    }

    fn line(&self, pen: &Pen<'_>, unit: &Compared, p: Option<f64>) -> UnitLine {
        let change = unit.change.map(|change| change.estimate);
        let ends =
            unit.now.interval.map(|i| [("low", pen.language.number(i.low, DECIMALS)), ("high", pen.language.number(i.high, DECIMALS))]);
        UnitLine {
            name: unit.units.first().map(|code| unit_name(self.open, code, pen.language)).unwrap_or_default(),
            value: unit.now.value.map_or_else(|| pen.figure(&unit.now), |value| pen.value(value)),
            given: unit.now.value.is_some(),
            interval: ends.map(|ends| pen.say("notice-ends", &ends)),
            change: change.map(|change| pen.signed(change)),
            mark: mark(change, p),
            n: pen.language.count(unit.now.n_valid),
        }
    }

    fn method(&self, pen: &Pen<'_>) -> Vec<String> {
        let survey = &self.open.survey;
        let family = self.adjusted.iter().flatten().count();
        let stream = survey.streams().first().copied().unwrap_or(crate::surveys::Stream::Open);
        vec![
            pen.say("method-questionnaire", &[("code", survey.questionnaire.clone()), ("version", survey.version.clone())]),
            pen.say(&format!("method-stream-{stream}"), &[]),
            pen.say("notice-method-days", &[("first", pen.language.day(self.month.first())), ("end", pen.language.day(self.month.end()))]),
            pen.say("notice-method-test", &[("n", pen.language.count(u64::try_from(family).unwrap_or(0)))]),
            pen.say("method-threshold", &[("n", pen.language.count(u64::try_from(survey.threshold).unwrap_or(0)))]),
        ]
    }
}

/// Something about a unit that calls for attention.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Code of the unit.
    pub unit: String,
    /// What makes it told once.
    pub told: Told,
    /// What it is.
    pub what: What,
}

/// What calls for attention.
#[derive(Debug, Clone)]
pub enum What {
    /// The running month is below the month before.
    Month {
        /// The month.
        month: Month,
        /// Its last day looked at.
        day: chrono::NaiveDate,
        /// The figures.
        change: Box<Compared>,
        /// Units tested together.
        family: usize,
        /// Whether figures are percent.
        percent: bool,
    },
    /// A wave is below the wave before.
    Wave {
        /// The wave before.
        before: Survey,
        /// The figures.
        change: Box<Compared>,
        /// Units tested together.
        family: usize,
        /// Whether figures are percent.
        percent: bool,
    },
    /// A week has unusually many flagged answers.
    Flagged {
        /// The Monday after the week.
        end: chrono::NaiveDate,
        /// How many.
        surge: Surge,
    },
}

/// The mail about what calls for attention.
#[derive(Debug, Serialize)]
pub struct AlertView {
    /// Who reads.
    pub name: String,
    /// Title of the survey.
    pub survey: String,
    /// Whether answers are simulated.
    pub demonstration: bool,
    /// What happened, in a sentence; the subject.
    pub headline: String,
    /// One after another.
    pub items: Vec<AlertItem>,
    /// Address of the report, for who may open it.
    pub report: Option<String>,
    /// The end.
    pub footer: Footer,
}

/// One thing that calls for attention.
#[derive(Debug, Serialize)]
pub struct AlertItem {
    /// `fell` or `flagged`.
    pub kind: &'static str,
    /// The unit.
    pub unit: String,
    /// What happened.
    pub sentence: String,
    /// The figures behind it.
    pub details: Vec<String>,
}

/// Makes the mail about what calls for attention.
pub struct AlertMaker<'a> {
    /// The survey.
    pub open: &'a Open,
    /// What is new for the reader, at least one.
    pub findings: &'a [&'a Finding],
    /// Who reads.
    pub reader: &'a Reader,
}

impl AlertMaker<'_> {
    /// The mail.
    #[must_use]
    pub fn view(&self, post: &Post, path: &str) -> AlertView {
        let language = self.reader.language();
        let words = post.renderer().words(language);
        let items: Vec<AlertItem> = self.findings.iter().map(|finding| self.item(finding, language, words)).collect();
        let headline = match items.as_slice() {
            [one] => one.sentence.clone(),
            all => words.say("notice-alert-several", &[("n", language.count(u64::try_from(all.len()).unwrap_or(0)))]),
        };
        AlertView {
            name: self.reader.person.name.clone(),
            survey: title_of(self.open, language),
            demonstration: self.open.survey.demonstration,
            headline,
            items,
            report: self.reader.may_open_report(self.open).then(|| post.address(&format!("/reports/{}", self.open.survey.code))),
            footer: Footer::new(post, &title_of(self.open, language), path),
        }
    }

    fn item(&self, finding: &Finding, language: Language, words: &Words) -> AlertItem {
        let unit = unit_name(self.open, &finding.unit, language);
        match &finding.what {
            What::Month { month, day, change, family, percent } => {
                let pen = Pen { language, words, percent: *percent };
                let then = pen.say("notice-in-month", &[("month", pen.month(month.before()))]);
                let now = pen.say("notice-until", &[("month", pen.month(*month)), ("day", language.day(*day))]);
                fall(&pen, unit, change, [&now, &then], *family, "notice-alert-test-month")
            }
            What::Wave { before, change, family, percent } => {
                let pen = Pen { language, words, percent: *percent };
                let now = pen.say("notice-in-wave", &[("wave", self.open.survey.title(language.code()).to_owned())]);
                let then = pen.say("notice-in-wave", &[("wave", before.title(language.code()).to_owned())]);
                fall(&pen, unit, change, [&now, &then], *family, "notice-alert-test-wave")
            }
            What::Flagged { end, surge } => {
                let pen = Pen { language, words, percent: true };
                let days = |back: u64| language.day(end.checked_sub_days(chrono::Days::new(back)).unwrap_or(*end));
                let share = |n: u64, of: u64| {
                    #[expect(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
                    pen.share(n as f64 / of.max(1) as f64)
                };
                let values = [
                    ("unit", unit.clone()),
                    ("share", share(surge.flagged, surge.n)),
                    ("flagged", language.count(surge.flagged)),
                    ("n", language.count(surge.n)),
                    ("first", days(7)),
                    ("last", days(1)),
                    ("usual", pen.share(surge.usual)),
                    ("limit", pen.share(surge.limit)),
                    ("weeks", language.count(u64::try_from(surge.weeks).unwrap_or(0))),
                ];
                let details = ["notice-flagged-detail", "notice-flagged-limit", "notice-flagged-meaning"].map(|key| pen.say(key, &values));
                AlertItem { kind: "flagged", sentence: pen.say("notice-flagged", &values), unit, details: details.into() }
            }
        }
    }
}

fn fall(pen: &Pen<'_>, unit: String, change: &Compared, [now, then]: [&str; 2], family: usize, test: &str) -> AlertItem {
    let points = pen.points(change.change.map_or(0.0, |change| change.estimate));
    let values = [("unit", unit.clone()), ("points", points), ("now", now.to_owned()), ("then", then.to_owned())];
    let figure = |key: &str, when: &str, figure: &Figure| {
        pen.say(key, &[("when", when.to_owned()), ("figure", pen.figure(figure)), ("n", pen.language.count(figure.n_valid))])
    };
    let mut details = vec![figure("notice-figure-of", now, &change.now), figure("notice-figure-of", then, &change.before)];
    if let Some(weakest) = &change.weakest {
        let item = weakest.text.get(pen.language.code()).to_owned();
        details.push(pen.say("notice-weakest-of", &[("item", item), ("value", pen.value(weakest.value))]));
    }
    details.push(pen.say(test, &[("n", pen.language.count(u64::try_from(family).unwrap_or(0)))]));
    AlertItem { kind: "fell", sentence: pen.say("notice-fell", &values), unit, details }
}

fn unit_name(open: &Open, code: &str, language: Language) -> String {
    open.unit(code).map_or_else(|| code.to_owned(), |unit: &Unit| unit.name(language.code()).to_owned())
}

/// The page of one's subscriptions.
#[derive(Debug, Serialize)]
pub struct NoticesView {
    /// Where mails go.
    pub mail: Option<String>,
    /// Language of mails: key of the words.
    pub mail_language: String,
    /// What runs.
    pub subscriptions: Vec<SubscriptionView>,
    /// Series to choose from.
    pub series: Vec<Choice>,
    /// Surveys to choose from.
    pub surveys: Vec<Choice>,
    /// Units to choose from; more than one.
    pub units: Vec<Choice>,
    /// What was chosen before something needed attention.
    pub chosen: Chosen,
    /// Whether something was just done.
    pub done: bool,
    /// What needs attention: field and key of the words.
    pub trouble: Option<&'static str>,
}

/// A running subscription.
#[derive(Debug, Serialize)]
pub struct SubscriptionView {
    /// Key.
    pub id: i64,
    /// Its kind.
    pub kind: Kind,
    /// What it is about.
    pub about: String,
    /// In which units.
    pub units: String,
    /// Since when.
    pub since: String,
}

/// Something to choose.
#[derive(Debug, Serialize)]
pub struct Choice {
    /// Value of the form.
    pub value: String,
    /// In words.
    pub text: String,
}

/// What somebody chose.
#[derive(Debug, Default, Serialize)]
pub struct Chosen {
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Survey or series.
    pub about: String,
    /// Unit.
    pub unit: String,
}

/// A survey with the reader's own units in it.
pub struct Reachable {
    /// The survey.
    pub open: Open,
    /// The reader's units.
    pub units: Vec<String>,
}

impl NoticesView {
    /// The page's lists.
    #[must_use]
    pub fn new(
        mail: Option<String>,
        mails_in: Language,
        running: Vec<Subscription>,
        reachable: &[Reachable],
        language: Language,
        words: &Words,
    ) -> Self {
        let titles: BTreeMap<&str, &str> =
            reachable.iter().map(|r| (r.open.survey.code.as_str(), r.open.survey.title(language.code()))).collect();
        let names: BTreeMap<&str, &str> = reachable
            .iter()
            .flat_map(|r| r.units.iter().filter_map(|code| Some((code.as_str(), r.open.unit(code)?.name(language.code())))))
            .collect();
        let mut series: Vec<&str> = reachable.iter().filter_map(|r| r.open.survey.series.as_deref()).collect();
        series.sort_unstable();
        series.dedup();
        let about = |s: &Subscription| match s.about {
            About::Survey => titles.get(s.code.as_str()).map_or_else(|| s.code.clone(), |title| (*title).to_owned()),
            About::Series => words.say("notice-about-series", &[("series", s.code.clone())]),
        };
        let units = |s: &Subscription| match s.unit.as_str() {
            "" => words.say("notice-all-units", &[]),
            code => names.get(code).map_or_else(|| code.to_owned(), |name| (*name).to_owned()),
        };
        let line = |s: &Subscription| SubscriptionView {
            id: s.id,
            kind: s.kind,
            about: about(s),
            units: units(s),
            since: language.moment(s.created_at),
        };
        let choice = |value: String, text: &str| Choice { value, text: text.to_owned() };
        NoticesView {
            mail,
            mail_language: format!("notice-mail-{}", mails_in.code()),
            subscriptions: running.iter().map(line).collect(),
            series: series.into_iter().map(|s| choice(format!("series:{s}"), s)).collect(),
            surveys: titles.iter().map(|(code, title)| choice(format!("survey:{code}"), title)).collect(),
            units: if names.len() > 1 { names.iter().map(|(code, name)| choice((*code).to_owned(), name)).collect() } else { Vec::new() },
            chosen: Chosen::default(),
            done: false,
            trouble: None,
        }
    }
}

/// The page behind the link of a mail.
#[derive(Debug, Serialize)]
pub struct LinkView {
    /// Token of the link.
    pub token: String,
    /// `asks`, `ended`, or `unknown`.
    pub state: &'static str,
    /// What was subscribed to.
    pub kind: Option<Kind>,
    /// Survey or series.
    pub about: String,
}
