//! What a page's script needs to follow the answers while they are given.
//!
//! The script runs the same trees as the server (`static/logic.js` evaluates them), so it can show and take away questions and options, fill in
//! texts and tell a broken constraint at once. It decides nothing: what is sent is checked here as if there were no script.

use serde_json::{Map, Value, json};

use super::Maker;
use crate::questionnaires::logic::Condition;
use crate::questionnaires::model::{Answer, Choice, Kind, Question};
use crate::questionnaires::piping;

impl Maker<'_> {
    /// The page's questions with their conditions, the questions they hang on, and the answers of other pages. None when nothing on the page
    /// hangs on an answer given on it: then the page needs no script.
    pub(super) fn live(&self, section: usize) -> Option<Value> {
        let all = &self.questionnaire.questions;
        let range = self.questionnaire.sections.get(section).map_or(0..0, |s| s.questions.clone());
        let here: Vec<&Question> = range.clone().filter_map(|p| all.get(p)).collect();
        let hangs_on: Vec<String> = here.iter().filter(|q| q.specifies.is_none()).flat_map(|q| self.hangs_on(q)).collect();
        let follows = here.iter().any(|q| hangs_on.contains(&q.code) || q.constraint.is_some());
        if !follows {
            return None;
        }
        let mut questions: Vec<Value> = Vec::new();
        let mut answers = Map::new();
        for (position, q) in all.iter().enumerate() {
            let elsewhere = !range.contains(&position);
            if elsewhere && !hangs_on.contains(&q.code) {
                continue;
            }
            let answer = self.answers.get(position);
            questions.push(if elsewhere { self.answered_elsewhere(q, answer) } else { self.asked_here(q) });
            if let Some(answer) = answer.filter(|_| elsewhere || matches!(q.kind, Kind::Hidden { .. })) {
                answers.insert(q.code.clone(), script_answer(q, answer));
            }
        }
        let form = json!({ "questions": questions, "sections": [], "languages": self.questionnaire.languages });
        Some(json!({ "form": form, "answers": answers, "today": self.answers.day, "language": self.language.code() }))
    }

    /// Codes that a question's condition, filter, constraint, calculation and texts name.
    fn hangs_on(&self, q: &Question) -> Vec<String> {
        let conditions = [q.relevant.as_ref(), q.choice_filter.as_ref(), q.constraint.as_ref().map(|c| &c.condition)];
        let mut names: Vec<&str> = conditions.into_iter().flatten().flat_map(Condition::names).collect();
        if let Kind::Calculated { calculation } = &q.kind {
            names.extend(calculation.names());
        }
        let language = self.language.code();
        let texts = [&q.text].into_iter().chain(q.options().iter().map(|o| &o.text));
        let piped = texts.flat_map(|text| piping::references(text.get(language)));
        names.into_iter().map(str::to_owned).chain(piped).collect()
    }

    /// A question of another page: its answer stands, so its conditions are left out, and a computed value is one like any other.
    fn answered_elsewhere(&self, q: &Question, answer: Option<&Answer>) -> Value {
        let mut value = self.options_for_script(q);
        let kind = match (&q.kind, answer) {
            (Kind::Calculated { .. }, Some(Answer::Number(_))) => Some("number"),
            (Kind::Calculated { .. }, Some(Answer::Date(_))) => Some("date"),
            (Kind::Calculated { .. }, _) => Some("text"),
            _ => None,
        };
        if let (Some(kind), Some(object)) = (kind, value.as_object_mut()) {
            object.insert("type".to_owned(), json!(kind));
            object.remove("calculation");
        }
        value
    }

    fn asked_here(&self, q: &Question) -> Value {
        let mut value = self.options_for_script(q);
        let mut put = |name: &str, it: Value| value.as_object_mut().map(|object| object.insert(name.to_owned(), it));
        put("here", json!(true));
        if let Some(relevant) = &q.relevant {
            put("relevant", json!(relevant));
        }
        if let Some(filter) = &q.choice_filter {
            put("choice_filter", json!(filter));
        }
        if let Some(constraint) = &q.constraint {
            put("constraint", json!(constraint.condition));
            put("message", json!(constraint.message.get(self.language.code())));
        }
        value
    }

    /// The code, what belongs to the kind, and the options in the page's language only.
    fn options_for_script(&self, q: &Question) -> Value {
        let language = self.language.code();
        let option = |c: &Choice| json!({ "code": c.code, "text": c.text.get(language), "attributes": c.attributes });
        let apart = |c: &Option<Choice>| c.as_ref().map(option);
        match &q.kind {
            Kind::Single { options, not_applicable, refused, .. } => json!({
                "code": q.code, "type": "single", "options": options.iter().map(option).collect::<Vec<_>>(),
                "not_applicable": apart(not_applicable), "refused": apart(refused),
            }),
            Kind::Multiple { options, .. } => {
                json!({ "code": q.code, "type": "multiple", "options": options.iter().map(option).collect::<Vec<_>>() })
            }
            Kind::Ranking { options, .. } => {
                json!({ "code": q.code, "type": "ranking", "options": options.iter().map(option).collect::<Vec<_>>() })
            }
            Kind::Calculated { calculation } => json!({ "code": q.code, "type": "calculated", "calculation": calculation }),
            Kind::Number { decimals, .. } => json!({ "code": q.code, "type": "number", "decimals": decimals }),
            Kind::Text { .. } => json!({ "code": q.code, "type": "text" }),
            Kind::Consent => json!({ "code": q.code, "type": "consent" }),
            Kind::Date { .. } => json!({ "code": q.code, "type": "date" }),
            Kind::Note => json!({ "code": q.code, "type": "note" }),
            Kind::Hidden { .. } => json!({ "code": q.code, "type": "hidden" }),
        }
    }
}

/// An answer as the script holds it: a number, a text (a day as 2026-01-31, an option's code), or a list of codes.
fn script_answer(q: &Question, answer: &Answer) -> Value {
    match answer {
        Answer::Number(n) => json!(n),
        Answer::Text(t) => json!(t),
        Answer::Date(day) => json!(day),
        Answer::Choices(_) | Answer::Ranking(_) => json!(q.answer_codes(answer)),
        one => json!(q.answer_codes(one).first()),
    }
}
