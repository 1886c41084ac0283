//! What every page of a report is handed over by the framework, taken together; and how a page is made of it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Data, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::Utc;
use serde::Serialize;

use super::choice::Choice;
use super::frame::{Frame, Tab};
use super::report::{Report, Sources};
use super::teller::Teller;
use crate::accounts::Viewer;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::{Figures, Tables};
use crate::surveys::Surveys;
use crate::units::boundaries::Boundaries;
use crate::web::{Language, Page, Renderer};

/// A request about the report of the survey named in the path.
pub struct Asked {
    request: HttpRequest,
    viewer: Viewer,
    survey: String,
    /// The unit that the page is about, when it is about one.
    unit: Option<String>,
    choice: Choice,
    sources: Sources,
    renderer: Data<Renderer>,
    language: Language,
}

fn data<T: 'static>(request: &HttpRequest) -> Result<Data<T>> {
    request.app_data::<Data<T>>().cloned().ok_or_else(|| Error::Internal(format!("no {} is set up", std::any::type_name::<T>())))
}

impl FromRequest for Asked {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (viewer, language) = (Viewer::from_request(request, payload), Language::from_request(request, payload));
        let request = request.clone();
        Box::pin(async move {
            let query = Query::<Choice>::from_query(request.query_string());
            let choice = query.map_err(|e| Error::BadRequest(format!("the part after ? cannot be read: {e}")))?.into_inner();
            Ok(Asked {
                viewer: viewer.await?,
                survey: request.match_info().query("survey").to_owned(),
                unit: request.match_info().get("unit").map(str::to_owned),
                choice,
                sources: Sources {
                    db: data::<Db>(&request)?.as_ref().clone(),
                    surveys: data::<Surveys>(&request)?.as_ref().clone(),
                    tables: data::<Tables>(&request)?.as_ref().clone(),
                    figures: data::<Figures>(&request)?.as_ref().clone(),
                    boundaries: data::<Boundaries>(&request)?.as_ref().clone(),
                },
                renderer: data::<Renderer>(&request)?,
                language: language.await?,
                request,
            })
        })
    }
}

/// A page's own view with what all pages of a report show.
#[derive(Serialize)]
struct Framed<V: Serialize> {
    report: Frame,
    #[serde(flatten)]
    view: V,
}

impl Asked {
    /// The request, for what a page asks besides.
    #[must_use]
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The same about one unit.
    #[must_use]
    pub fn about(self, unit: Option<String>) -> Self {
        Asked { unit, ..self }
    }

    /// Computes something of the report on the pool of blocking threads.
    ///
    /// # Errors
    /// Those of looking at the survey and of the closure.
    pub async fn compute<T: Send + 'static>(self, make: impl FnOnce(&Teller<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let Asked { viewer, survey, unit, choice, sources, renderer, language, .. } = self;
        let db = sources.db.clone();
        db.block(move |_| {
            let report = Report::look(sources, &viewer, &survey, unit.as_deref(), choice, Utc::now().naive_utc())?;
            make(&Teller { report: &report, language, words: renderer.words(language) })
        })
        .await
    }

    /// Answers with a page of the report.
    ///
    /// # Errors
    /// Those of looking at the survey, of the closure and of the template.
    pub async fn page<V: Serialize + Send + 'static>(
        self,
        tab: Tab,
        template: &'static str,
        make: impl FnOnce(&Teller<'_>) -> Result<V> + Send + 'static,
    ) -> Result<HttpResponse> {
        let (request, shown, renderer) = (self.request.clone(), self.viewer.shown(), self.renderer.clone());
        let (framed, demonstration) = self
            .compute(move |teller| {
                let view = make(teller)?;
                Ok((Framed { report: Frame::new(teller, tab)?, view }, teller.report.open().survey.demonstration))
            })
            .await?;
        Page::new(&request, &renderer).user(shown).demonstration(demonstration).render(template, framed)
    }
}
