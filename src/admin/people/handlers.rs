//! `/admin/people`, `/admin/people/{person}`

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{Days, NaiveDateTime, Utc};
use serde::Deserialize;

use super::branch;
use super::pages::{InviteForm, Maker, PeopleView, PersonView};
use crate::accounts::people::{self, Newcomer};
use crate::accounts::{Administrator, Role, SignedForm, User, store, tokens};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::mail::{self, Post};
use crate::units::{self, Unit};
use crate::web::{Language, Page, Renderer};

/// Most failed mails that are shown, and for how many days one that was given up is.
const MOST_MAILS: i64 = 20;
const MAIL_DAYS: u64 = 30;

/// Set after something was done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: bool,
}

fn units_today(conn: &mut Conn, now: NaiveDateTime) -> Result<BTreeMap<String, Unit>> {
    Ok(units::store::on_day(conn, now.date())?.into_iter().map(|u| (u.code.clone(), u)).collect())
}

/// What needs attention in a form: the word of the first field, or of the conflict. Other errors are not the form's.
fn trouble(e: Error) -> Result<String> {
    match e {
        Error::Invalid(fields) => Ok(fields.into_iter().next().map(|f| f.code.replace('_', "-")).unwrap_or_default()),
        Error::Conflict(code, _) => Ok(code.replace('_', "-")),
        other => Err(other),
    }
}

/// What a list page is about to show.
#[derive(Default)]
struct Shown {
    form: InviteForm,
    trouble: Option<String>,
    done: bool,
}

async fn list(request: &HttpRequest, user: &User, db: &Db, renderer: &Renderer, language: Language, shown: Shown) -> Result<HttpResponse> {
    let (people, grants, units, mails) = db
        .read(|conn| {
            let now = Utc::now().naive_utc();
            let mails = mail::store::in_trouble(conn, now - Days::new(MAIL_DAYS), MOST_MAILS)?;
            Ok((store::people(conn)?, store::all_grants(conn)?, units_today(conn, now)?, mails))
        })
        .await?;
    let maker = Maker { language, words: renderer.words(language), units: &units };
    let none = Vec::new();
    let status = if shown.trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = PeopleView {
        people: people.iter().map(|p| maker.person(p, grants.get(&p.id).unwrap_or(&none))).collect(),
        mails: mails.iter().map(|m| maker.mail(m)).collect(),
        form: shown.form,
        trouble: shown.trouble,
        done: shown.done,
        roles: maker.roles(),
        branches: maker.branches(),
    };
    Page::new(request, renderer).status(status).user(Some(user.shown())).render("accounts/people.html", view)
}

/// `GET /admin/people`
pub async fn people_page(
    request: HttpRequest,
    done: Query<Done>,
    Administrator(user): Administrator,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    list(&request, &user, &db, &renderer, language, Shown { done: done.done, ..Shown::default() }).await
}

/// `POST /admin/people`: invites somebody.
pub async fn invite(
    request: HttpRequest,
    sent: SignedForm<InviteForm, Administrator>,
    db: Data<Db>,
    post: Data<Post>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let role = role_of(&form.role)?;
    let (who, typed, office) = (user.clone(), form.clone(), post.clone());
    let invited = db
        .write(move |conn| {
            let now = Utc::now().naive_utc();
            let grant = branch::grant(conn, role, &typed.branch, now.date())?;
            let language = Language::from_code(&typed.language).unwrap_or(Language::Vi);
            people::invite(conn, &who, &office, &Newcomer { name: typed.name, mail: typed.mail, language, grant }, now)
        })
        .await;
    match invited {
        Ok(_) => {
            post.wake();
            Ok(led("/admin/people?done=true"))
        }
        Err(e) => {
            let trouble = Some(trouble(e)?);
            list(&request, &user, &db, &renderer, language, Shown { form, trouble, done: false }).await
        }
    }
}

fn role_of(word: &str) -> Result<Role> {
    word.parse().map_err(|e| Error::BadRequest(format!("role: {e}")))
}

fn led(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// What the page of a person shows besides the person.
async fn person_view(
    request: &HttpRequest,
    user: &User,
    (db, renderer, language): (&Db, &Renderer, Language),
    id: i64,
    (done, trouble): (bool, Option<String>),
) -> Result<HttpResponse> {
    let (person, grants, sessions, units) = db
        .read(move |conn| {
            let now = Utc::now().naive_utc();
            let person = store::person(conn, id)?;
            Ok((person, store::grants_of(conn, id)?, tokens::store::sessions_of(conn, id, now)?.len(), units_today(conn, now)?))
        })
        .await?;
    let maker = Maker { language, words: renderer.words(language), units: &units };
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = PersonView {
        person: maker.person(&person, &grants),
        grants: maker.grants(&grants),
        sessions,
        done,
        trouble,
        roles: maker.roles(),
        branches: maker.branches(),
    };
    Page::new(request, renderer).status(status).user(Some(user.shown())).render("accounts/person.html", view)
}

/// `GET /admin/people/{person}`
pub async fn person(
    request: HttpRequest,
    id: Path<i64>,
    done: Query<Done>,
    Administrator(user): Administrator,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    person_view(&request, &user, (&db, &renderer, language), id.into_inner(), (done.done, None)).await
}

/// What to do to a person.
#[derive(Debug, Clone, Deserialize)]
pub struct Change {
    step: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    branch: String,
    #[serde(default)]
    mail: String,
}

/// `POST /admin/people/{person}`: one of `grant`, `revoke`, `mail`, `link`, `disable`, `enable`, `end-sessions`.
pub async fn change(
    request: HttpRequest,
    id: Path<i64>,
    sent: SignedForm<Change, Administrator>,
    db: Data<Db>,
    post: Data<Post>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let id = id.into_inner();
    let (who, office) = (user.clone(), post.clone());
    let changed = db.write(move |conn| apply(conn, &who, &office, id, &form)).await;
    match changed {
        Ok(()) => {
            post.wake();
            Ok(led(&format!("/admin/people/{id}?done=true")))
        }
        Err(e) => person_view(&request, &user, (&db, &renderer, language), id, (false, Some(trouble(e)?))).await,
    }
}

fn apply(conn: &mut Conn, who: &User, post: &Post, id: i64, form: &Change) -> Result<()> {
    let now = Utc::now().naive_utc();
    match form.step.as_str() {
        "grant" => {
            let grant = branch::grant(conn, role_of(&form.role)?, &form.branch, now.date())?;
            people::grant(conn, who, id, &grant)
        }
        "revoke" => {
            // The branch may be of a unit that no longer exists.
            let branch = Some(form.branch.clone()).filter(|b| !b.is_empty());
            people::revoke(conn, who, id, &crate::accounts::Grant { role: role_of(&form.role)?, branch })
        }
        "mail" => people::set_mail(conn, who, id, &form.mail),
        "link" => people::send_new_link(conn, who, post, id, now),
        "disable" => people::disable(conn, who, id),
        "enable" => people::enable(conn, who, id),
        "end-sessions" => people::end_sessions(conn, who, id, None),
        _ => Err(Error::BadRequest("the step is one of grant, revoke, mail, link, disable, enable, end-sessions".to_owned())),
    }
}
