//! The library of questionnaires: the shipped files, the page that lists them, and the fixtures that show the whole format.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sipas::questionnaires::model::{Kind, Questionnaire};
use sipas::questionnaires::{format, read};

const LIBRARY: &str = "survey-defs/questionnaires";
const PAGE: &str = "docs/LIBRARY.md";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The shipped questionnaires with their paths.
fn shipped() -> Vec<(String, Questionnaire)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIBRARY);
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 8, "only {names:?} are found");
    names
        .into_iter()
        .map(|name| {
            let path = format!("{LIBRARY}/{name}");
            let read = read(&text(&path)).unwrap_or_else(|f| panic!("{path}: {f:#?}"));
            (path, read)
        })
        .collect()
}

/// The cells of the rows of a table, under a heading of the page, that begin with a path.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = text(PAGE);
    let section = page.split("\n## ").find(|s| s.starts_with(heading)).unwrap_or_else(|| panic!("{PAGE} has no heading {heading:?}"));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
    section.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

/// Every text that people read, with its language.
fn texts(value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| match value {
            Value::String(text) if key == "vi" || key == "en" => out.push((key.clone(), text.clone())),
            other => texts(other, out),
        }),
        Value::Array(all) => all.iter().for_each(|value| texts(value, out)),
        _ => {}
    }
}

#[test]
fn the_page_names_every_questionnaire_once_a_table_and_no_other() {
    let files: Vec<String> = shipped().into_iter().map(|(path, _)| path).collect();
    for heading in ["At a glance", "The figures", "Where the content comes from"] {
        let mut named: Vec<String> = rows(heading).into_iter().filter_map(|row| row.into_iter().next()).collect();
        named.sort();
        assert_eq!(named, files, "the table under {heading:?} of {PAGE}");
    }
}

#[test]
fn the_page_tells_the_length_and_the_threshold_of_the_file() {
    let (glance, figures) = (rows("At a glance"), rows("The figures"));
    for (path, q) in shipped() {
        let row = |table: &[Vec<String>]| table.iter().find(|row| row[0] == path).unwrap_or_else(|| panic!("{path} has no row")).clone();
        let asked = q.questions.iter().filter(|question| question.specifies.is_none()).count();
        let index = q.index.as_ref().unwrap_or_else(|| panic!("{path} has no index"));
        let seconds = q.seconds.unwrap_or_else(|| panic!("{path} has no seconds"));
        let time = if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) };
        assert_eq!(row(&glance)[1..4], [asked.to_string(), time, index.items().count().to_string()], "{path}");
        assert!(row(&figures)[1].ends_with(&format!("threshold {}", index.threshold)), "{path}: the threshold is {}", index.threshold);
    }
}

#[test]
fn every_introduction_tells_how_long_it_takes_and_that_it_is_voluntary() {
    for (path, q) in shipped() {
        let seconds = q.seconds.unwrap();
        let minutes = seconds.div_ceil(60);
        let vi = [format!("{minutes} phút"), format!("{seconds} giây")];
        let mut en = vec![format!("{minutes} minutes"), format!("{seconds} seconds")];
        if minutes == 1 {
            en.extend(["one minute", "a minute"].map(str::to_owned));
        }
        let says = |language: &str, words: &[String]| words.iter().any(|w| q.introduction.get(language).contains(w.as_str()));
        assert!(says("vi", &vi) && says("en", &en), "{path}: the introduction does not say {seconds} seconds");
        assert!(q.introduction.get("vi").contains("tự nguyện") && q.introduction.get("en").contains("voluntary"), "{path}");
        let source = q.source.as_deref().unwrap_or_default().to_lowercase();
        assert!(
            source.split(|c: char| !c.is_alphabetic()).any(|w| w == "our" || w == "ours"),
            "{path}: `source` does not say what is ours"
        );
    }
}

#[test]
fn every_long_answer_asks_not_to_write_names() {
    for (path, q) in shipped() {
        for question in q.questions.iter().filter(|q| matches!(q.kind, Kind::Text { long: true, .. })) {
            let hint = question.hint.as_ref().map_or(["", ""], |h| [h.get("vi"), h.get("en")]);
            assert!(hint[0].contains("Xin không ghi họ tên") && hint[1].contains("not write names"), "{path}: {}", question.code);
        }
    }
}

/// A letter and its accent as two characters looks right and is not found by a search.
#[test]
fn texts_are_written_in_whole_letters_and_single_spaces() {
    for (path, q) in shipped() {
        let mut all = Vec::new();
        texts(&serde_json::to_value(&q).unwrap(), &mut all);
        assert!(all.len() > 20, "{path}: only {} texts are found", all.len());
        for (language, text) in all {
            let loose = text.chars().find(|c| ('\u{300}'..='\u{36f}').contains(c));
            assert!(loose.is_none() && !text.contains("  ") && text.trim() == text, "{path}, {language}: {text:?}");
        }
    }
}

/// The keys and the words (question types, appearances…) that the schema knows.
fn vocabulary(schema: &Value, keys: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            words.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
            words.extend(map.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| vocabulary(value, keys, words));
        }
        Value::Array(all) => all.iter().for_each(|value| vocabulary(value, keys, words)),
        _ => {}
    }
}

fn used(value: &Value, keys: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            keys.insert(key.clone());
            used(value, keys, words);
        }),
        Value::Array(all) => all.iter().for_each(|value| used(value, keys, words)),
        Value::String(word) => {
            words.insert(word.clone());
        }
        _ => {}
    }
}

#[test]
fn the_fixtures_use_every_key_of_the_format_and_every_kind_of_question() {
    let schema: Value = serde_json::from_str(&text("docs/questionnaire.schema.json")).unwrap();
    let (mut keys, mut words) = (BTreeSet::new(), BTreeSet::new());
    vocabulary(&schema, &mut keys, &mut words);
    assert!(keys.len() > 30 && words.contains("ranking") && words.contains("stars"), "the schema was not understood: {keys:?} {words:?}");

    let (mut used_keys, mut used_words) = (BTreeSet::new(), BTreeSet::new());
    for path in ["tests/fixtures/every-kind.yaml", "tests/fixtures/every-kind-points.yaml"] {
        let source = text(path);
        read(&source).unwrap_or_else(|f| panic!("{path}: {f:#?}"));
        used(&serde_json::to_value(format::parse(&source).unwrap()).unwrap(), &mut used_keys, &mut used_words);
    }
    // `rows` is what is meant when no appearance is written; an index has one aggregation.
    let elsewhere: BTreeSet<String> = ["rows", "pooled", "factor_mean"].map(str::to_owned).into();
    assert_eq!(keys.difference(&used_keys).collect::<Vec<_>>(), Vec::<&String>::new(), "keys that no fixture uses");
    assert_eq!(
        words.difference(&used_words).filter(|w| !elsewhere.contains(*w)).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "words that no fixture uses"
    );
}

#[test]
fn the_fixtures_are_the_same_after_writing_them_anew() {
    for path in ["tests/fixtures/every-kind.yaml", "tests/fixtures/every-kind-points.yaml"] {
        let source = text(path);
        let written = format::write(&format::parse(&source).unwrap()).unwrap();
        let model = |source: &str| serde_json::to_value(read(source).unwrap_or_else(|f| panic!("{path}: {f:#?}"))).unwrap();
        assert_eq!(model(&written), model(&source), "{path}");
    }
}
