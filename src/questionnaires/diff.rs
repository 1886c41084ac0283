//! What differs between two questionnaires: texts, codes, logic, index.
//!
//! Both files are laid out flat, one entry a value, each under the code of the question, scale or section it belongs to; what differs
//! between the two lists is the difference. Nothing of the format can be forgotten, because the lists are made from the files' own keys.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Place;
use super::format::File;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Whole questions, scales and sections, and their order.
    Structure,
    /// Kinds of answers, options, bounds.
    Answers,
    /// Conditions, calculations, what is required.
    Logic,
    /// The index.
    Index,
    /// Words.
    Text,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where.
    pub place: Place,
    /// The keys below the place, joined by dots, with codes in place of numbers: `options.yes.text.vi`. Empty for the place itself.
    pub key: String,
    /// What it is about.
    pub about: About,
    /// The value before; none when it was not there.
    pub before: Option<String>,
    /// The value after; none when it is no longer there.
    pub after: Option<String>,
    /// Whether answers given before and after can no longer be put side by side.
    pub breaks: bool,
}

/// Value by place and key, in the order of the file.
type Flat = Vec<(Place, String, String)>;

/// Lays a file out flat: one entry a value. Also what the page of translations is made of.
///
/// # Errors
/// Those of the JSON writer, which a file that was read does not meet.
pub fn flat(file: &File) -> Result<Flat, serde_json::Error> {
    let mut entries = Vec::new();
    let Value::Object(mut form) = serde_json::to_value(file)? else { return Ok(entries) };
    let (scales, sections, index) = (form.remove("scales"), form.remove("sections"), form.remove("index"));
    walk(&Place::Form, "", &Value::Object(form), &mut entries);
    if let Some(Value::Object(scales)) = scales {
        for (name, scale) in scales {
            let place = Place::Scale(name);
            entries.push((place.clone(), String::new(), String::new()));
            walk(&place, "", &scale, &mut entries);
        }
    }
    let Some(Value::Array(sections)) = sections else { return Ok(entries) };
    let mut order = Vec::new();
    for section in sections {
        let Value::Object(mut section) = section else { continue };
        let code = code_of(&section);
        order.push(code.clone());
        let questions = section.remove("questions");
        let place = Place::Section(code.clone());
        section.remove("code");
        entries.push((place.clone(), String::new(), String::new()));
        walk(&place, "", &Value::Object(section), &mut entries);
        let Some(Value::Array(questions)) = questions else { continue };
        let mut codes = Vec::new();
        for question in questions {
            let Value::Object(mut question) = question else { continue };
            let own = code_of(&question);
            let place = Place::Question(own.clone());
            codes.push(own);
            question.remove("code");
            entries.push((place.clone(), String::new(), String::new()));
            entries.push((place.clone(), "section".to_owned(), code.clone()));
            walk(&place, "", &Value::Object(question), &mut entries);
        }
        entries.push((Place::Section(code), "questions".to_owned(), codes.join(" ")));
    }
    entries.push((Place::Form, "sections".to_owned(), order.join(" ")));
    if let Some(index) = index {
        entries.push((Place::Index, String::new(), String::new()));
        walk(&Place::Index, "", &index, &mut entries);
    }
    Ok(entries)
}

