//! What is due when.
//!
//! Days and months are Vietnam's ([`Day`]). What is told of them is due at 07:00 there, which is midnight UTC, so that nobody is written to at night. Of what was
//! missed while nothing ran only the latest month is told; older ones never are.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

use crate::db::types::Day;

/// Days of answers, the first one included, the last one not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// The day after the last.
    pub until: Day,
}

impl Span {
    /// All days there are.
    pub const ALWAYS: Span = Span { from: Day(i32::MIN), until: Day(i32::MAX) };

    /// No day at all.
    pub const NEVER: Span = Span { from: Day(i32::MAX), until: Day(i32::MAX) };

    /// From this day up to that one, which is not in it.
    #[must_use]
    pub fn new(from: NaiveDate, until: NaiveDate) -> Self {
        Span { from: Day::of(from), until: Day::of(until) }
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn has(&self, day: Day) -> bool {
        self.from <= day && day < self.until
    }
}

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Month { first: day.with_day(1).unwrap_or(day) }
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        Month::of(self.first.checked_sub_months(Months::new(1)).unwrap_or(self.first))
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The first day of the next month.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.first.checked_add_months(Months::new(1)).unwrap_or(self.first)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.end().checked_sub_days(Days::new(1)).unwrap_or(self.first)
    }

    /// All its days.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.first, self.end())
    }

    /// When its digest is due: 07:00 in Vietnam on the first of the next month, in UTC.
    #[must_use]
    pub fn due(self) -> NaiveDateTime {
        self.end().into()
    }

    /// Its name in keys: `2026-11`.
    #[must_use]
    pub fn key(self) -> String {
        format!("{:04}-{:02}", self.first.year(), self.first.month())
    }
}

/// The latest month whose digest is due at this time (UTC).
#[must_use]
pub fn digest_month(now: NaiveDateTime) -> Month {
    Month::of(now.date()).before()
}

/// The latest complete day at this time (UTC): what alerts look at.
#[must_use]
pub fn complete_day(now: NaiveDateTime) -> NaiveDate {
    now.date().checked_sub_days(Days::new(1)).unwrap_or(now.date())
}

/// The Monday after the latest complete week at the end of this day.
#[must_use]
pub fn week_end(day: NaiveDate) -> NaiveDate {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    next.checked_sub_days(Days::new(next.weekday().num_days_from_monday().into())).unwrap_or(next)
}

/// The week before this Monday and the `count` weeks before it, the earliest first.
#[must_use]
pub fn weeks(end: NaiveDate, count: u64) -> Vec<Span> {
    let monday = |back: u64| end.checked_sub_days(Days::new(7 * back)).unwrap_or(end);
    (0..=count).rev().map(|back| Span::new(monday(back + 1), monday(back))).collect()
}

/// A week's name in keys, by the Monday after it: `2026-W47`.
#[must_use]
pub fn week_key(end: NaiveDate) -> String {
    let week = end.checked_sub_days(Days::new(7)).unwrap_or(end).iso_week();
    format!("{:04}-W{:02}", week.year(), week.week())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn the_digest_of_a_month_is_due_at_seven_in_vietnam_on_the_first() {
        // 06:59 and 07:00 on 1 December in Vietnam.
        assert_eq!(digest_month(at("2026-11-30 23:59")).key(), "2026-10");
        assert_eq!(digest_month(at("2026-12-01 00:00")).key(), "2026-11");
        assert_eq!(digest_month(at("2027-01-20 12:00")).key(), "2026-12");
        assert_eq!(Month::of(at("2026-11-15 00:00").date()).due(), at("2026-12-01 00:00"));
    }

    #[test]
    fn months_have_their_days() {
        let november = Month::of(NaiveDate::from_ymd_opt(2026, 11, 28).unwrap());
        assert_eq!((november.first().to_string(), november.last().to_string()), ("2026-11-01".into(), "2026-11-30".into()));
        assert_eq!(
            november.before().before().before().before().before().before().before().before().before().before().before().key(),
            "2025-12"
        );
        assert!(november.span().has(Day::of(november.last())) && !november.span().has(Day::of(november.end())));
        // Midnight in Vietnam is 17:00 UTC.
        let sent = |utc| november.span().has(Day::of_moment(at(utc)));
        assert!(!sent("2026-10-31 16:59") && sent("2026-10-31 17:00") && sent("2026-11-30 16:59") && !sent("2026-11-30 17:00"));
    }

    #[test]
    fn weeks_begin_on_monday_and_are_complete() {
        // Saturday 28 November 2026 is in a week that is not over; Sunday is its end.
        for (text, end) in [("2026-11-28 00:00", "2026-11-23"), ("2026-11-29 00:00", "2026-11-30"), ("2026-11-30 00:00", "2026-11-30")] {
            assert_eq!(week_end(at(text).date()).to_string(), end, "{text}");
        }
        let end = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        assert_eq!(week_key(end), "2026-W48");
        let all = weeks(end, 8);
        assert_eq!(all.len(), 9);
        assert!(all.windows(2).all(|two| two[0].until == two[1].from));
        assert_eq!((all[8].until, all[8].until.0 - all[0].from.0), (Day::of(end), 63));
        assert_eq!(week_key(NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()), "2026-W53");
    }
}
