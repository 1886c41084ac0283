//! The front page, the administrator's pages, health.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::pages::{AddressView, AdminSurveyView, AdminView, HomeView, SeriesView, StepView, SurveyLine};
use super::places;
use crate::accounts::{Act, SignedForm, SurveyManager, User, Viewer};
use crate::audit::{self, Actor, Object};
use crate::collection;
use crate::db::{Conn, Db, portable};
use crate::error::{Error, Result};
use crate::surveys::model::Step;
use crate::surveys::{self, Open, Status, Stream, Survey, Surveys};
use crate::units;
use crate::web::locale::Words;
use crate::web::problem::url_encode;
use crate::web::{Language, Page, Renderer};

/// Most units of one's own that the front page offers by name.
const OWN: usize = 5;
/// Most surveys on one page.
const MOST: i64 = 500;

/// What a list needs of the surveys: themselves, their numbers of responses and their general addresses.
struct Listed {
    surveys: Vec<Survey>,
    /// Codes of those whose results the reader may see.
    readable: BTreeSet<String>,
    /// By survey: the reader's own units in it, code and names, when their roles cover some of its units.
    own: BTreeMap<i64, Vec<OwnUnit>>,
    responses: BTreeMap<i64, i64>,
    addresses: BTreeMap<i64, String>,
}

/// The surveys this viewer sees on the front page, or, for who leads surveys, all that they lead.
fn listed(conn: &mut Conn, cached: &Surveys, viewer: &Viewer, leader: Option<&User>) -> Result<Listed> {
    let mut surveys = Vec::new();
    let mut readable = BTreeSet::new();
    let mut own = BTreeMap::new();
    for survey in surveys::store::page(conn, None, MOST, leader.is_some())? {
        let open = cached.complete(conn, survey)?;
        if leader.is_some_and(|user| !open.is_led_by(user)) {
            continue;
        }
        if open.readable_by(viewer).is_ok() {
            readable.insert(open.survey.code.clone());
        }
        if leader.is_none() {
            own.insert(open.survey.id, own_units(&open, viewer));
        }
        surveys.push(open.survey);
    }
    surveys.sort_by(|a, b| b.opens_on.cmp(&a.opens_on).then_with(|| a.code.cmp(&b.code)));
    let ids: Vec<i64> = surveys.iter().map(|s| s.id).collect();
    let responses = collection::store::counts(conn, &ids)?;
    let mut addresses = BTreeMap::new();
    for survey in surveys.iter().filter(|s| s.status == Status::Open) {
        let general = collection::store::place_codes(conn, survey.id)?.into_iter().find(|c| c.unit.is_none());
        addresses.extend(general.map(|c| (survey.id, format!("/s/{}", c.code))));
    }
    Ok(Listed { surveys, readable, own, responses, addresses })
}

/// A unit as the front page offers it: code, Vietnamese and English name.
type OwnUnit = (String, String, String);

/// The units of a survey that this reader's roles cover, when they cover few: who reads all of them begins with the report.
fn own_units(open: &Open, viewer: &Viewer) -> Vec<OwnUnit> {
    let may = |unit: &str| viewer.may(Act::ReadResults, [unit], &open.frame.tree);
    let own = open.frame.units.values().filter(|u| may(&u.code)).take(OWN + 1);
    let own: Vec<OwnUnit> = own.map(|u| (u.code.clone(), u.name("vi").to_owned(), u.name("en").to_owned())).collect();
    if own.len() > OWN { Vec::new() } else { own }
}

impl Listed {
    fn line(&self, survey: &Survey, language: Language, words: &Words) -> SurveyLine {
        let responses = self.responses.get(&survey.id).copied().unwrap_or(0);
        SurveyLine {
            code: survey.code.clone(),
            title: survey.title(language.code()).to_owned(),
            status: survey.status.as_str(),
            status_text: words.say(&format!("status-{}", survey.status), &[]),
            period: (language.day(survey.opens_on), language.day(survey.closes_on)),
            questionnaire: format!("{} {}", survey.questionnaire, survey.version),
            responses: language.count(u64::try_from(responses).unwrap_or(0)),
            demonstration: survey.demonstration,
            answer: self.addresses.get(&survey.id).filter(|_| survey.streams().contains(&Stream::Open)).cloned(),
            own: self.own.get(&survey.id).into_iter().flatten().map(|unit| own_link(survey, unit, language)).collect(),
            report: self.readable.contains(&survey.code).then(|| format!("/reports/{}", survey.code)),
        }
    }
}

