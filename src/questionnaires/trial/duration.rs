//! How long answering takes: seconds = words / reading speed + seconds of deciding and tapping by kind of question.
//!
//! - Reading: 238 English words a minute, the mean of adults reading non-fiction silently in 190 studies (Brysbaert 2019, Journal of Memory and
//!   Language 109, 104047; most adults lie between 175 and 300). For Vietnamese no figure of that quality was found; its written syllables are counted, 300
//!   a minute, because about 1.3 syllables carry what one English word does: a rule of thumb.
//! - Deciding and tapping: rules of thumb, set so that an ordinary stand-alone question (25 words with its options) takes the 10 seconds or so that Pew Research
//!   Center measures for one in its online panel, an item of a battery less, and an open question much more ("How we keep our online surveys
//!   from running too long", 2022).
//!
//! Options of a scale that was just read are not read again. The figures are for planning; real forms tell better.

use chrono::NaiveDate;

use super::super::model::{Answers, Kind, Question, Text};
use super::respondents::Respondents;
use super::{Questionnaire, path};

/// Seconds that random respondents need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duration {
    /// The quickest.
    pub least: f64,
    /// The middle one.
    pub median: f64,
    /// The slowest.
    pub most: f64,
}

/// Words (Vietnamese: written syllables) a minute.
fn reading_speed(language: &str) -> f64 {
    if language == "vi" { 300.0 } else { 238.0 }
}

/// Seconds for this many random respondents; none when nobody can answer.
#[must_use]
pub fn estimate(questionnaire: &Questionnaire, language: &str, seed: u64, day: NaiveDate, respondents: usize) -> Option<Duration> {
    let people = Respondents::new(questionnaire, seed, day).take(respondents);
    let mut seconds: Vec<f64> = people.map(|answers| of(questionnaire, &answers, language)).collect();
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    let median = if seconds.len() % 2 == 1 {
        *seconds.get(middle)?
    } else {
        f64::midpoint(*seconds.get(middle.checked_sub(1)?)?, *seconds.get(middle)?)
    };
    Some(Duration { least: *seconds.first()?, median, most: *seconds.last()? })
}

/// Seconds for one respondent.
#[must_use]
pub fn of(questionnaire: &Questionnaire, answers: &Answers, language: &str) -> f64 {
    let met = path(questionnaire, answers);
    let mut words = count(&questionnaire.introduction, language);
    let mut deciding = 0.0;
    let mut section = None;
    let mut matrix = None;
    let mut scale: Option<&str> = None;
    for position in met {
        let Some(question) = questionnaire.questions.get(position) else { continue };
        if section != Some(question.section) {
            section = Some(question.section);
            let s = questionnaire.sections.get(question.section);
            words += s.map_or(0, |s| count(&s.title, language) + s.note.as_ref().map_or(0, |n| count(n, language)));
        }
        if question.matrix.is_some() && question.matrix != matrix {
            let m = question.matrix.and_then(|m| questionnaire.matrices.get(m));
            words += m.map_or(0, |m| count(&m.text, language) + m.hint.as_ref().map_or(0, |h| count(h, language)));
        }
        matrix = question.matrix;
        words += count(&question.text, language) + question.hint.as_ref().map_or(0, |h| count(h, language));
        let shared = if let Kind::Single { scale, .. } = &question.kind { scale.as_deref() } else { None };
        if shared.is_none() || shared != scale {
            words += question.options().iter().map(|o| count(&o.text, language)).sum::<usize>();
        }
        scale = shared;
        if answers.get(position).is_some() || !question.is_answered_by_people() {
            deciding += seconds(question);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a questionnaire has far fewer than 2^53 words")]
    let words = words as f64;
    words / reading_speed(language) * 60.0 + deciding
}

/// Seconds of deciding and tapping or typing.
fn seconds(question: &Question) -> f64 {
    match &question.kind {
        Kind::Single { .. } if question.matrix.is_some() => 3.0,
        Kind::Single { .. } => 4.0,
        Kind::Multiple { .. } => 7.0,
        Kind::Number { .. } => 6.0,
        Kind::Date { .. } => 10.0,
        Kind::Ranking { places, .. } => 5.0 * f64::from(*places),
        Kind::Text { long: true, .. } => 45.0,
        Kind::Text { long: false, .. } => 15.0,
        Kind::Consent => 2.0,
        Kind::Note => 1.0,
        Kind::Hidden { .. } | Kind::Calculated { .. } => 0.0,
    }
}

fn count(text: &Text, language: &str) -> usize {
    text.get(language).split_whitespace().count()
}
