//! The reader below knows Triple-S and nothing of sipas: it follows the metadata file to read the data file.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use roxmltree::{Document, Node};
use sipas::exchange::triple_s::{self, Record, Rows};
use sipas::questionnaires::Questionnaire;
use sipas::questionnaires::model::{Answer, Answers, Kind};

use super::{all, every_type, keep};

/// A value as a Triple-S program has it.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Single(u16),
    Multiple(Vec<u16>),
    Quantity(f64),
    Character(String),
    Logical(bool),
    Date(NaiveDate),
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Node<'a, 'a> {
    node.children().find(|n| n.has_tag_name(name)).unwrap_or_else(|| panic!("{:?} has no {name}", node.attribute("ident")))
}

/// Reads every record of a data file as the metadata says; what a variable may not hold is a panic.
fn read(sss: &str, data: &str) -> Vec<BTreeMap<String, Value>> {
    let document = Document::parse(sss).unwrap();
    assert_eq!(document.root_element().attribute("version"), Some("2.0"));
    let record = child(child(document.root_element(), "survey"), "record");
    assert_eq!(record.attribute("format"), Some("csv"));
    let skip: usize = record.attribute("skip").unwrap().parse().unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(data.as_bytes());
    let lines = reader.records().skip(skip);
    lines
        .map(|line| {
            let line = line.unwrap();
            let variables = record.children().filter(|n| n.has_tag_name("variable"));
            variables
                .filter_map(|v| {
                    let start: usize = child(v, "position").attribute("start").unwrap().parse().unwrap();
                    Some((child(v, "name").text().unwrap().to_owned(), value(v, &line[start - 1])?))
                })
                .collect()
        })
        .collect()
}

fn value(variable: Node<'_, '_>, cell: &str) -> Option<Value> {
    let codes = || -> Vec<u16> {
        let values = variable.children().find(|n| n.has_tag_name("values")).unwrap();
        values.children().filter(|n| n.has_tag_name("value")).map(|v| v.attribute("code").unwrap().parse().unwrap()).collect()
    };
    if cell.is_empty() {
        return None;
    }
    Some(match variable.attribute("type").unwrap() {
        "single" => {
            let code = cell.parse().unwrap();
            assert!(codes().contains(&code), "{cell} is no value");
            Value::Single(code)
        }
        "multiple" => {
            let codes = codes();
            assert_eq!(cell.len(), codes.len());
            Value::Multiple(codes.into_iter().zip(cell.chars()).filter(|(_, bit)| *bit == '1').map(|(code, _)| code).collect())
        }
        "quantity" => {
            let range = variable.descendants().find(|n| n.has_tag_name("range")).unwrap();
            let n: f64 = cell.parse().unwrap();
            let (from, to) = (range.attribute("from").unwrap(), range.attribute("to").unwrap());
            assert!(n >= from.parse().unwrap() && n <= to.parse().unwrap(), "{cell} is not from {from} to {to}");
            let decimals = |t: &str| t.split_once('.').map_or(0, |(_, d)| d.len());
            assert_eq!(decimals(cell), decimals(to));
            Value::Quantity(n)
        }
        "character" => {
            let size: usize = variable.children().find(|n| n.has_tag_name("size")).unwrap().text().unwrap().parse().unwrap();
            assert!(cell.chars().count() <= size, "{cell} is longer than {size}");
            Value::Character(cell.to_owned())
        }
        "logical" => Value::Logical(cell == "1"),
        "date" => Value::Date(NaiveDate::parse_from_str(cell, "%Y%m%d").unwrap()),
        other => panic!("type {other}"),
    })
}

fn record<'a>(answers: &'a Answers) -> Record<'a> {
    Record {
        id: "0190a0b2-7c1e-7000-8000-000000000001",
        unit: "00070",
        place: None,
        stream: "sample",
        stratum: Some("=tầng 1"),
        psu: None,
        weight: Some(12.25),
        mode: "paper",
        language: "vi",
        submitted_on: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        demonstration: false,
        answers,
    }
}

