//! The course of an import: sheets, languages, names, lists, sections, and at the end the check that every questionnaire passes.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaires::format::{File, Texts, placed};
use crate::questionnaires::{self, Finding, Place, piping};

use super::super::workbook::{Limits, Unreadable, Workbook};
use super::choices::List;
use super::languages::Languages;
use super::settings::Settings;
use super::table::{Line, Table};
use super::types::{self, Type};
use super::{At, Imported, Options, Problem, Report, expressions, names, shown, table};

/// What a name of the form stands for here.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// A question with this code; the list it chooses from; whether it is a box to tick.
    Question { code: String, list: Option<String>, tick: bool },
    /// Something not taken; `today` can be said otherwise in an expression.
    Absent { today: bool },
}

/// All that is known while a form is read.
#[derive(Default)]
pub(super) struct Importer {
    pub(super) report: Report,
    pub(super) languages: Languages,
    /// Whether the form was written by this platform.
    pub(super) ours: bool,
    pub(super) lists: BTreeMap<String, List>,
    /// Name of a shared scale → list it is made of.
    pub(super) scales: BTreeMap<String, String>,
    /// How many questions choose from a list.
    pub(super) users: BTreeMap<String, usize>,
    pub(super) targets: BTreeMap<String, Target>,
    /// Where questions and sections stand: for what the check finds.
    pub(super) rows: BTreeMap<String, u32>,
    pub(super) section_rows: BTreeMap<String, u32>,
    /// Options copied into questions so far.
    pub(super) copied: usize,
    pub(super) introduction: Option<Texts>,
}

/// A row of `survey` that means something.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    pub(super) line: Line<'a>,
    pub(super) kind: Type,
    /// The name as a code.
    pub(super) code: String,
}

struct Sheets {
    survey: Table,
    choices: Table,
    settings: Table,
    own: Table,
    index: Table,
}

pub(super) fn import(bytes: &[u8], options: &Options) -> Result<Imported, Vec<Problem>> {
    let mut importer = Importer::default();
    let sheets = match importer.open(bytes) {
        Ok(sheets) => sheets,
        Err(unreadable) => return Err(vec![unreadable_problem(unreadable)]),
    };
    let Some(sheets) = sheets else { return Err(importer.report.problems) };
    let file = importer.file(&sheets, options);
    if !importer.report.problems.is_empty() {
        return Err(importer.report.problems);
    }
    match questionnaires::check(&file) {
        Ok(_) => Ok(Imported { file, warnings: importer.told() }),
        Err(findings) => Err(findings.into_iter().map(|f| importer.found(f, &sheets)).collect()),
    }
}

fn unreadable_problem(unreadable: Unreadable) -> Problem {
    At::sheet(unreadable.sheet.as_deref().unwrap_or_default()).problem(unreadable.what, unreadable.remedy)
}