fn code_of(object: &serde_json::Map<String, Value>) -> String {
    object.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Adds every value below, lists of things with codes by their codes.
fn walk(place: &Place, key: &str, value: &Value, entries: &mut Flat) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, field) in fields.iter().filter(|(name, _)| *name != "code" || key.is_empty()) {
                walk(place, &below(name), field, entries);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            let name = |at: usize, item: &Value| {
                let own = item.as_object().map(code_of).filter(|c| !c.is_empty());
                own.unwrap_or_else(|| (at + 1).to_string())
            };
            let names: Vec<String> = list.iter().enumerate().map(|(at, item)| name(at, item)).collect();
            for (name, item) in names.iter().zip(list) {
                walk(place, &below(name), item, entries);
            }
            entries.push((place.clone(), key.to_owned(), names.join(" ")));
        }
        Value::Array(list) => {
            let words: Vec<String> = list.iter().map(plain).collect();
            entries.push((place.clone(), key.to_owned(), words.join(" ")));
        }
        other => entries.push((place.clone(), key.to_owned(), plain(other))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Everything that differs, in the order of the newer file, what was removed at the end.
///
/// # Errors
/// As [`flat`].
pub fn compare(old: &File, new: &File) -> Result<Vec<Change>, serde_json::Error> {
    let (old, new) = (flat(old)?, flat(new)?);
    let before: BTreeMap<(&Place, &str), &str> = old.iter().map(|(p, k, v)| ((p, k.as_str()), v.as_str())).collect();
    let after: BTreeMap<(&Place, &str), &str> = new.iter().map(|(p, k, v)| ((p, k.as_str()), v.as_str())).collect();
    let whole = |place: &Place, in_it: &BTreeMap<(&Place, &str), &str>| *place == Place::Form || in_it.contains_key(&(place, ""));
    let mut changes = Vec::new();
    for (place, key, value) in &new {
        let was = before.get(&(place, key.as_str())).copied();
        // What belongs to something new is not listed piece by piece.
        if was == Some(value.as_str()) || (!key.is_empty() && !whole(place, &before)) || only_order(&before, &after, key, was, value) {
            continue;
        }
        changes.push(change(place, key, was, Some(value)));
    }
    for (place, key, value) in &old {
        let gone = !after.contains_key(&(place, key.as_str()));
        if gone && (key.is_empty() || whole(place, &after)) {
            changes.push(change(place, key, Some(value), None));
        }
    }
    Ok(changes)
}

/// Whether a list of sections or questions differs only by what came or went, which is told at its own place.
fn only_order(
    before: &BTreeMap<(&Place, &str), &str>,
    after: &BTreeMap<(&Place, &str), &str>,
    key: &str,
    was: Option<&str>,
    is: &str,
) -> bool {
    let (Some(was), true) = (was, key == "questions" || key == "sections") else { return false };
    let there = |code: &str, side: &BTreeMap<(&Place, &str), &str>| {
        let (section, question) = (Place::Section(code.to_owned()), Place::Question(code.to_owned()));
        if key == "sections" { side.contains_key(&(&section, "")) } else { side.contains_key(&(&question, "")) }
    };
    let stayed = |list: &str, side| list.split(' ').filter(|c| there(c, side)).map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (stayed(was, after), stayed(is, before));
    // A question that moved to another section is told by its own key `section`.
    let common = |a: &[String], b: &[String]| a.iter().filter(|c| b.contains(c)).cloned().collect::<Vec<_>>();
    common(&old, &new) == common(&new, &old)
}

fn change(place: &Place, key: &str, before: Option<&str>, after: Option<&str>) -> Change {
    let about = about(place, key);
    let kept = |v: Option<&str>| v.map(str::to_owned);
    let answers_lost = matches!((about, place), (About::Structure, Place::Question(_))) && key.is_empty() && after.is_none();
    let index = about == About::Index && (!key.is_empty() || after.is_none());
    let meaning =
        about == About::Answers && before.is_some() && !matches!(last(key), "appearance" | "shuffle" | "max_length" | "long" | "role");
    Change {
        place: place.clone(),
        key: key.to_owned(),
        about,
        before: kept(before),
        after: kept(after),
        breaks: answers_lost || index || meaning || last(key) == "calculation",
    }
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn about(place: &Place, key: &str) -> About {
    const WORDS: [&str; 8] = ["text", "title", "hint", "note", "introduction", "constraint_message", "unit", "source"];
    let parts: Vec<&str> = key.split('.').collect();
    let in_words = key == "source" || parts.iter().rev().nth(1).is_some_and(|name| WORDS.contains(name));
    if key.is_empty() || matches!(key, "section" | "questions" | "sections") {
        if *place == Place::Index { About::Index } else { About::Structure }
    } else if in_words {
        About::Text
    } else if *place == Place::Index {
        About::Index
    } else if matches!(last(key), "relevant" | "constraint" | "calculation" | "choice_filter" | "required") || key.contains("attributes.") {
        About::Logic
    } else if matches!(place, Place::Form) {
        About::Structure
    } else {
        About::Answers
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::{parse, placed};
    use super::*;

    const OLD: &str = r#"
format: 1
code: t
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
introduction: {vi: "Xin chào"}
sections:
  - code: s
    title: {vi: "Phần"}
    questions:
      - {code: a, type: yes_no, text: {vi: "A?"}}
      - {code: b, type: single, text: {vi: "B?"}, options: [{code: x, text: {vi: "X"}}, {code: y, text: {vi: "Y"}}]}
      - {code: c, type: number, text: {vi: "C?"}, relevant: "${a} = 'yes'"}
"#;

    fn changed(edit: impl FnOnce(&mut File)) -> Vec<(String, About, bool)> {
        let old = parse(OLD).unwrap();
        let mut new = old.clone();
        edit(&mut new);
        let name = |p: &Place| match p {
            Place::Form => "form".to_owned(),
            Place::Index => "index".to_owned(),
            Place::Question(c) | Place::Section(c) | Place::Scale(c) => c.clone(),
        };
        compare(&old, &new).unwrap().into_iter().map(|c| (format!("{}/{}", name(&c.place), c.key), c.about, c.breaks)).collect()
    }

    #[test]
    fn equal_files_do_not_differ() {
        assert_eq!(changed(|_| {}), []);
    }

    #[test]
    fn a_word_a_condition_and_an_option_are_told_apart() {
        let word = changed(|f| f.sections[0].questions[0].text.value.insert("vi".into(), "Khác?".into()).map_or((), drop));
        assert_eq!(word, [("a/text.vi".into(), About::Text, false)]);
        let condition = changed(|f| f.sections[0].questions[2].relevant = Some(placed("${a} = 'no'".into())));
        assert_eq!(condition, [("c/relevant".into(), About::Logic, false)]);
        let option = changed(|f| drop(f.sections[0].questions[1].options.remove(0)));
        assert_eq!(option, [("b/options".into(), About::Answers, true), ("b/options.x.text.vi".into(), About::Text, false)]);
    }

    #[test]
    fn a_role_that_is_given_changed_or_taken_away_breaks_no_comparison() {
        use super::super::format::QuestionRole;
        let given = changed(|f| f.sections[0].questions[0].role = Some(QuestionRole::Respondent));
        assert_eq!(given, [("a/role".into(), About::Answers, false)]);
        let old = parse(&OLD.replace("code: a, type: yes_no", "code: a, type: yes_no, role: respondent")).unwrap();
        for role in [None, Some(QuestionRole::Service)] {
            let mut new = old.clone();
            new.sections[0].questions[0].role = role;
            let changes = compare(&old, &new).unwrap();
            assert_eq!(changes.iter().map(|c| (c.key.as_str(), c.breaks)).collect::<Vec<_>>(), [("role", false)], "{role:?}");
        }
    }

    #[test]
    fn what_came_and_went_is_told_once_and_a_move_is_a_move() {
        assert_eq!(changed(|f| drop(f.sections[0].questions.remove(2))), [("c/".into(), About::Structure, true)]);
        let added = changed(|f| {
            let mut q = f.sections[0].questions[0].clone();
            q.code.value = "d".into();
            f.sections[0].questions.insert(1, q);
        });
        assert_eq!(added, [("d/".into(), About::Structure, false)]);
        assert_eq!(changed(|f| f.sections[0].questions.swap(0, 1)), [("s/questions".into(), About::Structure, false)]);
    }
}
