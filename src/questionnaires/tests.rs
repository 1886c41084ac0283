//! The file format, conditions and the byte layout, on small questionnaires.

use proptest::prelude::*;

use super::model::{Answer, Answers, Kind};
use super::{Questionnaire, codes, read};

/// A questionnaire with one question of each kind; `{}` takes more keys of the last one.
fn file(more: &str) -> String {
    format!(
        r#"format: 1
code: trial
version: "1"
title: {{vi: Thử, en: Trial}}
languages: [vi, en]
introduction: {{vi: Chào, en: Hello}}
scales:
  five:
    options:
      - {{code: "1", text: {{vi: a, en: a}}}}
      - {{code: "2", text: {{vi: b, en: b}}}}
      - {{code: "3", text: {{vi: c, en: c}}}}
    not_applicable: {{code: na, text: {{vi: KAD, en: n/a}}}}
sections:
  - code: one
    title: {{vi: Một, en: One}}
    questions:
      - {{code: mark, type: scale, scale: five, required: true, text: {{vi: x, en: x}}}}
      - code: seen
        type: multiple
        text: {{vi: x, en: x}}
        options:
          - {{code: tv, text: {{vi: x, en: x}}}}
          - {{code: net, text: {{vi: x, en: x}}}}
          - {{code: other, text: {{vi: x, en: x}}, specify: true}}
      - {{code: trips, type: number, min: 0, max: 10, text: {{vi: x, en: x}}}}
      - {{code: agree, type: consent, text: {{vi: x, en: x}}}}
      - {{code: words, type: text, text: {{vi: x, en: x}}{more}}}
"#
    )
}

