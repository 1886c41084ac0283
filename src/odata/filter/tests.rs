use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn estimates() -> &'static Set {
    Set::named("Estimates").unwrap()
}

fn surveys() -> &'static Set {
    Set::named("Surveys").unwrap()
}

/// A row of estimates: unit W1, 83.5 with 40 forms, no interval.
fn row() -> Vec<Cell> {
    let mut row = vec![Cell::Null; estimates().properties.len()];
    for (name, cell) in [
        ("Survey", Cell::from("đợt 'một'")),
        ("Unit", Cell::from("W1")),
        ("Estimate", Cell::Number(83.5)),
        ("N", Cell::Count(40)),
        ("Demonstration", Cell::Flag(true)),
    ] {
        row[estimates().position(name).unwrap()] = cell;
    }
    row
}

fn holds(text: &str) -> bool {
    parse(estimates(), text).unwrap_or_else(|e| panic!("{text}: {e}")).holds(&row())
}

fn refused(set: &Set, text: &str) -> Mistake {
    parse(set, text).expect_err(text)
}

#[test]
fn conditions_mean_what_the_standard_says() {
    for (text, expected) in [
        ("Unit eq 'W1'", true),
        ("Unit ne 'W1'", false),
        ("'W1' eq Unit", true),
        ("Survey eq 'đợt ''một'''", true),
        ("Estimate gt 83 and Estimate lt 84", true),
        ("Estimate ge 83.5 and Estimate le 83.5", true),
        ("Estimate gt 8.35e1", false),
        ("N eq 40.0", true),
        ("N lt -1", false),
        // `and` binds stronger than `or`, `not` strongest.
        ("true or true and false", true),
        ("(true or true) and false", false),
        ("not false and false", false),
        ("not (false and false)", true),
        ("not Demonstration", false),
        ("Demonstration", true),
        ("Demonstration eq true", true),
        ("contains(Survey, 'một') and startswith(Survey,'đợt')", true),
        ("contains('W1-W2', Unit)", true),
        ("startswith(Unit,'1')", false),
        // Null: compared by eq and ne alone, otherwise false; a function of it is unknown, and so is its negation.
        ("CiLow eq null", true),
        ("CiLow ne null", false),
        ("Estimate ne null", true),
        ("CiLow gt 0 or CiLow le 0", false),
        ("not (CiLow gt 0)", true),
        ("contains(Flags,'few')", false),
        ("not contains(Flags,'few')", false),
        ("contains(Flags,'few') or true", true),
        ("null eq null", true),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
    let day = |d: u32| Cell::Day(NaiveDate::from_ymd_opt(2026, 11, d).unwrap());
    let mut row = vec![Cell::Null; surveys().properties.len()];
    row[surveys().position("OpensOn").unwrap()] = day(28);
    for (text, expected) in [("OpensOn ge 2026-11-28", true), ("OpensOn lt 2026-11-28", false), ("2026-01-01 lt OpensOn", true)] {
        assert_eq!(parse(surveys(), text).unwrap().holds(&row), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    for (text, at, why) in [
        ("", 1, "a property or a value is missing"),
        ("Unit eq", 8, "a property or a value is missing"),
        ("Unit", 5, "a comparison is missing"),
        ("Unit = 'W1'", 6, "'=' has no meaning here"),
        ("Unit eq 'W1", 9, "no closing quotation mark"),
        ("Unit eq 7", 1, "Edm.String cannot be compared with Edm.Int64"),
        ("Estimate gt '80'", 1, "Edm.Double cannot be compared with Edm.String"),
        ("unit eq 'W1'", 1, "\"unit\" is neither a value nor a property of Estimates: Survey, Stream"),
        ("Unit eq 'W1' N gt 1", 14, "join conditions with `and` or `or`"),
        ("(Unit eq 'W1'", 14, "a closing bracket is missing"),
        ("endswith(Unit,'1')", 1, "there is no function endswith"),
        ("contains(Unit)", 14, "a comma is missing"),
        ("contains(N,'1')", 10, "this is Edm.Int64, where a text is needed"),
        ("Estimate gt NaN", 13, "is neither a value nor a property"),
        ("Estimate gt 1e999", 13, "is neither a value nor a property"),
    ] {
        let told = refused(estimates(), text);
        assert!(told.at == at && told.why.contains(why), "{text}: {told}");
    }
    assert!(refused(estimates(), &"(".repeat(500)).why.contains("nested"));
    assert!(refused(estimates(), &"not ".repeat(500)).why.contains("nested"));
    assert!(refused(estimates(), &" ".repeat(9_000)).why.contains("longer"));
}

#[test]
fn a_survey_that_is_asked_for_outright_is_known() {
    let survey = estimates().position("Survey").unwrap();
    let requires = |text: &str| parse(estimates(), text).unwrap().requires(survey).map(str::to_owned);
    assert_eq!(requires("Survey eq 'a' and N gt 3"), Some("a".into()));
    assert_eq!(requires("N gt 3 and ('a' eq Survey)"), Some("a".into()));
    for text in ["Survey eq 'a' or N gt 3", "not (Survey eq 'a')", "Survey ne 'a'", "Unit eq 'a'"] {
        assert_eq!(requires(text), None, "{text}");
    }
}

#[test]
fn a_key_is_a_condition_on_all_of_its_properties() {
    let row = |set: &Set, key: &str| of_key(set, key).map(|c| c.holds(&["a'b", "open", "", "m"].map(Cell::from)));
    assert_eq!(row(surveys(), "'a''b'"), Ok(true));
    assert_eq!(row(surveys(), "Survey='a'"), Ok(false));
    assert_eq!(row(estimates(), "Survey='a''b',Stream='open',Unit='',Measure='m'"), Ok(true));
    assert_eq!(row(estimates(), "Measure='m',Unit='',Stream='sample',Survey='a''b'"), Ok(false));
    for wrong in ["", "'a'x", "'a", "a", "'a','b'"] {
        assert!(row(surveys(), wrong).unwrap_err().why.contains("('…')"), "{wrong}");
    }
    for wrong in ["'a'", "Survey='a'", "Survey='a',Survey='a',Unit='',Measure='m'", "Survey='a',Stream=open,Unit='',Measure='m'"] {
        assert!(row(estimates(), wrong).unwrap_err().why.contains("Survey='…',Stream='…'"), "{wrong}");
    }
}

/// Texts that look like filters.
fn likely() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Unit",
        "Estimate",
        "CiLow",
        "Demonstration",
        "eq",
        "ne",
        "gt",
        "le",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "'W1'",
        "''",
        "'",
        "80",
        "-1.5",
        "2026-11-28",
        "null",
        "true",
        "contains",
        "startswith",
        "contains(Unit,'1')",
        "N lt 3",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.join(" "))
}

/// Conditions, and whether they hold for the row.
fn condition() -> impl Strategy<Value = (&'static str, bool)> {
    let conditions =
        vec![("Unit eq 'W1'", true), ("N gt 100", false), ("Estimate ge 83.5", true), ("CiLow eq null", true), ("CiLow gt 0", false)];
    prop::sample::select(conditions)
}

proptest! {
    #[test]
    fn no_text_stops_the_program(text in ".{0,200}") {
        let _read_or_refused = parse(estimates(), &text);
    }

    #[test]
    fn what_looks_like_a_filter_is_read_or_refused_within_the_text(text in likely()) {
        match parse(estimates(), &text) {
            Ok(condition) => { let _either = condition.holds(&row()); }
            Err(mistake) => prop_assert!((1..=text.chars().count() + 1).contains(&mistake.at), "{mistake}"),
        }
    }

    #[test]
    fn joined_conditions_are_as_true_as_their_parts((a, x) in condition(), (b, y) in condition(), (c, z) in condition()) {
        prop_assert_eq!(holds(&format!("{a} and {b} or not ({c})")), x && y || !z);
        prop_assert_eq!(holds(&format!("{a} or {b} and {c}")), x || y && z);
        prop_assert_eq!(holds(&format!("({a} or {b}) and not ({c} and {a})")), (x || y) && !(z && x));
    }

    #[test]
    fn any_text_can_be_compared_with(text in "\\PC{0,40}") {
        let filter = format!("Survey eq '{}'", text.replace('\'', "''"));
        let read = parse(estimates(), &filter).unwrap();
        prop_assert_eq!(read.requires(0), Some(text.as_str()));
    }
}
