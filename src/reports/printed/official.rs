//! What every official document has, whatever its figures come from: head, signer, recipients, and charts as figures.

use crate::charts::Drawing;
use crate::config::Issuer;
use crate::documents::model::{Block, Figure, OfficialHead, Run, Signer};
use crate::error::{Error, Result};
use crate::web::locale::Words;

/// Pixels of a picture in a Word file, across.
const PIXELS: u32 = 1_600;

/// A chart as a figure of a document.
///
/// # Errors
/// When it cannot be drawn as a picture.
pub fn figure(drawing: &Drawing) -> Result<Figure> {
    let (head, bare) = (drawing.head(), drawing.bare());
    let size = |v: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a drawing is some hundreds to thousands wide and high"
        )]
        let whole = v.max(1.0).round() as u32;
        whole
    };
    Ok(Figure {
        caption: head.title.clone(),
        alt: head.description.clone(),
        svg: bare.standalone(),
        png: bare.png(PIXELS).map_err(|e| Error::Internal(e.to_string()))?,
        width_px: size(drawing.width()),
        height_px: size(drawing.height()),
        source: None,
    })
}

/// A paragraph.
#[must_use]
pub fn paragraph(text: String) -> Block {
    Block::Paragraph(vec![Run { text, bold: false, italic: false }])
}

/// A heading.
#[must_use]
pub fn heading(level: u8, text: String) -> Block {
    Block::Heading { level, text }
}

/// What stands above the text: who issues it, as the settings say, and what it is about.
#[must_use]
pub fn head(words: &Words, issuer: &Issuer, about: String) -> OfficialHead {
    let unless = |given: &str, key: &str| if given.is_empty() { words.say(key, &[]) } else { given.to_owned() };
    OfficialHead {
        superior: Some(issuer.superior.clone()).filter(|s| !s.is_empty()),
        agency: unless(&issuer.agency, "print-agency"),
        number: unless(&issuer.number, "print-number"),
        place_and_date: words.say("print-place-and-date", &[("place", unless(&issuer.place, "print-place"))]),
        kind: words.say("print-kind", &[]),
        about,
    }
}

/// Who signs, as the settings say.
#[must_use]
pub fn signer(words: &Words, issuer: &Issuer) -> Signer {
    let lines: Vec<String> = issuer.signer_office.split('|').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    Signer { lines: if lines.is_empty() { vec![words.say("print-signer", &[])] } else { lines }, name: issuer.signer.clone() }
}

/// Who gets it.
#[must_use]
pub fn recipients(words: &Words, issuer: &Issuer) -> Vec<String> {
    let given: Vec<String> = issuer.recipients.split('|').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    if given.is_empty() { vec![words.say("print-recipient-above", &[]), words.say("print-recipient-file", &[])] } else { given }
}

/// The words that mark simulated answers.
#[must_use]
pub fn mark(words: &Words, demonstration: bool) -> Option<String> {
    demonstration.then(|| words.say("print-mark", &[]))
}
