//! The charts of a report: figures become the plain structs of [`crate::charts`], with names, links and words in the reader's language.
//!
//! - [`map`]: units on the map.
//! - [`units`]: units as dots with intervals, as heat map, as funnel.
//! - [`tree`]: parts, factors and items.
//! - [`people`]: answers to questions, groups of respondents, modes.
//! - [`times`]: waves and months.
//! - [`Picture`]: the ones that can be asked for by name, for downloads and documents.

pub mod map;
pub mod people;
pub mod times;
pub mod tree;
pub mod units;

use serde::Serialize;

use super::teller::Teller;
use crate::charts::{Drawing, Figure as Drawn, Head, both};
use crate::db::types::text_enum;
use crate::error::{Error, Result};
use crate::estimation::Row;

text_enum! {
    /// A chart that has an address of its own.
    Picture {
        /// Units with intervals in rank order.
        Units = "units",
        /// Units on the map.
        Map = "map",
        /// Units × factors.
        Heat = "heat",
        /// Units by number of forms.
        Funnel = "funnel",
        /// Parts and factors.
        Factors = "factors",
        /// Importance and performance of items.
        Priorities = "priorities",
        /// Answers to the items of the index.
        Items = "items",
        /// Waves.
        Waves = "waves",
        /// Months.
        Months = "months",
        /// Means of answering.
        Modes = "modes",
    }
}

impl Picture {
    /// Draws it for a report.
    ///
    /// # Errors
    /// `NotFound` when the report has nothing to draw.
    pub fn draw(self, teller: &Teller<'_>, narrow: bool) -> Result<Drawing> {
        let drawn = match self {
            Picture::Units => units::plot(teller, narrow, None)?,
            Picture::Map => map::draw(teller, narrow)?,
            Picture::Heat => units::heat(teller, narrow)?,
            Picture::Funnel => units::funnel(teller, narrow)?,
            Picture::Factors => tree::factors(teller, None, narrow)?,
            Picture::Priorities => tree::priorities(teller, narrow)?,
            Picture::Items => tree::answers(teller, narrow)?,
            Picture::Waves => times::waves(teller, None, narrow)?,
            Picture::Months => times::months(teller, narrow)?.map(|m| m.drawing),
            Picture::Modes => people::modes(teller, narrow)?,
        };
        drawn.ok_or_else(|| Error::NotFound(format!("chart {self} of this report: there is nothing to draw yet")))
    }
}

/// A chart on a page: both layouts, the words around it, where it can be had.
#[derive(Debug, Clone, Serialize)]
pub struct ChartView {
    /// The drawing as SVG, for wide and narrow windows.
    pub svg: String,
    /// What it shows.
    pub title: String,
    /// What is measured.
    pub subtitle: String,
    /// Where the figures come from.
    pub source: String,
    /// Its own address without ending, when it has one.
    pub address: Option<String>,
    /// The query of the address.
    pub query: String,
}

impl ChartView {
    /// The chart of this name, drawn twice; none when there is nothing to draw.
    ///
    /// # Errors
    /// Those of the figures.
    pub fn named(teller: &Teller<'_>, picture: Picture) -> Result<Option<Self>> {
        let view = Self::of(picture.as_str(), |narrow| match picture.draw(teller, narrow) {
            Ok(drawing) => Ok(Some(drawing)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(e) => Err(e),
        })?;
        let survey = &teller.report.open().survey.code;
        let query = teller.report.choice.link(&format!("?lang={}", teller.lang()));
        Ok(view.map(|v| ChartView { address: Some(format!("/reports/{survey}/charts/{picture}")), query, ..v }))
    }

    /// A chart drawn twice.
    ///
    /// # Errors
    /// Those of drawing.
    pub fn of(id: &str, draw: impl Fn(bool) -> Result<Option<Drawing>>) -> Result<Option<Self>> {
        let (Some(wide), Some(narrow)) = (draw(false)?, draw(true)?) else { return Ok(None) };
        let head = wide.head();
        Ok(Some(ChartView {
            svg: both(&wide, &narrow, id),
            title: head.title.clone(),
            subtitle: head.subtitle.clone(),
            source: head.source.clone(),
            address: None,
            query: String::new(),
        }))
    }
}

impl Teller<'_> {
    /// A row as a chart draws it.
    pub(super) fn drawn(&self, row: &Row, percent: bool) -> Drawn {
        let figure = if percent { self.share(row) } else { self.figure(row) };
        match row.estimate {
            Some(value) => Drawn::known(value, (row.ci_low.unwrap_or(value), row.ci_high.unwrap_or(value)), figure.value),
            None => Drawn::missing(figure.value),
        }
    }

    /// Interval and number of forms of a row, said when it is pointed at.
    pub(super) fn tip(&self, name: &str, row: &Row) -> String {
        let figure = self.figure(row);
        match &figure.interval {
            Some(ends) => self.say(
                "tip-interval",
                &[("name", name.to_owned()), ("value", figure.value.clone()), ("range", self.range(ends)), ("n", figure.n_valid.clone())],
            ),
            None => format!("{name}: {}", figure.value),
        }
    }

    /// The words around a chart.
    pub(super) fn head(&self, title: String, subtitle: String, description: String) -> Head {
        Head { title, subtitle, source: self.source(), description }
    }

    /// Address of a unit's card.
    #[must_use]
    pub fn card(&self, unit: &str) -> String {
        let path =
            format!("/reports/{}/units/{}?lang={}", self.report.open().survey.code, crate::web::problem::url_encode(unit), self.lang());
        self.report.choice.link(&path)
    }
}
