//! The language of a request, words of the interface, numbers and dates as each language writes them.

use std::collections::HashMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::error::{Error, Result};

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Vietnamese, the default.
    Vi,
    /// English.
    En,
}

/// The cookie that keeps a chosen language.
pub const COOKIE: &str = "sipas_lang";

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::Vi, Language::En];

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Language::Vi => "vi",
            Language::En => "en",
        }
    }

    /// The language with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Language::ALL.into_iter().find(|l| l.code() == code)
    }

    /// A number with this many decimals: `83,94` and `12.345` in Vietnamese, `83.94` and `12,345` in English.
    #[must_use]
    pub fn number(self, value: f64, decimals: usize) -> String {
        let (group, point) = match self {
            Language::Vi => ('.', ','),
            Language::En => (',', '.'),
        };
        let plain = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut out = String::new();
        if value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            out.push('−');
        }
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(point);
            out.push_str(fraction);
        }
        out
    }

    /// A whole number.
    #[must_use]
    pub fn count(self, n: u64) -> String {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        self.number(n as f64, 0)
    }

    /// A day: 21/11/2026.
    #[must_use]
    pub fn day(self, day: NaiveDate) -> String {
        format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
    }

    /// A moment, given in UTC, by Vietnam's clock: 21/11/2026 15:04.
    #[must_use]
    pub fn moment(self, utc: NaiveDateTime) -> String {
        let there = utc + VIETNAM;
        format!("{} {:02}:{:02}", self.day(there.date()), there.hour(), there.minute())
    }
}

/// How far Vietnam's clock is ahead of UTC, all year.
pub const VIETNAM: TimeDelta = TimeDelta::hours(7);

impl FromRequest for Language {
    type Error = Error;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(of_request(request)))
    }
}

/// The language asked for in the address (`?lang=en`), else the one chosen before, else Vietnamese.
#[must_use]
pub fn of_request(request: &HttpRequest) -> Language {
    let asked = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::from_code);
    let kept = || request.cookie(COOKIE).and_then(|c| Language::from_code(c.value()));
    asked.or_else(kept).unwrap_or(Language::Vi)
}

/// The files of words in one language, put together in the program.
const fn words(language: Language) -> &'static str {
    macro_rules! files {
        ($folder:literal) => {
            concat!(
                include_str!(concat!("../../templates/locales/", $folder, "/sipas.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/accounts.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/designer.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/exports.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/reports.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/releases.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/documents.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/notices.ftl")),
                include_str!(concat!("../../templates/locales/", $folder, "/indices.ftl")),
            )
        };
    }
    match language {
        Language::Vi => files!("vi"),
        Language::En => files!("en"),
    }
}

/// The words of the interface in one language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Loads the words compiled into the program.
    ///
    /// # Errors
    /// When a file of words cannot be read.
    pub fn load(language: Language) -> Result<Self> {
        let source = words(language);
        let resource =
            FluentResource::try_new(source.to_owned()).map_err(|(_, e)| Error::Internal(format!("words {}: {e:?}", language.code())))?;
        let id: unic_langid::LanguageIdentifier = language.code().parse().map_err(|e| Error::Internal(format!("{e:?}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|e| Error::Internal(format!("words {}: {e:?}", language.code())))?;
        Ok(Words { language, bundle })
    }

    /// The words under this key, with values filled in. `None` when there are none.
    #[must_use]
    pub fn find(&self, key: &str, values: &HashMap<String, serde_json::Value>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut args = FluentArgs::new();
        for (name, value) in values {
            let value: FluentValue<'_> = match value {
                serde_json::Value::String(s) => s.clone().into(),
                serde_json::Value::Number(n) => n.as_f64().unwrap_or(f64::NAN).into(),
                other => other.to_string().into(),
            };
            args.set(name.clone(), value);
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "words could not be filled in");
        }
        Some(text.into_owned())
    }

    /// The words under this key; the key itself when there are none, so that nothing is hidden.
    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), serde_json::Value::from(v.as_str()))).collect();
        self.find(key, &values).unwrap_or_else(|| {
            tracing::error!(key, language = self.language.code(), "words are missing");
            key.to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_does() {
        assert_eq!(Language::Vi.number(83.944, 2), "83,94");
        assert_eq!(Language::En.number(83.946, 2), "83.95");
        assert_eq!(Language::Vi.number(1_234_567.0, 0), "1.234.567");
        assert_eq!(Language::En.number(-12_345.5, 1), "−12,345.5");
        assert_eq!(Language::Vi.number(-0.001, 2), "0,00");
        assert_eq!(Language::Vi.count(999), "999");
    }

    #[test]
    fn both_languages_have_the_same_words() {
        let keys = |source: &str| {
            let mut keys: Vec<String> = source
                .lines()
                .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
                .filter_map(|l| l.split_once(" =").map(|(k, _)| k.to_owned()))
                .collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(words(Language::Vi)), keys(words(Language::En)));
        for language in Language::ALL {
            Words::load(language).unwrap();
        }
    }
}
