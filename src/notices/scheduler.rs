//! Finds what is due and has it written. Any number of processes may do so at once, and any number of times: the key of a notice makes each mail once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::alerts::{self, Surge};
use super::deliver::{Composed, Notice, Reader, deliver};
use super::figures::{Compared, Source, apart};
use super::model::{Kind, Subscription, Told};
use super::pages::{AlertMaker, DigestMaker, Finding, Pdf, What};
use super::period::{self, Month, Span};
use super::store;
use super::subscribe::surveys_of;
use crate::collection;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::Tables;
use crate::mail::{Attachment, Post, message};
use crate::questionnaires::model::Kind as QuestionKind;
use crate::surveys::{Open, Status, Stream, Survey, Surveys};

/// How long after its last day a wave is compared with the one before: who subscribes later is not told of old waves.
const WAVE_DAYS: u64 = 31;

/// Which report is to go with a digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportAsked {
    /// Code of the survey.
    pub survey: String,
    /// The reader's units; none for all of the survey.
    pub units: Option<Vec<String>>,
    /// First day of answers.
    pub from: NaiveDate,
    /// Last day of answers.
    pub to: NaiveDate,
    /// Code of the language.
    pub language: String,
    /// When it is made, UTC.
    pub now: NaiveDateTime,
}

/// Makes a report as PDF. It may take connections itself.
pub type ReportPdf = Arc<dyn Fn(&Db, &ReportAsked) -> Result<Vec<u8>> + Send + Sync>;

/// Looks what is due. One for a process; what was finished is kept in memory only to save work.
pub struct Scheduler {
    surveys: Surveys,
    tables: Tables,
    post: Post,
    pdf: Option<ReportPdf>,
    /// The latest period that is done, by kind and survey.
    finished: Mutex<BTreeMap<(Kind, i64), String>>,
}

/// What became of one subscription.
enum Outcome {
    Written,
    Nothing,
    /// Rights changed while the figures were made: next time.
    Again,
}

impl Scheduler {
    /// A scheduler that writes with this post.
    #[must_use]
    pub fn new(surveys: Surveys, tables: Tables, post: Post) -> Self {
        Scheduler { surveys, tables, post, pdf: None, finished: Mutex::default() }
    }

    /// Attaches the report to digests.
    #[must_use]
    pub fn with_pdf(mut self, pdf: ReportPdf) -> Self {
        self.pdf = Some(pdf);
        self
    }

    /// Writes what is due at this time (UTC) and was not written before; returns how many mails. What fails for one survey does not hold up the others
    /// and is tried again at the next call.
    ///
    /// # Errors
    /// The first failure, after everything else is done.
    pub fn run_due(&self, db: &Db, now: NaiveDateTime) -> Result<usize> {
        let (mut written, mut failed) = (0, None);
        for kind in [Kind::Digest, Kind::Alert] {
            for (survey, subscriptions) in self.wanted(db, kind)? {
                let done = match kind {
                    Kind::Alert => self.alerts(db, &survey, &subscriptions, now),
                    Kind::Digest | Kind::Release => self.digests(db, &survey, &subscriptions, now),
                };
                match done {
                    Ok(mails) => written += mails,
                    Err(error) => {
                        tracing::error!(survey = survey.code, kind = kind.as_str(), %error, "notices could not be written; they are tried again");
                        failed.get_or_insert(error);
                    }
                }
            }
        }
        if written > 0 {
            self.post.wake();
        }
        failed.map_or(Ok(written), Err)
    }

    /// Every survey that somebody wants to be told about, with the subscriptions.
    fn wanted(&self, db: &Db, kind: Kind) -> Result<Vec<(Survey, Vec<Subscription>)>> {
        db.read_now(|conn| {
            let mut all: BTreeMap<i64, (Survey, Vec<Subscription>)> = BTreeMap::new();
            for subscription in store::running(conn, kind)? {
                for survey in surveys_of(conn, subscription.about, &subscription.code)? {
                    all.entry(survey.id).or_insert_with(|| (survey, Vec::new())).1.push(subscription.clone());
                }
            }
            Ok(all.into_values().collect())
        })
    }

