//! Any text is an expression or a mistake with a remedy; what is read can be evaluated, written as JSON and renamed.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sipas::questionnaires::logic::{Tries, never_holds, parse, parse_filter, parse_value, rename};
use sipas::questionnaires::model::{Answer, Answers};
use sipas::questionnaires::{Questionnaire, read};

static FORM: LazyLock<Questionnaire> = LazyLock::new(|| read(include_str!("../../tests/logic/form.yaml")).unwrap());
static ANSWERS: LazyLock<Answers> = LazyLock::new(|| {
    let given = [
        ("mark", Answer::Choice(4)),
        ("seen", Answer::Choices(vec![1, 2])),
        ("trips", Answer::Number(3.0)),
        ("words", Answer::Text("Đường Láng 12".to_owned())),
        ("best", Answer::Ranking(vec![3, 1])),
        ("day", Answer::Date("2026-03-01".parse().unwrap())),
    ];
    let given = given.into_iter().map(|(code, answer)| (FORM.position(code).unwrap(), answer)).collect();
    FORM.settle(Answers { given, day: Some("2026-03-02".parse().unwrap()) })
});

fuzz_target!(|source: &str| {
    let (questions, all) = (&FORM.questions, FORM.questions.len());
    let this = FORM.position("words");
    match parse(source, questions, all, &|_| false, this) {
        Ok(condition) => {
            let held = condition.holds(&FORM, &ANSWERS, all) || condition.holds(&FORM, &ANSWERS, this.unwrap());
            let never = never_holds(questions, &[&condition], None, &|_| false, &Tries::default());
            assert!(!(held && never && !condition.names().is_empty() && !source.contains('.')), "what holds is called impossible");
            assert!(condition.names().len() <= all);
        }
        Err(mistake) => assert!(!mistake.hint.is_empty() && mistake.at <= source.chars().count()),
    }
    let attributes = ["region".to_owned()].into();
    if let Ok(filter) = parse_filter(source, questions, all, &|_| false, &attributes) {
        let place = FORM.position("place").unwrap();
        for option in questions[place].options() {
            let _ = filter.admits(&FORM, &ANSWERS, place, option);
        }
    }
    if let Ok(value) = parse_value(source, questions, all, &|_| false) {
        let _ = value.value(&FORM, &ANSWERS, all);
    }
    let _ = rename(source, "mark", "grade");
});
