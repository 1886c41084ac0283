//! What becomes of the parts of an XLSForm.

use sipas::exchange::xlsform::{self, Options};
use sipas::questionnaires::format::{Appearance, QuestionRole, QuestionType};

use super::support::{codes, form, outline, question, read, refused, taken, workbook};

const YES_NO: &str = "list_name|name|label\nyn|yes|Yes\nyn|no|No";

fn told(warnings: &[String], start: &str) {
    assert!(warnings.iter().any(|w| w.starts_with(start)), "{start}\n{warnings:#?}");
}

#[test]
fn every_kind_of_row_becomes_its_question() {
    let survey = "type|name|label|parameters|appearance|calculation
select_one yn|a|A|randomize=true|minimal
select_multiple big|b|B||
rank big|c|C||
integer|d|D||
decimal|e|E||
range|f|F|start=0 end=5 step=0.5|
text|g|G||multiline
date|h|H||
acknowledge|i|I||
note|j|J||
hidden|k|K||
calculate|l|||| 1 + 1";
    let choices = format!("{YES_NO}\nbig|one|One\nbig|two|Two\nbig|three|Three");
    let (file, warnings) = taken(&form(survey, &choices));
    let kinds = [
        "a single",
        "b multiple",
        "c ranking",
        "d number",
        "e number",
        "f number",
        "g text",
        "h date",
        "i consent",
        "j note",
        "k hidden",
        "l calculate",
    ];
    assert_eq!(outline(&file)[1..], kinds);
    let a = question(&file, "a");
    assert!(a.shuffle && a.appearance == Appearance::List && a.scale.is_none());
    assert_eq!(question(&file, "b").scale.as_ref().unwrap().value, "big", "a list of two questions is a shared scale");
    assert_eq!((question(&file, "d").decimals, question(&file, "e").decimals), (None, Some(2)));
    let f = question(&file, "f");
    assert_eq!((f.min, f.max, f.decimals), (Some(0.0), Some(5.0), Some(1)));
    assert!(question(&file, "g").long);
    assert_eq!(question(&file, "l").calculation.as_ref().unwrap().value, "1 + 1");
    told(&warnings, "survey!D7 (parameters): the step is left out");
    told(&warnings, "survey!A6 (type): the form does not say how many digits");
    assert_eq!(warnings.len(), 3, "{warnings:#?}");
}

#[test]
fn groups_keep_their_conditions() {
    let survey = "type|name|label|relevant|appearance
text|first|First||
begin group|outer|Outer|${first} = 'a'|field-list
text|second|Second||
begin group|inner|Inner|${second} != ''|
text|third|Third|${second} = 'b'|
text|fourth|Fourth||
end group||||
end group||||
text|last|Last||";
    let (file, warnings) = taken(&form(survey, ""));
    assert_eq!(
        outline(&file),
        ["[page_1]", "first text", "[outer]", "second text", "inner note", "third text", "fourth text", "[page_3]", "last text"]
    );
    assert_eq!(file.sections[1].relevant.as_ref().unwrap().value, "${first} = 'a'");
    let relevant = |code: &str| question(&file, code).relevant.as_ref().map(|r| r.value.clone());
    assert_eq!(relevant("second"), None);
    assert_eq!(relevant("inner").as_deref(), Some("${second} != ''"));
    assert_eq!(relevant("third").as_deref(), Some("(${second} != '') and (${second} = 'b')"));
    assert_eq!(relevant("fourth").as_deref(), Some("${second} != ''"));
    told(&warnings, "survey!C5 (label): the group stands within another");
}

#[test]
fn rows_below_labels_are_a_matrix() {
    let survey = "type|name|label|appearance|relevant|required
begin_group|page|Page|field-list||
select_one yn|head|How was it?|label||
select_one yn|row_1|The hall|list-nolabel||yes
select_one yn|row_2|The desk|list-nolabel|${row_0} = 'yes'|yes
end_group|||||";
    let survey = survey.replace("begin_group|page", "select_one yn|row_0|Before||\nbegin_group|page");
    let (file, warnings) = taken(&form(&survey, YES_NO));
    assert_eq!(outline(&file), ["[page_1]", "row_0 scale", "[page]", "head matrix", "- row_1", "- row_2"]);
    let head = question(&file, "head");
    assert!(head.required);
    assert_eq!(head.items[1].relevant.as_ref().unwrap().value, "${row_0} = 'yes'");
    told(&warnings, "survey!D4 (appearance): this row only shows the options");
}

