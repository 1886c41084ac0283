//! The chain of hashes: SHA-256 over the hash before and each field with its length, so that no two rows are written alike.
//!
//! It shows that rows were changed, left out or put in between. Rows cut off at the end leave a chain that is whole, and whoever can write to the database
//! can compute a new one: note number and hash of the last row elsewhere from time to time, and compare.

use sha2::{Digest, Sha256};

use super::model::Row;

/// The hash that belongs to a row.
#[must_use]
pub fn hash(row: &Row) -> String {
    let mut sha = Sha256::new();
    let number = row.id.to_string();
    let at = row.at.and_utc().timestamp_millis().to_string();
    let user = row.user_id.map(|id| id.to_string()).unwrap_or_default();
    for field in [&row.previous, &number, &at, &user, &row.user_name, &row.action, &row.object_kind, &row.object_code, &row.detail]
        .map(String::as_bytes)
    {
        sha.update(field.len().to_string().as_bytes());
        sha.update(b":");
        sha.update(field);
    }
    sha.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// How a log stands that was read to some row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Number of rows.
    pub rows: i64,
    /// Hash of the last one; empty when there is none.
    pub last: String,
    /// The first row that does not fit, and why.
    pub broken: Option<(i64, &'static str)>,
}

impl State {
    /// Reads the next row. After the first that does not fit nothing more is looked at.
    pub fn read(&mut self, row: &Row) {
        if self.broken.is_some() {
            return;
        }
        let wrong = if row.id != self.rows + 1 {
            Some((self.rows + 1, "this row is missing"))
        } else if row.previous != self.last {
            Some((row.id, "this row does not follow the one before"))
        } else if row.hash != hash(row) {
            Some((row.id, "this row was changed"))
        } else {
            None
        };
        self.broken = wrong;
        if wrong.is_none() {
            self.rows = row.id;
            self.last.clone_from(&row.hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for id in 1..=4 {
            let mut row = Row {
                id,
                at: chrono::DateTime::from_timestamp_millis(1_790_000_000_123 + id).unwrap().naive_utc(),
                user_id: (id > 1).then_some(7),
                user_name: "lan".into(),
                action: "survey.open".into(),
                object_kind: "survey".into(),
                object_code: "trial".into(),
                detail: "{}".into(),
                previous: rows.last().map(|r| r.hash.clone()).unwrap_or_default(),
                hash: String::new(),
            };
            row.hash = hash(&row);
            rows.push(row);
        }
        rows
    }

    fn state(rows: &[Row]) -> State {
        rows.iter().fold(State::default(), |mut state, row| {
            state.read(row);
            state
        })
    }

    #[test]
    fn a_whole_log_is_whole() {
        let rows = log();
        assert_eq!(state(&rows), State { rows: 4, last: rows[3].hash.clone(), broken: None });
    }

    #[test]
    fn every_change_is_noticed_where_it_is() {
        let changes: [fn(&mut Row); 9] = [
            |r| r.at += chrono::Duration::milliseconds(1),
            |r| r.user_id = None,
            |r| r.user_name = "mai".into(),
            |r| r.action = "survey.close".into(),
            |r| r.object_kind = "surve".into(),
            |r| r.object_code = "ytrial".into(),
            |r| r.detail = "{ }".into(),
            |r| r.previous = "x".into(),
            |r| r.hash = "x".into(),
        ];
        for change in changes {
            let mut rows = log();
            change(&mut rows[1]);
            assert_eq!(state(&rows).broken.unwrap().0, 2);
        }
        let mut moved = log();
        (moved[1].object_kind, moved[1].object_code) = ("surveyt".into(), "rial".into());
        assert_eq!(state(&moved).broken, Some((2, "this row was changed")), "fields do not run into each other");
    }

    #[test]
    fn a_row_left_out_is_noticed_and_one_rehashed_too() {
        let mut rows = log();
        rows.remove(1);
        assert_eq!(state(&rows).broken, Some((2, "this row is missing")));
        let mut rows = log();
        rows[1].detail = "{\"forged\":1}".into();
        rows[1].hash = hash(&rows[1]);
        assert_eq!(state(&rows).broken, Some((3, "this row does not follow the one before")));
    }
}
