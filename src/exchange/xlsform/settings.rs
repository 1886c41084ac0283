//! The sheet `settings`, and our own sheet `sipas`, which holds what `settings` has no place for.

use std::collections::BTreeMap;

use super::importer::Importer;
use super::table::{Line, Table};
use super::{At, Options, names, shown};

/// What the two sheets say before anything else is read.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Whether this platform wrote the form.
    pub(super) ours: bool,
    pub(super) default_language: Option<(String, At)>,
    /// Language codes in their order, when the form tells it.
    pub(super) languages: Vec<String>,
    title: Option<String>,
    code: Option<(String, At)>,
    version: Option<String>,
}

/// The first keys of a questionnaire.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) code: String,
    pub(super) version: String,
    pub(super) title: BTreeMap<String, String>,
    pub(super) source: Option<String>,
    pub(super) seconds: Option<u32>,
}

/// The row of our sheet with this key.
pub(super) fn row<'a>(own: &'a Table, key: &str) -> Option<Line<'a>> {
    own.lines().find(|l| l.get("key") == Some(key))
}

/// The value of this key on our sheet, exactly as written.
pub(super) fn value<'a>(own: &'a Table, key: &str) -> Option<&'a str> {
    row(own, key).and_then(|l| l.exact("value"))
}

impl Settings {
    pub(super) fn of(settings: &Table, own: &Table, importer: &mut Importer) -> Settings {
        let mut read = Settings { ours: value(own, "format").is_some(), ..Settings::default() };
        read.languages = value(own, "languages").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        if let Some(format) = value(own, "format")
            && format.trim() != "1"
        {
            let line = row(own, "format").map(|l| l.at("value")).unwrap_or_default();
            importer.report.refuse(line, format!("the format {} is not known", shown(format)), "use a newer version of this program");
        }
        let mut lines = settings.lines();
        let Some(line) = lines.next() else { return read };
        if let Some(second) = lines.next() {
            let at = settings.at(Some(second.row.number), None);
            importer.report.warn(at, "only the first row of settings is read", "write everything into one row");
        }
        for (header, text) in line.all() {
            let text = if read.ours { text } else { text.trim() };
            match header.key.as_str() {
                "form_title" => read.title = Some(text.to_owned()),
                "form_id" => read.code = Some((text.to_owned(), line.at_header(header))),
                "version" => read.version = Some(text.to_owned()),
                "default_language" => read.default_language = Some((text.trim().to_owned(), line.at_header(header))),
                "style" if text == "pages" => {}
                _ => {
                    let what = format!("the setting {} ({}) is left out", shown(&header.written), shown(text));
                    importer.report.warn(line.at_header(header), what, "what it does has no counterpart here");
                }
            }
        }
        read
    }
}

impl Importer {
    pub(super) fn head(&mut self, settings: Settings, own: &Table, options: &Options) -> Head {
        let file =
            options.file_name.as_deref().and_then(|f| f.rsplit(['/', '\\']).next()).map(|f| f.rsplit_once('.').map_or(f, |(stem, _)| stem));
        let (id, at) = settings.code.map_or((None, None), |(id, at)| (Some(id), Some(at)));
        let name = id.as_deref().or(settings.title.as_deref()).or(file).unwrap_or("form").to_owned();
        let code = if self.ours { name.clone() } else { names::code(&name, '-') };
        match at {
            Some(at) if code != name => {
                let what = format!("the form_id {} is no code here and becomes {code}", shown(&name));
                self.report.warn(at, what, "write a form_id of small letters, digits and -");
            }
            Some(_) => {}
            None => self.report.warn(At::sheet("settings"), format!("the form has no form_id; its code becomes {code}"), "write a form_id"),
        }
        let version = settings.version.unwrap_or_else(|| {
            self.report.warn(
                At::sheet("settings"),
                "the form has no version; it becomes 1",
                "write a version; each change needs a new one",
            );
            "1".to_owned()
        });
        Head {
            title: self.title(settings.title, own, &name),
            code,
            version,
            source: value(own, "source").map(str::to_owned),
            seconds: self.seconds(own),
        }
    }

    fn title(&mut self, form_title: Option<String>, own: &Table, name: &str) -> BTreeMap<String, String> {
        let written = row(own, "title").and_then(|l| self.texts(l, "text"));
        if let Some(mut texts) = written {
            // Somebody may have changed the title where other tools look for it.
            if let (Some(title), Some(first)) = (form_title, self.languages.codes.first()) {
                texts.insert(first.clone(), title);
            }
            return texts;
        }
        let title = form_title.unwrap_or_else(|| {
            self.report.warn(
                At::sheet("settings"),
                format!("the form has no form_title; it becomes {}", shown(name)),
                "write a form_title",
            );
            name.to_owned()
        });
        if self.languages.codes.len() > 1 {
            let what = format!("the title {} is in one language; it stands in all of them", shown(&title));
            self.report.warn(At::sheet("settings"), what, "translate it after the import");
        }
        self.in_all_languages(&title)
    }

    fn seconds(&mut self, own: &Table) -> Option<u32> {
        let line = row(own, "seconds")?;
        let seconds = line.get("value")?.parse().ok();
        if seconds.is_none() {
            self.report.refuse(line.at("value"), "this is no number of seconds", "write a whole number");
        }
        seconds
    }
}
