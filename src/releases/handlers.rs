//! `/admin/releases`, `/admin/surveys/{survey}/releases` and the steps of one release.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::{NaiveDate, NaiveDateTime, Utc};
use serde::Deserialize;

use super::freeze::{self, Wanted};
use super::life::Status;
use super::model::Known;
use super::pages::{AllView, Line, Maker, OneView, SurveyView, Trouble, Typed};
use super::{Content, public, store};
use crate::accounts::{Act, Analyst, ResultsReader, Signatory, SignedForm, SurveyManager, User};
use crate::db::types::Day;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::mail::Post;
use crate::surveys::{self, Open, Status as SurveyStatus, Surveys};
use crate::web::{Language, Page, Renderer};

/// Most surveys and releases on one page.
const MOST: i64 = 500;
/// Longest note or reason, in characters.
const LONGEST: usize = 2_000;

/// Refuses who may not do this to all units of the survey.
fn covered(open: &Open, user: &User, act: Act) -> Result<()> {
    if user.may(act, open.frame.units.keys().map(String::as_str), &open.frame.tree) {
        return Ok(());
    }
    Err(Error::Forbidden(format!("your roles do not cover all units of survey {}", open.survey.code)))
}

/// `GET /admin/releases`: what waits for the reader, and everything else they may see.
pub async fn all(
    request: HttpRequest,
    ResultsReader(user): ResultsReader,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let cached = surveys.as_ref().clone();
    let reader = user.clone();
    let (opens, releases) = db
        .read(move |conn| {
            let mut opens = Vec::new();
            for survey in surveys::store::page(conn, None, MOST, false)? {
                let open = cached.complete(conn, survey)?;
                if covered(&open, &reader, Act::ReadResults).is_ok() {
                    opens.push(open);
                }
            }
            opens.sort_by(|a, b| b.survey.opens_on.cmp(&a.survey.opens_on).then_with(|| a.survey.code.cmp(&b.survey.code)));
            Ok((opens, store::all(conn)?))
        })
        .await?;
    let maker = Maker { user: &user, language, words: renderer.words(language) };
    let of = |known: &Known| opens.iter().find(|o| o.survey.id == known.release.survey_id).map(|o| maker.line(known, o));
    let (waiting, others): (Vec<Line>, Vec<Line>) = releases.iter().filter_map(of).partition(|l| l.waits.is_some());
    let demonstration = waiting.iter().chain(&others).any(|l| l.demonstration);
    let surveys = opens.iter().map(|o| (o.survey.code.clone(), o.survey.title(language.code()).to_owned())).collect();
    Page::new(&request, &renderer)
        .user(Some(user.shown()))
        .demonstration(demonstration)
        .render("releases/all.html", AllView { waiting, others, surveys })
}

/// The page of a survey's releases.
async fn survey_page(
    request: &HttpRequest,
    user: &User,
    open: &Open,
    db: &Db,
    renderer: &Renderer,
    typed: &Typed,
    trouble: Option<(&str, &str)>,
) -> Result<HttpResponse> {
    let id = open.survey.id;
    let releases = db.read(move |conn| store::of_survey(conn, id)).await?;
    let page = Page::new(request, renderer).user(Some(user.shown())).demonstration(open.survey.demonstration);
    let words = renderer.words(page.language);
    let maker = Maker { user, language: page.language, words };
    let view = SurveyView {
        survey: open.survey.code.clone(),
        title: open.survey.title(page.language.code()).to_owned(),
        leads: open.is_led_by(user),
        releases: releases.iter().map(|k| maker.line(k, open)).collect(),
        form: maker.form(open, &releases, typed, Day::date_of(Utc::now().naive_utc())),
        trouble: trouble.map(|(code, detail)| Trouble::new(code, detail, words)),
    };
    let status = if view.trouble.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    page.status(status).render("releases/survey.html", view)
}

/// The survey, when this user may do this to all of its units.
async fn survey(db: &Db, surveys: &Surveys, code: String, user: &User, act: Act) -> Result<Open> {
    let cached = surveys.clone();
    let open = db.read(move |conn| cached.by_code_afresh(conn, &code)).await?;
    covered(&open, user, act)?;
    // Drafts are for who leads them.
    if open.survey.status == SurveyStatus::Draft {
        open.led_by(user)?;
    }
    Ok(open)
}