/// Name and address of the card of a unit.
fn own_link(survey: &Survey, (code, vi, en): &OwnUnit, language: Language) -> (String, String) {
    let name = if language == Language::En { en } else { vi };
    (name.clone(), format!("/reports/{}/units/{}", survey.code, url_encode(code)))
}

/// `GET /`
pub async fn home(
    request: HttpRequest,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let shown = viewer.shown();
    let cached = surveys.as_ref().clone();
    let list = db.read(move |conn| listed(conn, &cached, &viewer, None)).await?;
    let lines: Vec<SurveyLine> = list.surveys.iter().map(|s| list.line(s, language, renderer.words(language))).collect();
    let demonstration = lines.iter().any(|l| l.demonstration);
    let view = HomeView {
        open: lines.iter().filter(|l| l.answer.is_some()).cloned().collect(),
        results: lines.into_iter().filter(|l| l.report.is_some() || !l.own.is_empty()).collect(),
    };
    Page::new(&request, &renderer).user(shown).demonstration(demonstration).render("home.html", view)
}

/// `GET /admin`
pub async fn surveys(
    request: HttpRequest,
    SurveyManager(user): SurveyManager,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let shown = Some(user.shown());
    let administers = user.need(Act::Administer).is_ok();
    let cached = surveys.as_ref().clone();
    let list = db.read(move |conn| listed(conn, &cached, &Viewer(Some(user.clone())), Some(&user))).await?;
    let lines: Vec<SurveyLine> = list.surveys.iter().map(|s| list.line(s, language, renderer.words(language))).collect();
    let demonstration = lines.iter().any(|l| l.demonstration);
    Page::new(&request, &renderer)
        .user(shown)
        .demonstration(demonstration)
        .render("admin/surveys.html", AdminView { surveys: lines, administers })
}

/// Set after a step was taken.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: bool,
}

/// `GET /admin/surveys/{survey}`
#[expect(clippy::too_many_arguments, reason = "each is something the framework hands over")]
pub async fn survey(
    request: HttpRequest,
    code: Path<String>,
    done: Query<Done>,
    SurveyManager(user): SurveyManager,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let cached = surveys.as_ref().clone();
    let shown = Some(user.shown());
    let (open, codes, places, waves, list) = db
        .read(move |conn| {
            let open = cached.by_code_afresh(conn, &code)?;
            open.led_by(&user)?;
            let codes = collection::store::place_codes(conn, open.survey.id)?;
            let responses = collection::store::counts(conn, &[open.survey.id])?;
            let places: BTreeMap<String, units::Place> = units::store::places(conn)?.into_iter().map(|p| (p.code.clone(), p)).collect();
            let waves = open.survey.series.as_deref().map_or(Ok(Vec::new()), |series| surveys::store::in_series(conn, series))?;
            let readable = open.readable_by(&Viewer(Some(user))).map(|()| open.survey.code.clone()).into_iter().collect();
            Ok((
                open.clone(),
                codes,
                places,
                waves,
                Listed { surveys: vec![open.survey], readable, own: BTreeMap::new(), responses, addresses: BTreeMap::new() },
            ))
        })
        .await?;
    let words = renderer.words(language);
    let base = format!("{}://{}", request.connection_info().scheme(), request.connection_info().host());
    let address = |c: &collection::store::PlaceCode| format!("{base}/s/{}", c.code);
    let addresses = codes
        .iter()
        .filter_map(|c| {
            let unit = c.unit.as_deref().and_then(|u| open.unit(u))?;
            let place = c.place.as_deref().and_then(|p| places.get(p)).map(|p| p.name(language.code()));
            let name = place.map_or_else(|| unit.name(language.code()).to_owned(), |p| format!("{} · {p}", unit.name(language.code())));
            Some(AddressView { url: address(c), name, kind: words.say(&format!("kind-{}", unit.kind.as_str().replace('_', "-")), &[]) })
        })
        .collect();
    let streams: Vec<String> = open.survey.streams().iter().map(|s| words.say(&format!("stream-{s}"), &[])).collect();
    let view = AdminSurveyView {
        survey: list.line(&open.survey, language, words),
        streams: streams.join(", "),
        weighting: words.say(&format!("weighting-{}", open.survey.weighting), &[]),
        threshold: language.count(u64::try_from(open.survey.threshold).unwrap_or(0)),
        units: language.count(u64::try_from(open.frame.units.len()).unwrap_or(0)),
        series: open.survey.series.clone().map(|name| SeriesView {
            name,
            others: waves
                .iter()
                .filter(|wave| wave.id != open.survey.id)
                .map(|wave| (wave.code.clone(), wave.title(language.code()).to_owned()))
                .collect(),
        }),
        steps: steps(&open.survey, words),
        done: done.done,
        general: codes.iter().find(|c| c.unit.is_none()).map(address),
        addresses,
    };
    let demonstration = open.survey.demonstration;
    Page::new(&request, &renderer).user(shown).demonstration(demonstration).render("admin/survey.html", view)
}

