//! A release as a page shows it. All numbers become text here, in the reader's language; all come from the stored content.

use std::cmp::Ordering;

use serde::Serialize;

use super::plot;
use crate::charts::{self, Drawing};
use crate::estimation::{By, Level};
use crate::questionnaires::model::IndexKind;
use crate::releases::content::{Content, Figure, said};
use crate::releases::ranks::RankSaid;
use crate::units::UnitKind;
use crate::web::Language;
use crate::web::locale::Words;

/// Decimals of an index, as the ministry prints it.
pub const DECIMALS: usize = 2;

/// A figure in words.
#[derive(Debug, Clone, Serialize)]
pub struct FigureView {
    /// The value with its unit, or why there is none.
    pub value: String,
    /// Whether it is a value.
    pub given: bool,
    /// The interval: two ends.
    pub interval: Option<(String, String)>,
    /// Name of the band.
    pub band: Option<String>,
    /// Valid forms.
    pub n_valid: String,
    /// Responses.
    pub n: String,
}

/// A named figure as a bar from 0.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// Code of the figure.
    pub code: String,
    /// Name.
    pub name: String,
    /// The figure.
    pub figure: FigureView,
    /// Length in hundredths of the full scale.
    pub width: f64,
    /// Ends of the interval in hundredths of the full scale.
    pub whisker: Option<(f64, f64)>,
}

/// A part with its factors.
#[derive(Debug, Clone, Serialize)]
pub struct PartView {
    /// The part.
    pub part: Bar,
    /// Its factors.
    pub factors: Vec<Bar>,
}

/// A factor with its items.
#[derive(Debug, Clone, Serialize)]
pub struct ItemsView {
    /// Name of the factor.
    pub factor: String,
    /// Its items.
    pub items: Vec<Bar>,
}

/// A line of the table of units.
#[derive(Debug, Clone, Serialize)]
pub struct UnitLine {
    /// Name.
    pub name: String,
    /// The ranks it may have.
    pub rank: Option<String>,
    /// The overall figure.
    pub overall: FigureView,
    /// The figures of the parts.
    pub parts: Vec<FigureView>,
}

/// The figures of a release.
#[derive(Debug, Serialize)]
pub struct FiguresView {
    /// The sentence on top.
    pub headline: String,
    /// Name of the overall figure.
    pub overall_name: String,
    /// The overall figure.
    pub overall: FigureView,
    /// Confidence level in per cent.
    pub confidence: String,
    /// Kinds of units, when there are several.
    pub kinds: Vec<Bar>,
    /// Parts and factors.
    pub parts: Vec<PartView>,
    /// Names of the parts, heading the table.
    pub part_names: Vec<String>,
    /// Items by factor.
    pub items: Vec<ItemsView>,
    /// Units, the highest first.
    pub units: Vec<UnitLine>,
    /// The drawing, for wide and narrow windows; none where no unit has a figure.
    pub plot: Option<String>,
    /// What the ranks mean; none where no unit has one.
    pub rank_note: Option<String>,
    /// What the drawing says, for those who do not see it.
    pub plot_description: String,
    /// How the figures were made, sentence by sentence.
    pub method: Vec<String>,
    /// What was computed from what: name and value.
    pub facts: Vec<(String, String)>,
    /// Digests: name and value.
    pub digests: Vec<(String, String)>,
    /// Whether the answers are self-selected.
    pub not_probability: bool,
}

/// Makes what pages show of a content.
pub struct Maker<'a> {
    /// The content.
    pub content: &'a Content,
    /// Its hash.
    pub hash: &'a str,
    /// Language.
    pub language: Language,
    /// Words of the interface.
    pub words: &'a Words,
}

