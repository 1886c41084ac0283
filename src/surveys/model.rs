//! A survey, its life cycle, who may read its results.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{Queryable, Selectable};

use crate::db::schema::surveys;
use crate::db::types::text_enum;
use crate::error::{Error, Result};

text_enum! {
    /// Where a survey is in its life: draft → open ⇄ closed ⇄ published.
    Status {
        /// Being prepared; nobody can answer.
        Draft = "draft",
        /// Takes answers.
        Open = "open",
        /// Takes no more answers; results are for administrators.
        Closed = "closed",
        /// Results are for everybody.
        Published = "published",
    }
}

text_enum! {
    /// How people came to answer. Figures of different streams are never mixed.
    Stream {
        /// A drawn probability sample.
        Sample = "sample",
        /// Everybody concerned was invited.
        Census = "census",
        /// Self-selected: whoever opened the address or scanned the code.
        Open = "open",
    }
}

text_enum! {
    /// By which means an answer was given.
    Mode {
        /// The citizen's own device.
        Web = "web",
        /// A touch screen at the place.
        Kiosk = "kiosk",
        /// An interviewer's tablet.
        Interview = "interview",
        /// A paper form, entered.
        Paper = "paper",
        /// By telephone.
        Phone = "phone",
        /// From a file.
        Import = "import",
    }
}

text_enum! {
    /// What the units' weights are made of.
    Weighting {
        /// Base weights of the responses only.
        Base = "base",
        /// Post-stratified by unit to the units' inhabitants.
        Population = "population",
        /// Post-stratified by unit to the units' files in a year.
        Transactions = "transactions",
    }
}

text_enum! {
    /// From when on everybody may read the results.
    Results {
        /// While answers still come in.
        Live = "live",
        /// When the survey is published.
        Published = "published",
    }
}

/// A survey.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = surveys)]
pub struct Survey {
    /// Key.
    pub id: i64,
    /// Name in addresses and files.
    pub code: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// Questionnaire.
    pub questionnaire: String,
    /// Its version.
    pub version: String,
    /// Where it is in its life.
    pub status: Status,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// The unit tree of this day is used.
    pub tree_date: NaiveDate,
    /// Streams, joined by commas; see [`Survey::streams`].
    streams: String,
    /// What the weights are made of.
    pub weighting: Weighting,
    /// Fewest valid forms with which a figure is shown.
    pub threshold: i64,
    /// Who may read the results.
    pub results: Results,
    /// Whether its answers are simulated.
    pub demonstration: bool,
    /// When it was created.
    pub created_at: NaiveDateTime,
    /// The waves it belongs to, when it is repeated: surveys of one series are compared in time.
    pub series: Option<String>,
}

/// What an administrator may do to a survey's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Take answers (again).
    Open,
    /// Take no more answers, or withdraw published results.
    Close,
    /// Show the results to everybody.
    Publish,
}

#[cfg(test)]
impl Survey {
    /// A published survey of the year 2026 for tests.
    pub(crate) fn example(code: &str, streams: &[Stream], threshold: i64) -> Self {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        Survey {
            id: 1,
            code: code.to_owned(),
            title_vi: "Đợt thử".to_owned(),
            title_en: "A trial".to_owned(),
            questionnaire: "trial".to_owned(),
            version: "1".to_owned(),
            status: Status::Published,
            opens_on: day(1, 1),
            closes_on: day(12, 31),
            tree_date: day(1, 1),
            streams: streams.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(","),
            weighting: Weighting::Base,
            threshold,
            results: Results::Published,
            demonstration: false,
            created_at: day(1, 1).and_hms_opt(0, 0, 0).unwrap(),
            series: None,
        }
    }
}

impl Survey {
    /// Its title in this language.
    #[must_use]
    pub fn title(&self, language: &str) -> &str {
        if language == "en" { &self.title_en } else { &self.title_vi }
    }

    /// Its streams; the first one is what reports show unless another is asked for.
    #[must_use]
    pub fn streams(&self) -> Vec<Stream> {
        self.streams.split(',').filter_map(|s| s.parse().ok()).collect()
    }

    /// Whether it takes answers on this day.
    ///
    /// # Errors
    /// `survey_closed`, with the reason.
    pub fn takes_answers(&self, today: NaiveDate) -> Result<()> {
        let closed = |why: String| Err(Error::Conflict("survey_closed", why));
        match self.status {
            Status::Open if today < self.opens_on => closed(format!("survey {} opens on {}", self.code, self.opens_on)),
            Status::Open if today > self.closes_on => closed(format!("survey {} took answers until {}", self.code, self.closes_on)),
            Status::Open => Ok(()),
            other => closed(format!("survey {} takes no answers: it is {other}", self.code)),
        }
    }

    /// Whether everybody may read its results.
    #[must_use]
    pub fn results_are_public(&self) -> bool {
        self.status == Status::Published || (self.results == Results::Live && self.status != Status::Draft)
    }

    /// The status after a step.
    ///
    /// # Errors
    /// `wrong_status` when the step does not go from here.
    pub fn after(&self, step: Step) -> Result<Status> {
        match (self.status, step) {
            (Status::Draft | Status::Closed, Step::Open) => Ok(Status::Open),
            (Status::Open | Status::Published, Step::Close) => Ok(Status::Closed),
            (Status::Closed, Step::Publish) => Ok(Status::Published),
            (from, step) => Err(Error::Conflict(
                "wrong_status",
                format!("a survey that is {from} cannot take this step ({step:?}); draft → open ⇄ closed ⇄ published"),
            )),
        }
    }
}