/// `GET /admin/surveys/{survey}/releases`
pub async fn of_survey(
    request: HttpRequest,
    code: Path<String>,
    ResultsReader(user): ResultsReader,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let open = survey(&db, &surveys, code.into_inner(), &user, Act::ReadResults).await?;
    survey_page(&request, &user, &open, &db, &renderer, &Typed::default(), None).await
}

/// The form of a new release.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FreezeSent {
    stream: String,
    until: String,
    corrects: String,
    reason: String,
    note: String,
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}

/// `POST /admin/surveys/{survey}/releases`: freezes a release.
pub async fn freeze(
    request: HttpRequest,
    code: Path<String>,
    sent: SignedForm<FreezeSent, SurveyManager>,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let open = survey(&db, &surveys, code.into_inner(), &user, Act::ManageSurveys).await?;
    let typed = Typed {
        stream: form.stream.clone(),
        until: form.until.clone(),
        corrects: form.corrects.clone(),
        reason: shortened(&form.reason),
        note: shortened(&form.note),
    };
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let wanted = Wanted {
        survey: open.survey.code.clone(),
        stream: filled(&form.stream).map(|s| s.parse()).transpose().map_err(|e| Error::BadRequest(format!("stream: {e}")))?,
        until: filled(&form.until)
            .map(|d| d.parse::<NaiveDate>())
            .transpose()
            .map_err(|e| Error::BadRequest(format!("the last day is written as 2026-11-30: {e}")))?,
        corrects: filled(&form.corrects).map(|code| (code, typed.reason.clone())),
        note: typed.note.clone(),
    };
    let by = user.clone();
    let frozen = db.block(move |db| freeze::freeze(db, &by, &wanted, Utc::now().naive_utc())).await;
    match frozen {
        Ok(release) => {
            tracing::info!(%release, by = %user.name, "a release was frozen");
            Ok(see_other(&open, &release))
        }
        Err(Error::Conflict(code, detail)) => survey_page(&request, &user, &open, &db, &renderer, &typed, Some((code, &detail))).await,
        Err(e) => Err(e),
    }
}

fn see_other(open: &Open, release: &str) -> HttpResponse {
    let to = format!("/admin/surveys/{}/releases/{release}", open.survey.code);
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// A release of the survey, its content, and that of the release it is compared with.
fn load(conn: &mut Conn, survey: i64, code: &str) -> Result<(Known, Content, Option<Content>)> {
    let known = store::by_code(conn, code)?;
    if known.release.survey_id != survey {
        return Err(Error::NotFound(format!("release {code} of this survey")));
    }
    let (content, _) = store::content(conn, &known.release)?;
    // The one it corrects, else the one before of the same stream.
    let earlier = store::of_survey(conn, survey)?;
    let before = earlier.into_iter().filter(|k| k.release.number < known.release.number && k.summary.stream == known.summary.stream);
    let before = before.max_by_key(|k| (Some(k.release.id) == known.release.corrects, k.release.number));
    let before = before.map(|k| store::content(conn, &k.release)).transpose()?.map(|(content, _)| content);
    Ok((known, content, before))
}

/// The page of one release.
async fn release_page(
    request: &HttpRequest,
    user: &User,
    open: &Open,
    release: String,
    db: &Db,
    renderer: &Renderer,
    trouble: Option<(&str, &str)>,
) -> Result<HttpResponse> {
    let id = open.survey.id;
    let (known, content, before) = db.read(move |conn| load(conn, id, &release)).await?;
    let page = Page::new(request, renderer).user(Some(user.shown())).demonstration(content.demonstration);
    let (language, words) = (page.language, renderer.words(page.language));
    let maker = Maker { user, language, words };
    let (next, barred) = maker.next(&known, open);
    let view = OneView {
        line: maker.line(&known, open),
        hash: known.release.hash.clone(),
        correction: content.release.corrects.as_ref().map(|c| c.reason.clone()),
        trouble: trouble.map(|(code, detail)| Trouble::new(code, detail, words)),
        steps: maker.steps(&known),
        next,
        barred,
        public: known.was_published(),
        changes: before.map(|before| maker.changes(&before, &content)),
        simulated: content.demonstration,
        figures: public::pages::Maker { content: &content, hash: &known.release.hash, language, words }.view(),
    };
    let status = if view.trouble.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    page.status(status).render("releases/one.html", view)
}

/// `GET /admin/surveys/{survey}/releases/{release}`
pub async fn one(
    request: HttpRequest,
    path: Path<(String, String)>,
    ResultsReader(user): ResultsReader,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let (code, release) = path.into_inner();
    let open = survey(&db, &surveys, code, &user, Act::ReadResults).await?;
    release_page(&request, &user, &open, release, &db, &renderer, None).await
}

/// The form of a step.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepSent {
    sure: String,
    note: String,
}

