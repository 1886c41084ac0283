//! Head and closing of an official document in Word, and the head of an annex.

use docx_rs::{LineSpacing, Paragraph};

use super::pieces::{Writer, line};
use super::{TWIPS_PER_MM, styles, tables};
use crate::documents::fonts;
use crate::documents::printed::{Printed, PrintedAnnex};

/// Room that is left for signature and seal, in mm.
const SIGNATURE: f64 = 28.0;

/// Agency at the left, country and motto at the right; kind and subject below.
pub(super) fn head(writer: &mut Writer, printed: &Printed<'_>) {
    let head = printed.head;
    let room = writer.sheet.room() as usize;
    // The country stands on one line, with a little air; the agency has what is left.
    let right = twips(fonts::width(&printed.words.country, 13.0, true)) + 160;
    let left = room.saturating_sub(right).max(room / 4);
    let right = room - left;
    let mut agency: Vec<Paragraph> = head.superior.iter().map(|superior| line("Superior", superior)).collect();
    agency.extend([line("Agency", &head.agency), rule(&head.agency, 13.0, 0.42, left)]);
    let country =
        vec![line("Country", &printed.words.country), line("Motto", &printed.words.motto), rule(&printed.words.motto, 14.0, 1.0, right)];
    let dated = [vec![line("Number", &head.number)], vec![line("Date", &head.place_and_date)]];
    writer.table(tables::pair(vec![[agency, country], dated], [left, right]));
    writer.paragraph(line("Title", &head.kind));
    writer.paragraph(line("Subtitle", &head.about));
    writer.paragraph(rule(&head.about, 14.0, 0.38, room).keep_next(true));
    writer.paragraph(line("SectionEnd", "").line_spacing(LineSpacing::new().before(0).after(200)));
}

/// Recipients at the left, signer at the right, on one page.
pub(super) fn closing(writer: &mut Writer, printed: &Printed<'_>) {
    let room = writer.sheet.room() as usize;
    let mut left = Vec::new();
    if !printed.recipients.is_empty() {
        left.push(line("RecipientsHead", &printed.words.recipients));
    }
    left.extend(printed.recipients.iter().map(|recipient| line("Recipients", recipient)));
    if left.is_empty() {
        left.push(line("Recipients", ""));
    }
    let offices = printed.signer.lines.iter().enumerate().map(|(at, office)| {
        let above = LineSpacing::new().before(if at == 0 { styles::ABOVE_CLOSING } else { 0 }).after(0);
        line("Signer", office).line_spacing(above)
    });
    let mut right: Vec<Paragraph> = offices.collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "28 mm")]
    let space = LineSpacing::new().before((SIGNATURE * TWIPS_PER_MM) as u32).after(0);
    right.push(line("Signer", &printed.signer.name).line_spacing(space));
    writer.table(tables::pair(vec![[left, right]], [room / 2, room - room / 2]));
    writer.paragraph(line("SectionEnd", ""));
}

/// "Phụ lục I", its name, what it belongs to.
pub(super) fn annex(writer: &mut Writer, annex: &PrintedAnnex<'_>) {
    writer.paragraph(line("AnnexTitle", &format!("{}\n{}", annex.label, annex.title)));
    if !annex.about.is_empty() {
        writer.paragraph(line("AnnexAbout", annex.about));
    }
}

/// A rule as long as a part of the words above it, in the middle of a cell: the upper border of an empty line that is moved in from both sides.
fn rule(above: &str, size: f64, part: f64, room: usize) -> Paragraph {
    let longest = above.lines().map(|line| twips(fonts::width(line, size, true))).max().unwrap_or(0).min(room);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "at most the width of a page")]
    let length = (longest as f64 * part) as usize;
    let side = i32::try_from((room - length) / 2).unwrap_or(0);
    line("Rule", "").indent(Some(side), None, Some(side), None)
}

fn twips(points: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the width of a line")]
    let twips = (points * 20.0).ceil() as usize;
    twips
}
