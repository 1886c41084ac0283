//! The notice that a release was published.

use chrono::NaiveDateTime;

use super::deliver::{Composed, Notice, Reader, deliver};
use super::model::{Kind, Told};
use super::pages::{Footer, ReleaseView, title_of};
use super::store;
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{Attachment, Post, message};
use crate::releases::Known;
use crate::releases::content::said;
use crate::surveys::{Open, Surveys};
use crate::web::Language;

/// A release about to be announced.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// The survey it is of.
    pub survey_id: i64,
    /// Its code.
    pub code: &'a str,
    /// Its title in Vietnamese and English.
    pub title: (&'a str, &'a str),
    /// Where it is read: a path of ours.
    pub path: &'a str,
    /// The report as PDF.
    pub pdf: Option<&'a Attachment>,
}

/// Tells everybody who asked for it that a release was published, once each; returns how many mails were written. For the transaction of the
/// publication, so that a publication rolled back tells nobody; call [`Post::wake`] after the commit.
///
/// # Errors
/// `NotFound` for a survey that is none, those of the database and of the templates.
pub fn announce(conn: &mut Conn, post: &Post, release: &Release<'_>, now: NaiveDateTime) -> Result<usize> {
    let open = Surveys::default().by_id(conn, release.survey_id)?;
    let mut written = 0;
    for subscription in store::running(conn, Kind::Release)?.into_iter().filter(|s| s.is_about(&open.survey)) {
        let Some(reader) = Reader::find(conn, subscription.id, &open)? else { continue };
        let told = [Told::new(release.code, "")];
        let notice = Notice { message: "notice-release", survey: open.survey.id, told: &told };
        let compose = |_: &[Told], path: &str| Ok(composed(post, &open, release, &reader, path));
        written += usize::from(deliver(conn, post, &reader, notice, compose, now)?);
    }
    Ok(written)
}

/// The same for a release as it is stored: what the step of publication calls, see [`crate::releases::handlers::Announce`].
///
/// # Errors
/// As [`announce`].
pub fn published(conn: &mut Conn, post: &Post, known: &Known, now: NaiveDateTime) -> Result<usize> {
    let title = |language| said(&known.summary.title, language);
    let (code, path) = (&known.release.code, format!("/results/{}", known.release.code));
    let release = Release { survey_id: known.release.survey_id, code, title: (title("vi"), title("en")), path: &path, pdf: None };
    announce(conn, post, &release, now)
}

fn composed(post: &Post, open: &Open, release: &Release<'_>, reader: &Reader, path: &str) -> Composed<ReleaseView> {
    let language = reader.language();
    // A report that is too large for a mail is read on the page.
    let attachments: Vec<Attachment> = release.pdf.filter(|pdf| pdf.bytes.len() <= message::MOST_ATTACHED).cloned().into_iter().collect();
    let view = ReleaseView {
        name: reader.person.name.clone(),
        survey: open.survey.title(language.code()).to_owned(),
        title: if language == Language::En { release.title.1 } else { release.title.0 }.to_owned(),
        release: release.code.to_owned(),
        demonstration: open.survey.demonstration,
        url: post.address(release.path),
        attached: !attachments.is_empty(),
        footer: Footer::new(post, &title_of(open, language), path),
    };
    Composed { view, attachments }
}