    fn is_finished(&self, kind: Kind, survey: i64, period: &str) -> bool {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).get(&(kind, survey)).is_some_and(|done| done == period)
    }

    fn finish(&self, kind: Kind, survey: i64, period: String) {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, survey), period);
    }

    fn digests(&self, db: &Db, survey: &Survey, subscriptions: &[Subscription], now: NaiveDateTime) -> Result<usize> {
        let month = period::digest_month(now);
        let ran = survey.opens_on <= month.last() && survey.closes_on >= month.first();
        let due: Vec<&Subscription> = subscriptions.iter().filter(|s| s.created_at < month.due()).collect();
        if !ran || due.is_empty() || self.is_finished(Kind::Digest, survey.id, &month.key()) {
            return Ok(0);
        }
        let told = Told::new("", month.key());
        let open = db.read_now(|conn| self.surveys.by_code_afresh(conn, &survey.code))?;
        let mut readers = Vec::new();
        for subscription in due {
            let reader = db.read_now(|conn| {
                let before = store::told(conn, subscription.user_id, Kind::Digest, survey.id)?;
                if before.contains(&told) { Ok(None) } else { Reader::find(conn, subscription.id, &open) }
            })?;
            readers.extend(reader);
        }
        let source = if readers.is_empty() { None } else { Source::look(db, &self.tables, &open)? };
        let (mut written, mut again) = (0, false);
        if let Some(source) = source {
            let figures = Digests::new(db, &open, &source, month)?;
            for reader in &readers {
                match self.digest(db, &figures, reader, &told, now)? {
                    Outcome::Written => written += 1,
                    Outcome::Nothing => {}
                    Outcome::Again => again = true,
                }
            }
        }
        if !again {
            self.finish(Kind::Digest, survey.id, month.key());
        }
        Ok(written)
    }

    fn digest(&self, db: &Db, figures: &Digests<'_>, reader: &Reader, told: &Told, now: NaiveDateTime) -> Result<Outcome> {
        let open = figures.open;
        let whole = figures.group(&reader.units)?;
        let pdf = self.report(db, open, figures.month, reader, now);
        self.in_transaction(db, open, reader, |conn| {
            let compose = |_: &[Told], path: &str| {
                let maker = DigestMaker {
                    open,
                    month: figures.month,
                    percent: figures.source.percent(),
                    whole: &whole,
                    units: &figures.units,
                    adjusted: &figures.adjusted,
                    comments: &figures.comments,
                    reader,
                };
                let (attachments, state) = match &pdf {
                    None => (Vec::new(), Pdf::None),
                    Some(Ok(file)) => (vec![file.clone()], Pdf::Attached),
                    Some(Err(())) => (Vec::new(), Pdf::Missing),
                };
                Ok(Composed { view: maker.view(&self.post, path, state), attachments })
            };
            let notice = Notice { message: "notice-digest", survey: open.survey.id, told: std::slice::from_ref(told) };
            deliver(conn, &self.post, reader, notice, compose, now)
        })
    }

    /// The report for this reader. A report that cannot be made, or is too large for a mail, holds up no digest: the mail says that it is missing.
    fn report(&self, db: &Db, open: &Open, month: Month, reader: &Reader, now: NaiveDateTime) -> Option<Result<Attachment, ()>> {
        let make = self.pdf.as_ref()?;
        let all = reader.units.len() == open.frame.units.len();
        let asked = ReportAsked {
            survey: open.survey.code.clone(),
            units: (!all).then(|| reader.units.clone()),
            from: month.first(),
            to: month.last(),
            language: reader.language().code().to_owned(),
            now,
        };
        let made = make(db, &asked).and_then(|bytes| {
            let fits = bytes.len() <= message::MOST_ATTACHED;
            fits.then(|| Attachment::pdf(&format!("{}-{}.pdf", open.survey.code, month.key()), bytes))
                .ok_or(Error::TooLarge(message::MOST_ATTACHED))
        });
        Some(made.map_err(
            |error| tracing::error!(survey = open.survey.code, %error, "the report for a digest could not be made; it goes without"),
        ))
    }

    fn alerts(&self, db: &Db, survey: &Survey, subscriptions: &[Subscription], now: NaiveDateTime) -> Result<usize> {
        let day = period::complete_day(now);
        let until = survey.closes_on.checked_add_days(Days::new(WAVE_DAYS)).unwrap_or(survey.closes_on);
        if survey.opens_on > day || until < day || self.is_finished(Kind::Alert, survey.id, &day.to_string()) {
            return Ok(0);
        }
        let open = db.read_now(|conn| self.surveys.by_code_afresh(conn, &survey.code))?;
        let findings = match Source::look(db, &self.tables, &open)? {
            Some(source) => self.findings(db, &open, &source, day)?,
            None => Vec::new(),
        };
        let (mut written, mut again) = (0, false);
        for subscription in subscriptions.iter().filter(|_| !findings.is_empty()) {
            let Some(reader) = db.read_now(|conn| Reader::find(conn, subscription.id, &open))? else { continue };
            match self.alert(db, &open, &findings, &reader, now)? {
                Outcome::Written => written += 1,
                Outcome::Nothing => {}
                Outcome::Again => again = true,
            }
        }
        if !again {
            self.finish(Kind::Alert, survey.id, day.to_string());
        }
        Ok(written)
    }

    fn alert(&self, db: &Db, open: &Open, findings: &[Finding], reader: &Reader, now: NaiveDateTime) -> Result<Outcome> {
        let own: Vec<&Finding> = findings.iter().filter(|finding| reader.units.contains(&finding.unit)).collect();
        if own.is_empty() {
            return Ok(Outcome::Nothing);
        }
        let told: Vec<Told> = own.iter().map(|finding| finding.told.clone()).collect();
        self.in_transaction(db, open, reader, |conn| {
            let compose = |new: &[Told], path: &str| {
                let new: Vec<&Finding> = own.iter().copied().filter(|finding| new.contains(&finding.told)).collect();
                let maker = AlertMaker { open, findings: &new, reader };
                Ok(Composed { view: maker.view(&self.post, path), attachments: Vec::new() })
            };
            let notice = Notice { message: "notice-alert", survey: open.survey.id, told: &told };
            deliver(conn, &self.post, reader, notice, compose, now)
        })
    }

    /// Writes in one transaction, if the reader still is who the figures were made for.
    fn in_transaction(
        &self,
        db: &Db,
        open: &Open,
        reader: &Reader,
        write: impl FnOnce(&mut crate::db::Conn) -> Result<bool>,
    ) -> Result<Outcome> {
        db.write_now(|conn| match Reader::find(conn, reader.subscription.id, open)? {
            None => Ok(Outcome::Nothing),
            Some(now) if now != *reader => Ok(Outcome::Again),
            Some(_) => Ok(if write(conn)? { Outcome::Written } else { Outcome::Nothing }),
        })
    }

    /// Everything about a survey that calls for attention at the end of this day.
    fn findings(&self, db: &Db, open: &Open, source: &Source<'_>, day: NaiveDate) -> Result<Vec<Finding>> {
        let groups: Vec<Vec<String>> = open.frame.units.keys().map(|unit| vec![unit.clone()]).collect();
        let (month, next) = (Month::of(day), day.checked_add_days(Days::new(1)).unwrap_or(day));
        let mut found = Vec::new();
        if open.survey.closes_on >= month.first() {
            let all = source.compare(&groups, Span::new(month.first(), next), month.before().span())?;
            let what = |change, family| What::Month { month, day, change, family, percent: source.percent() };
            found.extend(fallen(&all, alerts::CHANCE / alerts::LOOKS, &month.key(), what));
        }
        if let Some((before, all)) = self.against_wave_before(db, open, source, &groups)? {
            let what = |change, family| What::Wave { before: before.clone(), change, family, percent: source.percent() };
            found.extend(fallen(&all, alerts::CHANCE, "wave", what));
        }
        let end = period::week_end(day);
        let fewest = u64::try_from(open.survey.threshold).unwrap_or(0);
        for (unit, weeks) in source.flagged(&period::weeks(end, alerts::WEEKS)) {
            let surge: Option<Surge> = alerts::surge(&weeks, fewest).filter(|_| open.frame.units.contains_key(&unit));
            let told = Told::new(format!("flagged:{unit}"), period::week_key(end));
            found.extend(surge.map(|surge| Finding { unit, told, what: What::Flagged { end, surge } }));
        }
        Ok(found)
    }

    /// A closed wave beside the one before it in the series, when both were measured by the same questionnaire version.
    fn against_wave_before(
        &self,
        db: &Db,
        open: &Open,
        source: &Source<'_>,
        groups: &[Vec<String>],
    ) -> Result<Option<(Survey, Vec<Compared>)>> {
        let survey = &open.survey;
        let over = matches!(survey.status, Status::Closed | Status::Published);
        let Some(series) = survey.series.as_deref().filter(|_| over) else { return Ok(None) };
        let waves = db.read_now(|conn| crate::surveys::store::in_series(conn, series))?;
        let earlier = waves.into_iter().rfind(|wave| (wave.opens_on, &wave.code) < (survey.opens_on, &survey.code));
        let same = |wave: &Survey| (&wave.questionnaire, &wave.version) == (&survey.questionnaire, &survey.version);
        let Some(before) = earlier.filter(same) else { return Ok(None) };
        let before = db.read_now(|conn| self.surveys.by_code_afresh(conn, &before.code))?;
        let Some(earlier) = Source::look(db, &self.tables, &before)? else { return Ok(None) };
        let now = source.compare(groups, Span::ALWAYS, Span::NEVER)?;
        let then = earlier.compare(groups, Span::ALWAYS, Span::NEVER)?;
        let pair = |(now, then): (Compared, Compared)| Compared { before: then.now, change: apart(&now.now, &then.now), ..now };
        Ok(Some((before.survey, now.into_iter().zip(then).map(pair).collect())))
    }
}

