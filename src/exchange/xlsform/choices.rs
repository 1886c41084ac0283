//! The sheet `choices`: lists of options.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaires::format::{Choice, Scale, placed};

use super::importer::Importer;
use super::table::{Line, Table};
use super::{names, shown};

/// A list as read.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    /// Name of the shared scale it is, when the form says so.
    pub(super) scale: Option<String>,
    pub(super) options: Vec<Choice>,
    pub(super) not_applicable: Option<Choice>,
    pub(super) refused: Option<Choice>,
    /// Options that our type of question implies: not written in our file.
    pub(super) implied: Vec<Choice>,
    /// Names that are no codes here → the codes made of them.
    pub(super) changed: BTreeMap<String, String>,
    /// Row of its first option.
    pub(super) row: u32,
}

impl List {
    pub(super) fn as_scale(&self) -> Scale {
        Scale { options: self.options.clone(), not_applicable: self.not_applicable.clone(), refused: self.refused.clone() }
    }

    pub(super) fn exclusive(&self) -> Vec<String> {
        self.options.iter().filter(|c| c.exclusive).map(|c| c.code.value.clone()).collect()
    }
}

/// Names that a column of the sheet has for itself, so that an attribute of this name needs a prefix.
const TAKEN: &[&str] = &[
    "list_name",
    "list name",
    "name",
    "label",
    "image",
    "big-image",
    "audio",
    "video",
    "media",
    "caption",
    "value",
    "hint",
    "itemset",
    "sms_option",
];

/// What stands before the name of an attribute that a column cannot have.
pub(super) const PREFIX: &str = "sipas_attribute_";

/// The head of an attribute's column.
pub(super) fn attribute_header(name: &str) -> String {
    let lower = name.to_lowercase();
    if TAKEN.contains(&lower.as_str()) || lower.starts_with("sipas_") || !names::is_attribute(name) {
        format!("{PREFIX}{name}")
    } else {
        name.to_owned()
    }
}

impl Importer {
    pub(super) fn read_lists(&mut self, table: &Table) {
        let attributes = self.attribute_columns(table);
        // Options whose name changes: other options may name them in an attribute.
        let mut changed: BTreeMap<String, String> = BTreeMap::new();
        for line in table.lines() {
            if let Some(name) = line.get("name") {
                let code = names::option_code(name);
                if code != name {
                    changed.insert(name.to_owned(), code);
                }
            }
        }
        for line in table.lines() {
            if line.all().all(|(h, _)| !matches!(h.key.as_str(), "list_name" | "name" | "label")) {
                continue;
            }
            let Some(list) = line.get("list_name") else {
                self.report.refuse(line.at("list_name"), "the option belongs to no list", "write the list's name");
                continue;
            };
            self.option(list, line, &attributes, &changed);
        }
    }

    /// The columns that are attributes: header position → name.
    fn attribute_columns(&mut self, table: &Table) -> BTreeMap<u32, String> {
        let mut attributes = BTreeMap::new();
        for (position, header) in table.headers.iter().enumerate() {
            if super::table::choices_column(&header.key).is_some() {
                continue;
            }
            let name = header.written.strip_prefix(PREFIX).unwrap_or(&header.written);
            if names::is_attribute(name) && name != "name" && name != "label" {
                attributes.insert(header.column, name.to_owned());
            } else if table.lines().any(|l| l.cells(&header.key).next().is_some()) {
                let what = format!("{} cannot be the name of an attribute; the column is left out", shown(&header.written));
                self.report.warn(table.at(None, Some(position)), what, "use letters, digits and _ if a choice_filter shall ask for it");
            }
        }
        attributes
    }

