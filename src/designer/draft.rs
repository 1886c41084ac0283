//! A draft's life: draft → in review → approved → published, and back.

use chrono::NaiveDateTime;
use diesel::{Queryable, Selectable};

use crate::db::schema::questionnaire_drafts;
use crate::db::types::text_enum;
use crate::error::{Error, Result};

text_enum! {
    /// Where a draft is in its life.
    DraftStatus {
        /// Being written.
        Draft = "draft",
        /// Waits for a reviewer; nobody changes it meanwhile.
        InReview = "in_review",
        /// A reviewer agreed; it can be published.
        Approved = "approved",
        /// It became a version.
        Published = "published",
        /// Thrown away; it can be taken back.
        Discarded = "discarded",
    }
}

text_enum! {
    /// What is done to a draft or a version.
    Step {
        /// A draft was begun.
        Created = "created",
        /// A draft was given to review.
        Submitted = "submitted",
        /// The review asks for changes, or the writer takes the draft back.
        Returned = "returned",
        /// A reviewer agreed.
        Approved = "approved",
        /// The draft became a version that never changes.
        Published = "published",
        /// A draft was thrown away.
        Discarded = "discarded",
        /// A draft that was thrown away was taken back.
        Restored = "restored",
        /// A version is not to be used for new surveys.
        Retired = "retired",
        /// A retired version may be used again.
        Reinstated = "reinstated",
    }
}

/// A draft, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = questionnaire_drafts)]
pub struct Draft {
    /// Key.
    pub id: i64,
    /// Code of the questionnaire.
    pub questionnaire: String,
    /// The version it will be.
    pub version: String,
    /// Title, in the first language that has one.
    pub title: String,
    /// Where it is in its life.
    pub status: DraftStatus,
    /// The version it was begun from.
    pub based_on: Option<String>,
    /// Number of its latest revision.
    pub revision: i64,
    /// Who gave it to review.
    pub submitted_by: Option<String>,
    /// The secret part of the preview's address.
    pub preview: String,
    /// When it was begun.
    pub created_at: NaiveDateTime,
    /// When it was changed last.
    pub updated_at: NaiveDateTime,
    /// Who changed it last.
    pub updated_by: String,
}

/// Who takes a step.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// Sign-in name.
    pub name: &'a str,
    /// Whether they may write questionnaires.
    pub designs: bool,
    /// Whether they may approve questionnaires.
    pub reviews: bool,
    /// Whether they may do everything.
    pub administers: bool,
}

impl Draft {
    /// Whether its content may be changed.
    ///
    /// # Errors
    /// `not_a_draft`, with what to do.
    pub fn can_change(&self) -> Result<()> {
        if self.status == DraftStatus::Draft {
            return Ok(());
        }
        Err(Error::Conflict("not_a_draft", format!("this questionnaire is {}; take it back to draft before changing it", self.status)))
    }

    /// The status after a step.
    ///
    /// Two people stand behind a version: whoever gave a draft to review does not approve it, unless an administrator decides alone,
    /// which the history shows.
    ///
    /// # Errors
    /// `wrong_status`; `Forbidden` for whom the step is not.
    pub fn after(&self, step: Step, by: Actor<'_>) -> Result<DraftStatus> {
        let to = match (self.status, step) {
            (DraftStatus::Draft, Step::Submitted) => DraftStatus::InReview,
            (DraftStatus::InReview | DraftStatus::Approved, Step::Returned) => DraftStatus::Draft,
            (DraftStatus::InReview, Step::Approved) => DraftStatus::Approved,
            (DraftStatus::Approved, Step::Published) => DraftStatus::Published,
            (DraftStatus::Draft | DraftStatus::InReview | DraftStatus::Approved, Step::Discarded) => DraftStatus::Discarded,
            (DraftStatus::Discarded, Step::Restored) => DraftStatus::Draft,
            (from, step) => {
                return Err(Error::Conflict("wrong_status", format!("a draft that is {from} cannot be {step}; look at it again")));
            }
        };
        let theirs = match step {
            Step::Submitted | Step::Discarded | Step::Restored => by.designs,
            Step::Returned => by.designs || by.reviews,
            _ => by.reviews,
        };
        if !theirs {
            return Err(Error::Forbidden(format!("a {} takes this step", if by.designs { "reviewer" } else { "designer" })));
        }
        if step == Step::Approved && self.submitted_by.as_deref() == Some(by.name) && !by.administers {
            return Err(Error::Forbidden("somebody else must approve what you gave to review".to_owned()));
        }
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(status: DraftStatus) -> Draft {
        Draft {
            id: 1,
            questionnaire: "q".into(),
            version: "1".into(),
            title: String::new(),
            status,
            based_on: None,
            revision: 1,
            submitted_by: Some("an".into()),
            preview: String::new(),
            created_at: NaiveDateTime::default(),
            updated_at: NaiveDateTime::default(),
            updated_by: "an".into(),
        }
    }

    #[test]
    fn two_people_stand_behind_a_version_unless_an_administrator_decides() {
        let an = Actor { name: "an", designs: true, reviews: true, administers: false };
        assert!(matches!(draft(DraftStatus::InReview).after(Step::Approved, an), Err(Error::Forbidden(_))));
        let binh = Actor { name: "bình", ..an };
        assert_eq!(draft(DraftStatus::InReview).after(Step::Approved, binh).unwrap(), DraftStatus::Approved);
        let administrator = Actor { administers: true, ..an };
        assert_eq!(draft(DraftStatus::InReview).after(Step::Approved, administrator).unwrap(), DraftStatus::Approved);
    }

    #[test]
    fn each_step_is_for_those_whose_it_is_and_from_where_it_goes() {
        let designer = Actor { name: "an", designs: true, reviews: false, administers: false };
        let reviewer = Actor { name: "bình", designs: false, reviews: true, administers: false };
        assert_eq!(draft(DraftStatus::Draft).after(Step::Submitted, designer).unwrap(), DraftStatus::InReview);
        assert!(draft(DraftStatus::Draft).after(Step::Submitted, reviewer).is_err());
        assert!(draft(DraftStatus::Approved).after(Step::Published, designer).is_err());
        assert_eq!(draft(DraftStatus::Approved).after(Step::Published, reviewer).unwrap(), DraftStatus::Published);
        assert!(draft(DraftStatus::Draft).after(Step::Published, reviewer).is_err(), "nothing is published that was not approved");
        assert!(draft(DraftStatus::Published).after(Step::Returned, reviewer).is_err(), "what is published stays");
        assert!(draft(DraftStatus::InReview).can_change().is_err());
    }
}
