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

/// The day of a stored time (UTC), as days since 2000-01-01: what a reader of many rows needs of it, without making a calendar date of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::deserialize::FromSqlRow)]
pub struct Day(pub i32);

impl Day {
    /// The calendar date.
    #[must_use]
    pub fn date(self) -> Option<chrono::NaiveDate> {
        chrono::NaiveDate::from_num_days_from_ce_opt(self.0.checked_add(FIRST)?)
    }
}

/// The first of January 2000, in days of the common era.
const FIRST: i32 = 730_120;

impl diesel::deserialize::FromSql<diesel::sql_types::Timestamp, diesel::sqlite::Sqlite> for Day {
    fn from_sql(mut value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> diesel::deserialize::Result<Self> {
        let text = value.read_text();
        text.get(..10).and_then(day_of_text).map(Day).ok_or_else(|| format!("{text:?} is not a time").into())
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::Timestamp, diesel::pg::Pg> for Day {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        const MICROSECONDS: i64 = 86_400_000_000;
        let since_2000 = <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg>>::from_sql(value)?;
        Ok(Day(i32::try_from(since_2000.div_euclid(MICROSECONDS))?))
    }
}

/// `2026-11-22` as days since 2000-01-01.
fn day_of_text(text: &str) -> Option<i32> {
    use chrono::Datelike;
    let mut parts = text.split('-');
    let date = chrono::NaiveDate::from_ymd_opt(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)?;
    parts.next().is_none().then(|| date.num_days_from_ce() - FIRST)
}

#[cfg(test)]
mod tests {
    use super::day_of_text;

    #[test]
    fn days_count_from_the_first_of_2000() {
        for (text, day) in
            [("2000-01-01", Some(0)), ("1999-12-31", Some(-1)), ("2026-11-22", Some(9_822)), ("2026-13-01", None), ("x", None)]
        {
            assert_eq!(day_of_text(text), day, "{text}");
            assert_eq!(day.and_then(|d| super::Day(d).date()).map(|d| d.to_string()), day.map(|_| text.to_owned()));
        }
    }
}