impl Importer {
    fn open(&mut self, bytes: &[u8]) -> Result<Option<Sheets>, Unreadable> {
        let mut book = Workbook::open(bytes, Limits::default())?;
        let names = book.sheets();
        let mut found: BTreeMap<&'static str, String> = BTreeMap::new();
        for name in &names {
            let known = ["survey", "choices", "settings", "sipas", "sipas_index"].into_iter().find(|k| name.trim().eq_ignore_ascii_case(k));
            match known {
                Some(known) => {
                    if let Some(before) = found.insert(known, name.clone()) {
                        self.report.refuse(At::sheet(name), format!("there is a sheet {} as well", shown(&before)), "leave one of the two");
                    }
                }
                None if names.len() > 1 => {
                    self.report.warn(At::sheet(name), "the sheet is not read", "questions stand on survey, options on choices");
                }
                None => drop(found.insert("survey", name.clone())),
            }
        }
        if !found.contains_key("survey") {
            let what = if names.is_empty() { "the workbook has no sheet" } else { "there is no sheet named survey" };
            self.report.refuse(At::default(), what, "put the questions on a sheet named survey with the columns type, name and label");
            return Ok(None);
        }
        let mut read = |key: &str, columns: fn(&str) -> Option<&'static str>, report: &mut Report| match found.get(key) {
            Some(name) => book.sheet(name).map(|sheet| Table::new(sheet, columns, report)),
            None => Ok(Table { name: key.to_owned(), ..Table::default() }),
        };
        Ok(Some(Sheets {
            survey: read("survey", table::survey_column, &mut self.report)?,
            choices: read("choices", table::choices_column, &mut self.report)?,
            settings: read("settings", table::settings_column, &mut self.report)?,
            own: read("sipas", table::settings_column, &mut self.report)?,
            index: read("sipas_index", table::settings_column, &mut self.report)?,
        }))
    }

    fn file(&mut self, sheets: &Sheets, options: &Options) -> File {
        let settings = Settings::of(&sheets.settings, &sheets.own, self);
        self.ours = settings.ours;
        let default = settings.default_language.as_ref().map(|(name, at)| (name.as_str(), at.clone()));
        let tables = [&sheets.survey, &sheets.choices, &sheets.own, &sheets.index];
        self.languages = Languages::of(&tables, default, &settings.languages, options.language.as_deref(), &mut self.report);
        self.unknown_columns(&sheets.survey);
        let items = self.items(&sheets.survey);
        self.read_lists(&sheets.choices);
        self.find_scales();
        let head = self.head(settings, &sheets.own, options);
        let sections = self.sections(&items, &head.title);
        self.unused_lists(&sheets.choices);
        let index = self.index(&sheets.own, &sheets.index);
        let scales = self.scales.iter().filter_map(|(name, list)| Some((name.clone(), self.lists.get(list)?.as_scale()))).collect();
        let introduction = self.introduction_or_default();
        File {
            format: 1,
            code: placed(head.code),
            version: placed(head.version),
            title: placed(head.title),
            source: head.source,
            languages: self.languages.codes.iter().cloned().map(placed).collect(),
            introduction,
            seconds: head.seconds,
            scales,
            sections,
            index,
        }
    }

    /// The rows that mean something, with their names made into codes.
    fn items<'a>(&mut self, survey: &'a Table) -> Vec<Item<'a>> {
        let mut items = Vec::new();
        for needed in ["type", "name"] {
            if !survey.has(needed) {
                let at = At { row: Some(1), ..At::sheet(&survey.name) };
                self.report.refuse(at, format!("there is no column {needed}"), "the sheet needs the columns type, name and label");
            }
        }
        if !self.report.problems.is_empty() {
            return items;
        }
        let mut origins: BTreeMap<String, (String, u32)> = BTreeMap::new();
        for line in survey.lines() {
            if line.get("disabled").is_some_and(|d| truth(d) == Some(true)) {
                self.report.warn(
                    line.at("disabled"),
                    "the row is disabled and is left out",
                    "delete the row, or its mark, if that is not what is meant",
                );
                continue;
            }
            let Some(cell) = line.get("type") else {
                let cells: Vec<_> = line.all().filter(|(h, _)| table::survey_column(&h.key).is_some()).collect();
                if let Some((header, text)) = cells.first() {
                    self.report.refuse(
                        line.at_header(header),
                        format!("{} stands in a row without a type", shown(text)),
                        "write the type, or empty the row",
                    );
                }
                continue;
            };
            let Some(kind) = types::parse(cell) else {
                self.report.refuse(
                    line.at("type"),
                    format!("the type {} is not known", shown(cell)),
                    "use one of those in docs/XLSFORM.md",
                );
                continue;
            };
            if let Some(item) = self.item(line, kind, &mut origins) {
                items.push(item);
            }
        }
        items
    }

    fn item<'a>(&mut self, line: Line<'a>, kind: Type, origins: &mut BTreeMap<String, (String, u32)>) -> Option<Item<'a>> {
        let cell = line.get("type").unwrap_or_default();
        let name = line.get("name");
        match kind {
            Type::Refused(instead) => {
                self.report.refuse(line.at("type"), format!("the type {} is not supported", shown(cell)), instead);
                if let Some(name) = name {
                    self.targets.entry(name.to_owned()).or_insert(Target::Absent { today: false });
                }
                return None;
            }
            Type::Left(instead) => {
                self.report.warn(line.at("type"), format!("{} is left out", shown(cell)), instead);
                if let Some(name) = name {
                    let today = cell.eq_ignore_ascii_case("today");
                    self.targets.entry(name.to_owned()).or_insert(Target::Absent { today });
                }
                return None;
            }
            Type::End => return Some(Item { line, kind, code: String::new() }),
            _ => {}
        }
        let Some(name) = name else {
            let what = if kind == Type::Begin { "the group has no name" } else { "the question has no name" };
            self.report.refuse(line.at("name"), what, "write a name of small letters, digits and _");
            // A group stays one, so that its end is not left over.
            return (kind == Type::Begin).then(|| Item { line, kind, code: "group".into() });
        };
        let code = line.get("sipas_code").map_or_else(|| names::code(name, '_'), str::to_owned);
        if code != name && line.get("sipas_code").is_none() {
            self.report.warn(
                line.at("name"),
                format!("the name {} is no code here and becomes {code}, also in all expressions", shown(name)),
                "use small letters without accents, digits and _, a letter first",
            );
        }
        let group = kind == Type::Begin;
        if !group || line.get("sipas_kind") == Some("matrix") {
            if let Some((other, row)) = origins.insert(code.clone(), (name.to_owned(), line.row.number)) {
                let what = if other == name {
                    format!("the name {} is there twice: row {row} has it too", shown(name))
                } else {
                    format!("the names {} and {} (row {row}) become the same code {code}", shown(name), shown(&other))
                };
                self.report.refuse(line.at("name"), what, "give each question its own name");
            }
            self.rows.insert(code.clone(), line.row.number);
        }
        let list = match &kind {
            Type::Select { list, other, .. } => {
                if *other {
                    let target = Target::Question { code: format!("{code}_other"), list: None, tick: false };
                    self.targets.entry(format!("{name}_other")).or_insert(target);
                } else {
                    *self.users.entry(list.clone()).or_default() += 1;
                }
                Some(list.clone())
            }
            Type::Rank { list } => {
                *self.users.entry(list.clone()).or_default() += 1;
                Some(list.clone())
            }
            _ => None,
        };
        if !group {
            self.targets.insert(name.to_owned(), Target::Question { code: code.clone(), list, tick: kind == Type::Acknowledge });
        }
        Some(Item { line, kind, code })
    }

    /// Columns of `survey` that mean nothing here, each told once.
    fn unknown_columns(&mut self, survey: &Table) {
        for (position, header) in survey.headers.iter().enumerate() {
            if table::survey_column(&header.key).is_none() {
                let cells = survey.lines().filter(|l| l.cells(&header.key).next().is_some()).count();
                if cells > 0 {
                    let what = format!("the column is not one that is taken; its {cells} cells are left out");
                    self.report.warn(survey.at(None, Some(position)), what, "docs/XLSFORM.md lists the columns");
                }
            }
        }
    }

    /// Which lists are scales that several questions share.
    fn find_scales(&mut self) {
        for (name, list) in &self.lists {
            let shared = self.users.get(name).copied().unwrap_or(0) > 1 && list.implied.is_empty() && !self.ours;
            if let Some(scale) = list.scale.clone().or_else(|| shared.then(|| name.clone())) {
                self.scales.insert(scale, name.clone());
            }
        }
    }

    fn unused_lists(&mut self, choices: &Table) {
        let scales: BTreeSet<&String> = self.scales.values().collect();
        let unused: Vec<(String, u32)> = self
            .lists
            .iter()
            .filter(|(name, list)| !scales.contains(name) && list.implied.is_empty() && !self.users.contains_key(*name))
            .filter(|(name, _)| !self.targets.values().any(|t| matches!(t, Target::Question { list: Some(l), .. } if l == *name)))
            .map(|(name, list)| (name.clone(), list.row))
            .collect();
        for (name, row) in unused {
            let at = choices.at(Some(row), None);
            self.report.warn(
                at,
                format!("no question chooses from the list {}; it is left out", shown(&name)),
                "name it in the type of a question",
            );
        }
    }

    /// Texts of a column in all languages; none when the cells are blank. A missing translation is filled in and told.
    pub(super) fn texts(&mut self, line: Line<'_>, key: &str) -> Option<BTreeMap<String, String>> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for (header, cell) in line.cells(key) {
            let Some(language) = self.languages.code(header.language.as_ref()).map(str::to_owned) else { continue };
            let text = self.text(line, header, if self.ours { cell } else { cell.trim() });
            if texts.insert(language.clone(), text).is_some() {
                let what = format!("there are two texts in {language}: this column names a language that another one means, too");
                self.report.refuse(line.at_header(header), what, "write each language once, with its code behind its name");
            }
        }
        let (from, text) = self.languages.codes.iter().find_map(|l| texts.get(l).map(|t| (l.clone(), t.clone())))?;
        let missing: Vec<String> = self.languages.codes.iter().filter(|l| !texts.contains_key(*l)).cloned().collect();
        if !missing.is_empty() {
            let what = format!("{key} has no text in {}; the one in {from} stands there instead", missing.join(", "));
            self.report.warn(line.at(key), what, "translate it");
            texts.extend(missing.into_iter().map(|l| (l, text.clone())));
        }
        Some(texts)
    }

    /// One text, its `${…}` named anew.
    fn text(&mut self, line: Line<'_>, header: &table::Header, text: &str) -> String {
        if has_markup(text) && !self.ours {
            let what = format!("{} looks like HTML or Markdown; it is shown as it is written, as plain text", shown(text));
            self.report.warn(line.at_header(header), what, "write plain words");
        }
        for name in piping::references(text) {
            self.must_exist(&name, line.at_header(header), true);
        }
        let targets = &self.targets;
        piping::rewrite(text, &|name| match targets.get(name) {
            Some(Target::Question { code, .. }) if code != name => Some(format!("${{{code}}}")),
            _ => None,
        })
    }

    /// An expression of a column, with our names; none when the cell is blank. `list` is what the question itself chooses from.
    pub(super) fn expression(&mut self, line: Line<'_>, key: &str, list: Option<&str>) -> Option<String> {
        let source = line.exact(key).filter(|t| !t.trim().is_empty())?;
        let source = if self.ours { source } else { source.trim() };
        let at = line.at(key);
        let mut lists: Vec<&str> = list.into_iter().collect();
        let mut tick = false;
        for name in expressions::references(source) {
            self.must_exist(&name, at.clone(), false);
        }
        for name in expressions::references(source) {
            if let Some(Target::Question { list, tick: t, .. }) = self.targets.get(&name) {
                lists.extend(list.as_deref());
                tick |= t;
            }
        }
        let changed = lists.iter().filter_map(|l| self.lists.get(*l)).map(|l| &l.changed);
        let literals: BTreeMap<&str, &str> = changed.flatten().map(|(old, new)| (old.as_str(), new.as_str())).collect();
        let reference = |name: &str| match self.targets.get(name) {
            Some(Target::Question { code, .. }) if code != name => Some(format!("${{{code}}}")),
            Some(Target::Absent { today: true }) => Some("today()".to_owned()),
            _ => None,
        };
        // A ticked box is OK there and yes here.
        let literal = |text: &str| if tick && text == "OK" { Some("yes".to_owned()) } else { literals.get(text).map(|t| (*t).to_owned()) };
        Some(expressions::rewrite(source, &reference, &literal))
    }

    fn must_exist(&mut self, name: &str, at: At, text: bool) {
        match self.targets.get(name) {
            Some(Target::Question { .. }) => {}
            Some(Target::Absent { today: true }) if !text => {}
            Some(Target::Absent { .. }) => self.report.refuse(
                at,
                format!("this names {}, which is not taken from the form", shown(&format!("${{{name}}}"))),
                "leave it out, or name a question",
            ),
            None => self.report.refuse(
                at,
                format!("this names {}, which is no question of the form", shown(&format!("${{{name}}}"))),
                "name a question",
            ),
        }
    }

    pub(super) fn in_all_languages(&self, text: &str) -> BTreeMap<String, String> {
        self.languages.codes.iter().map(|l| (l.clone(), text.to_owned())).collect()
    }

    fn introduction_or_default(&mut self) -> Texts {
        if let Some(texts) = self.introduction.take() {
            return texts;
        }
        let what = "the form has no introduction; a plain sentence is put in its place";
        self.report.warn(At::default(), what, "write who asks, why, how long it takes and what happens with the answers");
        let sentence = |language: &str| match language {
            "vi" => "Kính mời Ông/Bà trả lời các câu hỏi dưới đây.",
            _ => "Please answer the questions below.",
        };
        placed(self.languages.codes.iter().map(|l| (l.clone(), sentence(l).to_owned())).collect())
    }

    /// What the check found, at the place in the workbook.
    fn found(&self, finding: Finding, sheets: &Sheets) -> Problem {
        let line = |row: Option<&u32>| {
            let row = row.copied()?;
            sheets.survey.lines().find(|l| l.row.number == row).map(|l| l.at(finding.key.unwrap_or("name")))
        };
        let at = match &finding.place {
            Place::Question(code) => line(self.rows.get(code).or_else(|| code.strip_suffix("_other").and_then(|c| self.rows.get(c)))),
            Place::Section(code) => line(self.section_rows.get(code)),
            Place::Scale(scale) => self.scales.get(scale).and_then(|l| self.lists.get(l)).map(|l| sheets.choices.at(Some(l.row), None)),
            Place::Index => Some(At::sheet("sipas_index")),
            Place::Form => None,
        };
        at.unwrap_or_default().problem(finding.message, finding.hint)
    }

    fn told(&mut self) -> Vec<Problem> {
        let mut warnings = std::mem::take(&mut self.report.warnings);
        if self.report.untold > 0 {
            let more = format!("there are {} more warnings of this kind", self.report.untold);
            warnings.push(At::default().problem(more, "mend those above first and import again".into()));
        }
        warnings
    }
}

/// Whether a text has what other tools would show as bold, links and the like.
fn has_markup(text: &str) -> bool {
    let tag = text
        .match_indices('<')
        .any(|(at, _)| text.get(at + 1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')));
    tag || text.contains("**") || text.contains("__") || text.lines().any(|l| l.starts_with('#')) || text.contains("](")
}

/// Yes and no as spreadsheets write them; none for anything else.
pub(super) fn truth(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "yes" | "true" | "true()" | "1" => Some(true),
        "no" | "false" | "false()" | "0" => Some(false),
        _ => None,
    }
}
