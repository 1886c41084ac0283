//! A questionnaire written as an XLSForm reads back to the same questionnaire, byte for byte.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use sipas::exchange::xlsform::{self, Options};
use sipas::questionnaires::format::{self, Choice, File, QuestionRole, QuestionType, Scale, Texts, placed};

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

#[test]
fn the_same_questionnaire_gives_the_same_bytes() {
    let file = format::parse(include_str!("every_feature.yaml")).unwrap();
    assert_eq!(xlsform::write(&file).unwrap(), xlsform::write(&file).unwrap());
}

#[test]
fn what_a_cell_cannot_hold_is_refused() {
    for bad in ["a\u{1}b", "a\rb", "costs ${5"] {
        let mut file = format::parse(include_str!("every_feature.yaml")).unwrap();
        file.title = placed(BTreeMap::from([("vi".into(), bad.into()), ("en".into(), "x".into())]));
        let problems = xlsform::write(&file).unwrap_err();
        assert!(problems[0].to_string().contains("is blank or too long, or has what such a form cannot hold"), "{problems:?}");
    }
}

#[test]
fn a_questionnaire_with_findings_is_not_exported() {
    let mut file = format::parse(include_str!("every_feature.yaml")).unwrap();
    file.sections[0].questions[0].scale = Some(placed("nowhere".into()));
    let problems = xlsform::write(&file).unwrap_err();
    assert!(problems.iter().any(|p| p.what.contains("there is no scale")), "{problems:?}");
}

/// Texts with what spreadsheets and XML like to spoil.
fn texts() -> impl Strategy<Value = Texts> {
    let text = prop_oneof![
        "[ -~]{1,30}",
        "[ăâđêôơưẠ-ỹ \\n\\t]{1,20}x",
        "(=|\\+|-|@|'|_x000D_|_x0041_|&amp;|<b>|]]>| ){1,4}[a-z]{1,4} ?",
        "\\PC{1,20}",
    ];
    let fit = |t: &String| !t.trim().is_empty() && !t.contains("${") && !t.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    let text = text.prop_filter("a cell can hold it", fit).boxed();
    (text.clone(), text).prop_map(|(vi, en)| placed(BTreeMap::from([("vi".to_owned(), vi), ("en".to_owned(), en)])))
}

fn choices(specify: bool) -> impl Strategy<Value = Vec<Choice>> {
    let choice = (texts(), prop::option::of("[a-zA-Z0-9 .]{0,8}x"), any::<bool>());
    prop::collection::vec(choice, 2..5).prop_map(move |all| {
        let last = all.len() - 1;
        let one = |(n, (text, attribute, asks)): (usize, (Texts, Option<String>, bool))| Choice {
            code: placed(format!("o-{n}")),
            text,
            specify: specify && asks && n == last,
            exclusive: false,
            attributes: attribute.map(|a| ("kind".to_owned(), a)).into_iter().collect(),
        };
        all.into_iter().enumerate().map(one).collect()
    })
}

/// The keys that a question may have, whatever its kind; those that do not fit are taken away.
type Keys = (QuestionType, Texts, Option<Texts>, bool, Vec<Choice>, bool, Option<u8>, (i32, u8, bool));

fn keys() -> impl Strategy<Value = Keys> {
    use QuestionType::{Consent, Date, Hidden, Matrix, Multiple, Note, Number, Ranking, Scale, Single, Text, YesNo};
    let kind = select(vec![Scale, Single, Multiple, YesNo, Matrix, Ranking, Number, Text, Date, Consent, Note, Hidden]);
    (
        kind,
        texts(),
        prop::option::of(texts()),
        any::<bool>(),
        choices(true),
        any::<bool>(),
        prop::option::of(1u8..3),
        (-50..50i32, 0..4u8, any::<bool>()),
    )
}

