//! The tree as JSON, the names in it, renaming, and what settling does with a whole form.

use serde_json::json;
use sipas::questionnaires::logic::{parse, parse_filter, parse_value, rename};
use sipas::questionnaires::model::{Answer, Answers};

use super::cases::form;

#[test]
fn trees_have_the_documented_shape() {
    let form = form();
    let all = form.questions.len();
    let cases = [
        ("${trips} > 17", json!([">", ["$", "trips"], 17.0])),
        ("not(true()) or false() or 'a' = \"b\"", json!(["or", ["not", true], false, ["=", "a", "b"]])),
        ("-${trips} - 1 = 0", json!(["=", ["-", ["-", ["$", "trips"]], 1.0], 0.0])),
        (". != ''", json!(["!=", ["."], ""])),
        ("${day} < '2026-01-31'", json!(["<", ["$", "day"], ["date", "2026-01-31"]])),
        (
            "regex(${words}, 'a|[^b-d]{2,}')",
            json!([
                "regex",
                ["$", "words"],
                ["either", ["row", ["class", false, "aa"]], ["row", ["repeat", ["class", true, "bd"], 2, null]]]
            ]),
        ),
        ("jr:choice-name(${mark}, '${mark2}') = ''", json!(["=", ["jr:choice-name", ["$", "mark"], ["$", "mark2"]], ""])),
    ];
    for (source, tree) in cases {
        let condition = parse(source, &form.questions, all, &|_| false, form.position("words")).unwrap();
        assert_eq!(json!(condition), json!({"source": source, "tree": tree}));
    }
    let filter = parse_filter("region = name", &form.questions, all, &|_| false, &["region".to_owned()].into()).unwrap();
    assert_eq!(json!(filter)["tree"], json!(["=", ["@", "region"], ["@", "name"]]));
    for (source, numeric, day) in
        [("${trips} + 1", true, false), ("today()", false, true), ("${words}", false, false), ("today() + 1", true, false)]
    {
        let value = json!(parse_value(source, &form.questions, all, &|_| false).unwrap());
        assert_eq!((&value["source"], &value["numeric"], &value["day"]), (&json!(source), &json!(numeric), &json!(day)));
    }
}

#[test]
fn names_are_the_codes_in_the_order_they_are_met() {
    let form = form();
    let source = "regex(${words}, 'x') and ${trips} > 1 and ${words} != jr:choice-name('1', '${mark}')";
    let condition = parse(source, &form.questions, form.questions.len(), &|_| false, None).unwrap();
    assert_eq!(condition.names(), ["words", "trips", "mark"]);
    let value = parse_value("${twice} + ${trips} * ${twice}", &form.questions, form.questions.len(), &|_| false).unwrap();
    assert_eq!(value.names(), ["twice", "trips"]);
}

#[test]
fn renaming_changes_the_name_and_nothing_else() {
    for (source, renamed) in [
        ("${a} = 'a' and  ${ab}='${a}'", "${b} = 'a' and  ${ab}='${a}'"),
        ("${ a }>1", "${b}>1"),
        ("jr:choice-name(${a}, '${a}') = '${a}'", "jr:choice-name(${b}, '${b}') = '${a}'"),
        ("jr:choice-name(concat('${a}', ''), \" ${ a } \")", "jr:choice-name(concat('${a}', ''), \"${b}\")"),
        ("selected(${đ}, ${a})", "selected(${đ}, ${b})"),
        ("a + ${c}", "a + ${c}"),
        ("'${a}' = ${a", "'${a}' = ${a"),
    ] {
        assert_eq!(rename(source, "a", "b"), renamed);
    }
}

#[test]
fn settling_drops_what_is_not_asked_and_computes_the_rest_in_order() {
    let form = form();
    let at = |code: &str| form.position(code).unwrap();
    let given = |all: &[(&str, Answer)]| Answers {
        given: all.iter().map(|(code, a)| (at(code), a.clone())).collect(),
        day: Some("2026-03-01".parse().unwrap()),
    };
    let why = || ("why", Answer::Text("chờ lâu".into()));
    let asked = form.settle(given(&[("mark", Answer::Choice(2)), ("trips", Answer::Number(3.0)), why()]));
    assert_eq!(asked.get(at("length")), Some(&Answer::Number(7.0)));
    assert_eq!(asked.get(at("twice")), Some(&Answer::Number(6.0)));
    let section_gone = form.settle(given(&[("mark", Answer::Choice(2)), ("trips", Answer::Number(1.0)), why()]));
    assert_eq!((section_gone.get(at("why")), section_gone.get(at("length"))), (None, None));
    let question_gone = form.settle(given(&[("mark", Answer::Choice(3)), ("trips", Answer::Number(3.0)), why()]));
    assert_eq!((question_gone.get(at("why")), question_gone.get(at("length"))), (None, Some(&Answer::Number(0.0))));
}
