//! What each role may do, and whether a branch of the unit tree covers a unit.
//!
//! People and questionnaires belong to no unit, so the roles about them hold for the whole tree only. The other roles hold for the whole tree or for a
//! branch: a unit and everything below it, on the tree of the day in question.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::types::text_enum;

text_enum! {
    /// What somebody is in the organisation that runs surveys.
    Role {
        /// Manages people, and may do whatever anybody may.
        Administrator = "administrator",
        /// Writes questionnaires.
        Designer = "designer",
        /// Reads drafts of questionnaires, approves them.
        Reviewer = "reviewer",
        /// Opens, closes, publishes surveys; freezes and publishes releases.
        SurveyManager = "survey_manager",
        /// Reads results before they are public, and what lies behind them; reviews releases.
        Analyst = "analyst",
        /// Reads results before they are public; signs releases.
        Leader = "leader",
        /// Speaks for a unit.
        UnitOfficer = "unit_officer",
    }
}

/// Something that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Manage people, read the audit log.
    Administer,
    /// Read questionnaires that are not published.
    ReadDrafts,
    /// Write questionnaires.
    Design,
    /// Approve questionnaires.
    Review,
    /// Open, close, publish surveys, and see them before they open.
    ManageSurveys,
    /// Read results before they are public.
    ReadResults,
    /// Read what lies behind results, review releases.
    Analyse,
    /// Sign releases.
    SignOff,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 8] =
        [Act::Administer, Act::ReadDrafts, Act::Design, Act::Review, Act::ManageSurveys, Act::ReadResults, Act::Analyse, Act::SignOff];
}

impl Role {
    /// Whether this role may do this.
    #[must_use]
    pub fn may(self, act: Act) -> bool {
        match self {
            Role::Administrator => true,
            Role::Designer => matches!(act, Act::Design | Act::ReadDrafts),
            Role::Reviewer => matches!(act, Act::Review | Act::ReadDrafts),
            Role::SurveyManager => matches!(act, Act::ManageSurveys | Act::ReadResults),
            Role::Analyst => matches!(act, Act::ReadResults | Act::Analyse),
            Role::Leader => matches!(act, Act::ReadResults | Act::SignOff),
            Role::UnitOfficer => false,
        }
    }

    /// Whether the role can be limited to a branch.
    #[must_use]
    pub fn can_be_limited(self) -> bool {
        !matches!(self, Role::Administrator | Role::Designer | Role::Reviewer)
    }
}

/// A role in a branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// What.
    pub role: Role,
    /// Code of the branch's top unit; none for the whole tree.
    pub branch: Option<String>,
}

impl Grant {
    /// A role in the whole tree.
    #[must_use]
    pub fn everywhere(role: Role) -> Self {
        Grant { role, branch: None }
    }

    /// A role in a branch; none when the role cannot be limited.
    #[must_use]
    pub fn within(role: Role, branch: &str) -> Option<Self> {
        role.can_be_limited().then(|| Grant { role, branch: Some(branch.to_owned()) })
    }

    /// Whether the grant counts at all: a limited grant of a role that cannot be limited gives nothing, rather than everything.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.branch.is_none() || self.role.can_be_limited()
    }
}

/// The units of one day: each with the unit above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<String, Option<String>>);

impl Tree {
    /// Made of codes and the codes above them.
    pub fn new(units: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        Tree(units.into_iter().collect())
    }

    /// The codes, from below to above, under which all of these units stand; none when there are no units.
    #[must_use]
    pub fn above_all<'a>(&'a self, mut units: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let (Some(first), rest) = (units.next(), units) else { return Vec::new() };
        let rest: Vec<&str> = rest.collect();
        let mut above = Vec::new();
        let mut at = Some(first);
        while let Some(code) = at.filter(|code| !above.contains(code)) {
            above.push(code);
            at = self.0.get(code).and_then(Option::as_deref);
        }
        above.retain(|code| rest.iter().all(|unit| self.covers(code, unit)));
        above
    }

    /// Whether the unit is the branch's top or below it. A tree with a circle in it is walked once round.
    #[must_use]
    pub fn covers(&self, branch: &str, unit: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut at = Some(unit);
        while let Some(code) = at {
            if code == branch {
                return true;
            }
            if !seen.insert(code) {
                return false;
            }
            at = self.0.get(code).and_then(Option::as_deref);
        }
        false
    }
}