fn fallen(all: &[Compared], level: f64, period: &str, what: impl Fn(Box<Compared>, usize) -> What) -> Vec<Finding> {
    let family = alerts::adjusted(all).into_iter().flatten().count();
    let finding = |one: &Compared| {
        let unit = one.units.first()?.clone();
        Some(Finding { told: Told::new(format!("fall:{unit}"), period), what: what(Box::new(one.clone()), family), unit })
    };
    alerts::falls(all, level).into_iter().filter_map(|at| all.get(at)).filter_map(finding).collect()
}

/// A survey's figures of a month, made once for all readers.
struct Digests<'a> {
    open: &'a Open,
    source: &'a Source<'a>,
    month: Month,
    units: Vec<Compared>,
    adjusted: Vec<Option<f64>>,
    comments: BTreeMap<String, u64>,
    groups: Mutex<BTreeMap<Vec<String>, Compared>>,
}

impl<'a> Digests<'a> {
    fn new(db: &Db, open: &'a Open, source: &'a Source<'a>, month: Month) -> Result<Self> {
        let each: Vec<Vec<String>> = open.frame.units.keys().map(|unit| vec![unit.clone()]).collect();
        let units = source.compare(&each, month.span(), month.before().span())?;
        let adjusted = alerts::adjusted(&units);
        Ok(Digests { open, source, month, units, adjusted, comments: comments(db, open, month)?, groups: Mutex::default() })
    }

