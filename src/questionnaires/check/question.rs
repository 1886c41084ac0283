//! A question of each type.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::Spanned;

use super::super::format::{self, Placed, QuestionType, placed};
use super::super::logic;
use super::super::model::{Choice, Constraint, Day, Kind, Matrix, Question, QuestionRole, Text};
use super::{Checker, Place};

impl Checker {
    pub(super) fn question(&mut self, section: usize, q: &format::Question) {
        self.here = Place::Question(q.code.value.clone());
        self.visible = Some(self.questions.len());
        self.name(&q.code, '_', "the question's code");
        self.unique(&q.code);
        self.keys(q);
        if q.kind == QuestionType::Matrix {
            self.matrix(section, q);
            return;
        }
        let kind = self.kind(q);
        let at = self.questions.len();
        let text = self.text(&q.text);
        let hint = self.optional_text(q.hint.as_ref());
        let relevant = q.relevant.as_ref().and_then(|r| self.condition("relevant", r, at, None));
        let choice_filter = q.choice_filter.as_ref().and_then(|f| self.filter(f, &kind, at));
        if q.required && matches!(kind, Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. }) {
            self.find(q.code.referenced, "nobody can be required to answer this type of question", "leave `required` out");
        }
        self.questions.push(Question {
            code: q.code.value.clone(),
            text,
            hint,
            required: q.required,
            relevant,
            constraint: None,
            section,
            kind,
            choice_filter,
            shuffle: q.shuffle,
            role: q.role,
            matrix: None,
            specifies: None,
            slot: None,
        });
        self.visible = Some(at + 1);
        self.constraint(q, at);
        self.specified(section, at);
    }

    /// Each item becomes a question of its own, on the matrix's scale, with the matrix's condition before its own.
    fn matrix(&mut self, section: usize, q: &format::Question) {
        let start = self.questions.len();
        let text = self.text(&q.text);
        let hint = self.optional_text(q.hint.as_ref());
        let kind = self.kind(q);
        if q.items.is_empty() {
            self.find(q.code.referenced, "the matrix has no items", "add `items`, each with a code and a text");
        }
        let matrix = self.matrices.len();
        for item in &q.items {
            self.here = Place::Question(item.code.value.clone());
            self.name(&item.code, '_', "the item's code");
            self.unique(&item.code);
            let text = self.text(&item.text);
            let hint = self.optional_text(item.hint.as_ref());
            let relevant = match (&q.relevant, &item.relevant) {
                (Some(all), Some(own)) => Some(Spanned { value: format!("({}) and ({})", all.value, own.value), ..own.clone() }),
                (one, None) | (None, one) => one.clone(),
            };
            // The items of one matrix stand on one page, and those who answer may begin with any of them.
            let relevant = relevant.and_then(|r| self.condition("relevant", &r, start, None));
            self.questions.push(Question {
                code: item.code.value.clone(),
                text,
                hint,
                required: q.required,
                relevant,
                constraint: None,
                section,
                kind: kind.clone(),
                choice_filter: None,
                shuffle: false,
                role: None,
                matrix: Some(matrix),
                specifies: None,
                slot: None,
            });
        }
        let questions = start..self.questions.len();
        self.matrices.push(Matrix { code: q.code.value.clone(), text, hint, questions, shuffle: q.shuffle });
    }

    fn unique(&mut self, code: &Placed) {
        if !self.used.insert(code.value.clone()) {
            self.find(
                code.referenced,
                &format!("the code {:?} is there twice", code.value),
                "give each question its own code (`<question>_other` is taken by `specify`)",
            );
        }
    }

    fn constraint(&mut self, q: &format::Question, at: usize) {
        match (&q.constraint, &q.constraint_message) {
            (Some(source), Some(message)) => {
                let condition = self.condition("constraint", source, at, Some(at));
                let message = self.text(message);
                if let (Some(condition), Some(question)) = (condition, self.questions.get_mut(at)) {
                    question.constraint = Some(Constraint { condition, message });
                }
            }
            (Some(c), None) => {
                self.find(c.referenced, "the constraint has no message", "add `constraint_message`: what should the citizen do?")
            }
            (None, Some(m)) => self.find(m.referenced, "the message has no constraint", "add `constraint` or leave the message out"),
            (None, None) => {}
        }
    }

    fn filter(&mut self, source: &Placed, kind: &Kind, at: usize) -> Option<logic::Condition> {
        let options: &[Choice] = match kind {
            Kind::Single { options, .. } | Kind::Multiple { options, .. } | Kind::Ranking { options, .. } => options,
            _ => &[],
        };
        let attributes: BTreeSet<String> = options.iter().flat_map(|c| c.attributes.keys().cloned()).collect();
        let parsed = logic::parse_filter(&source.value, &self.questions, at, &|code| self.codes.contains(code), &attributes);
        self.parsed("choice_filter", source, parsed)
    }

    /// An option with `specify` brings a text question of its own.
    fn specified(&mut self, section: usize, at: usize) {
        let Some(question) = self.questions.get(at) else { return };
        let code = question.code.clone();
        let asking: Vec<Choice> = question.options().iter().filter(|c| c.specify).cloned().collect();
        let [option] = asking.as_slice() else {
            if asking.len() > 1 {
                let place = self.place_of(&code);
                self.find(place, "a second option asks which", "let one option have `specify: true`");
            }
            return;
        };
        let place = self.place_of(&code);
        let other = Spanned { value: format!("{code}_other"), referenced: place, defined: place };
        self.unique(&other);
        let source = Spanned { value: format!("selected(${{{code}}}, '{}')", option.code), ..other.clone() };
        let relevant = self.condition("relevant", &source, at + 1, None);
        self.questions.push(Question {
            code: other.value,
            text: option.text.clone(),
            hint: None,
            required: false,
            relevant,
            constraint: None,
            section,
            kind: Kind::Text { max_length: 200, long: false },
            choice_filter: None,
            shuffle: false,
            role: None,
            matrix: None,
            specifies: Some(at),
            slot: None,
        });
    }

    /// Keys that do not belong to the question's type.
    fn keys(&mut self, q: &format::Question) {
        use QuestionType::{Calculate, Date, Hidden, Matrix, Multiple, Note, Number, Ranking, Scale, Single, Text, YesNo};
        let closed = &[Scale, Single, Multiple, YesNo, Ranking][..];
        let present = [
            ("scale", q.scale.is_some(), &[Scale, Matrix, Multiple, Ranking][..]),
            ("options", !q.options.is_empty(), &[Single, Multiple, Ranking, YesNo][..]),
            ("items", !q.items.is_empty(), &[Matrix][..]),
            ("not_applicable", q.not_applicable.is_some(), &[Single, YesNo][..]),
            ("refused", q.refused.is_some(), &[Single, YesNo][..]),
            ("appearance", q.appearance != format::Appearance::default(), &[Scale, Single, Multiple, YesNo, Matrix][..]),
            ("shuffle", q.shuffle, &[Scale, Single, Multiple, YesNo, Ranking, Matrix][..]),
            ("choice_filter", q.choice_filter.is_some(), closed),
            ("min_selected", q.min_selected.is_some(), &[Multiple, Ranking][..]),
            ("max_selected", q.max_selected.is_some(), &[Multiple, Ranking][..]),
            ("min", q.min.is_some(), &[Number][..]),
            ("max", q.max.is_some(), &[Number][..]),
            ("decimals", q.decimals.is_some(), &[Number][..]),
            ("unit", q.unit.is_some(), &[Number][..]),
            ("earliest", q.earliest.is_some(), &[Date][..]),
            ("latest", q.latest.is_some(), &[Date][..]),
            ("calculation", q.calculation.is_some(), &[Calculate][..]),
            ("max_length", q.max_length.is_some(), &[Text, Hidden][..]),
            ("long", q.long, &[Text][..]),
        ];
        for (key, there, types) in present {
            if there && !types.contains(&q.kind) {
                let message = format!("`{key}` does not go with this type of question");
                self.find(q.code.referenced, &message, "leave it out, or change `type`; see docs/QUESTIONNAIRES.md");
            }
        }
        self.role(q);
        if q.constraint.is_some() && matches!(q.kind, Matrix | Note | Hidden | Calculate) {
            let hint = "leave it out; to check a computed value, put the constraint on a question it is computed from";
            self.find(q.code.referenced, "`constraint` does not go with this type of question", hint);
        }
    }

    /// What the question is to reports: possible with its type, and the general satisfaction and the service only once.
    fn role(&mut self, q: &format::Question) {
        let Some(role) = q.role else { return };
        let at = q.code.referenced;
        if !role.types().contains(&q.kind) {
            let hint = match role {
                QuestionRole::Respondent | QuestionRole::Service => {
                    "figures are broken down by single, yes_no and scale questions; leave `role` out"
                }
                QuestionRole::Outcome => "the general satisfaction is a scale or single question; leave `role` out",
                QuestionRole::Comment => "comments are written in a text; leave `role` out",
            };
            self.find(at, &format!("the role {:?} does not go with this type of question", role.as_str()), hint);
        }
        let alone = matches!(role, QuestionRole::Outcome | QuestionRole::Service);
        let before = self.questions.iter().find(|before| alone && before.role == Some(role)).map(|before| before.code.clone());
        if let Some(before) = before {
            let message = format!("{before:?} has the role {:?} already", role.as_str());
            self.find(at, &message, "one question of a form can have this role: leave `role` out of the others");
        }
    }

    fn kind(&mut self, q: &format::Question) -> Kind {
        let at = q.code.referenced;
        match q.kind {
            QuestionType::Scale | QuestionType::Matrix => match self.shared(q) {
                Some((name, scale)) => self.one_of(name, scale, q),
                None => Kind::Note,
            },
            QuestionType::Single => self.single(q.appearance, &q.options, q.not_applicable.as_ref(), q.refused.as_ref(), at),
            QuestionType::YesNo => self.yes_no(q),
            QuestionType::Multiple => self.multiple(q),
            QuestionType::Ranking => self.ranking(q),
            QuestionType::Number => self.number(q),
            QuestionType::Text => Kind::Text { max_length: self.length(q, 1000), long: q.long },
            QuestionType::Date => self.date(q),
            QuestionType::Consent => Kind::Consent,
            QuestionType::Note => Kind::Note,
            QuestionType::Hidden => Kind::Hidden { max_length: self.length(q, 200) },
            QuestionType::Calculate => {
                let Some(source) = &q.calculation else {
                    self.find(at, "there is nothing to calculate", "add `calculation`");
                    return Kind::Note;
                };
                let parsed = logic::parse_value(&source.value, &self.questions, self.questions.len(), &|code| self.codes.contains(code));
                self.parsed("calculation", source, parsed).map_or(Kind::Note, |calculation| Kind::Calculated { calculation })
            }
        }
    }

    /// The shared scale that a question names.
    fn shared(&mut self, q: &format::Question) -> Option<(String, super::options::Scale)> {
        let name = q.scale.as_ref().map_or("", |s| s.value.as_str());
        if let Some(scale) = self.scales.get(name) {
            return Some((name.to_owned(), scale.clone()));
        }
        let place = q.scale.as_ref().map_or(q.code.referenced, |s| s.referenced);
        let known = self.scales.keys().cloned().collect::<Vec<_>>().join(", ");
        self.find(place, &format!("there is no scale {name:?}"), &format!("the scales are: {known}"));
        None
    }

    fn one_of(&mut self, name: String, scale: super::options::Scale, q: &format::Question) -> Kind {
        if let Some(c) = scale.options.iter().find(|c| c.exclusive) {
            let message = format!("the option {:?} of the scale is `exclusive`, and this question takes one answer anyway", c.code);
            self.find(q.code.referenced, &message, "use another scale, or leave `exclusive` out of this one");
        }
        let super::options::Scale { options, not_applicable, refused } = scale;
        Kind::Single { scale: Some(name), appearance: q.appearance, options, not_applicable, refused }
    }

    /// The two options, written or understood.
    fn yes_no(&mut self, q: &format::Question) -> Kind {
        const KNOWN: [(&str, &str, &str); 2] = [("vi", "Có", "Không"), ("en", "Yes", "No")];
        let at = q.code.referenced;
        if !q.options.is_empty() {
            let codes: Vec<&str> = q.options.iter().map(|c| c.code.value.as_str()).collect();
            if codes != ["yes", "no"] {
                self.find(at, "the options of a yes-no question are `yes` and `no`", "write these two, or use `type: single`");
            }
            return self.single(q.appearance, &q.options, q.not_applicable.as_ref(), q.refused.as_ref(), at);
        }
        let (mut yes, mut no) = (BTreeMap::new(), BTreeMap::new());
        for language in self.languages.clone() {
            let Some((_, y, n)) = KNOWN.iter().find(|(code, ..)| *code == language) else {
                self.find(
                    at,
                    &format!("“yes” and “no” are not known in {language}"),
                    "add `options` with the codes yes and no and their texts",
                );
                continue;
            };
            yes.insert(language.clone(), (*y).to_owned());
            no.insert(language, (*n).to_owned());
        }
        let option = |code: &str, texts| Choice {
            code: code.to_owned(),
            text: Text(texts),
            specify: false,
            exclusive: false,
            attributes: BTreeMap::new(),
        };
        let more: Vec<_> = q.not_applicable.iter().chain(&q.refused).collect();
        if let Some(c) = more.iter().find(|c| c.specify || c.exclusive || ["yes", "no"].contains(&c.code.value.as_str())) {
            self.find(
                c.code.referenced,
                "this answer cannot stand beside yes and no",
                "give it its own code, without `specify` and `exclusive`",
            );
        }
        Kind::Single {
            scale: None,
            appearance: q.appearance,
            options: vec![option("yes", yes), option("no", no)],
            not_applicable: q.not_applicable.as_ref().map(|c| self.choice(c)),
            refused: q.refused.as_ref().map(|c| self.choice(c)),
        }
    }

    /// The question's own options, or those of the scale it names.
    fn own_or_shared(&mut self, q: &format::Question) -> Vec<Choice> {
        match (&q.scale, q.options.is_empty()) {
            (Some(s), false) => {
                self.find(s.referenced, "the question has options of its own and a scale", "leave one of them out");
                Vec::new()
            }
            (Some(s), true) => {
                let Some((_, scale)) = self.shared(q) else { return Vec::new() };
                if scale.not_applicable.is_some() || scale.refused.is_some() {
                    let hint = "use a scale without them; an option with `exclusive: true` does the same here";
                    self.find(s.referenced, "the scale has “not applicable” or “refused”, which are answers to a single choice", hint);
                }
                scale.options
            }
            (None, _) => {
                if q.options.is_empty() {
                    self.find(q.code.referenced, "the question has no options", "add `options`, or name a `scale`");
                }
                self.choices(&q.options, &[])
            }
        }
    }

    fn multiple(&mut self, q: &format::Question) -> Kind {
        let options = self.own_or_shared(q);
        let least = q.min_selected.unwrap_or(0);
        let most = q.max_selected.unwrap_or(u8::MAX);
        if least > most || usize::from(least) > options.len() || most == 0 {
            self.find(
                q.code.referenced,
                "`min_selected` and `max_selected` leave no possible answer",
                "compare them with each other and with the number of options",
            );
        }
        Kind::Multiple { appearance: q.appearance, options, min_selected: q.min_selected, max_selected: q.max_selected }
    }

    fn ranking(&mut self, q: &format::Question) -> Kind {
        let at = q.code.referenced;
        let options = self.own_or_shared(q);
        if let Some(c) = options.iter().find(|c| c.exclusive || c.specify) {
            let message = format!("the option {:?} has `exclusive` or `specify`, which a ranking has not", c.code);
            self.find(at, &message, "leave it out, or ask another question for it");
        }
        let all = u8::try_from(options.len()).unwrap_or(u8::MAX);
        let places = q.max_selected.unwrap_or(all);
        let least = q.min_selected.unwrap_or(1);
        if options.len() == 1 || places == 0 || places > all || least == 0 || least > places {
            let hint = "a ranking needs two options or more, at least one place, and no more places than options";
            self.find(at, "nothing can be ranked this way", hint);
        }
        Kind::Ranking { options, least, places }
    }

    fn number(&mut self, q: &format::Question) -> Kind {
        let at = q.code.referenced;
        if let (Some(min), Some(max)) = (q.min, q.max)
            && min > max
        {
            self.find(at, "`min` is above `max`", "exchange them");
        }
        if q.min.into_iter().chain(q.max).any(|v| !v.is_finite()) || q.decimals.is_some_and(|d| d > 6) {
            self.find(at, "a bound is not a finite number, or there are more than 6 decimals", "write plain numbers");
        }
        Kind::Number { min: q.min, max: q.max, decimals: q.decimals.unwrap_or(0), unit: self.optional_text(q.unit.as_ref()) }
    }

    fn length(&mut self, q: &format::Question, unless_said: u32) -> u32 {
        let max_length = q.max_length.unwrap_or(unless_said);
        if !(1..=10_000).contains(&max_length) {
            self.find(q.code.referenced, "`max_length` is out of range", "use 1 to 10000 characters");
        }
        max_length
    }

    fn date(&mut self, q: &format::Question) -> Kind {
        let earliest = q.earliest.as_ref().and_then(|d| self.day(d));
        let latest = q.latest.as_ref().and_then(|d| self.day(d));
        if let (Some(Day::On(first)), Some(Day::On(last))) = (earliest, latest)
            && first > last
        {
            self.find(q.code.referenced, "`earliest` is after `latest`", "exchange them");
        }
        Kind::Date { earliest, latest }
    }

    fn day(&mut self, written: &Placed) -> Option<Day> {
        if written.value == "today" {
            return Some(Day::Today);
        }
        let day = written.value.parse().ok().map(Day::On);
        if day.is_none() {
            self.find(written.referenced, &format!("{:?} is not a day", written.value), "write it as 2026-01-31, or `today`");
        }
        day
    }

    /// Where the question with this code stands in the file.
    fn place_of(&self, code: &str) -> serde_saphyr::Location {
        self.places.get(code).copied().unwrap_or_else(|| placed(()).referenced)
    }
}
