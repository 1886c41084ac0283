//! Options of closed questions: their own, or those of a shared scale.

use std::collections::BTreeSet;

use serde_saphyr::Location;

use super::super::format;
use super::super::model::{Appearance, Choice, Kind};
use super::Checker;

/// Most options of a question: what fits one byte beside the codes with a meaning of their own.
const MOST_OPTIONS: usize = 250;

/// A shared scale that was checked.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    pub(super) options: Vec<Choice>,
    pub(super) not_applicable: Option<Choice>,
    pub(super) refused: Option<Choice>,
}

impl Checker {
    pub(super) fn choice(&mut self, choice: &format::Choice) -> Choice {
        let code = &choice.code.value;
        if code.is_empty() || code.len() > 60 || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            self.find(choice.code.referenced, &format!("{code:?} is not an option code"), "use letters without accents, digits, _ and -");
        }
        for (name, value) in &choice.attributes {
            let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name == "name" || name == "label" || !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(good) {
                let message = format!("{name:?} cannot be the name of an attribute");
                self.find(choice.code.referenced, &message, "use letters, digits and _, and neither `name` nor `label`");
            }
            if value.len() > 200 {
                self.find(choice.code.referenced, "the value of an attribute is too long", "keep it under 200 bytes");
            }
        }
        Choice {
            code: code.clone(),
            text: self.text(&choice.text),
            specify: choice.specify,
            exclusive: choice.exclusive,
            attributes: choice.attributes.clone(),
        }
    }

    pub(super) fn choices(&mut self, options: &[format::Choice], more: &[&format::Choice]) -> Vec<Choice> {
        let mut seen = BTreeSet::new();
        for c in options.iter().chain(more.iter().copied()) {
            if !seen.insert(&c.code.value) {
                self.find(c.code.referenced, &format!("the option {:?} is there twice", c.code.value), "give each option its own code");
            }
        }
        if options.len() > MOST_OPTIONS {
            let at = options.first().map_or(Location::UNKNOWN, |c| c.code.referenced);
            self.find(at, &format!("there are {} options", options.len()), &format!("use at most {MOST_OPTIONS}"));
            return Vec::new();
        }
        options.iter().map(|c| self.choice(c)).collect()
    }

    /// Checks a shared scale. Whether its options fit one answer or several is known only where it is used.
    pub(super) fn scale(&mut self, scale: &format::Scale) -> Scale {
        let more: Vec<_> = scale.not_applicable.iter().chain(&scale.refused).collect();
        self.apart(&more);
        self.at_least_two(&scale.options, Location::UNKNOWN);
        Scale {
            options: self.choices(&scale.options, &more),
            not_applicable: scale.not_applicable.as_ref().map(|c| self.choice(c)),
            refused: scale.refused.as_ref().map(|c| self.choice(c)),
        }
    }

    pub(super) fn single(
        &mut self,
        appearance: Appearance,
        options: &[format::Choice],
        not_applicable: Option<&format::Choice>,
        refused: Option<&format::Choice>,
        at: Location,
    ) -> Kind {
        let more: Vec<_> = not_applicable.into_iter().chain(refused).collect();
        if let Some(c) = options.iter().chain(more.iter().copied()).find(|c| c.exclusive) {
            self.find(
                c.code.referenced,
                "`exclusive` is for options of multiple questions",
                "leave it out: one answer is exclusive anyway",
            );
        }
        self.apart(&more);
        self.at_least_two(options, at);
        Kind::Single {
            scale: None,
            appearance,
            options: self.choices(options, &more),
            not_applicable: not_applicable.map(|c| self.choice(c)),
            refused: refused.map(|c| self.choice(c)),
        }
    }

    /// "Not applicable" and "prefer not to say" are no ordinary options.
    fn apart(&mut self, more: &[&format::Choice]) {
        if let Some(c) = more.iter().find(|c| c.specify) {
            self.find(c.code.referenced, "`specify` is for ordinary options", "make it one of `options`");
        }
        if let Some(c) = more.iter().find(|c| !c.attributes.is_empty()) {
            self.find(c.code.referenced, "`attributes` are for ordinary options", "leave them out: this answer is always offered");
        }
    }

    fn at_least_two(&mut self, options: &[format::Choice], at: Location) {
        if options.len() < 2 {
            let at = options.first().map_or(at, |c| c.code.referenced);
            self.find(at, "a choice needs at least two options", "add options, or use `type: consent` for a box to tick");
        }
    }
}
