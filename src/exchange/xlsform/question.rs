//! One row of `survey` as a question.

use std::collections::BTreeMap;

use crate::questionnaires::format::{Appearance, Choice, Question, QuestionRole, QuestionType, placed};

use super::choices::List;
use super::importer::{Importer, Item, truth};
use super::table::Line;
use super::types::Type;
use super::{derived, expressions, shown};

/// Options copied into questions, all together: a hostile form could let each of thousands of questions copy a long list.
const MOST_COPIED: usize = 50_000;

impl Importer {
    /// The question of a row; `outer` is the condition of the groups around it that are no section.
    pub(super) fn question(&mut self, item: &Item<'_>, outer: Option<&str>) -> Option<Question> {
        let line = item.line;
        let kind = self.kind(item)?;
        let text = self.label(item, kind);
        let mut q = Question::new(&item.code, kind, text);
        q.hint = self.texts(line, "hint").map(placed);
        q.required = self.required(line, kind);
        let own = self.expression(line, "relevant", None);
        q.relevant = expressions::both(outer, own.as_deref()).map(placed);
        let mut exclusive = Vec::new();
        match &item.kind {
            Type::Select { list, other, .. } => exclusive = self.options(&mut q, line, list, *other),
            Type::Rank { list } => exclusive = self.options(&mut q, line, list, false),
            Type::Calculate => self.calculation(&mut q, line),
            Type::Integer | Type::Decimal | Type::Range => self.number(&mut q, item),
            _ => {}
        }
        self.particulars(&mut q, line);
        self.parameters(&mut q, item);
        self.appearance(&mut q, line);
        let list = match &item.kind {
            Type::Select { list, .. } | Type::Rank { list } => Some(list.as_str()),
            _ => None,
        };
        q.choice_filter = self.filter(line, list).map(placed);
        self.constraint(&mut q, line, list, &exclusive);
        self.left_over(line, &item.kind);
        Some(q)
    }

    /// The filter of a question's options. A word that is no column of `choices` would never hold, so it is told.
    fn filter(&mut self, line: Line<'_>, list: Option<&str>) -> Option<String> {
        let source = self.expression(line, "choice_filter", list)?;
        let source = expressions::rewrite_words(&source, &|word| word.strip_prefix(super::choices::PREFIX).map(str::to_owned));
        let options = list.and_then(|l| self.lists.get(l)).map_or(&[][..], |l| &l.options);
        let attribute = |word: &str| word == "name" || options.iter().any(|o| o.attributes.contains_key(word));
        let known = |word: &str| ["and", "or", "div", "mod", "."].contains(&word) || word.parse::<f64>().is_ok() || attribute(word);
        if let Some(word) = expressions::words(&source).into_iter().find(|w| !known(w)) {
            let what = format!("{} is no column of this list on the sheet choices", shown(&word));
            self.report.refuse(line.at("choice_filter"), what, format!("put a text into quotation marks: '{word}'"));
            return None;
        }
        Some(source)
    }

    fn kind(&mut self, item: &Item<'_>) -> Option<QuestionType> {
        let line = item.line;
        let said = line.get("sipas_kind");
        let scale = |importer: &Importer, list: &str| importer.lists.get(list).is_some_and(|l| importer.scale_name(list, l).is_some());
        Some(match &item.kind {
            Type::Text if line.get("read_only").and_then(truth) == Some(true) => {
                self.report.warn(
                    line.at("read_only"),
                    "the question can only be read; it becomes a note",
                    "leave read_only out if it shall be answered",
                );
                QuestionType::Note
            }
            Type::Text => QuestionType::Text,
            Type::Integer | Type::Decimal | Type::Range => QuestionType::Number,
            Type::Date => QuestionType::Date,
            Type::Note => QuestionType::Note,
            Type::Calculate => QuestionType::Calculate,
            Type::Hidden => QuestionType::Hidden,
            Type::Acknowledge => QuestionType::Consent,
            Type::Rank { .. } => QuestionType::Ranking,
            Type::Select { several: true, .. } if said == Some("consent") => QuestionType::Consent,
            Type::Select { several: true, .. } => QuestionType::Multiple,
            Type::Select { .. } if said == Some("yes_no") => QuestionType::YesNo,
            Type::Select { .. } if said == Some("single") => QuestionType::Single,
            Type::Select { list, other: false, .. } if scale(self, list) => QuestionType::Scale,
            Type::Select { .. } => QuestionType::Single,
            Type::Begin | Type::End | Type::Left(_) | Type::Refused(_) => return None,
        })
    }

