//! A questionnaire written as an XLSForm reads back to the same questionnaire, byte for byte.

use sipas::exchange::xlsform::{self, Options};
use sipas::questionnaires::format;

fn comes_back(source: &str) {
    let file = format::parse(source).unwrap();
    let before = format::write(&file).unwrap();
    let bytes = xlsform::write(&file).unwrap_or_else(|p| panic!("{}", p.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    let read = xlsform::read(&bytes, &Options::default())
        .unwrap_or_else(|p| panic!("{}", p.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    similar(&before, &format::write(&read.file).unwrap());
    assert_eq!(read.warnings, Vec::new());
}

fn similar(before: &str, after: &str) {
    if let Some((n, (a, b))) = before.lines().zip(after.lines()).enumerate().find(|(_, (a, b))| a != b) {
        panic!("line {}:\n{a}\nbecame\n{b}", n + 1);
    }
    assert_eq!(before, after);
}

#[test]
fn every_shipped_questionnaire_comes_back_identical() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires");
    for path in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
        comes_back(&std::fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn a_questionnaire_with_every_key_comes_back_identical() {
    comes_back(include_str!("every_feature.yaml"));
}