#[test]
fn names_become_codes_everywhere() {
    let survey = "type|name|label|relevant|constraint|constraint_message|choice_filter
select_one tỉnh|Tỉnh.Thành|Province||||
select_one ward|_ward|Ward in ${Tỉnh.Thành}|${Tỉnh.Thành} = 'Hà Nội'|||of = ${Tỉnh.Thành}
text|numberAsString|Words||. != 'Hà Nội'|Not ${_ward}|
acknowledge|ok|OK?||||
note|thanks|Thanks|${ok} = 'OK'|||";
    let choices = "list_name|name|label|of\ntỉnh|Hà Nội|Hà Nội|\ntỉnh|hcm|HCM|\nward|w.1|One|Hà Nội\nward|w.2|Two|hcm";
    let (file, warnings) = taken(&form(survey, choices));
    assert_eq!(outline(&file)[1..], ["tinh_thanh single", "q_ward single", "number_as_string text", "ok consent", "thanks note"]);
    assert_eq!(codes(&question(&file, "tinh_thanh").options), ["Ha_Noi", "hcm"]);
    let ward = question(&file, "q_ward");
    assert_eq!(ward.relevant.as_ref().unwrap().value, "${tinh_thanh} = 'Ha_Noi'");
    assert_eq!(ward.choice_filter.as_ref().unwrap().value, "of = ${tinh_thanh}");
    assert_eq!(ward.text.value["en"], "Ward in ${tinh_thanh}");
    assert_eq!(ward.options[0].attributes["of"], "Ha_Noi");
    let words = question(&file, "number_as_string");
    assert_eq!(words.constraint.as_ref().unwrap().value, ". != 'Hà Nội'", "a text of this question is no option of another");
    assert_eq!(words.constraint_message.as_ref().unwrap().value["en"], "Not ${q_ward}");
    assert_eq!(question(&file, "thanks").relevant.as_ref().unwrap().value, "${ok} = 'yes'");
    told(&warnings, "survey!B2 (name): the name \"Tỉnh.Thành\" is no code here and becomes tinh_thanh");
    told(&warnings, "choices!B2 (name): the option's name \"Hà Nội\" is no code here and becomes Ha_Noi");
    told(&warnings, "choices!D4 (of): the value \"Hà Nội\" is the name of an option that becomes Ha_Noi");
}

#[test]
fn names_that_become_the_same_code_are_refused() {
    let problems = refused(&form("type|name|label\ntext|a.b|A\ntext|a_b|B\ntext|c|C\ntext|c|D", ""));
    assert_eq!(
        problems,
        [
            "survey!B3 (name): the names \"a_b\" and \"a.b\" (row 2) become the same code a_b; give each question its own name",
            "survey!B5 (name): the name \"c\" is there twice: row 4 has it too; give each question its own name"
        ]
    );
}

#[test]
fn languages_are_known_by_code_name_or_letters() {
    let survey = "type|name|label::Tiếng Việt|label::English (en)|hint::french\ntext|a|Tên|Name|Nom\ntext|b|Tuổi||";
    let (file, warnings) = taken(&workbook(&[("survey", survey)]));
    let languages: Vec<&str> = file.languages.iter().map(|l| l.value.as_str()).collect();
    assert_eq!(languages, ["vi", "en", "fr"]);
    assert_eq!(question(&file, "b").text.value["en"], "Tuổi");
    told(&warnings, "survey!C3 (label::Tiếng Việt): label has no text in en, fr; the one in vi stands there instead");

    let (file, warnings) = taken(&workbook(&[("survey", "type|name|label\ntext|a|Ông/Bà bao nhiêu tuổi?")]));
    assert_eq!(file.languages[0].value, "vi");
    told(&warnings, "survey!C (label): these texts name no language; they are taken for vi");

    let said = Options { language: Some("fr".into()), ..Options::default() };
    let imported = xlsform::read(&workbook(&[("survey", "type|name|label\ntext|a|Nom")]), &said).unwrap();
    assert_eq!(imported.file.languages[0].value, "fr");

    assert_eq!(
        refused(&workbook(&[("survey", "type|name|label::Klingon\ntext|a|A")])),
        [
            "survey!C (label::Klingon): the language \"Klingon\" is not known; write its code of two or three letters behind it, for example English (en)"
        ]
    );
    let twice = refused(&form("type|name|label|label::English (en)\ntext|a|A|B", ""));
    assert!(twice[0].starts_with("survey!D2 (label::English (en)): there are two texts in en"), "{twice:?}");
}

