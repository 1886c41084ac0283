//! Trying a questionnaire out without a browser: scenarios, random respondents, what nobody meets, how long it takes.

use chrono::NaiveDate;
use serde::Serialize;

use crate::questionnaires::Questionnaire;
use crate::questionnaires::trial::{coverage, duration, scenario};

/// How one scenario ended.
#[derive(Debug, Serialize)]
pub struct Ended {
    /// The file it stands in.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Where it went otherwise than it says; nothing when it passed.
    pub differences: Vec<String>,
}

/// What a trial found.
#[derive(Debug, Serialize)]
pub struct Tried {
    /// Scenarios, in the order of the files.
    pub scenarios: Vec<Ended>,
    /// How many random respondents answered.
    pub respondents: usize,
    /// Questions that none of them was asked.
    pub never_asked: Vec<String>,
    /// Options that none of them was offered: question and option.
    pub never_offered: Vec<String>,
    /// Conditions that came out the same for all of them, in words of their own.
    pub never_varied: Vec<String>,
    /// The required question for which no valid answer was found, if that ended it early.
    pub stuck: Option<String>,
    /// Seconds to answer, in the first language: least, median, most.
    pub seconds: Option<(u32, u32, u32)>,
}

/// Runs scenarios and random respondents.
///
/// # Errors
/// A file of scenarios that cannot be read, or that is about another questionnaire.
pub fn run(q: &Questionnaire, files: &[(String, String)], respondents: usize, seed: u64, day: NaiveDate) -> Result<Tried, String> {
    let mut scenarios = Vec::new();
    for (file, source) in files {
        let read = scenario::read(source).map_err(|e| format!("{file}: {e}"))?;
        if read.questionnaire != q.code {
            return Err(format!("{file}: these scenarios are about {}, the questionnaire is {}", read.questionnaire, q.code));
        }
        for one in &read.scenarios {
            let outcome = scenario::run(q, one);
            let differences = outcome.differences.iter().map(ToString::to_string).collect();
            scenarios.push(Ended { file: file.clone(), name: one.name.clone(), differences });
        }
    }
    let coverage = coverage::cover(q, seed, day, respondents);
    let language = q.languages.first().map_or("vi", String::as_str);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of answering: small and not negative")]
    let whole = |s: f64| s.round() as u32;
    let seconds = duration::estimate(q, language, seed, day, respondents.min(500));
    Ok(Tried {
        scenarios,
        respondents: coverage.respondents,
        never_asked: coverage.never_asked,
        never_offered: coverage.never_offered.iter().map(|(question, option)| format!("{question} {option}")).collect(),
        never_varied: coverage.never_varied.iter().map(|c| format!("{}: {} is always {}", c.code, c.source, c.held)).collect(),
        stuck: coverage.stuck,
        seconds: seconds.map(|d| (whole(d.least), whole(d.median), whole(d.most))),
    })
}

impl Tried {
    /// Whether every scenario went as it says and every question was asked of somebody.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.never_asked.is_empty() && self.stuck.is_none() && self.scenarios.iter().all(|s| s.differences.is_empty())
    }

    /// For people, a line each.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut out = String::new();
        for s in &self.scenarios {
            let how = if s.differences.is_empty() { "passed" } else { "FAILED" };
            out.push_str(&format!("{how}  {}: {}\n", s.file, s.name));
            s.differences.iter().for_each(|d| out.push_str(&format!("        {d}\n")));
        }
        out.push_str(&format!("{} random respondents\n", self.respondents));
        for (what, list) in
            [("never asked", &self.never_asked), ("never offered", &self.never_offered), ("never varied", &self.never_varied)]
        {
            list.iter().for_each(|l| out.push_str(&format!("  {what}: {l}\n")));
        }
        if let Some(code) = &self.stuck {
            out.push_str(&format!("  no valid answer was found to the required question {code}\n"));
        }
        if let Some((least, median, most)) = self.seconds {
            out.push_str(&format!("about {median} seconds to answer ({least} to {most})\n"));
        }
        out
    }
}
