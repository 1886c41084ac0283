//! Templates, and what every page knows.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Tera, Value};

use super::assets;
use super::locale::{self, Language, Words};
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "templates"]
struct Templates;

/// All templates in one language; words are bound to the language when they are loaded.
struct Edition {
    tera: Tera,
    words: Arc<Words>,
}

/// Renders pages in every language.
#[derive(Clone)]
pub struct Renderer {
    vi: Arc<Edition>,
    en: Arc<Edition>,
}

impl Renderer {
    /// Loads and compiles all templates, so that a broken one stops the program at its start and not a reader later.
    ///
    /// # Errors
    /// The template and what is wrong with it.
    pub fn load() -> Result<Self> {
        Ok(Renderer { vi: Arc::new(edition(Language::Vi)?), en: Arc::new(edition(Language::En)?) })
    }

    fn edition(&self, language: Language) -> &Edition {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }

    /// The words of one language.
    #[must_use]
    pub fn words(&self, language: Language) -> &Words {
        &self.edition(language).words
    }

    /// Renders one template with these values.
    ///
    /// # Errors
    /// `Internal`, naming the template, when it does not exist or a value is missing.
    pub fn template(&self, language: Language, name: &str, view: &impl Serialize) -> Result<String> {
        let context = Context::from_serialize(view).map_err(|e| fault(name, &e))?;
        self.edition(language).tera.render(name, &context).map_err(|e| fault(name, &e))
    }
}

fn fault(name: &str, e: &tera::Error) -> Error {
    use std::error::Error as _;
    let mut text = format!("template {name}: {e}");
    let mut cause = e.source();
    while let Some(c) = cause {
        text = format!("{text}: {c}");
        cause = c.source();
    }
    Error::Internal(text)
}

fn edition(language: Language) -> Result<Edition> {
    let words = Arc::new(Words::load(language)?);
    let mut tera = Tera::default();
    let mut sources = Vec::new();
    for name in Templates::iter().filter(|n| [".html", ".svg", ".txt"].iter().any(|kind| n.ends_with(kind))) {
        let file = Templates::get(&name).ok_or_else(|| Error::Internal(format!("template {name} is missing")))?;
        let text = String::from_utf8(file.data.into_owned()).map_err(|e| Error::Internal(format!("template {name}: {e}")))?;
        sources.push((name.into_owned(), text));
    }
    tera.autoescape_on(vec![".html", ".svg"]);
    tera.set_escape_fn(escape);
    let bound = Arc::clone(&words);
    tera.register_function("t", move |values: &HashMap<String, Value>| {
        let key = values.get("key").and_then(Value::as_str).ok_or_else(|| tera::Error::msg("t needs key"))?;
        bound.find(key, values).map(Value::from).ok_or_else(|| tera::Error::msg(format!("there are no words {key:?}")))
    });
    tera.register_function("asset", |values: &HashMap<String, Value>| {
        let name = values.get("name").and_then(Value::as_str).ok_or_else(|| tera::Error::msg("asset needs name"))?;
        assets::address(name).map(Value::from).ok_or_else(|| tera::Error::msg(format!("there is no asset {name:?}")))
    });
    tera.add_raw_templates(sources).map_err(|e| fault("(all)", &e))?;
    Ok(Edition { tera, words })
}

/// What HTML needs escaped in text and quoted attributes; addresses stay readable.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            other => out.push(other),
        }
    }
    out
}

/// Who is signed in, as the head of a page shows it.
#[derive(Debug, Clone)]
pub struct SignedInAs {
    /// Name.
    pub name: String,
    /// The session's token against forged forms.
    pub csrf: String,
    /// Where they may go: address and key of the words.
    pub ways: Vec<(&'static str, &'static str)>,
}

/// A page about to be answered.
pub struct Page<'a> {
    request: &'a HttpRequest,
    renderer: &'a Renderer,
    /// Language of the page.
    pub language: Language,
    status: StatusCode,
    demonstration: bool,
    user: Option<SignedInAs>,
    cache: bool,
}

/// What the layout needs besides the page's own view.
#[derive(Serialize)]
struct Frame<'a, T: Serialize> {
    lang: &'static str,
    /// This page in each language.
    languages: Vec<(&'static str, String)>,
    demonstration: bool,
    user: Option<&'a str>,
    csrf: Option<&'a str>,
    /// Where who is signed in may go.
    ways: &'a [(&'static str, &'static str)],
    /// Path of this page, to mark the way that led here.
    path: &'a str,
    #[serde(flatten)]
    view: T,
}

impl<'a> Page<'a> {
    /// A page for this request.
    #[must_use]
    pub fn new(request: &'a HttpRequest, renderer: &'a Renderer) -> Self {
        let language = locale::of_request(request);
        Page { request, renderer, language, status: StatusCode::OK, demonstration: false, user: None, cache: false }
    }

    /// Answers with another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// In another language than the request's.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Marks the page as showing simulated answers.
    #[must_use]
    pub fn demonstration(mut self, marked: bool) -> Self {
        self.demonstration = marked;
        self
    }

    /// Shows who is signed in.
    #[must_use]
    pub fn user(mut self, user: Option<SignedInAs>) -> Self {
        self.user = user;
        self
    }

    /// Lets the browser keep the page for going back (never shared caches).
    #[must_use]
    pub fn kept_for_going_back(mut self) -> Self {
        self.cache = true;
        self
    }

    /// Renders the template with its view.
    ///
    /// # Errors
    /// When the template fails.
    pub fn render(self, template: &str, view: impl Serialize) -> Result<HttpResponse> {
        let frame = Frame {
            lang: self.language.code(),
            languages: Language::ALL.iter().map(|l| (l.code(), in_language(self.request, *l))).collect(),
            demonstration: self.demonstration,
            user: self.user.as_ref().map(|u| u.name.as_str()),
            csrf: self.user.as_ref().map(|u| u.csrf.as_str()),
            ways: self.user.as_ref().map_or(&[], |u| &u.ways),
            path: self.request.path(),
            view,
        };
        let html = self.renderer.template(self.language, template, &frame)?;
        let mut response = HttpResponse::build(self.status);
        response.content_type("text/html; charset=utf-8");
        response.insert_header((header::CONTENT_LANGUAGE, self.language.code()));
        let cache = if self.cache { "private, max-age=3600" } else { "no-store" };
        response.insert_header((header::CACHE_CONTROL, cache));
        if self.request.query_string().contains("lang=") {
            let kept = Cookie::build(locale::COOKIE, self.language.code())
                .path("/")
                .same_site(SameSite::Lax)
                .http_only(true)
                .max_age(Duration::days(365));
            response.cookie(kept.finish());
        }
        Ok(response.body(html))
    }
}

/// The address of this page in another language.
fn in_language(request: &HttpRequest, language: Language) -> String {
    let others = request.query_string().split('&').filter(|p| !p.is_empty() && !p.starts_with("lang="));
    let query: Vec<String> = others.map(str::to_owned).chain([format!("lang={}", language.code())]).collect();
    format!("{}?{}", request.path(), query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_template_is_an_error_that_names_it() {
        let renderer = Renderer::load().unwrap();
        let e = renderer.template(Language::Vi, "no/such.html", &serde_json::json!({})).unwrap_err();
        assert!(e.to_string().contains("no/such.html"), "{e}");
        assert_eq!(e.status().0, 500);
        assert!(!e.public_detail().contains("no/such.html"));
    }
}
