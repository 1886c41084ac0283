//! The life of a release: frozen → reviewed → signed → published, and withdrawn from anywhere; and who may take which step.
//!
//! Whoever froze a release neither reviews nor signs it, whatever roles they have: a figure goes out only when at least two people stand for it.

use chrono::{Days, NaiveDate};

use crate::accounts::Act;
use crate::db::types::text_enum;
use crate::error::{Error, Result};
use crate::surveys::{Status as SurveyStatus, Survey};

text_enum! {
    /// Where a release is in its life, and the step that brought it there.
    Status {
        /// Computed and stored; it never changes from here on.
        Frozen = "frozen",
        /// Somebody else has looked at the figures.
        Reviewed = "reviewed",
        /// Somebody in charge stands for it.
        Signed = "signed",
        /// Everybody may read it.
        Published = "published",
        /// It no longer holds; why is said where it was.
        Withdrawn = "withdrawn",
    }
}

impl Status {
    /// What somebody needs to take the step to this status.
    #[must_use]
    pub fn needs(self) -> Act {
        match self {
            Status::Frozen | Status::Published | Status::Withdrawn => Act::ManageSurveys,
            Status::Reviewed => Act::Analyse,
            Status::Signed => Act::SignOff,
        }
    }

    /// Whether this step follows that one.
    #[must_use]
    pub fn follows(self, before: Status) -> bool {
        matches!(
            (before, self),
            (Status::Frozen, Status::Reviewed)
                | (Status::Reviewed, Status::Signed)
                | (Status::Signed, Status::Published)
                | (Status::Frozen | Status::Reviewed | Status::Signed | Status::Published, Status::Withdrawn)
        )
    }
}

/// A step that was taken: to which status, and by whom; the command line is nobody.
pub type Taken = (Status, Option<i64>);

/// Whether this user may take this step after those, oldest first; their right is not looked at.
///
/// # Errors
/// `wrong_status` when it is not the next step, `same_person` when they froze what they would review or sign, `reason_missing` when nothing says why a
/// release is withdrawn.
pub fn may_follow(history: &[Taken], to: Status, who: Option<i64>, note: &str) -> Result<()> {
    let Some((now, _)) = history.last() else {
        return Err(Error::Storage("a release has no first step".to_owned()));
    };
    if !to.follows(*now) {
        return Err(Error::Conflict(
            "wrong_status",
            format!("a release that is {now} cannot become {to}; frozen → reviewed → signed → published, and withdrawn from each of them"),
        ));
    }
    let froze = history.iter().find(|(status, _)| *status == Status::Frozen).and_then(|(_, by)| *by);
    if matches!(to, Status::Reviewed | Status::Signed) && froze.is_some() && froze == who {
        return Err(Error::Conflict(
            "same_person",
            "whoever froze a release neither reviews nor signs it; ask somebody else who has this right".to_owned(),
        ));
    }
    if to == Status::Withdrawn && note.trim().is_empty() {
        return Err(Error::Conflict(
            "reason_missing",
            "say why the release is withdrawn: the reason stands on its page from now on".to_owned(),
        ));
    }
    Ok(())
}

/// Whether the survey's figures can be frozen up to this day: what is counted must be able to stand still.
///
/// # Errors
/// `not_frozen` with what to do.
pub fn can_be_frozen(survey: &Survey, until: Option<NaiveDate>, today: NaiveDate) -> Result<()> {
    let refused = |why: String| Err(Error::Conflict("not_frozen", why));
    match (survey.status, until) {
        (SurveyStatus::Draft, _) => refused(format!("survey {} is a draft and has no responses to count", survey.code)),
        (_, Some(until)) if until >= today => {
            let last = today.checked_sub_days(Days::new(1)).unwrap_or(today);
            refused(format!("responses of {until} can still come in; the last day can be {last} at the latest"))
        }
        (_, Some(until)) if until < survey.opens_on => {
            refused(format!("survey {} began on {}, after {until}", survey.code, survey.opens_on))
        }
        (SurveyStatus::Open, None) => {
            refused(format!("survey {} still takes answers: close it, or give a last day before today", survey.code))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: [Status; 4] = [Status::Frozen, Status::Reviewed, Status::Signed, Status::Published];

    fn code(result: Result<()>) -> &'static str {
        match result {
            Ok(()) => "ok",
            Err(e) => e.status().1,
        }
    }

    #[test]
    fn steps_follow_each_other_in_one_order_only() {
        for (at, before) in ORDER.into_iter().enumerate() {
            let history: Vec<Taken> = ORDER.into_iter().take(at + 1).map(|s| (s, Some(1))).collect();
            for (to_at, to) in ORDER.into_iter().enumerate() {
                let expected = if to_at == at + 1 { "ok" } else { "wrong_status" };
                assert_eq!(code(may_follow(&history, to, Some(2), "")), expected, "{before} → {to}");
            }
            assert_eq!(code(may_follow(&history, Status::Withdrawn, Some(1), "wrong totals")), "ok");
            assert_eq!(code(may_follow(&history, Status::Withdrawn, Some(1), " ")), "reason_missing");
        }
        let withdrawn = [(Status::Frozen, Some(1)), (Status::Withdrawn, Some(1))];
        for to in Status::ALL {
            assert_eq!(code(may_follow(&withdrawn, *to, Some(2), "x")), "wrong_status", "withdrawn → {to}");
        }
    }

    #[test]
    fn who_froze_neither_reviews_nor_signs() {
        let frozen = [(Status::Frozen, Some(1))];
        let reviewed = [(Status::Frozen, Some(1)), (Status::Reviewed, Some(2))];
        let signed = [(Status::Frozen, Some(1)), (Status::Reviewed, Some(2)), (Status::Signed, Some(3))];
        assert_eq!(code(may_follow(&frozen, Status::Reviewed, Some(1), "")), "same_person");
        assert_eq!(code(may_follow(&frozen, Status::Reviewed, Some(2), "")), "ok");
        assert_eq!(code(may_follow(&reviewed, Status::Signed, Some(1), "")), "same_person");
        assert_eq!(code(may_follow(&reviewed, Status::Signed, Some(2), "")), "ok");
        assert_eq!(code(may_follow(&signed, Status::Published, Some(1), "")), "ok", "publishing is no judgement");
        let by_command = [(Status::Frozen, None)];
        assert_eq!(code(may_follow(&by_command, Status::Reviewed, Some(1), "")), "ok");
    }
}
