//! `GET` and `POST /admin/surveys`: the form of a new survey.

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{Days, NaiveDate, Utc};
use serde::Serialize;

use crate::accounts::model::User;
use crate::accounts::{SignedForm, SurveyManager};
use crate::audit::{self, Object};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::questionnaires;
use crate::surveys::file::{self, SurveyFile, Title, Units};
use crate::surveys::{self, Surveys};
use crate::units::UnitKind;
use crate::web::{Language, Page, Renderer};

/// The form, with what was typed.
#[derive(Debug, Serialize)]
struct BeginView {
    versions: Vec<String>,
    kinds: Vec<(&'static str, String, bool)>,
    typed: Vec<(String, String)>,
    opens_on: String,
    closes_on: String,
    trouble: Option<String>,
}

/// A form as names and values.
type Sent = Vec<(String, String)>;

async fn show(
    request: &HttpRequest,
    user: &User,
    db: &Db,
    renderer: &Renderer,
    language: Language,
    typed: Sent,
    trouble: Option<String>,
) -> Result<HttpResponse> {
    let versions = db.read(questionnaires::store::versions).await?;
    let words = renderer.words(language);
    let today = Utc::now().date_naive();
    let was = |name: &str, value: &str| typed.iter().any(|(n, v)| n == name && v == value);
    let day = |name: &str, unless: NaiveDate| typed.iter().find(|(n, _)| n == name).map_or_else(|| unless.to_string(), |(_, v)| v.clone());
    let name = |k: UnitKind| words.say(&format!("kind-{}", k.as_str().replace('_', "-")), &[]);
    let view = BeginView {
        versions: versions.into_iter().filter(|v| !v.retired).map(|v| format!("{}@{}", v.questionnaire, v.version)).collect(),
        kinds: UnitKind::ALL.iter().map(|k| (k.as_str(), name(*k), was("kinds", k.as_str()))).collect(),
        opens_on: day("opens_on", today),
        closes_on: day("closes_on", today + Days::new(30)),
        typed,
        trouble,
    };
    let status = if view.trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Page::new(request, renderer).status(status).user(Some(user.shown())).render("admin/begin.html", view)
}

/// `GET /admin/surveys`
pub async fn form(
    request: HttpRequest,
    SurveyManager(user): SurveyManager,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    show(&request, &user, &db, &renderer, language, Vec::new(), None).await
}

/// `POST /admin/surveys`: makes a draft survey.
pub async fn create(
    request: HttpRequest,
    sent: SignedForm<Sent, SurveyManager>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let made = match read(&form) {
        Ok(file) => {
            let (code, by) = (file.code.clone(), user.clone());
            let made = db.write(move |conn| {
                audit::record(conn, &by, "survey.create", Object::new("survey", &file.code), &serde_json::json!({}))?;
                surveys::create::create(conn, &file, false, Utc::now().naive_utc())?;
                // Whoever leads a branch makes surveys of its units only. What is refused here is undone, so nobody else's cache may keep it.
                Surveys::default().by_code(conn, &file.code)?.led_by(&by)
            });
            made.await.map(|()| code)
        }
        Err(trouble) => Err(Error::Refused(trouble)),
    };
    match made {
        Ok(code) => Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/admin/surveys/{code}"))).finish()),
        Err(e @ (Error::Refused(_) | Error::Conflict(..) | Error::Forbidden(_))) => {
            show(&request, &user, &db, &renderer, language, form, Some(e.to_string())).await
        }
        Err(e) => Err(e),
    }
}

/// The survey that a form describes.
fn read(form: &Sent) -> std::result::Result<SurveyFile, String> {
    let get = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).unwrap_or_default();
    let all = |name: &'static str| form.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str());
    let day = |name: &str| get(name).parse::<NaiveDate>().map_err(|_| format!("{name}: a day as 2026-11-21"));
    let (questionnaire, version) = get("version").split_once('@').ok_or("version: choose a questionnaire")?;
    let title_vi = get("title_vi");
    if title_vi.is_empty() {
        return Err("title_vi: write a title".to_owned());
    }
    let file = SurveyFile {
        code: get("code").to_owned(),
        title: Title { vi: title_vi.to_owned(), en: Some(get("title_en")).filter(|t| !t.is_empty()).unwrap_or(title_vi).to_owned() },
        questionnaire: questionnaire.to_owned(),
        version: version.to_owned(),
        opens_on: day("opens_on")?,
        closes_on: day("closes_on")?,
        units: Units {
            kinds: all("kinds").filter_map(|k| k.parse().ok()).collect(),
            codes: get("units").split([' ', ',']).filter(|u| !u.is_empty()).map(str::to_owned).collect(),
        },
        streams: all("streams").map(str::parse).collect::<std::result::Result<_, _>>()?,
        weighting: get("weighting").parse()?,
        threshold: None,
        results: get("results").parse()?,
        series: Some(get("series")).filter(|s| !s.is_empty()).map(str::to_owned),
    };
    file::check(&file)?;
    Ok(file)
}