const STEPS: [(&str, Step); 3] = [("publish", Step::Publish), ("open", Step::Open), ("close", Step::Close)];

fn steps(survey: &Survey, words: &Words) -> Vec<StepView> {
    STEPS
        .into_iter()
        .filter(|(_, step)| survey.after(*step).is_ok())
        .map(|(word, _)| StepView {
            step: word,
            text: words.say(&format!("step-{word}"), &[]),
            meaning: words.say(&format!("step-{word}-meaning"), &[]),
        })
        .collect()
}

/// The form of a step.
#[derive(Debug, Deserialize)]
pub struct StepForm {
    step: String,
    #[serde(default)]
    sure: String,
}

/// `POST /admin/surveys/{survey}/steps`
pub async fn take_step(
    code: Path<String>,
    sent: SignedForm<StepForm, SurveyManager>,
    db: Data<Db>,
    surveys: Data<Surveys>,
) -> Result<HttpResponse> {
    let step = STEPS.into_iter().find(|(word, _)| *word == sent.form.step).map(|(_, s)| s);
    let step = step.ok_or_else(|| Error::BadRequest("the step is one of open, close, publish".to_owned()))?;
    if sent.form.sure != "yes" {
        return Err(Error::BadRequest("tick the box to confirm, then press the button again".to_owned()));
    }
    let cached = surveys.as_ref().clone();
    let name = code.clone();
    let user = sent.user.clone();
    db.write(move |conn| {
        cached.by_code_afresh(conn, &name)?.led_by(&user)?;
        advance(conn, &cached, &user, &name, step)
    })
    .await?;
    tracing::info!(survey = %code, by = %sent.user.name, step = sent.form.step, "a survey's status was changed");
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/admin/surveys/{code}?done=true"))).finish())
}

/// Takes a step in the caller's transaction, and records who did; opening makes the addresses.
pub fn advance(conn: &mut Conn, surveys: &Surveys, who: &impl Actor, code: &str, step: Step) -> Result<Status> {
    let open = surveys.by_code(conn, code)?;
    let to = open.survey.after(step)?;
    let action = format!("survey.{}", STEPS.into_iter().find(|(_, s)| *s == step).map_or("step", |(word, _)| word));
    audit::record(conn, who, &action, Object::new("survey", code), &json!({ "from": open.survey.status, "to": to }))?;
    surveys::store::set_status(conn, &open.survey, to)?;
    if to == Status::Open && open.survey.streams().contains(&Stream::Open) {
        places::complete(conn, &open)?;
    }
    Ok(to)
}

/// `GET /healthz`: the program runs.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: the database answers.
pub async fn ready(db: Data<Db>) -> Result<HttpResponse> {
    db.read(portable::ping).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}