fn question(n: usize, keys: Keys, names: &[String]) -> format::Question {
    use QuestionType::{Consent, Date, Hidden, Matrix, Multiple, Note, Number, Ranking, Scale, Single, Text, YesNo};
    let (kind, text, hint, flag, mut options, shuffle, some, (number, decimals, long)) = keys;
    let code = format!("q{n}");
    // The fewest keys, then those of the kind.
    let mut q = format::parse(&format!(
        "format: 1\ncode: a\nversion: '1'\ntitle: {{}}\nlanguages: []\nintroduction: {{}}\nsections: [{{code: a, title: {{}}, questions: [{{code: {code}, type: note, text: {{}}}}]}}]"
    ))
    .unwrap()
    .sections
    .remove(0)
    .questions
    .remove(0);
    q.kind = kind;
    q.text = text;
    q.hint = hint;
    q.required = flag && !matches!(kind, Note | Hidden);
    q.shuffle = shuffle && matches!(kind, Scale | Single | Multiple | YesNo | Ranking | Matrix);
    if !matches!(kind, Single | Multiple) {
        options.iter_mut().for_each(|o| o.specify = false);
    }
    match kind {
        Scale | Matrix => q.scale = Some(placed(names[n % names.len()].clone())),
        Single | Ranking => q.options = options,
        Multiple => {
            q.min_selected = some;
            q.options = options;
        }
        Number => {
            q.min = long.then_some(f64::from(number) / 7.0);
            q.decimals = some.map(|_| decimals);
        }
        Text => {
            q.long = long;
            q.max_length = some.map(|s| u32::from(s) * 100);
        }
        Date => q.latest = long.then(|| placed("today".to_owned())),
        YesNo | Consent | Note | Hidden | QuestionType::Calculate => {}
    }
    q.role = [QuestionRole::Respondent, QuestionRole::Comment].into_iter().find(|role| flag && role.types().contains(&kind));
    if kind == Matrix {
        let item =
            |i: usize| format::Item { code: placed(format!("{code}_{i}")), text: q.text.clone(), hint: q.hint.clone(), relevant: None };
        q.items = (0..=usize::from(decimals)).map(item).collect();
    }
    q
}

fn files() -> impl Strategy<Value = File> {
    let scale = (choices(false), any::<bool>(), texts()).prop_map(|(options, na, text)| Scale {
        options,
        not_applicable: na.then(|| Choice {
            code: placed("na".into()),
            text,
            specify: false,
            exclusive: false,
            attributes: BTreeMap::new(),
        }),
        refused: None,
    });
    let scales = prop::collection::btree_map("[a-zÀ-ỹ ]{0,6}[a-z]", scale, 1..4);
    let sections = prop::collection::vec((texts(), prop::option::of(texts()), prop::collection::vec(keys(), 1..5)), 1..4);
    (scales, sections, texts(), texts(), prop::option::of(0..9_000u32)).prop_map(|(scales, sections, title, introduction, seconds)| {
        let names: Vec<String> = scales.keys().cloned().collect();
        let mut n = 0;
        let sections = sections
            .into_iter()
            .enumerate()
            .map(|(s, (title, note, all))| {
                let questions = all.into_iter().map(|keys| {
                    n += 1;
                    question(n, keys, &names)
                });
                format::Section {
                    code: placed(format!("q{}", s + 1)),
                    title,
                    note,
                    relevant: None,
                    shuffle: s == 1,
                    questions: questions.collect(),
                }
            })
            .collect();
        File {
            format: 1,
            code: placed("random".into()),
            version: placed("1".into()),
            title,
            source: None,
            languages: vec![placed("vi".into()), placed("en".into())],
            introduction,
            seconds,
            scales,
            sections,
            index: None,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_questionnaires_come_back_identical(file in files()) {
        let before = format::write(&file).unwrap();
        let bytes = xlsform::write(&file).map_err(|p| TestCaseError::fail(format!("{p:?}\n{before}")))?;
        let read = xlsform::read(&bytes, &Options::default()).map_err(|p| TestCaseError::fail(format!("{p:?}\n{before}")))?;
        prop_assert_eq!(before, format::write(&read.file).unwrap());
        prop_assert_eq!(read.warnings, Vec::new());
    }
}
