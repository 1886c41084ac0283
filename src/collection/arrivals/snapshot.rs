//! A snapshot of PostgreSQL as text, `xmin:xmax:xip,xip,…` (documentation of `pg_snapshot`): transactions below xmin are over, those from xmax on had not
//! begun, those of the list in between were running.

/// Which transactions were over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The first that had not begun.
    pub end: i64,
    /// Those below `end` that were running, in ascending order.
    pub running: Vec<i64>,
}

impl Snapshot {
    /// Reads what `pg_current_snapshot()` says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let first: i64 = parts.next()?.parse().ok()?;
        let end: i64 = parts.next()?.parse().ok()?;
        let mut running: Vec<i64> = match parts.next()? {
            "" => Vec::new(),
            list => list.split(',').map(str::parse).collect::<Result<_, _>>().ok()?,
        };
        running.sort_unstable();
        let fits = parts.next().is_none() && first <= end && running.iter().all(|x| (first..end).contains(x));
        fits.then_some(Snapshot { end, running })
    }

    /// Whether what this transaction stored could be seen.
    #[must_use]
    pub fn shows(&self, transaction: i64) -> bool {
        transaction < self.end && self.running.binary_search(&transaction).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_shows_what_was_over() {
        let snapshot = Snapshot::parse("10:20:10,14").unwrap();
        let shown: Vec<i64> = (8..23).filter(|x| snapshot.shows(*x)).collect();
        assert_eq!(shown, [8, 9, 11, 12, 13, 15, 16, 17, 18, 19]);
        assert_eq!(Snapshot::parse("7:7:"), Some(Snapshot { end: 7, running: vec![] }));
    }

    #[test]
    fn what_is_no_snapshot_is_refused() {
        for text in ["", "1:2", "2:1:", "1:2:x", "1:4:7", "1:4:,", "1:2::3"] {
            assert_eq!(Snapshot::parse(text), None, "{text:?}");
        }
    }
}
