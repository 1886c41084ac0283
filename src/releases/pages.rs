//! Views of the pages for those inside: releases of a survey, one release with its steps, what waits for whom.

use chrono::NaiveDate;
use serde::Serialize;

use super::compare::{self, Pair};
use super::content::{Content, said};
use super::life::{self, Status};
use super::model::Known;
use super::public::pages::{DECIMALS, FiguresView, kind_key, shown};
use super::ranks::RankSaid;
use crate::accounts::User;
use crate::audit::name_in_words;
use crate::estimation::By;
use crate::surveys::{Open, Status as SurveyStatus};
use crate::web::Language;
use crate::web::locale::Words;

/// Most changed figures on a page.
const MOST_CHANGES: usize = 200;

/// A release in a list.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Code.
    pub code: String,
    /// Code of its survey.
    pub survey: String,
    /// Title of its survey.
    pub title: String,
    /// Where it is: `frozen`, `reviewed`, …
    pub status: &'static str,
    /// The same in words.
    pub status_text: String,
    /// The overall figure.
    pub value: String,
    /// When it was frozen.
    pub frozen: String,
    /// Code of the release it corrects.
    pub corrects: Option<String>,
    /// Whether the answers are simulated.
    pub demonstration: bool,
    /// The step that waits for the reader, in words.
    pub waits: Option<String>,
}

/// `/admin/releases`
#[derive(Debug, Serialize)]
pub struct AllView {
    /// Releases that wait for the reader.
    pub waiting: Vec<Line>,
    /// The others, newest first.
    pub others: Vec<Line>,
    /// Surveys whose releases the reader may look at: code and title.
    pub surveys: Vec<(String, String)>,
}

/// `/admin/surveys/{survey}/releases`
#[derive(Debug, Serialize)]
pub struct SurveyView {
    /// Code of the survey.
    pub survey: String,
    /// Its title.
    pub title: String,
    /// Whether the reader has the page of the survey.
    pub leads: bool,
    /// What went wrong, in words and in detail.
    pub trouble: Option<Trouble>,
    /// Its releases, newest first.
    pub releases: Vec<Line>,
    /// The form, for who may freeze.
    pub form: Option<FreezeForm>,
}

/// Why a step was not taken.
#[derive(Debug, Clone, Serialize)]
pub struct Trouble {
    /// In words.
    pub text: String,
    /// The program's own sentence.
    pub detail: String,
}

impl Trouble {
    /// The words for a refusal.
    #[must_use]
    pub fn new(code: &str, detail: &str, words: &Words) -> Self {
        const KNOWN: [&str; 8] = [
            "not_frozen",
            "no_index",
            "cannot_estimate",
            "wrong_correction",
            "frozen_meanwhile",
            "wrong_status",
            "same_person",
            "reason_missing",
        ];
        let key = if KNOWN.contains(&code) { code.replace('_', "-") } else { "other".to_owned() };
        Trouble { text: words.say(&format!("release-trouble-{key}"), &[]), detail: detail.to_owned() }
    }
}

/// The form of a new release, with what was typed.
#[derive(Debug, Default, Serialize)]
pub struct FreezeForm {
    /// Streams: word, words, whether chosen.
    pub streams: Vec<(String, String, bool)>,
    /// Whether a last day is needed, because answers still come in.
    pub needs_until: bool,
    /// The last day that was typed.
    pub until: String,
    /// The latest day that can be given.
    pub latest: String,
    /// Releases that can be corrected.
    pub correctable: Vec<(String, bool)>,
    /// The reason that was typed.
    pub reason: String,
    /// The note that was typed.
    pub note: String,
}

/// A step that was taken.
#[derive(Debug, Serialize)]
pub struct StepLine {
    /// Which, in words.
    pub step: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
    /// What they said.
    pub note: String,
}

/// A step that the reader may take.
#[derive(Debug, Serialize)]
pub struct NextStep {
    /// Last part of its address.
    pub address: &'static str,
    /// The button.
    pub text: String,
    /// What it means.
    pub meaning: String,
    /// Whether something must be said.
    pub reason: bool,
}

/// A figure that changed.
#[derive(Debug, Serialize)]
pub struct Change {
    /// All units, a kind, or a unit.
    pub group: String,
    /// Name of the figure.
    pub measure: String,
    /// Before, with its interval.
    pub before: String,
    /// Now, with its interval.
    pub after: String,
}

