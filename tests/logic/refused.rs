//! What an expression may not be, with the words that say so.

use sipas::questionnaires::logic::{parse, parse_filter, parse_value};

use super::cases::form;

#[test]
fn mistakes_in_conditions_are_told_with_place_and_remedy() {
    let form = form();
    let cases = [
        ("${marc} = '1'", 0, "there is no question \"marc\"", "did you mean ${mark}?"),
        ("${qqqqqq} = '1'", 0, "there is no question", "use the code of a question that is asked earlier"),
        ("true() and ${why} = 'x'", 11, "why is asked later", "only look back"),
        (". = 1", 0, "stands for the answer itself", "name an earlier question"),
        ("${mark} = '7'", 8, "mark has no option \"7\"", "its options are: 1, 2, 3, 4, 5, na, refused"),
        ("'7' != ${mark}", 4, "mark has no option \"7\"", "its options"),
        ("selected-at(${seen}, 0) = 'radio'", 24, "seen has no option", "tv, net, paper, none"),
        ("if(true(), ${mark}, 'x') = 'y'", 25, "mark has no option \"y\"", "x"),
        ("selected(${seen}, 'radio')", 18, "seen has no option", "tv, net, paper, none"),
        ("selected(${seen}, '')", 18, "the option is empty", "count-selected"),
        ("rank(${best}, 'slow') = 1", 14, "best has no option", "fast, kind, near"),
        ("rank(${seen}, 'tv') = 1", 5, "rank needs a ranking", "type ranking"),
        ("selected(${trips}, '1')", 9, "selected needs a question with options", "single"),
        ("count-selected(${mark}) = 1", 15, "one answer only", "multiple"),
        ("${seen} = 'tv'", 8, "several answers", "selected("),
        ("${seen} > 1", 8, "several answers", "count-selected"),
        ("${trips} = 'many'", 9, "a number is compared with the text \"many\"", "with a number"),
        ("${words} = 1", 9, "a text is compared with a number", "number( )"),
        ("${words} > 'a'", 9, "texts have no order", "number( )"),
        ("${agree} > 1", 9, "the option \"yes\" is not a number", "quotation marks"),
        ("${field} = 1", 9, "the option \"land\" is not a number", "quotation marks"),
        ("${field} * 2 = 1", 0, "the option \"land\" is not a number", "quotation marks"),
        ("${words} + 1 = 1", 0, "a number is needed here", "number( )"),
        ("true() + 1 = 1", 0, "a number is needed here", "number"),
        ("true() > false()", 7, "a condition has no order", "and"),
        ("true() = 1", 7, "a condition is compared with a value", "join"),
        ("true() and 1", 11, "a condition is needed", "compare it"),
        ("1 or true()", 0, "a condition is needed", "compare it"),
        ("not(1)", 4, "a condition is needed", "compare it"),
        ("concat(true()) = ''", 7, "a value is needed here", "if("),
        ("if(true(), true(), 1)", 19, "one is a condition and the other a value", "both"),
        ("${mark} + 1", 0, "not a condition", "compare it"),
        ("${day} = 'tomorrow'", 7, "a day is compared with a text", "'2026-01-31'"),
        ("${day} = '2026-02-30'", 7, "a day is compared with a text", "'2026-01-31'"),
        ("${day} < '2026-02-30'", 7, "a day is compared with", "'2026-01-31'"),
        ("${day} = ${words}", 7, "a day is compared with a text", "date( )"),
        ("${day} < ${words}", 7, "a day is compared with", "day"),
        ("${day} < 5", 7, "a day is compared with something else", "today( )"),
        ("${day} = 5", 7, "a day is compared with a number", "difference"),
        ("${day} = ${mark}", 7, "a day is compared with an option", "a day with a day"),
        ("${day} + ${until} = 1", 9, "two days cannot be added", "subtract"),
        ("${day} * 2 = 1", 0, "this is a day", "subtract two days"),
        ("round(${day}) = 1", 6, "this is a day", "decimal-date-time"),
        ("date('2026-02-30') = today()", 5, "is not a day", "'2026-01-31'"),
        ("format-date(${words}, '%Y') = ''", 12, "format-date needs a day", "date( )"),
        ("format-date(${day}, '%b') = ''", 20, "\"%b\" is not known in a format of days", "%Y %y %m %n %d %e"),
        ("format-date(${day}, '%H:%M') = ''", 20, "\"%H\" is not known", "%d"),
        ("format-date(${day}, '100%') = ''", 20, "\"%\" is not known", "%%"),
        ("format-date(${day}, ${words}) = ''", 20, "a text in quotation marks", "write it out"),
        ("jr:choice-name(${mark}, ${mark}) = ''", 24, "a text in quotation marks", "write it out"),
        ("jr:choice-name(${mark}, 'mark') = ''", 0, "needs a question", "'${code}'"),
        ("jr:choice-name(${mark}, '${words}') = ''", 0, "words has no options", "with options"),
        ("jr:choice-name(${mark}, '${marc}') = ''", 0, "there is no question", "${mark}"),
        ("contain(${words}, 'x')", 0, "\"contain\" is no function", "contains( )"),
        ("random() > 0.5", 0, "random( ) gives another value at every look", "shuffle"),
        ("position(..) = 1", 0, "position( ) counts repeated groups", "name the question"),
        ("once(1) = 1", 0, "once( ) keeps a value", "leave it out"),
        ("now() = ''", 0, "now( ) reads the time of day", "today( )"),
        ("pulldata('a', 'b', 'c', 'd') = ''", 0, "pulldata( ) reads another file", "attributes"),
        ("not() = ''", 0, "not takes 1 value in its brackets, here are 0", "table"),
        ("substr('a') = ''", 0, "substr takes 2 or 3 values", "table"),
        ("concat() = ''", 0, "concat takes 1 or more values", "table"),
        ("round(1, 2, 3) = 1", 0, "round takes 1 or 2 values", "table"),
        ("today(1) = ''", 0, "today takes 0 values", "table"),
        ("not(true(),)", 11, "\")\" is not expected here", "a value"),
        ("selected ${seen}", 0, "`(` is missing after selected", "selected( )"),
        ("land = 1", 0, "\"land\" is no function", "quotation marks"),
        ("1 = 1 1", 6, "\"1\" is not expected", "and"),
        ("1 = 1 = 1", 6, "\"=\" is not expected", "and"),
        ("(1 = 1", 6, "`)` is missing", "close"),
        ("1 =", 3, "ends too early", "missing"),
        ("", 0, "ends too early", "missing"),
        ("= 1", 0, "\"=\" is not expected", "before it"),
        ("'a", 0, "does not end", "same quotation mark"),
        ("$mark = 1", 0, "`$` must be followed by `{`", "${code}"),
        ("${mark = 1", 0, "`${` without `}`", "${code}"),
        ("1 & 1", 2, "means nothing", "table"),
        ("1.2.3 = 1", 0, "is not a number", "3.5"),
    ];
    for (source, at, message, hint) in cases {
        let later = |code: &str| code == "later";
        let visible = form.position("why").unwrap();
        let Err(mistake) = parse(source, &form.questions, visible, &later, None) else { panic!("{source} was read") };
        assert!(mistake.message.contains(message) && mistake.hint.contains(hint), "{source}: {mistake:?}");
        assert_eq!(mistake.at, at, "{source}: {mistake:?}");
    }
}