    fn label(&mut self, item: &Item<'_>, kind: QuestionType) -> BTreeMap<String, String> {
        if let Some(texts) = self.texts(item.line, "label") {
            return texts;
        }
        if self.ours {
            return BTreeMap::new();
        }
        let name = item.line.get("name").unwrap_or_default();
        if matches!(kind, QuestionType::Calculate | QuestionType::Hidden) {
            return self.in_all_languages(name);
        }
        self.report.refuse(item.line.at("label"), format!("{} has no label", shown(name)), "write what is asked");
        BTreeMap::new()
    }

    fn required(&mut self, line: Line<'_>, kind: QuestionType) -> bool {
        let Some(cell) = line.get("required") else { return false };
        let Some(required) = truth(cell) else {
            let what = format!("the condition {} decides whether an answer is required, which is not supported", shown(cell));
            self.report.refuse(line.at("required"), what, "write yes or no; ask the question only when it is relevant");
            return false;
        };
        if required && matches!(kind, QuestionType::Note | QuestionType::Hidden | QuestionType::Calculate) && !self.ours {
            self.report.warn(line.at("required"), "nobody answers this type of row; required is left out", "leave it out");
            return false;
        }
        required
    }

    /// Name of the shared scale that a list is.
    pub(super) fn scale_name(&self, name: &str, list: &List) -> Option<String> {
        let scale = list.scale.clone().unwrap_or_else(|| name.to_owned());
        self.scales.get(&scale).filter(|l| *l == name).map(|_| scale)
    }

    /// The options of a question; gives the codes of those that stand alone.
    fn options(&mut self, q: &mut Question, line: Line<'_>, name: &str, other: bool) -> Vec<String> {
        let Some(list) = self.lists.get(name) else {
            let what = format!("there is no list {}", shown(name));
            self.report.refuse(line.at("type"), what, "write its options on the sheet choices");
            return Vec::new();
        };
        let exclusive = list.exclusive();
        if q.kind == QuestionType::Consent {
            return Vec::new();
        }
        let scale = self.scale_name(name, list).filter(|_| !other && !matches!(q.kind, QuestionType::Single | QuestionType::YesNo));
        if let Some(scale) = scale {
            q.scale = Some(placed(scale));
            return exclusive;
        }
        self.copied = self.copied.saturating_add(list.options.len());
        if self.copied > MOST_COPIED {
            let what = format!("the questions up to here have more than {MOST_COPIED} options together");
            self.report.refuse(line.at("type"), what, "split the form");
            return Vec::new();
        }
        q.options = list.options.clone();
        q.not_applicable = list.not_applicable.clone();
        q.refused = list.refused.clone();
        if q.kind == QuestionType::YesNo && q.options.is_empty() {
            q.options = changed_implied(&list.implied);
        }
        if other {
            self.or_other(q, line);
        }
        exclusive
    }

    /// The option that `or_other` adds, and the question which.
    fn or_other(&mut self, q: &mut Question, line: Line<'_>) {
        if let Some(option) = q.options.iter_mut().find(|o| o.code.value == "other") {
            option.specify = true;
            return;
        }
        let other = |language: &str| match language {
            "vi" => "Khác",
            _ => "Other",
        };
        let texts = self.languages.codes.iter().map(|l| (l.clone(), other(l).to_owned())).collect();
        q.options.push(Choice {
            code: placed("other".into()),
            text: placed(texts),
            specify: true,
            exclusive: false,
            attributes: BTreeMap::new(),
        });
        if q.choice_filter.is_some() || line.get("choice_filter").is_some() {
            self.report.warn(
                line.at("choice_filter"),
                "the filter is asked of the option “other”, too, which has no attributes",
                "write the option on the sheet choices",
            );
        }
    }

    fn calculation(&mut self, q: &mut Question, line: Line<'_>) {
        match self.expression(line, "calculation", None) {
            Some(source) => q.calculation = Some(placed(source)),
            None => self.report.refuse(line.at("calculation"), "there is nothing to calculate", "write the expression"),
        }
    }

