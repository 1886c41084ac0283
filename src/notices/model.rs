//! A subscription, what it is about, a notice's key.

use chrono::NaiveDateTime;
use diesel::{Queryable, Selectable};

use crate::db::schema::subscriptions;
use crate::db::types::text_enum;
use crate::surveys::Survey;

text_enum! {
    /// What somebody wants to be told.
    Kind {
        /// Each month: the figures of the month before.
        Digest = "digest",
        /// When a release is published.
        Release = "release",
        /// When a unit falls significantly, or answers in doubt surge.
        Alert = "alert",
    }
}

text_enum! {
    /// What a subscription names.
    About {
        /// One survey.
        Survey = "survey",
        /// All surveys of a series, also those to come.
        Series = "series",
    }
}

/// Somebody's wish to be told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = subscriptions)]
pub struct Subscription {
    /// Key.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// What about.
    pub kind: Kind,
    /// Whether `code` is a survey or a series.
    pub about: About,
    /// Code of the survey, or name of the series.
    pub code: String,
    /// Unit whose branch is meant; empty for all units of the person's own.
    pub unit: String,
    /// Since when; what was due before is not told.
    pub created_at: NaiveDateTime,
    /// When it was ended.
    pub ended_at: Option<NaiveDateTime>,
}

impl Subscription {
    /// Whether it is about this survey.
    #[must_use]
    pub fn is_about(&self, survey: &Survey) -> bool {
        match self.about {
            About::Survey => self.code == survey.code,
            About::Series => survey.series.as_deref() == Some(self.code.as_str()),
        }
    }
}

/// What is told once: with the person and the survey this is the key of a notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// What it is about within the survey: empty for a digest, the release's code, `fall:` or `flagged:` with the unit's code.
    pub object: String,
    /// The month, week or wave.
    pub period: String,
}

impl Told {
    /// Puts the two together.
    pub fn new(object: impl Into<String>, period: impl Into<String>) -> Self {
        Told { object: object.into(), period: period.into() }
    }
}