#[test]
fn patterns_that_mean_different_things_elsewhere_are_refused() {
    let form = form();
    let cases = [
        ("(?=a)", "looks around"),
        ("(?i)a", "looks around"),
        ("(?<n>a)", "looks around"),
        ("(a)\\1", "goes back"),
        ("\\bword", "word boundaries"),
        ("\\p{L}", "Unicode property"),
        ("\\x41", "\\x is not known"),
        ("a\\", "ends with a backslash"),
        ("a^b", "may only begin"),
        ("a$b", "only end it"),
        ("(a$)", "only end it"),
        ("*a", "'*' is not expected"),
        ("a**", "a repeat is repeated"),
        ("a++", "a repeat is repeated"),
        ("a{2}{3}", "a repeat is repeated"),
        ("a{,3}", "holds no numbers"),
        ("a{x}", "holds no numbers"),
        ("a{3", "holds no numbers"),
        ("a{3,2}", "larger one"),
        ("a{501}", "holds no numbers"),
        ("((a{100}){100}){100}", "repeats too much"),
        ("a}", "is not expected"),
        ("a]", "is not expected"),
        ("(a", "does not end"),
        ("a)", "is not expected"),
        ("[a", "does not end"),
        ("[]", "is empty"),
        ("[a-]b", ""),
        ("[z-a]", "comes after"),
        ("[a[b]]", "means something else"),
        ("[a&&b]", "means something else"),
        ("[\\D]", "within [ ]"),
        ("[a-\\d]", "ends with several"),
    ];
    for (pattern, message) in cases {
        let found = parse(&format!("regex(${{words}}, '{pattern}')"), &form.questions, form.questions.len(), &|_| false, None);
        match found {
            Ok(_) => assert_eq!(message, "", "{pattern} was read"),
            Err(m) => assert!(!message.is_empty() && m.message.contains(message) && !m.hint.is_empty(), "{pattern}: {m:?}"),
        }
    }
    let nested = format!("regex(${{words}}, '{}a{}')", "(".repeat(1500), ")".repeat(1500));
    let deep = parse(&nested, &form.questions, form.questions.len(), &|_| false, None).unwrap_err();
    assert!(deep.message.contains("nested too deeply"), "{deep:?}");
}

#[test]
fn filters_name_attributes_and_nothing_else_does() {
    let form = form();
    let attributes = ["region".to_owned()].into();
    let filter = |source: &str| parse_filter(source, &form.questions, form.questions.len(), &|_| false, &attributes);
    assert!(filter("region = 'land' and name != 'hk'").is_ok());
    let unknown = filter("regoin = 'land'").unwrap_err();
    assert!(unknown.message.contains("no attribute") && unknown.hint.contains("name, region"), "{unknown:?}");
    assert!(filter(". = 'x'").is_err());
    assert!(parse_value("region", &form.questions, form.questions.len(), &|_| false).is_err());
}

#[test]
fn expressions_without_end_are_refused() {
    let form = form();
    let read = |source: &str| parse(source, &form.questions, form.questions.len(), &|_| false, None).map(|_| ()).map_err(|m| m.message);
    assert!(read(&format!("1 = {}1", "1+".repeat(100))).unwrap_err().contains("in one expression"));
    let nested = format!("{}1{} = 1", "(".repeat(30), format!("{})", "+1".repeat(50)).repeat(30));
    assert!(read(&nested).unwrap_err().contains("in one expression"));
    assert!(read(&format!("1 = {}1", "1+".repeat(70))).is_ok());
    assert!(read(&format!("{}1 = 1", "1 = 1 or ".repeat(1000))).unwrap_err().contains("too long"));
    assert!(read(&format!("{}1 = 1", "1 = 1 or ".repeat(400))).is_ok());
    assert!(read(&format!("{}true(){}", "not(".repeat(100), ")".repeat(100))).unwrap_err().contains("nested too deeply"));
    assert!(read(&format!("1 = {}", "9".repeat(400))).unwrap_err().contains("not a number"));
}
