//! Conditions that no answers fulfil are found before publishing; a condition that some answers fulfil is never called impossible.

use std::fmt::Write as _;

use sipas::questionnaires::logic::{Condition, Tries, never_holds, parse};
use sipas::questionnaires::model::{Answer, Answers};
use sipas::questionnaires::{Questionnaire, read};

use super::cases::{Random, answers, form};

fn never(form: &Questionnaire, source: &str, this: Option<&str>) -> bool {
    let this = this.map(|code| form.position(code).unwrap());
    let condition = parse(source, &form.questions, form.questions.len(), &|_| false, this).unwrap_or_else(|m| panic!("{source}: {m:?}"));
    let computed = |q: usize| form.questions[q].code == "twice" || form.questions[q].code == "shout";
    never_holds(&form.questions, &[&condition], this, &computed, &Tries::default())
}

#[test]
fn impossible_conditions_are_found() {
    let form = form();
    for source in [
        "false()",
        "1 = 2",
        "${trips} > 10",
        "${trips} < 3 and ${trips} > 4",
        "${trips} > 3 and not(${trips} > 3)",
        "${trips} = 2.5",
        "${trips} * ${trips} = 7",
        "${trips} + ${mark} > 15",
        "${paid} > 5 and ${paid} < 5",
        "${paid} > 5.0000001 and ${paid} < 5.0000009",
        "${mark} = '1' and ${mark} = '2'",
        "${mark} > ${mark2} and ${mark2} > ${mark}",
        "selected(${seen}, 'tv') and count-selected(${seen}) > 3",
        "selected(${seen}, 'none') and count-selected(${seen}) = 2",
        "selected(${seen}, 'none') and selected(${seen}, 'tv')",
        "selected-at(${seen}, 0) = 'net' and selected(${seen}, 'tv')",
        "${words} = 'a' and ${words} = 'b'",
        "${words} = 'abc' and string-length(${words}) = 2",
        "string-length(${words}) > 1000",
        "${day} < '2026-03-01' and ${day} > '2026-03-01'",
        "${day} > '2026-03-01' and ${day} < '2026-03-02'",
        "rank(${best}, 'near') = 4",
        "rank(${best}, 'near') = 1 and rank(${best}, 'fast') = 1",
        "selected-at(${best}, 0) = 'near' and rank(${best}, 'near') != 1",
        "${twice} = 7",
        "${twice} > 4 and ${trips} < 2",
        "${mark} = '1' and contains(${words}, 'x') and ${mark} = '2'",
        "${trips} > 10 and ${day} < today()",
    ] {
        assert!(never(&form, source, None), "{source}");
    }
    assert!(never(&form, ". = ''", Some("trips")), "an answer that is checked is there");
    assert!(never(&form, ". > 10", Some("trips")));
}

#[test]
fn possible_conditions_are_left_alone() {
    let form = form();
    for source in [
        "true()",
        "${trips} = ''",
        "${trips} > 9",
        "${paid} > 5 and ${paid} < 5.1",
        "${paid} > 2.25 and ${paid} < 2.26",
        "${paid} > 1000000000",
        "${words} != 'a' and string-length(${words}) = 1",
        "${words} != 'x' and string-length(${words}) = 1",
        "string-length(${words}) > 999",
        "count-selected(${seen}) = 1 and not(selected(${seen}, 'tv')) and not(selected(${seen}, 'net')) and not(selected(${seen}, 'paper'))",
        "${day} > '2026-03-01' and ${day} < '2026-03-03'",
        "${day} > today()",
        "${day} = '' and ${until} = ''",
        "rank(${best}, 'near') = 3",
        "contains(${words}, 'x') and not(contains(${words}, 'x'))",
        "${twice} = 6",
        "${twice} = ''",
        "${week} = ''",
        "${shout} = 'A'",
        "${words} = ${from}",
        "${until} - ${day} = 30",
    ] {
        assert!(!never(&form, source, None), "{source}");
    }
    assert!(!never(&form, ". = 10", Some("trips")));
    assert!(!never(&form, ". <= today()", Some("day")));
}

#[test]
fn nothing_that_happens_is_called_impossible() {
    let form = form();
    let mut random = Random::new(7);
    let mut held = 0;
    for _ in 0..3_000 {
        let mut vector = random.vector();
        vector.want = serde_json::json!(true);
        let Ok(condition) = parse(&vector.expr, &form.questions, form.questions.len(), &|_| false, None) else { continue };
        let answers = form.settle(answers(&form, &random.answers(), Some("2026-03-01")));
        if condition.holds(&form, &answers, usize::MAX) {
            held += 1;
            assert!(!never(&form, &vector.expr, None), "{} holds with {answers:?}", vector.expr);
        }
    }
    assert!(held > 150, "{held}");
}

#[test]
fn a_questionnaire_of_hard_conditions_is_checked_with_bounded_effort() {
    let form = form();
    let tries = Tries::default();
    let hard = "${trips} + ${mark} + ${mark2} + ${twice} + count-selected(${seen}) + rank(${best}, 'near') > 1000";
    let condition = parse(hard, &form.questions, form.questions.len(), &|_| false, None).unwrap();
    let found: Vec<bool> = (0..300).map(|_| never_holds(&form.questions, &[&condition], None, &|_| false, &tries)).collect();
    assert!(found.iter().all(|never| !never), "what is not finished is possible");
    let easy = parse("${trips} > 10", &form.questions, form.questions.len(), &|_| false, None).unwrap();
    assert!(!never_holds(&form.questions, &[&easy], None, &|_| false, &tries), "nothing is left to try with");
}

#[test]
fn a_long_questionnaire_with_a_condition_each_is_read() {
    let mut file = "format: 1\ncode: long\nversion: \"1\"\ntitle: {vi: x}\nlanguages: [vi]\nintroduction: {vi: x}\nsections:\n  - code: a\n    title: {vi: x}\n    questions:\n".to_owned();
    for n in 0..300 {
        write!(file, "      - {{code: q{n}, type: number, min: 0, max: 9, text: {{vi: x}}").unwrap();
        if n > 2 {
            write!(file, ", relevant: \"${{q{}}} + ${{q{}}} > ${{q{}}} or ${{q{}}} = 3\"", n - 1, n - 2, n - 3, n - 1).unwrap();
        }
        file.push_str("}\n");
    }
    let form = read(&file).unwrap();
    let all = Answers { given: (0..300).map(|n| (n, Answer::Number(3.0))).collect(), day: None };
    assert_eq!(form.settle(all).given.len(), 300);
}

#[test]
fn a_condition_is_possible_together_with_its_section() {
    let form = form();
    let read = |source: &str| -> Condition { parse(source, &form.questions, form.questions.len(), &|_| false, None).unwrap() };
    let (a, b) = (read("${mark} < 3"), read("${mark} > 3"));
    let check = |all: &[&Condition]| never_holds(&form.questions, all, None, &|_| false, &Tries::default());
    assert!(!check(&[&a]) && !check(&[&b]) && check(&[&a, &b]));
}
