//! The real forms of `forms/`: each is imported faithfully, or refused with exactly these words.

use sipas::questionnaires::format::{File, QuestionType};

use super::support::{codes, outline, question, refused, taken};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/exchange/forms/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn text(texts: &sipas::questionnaires::format::Texts) -> &str {
    &texts.value["en"]
}

fn languages(file: &File) -> Vec<&str> {
    file.languages.iter().map(|l| l.value.as_str()).collect()
}

const GUESSED: &str = "survey!C (label): these texts name no language; they are taken for en, because they have no Vietnamese letters; write the \
                       language at the head of the column: label::English (en)";
const NO_INTRODUCTION: &str = "the form has no introduction; a plain sentence is put in its place; write who asks, why, how long it takes and what \
                               happens with the answers";
const NO_SETTINGS: [&str; 3] = [
    "settings: the form has no form_id; its code becomes form; write a form_id",
    "settings: the form has no version; it becomes 1; write a version; each change needs a new one",
    "settings: the form has no form_title; it becomes \"form\"; write a form_title",
];

#[test]
fn every_form_of_the_folder_is_tested_here() {
    let here = include_str!("real.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exchange/forms")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || here.contains(&format!("bytes(\"{name}\")")), "{name}");
    }
}

#[test]
fn badly_named_choices_sheet() {
    let (file, warnings) = taken(&bytes("badly_named_choices_sheet.xls"));
    assert_eq!(outline(&file), ["[page_1]", "age number", "name text", "color single"]);
    assert_eq!(question(&file, "name").relevant.as_ref().unwrap().value, "${age} >= 18");
    assert_eq!(text(question(&file, "age").hint.as_ref().unwrap()), "Enter your real age.");
    assert_eq!(codes(&question(&file, "color").options), ["red", "blue", "green", "yellow"]);
    assert_eq!(languages(&file), ["en"]);
    assert_eq!(warnings, [&[GUESSED][..], &NO_SETTINGS, &[NO_INTRODUCTION]].concat());
}

#[test]
fn blank_second_row() {
    let (file, warnings) = taken(&bytes("blank_second_row.xls"));
    assert_eq!(outline(&file), ["[page_1]", "value number"]);
    assert_eq!((file.code.value.as_str(), file.version.value.as_str(), text(&file.title)), ("id", "1", "Title"));
    let changed =
        "settings!B2 (form_id): the form_id \"ID\" is no code here and becomes id; write a form_id of small letters, digits and -";
    assert_eq!(warnings, [GUESSED, changed, NO_INTRODUCTION]);
}

#[test]
fn case_insensitivity() {
    assert_eq!(
        refused(&bytes("case_insensitivity.xlsx")),
        [
            "SURVEY!A3 (TYPE): the type \"select_one_external c1\" is not supported; write the options on the sheet choices, and use choice_filter where they \
             depend on an answer",
            "SURVEY!A4 (TYPE): the type \"osm c1\" is not supported; leave the question out: the place of service is known from the address of the form",
        ]
    );
}

#[test]
fn choice_filter_test() {
    assert_eq!(
        refused(&bytes("choice_filter_test.xlsx")),
        ["choices!B6 (name): the list \"counties\" has the option \"king\" twice; give each option of a list its own name"]
    );
}

#[test]
fn duplicate_columns() {
    let problems = refused(&bytes("duplicate_columns.xlsx"));
    assert_eq!(problems[0], "survey!E1 (label): the column is there twice: \"label\" stands in D as well; leave one of them");
}

#[test]
fn extra_columns() {
    let (file, warnings) = taken(&bytes("extra_columns.xlsx"));
    assert_eq!(outline(&file), ["[page_1]", "a text"]);
    assert_eq!(text(&question(&file, "a").text), "A");
    assert_eq!(warnings, [&[GUESSED][..], &NO_SETTINGS, &[NO_INTRODUCTION]].concat());
}

#[test]
fn group() {
    let (file, warnings) = taken(&bytes("group.xlsx"));
    assert_eq!(outline(&file), ["[page_1]", "family_name text", "[father]", "phone_number text", "age number"]);
    assert_eq!(text(&file.sections[1].title), "Father");
    let phone = "survey!A4 (type): the telephone number becomes a text; that it has digits only is not checked; add a constraint, and ask for it only if \
                 it is needed";
    assert_eq!(warnings, [&NO_SETTINGS[..], &[phone, NO_INTRODUCTION]].concat());
}

#[test]
fn group_name_test() {
    assert_eq!(
        refused(&bytes("group_name_test.xls")),
        ["survey!B3 (name): the group has no name; write a name of small letters, digits and _"]
    );
}

#[test]
fn or_other() {
    assert_eq!(
        refused(&bytes("or_other.xlsx")),
        ["survey!D3 (choice_filter): \"yes\" is no column of this list on the sheet choices; put a text into quotation marks: 'yes'"]
    );
}

