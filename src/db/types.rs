//! Text enums: a closed set of words in a TEXT column, on both databases.

/// Declares an enum that is stored, sent and parsed as a fixed word for each variant.
///
/// The words are part of the data format: they stand in the database, in files and in the API.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
                 utoipa::ToSchema, schemars::JsonSchema, diesel::deserialize::FromSqlRow, diesel::expression::AsExpression)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word that stands for this value in data and files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok($name::$variant),)+
                    _ => Err(format!("{word:?} is not one of: {}", [$($word),+].join(", "))),
                }
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.as_str(), out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(bytes)?;
                word.parse().map_err(Into::into)
            }
        }
    };
}
pub(crate) use text_enum;

/// The day of a stored time by Vietnam's clock (UTC + 7 h), as days since 2000-01-01: what a reader of many rows needs of it, without making a calendar
/// date of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::deserialize::FromSqlRow)]
pub struct Day(pub i32);

/// Days from the first day of the calendar to 2000-01-01.
const FIRST: i32 = 730_120;
/// Hours by which Vietnam's clock is ahead of UTC.
const AHEAD: i64 = 7;

impl Day {
    /// The day of a date.
    #[must_use]
    pub fn of(date: chrono::NaiveDate) -> Self {
        use chrono::Datelike;
        Day(date.num_days_from_ce() - FIRST)
    }

    /// The calendar date of a moment (UTC) by Vietnam's clock.
    #[must_use]
    pub fn date_of(utc: chrono::NaiveDateTime) -> chrono::NaiveDate {
        utc.checked_add_signed(chrono::TimeDelta::hours(AHEAD)).unwrap_or(utc).date()
    }

    /// The day of a moment (UTC) by Vietnam's clock.
    #[must_use]
    pub fn of_moment(utc: chrono::NaiveDateTime) -> Self {
        Day::of(Day::date_of(utc))
    }

    /// The moment (UTC) at which the day after this one begins in Vietnam: what was sent before is of this day or an earlier one.
    #[must_use]
    pub fn end(self) -> Option<chrono::NaiveDateTime> {
        let next = Day(self.0.checked_add(1)?).date()?;
        next.and_time(chrono::NaiveTime::MIN).checked_sub_signed(chrono::TimeDelta::hours(AHEAD))
    }

    /// The calendar date.
    #[must_use]
    pub fn date(self) -> Option<chrono::NaiveDate> {
        chrono::NaiveDate::from_num_days_from_ce_opt(self.0.checked_add(FIRST)?)
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::Timestamp, diesel::sqlite::Sqlite> for Day {
    fn from_sql(mut value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> diesel::deserialize::Result<Self> {
        let text = value.read_text();
        day_of_text(text).map(Day).ok_or_else(|| format!("{text:?} is not a time").into())
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::Timestamp, diesel::pg::Pg> for Day {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        const HOUR: i64 = 3_600_000_000;
        let since_2000 = <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg>>::from_sql(value)?;
        Ok(Day(i32::try_from((since_2000 + AHEAD * HOUR).div_euclid(24 * HOUR))?))
    }
}

/// `2026-11-22 17:00:00` (UTC) as days since 2000-01-01 by Vietnam's clock.
fn day_of_text(text: &str) -> Option<i32> {
    let mut parts = text.get(..10)?.split('-');
    let date = chrono::NaiveDate::from_ymd_opt(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)?;
    let hour: i64 = text.get(11..13).map_or(Some(0), |h| h.parse().ok())?;
    Some(Day::of(date).0 + i32::from(hour + AHEAD >= 24))
}

#[cfg(test)]
mod tests {
    use super::{Day, day_of_text};

    #[test]
    fn days_count_from_the_first_of_2000_by_vietnams_clock() {
        for (text, day) in [
            ("2000-01-01 00:00:00", Some(0)),
            ("1999-12-31 16:59:00", Some(-1)),
            ("1999-12-31 17:00:00.000", Some(0)),
            ("2026-11-22", Some(9_822)),
            ("2026-13-01 00:00:00", None),
            ("x", None),
        ] {
            assert_eq!(day_of_text(text), day, "{text}");
        }
        assert_eq!(Day(9_822).date().map(|d| d.to_string()).as_deref(), Some("2026-11-22"));
        assert_eq!(Day(i32::MAX).date(), None);
    }

    #[test]
    fn a_moment_late_in_the_day_of_utc_is_of_the_next_day_in_vietnam() {
        let at = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        for (moment, day) in [("2026-05-03 18:30", "2026-05-04"), ("2026-05-04 16:59", "2026-05-04"), ("2026-05-04 17:00", "2026-05-05")] {
            assert_eq!(Day::date_of(at(moment)).to_string(), day, "{moment}");
            assert_eq!(Day::of_moment(at(moment)), Day::of(day.parse().unwrap()), "{moment}");
            assert_eq!(day_of_text(moment), Some(Day::of_moment(at(moment)).0), "both ways of reading a time agree on {moment}");
        }
        assert_eq!(Day::of("2026-05-04".parse().unwrap()).end(), Some(at("2026-05-04 17:00")));
        assert_eq!(Day(i32::MAX).end(), None);
    }
}