impl Maker<'_> {
    fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.words.say(key, values)
    }

    /// A value with its unit.
    #[must_use]
    pub fn number(&self, value: f64) -> String {
        shown(self.language, self.content.method.kind, value)
    }

    fn name(&self, code: &str) -> String {
        self.content.index.name(code, self.language.code()).to_owned()
    }

    /// A figure in words.
    #[must_use]
    pub fn figure(&self, f: &Figure) -> FigureView {
        let why = f.reason().replace('_', "-");
        FigureView {
            value: f.estimate.map_or_else(|| self.say(&why, &[]), |v| self.number(v)),
            given: f.estimate.is_some(),
            interval: f.ci_low.zip(f.ci_high).map(|(a, b)| (self.language.number(a, DECIMALS), self.language.number(b, DECIMALS))),
            band: f.band.as_ref().map(|b| said(b, self.language.code()).to_owned()),
            n_valid: self.language.count(f.n_valid),
            n: self.language.count(f.n),
        }
    }

    fn bar(&self, name: String, f: &Figure) -> Bar {
        let full = self.content.index.largest(f.measure_level, &f.measure, self.content.method.aggregation);
        let hundredths = |v: f64| (v / full * 1000.0).round() / 10.0;
        Bar {
            code: f.measure.clone(),
            name,
            figure: self.figure(f),
            width: f.estimate.map_or(0.0, hundredths),
            whisker: f.ci_low.zip(f.ci_high).map(|(a, b)| (hundredths(a), hundredths(b))),
        }
    }

    fn of(&self, by: By, level: Level) -> impl Iterator<Item = &Figure> {
        self.content.estimates.iter().filter(move |f| f.by == by && f.measure_level == level)
    }

    /// The bar of a figure of all units together.
    fn together(&self, level: Level, code: &str) -> Option<Bar> {
        self.of(By::All, level).find(|f| f.measure == code).map(|f| self.bar(self.name(code), f))
    }

    /// The figures.
    #[must_use]
    pub fn view(&self) -> FiguresView {
        let overall = self.of(By::All, Level::Overall).next();
        let view = overall.map_or_else(|| self.missing(), |f| self.figure(f));
        let units = self.units();
        FiguresView {
            headline: self.headline(&view),
            overall_name: self.name(&self.content.index.code),
            overall: view,
            confidence: self.confidence(),
            kinds: self.kinds(),
            parts: self.parts(),
            part_names: self.content.index.parts.iter().map(|p| said(&p.text, self.language.code()).to_owned()).collect(),
            items: self.items(),
            plot: self.drawing(false, None).zip(self.drawing(true, None)).map(|(wide, narrow)| charts::both(&wide, &narrow, "units-plot")),
            plot_description: self.plot_description(&units),
            units: units.into_iter().map(|(_, line)| line).collect(),
            rank_note: self.rank_note(),
            method: self.method(),
            facts: self.facts(),
            digests: self.digests(),
            not_probability: !self.content.method.probability_sample,
        }
    }

    fn missing(&self) -> FigureView {
        let none = self.say("none-answered", &[]);
        FigureView { value: none, given: false, interval: None, band: None, n_valid: "0".into(), n: "0".into() }
    }

    fn confidence(&self) -> String {
        self.percent(self.content.method.level)
    }

    /// A confidence level in per cent.
    fn percent(&self, level: f64) -> String {
        let level = level * 100.0;
        self.language.number(level, usize::from((level - level.round()).abs() > 1e-9))
    }

    fn headline(&self, overall: &FigureView) -> String {
        let mut values = vec![
            ("value", overall.value.clone()),
            ("name", self.name(&self.content.index.code)),
            ("n", overall.n_valid.clone()),
            ("level", self.confidence()),
        ];
        let key = match (&overall.interval, overall.given) {
            (Some((low, high)), true) => {
                values.extend([("low", low.clone()), ("high", high.clone())]);
                match (self.content.method.kind, &overall.band) {
                    (IndexKind::SatisfiedShare, _) => "results-headline-share",
                    (IndexKind::Points, Some(band)) => {
                        values.push(("band", band.clone()));
                        "results-headline-points"
                    }
                    (IndexKind::Points, None) => "results-headline-points-plain",
                }
            }
            (None, true) => "results-headline-no-interval",
            _ => "results-headline-nothing",
        };
        self.say(key, &values)
    }

    fn kinds(&self) -> Vec<Bar> {
        let all: Vec<Bar> =
            self.of(By::Kind, Level::Overall).filter_map(|f| Some(self.bar(self.say(&kind_key(f.kind?), &[]), f))).collect();
        if all.len() > 1 { all } else { Vec::new() }
    }

    fn parts(&self) -> Vec<PartView> {
        let factors =
            |p: &crate::releases::content::PartSaid| p.factors.iter().filter_map(|f| self.together(Level::Factor, &f.code)).collect();
        let parts = self.content.index.parts.iter();
        parts.filter_map(|p| Some(PartView { part: self.together(Level::Part, &p.code)?, factors: factors(p) })).collect()
    }

    fn items(&self) -> Vec<ItemsView> {
        let factors = self.content.index.parts.iter().flat_map(|p| &p.factors);
        factors
            .map(|f| ItemsView {
                factor: said(&f.text, self.language.code()).to_owned(),
                items: f.items.iter().filter_map(|i| self.together(Level::Item, &i.code)).collect(),
            })
            .collect()
    }

    fn units(&self) -> Vec<(&Figure, UnitLine)> {
        let mut lines: Vec<(&Figure, UnitLine)> = self
            .of(By::Unit, Level::Overall)
            .filter_map(|f| {
                let unit = self.content.unit(f.unit.as_deref()?)?;
                let parts = self.of(By::Unit, Level::Part).filter(|p| p.unit == f.unit).map(|p| self.figure(p)).collect();
                let name = said(&unit.name, self.language.code()).to_owned();
                let rank = self.content.rank(&unit.code).map(RankSaid::set);
                Some((f, UnitLine { name, rank, overall: self.figure(f), parts }))
            })
            .collect();
        lines.sort_by(|a, b| descending(a.0.estimate, b.0.estimate).then_with(|| a.0.unit.cmp(&b.0.unit)));
        lines
    }

    /// The drawing of the units, for a page or for paper.
    #[must_use]
    pub fn drawing(&self, narrow: bool, ends: Option<usize>) -> Option<Drawing> {
        let overall = self.of(By::All, Level::Overall).next().and_then(|f| f.estimate);
        let units = self.units();
        plot::draw(self, &units, overall, self.plot_description(&units), narrow, ends)
    }

    fn plot_description(&self, units: &[(&Figure, UnitLine)]) -> String {
        let given = units.iter().filter(|(f, _)| f.estimate.is_some()).count();
        self.say(
            "results-plot-description",
            &[("shown", given.to_string()), ("all", units.len().to_string()), ("level", self.confidence())],
        )
    }

    fn rank_note(&self) -> Option<String> {
        let ranking = self.content.ranking.as_ref()?;
        Some(self.say("results-rank-note", &[("level", self.percent(ranking.level))]))
    }

    fn method(&self) -> Vec<String> {
        let (m, q) = (&self.content.method, &self.content.questionnaire);
        let aggregation = serde_json::to_value(m.aggregation).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let interval = m.interval.as_str().replace('_', "-");
        let mut lines = vec![
            self.say("results-method-questionnaire", &[("code", q.code.clone()), ("version", q.version.clone())]),
            self.say(&format!("results-aggregation-{}", aggregation.replace('_', "-")), &[]),
            self.say(&format!("results-weighting-{}", m.weighting), &[]),
            self.say(&format!("results-stream-{}", m.stream), &[]),
            self.say(&format!("results-interval-{interval}"), &[("level", self.confidence())]),
            self.say("results-method-threshold", &[("n", self.language.count(m.threshold))]),
        ];
        if let Some(r) = &self.content.ranking {
            let values =
                [("level", self.percent(r.level)), ("draws", self.language.count(u64::from(r.draws))), ("seed", r.seed.to_string())];
            lines.push(self.say("results-method-ranks", &values));
        }
        if m.units_without_responses > 0 {
            lines.push(self.say("results-method-units-missing", &[("n", m.units_without_responses.to_string())]));
        }
        lines
    }

    fn facts(&self) -> Vec<(String, String)> {
        let data = &self.content.data;
        let mut facts = vec![
            (self.say("results-fact-responses", &[]), self.language.count(data.responses)),
            (self.say("results-fact-moment", &[]), self.language.moment(data.moment.naive_utc())),
        ];
        if let (Some(first), Some(last)) = (data.first_day, data.last_day) {
            let days = [("from", self.language.day(first)), ("to", self.language.day(last))];
            facts.push((self.say("results-fact-days", &[]), self.say("period", &days)));
        }
        if let Some(until) = data.until {
            facts.push((self.say("results-fact-until", &[]), self.language.day(until)));
        }
        facts.push((self.say("results-fact-software", &[]), format!("{} {}", self.content.software.name, self.content.software.version)));
        facts
    }

    fn digests(&self) -> Vec<(String, String)> {
        vec![
            (self.say("results-digest-content", &[]), self.hash.to_owned()),
            (self.say("results-digest-responses", &[]), self.content.data.sha256.clone()),
            (self.say("results-digest-weights", &[]), self.content.weighting.sha256.clone()),
            (self.say("results-digest-questionnaire", &[]), self.content.questionnaire.sha256.clone()),
        ]
    }
}

