//! A release as it is stored, with the steps it has taken.

use chrono::NaiveDateTime;
use diesel::{Queryable, Selectable};

use super::content::Summary;
use super::life::{Status, Taken};
use crate::db::schema::{release_steps, releases};

/// A release without its content.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = releases)]
pub struct Release {
    /// Key.
    pub id: i64,
    /// Code in addresses: `ho-gia-dinh-2026-r1`.
    pub code: String,
    /// The survey.
    pub survey_id: i64,
    /// Number among the survey's releases, from 1.
    pub number: i64,
    /// SHA-256 of the content.
    pub hash: String,
    /// What lists show, as JSON; see [`Known::summary`].
    pub summary: String,
    /// Key of the release that it corrects.
    pub corrects: Option<i64>,
    /// When it was frozen.
    pub frozen_at: NaiveDateTime,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = release_steps)]
pub struct StepTaken {
    /// The release.
    pub release_id: i64,
    /// Which.
    pub step: Status,
    /// Key of who took it; none for the command line.
    pub by_id: Option<i64>,
    /// Their name at that time.
    pub by_name: String,
    /// When, UTC.
    pub at: NaiveDateTime,
    /// What they said.
    pub note: String,
}

/// A release with its steps, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The release.
    pub release: Release,
    /// What lists show of its content.
    pub summary: Summary,
    /// Its steps.
    pub steps: Vec<StepTaken>,
}

impl Known {
    /// Where it is in its life.
    #[must_use]
    pub fn status(&self) -> Status {
        self.steps.last().map_or(Status::Frozen, |s| s.step)
    }

    /// The step to this status, when it was taken.
    #[must_use]
    pub fn step(&self, to: Status) -> Option<&StepTaken> {
        self.steps.iter().find(|s| s.step == to)
    }

    /// Whether everybody may read it, or might once: then its page stays.
    #[must_use]
    pub fn was_published(&self) -> bool {
        self.step(Status::Published).is_some()
    }

    /// Steps and who took them.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.steps.iter().map(|s| (s.step, s.by_id)).collect()
    }
}