/// Whether somebody with these grants may do this somewhere.
#[must_use]
pub fn may_somewhere(grants: &[Grant], act: Act) -> bool {
    grants.iter().any(|g| g.counts() && g.role.may(act))
}

/// Whether somebody with these grants may do this to something that is about these units: each must be covered by a grant. What is about no unit needs a
/// grant for the whole tree.
pub fn may<'a>(grants: &[Grant], act: Act, units: impl IntoIterator<Item = &'a str>, tree: &Tree) -> bool {
    let fit: Vec<&Grant> = grants.iter().filter(|g| g.counts() && g.role.may(act)).collect();
    if fit.iter().any(|g| g.branch.is_none()) {
        return true;
    }
    let covered = |unit: &str| fit.iter().filter_map(|g| g.branch.as_deref()).any(|branch| tree.covers(branch, unit));
    let mut units = units.into_iter().peekable();
    units.peek().is_some() && units.all(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let unit = |code: &str, above: &str| (code.to_owned(), (!above.is_empty()).then(|| above.to_owned()));
        Tree::new([unit("C", ""), unit("W1", "C"), unit("W2", "C"), unit("W11", "W1"), unit("O1", "O2"), unit("O2", "O1")])
    }

    #[test]
    fn a_branch_covers_its_top_and_what_is_below_and_nothing_else() {
        let tree = tree();
        for (branch, unit, covered) in [
            ("C", "C", true),
            ("C", "W11", true),
            ("W1", "W11", true),
            ("W1", "W2", false),
            ("W11", "W1", false),
            ("C", "X", false),
            ("C", "O1", false),
            ("X", "X", true),
        ] {
            assert_eq!(tree.covers(branch, unit), covered, "{branch} covers {unit}");
        }
    }

    #[test]
    fn every_unit_must_be_covered_by_some_grant() {
        let tree = tree();
        let of = |branch| Grant::within(Role::Leader, branch).unwrap();
        assert!(may(&[of("W1")], Act::ReadResults, ["W1", "W11"], &tree));
        assert!(!may(&[of("W1")], Act::ReadResults, ["W1", "W2"], &tree));
        assert!(may(&[of("W1"), of("W2")], Act::ReadResults, ["W1", "W2"], &tree));
        assert!(!may(&[of("C")], Act::ManageSurveys, ["W1"], &tree), "another role");
        assert!(!may(&[of("C")], Act::ReadResults, [], &tree), "what is about no unit is for the whole tree");
        assert!(may(&[Grant::everywhere(Role::Leader)], Act::ReadResults, [], &tree));
        assert!(may(&[Grant::everywhere(Role::Administrator)], Act::ManageSurveys, ["X"], &tree));
    }

    #[test]
    fn the_manual_says_what_each_role_may_do() {
        let manual = include_str!("../../docs/ACCOUNTS.md");
        let yes = |may: bool| if may { "yes" } else { "–" };
        for role in Role::ALL {
            let cells: Vec<&str> = Act::ALL.iter().map(|act| yes(role.may(*act))).chain([yes(role.can_be_limited())]).collect();
            let line = format!("| `{role}` | {} |", cells.join(" | "));
            assert!(manual.contains(&line), "docs/ACCOUNTS.md lacks the line\n{line}");
        }
    }

    #[test]
    fn a_limited_administrator_is_none() {
        assert!(Grant::within(Role::Administrator, "C").is_none());
        let forged = [Grant { role: Role::Administrator, branch: Some("C".to_owned()) }];
        assert!(!may_somewhere(&forged, Act::Administer));
        assert!(!may(&forged, Act::ManageSurveys, ["C"], &tree()));
    }
}