#[test]
fn nothing_is_left_out_in_silence() {
    let survey = "type|name|label|default|guidance_hint|required_message|image|read_only|appearance|media::audio|rows|my notes|autoplay
text|a|A|x|say it|must|a.png|yes|numbers|a.mp3|3|remember|audio
start|begun|||||||||||
deviceid|device|||||||||||
integer|b|B||||||||||";
    let mut survey = survey.to_owned();
    survey.push_str("\ninteger|c|**Bold** <script>alert(1)</script>||||||||||");
    let (file, warnings) = taken(&workbook(&[
        ("survey", &survey),
        ("choices", "list_name|name|label|a b\nunused|x|X|note"),
        ("settings", "form_title|form_id|version|public_key|default_language\nT|t|1|MII|English (en)"),
        ("changelog", "date\n2026"),
    ]));
    assert_eq!(question(&file, "a").kind, QuestionType::Note);
    assert_eq!(question(&file, "c").text.value["en"], "**Bold** <script>alert(1)</script>");
    for start in [
        "changelog: the sheet is not read",
        "settings!D2 (public_key): the setting \"public_key\" (\"MII\") is left out",
        "survey!L (my notes): the column is not one that is taken; its 1 cells are left out",
        "choices!D (a b): \"a b\" cannot be the name of an attribute",
        "survey!A3 (type): \"start\" is left out; the time of every answer is recorded anyway",
        "survey!A4 (type): \"deviceid\" is left out; it would point at a person",
        "survey!D2 (default): nothing is filled in beforehand (\"x\")",
        "survey!E2 (guidance_hint): the guidance is left out",
        "survey!F2 (required_message): the message for a missing answer is left out",
        "survey!G2 (image): the file \"a.png\" is left out",
        "survey!H2 (read_only): the question can only be read; it becomes a note",
        "survey!I2 (appearance): the appearance \"numbers\" is left out",
        "survey!J2 (media::audio): the file \"a.mp3\" is left out",
        "survey!K2 (rows): the number of rows is left out",
        "survey!M2 (autoplay): autoplay is left out",
        "survey!C6 (label): \"**Bold** <script>alert(1)</script>\" looks like HTML or Markdown",
        "choices!2: no question chooses from the list \"unused\"",
        "the form has no introduction",
    ] {
        told(&warnings, start);
    }
    assert_eq!(warnings.len(), 18, "{warnings:#?}");
}

#[test]
fn what_cannot_be_taken_is_refused_by_row_and_column() {
    let one = |survey: &str, wanted: &str| {
        let problems = refused(&form(survey, YES_NO));
        assert_eq!(problems, [wanted], "{survey}");
    };
    one(
        "type|name|label\nselect_one no_list|a|A",
        "survey!A2 (type): there is no list \"no_list\"; write its options on the sheet choices",
    );
    one("type|name|label\nwizard|a|A", "survey!A2 (type): the type \"wizard\" is not known; use one of those in docs/XLSFORM.md");
    one("type|name|label\ntext||A", "survey!B2 (name): the question has no name; write a name of small letters, digits and _");
    one("type|name|label\n|a|A", "survey!B2 (name): \"a\" stands in a row without a type; write the type, or empty the row");
    one("type|name|label\ntext|a|", "survey!C2 (label): \"a\" has no label; write what is asked");
    one(
        "type|name|label|required\ntext|a|A|\ntext|b|B|${a} = 'x'",
        "survey!D3 (required): the condition \"${a} = 'x'\" decides whether an answer is required, which is not supported; write yes or no; ask the question \
         only when it is relevant",
    );
    one(
        "type|name|label|relevant\ntext|a|A|${nobody} = 'x'",
        "survey!D2 (relevant): this names \"${nobody}\", which is no question of the form; name a question",
    );
    one(
        "type|name|label|calculation\ntext|a|A|1 + 1",
        "survey!D2 (calculation): only a row of type calculate is calculated; make it a calculate, and show it in a note",
    );
    one("type|name|label\nbegin group|g|G\ntext|a|A", "survey!A2 (type): the group does not end; write end_group where it ends");
    one(
        "type|name|label\ntext|a|A\nend group||",
        "survey!A3 (type): no group is open that could end here; delete the row, or write its begin_group",
    );
    one("type|label\ntext|A", "survey!1: there is no column name; the sheet needs the columns type, name and label");
    let cyclic = refused(&form("type|name|label|relevant\ntext|a|A|${b} = 'x'\ntext|b|B|${a} = 'x'", ""));
    assert!(cyclic[0].starts_with("survey!D2 (relevant): ") && cyclic[0].contains("asked later"), "{cyclic:?}");
}