    fn number(&mut self, q: &mut Question, item: &Item<'_>) {
        let line = item.line;
        q.min = self.number_in(line, "sipas_min");
        q.max = self.number_in(line, "sipas_max");
        q.decimals = self.number_in(line, "sipas_decimals");
        if item.kind == Type::Decimal && q.decimals.is_none() {
            const SAID: u8 = 2;
            let expression = line.get("constraint").unwrap_or_default();
            let fractions = expression.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|n| n.split_once('.'));
            let digits = fractions.filter(|(whole, _)| !whole.is_empty()).map(|(_, f)| u8::try_from(f.len()).unwrap_or(6).min(6)).max();
            let decimals = digits.unwrap_or(0).max(SAID);
            q.decimals = Some(decimals);
            let what = format!("the form does not say how many digits follow the decimal point; {decimals} are taken");
            self.report.warn(line.at("type"), what, "change it after the import");
        }
    }

    /// Keys that XLSForm has no column for.
    fn particulars(&mut self, q: &mut Question, line: Line<'_>) {
        q.min_selected = self.number_in(line, "sipas_min_selected");
        q.max_selected = self.number_in(line, "sipas_max_selected");
        q.max_length = self.number_in(line, "sipas_max_length");
        q.unit = self.texts(line, "sipas_unit").map(placed);
        q.earliest = line.get("sipas_earliest").map(|d| placed(d.to_owned()));
        q.latest = line.get("sipas_latest").map(|d| placed(d.to_owned()));
        q.shuffle = line.get("sipas_shuffle").and_then(truth) == Some(true);
        q.role = self.role(line);
        if line.get("type").is_some_and(|t| t.to_lowercase().contains("phone")) {
            self.report.warn(
                line.at("type"),
                "the telephone number becomes a text; that it has digits only is not checked",
                "add a constraint, and ask for it only if it is needed",
            );
        }
    }

    /// What the row is to reports.
    pub(super) fn role(&mut self, line: Line<'_>) -> Option<QuestionRole> {
        let word = line.get("sipas_role")?;
        let role = QuestionRole::ALL.into_iter().find(|role| role.as_str() == word);
        if role.is_none() {
            let roles = QuestionRole::ALL.map(QuestionRole::as_str).join(", ");
            self.report.refuse(
                line.at("sipas_role"),
                format!("{} is no role", shown(word)),
                format!("leave it empty, or write one of {roles}"),
            );
        }
        role
    }

    /// `randomize=true`, and the bounds of a range.
    fn parameters(&mut self, q: &mut Question, item: &Item<'_>) {
        let line = item.line;
        let cell = line.get("parameters").unwrap_or_default().to_lowercase();
        let mut given: BTreeMap<&str, &str> = BTreeMap::new();
        for part in cell.split([' ', ';', ',']).filter(|p| !p.is_empty()) {
            match part.split_once('=') {
                Some((key, value)) => drop(given.insert(key.trim(), value.trim())),
                None => self.report.warn(line.at("parameters"), format!("{} is left out", shown(part)), "write name=value without spaces"),
            }
        }
        if let Some(value) = given.remove("randomize") {
            q.shuffle = truth(value) == Some(true);
            if given.remove("seed").is_some() {
                self.report.warn(
                    line.at("parameters"),
                    "the seed is left out: the order is made from the response's own number, which is stored",
                    "leave it out",
                );
            }
        }
        if item.kind == Type::Range {
            let mut bound = |key: &str, usual: &str, importer: &mut Importer| {
                let written = given.remove(key).unwrap_or(usual);
                let number: Option<f64> = written.parse().ok().filter(|n: &f64| n.is_finite());
                if number.is_none() {
                    importer.report.refuse(
                        line.at("parameters"),
                        format!("{} is no number", shown(written)),
                        "write start=1 end=10 step=1",
                    );
                }
                (number, written.split_once('.').map_or(0, |(_, f)| f.len()))
            };
            let (start, a) = bound("start", "1", self);
            let (end, _) = bound("end", "10", self);
            let (step, b) = bound("step", "1", self);
            q.min = start;
            q.max = end;
            let digits = u8::try_from(a.max(b)).unwrap_or(u8::MAX);
            q.decimals = (digits > 0).then_some(digits);
            if step.is_some_and(|s| s != 10f64.powi(-i32::from(digits))) {
                self.report.warn(
                    line.at("parameters"),
                    "the step is left out: every number with as many decimals is accepted",
                    "add a constraint if it matters",
                );
            }
        }
        for (key, value) in given {
            self.report.warn(
                line.at("parameters"),
                format!("the parameter {} is left out", shown(&format!("{key}={value}"))),
                "it has no counterpart here",
            );
        }
    }

    fn appearance(&mut self, q: &mut Question, line: Line<'_>) {
        for word in line.get("appearance").unwrap_or_default().split_whitespace() {
            let closed = matches!(q.kind, QuestionType::Scale | QuestionType::Single | QuestionType::Multiple | QuestionType::YesNo);
            match word.to_lowercase().as_str() {
                "minimal" | "autocomplete" | "search" if closed => q.appearance = Appearance::List,
                "likert" if closed => {}
                "multiline" if q.kind == QuestionType::Text => q.long = true,
                "field-list" | "table-list" => {}
                other => {
                    let what = format!("the appearance {} is left out", shown(other));
                    self.report.warn(line.at("appearance"), what, "docs/XLSFORM.md lists those that have a counterpart");
                }
            }
        }
        if let Some(word) = line.get("sipas_appearance") {
            match serde_json::from_value(serde_json::Value::String(word.to_owned())) {
                Ok(appearance) => q.appearance = appearance,
                Err(_) => self.report.refuse(
                    line.at("sipas_appearance"),
                    format!("{} is no appearance", shown(word)),
                    "use rows, plain, stars, numbers or list",
                ),
            }
        }
    }

    fn constraint(&mut self, q: &mut Question, line: Line<'_>, list: Option<&str>, exclusive: &[String]) {
        let limits = derived::limits(q, exclusive);
        let cell = self.expression(line, "constraint", list);
        let own = cell.as_deref().and_then(|c| derived::own(c, limits.as_deref()));
        let message = self.texts(line, "constraint_message");
        let generated = |texts: &BTreeMap<String, String>| texts.iter().all(|(l, t)| t == derived::message(l));
        q.constraint_message = match (&own, message) {
            (None, Some(texts)) if limits.is_some() && generated(&texts) => None,
            (None, Some(_)) if !self.ours => {
                self.report.warn(
                    line.at("constraint_message"),
                    "there is no constraint; its message is left out",
                    "write the constraint, or leave the message out",
                );
                None
            }
            (Some(_), None) => {
                self.report.warn(
                    line.at("constraint"),
                    "the constraint has no message; a plain one is put there",
                    "write what the person should do",
                );
                let texts = self.languages.codes.iter().map(|l| (l.clone(), derived::message(l).to_owned())).collect();
                Some(placed(texts))
            }
            (_, message) => message.map(placed),
        };
        q.constraint = own.map(placed);
    }

    /// Everything of the row that is not taken.
    pub(super) fn left_over(&mut self, line: Line<'_>, kind: &Type) {
        const REASONS: &[(&str, &str, &str)] = &[
            ("default", "nothing is filled in beforehand", "an answer that stands there already is counted without having been given"),
            ("guidance_hint", "the guidance is left out", "write it into the hint if the person should read it"),
            ("required_message", "the message for a missing answer is left out", "the page has its own words"),
            ("repeat_count", "the count of a repeat is left out", "repeats are not supported"),
            ("autoplay", "autoplay is left out", "forms have texts only"),
            ("rows", "the number of rows is left out", "write multiline as appearance for a long text"),
            ("trigger", "the trigger is left out", "values are calculated whenever they are needed"),
        ];
        for (key, what, remedy) in REASONS {
            for (header, text) in line.cells(key) {
                if !text.trim().is_empty() {
                    self.report.warn(line.at_header(header), format!("{what} ({})", shown(text)), *remedy);
                }
            }
        }
        if line.get("calculation").is_some() && *kind != Type::Calculate {
            self.report.refuse(
                line.at("calculation"),
                "only a row of type calculate is calculated",
                "make it a calculate, and show it in a note",
            );
        }
        if line.get("read_only").and_then(truth) != Some(false) && line.get("read_only").is_some() && *kind != Type::Text {
            self.report.warn(line.at("read_only"), "read_only is left out", "use a note for what is only read");
        }
        if line.get("choice_filter").is_some() && !matches!(kind, Type::Select { .. } | Type::Rank { .. }) {
            self.report.warn(line.at("choice_filter"), "the question has no options to filter", "leave it out");
        }
        self.media(line);
    }
}

/// Yes and no whose texts somebody changed in the spreadsheet; nothing when they still are those that everybody knows.
fn changed_implied(implied: &[Choice]) -> Vec<Choice> {
    let usual = implied.iter().all(|c| c.text.value.iter().all(|(language, text)| super::writing::yes_no(&c.code.value, language) == text));
    if usual { Vec::new() } else { implied.to_vec() }
}
