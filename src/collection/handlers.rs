//! The citizen's pages and `POST /api/v1/surveys/{id}/responses`.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use uuid::Uuid;

use super::intake::{Intake, Receipt};
use super::pages::{Maker, StartView, SurveyView};
use super::response::{Origin, Response, form_code};
use super::show::{self, Show};
use super::store::{self, PlaceCode};
use super::walk::{self, Next, Page as At};
use super::{submission, typed};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::questionnaires::codes;
use crate::surveys::{Mode, Open, Stream, Surveys};
use crate::units::{self, UnitKind};
use crate::web::{Language, Page, Renderer, extract};

/// The address, the survey it leads to, and the names shown at the top.
struct Entry {
    code: PlaceCode,
    open: Open,
    survey: SurveyView,
}

async fn entry(db: &Db, surveys: &Surveys, code: String, language: Language) -> Result<Entry> {
    let surveys = surveys.clone();
    db.read(move |conn| {
        let code = store::place_code(conn, &code)?;
        let open = surveys.by_id(conn, code.survey_id)?;
        let place = code.place.as_deref().map(|p| units::store::place(conn, p)).transpose()?;
        let survey = SurveyView {
            title: open.survey.title(language.code()).to_owned(),
            unit_name: code.unit.as_deref().and_then(|u| open.unit(u)).map(|u| u.name(language.code()).to_owned()),
            place_name: place.map(|p| p.name(language.code()).to_owned()),
            trial: false,
        };
        Ok(Entry { code, open, survey })
    })
    .await
}

/// `GET /s/{code}`: the first page. Each load carries a new submission UUID.
pub async fn start(
    request: HttpRequest,
    code: Path<String>,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let entry = entry(&db, &surveys, code.into_inner(), language).await?;
    if let Err(Error::Conflict(_, why)) = entry.open.survey.takes_answers(Utc::now().date_naive()) {
        return closed(&request, &renderer, &entry, &why);
    }
    show_start(&request, &renderer, language, &entry, Uuid::new_v4(), false)
}

fn closed(request: &HttpRequest, renderer: &Renderer, entry: &Entry, why: &str) -> Result<HttpResponse> {
    let view = serde_json::json!({ "survey": entry.survey, "why": why });
    Page::new(request, renderer)
        .status(StatusCode::GONE)
        .demonstration(entry.open.survey.demonstration)
        .render("collection/closed.html", view)
}

fn show_start(
    request: &HttpRequest,
    renderer: &Renderer,
    language: Language,
    entry: &Entry,
    id: Uuid,
    choose_unit: bool,
) -> Result<HttpResponse> {
    let questionnaire = entry.open.questionnaire();
    let words = renderer.words(language);
    let mut units: Vec<(String, Vec<(String, String)>)> = Vec::new();
    if entry.code.unit.is_none() {
        for kind in UnitKind::ALL {
            let mut of_kind: Vec<(String, String)> = entry
                .open
                .frame
                .units
                .values()
                .filter(|u| u.kind == *kind)
                .map(|u| (u.code.clone(), u.name(language.code()).to_owned()))
                .collect();
            of_kind.sort_by(|a, b| a.1.cmp(&b.1));
            if !of_kind.is_empty() {
                units.push((words.say(&format!("kind-{}", kind.as_str().replace('_', "-")), &[]), of_kind));
            }
        }
    }
    let view = StartView {
        units,
        choose_unit,
        ..StartView::new(questionnaire, format!("/s/{}", entry.code.code), id, entry.survey.clone(), language, &show::query(request))
    };
    let status = if choose_unit { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Page::new(request, renderer).status(status).demonstration(entry.open.survey.demonstration).render("collection/start.html", view)
}

/// `POST /s/{code}`: a page was filled in; shows the next one, or stores the form.
#[expect(clippy::too_many_arguments, reason = "each is something the framework hands over")]
pub async fn step(
    request: HttpRequest,
    code: Path<String>,
    form: Form<Vec<(String, String)>>,
    db: Data<Db>,
    surveys: Data<Surveys>,
    intake: Data<Intake>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let entry = entry(&db, &surveys, code.into_inner(), language).await?;
    if let Err(Error::Conflict(_, why)) = entry.open.survey.takes_answers(Utc::now().date_naive()) {
        return closed(&request, &renderer, &entry, &why);
    }
    let sent = typed::Sent::read(&form)?;
    let chosen = sent.unit.clone().filter(|u| entry.open.unit(u).is_some());
    if entry.code.unit.is_none() && chosen.is_none() {
        return show_start(&request, &renderer, language, &entry, sent.id, true);
    }
    let questionnaire = entry.open.questionnaire();
    let (typed, answers, unreadable) = typed::understand(questionnaire, sent.typed.clone(), Utc::now().date_naive());
    let mut survey = entry.survey.clone();
    if let Some(unit) = chosen.as_deref().and_then(|u| entry.open.unit(u)) {
        survey.unit_name = Some(unit.name(language.code()).to_owned());
    }
    let action = format!("/s/{}", entry.code.code);
    let maker = Maker {
        questionnaire,
        action: &action,
        survey,
        id: sent.id,
        unit: chosen.clone(),
        typed: &typed,
        answers: &answers,
        language,
        words: renderer.words(language),
    };
    let show = Show { request: &request, renderer: &renderer, maker: &maker, demonstration: entry.open.survey.demonstration };
    match walk::next(questionnaire, &sent, &answers, &unreadable) {
        Next::Show(At::Section(n)) => show.section(n, &[], false),
        Next::Show(At::Review) => show.review(StatusCode::OK, None, None),
        Next::Again { section, problems } => show.section(section, &problems, true),
        Next::Send => {
            let unit = entry.code.unit.clone().or(chosen).unwrap_or_default();
            send(&show, &entry, &intake, &unit, language).await
        }
    }
}

async fn send(show: &Show<'_>, entry: &Entry, intake: &Intake, unit: &str, language: Language) -> Result<HttpResponse> {
    let survey = &entry.open.survey;
    if !survey.streams().contains(&Stream::Open) {
        return Err(Error::Conflict("no_open_stream", format!("survey {} is answered by invited people only", survey.code)));
    }
    let stored = codes::encode(entry.open.questionnaire(), show.maker.answers);
    let from = Origin { survey_id: survey.id, unit, stream: Stream::Open, mode: Mode::Web, language: language.code() };
    let mut response = Response::new(show.maker.id, from, Utc::now().naive_utc(), stored);
    response.place.clone_from(&entry.code.place);
    let trouble = match intake.submit(response).await {
        Ok(_) => {
            let address = format!("/s/{}/thanks/{}?lang={}", entry.code.code, form_code(&show.maker.id), language.code());
            return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish());
        }
        Err(Error::Conflict("survey_closed", why)) => return closed(show.request, show.renderer, entry, &why),
        Err(e) => e,
    };
    let key = match &trouble {
        Error::Conflict("id_taken", _) => "trouble-sent-before",
        Error::Busy => "trouble-busy",
        Error::Unavailable(_) => "trouble-unavailable",
        _ => return Err(trouble),
    };
    tracing::warn!(error = %trouble, "a form could not be stored; the citizen was asked to send it again");
    show.review(StatusCode::from_u16(trouble.status().0).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), Some(key), trouble.retry_after())
}