    fn option(&mut self, list_name: &str, line: Line<'_>, attributes: &BTreeMap<u32, String>, changed: &BTreeMap<String, String>) {
        const MOST_OPTIONS: usize = 250;
        let Some(name) = line.get("name") else {
            self.report.refuse(line.at("name"), "the option has no name", "write the code that is stored");
            return;
        };
        let code = names::option_code(name);
        if code != name {
            let what = format!("the option's name {} is no code here and becomes {code}, also in all expressions", shown(name));
            self.report.warn(line.at("name"), what, "use letters without accents, digits, _ and -");
        }
        let roles: BTreeSet<&str> = line.get("sipas_role").unwrap_or_default().split_whitespace().collect();
        if let Some(unknown) = roles.iter().find(|r| !["na", "refused", "specify", "exclusive", "implied"].contains(*r)) {
            self.report.refuse(
                line.at("sipas_role"),
                format!("{} is no role of an option", shown(unknown)),
                "use na, refused, specify or exclusive",
            );
        }
        let mut text = self.texts(line, "label").unwrap_or_default();
        if text.is_empty() && !roles.contains("implied") && !self.ours {
            self.report.warn(line.at("label"), "the option has no label; its name is shown instead", "write a label");
            text = self.in_all_languages(name);
        }
        let choice = Choice {
            code: placed(code.clone()),
            text: placed(text),
            specify: roles.contains("specify"),
            exclusive: roles.contains("exclusive"),
            attributes: self.attributes(line, attributes, changed),
        };
        self.media(line);
        let list = self.lists.entry(list_name.to_owned()).or_insert_with(|| List { row: line.row.number, ..List::default() });
        if let Some(scale) = line.exact("sipas_scale") {
            list.scale = Some(scale.to_owned());
        }
        let same = |c: &Choice| c.code.value == code;
        let twice = list.options.iter().chain(&list.not_applicable).chain(&list.refused).chain(&list.implied).any(same);
        if code != name {
            list.changed.insert(name.to_owned(), code.clone());
        }
        let full = list.options.len() >= MOST_OPTIONS;
        if twice {
            let what = format!("the list {} has the option {} twice", shown(list_name), shown(&code));
            self.report.refuse(line.at("name"), what, "give each option of a list its own name");
        } else if full {
            let what = format!("the list {} has more than {MOST_OPTIONS} options", shown(list_name));
            self.report.refuse(line.at("name"), what, "split the list, for example by an earlier question");
        } else if roles.contains("implied") {
            list.implied.push(choice);
        } else if roles.contains("na") && list.not_applicable.is_none() {
            list.not_applicable = Some(choice);
        } else if roles.contains("refused") && list.refused.is_none() {
            list.refused = Some(choice);
        } else if roles.contains("na") || roles.contains("refused") {
            self.report.refuse(line.at("sipas_role"), "the list has this role twice", "leave one of the two");
        } else {
            list.options.push(choice);
        }
    }

    fn attributes(
        &mut self,
        line: Line<'_>,
        columns: &BTreeMap<u32, String>,
        changed: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::new();
        for (header, text) in line.all() {
            let Some(name) = columns.get(&header.column) else { continue };
            let value = if self.ours { text } else { text.trim() };
            let value = match changed.get(value.trim()) {
                Some(new) => {
                    let what = format!("the value {} is the name of an option that becomes {new}; it becomes {new} too", shown(value));
                    self.report.warn(line.at_header(header), what, "use letters without accents, digits, _ and -");
                    new.clone()
                }
                None => value.to_owned(),
            };
            attributes.insert(name.clone(), value);
        }
        for blank in line.get("sipas_blank").unwrap_or_default().split_whitespace() {
            attributes.entry(blank.to_owned()).or_default();
        }
        attributes
    }

    /// Pictures and sounds, which no text stands for.
    pub(super) fn media(&mut self, line: Line<'_>) {
        for key in ["image", "big-image", "audio", "video"] {
            for (header, text) in line.cells(key) {
                self.report.warn(
                    line.at_header(header),
                    format!("the file {} is left out: forms have texts only", shown(text)),
                    "say in the label what it shows",
                );
            }
        }
    }
}
