//! Languages: `label::Tiếng Việt (vi)`, `label::English`, or a label that names none.

use std::collections::BTreeMap;

use super::table::Table;
use super::{At, Report, shown};

/// Languages by name, as forms write them. The code in brackets behind a name needs no table.
const NAMES: &[(&str, &str)] = &[
    ("tiếng việt", "vi"),
    ("tieng viet", "vi"),
    ("việt", "vi"),
    ("vietnamese", "vi"),
    ("english", "en"),
    ("tiếng anh", "en"),
    ("français", "fr"),
    ("francais", "fr"),
    ("french", "fr"),
    ("español", "es"),
    ("spanish", "es"),
    ("português", "pt"),
    ("portuguese", "pt"),
    ("deutsch", "de"),
    ("german", "de"),
    ("русский", "ru"),
    ("russian", "ru"),
    ("中文", "zh"),
    ("chinese", "zh"),
    ("日本語", "ja"),
    ("japanese", "ja"),
    ("한국어", "ko"),
    ("korean", "ko"),
    ("ខ្មែរ", "km"),
    ("khmer", "km"),
    ("ລາວ", "lo"),
    ("lao", "lo"),
    ("ไทย", "th"),
    ("thai", "th"),
    ("hmong", "hmn"),
    ("arabic", "ar"),
    ("swahili", "sw"),
    ("nepali", "ne"),
    ("hindi", "hi"),
    ("indonesian", "id"),
    ("bahasa indonesia", "id"),
];

/// What an exported form calls a language.
pub(super) fn title(code: &str) -> String {
    let name = NAMES.iter().find(|(_, c)| *c == code).map_or(code, |(name, _)| *name);
    let mut letters = name.chars();
    let name: String = match code {
        "vi" => "Tiếng Việt".to_owned(),
        _ => letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect(),
    };
    format!("{name} ({code})")
}

/// Which language code each column of texts has.
#[derive(Debug, Default)]
pub(super) struct Languages {
    /// Codes, the one shown first at the beginning.
    pub(super) codes: Vec<String>,
    by_name: BTreeMap<Option<String>, String>,
}

impl Languages {
    /// `first` is the form's default language, which is named before all others; `order` the codes in their order when the form tells it; `unnamed` what texts without a language are taken for.
    pub(super) fn of(
        tables: &[&Table],
        first: Option<(&str, At)>,
        order: &[String],
        unnamed: Option<&str>,
        report: &mut Report,
    ) -> Languages {
        let mut languages = Languages::default();
        let default = first.and_then(|(name, at)| languages.named(name, at, report).map(|code| (name.to_owned(), code)));
        let mut without: Vec<At> = Vec::new();
        for table in tables {
            for (position, header) in table.headers.iter().enumerate().filter(|(_, h)| is_text(&h.key)) {
                let at = table.at(None, Some(position));
                match &header.language {
                    Some(name) => drop(languages.named(name, at, report)),
                    None if table.lines().any(|l| l.cells(&header.key).any(|(h, t)| h.language.is_none() && !t.trim().is_empty())) => {
                        without.push(at)
                    }
                    None => {}
                }
            }
        }
        if let Some(at) = without.into_iter().next() {
            let code = match (&default, unnamed) {
                (Some((_, code)), _) => code.clone(),
                (None, Some(code)) => code.to_owned(),
                (None, None) => {
                    let code = if tables.iter().any(|t| has_vietnamese(t)) { "vi" } else { "en" };
                    let why = if code == "vi" { "they have Vietnamese letters" } else { "they have no Vietnamese letters" };
                    report.warn(
                        at,
                        format!("these texts name no language; they are taken for {code}, because {why}"),
                        format!(
                            "write the language at the head of the column: {}",
                            if code == "vi" { "label::Tiếng Việt (vi)" } else { "label::English (en)" }
                        ),
                    );
                    code.to_owned()
                }
            };
            if !languages.codes.contains(&code) {
                languages.codes.insert(0, code.clone());
            }
            languages.by_name.insert(None, code);
        }
        if languages.codes.is_empty() {
            languages.codes.push(unnamed.unwrap_or("vi").to_owned());
        }
        let known = languages.codes.clone();
        let place = |code: &String| {
            order.iter().position(|o| o == code).unwrap_or_else(|| order.len() + known.iter().position(|k| k == code).unwrap_or(0))
        };
        languages.codes.sort_by_key(place);
        languages
    }

    fn named(&mut self, name: &str, at: At, report: &mut Report) -> Option<String> {
        let key = Some(name.to_lowercase());
        if let Some(code) = self.by_name.get(&key) {
            return Some(code.clone());
        }
        let Some(code) = code_of(name) else {
            report.refuse(
                at,
                format!("the language {} is not known", shown(name)),
                "write its code of two or three letters behind it, for example English (en)",
            );
            return None;
        };
        if !self.codes.contains(&code) {
            self.codes.push(code.clone());
        }
        self.by_name.insert(key, code.clone());
        Some(code)
    }

    /// The code of a column's language.
    pub(super) fn code(&self, name: Option<&String>) -> Option<&str> {
        self.by_name.get(&name.map(|n| n.to_lowercase())).map(String::as_str)
    }
}

fn is_text(key: &str) -> bool {
    matches!(key, "label" | "hint" | "guidance_hint" | "constraint_message" | "required_message" | "sipas_unit" | "text")
}

/// The code that a name says: in brackets behind it, by the table, or the name is the code.
fn code_of(name: &str) -> Option<String> {
    let inner = name.trim().strip_suffix(')').and_then(|n| n.rsplit_once('(')).map(|(_, code)| code.trim());
    let plain = |code: &str| {
        let first = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        ((2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase())).then_some(first)
    };
    let lower = name.trim().to_lowercase();
    inner
        .and_then(plain)
        .or_else(|| NAMES.iter().find(|(n, _)| *n == lower).map(|(_, code)| (*code).to_owned()))
        .or_else(|| plain(name.trim()))
}

/// Whether texts without a language have letters that only Vietnamese has together.
fn has_vietnamese(table: &Table) -> bool {
    let special = |c: char| "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ".contains(c);
    table.lines().any(|l| l.all().any(|(h, t)| is_text(&h.key) && h.language.is_none() && t.to_lowercase().chars().any(special)))
}