#[test]
fn specify_other() {
    let (file, warnings) = taken(&bytes("specify_other.xlsx"));
    let sex = question(&file, "sex");
    assert_eq!((sex.kind, codes(&sex.options)), (QuestionType::Single, vec!["male", "female", "other"]));
    assert_eq!(sex.options.iter().map(|o| o.specify).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(warnings, [&NO_SETTINGS[..], &[NO_INTRODUCTION]].concat());
}

#[test]
fn table_list() {
    let (file, warnings) = taken(&bytes("table-list.xls"));
    assert_eq!(
        outline(&file),
        [
            "[page_1]",
            "intro note",
            "table_list_test2 matrix",
            "- table_list_3",
            "- table_list_4",
            "happy_sad_table note",
            "happy_sad_brian multiple",
            "happy_sad_michael multiple"
        ]
    );
    let table = question(&file, "table_list_test2");
    assert_eq!((table.scale.as_ref().unwrap().value.as_str(), codes(&file.scales["yes_no"].options)), ("yes_no", vec!["yes", "no"]));
    assert_eq!(text(table.items[1].hint.as_ref().unwrap()), "This is a user-defined hint for the 3rd row");
    assert_eq!(question(&file, "happy_sad_brian").scale.as_ref().unwrap().value, "happy_sad");
    for told in [
        "choices!D24 (image): the file \"sad.jpg\" is left out: forms have texts only; say in the label what it shows",
        "choices!C24 (label): the option has no label; its name is shown instead; write a label",
        "survey!K7 (appearance): the questions are asked one by one, not as a table: not all of them take one answer of a list; docs/XLSFORM.md says what a \
         table can be",
        "survey!C7 (label): the group stands within another; its label becomes a note above its questions; a page has no further levels",
        "choices!8: no question chooses from the list \"list2\"; it is left out; name it in the type of a question",
    ] {
        assert!(warnings.iter().any(|w| w == told), "{told}\n{warnings:#?}");
    }
    assert_eq!(warnings.len(), 18);
}

#[test]
fn text_and_integer() {
    let (file, _) = taken(&bytes("text_and_integer.xlsx"));
    assert_eq!(outline(&file), ["[page_1]", "your_name text", "your_age number"]);
    assert_eq!(text(&question(&file, "your_age").text), "How many years old are you?");
    assert_eq!(languages(&file), ["en"]);
}

#[test]
fn tutorial() {
    let remedy = "ask about one thing a form; let each member answer a form of its own, or ask for the number with an integer";
    assert_eq!(
        refused(&bytes("tutorial.xls")),
        [
            format!("survey!B2 (type): the type \"begin repeat\" is not supported; {remedy}"),
            format!("survey!B13 (type): the type \"end repeat\" is not supported; {remedy}")
        ]
    );
}

#[test]
fn widgets() {
    assert_eq!(
        refused(&bytes("widgets.xls")),
        [
            "survey!A6 (type): the type \"time\" is not supported; use date for the day, and a text or a select for the hour",
            "survey!A11 (type): the type \"geopoint\" is not supported; leave the question out: the place of service is known from the address of the form",
            "survey!A12 (type): the type \"barcode\" is not supported; use a text question",
            "survey!A13 (type): the type \"image\" is not supported; leave the question out: forms take no attachments",
            "survey!A14 (type): the type \"audio\" is not supported; leave the question out: forms take no attachments",
            "survey!A15 (type): the type \"video\" is not supported; leave the question out: forms take no attachments",
            "survey!A17 (type): the type \"geopoint\" is not supported; leave the question out: the place of service is known from the address of the form",
            "survey!A18 (type): the type \"dateTime\" is not supported; use date for the day, and a text or a select for the hour",
        ]
    );
}

#[test]
fn xl_date_ambiguous() {
    assert_eq!(
        refused(&bytes("xl_date_ambiguous.xlsx")),
        ["survey!L5 (choice_filter): \"label::English\" is no column of this list on the sheet choices; put a text into quotation marks: \
             'label::English'"]
    );
}

#[test]
fn xlsform_spec_test() {
    let problems = refused(&bytes("xlsform_spec_test.xlsx"));
    assert_eq!(problems.len(), 17);
    for told in [
        "survey!A15 (type): the type \"begin repeat\" is not supported; ask about one thing a form; let each member answer a form of its own, or ask for the \
         number with an integer",
        "survey!E10 (label::english): \"display_image_test\" has no label; write what is asked",
        "survey!E24 (label::english): the table has no label; write what is asked about all its rows",
        "survey!E53 (label::english): this names \"${phonenumber}\", which is not taken from the form; leave it out, or name a question",
    ] {
        assert!(problems.iter().any(|p| p == told), "{told}\n{problems:#?}");
    }
}

#[test]
fn yes_or_no_question() {
    let (file, _) = taken(&bytes("yes_or_no_question.xlsx"));
    let day = question(&file, "good_day");
    assert_eq!(
        (day.kind, codes(&day.options), text(&day.text)),
        (QuestionType::Single, vec!["yes", "no"], "have you had a good day today?")
    );
}