    /// The figures of these units together.
    fn group(&self, units: &[String]) -> Result<Compared> {
        if let [one] = units
            && let Some(found) = self.units.iter().find(|compared| compared.units.first() == Some(one))
        {
            return Ok(found.clone());
        }
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = groups.get(units) {
            return Ok(found.clone());
        }
        let made = self.source.compare(&[units.to_vec()], self.month.span(), self.month.before().span())?;
        let found = made.into_iter().next().ok_or_else(|| Error::Internal("a group of units has no figure".to_owned()))?;
        groups.insert(units.to_vec(), found.clone());
        Ok(found)
    }
}

/// How many forms of each unit have a text of the month's own.
fn comments(db: &Db, open: &Open, month: Month) -> Result<BTreeMap<String, u64>> {
    let texts: Vec<&str> =
        open.questionnaire().questions.iter().filter(|q| matches!(q.kind, QuestionKind::Text { .. })).map(|q| q.code.as_str()).collect();
    let stream = open.survey.streams().first().copied().unwrap_or(Stream::Open);
    let (from, until) = (month.first().into(), month.end().into());
    let answers = db.read_now(|conn| collection::store::open_answers(conn, open.survey.id, stream, from, until))?;
    let mut counts = BTreeMap::new();
    for (unit, extra) in answers {
        let extra: serde_json::Value = serde_json::from_str(&extra).map_err(|e| Error::Internal(format!("stored open answers: {e}")))?;
        let said = |code: &&str| extra.get(*code).and_then(serde_json::Value::as_str).is_some_and(|text| !text.trim().is_empty());
        *counts.entry(unit).or_default() += u64::from(texts.iter().any(said));
    }
    Ok(counts)
}