/// Tells those who asked for it that a release was published, in the transaction of that step; how many mails were written. Mail is no matter of this
/// capability, so whoever puts the program together passes it in.
pub type Announce = fn(&mut Conn, &Post, &Known, NaiveDateTime) -> Result<usize>;

/// What telling of a publication needs.
pub struct Telling {
    announce: Data<Announce>,
    post: Data<Post>,
}

impl FromRequest for Telling {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.app_data::<Data<Announce>>().zip(request.app_data::<Data<Post>>());
        ready(match found {
            Some((announce, post)) => Ok(Telling { announce: announce.clone(), post: post.clone() }),
            None => Err(Error::Internal("the program was put together without a way to announce releases".to_owned())),
        })
    }
}

macro_rules! steps {
    ($($(#[$meta:meta])* $name:ident: $to:ident by $right:ident;)+) => {
        $(
            $(#[$meta])*
            pub async fn $name(
                request: HttpRequest,
                path: Path<(String, String)>,
                sent: SignedForm<StepSent, $right>,
                db: Data<Db>,
                surveys: Data<Surveys>,
                renderer: Data<Renderer>,
                telling: Telling,
            ) -> Result<HttpResponse> {
                let who = (sent.user, sent.form);
                step(&request, path.into_inner(), who, Status::$to, (&db, &surveys, &renderer), telling).await
            }
        )+
    };
}

steps! {
    /// `POST /admin/surveys/{survey}/releases/{release}/review`
    review: Reviewed by Analyst;
    /// `POST /admin/surveys/{survey}/releases/{release}/sign`
    sign: Signed by Signatory;
    /// `POST /admin/surveys/{survey}/releases/{release}/publish`
    publish: Published by SurveyManager;
    /// `POST /admin/surveys/{survey}/releases/{release}/withdraw`
    withdraw: Withdrawn by SurveyManager;
}

/// Takes a step in the life of a release.
async fn step(
    request: &HttpRequest,
    (code, release): (String, String),
    (user, form): (User, StepSent),
    to: Status,
    (db, surveys, renderer): (&Db, &Surveys, &Renderer),
    Telling { announce, post }: Telling,
) -> Result<HttpResponse> {
    let open = survey(db, surveys, code, &user, to.needs()).await?;
    if form.sure != "yes" {
        return Err(Error::BadRequest("tick the box to confirm, then press the button again".to_owned()));
    }
    let note = shortened(&form.note);
    let (by, id, name, writes) = (user.clone(), open.survey.id, release.clone(), post.clone());
    let taken = db
        .write(move |conn| {
            let known = store::by_code(conn, &name)?;
            if known.release.survey_id != id {
                return Err(Error::NotFound(format!("release {name} of this survey")));
            }
            let now = Utc::now().naive_utc();
            let known = freeze::take_step(conn, &by, &name, to, &note, now)?;
            Ok(if to == Status::Published { announce(conn, &writes, &known, now)? } else { 0 })
        })
        .await;
    match taken {
        Ok(told) => {
            if told > 0 {
                post.wake();
            }
            tracing::info!(%release, by = %user.name, %to, told, "a release took a step");
            Ok(see_other(&open, &release))
        }
        Err(Error::Conflict(code, detail)) => release_page(request, &user, &open, release, db, renderer, Some((code, &detail))).await,
        Err(e) => Err(e),
    }
}
