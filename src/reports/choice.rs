//! What the address of a report asks for, and addresses that keep it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::estimation::Filter;
use crate::estimation::analysis::Request;
use crate::web::problem::url_encode;

/// Confidence level of reports.
pub const LEVEL: f64 = 0.95;

/// The part of the address after `?`, as it is written; every part may be left out or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Choice {
    /// Which stream; the survey's first when left out.
    #[serde(default)]
    pub stream: String,
    /// First day, as 2026-11-21.
    #[serde(default)]
    pub from: String,
    /// Last day.
    #[serde(default)]
    pub until: String,
    /// Only units of this kind.
    #[serde(default)]
    pub kind: String,
    /// Only this means of answering.
    #[serde(default)]
    pub mode: String,
    /// Only this service.
    #[serde(default)]
    pub service: String,
    /// How units are ordered: `estimate` (default), `name`, `n`, `change`.
    #[serde(default)]
    pub sort: String,
}

impl Choice {
    /// The stream and level asked for.
    ///
    /// # Errors
    /// A word that is no stream.
    pub fn request(&self) -> Result<Request> {
        Ok(Request { stream: word("stream", &self.stream)?, level: LEVEL })
    }

    /// The filter asked for.
    ///
    /// # Errors
    /// A word or day that cannot be read.
    pub fn filter(&self) -> Result<Filter> {
        Ok(Filter {
            from: day("from", &self.from)?,
            until: day("until", &self.until)?,
            kind: word("kind", &self.kind)?,
            unit: None,
            mode: word("mode", &self.mode)?,
            service: Some(self.service.clone()).filter(|s| !s.is_empty()),
        })
    }

    /// The parts that are set, each with its value.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("stream", self.stream.as_str()),
            ("from", &self.from),
            ("until", &self.until),
            ("kind", &self.kind),
            ("mode", &self.mode),
            ("service", &self.service),
            ("sort", &self.sort),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
    }

    /// This address with what is chosen; `path` may have a query already.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        let query: Vec<String> = self.pairs().map(|(name, value)| format!("{name}={}", url_encode(value))).collect();
        let join = if path.contains('?') { '&' } else { '?' };
        if query.is_empty() { path.to_owned() } else { format!("{path}{join}{}", query.join("&")) }
    }

    /// Whether anything but the order is chosen.
    #[must_use]
    pub fn narrows(&self) -> bool {
        self.pairs().any(|(name, _)| !["sort", "stream"].contains(&name))
    }
}

fn word<T: std::str::FromStr<Err = String>>(name: &str, given: &str) -> Result<Option<T>> {
    let parsed = Some(given).filter(|g| !g.is_empty()).map(str::parse).transpose();
    parsed.map_err(|e| Error::BadRequest(format!("{name}: {e}")))
}

fn day(name: &str, given: &str) -> Result<Option<NaiveDate>> {
    let parsed = Some(given).filter(|g| !g.is_empty()).map(str::parse).transpose();
    parsed.map_err(|_| Error::BadRequest(format!("{name}: {given:?} is not a day; write it as 2026-11-21")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::UnitKind;

    #[test]
    fn an_address_keeps_what_is_chosen() {
        let choice = Choice { kind: "ward".into(), service: "đất & nhà".into(), ..Choice::default() };
        assert_eq!(choice.link("/reports/x"), "/reports/x?kind=ward&service=%C4%91%E1%BA%A5t%20%26%20nh%C3%A0");
        assert_eq!(choice.link("/reports/x?unit=1"), "/reports/x?unit=1&kind=ward&service=%C4%91%E1%BA%A5t%20%26%20nh%C3%A0");
        assert_eq!(Choice::default().link("/reports/x"), "/reports/x");
        assert_eq!(choice.filter().unwrap().kind, Some(UnitKind::Ward));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_name() {
        let wrong = Choice { from: "21/11/2026".into(), ..Choice::default() };
        assert!(wrong.filter().unwrap_err().to_string().starts_with("from: "));
        let wrong = Choice { stream: "all".into(), ..Choice::default() };
        assert!(wrong.request().unwrap_err().to_string().contains("sample"));
    }
}
