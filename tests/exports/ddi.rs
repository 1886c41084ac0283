use roxmltree::{Document, Node};
use sipas::collection::import::COLUMNS;
use sipas::exchange::ddi;

use super::{all, every_type, keep};

fn named<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |n| n.has_tag_name(("ddi:codebook:2_5", name)))
}

fn variable<'a>(document: &'a Document<'a>, name: &str) -> Node<'a, 'a> {
    named(document.root(), "var").find(|v| v.attribute("name") == Some(name)).unwrap()
}

fn texts<'a>(node: Node<'a, 'a>, name: &'a str) -> Vec<(&'a str, &'a str)> {
    let language = |n: &Node<'a, 'a>| n.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).unwrap_or("");
    named(node, name).map(|n| (language(&n), n.text().unwrap_or(""))).collect()
}

#[test]
fn every_questionnaire_becomes_well_formed_xml_whose_references_exist() {
    for (name, q) in all() {
        let xml = ddi::write(&q).unwrap();
        keep(&format!("{name}.ddi.xml"), xml.as_bytes());
        let document = Document::parse(&xml).unwrap();
        let mut ids: Vec<_> = document.descendants().filter_map(|n| n.attribute("ID")).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an ID is there twice");
        for node in document.descendants() {
            for attribute in ["var", "varGrp", "files", "weight"] {
                for id in node.attribute(attribute).unwrap_or("").split_whitespace() {
                    assert!(ids.binary_search(&id).is_ok(), "{name}: {attribute} names {id}, which is nowhere");
                }
            }
        }
    }
}

#[test]
fn variables_are_the_columns_of_the_csv_export() {
    for (name, q) in all() {
        let xml = ddi::write(&q).unwrap();
        let document = Document::parse(&xml).unwrap();
        let variables: Vec<_> = named(document.root(), "var").map(|v| v.attribute("name").unwrap().to_owned()).collect();
        let columns: Vec<_> =
            COLUMNS.iter().map(|c| (*c).to_owned()).chain(q.questions.iter().map(|question| question.code.clone())).collect();
        assert_eq!(variables, columns, "{name}");
        let quantity = named(document.root(), "varQnty").next().unwrap().text().unwrap();
        assert_eq!(quantity, columns.len().to_string());
    }
}

#[test]
fn a_closed_question_has_its_codes_in_all_languages_and_missing_ones_marked() {
    let xml = ddi::write(&every_type()).unwrap();
    let document = Document::parse(&xml).unwrap();
    let overall = variable(&document, "overall");
    let categories: Vec<_> = named(overall, "catgry")
        .map(|c| (named(c, "catValu").next().unwrap().text().unwrap(), c.attribute("missing"), c.attribute("missType")))
        .collect();
    let expected = [
        ("1", None, None),
        ("2", None, None),
        ("3", None, None),
        ("4", None, None),
        ("5", None, None),
        ("na", Some("Y"), Some("not applicable")),
        ("refused", Some("Y"), Some("refusal")),
    ];
    assert_eq!(categories, expected);
    let first = named(overall, "catgry").next().unwrap();
    assert_eq!(texts(first, "labl"), [("en", "Very dissatisfied"), ("vi", "Rất không hài lòng")]);
    let invalid = named(overall, "invalrng").next().unwrap();
    assert_eq!(named(invalid, "item").map(|i| i.attribute("VALUE").unwrap()).collect::<Vec<_>>(), ["na", "refused"]);
    assert_eq!(texts(overall, "qstnLit")[0], ("en", "=SUM(A1) Overall, how satisfied are you?"));
    assert_eq!(texts(overall, "ivuInstr"), [("en", "Choose one level."), ("vi", "Chọn một mức.")]);
    let channels = variable(&document, "channels");
    let exclusive: Vec<_> = named(channels, "catgry").filter(|c| c.attribute("excls") == Some("true")).collect();
    assert_eq!(exclusive.len(), 1);
    assert!(texts(channels, "codInstr").contains(&("en", "Codes of the chosen options, separated by spaces.")));
}

#[test]
fn ranges_conditions_and_calculations_are_told() {
    let xml = ddi::write(&every_type()).unwrap();
    let document = Document::parse(&xml).unwrap();
    let range = |name: &str| {
        let range = named(variable(&document, name), "range").next().unwrap();
        (range.attribute("UNITS"), range.attribute("min"), range.attribute("max"))
    };
    assert_eq!(range("trips"), (Some("INT"), Some("0"), Some("20")));
    assert_eq!(range("fee"), (Some("REAL"), Some("0"), Some("999.5")));
    assert_eq!(range("visited_on"), (None, Some("2026-01-01"), None));
    assert_eq!(texts(variable(&document, "reason"), "universe")[1], ("en", "overall is “Very dissatisfied” or “Dissatisfied”"));
    let again = texts(variable(&document, "again"), "universe");
    assert_eq!(again[1].1, "yes_or_no is “Yes”", "the condition of the page holds for its questions");
    let derivation = named(variable(&document, "burden"), "derivation").next().unwrap();
    assert_eq!(derivation.attribute("var"), Some("V_trips V_fee"));
    assert_eq!(texts(derivation, "drvcmd"), [("", "${trips} * 2 + ${fee}")]);
    assert_eq!(texts(derivation, "drvdesc")[1], ("en", "(trips × 2) + fee"));
    assert!(named(variable(&document, "burden"), "qstn").next().is_none(), "nobody was asked what is calculated");
}

#[test]
fn groups_hold_pages_tables_and_the_index_tree() {
    let xml = ddi::write(&every_type()).unwrap();
    let document = Document::parse(&xml).unwrap();
    let group = |id: &str| named(document.root(), "varGrp").find(|g| g.attribute("ID") == Some(id)).unwrap();
    assert_eq!(group("M_aspects").attribute("var"), Some("V_aspect_place V_aspect_staff V_aspect_reply"));
    assert_eq!(group("M_aspects").attribute("type"), Some("grid"));
    assert_eq!(group("S_second").attribute("varGrp"), Some("M_aspects"));
    assert_eq!(group("I_all").attribute("varGrp"), Some("IP_service"));
    assert_eq!(group("IP_service").attribute("varGrp"), Some("IF_contact IF_outcome"));
    assert_eq!(group("IF_outcome").attribute("var"), Some("V_overall V_aspect_reply"));
    assert_eq!(texts(group("IF_outcome"), "labl"), [("en", "Outcome"), ("vi", "Kết quả")]);
}

#[test]
fn hostile_texts_come_back_as_text() {
    let mut q = every_type();
    q.title.0.insert("en".into(), "a<!--b-->]]>&amp;\u{0}\u{b}\u{ffff}\"'".into());
    let xml = ddi::write(&q).unwrap();
    let document = Document::parse(&xml).unwrap();
    assert_eq!(texts(document.root(), "parTitl")[0], ("en", "a<!--b-->]]>&amp;\u{fffd}\u{fffd}\u{fffd}\"'"));
    assert_eq!(texts(document.root(), "titl")[0], ("vi", "Mọi loại câu hỏi <b> & “ngoặc”"));
}