/// `GET /s/{code}/thanks/{form}`
pub async fn thanks(
    request: HttpRequest,
    path: Path<(String, String)>,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (code, form) = path.into_inner();
    let well_formed = form.len() == 14 && form.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !well_formed {
        return Err(Error::NotFound(format!("the form {form}")));
    }
    let entry = entry(&db, &surveys, code, language).await?;
    let view = serde_json::json!({ "survey": entry.survey, "form_code": form, "again": format!("/s/{}", entry.code.code) });
    Page::new(&request, &renderer).demonstration(entry.open.survey.demonstration).render("collection/thanks.html", view)
}

/// What a submission answers with.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Accepted {
    /// The id that was sent.
    pub id: Uuid,
    /// The code to tell the citizen.
    pub form_code: String,
    /// `stored` or `replay`.
    pub status: &'static str,
}

/// Submit one response. The id is made by the client before its first try; trying again with the same id and body is safe.
#[utoipa::path(post, path = "/api/v1/surveys/{id}/responses", tag = "responses", params(("id" = String, Path, description = "Code of the survey")),
    request_body = submission::Submission,
    responses(
        (status = 201, description = "Stored on disk", body = Accepted),
        (status = 200, description = "Exactly this response is stored already", body = Accepted),
        (status = 400, description = "Not JSON", body = crate::web::problem::Problem),
        (status = 404, description = "No such survey", body = crate::web::problem::Problem),
        (status = 409, description = "Another response has this id, or the survey takes no answers", body = crate::web::problem::Problem),
        (status = 413, description = "The body is too large", body = crate::web::problem::Problem),
        (status = 415, description = "The body is not application/json", body = crate::web::problem::Problem),
        (status = 422, description = "Fields need attention; nothing was stored", body = crate::web::problem::Problem),
        (status = 503, description = "Not acknowledged; send the same again after Retry-After seconds", body = crate::web::problem::Problem)))]
pub async fn submit(
    request: HttpRequest,
    survey: Path<String>,
    body: extract::Body,
    db: Data<Db>,
    surveys: Data<Surveys>,
    intake: Data<Intake>,
) -> Result<HttpResponse> {
    let body = extract::json(&request, &body.0)?;
    let cached = surveys.as_ref().clone();
    let place_named = body.get("place").and_then(|p| p.as_str()).map(str::to_owned);
    let (open, place) = db
        .read(move |conn| {
            let open = cached.by_code(conn, &survey)?;
            let place = place_named.map(|code| units::store::find_place(conn, &code)).transpose()?.flatten();
            Ok((open, place))
        })
        .await?;
    let now = Utc::now().naive_utc();
    if !open.survey.streams().contains(&Stream::Open) {
        return Err(Error::Conflict(
            "no_open_stream",
            format!("survey {} takes answers of drawn or invited people only", open.survey.code),
        ));
    }
    let read = submission::read(&open, place.as_ref(), &body, now);
    let receipt;
    let id;
    match open.survey.takes_answers(now.date()) {
        Ok(()) => {
            let response;
            (id, response) = read.map_err(Error::Invalid)?;
            receipt = intake.submit(response).await?;
        }
        // Whoever did not hear the acknowledgement before the survey closed is told that the answer is stored.
        Err(closed) => {
            let Ok((sent, response)) = read else { return Err(closed) };
            let known = db.read(move |conn| store::foresee(conn, &[response])).await?;
            if known != [store::Outcome::Replay] {
                return Err(closed);
            }
            (id, receipt) = (sent, Receipt::Replay);
        }
    }
    let (status, word) = match receipt {
        Receipt::Stored => (StatusCode::CREATED, "stored"),
        Receipt::Replay => (StatusCode::OK, "replay"),
    };
    Ok(HttpResponse::build(status).json(Accepted { id, form_code: form_code(&id), status: word }))
}