/// What changed since the release before.
#[derive(Debug, Serialize)]
pub struct ChangesView {
    /// Code of the release before.
    pub with: String,
    /// How many figures there are in either.
    pub all: String,
    /// How many changed.
    pub changed: String,
    /// Whether any did.
    pub any: bool,
    /// The first of them.
    pub shown: Vec<Change>,
    /// Units whose rank or set of ranks changed.
    pub ranks: Vec<Change>,
}

/// `/admin/surveys/{survey}/releases/{release}`
#[derive(Debug, Serialize)]
pub struct OneView {
    /// The release.
    pub line: Line,
    /// Its hash.
    pub hash: String,
    /// The reason of a correction.
    pub correction: Option<String>,
    /// What went wrong, in words and in detail.
    pub trouble: Option<Trouble>,
    /// Steps taken, oldest first.
    pub steps: Vec<StepLine>,
    /// Steps that the reader may take now.
    pub next: Vec<NextStep>,
    /// Why the reader cannot take the next step, when it is theirs by right.
    pub barred: Option<String>,
    /// Whether it has a public page.
    pub public: bool,
    /// What changed since the release before.
    pub changes: Option<ChangesView>,
    /// Whether the answers are simulated.
    pub simulated: bool,
    /// The figures.
    #[serde(flatten)]
    pub figures: FiguresView,
}

const STEPS: [(Status, &str); 4] =
    [(Status::Reviewed, "review"), (Status::Signed, "sign"), (Status::Published, "publish"), (Status::Withdrawn, "withdraw")];

/// Makes the views.
pub struct Maker<'a> {
    /// Who reads.
    pub user: &'a User,
    /// Language.
    pub language: Language,
    /// Words of the interface.
    pub words: &'a Words,
}

