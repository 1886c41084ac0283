//! One pass over the responses, in order of id: what estimates are made of and what is hashed come from the same rows.

use chrono::NaiveDate;

use super::digest::Responses;
use crate::collection;
use crate::db::Conn;
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::estimation::table::{Line, ResponseTable};
use crate::surveys::{Open, Stream};

/// The responses of one stream.
pub struct Read {
    /// As columns.
    pub table: ResponseTable,
    /// As digests; ids in the order of the columns.
    pub digest: Responses,
}

/// Reads the responses of a stream up to a day of Vietnam's clock, that day with it. Must run within one state of the data, see [`crate::db::Db::read_one_state`].
///
/// # Errors
/// Those of the database.
pub fn responses(conn: &mut Conn, open: &Open, stream: Stream, until: Option<NaiveDate>) -> Result<Read> {
    let mut read = Read { table: ResponseTable::new(open.questionnaire().code_bytes), digest: Responses::default() };
    let before = until.and_then(|day| Day::of(day).end());
    collection::store::for_each_by_id(conn, open.survey.id, stream, before, |r| {
        read.digest.add(&r).map_err(Error::Storage)?;
        read.table.push(Line {
            unit: &r.unit,
            mode: r.mode,
            day: Day::of_moment(r.submitted_at),
            stratum: r.stratum.as_deref(),
            psu: r.psu.as_deref(),
            weight: r.weight,
            codes: &r.codes,
        });
        Ok(())
    })?;
    Ok(read)
}
