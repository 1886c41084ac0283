//! Groups: those at the top are sections, tables are matrices, all others are taken apart with their condition kept.

use std::collections::BTreeMap;

use crate::questionnaires::format::{Item as MatrixItem, Question, QuestionType, Section, placed};

use super::importer::{Importer, Item, truth};
use super::table::Line;
use super::types::Type;
use super::{At, expressions, shown};

/// Groups within groups; more is a mistake or an attack.
const DEEPEST: usize = 20;

enum Node<'a> {
    Question(&'a Item<'a>),
    Group(Group<'a>),
}

struct Group<'a> {
    item: &'a Item<'a>,
    nodes: Vec<Node<'a>>,
}

impl Group<'_> {
    fn has_appearance(&self, word: &str) -> bool {
        appears(self.item.line, word)
    }
}

fn appears(line: Line<'_>, word: &str) -> bool {
    line.get("appearance").is_some_and(|a| a.split_whitespace().any(|w| w.eq_ignore_ascii_case(word)))
}

impl Importer {
    /// The sections of the form; questions outside of any group get sections of their own, titled as the form.
    pub(super) fn sections<'a>(&mut self, items: &'a [Item<'a>], title: &BTreeMap<String, String>) -> Vec<Section> {
        let nodes = self.tree(items);
        let mut sections: Vec<Section> = Vec::new();
        let mut open = false;
        for node in nodes {
            match node {
                Node::Group(group) if !group.has_appearance("table-list") => {
                    open = false;
                    let section = self.section(&group, &sections);
                    sections.push(section);
                }
                Node::Question(item) if self.is_introduction(item) => {
                    self.introduction = self.texts(item.line, "label").map(placed);
                }
                loose => {
                    if !open {
                        let mut number = sections.len() + 1;
                        while sections.iter().any(|s| s.code.value == format!("page_{number}")) {
                            number += 1;
                        }
                        sections.push(empty(&format!("page_{number}"), title.clone()));
                        open = true;
                    }
                    let mut questions = Vec::new();
                    self.node(&loose, None, &mut questions);
                    if let Some(section) = sections.last_mut() {
                        section.questions.extend(questions);
                    }
                }
            }
        }
        sections
    }

    fn is_introduction(&self, item: &Item<'_>) -> bool {
        self.ours && item.kind == Type::Note && item.line.get("sipas_kind") == Some("introduction") && self.introduction.is_none()
    }

