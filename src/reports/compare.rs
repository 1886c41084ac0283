//! Two to six units side by side, with the differences that are more than chance.

use serde::{Deserialize, Serialize};

use super::pictures::{self, ChartView};
use super::quality;
use super::teller::{Figure, Teller};
use crate::error::{Error, Result};
use crate::estimation::compare::{self, Comparison};
use crate::estimation::{By, Grouping, Level, Row};

/// Most units side by side.
const MOST: usize = 6;

/// Which units, as the address says.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Which {
    /// Codes with commas between.
    #[serde(default)]
    units: String,
    /// One more, from the form.
    #[serde(default)]
    add: String,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct CompareView {
    /// The units: code, name, address of the card, address without this unit.
    pub units: Vec<(String, String, String, String)>,
    /// Units that can be added.
    pub others: Vec<(String, String)>,
    /// Whether one more fits.
    pub room: bool,
    /// Codes with commas between.
    pub codes: String,
    /// Their overall figures.
    pub chart: Option<ChartView>,
    /// Pairs that differ, in sentences.
    pub pairs: Vec<String>,
    /// Figures: level, name, one for each unit.
    pub rows: Vec<(&'static str, String, Vec<Figure>)>,
}

/// Makes the page.
///
/// # Errors
/// `NotFound` for a unit the survey does not have; `BadRequest` for more than six; those of the figures.
pub fn view(teller: &Teller<'_>, which: &Which) -> Result<CompareView> {
    let report = teller.report;
    let mut codes: Vec<String> = Vec::new();
    for code in which.units.split(',').chain([which.add.as_str()]).map(str::trim).filter(|c| !c.is_empty()) {
        report.unit(code)?;
        if !codes.iter().any(|c| c == code) {
            codes.push(code.to_owned());
        }
    }
    if codes.len() > MOST {
        return Err(Error::BadRequest(format!("{} units are too many side by side; name at most {MOST}", codes.len())));
    }
    let index = report.index()?;
    let name = |code: &str| teller.unit_name(code);
    let comparison = among(teller, &codes)?;
    let link = |codes: &[&String]| {
        let list = codes.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(",");
        let path = format!(
            "/reports/{}/compare?units={}&lang={}",
            report.open().survey.code,
            crate::web::problem::url_encode(&list),
            teller.lang()
        );
        report.choice.link(&path)
    };
    let chart =
        ChartView::of("compare", |narrow| pictures::people::groups(teller, teller.say("compare-title", &[]), &comparison, &name, narrow))?;
    let tree = report.prepared.measures().iter().filter(|m| m.level != Level::Item);
    let rows = tree.map(|m| {
        let figure =
            |code: &String| index.of_unit(code).find(|r| r.measure == m.code).map_or_else(|| teller.missing(), |r| teller.figure(r));
        (m.level.as_str(), m.text.get(teller.lang()).to_owned(), codes.iter().map(figure).collect())
    });
    let mut others: Vec<(String, String)> =
        report.open().frame.units.values().filter(|u| !codes.contains(&u.code)).map(|u| (u.code.clone(), name(&u.code))).collect();
    others.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(CompareView {
        chart: chart.filter(|_| codes.len() > 1),
        pairs: if codes.len() > 1 { quality::pairs(teller, &comparison, &name) } else { Vec::new() },
        rows: if codes.is_empty() { Vec::new() } else { rows.collect() },
        units: codes
            .iter()
            .map(|c| (c.clone(), name(c), teller.card(c), link(&codes.iter().filter(|o| *o != c).collect::<Vec<_>>())))
            .collect(),
        others,
        room: codes.len() < MOST,
        codes: codes.join(","),
    })
}

/// The overall figures of some units and how they differ; only their own pairs are adjusted together.
fn among(teller: &Teller<'_>, codes: &[String]) -> Result<Comparison> {
    let prepared = &teller.report.prepared;
    let all = prepared.grouped(Grouping::By(By::Unit), &[Level::Overall], true)?;
    let places: Vec<usize> = codes.iter().filter_map(|code| all.rows.iter().position(|r| r.unit.as_deref() == Some(code))).collect();
    let count = all.rows.len();
    let rows: Vec<Row> = places.iter().filter_map(|p| all.rows.get(*p)).map(|r| Row { category: r.unit.clone(), ..r.clone() }).collect();
    let covariance =
        places.iter().flat_map(|a| places.iter().map(move |b| a * count + b)).map(|at| all.covariance.get(at).copied().flatten());
    compare::of(rows, covariance.collect(), prepared.level())
}
