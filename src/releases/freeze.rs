//! The use case: a survey and a last day → a release, frozen.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, SubsecRound};
use serde_json::json;

use super::content::{
    self, Content, Correction, DataCut, FORMAT, Figure, Identity, IntervalMethod, MethodSaid, QuestionnaireSaid, Software, SurveySaid,
    Tree, UnitSaid, WeightingSaid, WeightingStep, WeightsAfter,
};
use super::digest;
use super::life::{self, Status};
use super::model::Known;
use super::ranks::RankingSaid;
use super::read::{self, Read};
use super::store;
use crate::audit::{self, Actor, Object};
use crate::db::types::Day;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::estimation::analysis::{Prepared, Request};
use crate::estimation::weighting::{self, Totals};
use crate::estimation::{By, Filter, Grouping, Level, Row, ranking};
use crate::questionnaires;
use crate::questionnaires::model::IndexKind;
use crate::surveys::{Open, Stream, Surveys};

/// Confidence level of releases.
pub const LEVEL: f64 = 0.95;

/// What is to be frozen.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Code of the survey.
    pub survey: String,
    /// The stream; the survey's first when none.
    pub stream: Option<Stream>,
    /// The last day (Vietnam's clock) whose responses count; all that are there when none.
    pub until: Option<NaiveDate>,
    /// Code of the release that this one corrects, and what was wrong with it.
    pub corrects: Option<(String, String)>,
    /// What whoever freezes wants to say.
    pub note: String,
}

/// Freezes a release and gives its code. Takes connections itself, and long for a large survey: not for a web thread.
///
/// # Errors
/// `not_frozen`, `no_index`, `cannot_estimate`; `wrong_correction`; those of the database.
pub fn freeze(db: &Db, who: &impl Actor, wanted: &Wanted, now: NaiveDateTime) -> Result<String> {
    let stood = db.read_now(|conn| {
        let survey = crate::surveys::store::by_code(conn, &wanted.survey)?;
        life::can_be_frozen(&survey, wanted.until, Day::date_of(now))?;
        correction(conn, wanted)
    })?;
    let identity = Identity { code: String::new(), number: 0, corrects: stood };
    let (open, mut content) = measure(db, &wanted.survey, wanted.stream, LEVEL, wanted.until, identity, now)?;
    db.write_now(|conn| {
        let number = store::next_number(conn, open.survey.id)?;
        let code = content::code(&open.survey.code, number);
        (content.release.code, content.release.number) = (code.clone(), number);
        let text = content.text().map_err(Error::Internal)?;
        let hash = content::sha256(text.as_bytes());
        let detail =
            json!({ "hash": hash, "responses": content.data.responses, "corrects": content.release.corrects.as_ref().map(|c| &c.code) });
        audit::record(conn, who, "release.frozen", Object::new("release", &code), &detail)?;
        // From here on transactions that are recorded take turns, so what is seen now stays.
        if store::next_number(conn, open.survey.id)? != number || correction(conn, wanted)? != content.release.corrects {
            return Err(Error::Conflict(
                "frozen_meanwhile",
                "somebody else acted on releases of this survey at the same time; look and repeat".to_owned(),
            ));
        }
        let id = store::insert(conn, open.survey.id, &content, &text, &hash, now)?;
        store::add_step(conn, id, Status::Frozen, who, &wanted.note, now)?;
        Ok(code)
    })
}

/// The release that is to be corrected, when one is.
fn correction(conn: &mut Conn, wanted: &Wanted) -> Result<Option<Correction>> {
    let Some((code, reason)) = &wanted.corrects else { return Ok(None) };
    let refused = |why: String| Err(Error::Conflict("wrong_correction", why));
    let old = store::by_code(conn, code)?;
    let survey = crate::surveys::store::by_code(conn, &wanted.survey)?;
    if old.release.survey_id != survey.id {
        return refused(format!("{code} is not a release of survey {}", wanted.survey));
    }
    if !old.was_published() {
        return refused(format!("{code} was never published, so there is nothing to correct: withdraw it and freeze anew"));
    }
    if reason.trim().is_empty() {
        return refused(format!("say what was wrong with {code}: the reason stands on both pages"));
    }
    let others = store::correcting(conn, &[old.release.id])?;
    if let Some(newer) = others.iter().find(|k| k.was_published() && k.status() != Status::Withdrawn) {
        return refused(format!("{code} was corrected already by {}; correct that one", newer.release.code));
    }
    Ok(Some(Correction { code: code.clone(), hash: old.release.hash, reason: reason.trim().to_owned() }))
}

/// Computes a content from the data as it is now. Everything is read in one state of the data and in one pass over the responses.
///
/// # Errors
/// `no_index`, `cannot_estimate`, `BadRequest` for a stream that the survey has not; those of the database.
pub fn measure(
    db: &Db,
    survey: &str,
    stream: Option<Stream>,
    level: f64,
    until: Option<NaiveDate>,
    identity: Identity,
    now: NaiveDateTime,
) -> Result<(Open, Content)> {
    let (open, source, stream, read) = db.read_one_state(|conn| {
        // A cache of its own, so that the questionnaire too is read in this state of the data, and its digest compared.
        let open = Surveys::default().by_code(conn, survey)?;
        let source = questionnaires::store::source(conn, &open.survey.questionnaire, &open.survey.version)?;
        let stream = chosen(&open, stream)?;
        let read = read::responses(conn, &open, stream, until)?;
        Ok((open, source, stream, read))
    })?;
    let content = compute(&open, &source, read, Cut { stream, level, until, now }, identity)?;
    Ok((open, content))
}