fn relevant(condition: &str) -> Result<Questionnaire, String> {
    read(&file(&format!(", relevant: \"{condition}\""))).map_err(|f| f.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_good_file_is_read() {
    let q = read(&file("")).unwrap();
    assert_eq!(q.questions.iter().map(|q| q.code.as_str()).collect::<Vec<_>>(), ["mark", "seen", "seen_other", "trips", "agree", "words"]);
    assert_eq!(q.code_bytes, 3);
    assert_eq!(q.questions[2].specifies, Some(1));
}

#[test]
fn every_shipped_questionnaire_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    assert!(files.len() >= 4);
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        read(&source)
            .unwrap_or_else(|f| panic!("{}: {}", path.display(), f.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    }
}

#[test]
fn mistakes_are_told_with_line_and_hint() {
    let cases = [
        (file("").replace("format: 1", "format: 1\ncolour: red"), "unknown field", 2),
        (file("").replace("code: trips", "code: mark"), "is there twice", 26),
        (file("").replace("scale: five", "scale: six"), "there is no scale", 18),
        (file("").replace("title: {vi: Thử, en: Trial}", "title: {vi: Thử}"), "has no en", 4),
        (file(", constraint: \". = 'x'\""), "has no message", 28),
        (file(", options: [{code: a, text: {vi: x, en: x}}]"), "does not go with", 28),
        (file(", role: outcome"), "the role \"outcome\" does not go with", 28),
        (file(", role: respondent"), "the role \"respondent\" does not go with", 28),
        (file("").replace("type: number,", "type: number, role: comment,"), "the role \"comment\" does not go with", 26),
        (file("").replace("type: multiple", "type: multiple\n        role: service"), "the role \"service\" does not go with", 19),
        (
            file("").replace("type: consent,", "type: yes_no, role: service,").replace("scale: five,", "scale: five, role: service,"),
            "has the role \"service\" already",
            27,
        ),
        (
            file("")
                .replace("type: consent,", "type: scale, scale: five, role: outcome,")
                .replace("scale: five, required", "scale: five, role: outcome, required"),
            "\"mark\" has the role \"outcome\" already",
            27,
        ),
    ];
    for (source, message, line) in cases {
        let findings = read(&source).unwrap_err();
        assert!(findings.iter().any(|f| f.message.contains(message) && f.line == line), "{message} at {line}: {findings:?}");
        assert!(findings.iter().all(|f| !f.hint.is_empty()));
    }
}

#[test]
fn conditions_are_checked_before_anybody_answers() {
    let wrong = [
        ("${mark} = '7'", "has no option"),
        ("${marc} = '1'", "did you mean ${mark}"),
        ("${words} = 'x'", "asked later"),
        (". = 'x'", "stands for the answer itself"),
        ("${seen} = 'tv'", "several answers"),
        ("${trips} = 'many'", "compared with the text"),
        ("${trips} > 10", "no answers can ever"),
        ("${mark} = ''", "no answers can ever"),
        ("${trips} < 3 and ${trips} > 4", "no answers can ever"),
        ("selected(${seen}, 'tv') and count-selected(${seen}) > 3", "no answers can ever"),
        ("${agree} > 1", "is not a number"),
        ("${mark} + 1", "not a condition"),
        ("${mark} = '1' ${mark} = '2'", "is not expected"),
        ("(${mark} = '1'", "`)` is missing"),
        ("${mark} = '1' and", "ends too early"),
        ("contain(${seen_other}, 'x')", "did you mean contains( )"),
        ("${mark} = '1", "does not end"),
    ];
    for (condition, message) in wrong {
        let findings = relevant(condition).map(|_| ()).expect_err(condition);
        assert!(findings.contains(message), "{condition}: {findings}");
    }
    for fine in [
        "${mark} <= 2",
        "${mark} = 'na'",
        "not(${agree} = 'yes')",
        "${trips} * 2 - 1 = 19",
        "string-length(${seen_other}) > 5",
        "${trips} = ''",
        "${trips} div 4 = 0.5",
        "${trips} > ${mark}",
        "string-length(${seen_other}) > ${trips}",
    ] {
        relevant(fine).unwrap_or_else(|e| panic!("{fine}: {e}"));
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let deep = format!("{}${{mark}} = '1'{}", "(".repeat(1500), ")".repeat(1500));
    assert!(relevant(&deep).unwrap_err().contains("nested too deeply"));
    let minus = format!("{}${{trips}} = 1", "- ".repeat(1500));
    assert!(relevant(&minus).unwrap_err().contains("nested too deeply"));
}

#[test]
fn conditions_decide_as_the_language_says() {
    type Given<'a> = &'a [(&'a str, Answer)];
    let cases: [(&str, Given<'_>, bool); 12] = [
        ("${mark} <= 2", &[("mark", Answer::Choice(2))], true),
        ("${mark} <= 2", &[("mark", Answer::Choice(3))], false),
        ("${mark} <= 2", &[("mark", Answer::NotApplicable)], false),
        ("${mark} <= 2", &[], false),
        ("${mark} != '1'", &[], true),
        ("${mark} = 2", &[("mark", Answer::Choice(2))], true),
        ("selected(${seen}, 'net')", &[("seen", Answer::Choices(vec![1, 2]))], true),
        ("selected(${seen}, 'net')", &[("seen", Answer::Choices(vec![1]))], false),
        ("count-selected(${seen}) >= 2", &[("seen", Answer::Choices(vec![1, 3]))], true),
        ("${trips} mod 2 = 1 or ${agree} = 'yes'", &[("trips", Answer::Number(4.0)), ("agree", Answer::Choice(1))], true),
        ("${trips} div 4 = 0.5", &[("trips", Answer::Number(2.0))], true),
        ("string-length(${seen_other}) = 3", &[("seen_other", Answer::Text("đường".chars().take(3).collect()))], true),
    ];
    for (condition, given, expected) in cases {
        let q = relevant(condition).unwrap();
        let answers = Answers { given: given.iter().map(|(c, a)| (q.position(c).unwrap(), a.clone())).collect(), day: None };
        assert_eq!(q.asks(q.position("words").unwrap(), &answers), expected, "{condition} {given:?}");
    }
}

#[test]
fn answers_no_longer_asked_are_dropped_in_a_chain() {
    let q = relevant("${agree} = 'yes' and ${trips} > 1").unwrap();
    let at = |c| q.position(c).unwrap();
    let answers = Answers {
        given: [(at("trips"), Answer::Number(1.0)), (at("agree"), Answer::Choice(1)), (at("words"), Answer::Text("x".into()))].into(),
        day: None,
    };
    assert_eq!(q.settle(answers).get(at("words")), None);
}

#[test]
fn several_questions_may_tell_who_answers_or_hold_a_comment() {
    let source = file(", role: comment}\n      - {code: more, type: text, role: comment, text: {vi: x, en: x}");
    let source = source
        .replace("type: consent,", "type: yes_no, role: respondent,")
        .replace("scale: five, required", "scale: five, role: respondent, required");
    let q = read(&source).unwrap();
    let roles: Vec<_> = q.questions.iter().map(|q| q.role.map_or("", super::model::QuestionRole::as_str)).collect();
    assert_eq!(roles, ["respondent", "", "", "", "respondent", "comment", "comment"]);
}

#[test]
fn the_general_satisfaction_is_no_item_of_the_index() {
    let index = "index: {kind: satisfied_share, satisfied: ['3'], valid: ['1', '2', '3'], aggregation: pooled, threshold: 5, overall: {code: o, text: {vi: x, en: x}}, parts: [{code: p, text: {vi: x, en: x}, factors: [{code: f, text: {vi: x, en: x}, items: [mark]}]}]}\n";
    let counted = file("") + index;
    read(&counted).unwrap();
    let findings = read(&counted.replace("scale: five, required", "scale: five, role: outcome, required")).unwrap_err();
    assert!(findings[0].message.contains("\"mark\" has the role “outcome” and is counted by the index, too"), "{findings:?}");
    assert_eq!((findings.len(), findings[0].line), (1, 29));
    read(&counted.replace("scale: five, required", "scale: five, role: respondent, required")).unwrap();
}

#[test]
fn the_schema_beside_the_documentation_is_the_one_of_this_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/questionnaire.schema.json");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == super::format::json_schema(),
        "the file differs; write it anew: sipas questionnaire schema > docs/questionnaire.schema.json"
    );
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let q = read(&file("")).unwrap();
    let each: Vec<_> = q
        .questions
        .iter()
        .map(|question| {
            let some: BoxedStrategy<Answer> = match &question.kind {
                Kind::Single { options, .. } => {
                    let n = u8::try_from(options.len()).unwrap();
                    prop_oneof![(1..=n).prop_map(Answer::Choice), Just(Answer::NotApplicable)].boxed()
                }
                Kind::Multiple { options, .. } => {
                    proptest::sample::subsequence((1..=u8::try_from(options.len()).unwrap()).collect::<Vec<_>>(), 1..=options.len())
                        .prop_map(Answer::Choices)
                        .boxed()
                }
                Kind::Number { .. } => (0u8..=10).prop_map(|n| Answer::Number(f64::from(n))).boxed(),
                Kind::Text { .. } => "\\PC{1,40}".prop_map(Answer::Text).boxed(),
                Kind::Consent => Just(Answer::Choice(1)).boxed(),
                Kind::Ranking { options, places, .. } => {
                    let all: Vec<u8> = (1..=u8::try_from(options.len()).unwrap()).collect();
                    let places = usize::from(*places);
                    (Just(all).prop_shuffle(), 1..=places).prop_map(|(all, n)| Answer::Ranking(all[..n].to_vec())).boxed()
                }
                Kind::Date { .. } => {
                    (0i32..40_000).prop_map(|n| Answer::Date(chrono::NaiveDate::from_num_days_from_ce_opt(700_000 + n).unwrap())).boxed()
                }
                Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => Just(Answer::Text("x".into())).boxed(),
            };
            proptest::option::of(some)
        })
        .collect();
    each.prop_map(|all| Answers { given: all.into_iter().enumerate().filter_map(|(i, a)| a.map(|a| (i, a))).collect(), day: None })
}

#[test]
fn every_shipped_questionnaire_is_the_same_after_writing_it_anew() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let model = |source: &str| serde_json::to_string(&read(source).unwrap_or_else(|f| panic!("{}: {f:#?}", path.display()))).unwrap();
        let written = super::format::write(&super::format::parse(&source).unwrap()).unwrap();
        assert_eq!(model(&written), model(&source));
        assert_eq!(super::format::write(&super::format::parse(&written).unwrap()).unwrap(), written);
        seen += 1;
    }
    assert!(seen >= 4);
}

proptest! {
    #[test]
    fn bytes_give_the_same_answers_back(answers in any_answers()) {
        let q = read(&file("")).unwrap();
        let stored = codes::encode(&q, &answers);
        prop_assert_eq!(codes::decode(&q, &stored.codes, stored.extra.as_deref()).unwrap(), answers);
    }

    #[test]
    fn foreign_bytes_are_answers_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..6), extra in proptest::option::of("\\PC{0,30}")) {
        let q = read(&file("")).unwrap();
        if let Ok(answers) = codes::decode(&q, &bytes, extra.as_deref()) {
            let again = codes::encode(&q, &answers);
            prop_assert_eq!(again.codes, bytes);
        }
    }

    #[test]
    fn any_text_is_a_condition_or_a_mistake(text in "\\PC{0,60}") {
        let q = read(&file("")).unwrap();
        let _ = super::logic::parse(&text, &q.questions, q.questions.len(), &|_| false, None).is_ok();
    }

    #[test]
    fn any_text_is_a_questionnaire_or_findings(text in "\\PC{0,200}") {
        let _ = read(&text).is_ok();
    }
}
