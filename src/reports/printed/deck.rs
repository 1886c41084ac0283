//! Slides of the overview: one finding a slide.

use super::super::pictures::{self, Picture};
use super::super::teller::Teller;
use super::super::{overview, units};
use super::{figure, foot, mark, prose};
use crate::documents::model::{Deck, Slide};
use crate::error::{Error, Result};

/// Letters of a point for which a slide has room beside a picture.
const POINT: usize = 240;

/// Makes the slides.
///
/// # Errors
/// Those of the figures and of drawing.
pub fn deck(teller: &Teller<'_>) -> Result<Deck> {
    let view = overview::view(teller)?;
    let survey = &teller.report.open().survey;
    let say = |key: &str| teller.say(key, &[]);
    let mut slides = vec![Slide {
        title: view.headline.clone(),
        points: prose::overall(teller, &view),
        note: Some(teller.source()),
        figure: optional(teller, Picture::Waves)?,
        ..Slide::default()
    }];
    if let Some(plot) = pictures::units::plot(teller, false, Some(5))? {
        let lines = units::lines(teller)?;
        slides.push(Slide {
            title: plot.head().title.clone(),
            // Points that name units with long names are left out: the picture names them.
            points: prose::units(teller, &view, &lines).into_iter().filter(|p| p.chars().count() <= POINT).take(3).collect(),
            figure: Some(figure(&plot)?),
            ..Slide::default()
        });
    }
    if let Some(factors) = optional(teller, Picture::Factors)? {
        slides.push(Slide { title: factors.caption.clone(), figure: Some(factors), ..Slide::default() });
    }
    if !view.first.is_empty() {
        slides.push(Slide {
            title: say("report-first"),
            points: prose::first(teller, &view.first),
            note: Some(say("items-caution")),
            ..Slide::default()
        });
    }
    slides.push(Slide { title: say("report-method"), points: teller.method(), ..Slide::default() });
    Ok(Deck {
        language: teller.lang().to_owned(),
        title: survey.title(teller.lang()).to_owned(),
        subtitle: teller.say("period", &[("from", teller.language.day(survey.opens_on)), ("to", teller.language.day(survey.closes_on))]),
        mark: mark(teller.words, survey.demonstration),
        foot: foot(teller),
        slides,
    })
}

fn optional(teller: &Teller<'_>, picture: Picture) -> Result<Option<crate::documents::model::Figure>> {
    match picture.draw(teller, false) {
        Ok(drawing) => figure(&drawing).map(Some),
        Err(Error::NotFound(_)) => Ok(None),
        Err(e) => Err(e),
    }
}