fn data(q: &Questionnaire, answers: &[Answers]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(triple_s::header(q).unwrap()).unwrap();
    let rows = Rows::new(q).unwrap();
    for a in answers {
        writer.write_record(rows.row(&record(a))).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// What a reader should have got for these answers.
fn expected(q: &Questionnaire, answers: &Answers) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for (position, answer) in &answers.given {
        let question = &q.questions[*position];
        let code = question.code.clone();
        match answer {
            Answer::Choice(1) if matches!(question.kind, Kind::Consent) => all.insert(code, Value::Logical(true)),
            Answer::Choice(n) => all.insert(code, Value::Single((*n).into())),
            Answer::Refused => all.insert(code, Value::Single(254)),
            Answer::NotApplicable => all.insert(code, Value::Single(255)),
            Answer::Choices(n) => all.insert(code, Value::Multiple(n.iter().map(|n| (*n).into()).collect())),
            Answer::Number(n) => all.insert(code, Value::Quantity(*n)),
            Answer::Text(t) => all.insert(code, Value::Character(t.clone())),
            Answer::Date(d) => all.insert(code, Value::Date(*d)),
            Answer::Ranking(n) => {
                for (place, n) in (1..).zip(n) {
                    all.insert(format!("{code}_{place}"), Value::Single((*n).into()));
                }
                None
            }
        };
    }
    all
}

#[test]
fn every_questionnaire_is_described_with_one_variable_a_cell() {
    for (name, q) in all() {
        let sss = triple_s::write(&q, "data.csv").unwrap();
        keep(&format!("{name}.sss"), sss.as_bytes());
        keep(&format!("{name}.csv"), data(&q, &[Answers::default()]).as_bytes());
        let document = Document::parse(&sss).unwrap();
        let names: Vec<_> =
            document.descendants().filter(|n| n.has_tag_name("variable")).map(|v| child(v, "name").text().unwrap().to_owned()).collect();
        assert_eq!(names, triple_s::header(&q).unwrap(), "{name}");
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{name}: a name is there twice");
        assert_eq!(read(&sss, &data(&q, &[Answers::default()])).len(), 1, "{name}");
    }
}

#[test]
fn what_stands_before_the_answers_is_read_back() {
    let q = every_type();
    let sss = triple_s::write(&q, "x.csv").unwrap();
    let read = &read(&sss, &data(&q, &[Answers::default()]))[0];
    assert_eq!(read["id"], Value::Character("0190a0b2-7c1e-7000-8000-000000000001".into()));
    assert_eq!(read["stratum"], Value::Character("'=tầng 1".into()), "no cell begins like a formula");
    assert_eq!(read["weight"], Value::Quantity(12.25));
    assert_eq!(read["submitted_on"], Value::Date(NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()));
    assert_eq!(read["demonstration"], Value::Logical(false));
    assert!(!read.contains_key("place") && !read.contains_key("psu"));
    let document = Document::parse(&sss).unwrap();
    let purpose = |name: &str| {
        let variable = document.descendants().find(|n| n.has_tag_name("variable") && child(*n, "name").text() == Some(name)).unwrap();
        variable.attribute("use").map(str::to_owned)
    };
    assert_eq!(purpose("id").as_deref(), Some("serial"));
    assert_eq!(purpose("weight").as_deref(), Some("weight"));
    assert_eq!(purpose("unit"), None);
}

#[test]
fn values_carry_the_texts_of_all_languages() {
    let sss = triple_s::write(&every_type(), "x.csv").unwrap();
    let document = Document::parse(&sss).unwrap();
    assert_eq!(document.root_element().attribute("languages"), Some("vi en"));
    let overall = document.descendants().find(|n| n.has_tag_name("variable") && child(*n, "name").text() == Some("overall")).unwrap();
    let codes: Vec<_> = overall.descendants().filter(|n| n.has_tag_name("value")).map(|v| v.attribute("code").unwrap()).collect();
    assert_eq!(codes, ["1", "2", "3", "4", "5", "254", "255"]);
    let last = overall.descendants().rfind(|n| n.has_tag_name("value")).unwrap();
    let texts: Vec<_> = last
        .children()
        .filter(|n| n.has_tag_name("text"))
        .map(|t| (t.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).unwrap(), t.text().unwrap()))
        .collect();
    assert_eq!(texts, [("vi", "Không áp dụng"), ("en", "Not applicable")]);
}