impl Maker<'_> {
    fn say(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    /// Whether the reader has the right to this step on releases of this survey.
    fn may(&self, to: Status, open: &Open) -> bool {
        self.user.may(to.needs(), open.frame.units.keys().map(String::as_str), &open.frame.tree)
    }

    /// A release in a list.
    #[must_use]
    pub fn line(&self, known: &Known, open: &Open) -> Line {
        let s = &known.summary;
        let status = known.status();
        let waits = STEPS.iter().find(|(to, _)| *to != Status::Withdrawn && self.refusal(known, *to).is_none() && self.may(*to, open));
        Line {
            code: known.release.code.clone(),
            survey: open.survey.code.clone(),
            title: said(&s.title, self.language.code()).to_owned(),
            status: status.as_str(),
            status_text: self.say(&format!("release-status-{status}")),
            value: s.estimate.map_or_else(|| self.say("too-few"), |v| shown(self.language, s.kind, v)),
            frozen: self.language.moment(known.release.frozen_at),
            corrects: s.corrects.clone(),
            demonstration: s.demonstration,
            waits: waits.map(|(_, word)| self.say(&format!("release-step-{word}"))),
        }
    }

    /// Why this person cannot take this step, rights aside.
    fn refusal(&self, known: &Known, to: Status) -> Option<crate::error::Error> {
        life::may_follow(&known.taken(), to, Some(self.user.id), "…").err()
    }

    /// The form of a new release, for who may freeze.
    #[must_use]
    pub fn form(&self, open: &Open, releases: &[Known], typed: &Typed, today: NaiveDate) -> Option<FreezeForm> {
        if !open.is_led_by(self.user) || open.survey.status == SurveyStatus::Draft {
            return None;
        }
        let holds = |k: &&Known| k.status() == Status::Published;
        let corrected = |k: &Known| releases.iter().any(|o| o.release.corrects == Some(k.release.id) && o.status() == Status::Published);
        let stream = |s: crate::surveys::Stream| (s.to_string(), self.say(&format!("stream-{s}")), typed.stream == s.as_str());
        Some(FreezeForm {
            streams: open.survey.streams().into_iter().map(stream).collect(),
            needs_until: open.survey.status == SurveyStatus::Open,
            until: typed.until.clone(),
            latest: today.pred_opt().unwrap_or(today).to_string(),
            correctable: releases
                .iter()
                .filter(holds)
                .filter(|k| !corrected(k))
                .map(|k| (k.release.code.clone(), typed.corrects == k.release.code))
                .collect(),
            reason: typed.reason.clone(),
            note: typed.note.clone(),
        })
    }

    /// Steps taken.
    #[must_use]
    pub fn steps(&self, known: &Known) -> Vec<StepLine> {
        let one = |s: &super::model::StepTaken| StepLine {
            step: self.say(&format!("release-status-{}", s.step)),
            by: name_in_words(&s.by_name, self.words),
            at: self.language.moment(s.at),
            note: s.note.clone(),
        };
        known.steps.iter().map(one).collect()
    }

    /// Steps that the reader may take, and why not when only the person is wrong.
    #[must_use]
    pub fn next(&self, known: &Known, open: &Open) -> (Vec<NextStep>, Option<String>) {
        let mut next = Vec::new();
        let mut barred = None;
        for (to, word) in STEPS.into_iter().filter(|(to, _)| self.may(*to, open)) {
            match self.refusal(known, to) {
                None => next.push(NextStep {
                    address: word,
                    text: self.say(&format!("release-step-{word}")),
                    meaning: self.say(&format!("release-step-{word}-meaning")),
                    reason: to == Status::Withdrawn,
                }),
                Some(e) if e.status().1 == "same_person" => barred = Some(self.say("release-trouble-same-person")),
                Some(_) => {}
            }
        }
        (next, barred)
    }

    /// What changed between two contents.
    #[must_use]
    pub fn changes(&self, before: &Content, after: &Content) -> ChangesView {
        let changed = compare::changes(before, after);
        let count = |n: usize| self.language.count(u64::try_from(n).unwrap_or(u64::MAX));
        ChangesView {
            with: before.release.code.clone(),
            all: count(compare::pairs(before, after).len()),
            changed: count(changed.len()),
            any: !changed.is_empty(),
            shown: changed.iter().take(MOST_CHANGES).filter_map(|p| self.change(p, after)).collect(),
            ranks: self.ranks(before, after),
        }
    }

    /// Units whose ranks changed; nothing when either content has none.
    fn ranks(&self, before: &Content, after: &Content) -> Vec<Change> {
        if before.ranking.is_none() || after.ranking.is_none() {
            return Vec::new();
        }
        let name = |code: &str| {
            let unit = after.unit(code).or_else(|| before.unit(code));
            unit.map_or(code, |u| said(&u.name, self.language.code())).to_owned()
        };
        let text = |r: Option<&RankSaid>| match r {
            Some(r) => self.words.say("release-rank", &[("rank", r.rank.to_string()), ("set", r.set())]),
            None => self.say("release-figure-none"),
        };
        let one = |p: compare::RankPair<'_>| Change {
            group: name(p.unit),
            measure: self.say("release-changes-rank"),
            before: text(p.before),
            after: text(p.after),
        };
        compare::ranks(before, after).into_iter().take(MOST_CHANGES).map(one).collect()
    }

    fn change(&self, pair: &Pair<'_>, content: &Content) -> Option<Change> {
        let language = self.language.code();
        let figure = pair.after.or(pair.before)?;
        let group = match figure.by {
            By::All => self.say("release-group-all"),
            By::Kind => figure.kind.map(|k| self.say(&kind_key(k))).unwrap_or_default(),
            By::Unit => {
                let code = figure.unit.as_deref().unwrap_or_default();
                content.unit(code).map_or(code, |u| said(&u.name, language)).to_owned()
            }
            By::Mode | By::Month => String::new(),
        };
        let text = |f: Option<&super::content::Figure>| {
            let Some(f) = f else { return self.say("release-figure-none") };
            let Some(value) = f.estimate else {
                return format!("{} (n = {})", self.say(&f.reason().replace('_', "-")), self.language.count(f.n_valid));
            };
            let number = |v: f64| self.language.number(v, DECIMALS);
            let interval = f.ci_low.zip(f.ci_high).map(|(a, b)| format!(" [{}; {}]", number(a), number(b))).unwrap_or_default();
            format!("{}{interval} (n = {})", shown(self.language, content.method.kind, value), self.language.count(f.n_valid))
        };
        let measure = content.index.name(&figure.measure, language).to_owned();
        Some(Change { group, measure, before: text(pair.before), after: text(pair.after) })
    }
}

/// What was typed into the form of a new release.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The stream.
    pub stream: String,
    /// The last day.
    pub until: String,
    /// The release to correct.
    pub corrects: String,
    /// Why.
    pub reason: String,
    /// A note.
    pub note: String,
}
