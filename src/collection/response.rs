//! A response as it is stored.

use chrono::{NaiveDateTime, Timelike};
use diesel::{Insertable, Queryable, Selectable};
use uuid::Uuid;

use crate::db::schema::responses;
use crate::questionnaires::codes::Stored;
use crate::surveys::{Mode, Stream};

/// One submitted set of answers (phiếu trả lời). No name, no address, no network address; the time is kept to the minute.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = responses, treat_none_as_default_value = false)]
pub struct Response {
    /// The UUID the client made before its first try, 16 bytes.
    pub id: Vec<u8>,
    /// The survey.
    pub survey_id: i64,
    /// Code of the unit the answers are about.
    pub unit: String,
    /// Code of the place, if known.
    pub place: Option<String>,
    /// How the person came to answer.
    pub stream: Stream,
    /// By which means.
    pub mode: Mode,
    /// Language of the form.
    pub language: String,
    /// Sampling stratum within the survey; the unit when none.
    pub stratum: Option<String>,
    /// Primary sampling unit; the respondent when none.
    pub psu: Option<String>,
    /// Base weight; 1 when none.
    pub weight: Option<f64>,
    /// Minute of sending, UTC.
    pub submitted_at: NaiveDateTime,
    /// Closed answers.
    pub codes: Vec<u8>,
    /// Open answers, JSON.
    pub extra: Option<String>,
}

/// Where a response comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The survey.
    pub survey_id: i64,
    /// Code of the unit the answers are about.
    pub unit: &'a str,
    /// How the person came to answer.
    pub stream: Stream,
    /// By which means.
    pub mode: Mode,
    /// Language of the form.
    pub language: &'a str,
}

impl Response {
    /// A response without place and design information.
    #[must_use]
    pub fn new(id: Uuid, from: Origin<'_>, now: NaiveDateTime, answers: Stored) -> Self {
        Response {
            id: id.as_bytes().to_vec(),
            survey_id: from.survey_id,
            unit: from.unit.to_owned(),
            place: None,
            stream: from.stream,
            mode: from.mode,
            language: from.language.to_owned(),
            stratum: None,
            psu: None,
            weight: None,
            submitted_at: to_minute(now),
            codes: answers.codes,
            extra: answers.extra,
        }
    }

    /// Whether this is the same response sent again: everything but the minute and the language of the form.
    #[must_use]
    pub fn is_replay_of(&self, stored: &Response) -> bool {
        let timeless = |r: &Response| Response { submitted_at: NaiveDateTime::default(), language: String::new(), ..r.clone() };
        timeless(self) == timeless(stored)
    }
}

/// The time without its seconds: kept times do not identify a person.
#[must_use]
pub fn to_minute(t: NaiveDateTime) -> NaiveDateTime {
    t.with_second(0).and_then(|t| t.with_nanosecond(0)).unwrap_or(t)
}

/// The code a citizen gets for a sent form, e.g. `7F3K-92QD-M4XA`: 60 bits of a hash of the id, in letters that are not mistaken for each other.
/// From the code nobody can find the id.
#[must_use]
pub fn form_code(id: &Uuid) -> String {
    use sha2::{Digest, Sha256};
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digest = Sha256::digest(id.as_bytes());
    let mut bits = digest.iter().take(8).fold(0u64, |all, b| all << 8 | u64::from(*b));
    let mut code = String::with_capacity(14);
    for i in 0..12 {
        if i > 0 && i % 4 == 0 {
            code.push('-');
        }
        let letter = usize::try_from(bits >> 59).unwrap_or(0);
        code.push(char::from(LETTERS.get(letter).copied().unwrap_or(b'0')));
        bits <<= 5;
    }
    code
}