/// A value with its unit.
#[must_use]
pub fn shown(language: Language, kind: IndexKind, value: f64) -> String {
    let text = language.number(value, DECIMALS);
    if kind == IndexKind::SatisfiedShare { format!("{text}%") } else { text }
}

/// Key of the words for a kind of unit.
#[must_use]
pub fn kind_key(kind: UnitKind) -> String {
    format!("kind-{}", kind.as_str().replace('_', "-"))
}

/// Higher first, missing last.
fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// A release in the public list, or as another page points to it.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseLine {
    /// Code.
    pub code: String,
    /// Number among the survey's releases.
    pub number: i64,
    /// The overall figure, or that there is none.
    pub value: String,
    /// Its interval.
    pub interval: Option<(String, String)>,
    /// Confidence level in per cent.
    pub confidence: String,
    /// Valid forms.
    pub n_valid: String,
    /// The stream in words.
    pub stream: String,
    /// Day of publication.
    pub published: String,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Code of the release that corrects it.
    pub corrected_by: Option<String>,
    /// Code of the release that it corrects.
    pub corrects: Option<String>,
}

/// The releases of one survey.
#[derive(Debug, Serialize)]
pub struct SurveyGroup {
    /// Title of the survey.
    pub title: String,
    /// First and last day.
    pub period: (String, String),
    /// Whether the answers are simulated.
    pub demonstration: bool,
    /// Its releases, newest first.
    pub releases: Vec<ReleaseLine>,
}

/// `/results`
#[derive(Debug, Serialize)]
pub struct ResultsView {
    /// Surveys, that of the newest release first.
    pub groups: Vec<SurveyGroup>,
}

/// `/results/{release}`
#[derive(Debug, Serialize)]
pub struct ReleaseView {
    /// Code.
    pub code: String,
    /// Number among the survey's releases.
    pub number: i64,
    /// Title of the survey.
    pub title: String,
    /// First and last day of the survey.
    pub period: (String, String),
    /// Day of publication.
    pub published: String,
    /// Day of withdrawal, and why.
    pub withdrawn: Option<(String, String)>,
    /// The release that corrects this one, and what was wrong.
    pub corrected_by: Option<(String, String)>,
    /// The release that this one corrects, and what was wrong.
    pub corrects: Option<(String, String)>,
    /// Address of this server.
    pub base: String,
    /// SHA-256 of the content.
    pub hash: String,
    /// Whether the answers are simulated.
    pub simulated: bool,
    /// The figures.
    #[serde(flatten)]
    pub figures: FiguresView,
}
