//! Answers with one of a form's pages, made by a [`Maker`].

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};

use super::pages::Maker;
use super::validate::Problem;
use crate::error::Result;
use crate::web::{Page, Renderer};

/// The pairs of a request's query; none when it cannot be read.
#[must_use]
pub fn query(request: &HttpRequest) -> Vec<(String, String)> {
    Query::from_query(request.query_string()).map_or_else(|_| Vec::new(), Query::into_inner)
}

/// Shows one of the pages for the answers so far.
pub struct Show<'a> {
    /// The request that is answered.
    pub request: &'a HttpRequest,
    /// Templates.
    pub renderer: &'a Renderer,
    /// The form.
    pub maker: &'a Maker<'a>,
    /// Whether the survey's answers are simulated.
    pub demonstration: bool,
}

impl Show<'_> {
    fn page(&self) -> Page<'_> {
        Page::new(self.request, self.renderer).language(self.maker.language).demonstration(self.demonstration).kept_for_going_back()
    }

    /// A section, again with what is wrong, or because questions were added to it.
    ///
    /// # Errors
    /// When the template fails.
    pub fn section(&self, n: usize, problems: &[Problem], again: bool) -> Result<HttpResponse> {
        let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.page().status(status).render("collection/section.html", self.maker.section(n, problems, again && problems.is_empty()))
    }

    /// All answers before sending; after a failed try with the words under the key `trouble` and the seconds to wait.
    ///
    /// # Errors
    /// When the template fails.
    pub fn review(&self, status: StatusCode, trouble: Option<&str>, retry_after: Option<u32>) -> Result<HttpResponse> {
        let trouble = trouble.map(|key| self.maker.words.say(key, &[]));
        let mut response = self.page().status(status).render("collection/review.html", self.maker.review(trouble))?;
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        Ok(response)
    }
}