#[test]
fn a_long_text_becomes_one_line() {
    let q = every_type();
    let answers = Answers { given: [(q.position("reason").unwrap(), Answer::Text("một\r\nhai\n\n  ba".into()))].into(), day: None };
    let read = &read(&triple_s::write(&q, "x.csv").unwrap(), &data(&q, &[answers]))[0];
    assert_eq!(read["reason"], Value::Character("một hai ba".into()));
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let q = every_type();
    let each: Vec<_> = q
        .questions
        .iter()
        .map(|question| {
            let some: BoxedStrategy<Answer> = match &question.kind {
                Kind::Single { options, not_applicable, refused, .. } => {
                    let mut all: Vec<_> = (1..=u8::try_from(options.len()).unwrap()).map(Answer::Choice).collect();
                    all.extend(not_applicable.iter().map(|_| Answer::NotApplicable));
                    all.extend(refused.iter().map(|_| Answer::Refused));
                    proptest::sample::select(all).boxed()
                }
                Kind::Multiple { options, .. } => {
                    let all: Vec<_> = (1..=u8::try_from(options.len()).unwrap()).collect();
                    proptest::sample::subsequence(all, 1..=options.len()).prop_map(Answer::Choices).boxed()
                }
                Kind::Ranking { options, places, .. } => {
                    let all: Vec<_> = (1..=u8::try_from(options.len()).unwrap()).collect();
                    (Just(all).prop_shuffle(), 1..=usize::from(*places)).prop_map(|(all, n)| Answer::Ranking(all[..n].to_vec())).boxed()
                }
                Kind::Number { decimals: 0, .. } => (0u8..=20).prop_map(|n| Answer::Number(n.into())).boxed(),
                Kind::Number { .. } => (0u16..=9995).prop_map(|n| Answer::Number(f64::from(n) / 10.0)).boxed(),
                Kind::Calculated { .. } => (0u16..=999).prop_map(|n| Answer::Number(f64::from(n) / 8.0)).boxed(),
                Kind::Text { .. } | Kind::Hidden { .. } => "[a-zđứ,;\"]{1,20}".prop_map(Answer::Text).boxed(),
                Kind::Consent => Just(Answer::Choice(1)).boxed(),
                Kind::Date { .. } => {
                    (739_000i32..740_000).prop_map(|n| Answer::Date(NaiveDate::from_num_days_from_ce_opt(n).unwrap())).boxed()
                }
                Kind::Note => return Just(None).boxed(),
            };
            proptest::option::of(some).boxed()
        })
        .collect();
    each.prop_map(|all| Answers { given: all.into_iter().enumerate().filter_map(|(i, a)| a.map(|a| (i, a))).collect(), day: None })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_reader_of_triple_s_gets_every_answer(answers in proptest::collection::vec(any_answers(), 3)) {
        let q = every_type();
        let read = read(&triple_s::write(&q, "x.csv").unwrap(), &data(&q, &answers));
        let before: Vec<_> = sipas::exchange::columns::COLUMNS.iter().map(|(name, _)| *name).collect();
        for (read, answers) in read.into_iter().zip(&answers) {
            let read: BTreeMap<_, _> = read.into_iter().filter(|(name, _)| !before.contains(&name.as_str())).collect();
            prop_assert_eq!(read, expected(&q, answers));
        }
    }
}