    /// The rows with groups as branches.
    fn tree<'a>(&mut self, items: &'a [Item<'a>]) -> Vec<Node<'a>> {
        let mut top: Vec<Node<'a>> = Vec::new();
        let mut open: Vec<Group<'a>> = Vec::new();
        for item in items {
            match item.kind {
                Type::Begin => {
                    if open.len() >= DEEPEST {
                        self.report.refuse(
                            item.line.at("type"),
                            format!("groups stand more than {DEEPEST} deep in each other"),
                            "use fewer levels",
                        );
                        return top;
                    }
                    open.push(Group { item, nodes: Vec::new() });
                }
                Type::End => match open.pop() {
                    Some(group) => open.last_mut().map_or(&mut top, |g| &mut g.nodes).push(Node::Group(group)),
                    None => self.report.refuse(
                        item.line.at("type"),
                        "no group is open that could end here",
                        "delete the row, or write its begin_group",
                    ),
                },
                _ => open.last_mut().map_or(&mut top, |g| &mut g.nodes).push(Node::Question(item)),
            }
        }
        for group in open {
            self.report.refuse(group.item.line.at("type"), "the group does not end", "write end_group where it ends");
        }
        top
    }

    fn section(&mut self, group: &Group<'_>, before: &[Section]) -> Section {
        let line = group.item.line;
        let title = self.title_of(group);
        let mut section = empty(&group.item.code, title);
        self.section_rows.insert(group.item.code.clone(), line.row.number);
        if before.iter().any(|s| s.code.value == group.item.code) {
            self.report.refuse(
                line.at("name"),
                format!("the group {} is there twice", shown(&group.item.code)),
                "give each group its own name",
            );
        }
        section.relevant = self.expression(line, "relevant", None).map(placed);
        section.shuffle = line.get("sipas_shuffle").and_then(truth) == Some(true);
        self.group_columns(group);
        let hint = self.texts(line, "hint");
        section.note = hint.map(placed);
        let mut nodes = group.nodes.as_slice();
        if let Some((Node::Question(first), rest)) = nodes.split_first()
            && first.kind == Type::Note
            && first.line.get("sipas_kind") == Some("section_note")
        {
            section.note = self.texts(first.line, "label").map(placed);
            nodes = rest;
        }
        self.nodes(nodes, None, &mut section.questions);
        section
    }

    fn title_of(&mut self, group: &Group<'_>) -> BTreeMap<String, String> {
        let line = group.item.line;
        if let Some(texts) = self.texts(line, "label") {
            return texts;
        }
        if self.ours {
            return BTreeMap::new();
        }
        let name = line.get("name").unwrap_or_default();
        self.report.warn(line.at("label"), "the group has no label; its name is the heading of the page", "write a label");
        self.in_all_languages(name)
    }

    /// Columns of a group's row that are not taken.
    fn group_columns(&mut self, group: &Group<'_>) {
        let line = group.item.line;
        for word in line.get("appearance").unwrap_or_default().split_whitespace() {
            if !["field-list", "table-list"].contains(&word.to_lowercase().as_str()) {
                self.report.warn(
                    line.at("appearance"),
                    format!("the appearance {} is left out", shown(word)),
                    "docs/XLSFORM.md lists those that have a counterpart",
                );
            }
        }
        self.left_over(line, &Type::Begin);
    }

    /// The nodes of a group in order; `label` and `list-nolabel` rows become a matrix.
    fn nodes(&mut self, nodes: &[Node<'_>], outer: Option<&str>, into: &mut Vec<Question>) {
        let mut rest = nodes;
        while let Some((node, after)) = rest.split_first() {
            rest = after;
            let Node::Question(head) = node else {
                self.node(node, outer, into);
                continue;
            };
            if !appears(head.line, "label") {
                self.node(node, outer, into);
                continue;
            }
            let listed = |n: &&Node<'_>| matches!(n, Node::Question(i) if appears(i.line, "list-nolabel") && list_of(i) == list_of(head));
            let count = after.iter().take_while(listed).count();
            let (rows, later) = after.split_at(count.min(after.len()));
            rest = later;
            let items: Vec<&Item<'_>> = rows.iter().filter_map(|n| if let Node::Question(i) = n { Some(*i) } else { None }).collect();
            self.report.warn(
                head.line.at("appearance"),
                "this row only shows the options above a table; it is not asked",
                "answers to it are not expected",
            );
            self.table(head, &items, outer, into);
        }
    }

    fn node(&mut self, node: &Node<'_>, outer: Option<&str>, into: &mut Vec<Question>) {
        match node {
            Node::Question(item) if item.line.get("sipas_kind") == Some("specify") => self.specify(item, outer, into),
            Node::Question(item) => into.extend(self.question(item, outer)),
            Node::Group(group) if group.has_appearance("table-list") => {
                let items: Vec<&Item<'_>> =
                    group.nodes.iter().filter_map(|n| if let Node::Question(i) = n { Some(*i) } else { None }).collect();
                self.group_columns(group);
                if items.len() < group.nodes.len() {
                    let what = "there is a group within the table; its questions are asked one by one";
                    self.report.warn(group.item.line.at("appearance"), what, "put only questions with the same options into a table");
                    self.apart(group, outer, into);
                } else {
                    self.table(group.item, &items, outer, into);
                }
            }
            Node::Group(group) => {
                self.group_columns(group);
                self.apart(group, outer, into);
            }
        }
    }

    /// A group within a section: its label becomes a note, its condition that of each of its questions.
    fn apart(&mut self, group: &Group<'_>, outer: Option<&str>, into: &mut Vec<Question>) {
        let line = group.item.line;
        let own = self.expression(line, "relevant", None);
        let relevant = expressions::both(outer, own.as_deref());
        self.heading(group.item, relevant.as_deref(), into);
        self.nodes(&group.nodes, relevant.as_deref(), into);
    }

    fn heading(&mut self, item: &Item<'_>, relevant: Option<&str>, into: &mut Vec<Question>) {
        let Some(texts) = self.texts(item.line, "label") else { return };
        let code = &item.code;
        if self.rows.contains_key(code) && item.kind == Type::Begin {
            let what = format!("the group {} has the name of a question", shown(code));
            self.report.refuse(item.line.at("name"), what, "give the group its own name");
            return;
        }
        self.report.warn(
            item.line.at("label"),
            "the group stands within another; its label becomes a note above its questions",
            "a page has no further levels",
        );
        self.rows.insert(code.clone(), item.line.row.number);
        let mut note = Question::new(code, QuestionType::Note, texts);
        note.hint = self.texts(item.line, "hint").map(placed);
        note.relevant = relevant.map(|r| placed(r.to_owned()));
        into.push(note);
    }

    /// Questions that share their options as a matrix; one by one when they differ in more than that.
    fn table(&mut self, head: &Item<'_>, items: &[&Item<'_>], outer: Option<&str>, into: &mut Vec<Question>) {
        let own = self.expression(head.line, "relevant", None);
        let relevant = expressions::both(outer, own.as_deref());
        let list = items.first().and_then(|i| list_of(i));
        if let Some(why) = self.no_matrix(items) {
            self.report.warn(
                head.line.at("appearance"),
                format!("the questions are asked one by one, not as a table: {why}"),
                "docs/XLSFORM.md says what a table can be",
            );
            self.heading(head, relevant.as_deref(), into);
            for item in items {
                into.extend(self.question(item, relevant.as_deref()));
            }
            return;
        }
        let text = self.texts(head.line, "label").unwrap_or_default();
        if text.is_empty() && !self.ours {
            self.report.refuse(head.line.at("label"), "the table has no label", "write what is asked about all its rows");
        }
        if let Some(before) = self.rows.insert(head.code.clone(), head.line.row.number).filter(|row| *row != head.line.row.number) {
            let what = format!("the table has the name of row {before}");
            self.report.refuse(head.line.at("name"), what, "give the table its own name");
        }
        let mut matrix = Question::new(&head.code, QuestionType::Matrix, text);
        matrix.hint = self.texts(head.line, "hint").map(placed);
        matrix.relevant = relevant.map(placed);
        matrix.shuffle = head.line.get("sipas_shuffle").and_then(truth) == Some(true);
        matrix.role = self.role(head.line);
        matrix.scale = list.and_then(|name| self.make_scale(name)).map(placed);
        for item in items {
            let Some(row) = self.question(item, None) else { continue };
            matrix.required |= row.required;
            matrix.items.push(MatrixItem { code: row.code, text: row.text, hint: row.hint, relevant: row.relevant });
        }
        if let Some(word) = head.line.get("sipas_appearance") {
            match serde_json::from_value(serde_json::Value::String(word.to_owned())) {
                Ok(appearance) => matrix.appearance = appearance,
                Err(_) => self.report.refuse(
                    head.line.at("sipas_appearance"),
                    format!("{} is no appearance", shown(word)),
                    "use rows, plain, stars, numbers or list",
                ),
            }
        }
        into.push(matrix);
    }

    /// Why these questions cannot be the rows of one matrix.
    fn no_matrix(&self, items: &[&Item<'_>]) -> Option<&'static str> {
        let first = items.first()?;
        if items.iter().any(|i| !matches!(i.kind, Type::Select { several: false, other: false, .. })) {
            return Some("not all of them take one answer of a list");
        }
        if items.iter().any(|i| list_of(i) != list_of(first)) {
            return Some("they do not share one list");
        }
        if list_of(first).and_then(|l| self.lists.get(l)).is_none_or(|l| l.options.len() < 2) {
            return Some("the list has fewer than two options");
        }
        let required = |i: &Item<'_>| i.line.get("required").and_then(truth).unwrap_or(false);
        if items.iter().any(|i| required(i) != required(first)) {
            return Some("some are required and some are not");
        }
        let more = |i: &Item<'_>| ["constraint", "choice_filter", "parameters", "sipas_role"].iter().any(|key| i.line.get(key).is_some());
        items.iter().any(|i| more(i)).then_some("one of them has a constraint, a filter, parameters or a role")
    }

    /// The list as a shared scale, made one if it was none.
    fn make_scale(&mut self, name: &str) -> Option<String> {
        let list = self.lists.get(name)?;
        if let Some(scale) = self.scale_name(name, list) {
            return Some(scale);
        }
        let scale = list.scale.clone().unwrap_or_else(|| name.to_owned());
        if self.scales.contains_key(&scale) {
            self.report.refuse(At::sheet("choices"), format!("two lists are the scale {}", shown(&scale)), "give each list its own name");
        }
        self.scales.insert(scale.clone(), name.to_owned());
        Some(scale)
    }

    /// The question that our export writes for an option with `specify`. The option brings it by itself; if somebody has taken the role from the
    /// option, the row is a question like others.
    fn specify(&mut self, item: &Item<'_>, outer: Option<&str>, into: &mut Vec<Question>) {
        let asking = item.code.strip_suffix("_other").and_then(|code| into.iter().rev().find(|q| q.code.value == code));
        let shared = asking.and_then(|q| q.scale.as_ref()).and_then(|s| self.scales.get(&s.value)).and_then(|l| self.lists.get(l));
        let options = asking.map(|q| q.options.as_slice()).into_iter().flatten().chain(shared.iter().flat_map(|l| &l.options));
        let Some(text) = options.filter(|o| o.specify).map(|o| o.text.value.clone()).next() else {
            into.extend(self.question(item, outer));
            return;
        };
        if self.texts(item.line, "label").is_some_and(|label| label != text) {
            let what = "the question has the label of its option, so this label is left out";
            self.report.warn(item.line.at("label"), what, "change the option on the sheet choices");
        }
    }
}

fn empty(code: &str, title: BTreeMap<String, String>) -> Section {
    Section { code: placed(code.to_owned()), title: placed(title), note: None, relevant: None, shuffle: false, questions: Vec::new() }
}

fn list_of<'a>(item: &'a Item<'_>) -> Option<&'a str> {
    match &item.kind {
        Type::Select { list, .. } | Type::Rank { list } => Some(list),
        _ => None,
    }
}
