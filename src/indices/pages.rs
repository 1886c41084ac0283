//! Views of the public page of indices.

use std::collections::BTreeMap;

use serde::Serialize;

use super::list::Wrong;
use super::model::{Index, IndexValue, Level, MeasuredIn};
use super::series::{self, Change, Drawing};
use crate::web::Language;
use crate::web::locale::Words;

/// The page.
#[derive(Debug, Serialize)]
pub struct IndicesView {
    /// The unit shown first, and then the country: each with its cards.
    pub groups: Vec<Group>,
    /// All rows that fit the filter.
    pub rows: Vec<RowView>,
    /// How many there are.
    pub count: String,
    /// Filters: name, label's key, options.
    pub filters: Vec<(&'static str, &'static str, Vec<Choosable>)>,
    /// Address of the same rows as CSV.
    pub csv: String,
    /// Whether there is nothing at all.
    pub empty: bool,
    /// Whether the reader may change rows.
    pub may_change: bool,
}

/// Something to choose: value, words, whether it is chosen.
pub type Choosable = (String, String, bool);

/// The cards of one unit.
#[derive(Debug, Serialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// An anchor.
    pub anchor: &'static str,
    /// One for each index.
    pub cards: Vec<Card>,
}

/// An index of one unit.
#[derive(Debug, Serialize)]
pub struct Card {
    /// Name of the index.
    pub name: String,
    /// Code of the index.
    pub code: String,
    /// The newest figure of the whole.
    pub figure: Option<FigureView>,
    /// How it went.
    pub drawing: Option<DrawingView>,
    /// The first parts or factors of the newest year, each with its figure.
    pub parts: Vec<(String, FigureView)>,
    /// The others, each with its newest figure.
    pub more: Vec<(String, FigureView)>,
}

/// A figure with its rank and change.
#[derive(Debug, Serialize)]
pub struct FigureView {
    /// Year.
    pub year: String,
    /// Value; empty when only the rank is known.
    pub value: String,
    /// Rank, as `11/63`; empty without one.
    pub rank: String,
    /// Change since the value before, in words; empty without a value before.
    pub change: String,
    /// Whether the value was computed from others.
    pub derived: bool,
}

/// A drawing.
#[derive(Debug, Serialize)]
pub struct DrawingView {
    /// Width and height.
    pub size: (String, String),
    /// Points: x, y, and the labels above, below and at the bottom.
    pub points: Vec<PointView>,
    /// Lines as paths.
    pub lines: Vec<String>,
    /// Breaks: x.
    pub breaks: Vec<String>,
    /// What it shows, in a sentence.
    pub description: String,
}

/// A point.
#[derive(Debug, Serialize)]
pub struct PointView {
    /// Place.
    pub x: String,
    /// Place.
    pub y: String,
    /// Where the value stands.
    pub label_y: String,
    /// Value.
    pub value: String,
    /// Year.
    pub year: String,
    /// Rank; empty without one.
    pub rank: String,
}

/// A row of the table.
#[derive(Debug, Serialize)]
pub struct RowView {
    /// Key.
    pub id: i64,
    /// Code of the index.
    pub index: String,
    /// Part, factor or question; empty for the whole.
    pub measure: String,
    /// Unit.
    pub unit: String,
    /// Kind of unit, in words.
    pub level: String,
    /// Year.
    pub year: String,
    /// Value.
    pub value: String,
    /// Rank.
    pub rank: String,
    /// Method; empty when it is not known.
    pub method: String,
    /// Whether the method is usual knowledge that no source here says.
    pub method_unseen: bool,
    /// Whether the value was computed.
    pub derived: bool,
    /// Address, when the source is one.
    pub link: Option<String>,
    /// What the source is called.
    pub source: String,
    /// Note.
    pub note: String,
}

/// Most parts that a card shows at once.
const MOST_PARTS: usize = 3;

/// Makes views in one language.
pub struct Maker<'a> {
    /// Language.
    pub language: Language,
    /// Its words.
    pub words: &'a Words,
    /// The indices there are.
    pub indices: &'a [Index],
}

