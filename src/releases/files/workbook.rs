//! A content as the figures that the workbook is made of.

use std::collections::BTreeMap;

use crate::estimation::{By, Level, Method, Row};
use crate::questionnaires::model::Text;
use crate::releases::content::{Content, Figure, said};
use crate::reports::formats::Figures;
use crate::reports::formats::figures::{MeasureName, UnitName};
use crate::web::Language;

/// Why a figure is missing, as rows say it.
const FLAGS: [&str; 5] = ["too_few", "withheld", "empty_domain", "zero_denominator", "lonely_psu"];

/// The figures of a content.
#[must_use]
pub fn figures(content: &Content, hash: &str, language: Language) -> Figures {
    let lang = language.code();
    let of = |by: By| content.estimates.iter().filter(move |f| f.by == by);
    let above = above(content);
    let measure = |f: &Figure| MeasureName {
        code: f.measure.clone(),
        name: content.index.name(&f.measure, lang).to_owned(),
        level: f.measure_level,
        within: above.get(&(f.measure_level, f.measure.as_str())).map(|code| (*code).to_owned()),
        largest: content.index.largest(f.measure_level, &f.measure, content.method.aggregation),
    };
    let units = content.units.iter().map(|u| UnitName { code: u.code.clone(), name: said(&u.name, lang).to_owned(), kind: u.kind });
    Figures {
        survey: content.survey.code.clone(),
        title: said(&content.survey.title, lang).to_owned(),
        period: (content.survey.opens_on, content.survey.closes_on),
        method: method(content),
        questionnaire_digest: content.questionnaire.sha256.clone(),
        cut: content.data.moment.naive_utc(),
        hash: Some(hash.to_owned()),
        program: format!("{} {}", content.software.name, content.software.version),
        measures: of(By::All).map(measure).collect(),
        units: units.collect(),
        rows: of(By::All).chain(of(By::Unit)).map(row).collect(),
        ranks: content.ranking.as_ref().map(|r| r.ranking().units).unwrap_or_default(),
        language,
    }
}

fn method(content: &Content) -> Method {
    let m = &content.method;
    Method {
        questionnaire: content.questionnaire.code.clone(),
        version: content.questionnaire.version.clone(),
        aggregation: m.aggregation,
        weighting: m.weighting,
        stream: m.stream,
        probability_sample: m.probability_sample,
        level: m.level,
        threshold: m.threshold,
        n: content.data.responses,
        units_without_responses: m.units_without_responses,
        demonstration: content.demonstration,
        kind: m.kind,
    }
}

fn row(f: &Figure) -> Row {
    Row {
        unit: f.unit.clone(),
        kind: f.kind,
        category: None,
        measure: f.measure.clone(),
        measure_level: f.measure_level,
        estimate: f.estimate,
        se: f.se,
        ci_low: f.ci_low,
        ci_high: f.ci_high,
        n: f.n,
        n_valid: f.n_valid,
        deff: f.deff,
        // A content does not hold them, and no sheet shows them.
        df: 0,
        flags: f.flags.iter().filter_map(|flag| FLAGS.into_iter().find(|known| known == flag)).collect(),
        band: f.band.as_ref().map(|b| Text(b.clone())),
    }
}

/// What each figure is part of.
fn above(content: &Content) -> BTreeMap<(Level, &str), &str> {
    let mut above = BTreeMap::new();
    for part in &content.index.parts {
        above.insert((Level::Part, part.code.as_str()), content.index.code.as_str());
        for factor in &part.factors {
            above.insert((Level::Factor, factor.code.as_str()), part.code.as_str());
            above.extend(factor.items.iter().map(|i| ((Level::Item, i.code.as_str()), factor.code.as_str())));
        }
    }
    above
}