fn chosen(open: &Open, stream: Option<Stream>) -> Result<Stream> {
    let streams = open.survey.streams();
    let stream = stream.or(streams.first().copied()).ok_or_else(|| Error::Internal("a survey has no stream".to_owned()))?;
    if streams.contains(&stream) {
        return Ok(stream);
    }
    let names: Vec<&str> = streams.iter().map(|s| s.as_str()).collect();
    Err(Error::BadRequest(format!("survey {} has no stream {stream}; it has: {}", open.survey.code, names.join(", "))))
}

struct Cut {
    stream: Stream,
    level: f64,
    until: Option<NaiveDate>,
    now: NaiveDateTime,
}

fn compute(open: &Open, source: &str, read: Read, cut: Cut, identity: Identity) -> Result<Content> {
    let Read { table, digest } = read;
    let table = Arc::new(table);
    let prepared = Prepared::over(Arc::clone(&table), 0, open, Request { stream: Some(cut.stream), level: cut.level }, Filter::default())?;
    let method = prepared.method();
    let mut estimates = Vec::new();
    for by in [By::All, By::Kind] {
        estimates.extend(prepared.estimate(by, Level::ALL)?.iter().map(|row| Figure::new(by, row)));
    }
    let of_units = prepared.grouped(Grouping::By(By::Unit), Level::ALL, true)?;
    estimates.extend(of_units.rows.iter().map(|row| Figure::new(By::Unit, row)));
    let overall: Vec<&Row> = of_units.rows.iter().filter(|r| r.measure_level == Level::Overall).collect();
    let ranking = ranking::rank(&overall, &of_units.covariance, cut.level).map_err(|e| Error::Conflict("cannot_estimate", e))?;
    let index = open.questionnaire().index.as_ref().ok_or_else(|| Error::Internal("an index vanished".to_owned()))?;
    let units: Vec<UnitSaid> = open.frame.units.values().map(|u| UnitSaid::new(u, method.weighting)).collect();
    let (sha256, of_units) = digest.digests();
    Ok(Content {
        format: FORMAT,
        release: identity,
        demonstration: method.demonstration,
        survey: SurveySaid::new(&open.survey),
        questionnaire: QuestionnaireSaid {
            code: method.questionnaire,
            version: method.version,
            sha256: content::sha256(source.as_bytes()),
        },
        index: Tree::new(open.questionnaire(), index),
        method: MethodSaid {
            kind: method.kind,
            aggregation: method.aggregation,
            weighting: method.weighting,
            stream: method.stream,
            probability_sample: method.probability_sample,
            level: method.level,
            interval: match method.kind {
                IndexKind::SatisfiedShare => IntervalMethod::Wilson,
                IndexKind::Points => IntervalMethod::T,
            },
            threshold: method.threshold,
            units_without_responses: method.units_without_responses,
        },
        weighting: weights(&table, &digest.ids, &units)?,
        units,
        data: DataCut {
            moment: cut.now.trunc_subsecs(3).and_utc(),
            until: cut.until,
            first_day: digest.days.and_then(|(first, _)| first.date()),
            last_day: digest.days.and_then(|(_, last)| last.date()),
            responses: method.n,
            sha256,
            units: of_units,
        },
        software: Software { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        estimates,
        ranking: ranking.as_ref().map(RankingSaid::new),
    })
}

/// The weighting chain as the estimates go through it, with its digest.
fn weights(table: &crate::estimation::table::ResponseTable, ids: &[[u8; 16]], units: &[UnitSaid]) -> Result<WeightingSaid> {
    let mut steps = vec![WeightsAfter::new(WeightingStep::Base, &table.weight)];
    let totals: Totals =
        units.iter().any(|u| u.total.is_some()).then(|| units.iter().filter_map(|u| Some((u.code.clone(), u.total?))).collect());
    let poststratified = match table.rows() {
        0 => None,
        _ => weighting::poststratified(table, &totals).map_err(|e| Error::Conflict("cannot_estimate", e))?,
    };
    let last = match &poststratified {
        Some(p) => {
            steps.push(WeightsAfter::new(WeightingStep::Poststratification, p.weights()));
            p.weights()
        }
        None => &table.weight,
    };
    Ok(WeightingSaid { steps, sha256: digest::of_weights(ids, last) })
}

/// Takes the next step in a release's life, in the caller's transaction, and records who did. Rights are the caller's to check.
///
/// # Errors
/// `NotFound`, those of [`life::may_follow`], `Storage` when the content is no longer what was frozen.
pub fn take_step(conn: &mut Conn, who: &impl Actor, release: &str, to: Status, note: &str, now: NaiveDateTime) -> Result<Known> {
    let known = store::by_code(conn, release)?;
    let detail = json!({ "hash": known.release.hash });
    audit::record(conn, who, &format!("release.{to}"), Object::new("release", release), &detail)?;
    // Read again: now nobody else can take a step.
    let known = store::by_code(conn, release)?;
    life::may_follow(&known.taken(), to, who.key(), note)?;
    // Nobody stands for what was changed behind the program's back.
    store::content(conn, &known.release)?;
    store::add_step(conn, known.release.id, to, who, note.trim(), now)?;
    store::by_code(conn, release)
}