/// A change with its sign.
fn signed(language: Language, value: f64) -> String {
    let number = language.number(value, 2);
    if number.starts_with('−') || number == language.number(0.0, 2) { number } else { format!("+{number}") }
}

/// Host of an address, for people; the whole text when it is none.
fn shown_source(source: &str) -> (Option<String>, String) {
    let rest = source.strip_prefix("https://").or_else(|| source.strip_prefix("http://"));
    match rest.and_then(|r| r.split(['/', '?', '#']).next()).filter(|host| !host.is_empty()) {
        Some(host) => (Some(source.to_owned()), host.trim_start_matches("www.").to_owned()),
        None => (None, source.to_owned()),
    }
}

impl Maker<'_> {
    /// What is wrong, in a sentence.
    #[must_use]
    pub fn told(&self, wrong: &Wrong) -> String {
        told(wrong, self.words)
    }

    fn index(&self, code: &str) -> Option<&Index> {
        self.indices.iter().find(|i| i.code == code)
    }

    /// A value with what it is counted in.
    fn value(&self, v: &IndexValue) -> String {
        let percent = self.index(&v.index_code).is_some_and(|i| i.measured_in == MeasuredIn::Percent);
        v.value.map_or_else(String::new, |n| self.language.number(n, 2) + if percent { "%" } else { "" })
    }

    fn count(&self, n: i64) -> String {
        self.language.count(u64::try_from(n).unwrap_or(0))
    }

    fn rank(&self, v: &IndexValue) -> String {
        match (v.place, v.places) {
            (Some(place), Some(places)) => format!("{}/{}", self.count(place), self.count(places)),
            (Some(place), None) => self.count(place),
            (None, _) => String::new(),
        }
    }

    fn change(&self, change: Change) -> String {
        let since = || ("since", change.since.to_string());
        let value = change.value.map(|v| self.words.say("index-change", &[("change", signed(self.language, v)), since()]));
        let rank = change.up.map(|up| {
            let key = match up {
                0 => "index-rank-same",
                1.. => "index-rank-up",
                _ => "index-rank-down",
            };
            self.words.say(key, &[("n", self.count(up.abs())), since()])
        });
        value.into_iter().chain(rank).collect::<Vec<_>>().join(", ")
    }

    /// The newest of values in the order of years, with how it changed.
    fn figure(&self, values: &[&IndexValue]) -> Option<FigureView> {
        let newest = values.last()?;
        let change = match series::change(values) {
            Some(change) => self.change(change),
            None if values.len() > 1 => self.words.say("index-not-comparable", &[]),
            None => String::new(),
        };
        let (value, rank) = (self.value(newest), self.rank(newest));
        Some(FigureView { year: newest.year.to_string(), value, rank, change, derived: newest.derived })
    }

    fn drawing(&self, name: &str, values: &[&IndexValue]) -> Option<DrawingView> {
        let Drawing { width, points, lines, breaks } = series::draw(values)?;
        let short = |n: f64| format!("{n:.1}");
        let said = points.iter().filter_map(|(at, ..)| values.get(*at));
        let said: Vec<String> = said.map(|v| format!("{}: {}", v.year, self.value(v))).collect();
        let points = points.iter().filter_map(|(at, x, y)| {
            let v = values.get(*at)?;
            let rank = self.rank(v);
            Some(PointView {
                x: short(*x),
                y: short(*y),
                label_y: short(y - 12.0),
                value: v.value.map_or_else(String::new, |n| self.language.number(n, 2)),
                year: v.year.to_string(),
                // With “of how many” it is understood; alone it needs a word.
                rank: if rank.is_empty() || v.places.is_some() { rank } else { self.words.say("index-rank-short", &[("rank", rank)]) },
            })
        });
        Some(DrawingView {
            size: (short(width), short(series::HEIGHT)),
            points: points.collect(),
            lines: lines.iter().map(|((x1, y1), (x2, y2))| format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}")).collect(),
            breaks: breaks.iter().map(|x| short(*x)).collect(),
            description: format!("{name}. {}", said.join("; ")),
        })
    }

    /// The cards of one unit, an index each, its values in any order.
    #[must_use]
    pub fn cards(&self, values: &[IndexValue]) -> Vec<Card> {
        let mut by_index: BTreeMap<&str, BTreeMap<&str, Vec<&IndexValue>>> = BTreeMap::new();
        for v in values {
            by_index.entry(&v.index_code).or_default().entry(&v.measure).or_default().push(v);
        }
        let mut cards: Vec<Card> = by_index.into_iter().map(|(code, measures)| self.card(code, measures)).collect();
        // What is measured here comes first, then what it counts for.
        let order = ["sipas", "par"];
        cards.sort_by_key(|c| order.iter().position(|code| *code == c.code).unwrap_or(order.len()));
        cards
    }

    fn card(&self, code: &str, mut measures: BTreeMap<&str, Vec<&IndexValue>>) -> Card {
        measures.values_mut().for_each(|values| values.sort_by_key(|v| v.year));
        let name = self.index(code).map_or(code, |i| i.name(self.language.code())).to_owned();
        let whole = measures.remove("").unwrap_or_default();
        let mut parts: Vec<&Vec<&IndexValue>> = measures.values().collect();
        // The order in which they were written down.
        parts.sort_by_key(|values| values.iter().map(|v| v.id).min());
        let newest = whole.last().map(|v| v.year.to_string());
        let part = |values: &Vec<&IndexValue>| Some((values.last()?.measure(self.language.code()).to_owned(), self.figure(values)?));
        let (mut shown, mut more) = (Vec::new(), Vec::new());
        for (measure, figure) in parts.into_iter().filter_map(part) {
            let recent = newest.as_ref().is_none_or(|year| *year == figure.year);
            if recent && shown.len() < MOST_PARTS { &mut shown } else { &mut more }.push((measure, figure));
        }
        Card { figure: self.figure(&whole), drawing: self.drawing(&name, &whole), parts: shown, more, name, code: code.to_owned() }
    }

    /// A row of the table.
    #[must_use]
    pub fn row(&self, v: &IndexValue) -> RowView {
        let code = self.language.code();
        let (link, source) = shown_source(&v.source);
        RowView {
            id: v.id,
            index: v.index_code.clone(),
            measure: v.measure(code).to_owned(),
            unit: v.unit(code).to_owned(),
            level: self.level(v.level),
            year: v.year.to_string(),
            value: self.value(v),
            rank: self.rank(v),
            method: v.method.clone().unwrap_or_default(),
            method_unseen: v.method.is_some() && !v.method_seen,
            derived: v.derived,
            link,
            source,
            note: v.note(code).to_owned(),
        }
    }

    /// A kind of unit, in words.
    #[must_use]
    pub fn level(&self, level: Level) -> String {
        self.words.say(&format!("index-level-{level}"), &[])
    }

    /// The indices, to choose from.
    #[must_use]
    pub fn choose_index(&self, chosen: &str) -> Vec<Choosable> {
        self.indices.iter().map(|i| (i.code.clone(), i.name(self.language.code()).to_owned(), i.code == chosen)).collect()
    }

    /// The kinds of units, to choose from.
    #[must_use]
    pub fn choose_level(&self, chosen: &str) -> Vec<Choosable> {
        Level::ALL.iter().map(|l| (l.as_str().to_owned(), self.level(*l), l.as_str() == chosen)).collect()
    }
}

/// What is wrong, in a sentence: where, what, and what to do.
#[must_use]
pub fn told(wrong: &Wrong, words: &Words) -> String {
    let what = words.say(&format!("index-wrong-{}", wrong.kind), &wrong.values);
    match (wrong.line, wrong.column) {
        (Some(line), Some(column)) => {
            words.say("index-wrong-at", &[("line", line.to_string()), ("column", column.to_owned()), ("what", what)])
        }
        (Some(line), None) => words.say("index-wrong-line", &[("line", line.to_string()), ("what", what)]),
        (None, Some(column)) => {
            let field = words.say(&format!("index-field-{}", column.replace('_', "-")), &[]);
            words.say("index-wrong-field", &[("field", field), ("what", what)])
        }
        (None, None) => what,
    }
}
