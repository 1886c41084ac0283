//! Inputs that fuzzing found worth keeping: each is read, or refused with a reason.

use sipas::questionnaires::logic::{parse, parse_value, rename};
use sipas::questionnaires::{check, format, read};

use super::cases::{Random, answers, form};

fn files(folder: &str) -> Vec<Vec<u8>> {
    let path = format!("{}/tests/corpus/{folder}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(path).unwrap().map(|f| std::fs::read(f.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_expression_of_the_corpus_is_read_or_refused() {
    let form = form();
    let answers = form.settle(answers(&form, &Random::new(3).answers(), Some("2026-03-01")));
    let all = files("expression");
    assert!((20..300).contains(&all.len()));
    for bytes in all {
        let Ok(source) = std::str::from_utf8(&bytes) else { continue };
        let this = form.position("words");
        match parse(source, &form.questions, form.questions.len(), &|_| false, this) {
            Ok(condition) => _ = condition.holds(&form, &answers, this.unwrap()),
            Err(mistake) => assert!(!mistake.hint.is_empty() && mistake.at <= source.chars().count(), "{source}: {mistake:?}"),
        }
        if let Ok(value) = parse_value(source, &form.questions, form.questions.len(), &|_| false) {
            let _ = value.value(&form, &answers, usize::MAX);
        }
        let _ = rename(source, "mark", "grade");
    }
}

#[test]
fn every_questionnaire_of_the_corpus_is_read_or_refused() {
    let all = files("yaml");
    assert!((20..300).contains(&all.len()));
    for bytes in all {
        let Ok(source) = std::str::from_utf8(&bytes) else { continue };
        let Err(findings) = read(source) else { continue };
        assert!(!findings.is_empty() && findings.iter().all(|f| !f.hint.is_empty()));
        if let Ok(file) = format::parse(source) {
            let _ = check(&file).is_ok();
        }
    }
}
