//! The index tree: items that exist, options that count, bands that descend.

use std::collections::{BTreeMap, BTreeSet};

use super::super::format::{self, Placed, Texts};
use super::super::model::{Aggregation, Band, Factor, Index, IndexKind, Kind, Named, Part, QuestionRole};
use super::Checker;

impl Checker {
    pub(super) fn index(&mut self, file: &format::Index) -> Index {
        let mut taken: BTreeSet<String> = self.questions.iter().map(|q| q.code.clone()).collect();
        let mut measure = |this: &mut Self, code: &Placed, text: &Texts| {
            this.name(code, '_', "the code");
            if !taken.insert(code.value.clone()) {
                this.find(
                    code.referenced,
                    &format!("the code {:?} is there twice", code.value),
                    "parts, factors and questions share one space of codes",
                );
            }
            (code.value.clone(), this.text(text))
        };
        let (code, text) = measure(self, &file.overall.code, &file.overall.text);
        let overall = Named { code, text };
        let scores = self.scores(file);
        let mut used = BTreeSet::new();
        let mut parts = Vec::new();
        for part in &file.parts {
            let (code, text) = measure(self, &part.code, &part.text);
            let mut factors = Vec::new();
            for factor in &part.factors {
                let (code, text) = measure(self, &factor.code, &factor.text);
                if factor.items.is_empty() {
                    self.find(factor.code.referenced, "the factor has no items", "add `items`, or leave the factor out");
                }
                let items = factor.items.iter().filter_map(|item| self.item(item, &scores, &mut used)).collect();
                factors.push(Factor { code, text, items });
            }
            if factors.is_empty() {
                self.find(part.code.referenced, "the part has no factors", "add `factors`, or leave the part out");
            }
            parts.push(Part { code, text, factors });
        }
        if parts.is_empty() {
            self.find(file.overall.code.referenced, "the index has no parts", "add `parts`");
        }
        if (file.kind == IndexKind::Points) != (file.aggregation.value == Aggregation::Sum) {
            self.find(
                file.aggregation.referenced,
                "this aggregation does not go with this kind of index",
                "points are summed (`sum`); shares are pooled or averaged",
            );
        }
        if file.threshold == 0 {
            self.find(
                file.overall.code.referenced,
                "the threshold is 0",
                "write the fewest valid forms with which a figure may be shown, for example 30",
            );
        }
        Index {
            kind: file.kind,
            aggregation: file.aggregation.value,
            scores,
            threshold: file.threshold,
            overall,
            parts,
            bands: self.bands(file),
        }
    }

    fn scores(&mut self, file: &format::Index) -> BTreeMap<String, f64> {
        match file.kind {
            IndexKind::Points => {
                if !file.satisfied.is_empty() || !file.valid.is_empty() || file.points.is_empty() {
                    self.find(
                        file.overall.code.referenced,
                        "an index of points needs `points` and nothing else",
                        "write points: {\"0\": 0, \"1\": 1}",
                    );
                }
                if file.points.values().any(|v| !v.is_finite() || *v < 0.0) {
                    self.find(file.overall.code.referenced, "points must be numbers from 0 up", "change the points");
                }
                file.points.clone()
            }
            IndexKind::SatisfiedShare => {
                if file.satisfied.is_empty() || file.valid.is_empty() || !file.points.is_empty() {
                    self.find(
                        file.overall.code.referenced,
                        "a satisfied share needs `satisfied` and `valid` and no points",
                        "name the option codes",
                    );
                }
                for s in &file.satisfied {
                    if !file.valid.iter().any(|v| v.value == s.value) {
                        self.find(s.referenced, &format!("the option {:?} is satisfied but not valid", s.value), "add it to `valid`");
                    }
                }
                let satisfied = |code: &str| file.satisfied.iter().any(|s| s.value == code);
                file.valid.iter().map(|v| (v.value.clone(), if satisfied(&v.value) { 100.0 } else { 0.0 })).collect()
            }
        }
    }

    fn item(&mut self, item: &Placed, scores: &BTreeMap<String, f64>, used: &mut BTreeSet<String>) -> Option<usize> {
        let at = item.referenced;
        if !used.insert(item.value.clone()) {
            self.find(at, &format!("the item {:?} is in two factors", item.value), "an item belongs to one factor");
        }
        let Some(position) = self.questions.iter().position(|q| q.code == item.value) else {
            self.find(at, &format!("there is no question {:?}", item.value), "an item is the code of a scale or single question");
            return None;
        };
        let question = self.questions.get(position)?;
        if !matches!(question.kind, Kind::Single { .. }) {
            self.find(at, &format!("{:?} is not a scale or single question", item.value), "an item has one answer");
            return None;
        }
        if question.role == Some(QuestionRole::Outcome) {
            let message = format!("{:?} has the role “outcome” and is counted by the index, too", item.value);
            self.find(
                at,
                &message,
                "the items explain the general satisfaction, so it cannot be one of them: leave `role` or the item out",
            );
            return None;
        }
        if let Some(missing) = scores.keys().find(|code| question.options().iter().all(|c| &c.code != *code)) {
            let message = format!("{:?} has no option {missing:?}, which the index counts", item.value);
            self.find(at, &message, "all items of an index share the options it counts");
        }
        Some(position)
    }

    fn bands(&mut self, file: &format::Index) -> Vec<Band> {
        for pair in file.bands.windows(2) {
            if let [a, b] = pair
                && a.value.from.partial_cmp(&b.value.from) != Some(std::cmp::Ordering::Greater)
            {
                self.find(b.referenced, "the bands do not descend", "write the highest band first");
            }
        }
        file.bands.iter().map(|b| Band { from: b.value.from, text: self.text(&b.value.text) }).collect()
    }
}