#[test]
fn a_form_edited_in_a_spreadsheet_still_imports() {
    let source = include_str!("every_feature.yaml");
    let before = sipas::questionnaires::format::parse(source).unwrap();
    let bytes = xlsform::write(&before).unwrap();
    let edited = edit(&bytes, &|sheet, _, _, text| match (sheet, text) {
        ("survey", "Dòng 1") => "Dòng đã sửa".into(),
        ("survey", ". >= 0 and . <= 50") => unreachable!("the own constraint stands before the limits"),
        ("survey", "(. != 13 or . > 0) and . >= 0 and . <= 50") => ". >= 0".into(),
        ("settings", "Mọi thứ “có thể”") => "Tên mới".into(),
        ("choices", "Có") => "Vâng".into(),
        _ => text.to_owned(),
    });
    let after = read(&edited).unwrap_or_else(|p| panic!("{p:?}"));
    assert_eq!(after.warnings, []);
    assert_eq!(question(&after.file, "table").items[0].text.value["vi"], "Dòng đã sửa");
    assert_eq!(after.file.title.value["vi"], "Tên mới");
    assert_eq!(question(&after.file, "trips").constraint.as_ref().unwrap().value, ". >= 0");
    assert_eq!(question(&after.file, "trips").max, Some(50.0));
    assert_eq!(question(&after.file, "yes_known").options[0].text.value["vi"], "Vâng");
    let mut added = after.file.clone();
    added.title = before.title.clone();
    assert_eq!(outline(&added), outline(&before));
}

/// The same workbook with other texts: sheet, row, column, text → text.
fn edit(bytes: &[u8], change: &dyn Fn(&str, u32, u32, &str) -> String) -> Vec<u8> {
    use sipas::exchange::workbook::{Limits, Workbook};
    let mut book = Workbook::open(bytes, Limits::default()).unwrap();
    let mut new = rust_xlsxwriter::Workbook::new();
    for name in book.sheets() {
        let page = new.add_worksheet().set_name(&name).unwrap();
        for cell in book.sheet(&name).unwrap().cells {
            let text = change(&name, cell.row, cell.column, &cell.text);
            page.write_string(cell.row - 1, u16::try_from(cell.column).unwrap(), text).unwrap();
        }
    }
    new.save_to_buffer().unwrap()
}

#[test]
fn a_question_added_to_an_export_is_read() {
    let before = sipas::questionnaires::format::parse(include_str!("every_feature.yaml")).unwrap();
    let bytes = xlsform::write(&before).unwrap();
    // The last group's end becomes a question, and a new end follows.
    let mut last = 0;
    edit(&bytes, &|sheet, row, _, text| {
        assert!(sheet != "survey" || row < 1_000);
        text.to_owned()
    });
    use sipas::exchange::workbook::{Limits, Workbook};
    let mut book = Workbook::open(&bytes, Limits::default()).unwrap();
    for cell in book.sheet("survey").unwrap().cells {
        last = last.max(cell.row);
    }
    let edited = edit(&bytes, &|sheet, row, column, text| match (sheet, row == last, column) {
        ("survey", true, 0) => "text".into(),
        ("survey", true, 1) => "added".into(),
        _ => text.to_owned(),
    });
    let problems = refused(&edited);
    assert!(problems.iter().any(|p| p.contains("the group does not end")), "{problems:?}");
}

#[test]
fn a_role_is_taken_a_word_that_is_none_is_refused_and_rows_with_roles_are_no_table() {
    let survey = "type|name|label|appearance|sipas_role
select_one yn|a|A||respondent
text|b|B|multiline|comment
begin group|t|T|table-list|
select_one yn|c|C||service
select_one yn|d|D||
end group||||";
    let (file, warnings) = taken(&form(survey, YES_NO));
    let roles = ["a", "b", "c", "d"].map(|code| question(&file, code).role.map(QuestionRole::as_str));
    assert_eq!(roles, [Some("respondent"), Some("comment"), Some("service"), None]);
    told(
        &warnings,
        "survey!D4 (appearance): the questions are asked one by one, not as a table: one of them has a constraint, a filter, parameters or a role",
    );
    let problems = refused(&form("type|name|label|sipas_role\ntext|b|B|commentary", YES_NO));
    told(
        &problems,
        "survey!D2 (sipas_role): \"commentary\" is no role; leave it empty, or write one of respondent, service, outcome, comment",
    );
}
