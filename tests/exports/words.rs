use sipas::questionnaires::logic::Wording;
use sipas::web::locale::{Language, Words};

use super::{every_type, parse};

/// The condition of `street` in every_type.yaml, put into words.
fn said(condition: &str, language: Language) -> String {
    let source = include_str!("every_type.yaml");
    let with = source
        .replace("- code: street\n        type: text", &format!("- code: street\n        relevant: \"{condition}\"\n        type: text"));
    let q = parse(&with);
    let words = Words::load(language).unwrap();
    let name = |at: usize| q.questions[at].code.clone();
    let wording = Wording { questionnaire: &q, language: language.code(), interface: language, words: &words, name: &name };
    let street = q.position("street").unwrap();
    q.questions[street].relevant.as_ref().unwrap().in_words(&wording, street)
}

#[test]
fn conditions_are_said_with_the_words_of_the_options() {
    let cases = [
        ("${field} = 'land'", "field chọn “Đất đai”", "field is “Land”"),
        ("${field} != 'land'", "field không chọn “Đất đai”", "field is not “Land”"),
        ("not(${field} = 'land')", "field không chọn “Đất đai”", "field is not “Land”"),
        ("not(${field} != 'land')", "field chọn “Đất đai”", "field is “Land”"),
        ("${overall} = 'na'", "overall chọn “Không áp dụng”", "overall is “Not applicable”"),
        ("${field} = 'refused'", "field chọn “Không muốn trả lời”", "field is “Prefer not to say”"),
        ("${overall} <= 2", "overall chọn “Rất không hài lòng” hoặc “Không hài lòng”", "overall is “Very dissatisfied” or “Dissatisfied”"),
        ("2 >= ${overall}", "overall chọn “Rất không hài lòng” hoặc “Không hài lòng”", "overall is “Very dissatisfied” or “Dissatisfied”"),
        ("selected(${channels}, 'tv')", "channels có chọn “Truyền hình”", "channels includes “Television”"),
        ("not(selected(${channels}, 'tv'))", "channels không chọn “Truyền hình”", "channels does not include “Television”"),
        (
            "count-selected(${channels}) >= 2",
            "số phương án đã chọn ở channels lớn hơn hoặc bằng 2",
            "the number of options chosen in channels is 2 or more",
        ),
        ("${trips} = ''", "trips không có câu trả lời", "trips is not answered"),
        ("${trips} != ''", "trips có câu trả lời", "trips is answered"),
        ("${trips} * 2 - 1 < 7", "(trips × 2) − 1 nhỏ hơn 7", "(trips × 2) − 1 is less than 7"),
        ("${fee} = 12.5", "fee bằng 12,5", "fee is 12.5"),
        ("${fee} <= 12", "fee nhỏ hơn hoặc bằng 12", "fee is 12 or less"),
        ("12 > ${fee}", "fee nhỏ hơn 12", "fee is less than 12"),
        ("string-length(${reason}) > 5", "số ký tự của reason lớn hơn 5", "the number of characters of reason is more than 5"),
        (
            "${trips} = 1 and (${fee} = 2 or ${fee} = 3) and ${fee} != 4",
            "trips bằng 1 và (fee bằng 2 hoặc fee bằng 3) và fee khác 4",
            "trips is 1 and (fee is 2 or fee is 3) and fee is not 4",
        ),
        ("not(${trips} > 1 or ${fee} = 2)", "không phải (trips lớn hơn 1 hoặc fee bằng 2)", "not (trips is more than 1 or fee is 2)"),
    ];
    for (condition, vi, en) in cases {
        assert_eq!(said(condition, Language::Vi), vi, "{condition}");
        assert_eq!(said(condition, Language::En), en, "{condition}");
    }
}

#[test]
fn a_ticked_box_is_said_as_such() {
    let source = include_str!("every_type.yaml");
    let q = parse(&source.replace(
        "index:\n",
        "  - code: fourth\n    title: {vi: x, en: x}\n    relevant: \"not(${agree} = 'yes')\"\n    questions:\n      - {code: last, type: text, text: {vi: x, en: x}}\nindex:\n",
    ));
    let words = Words::load(Language::En).unwrap();
    let name = |at: usize| q.questions[at].code.clone();
    let wording = Wording { questionnaire: &q, language: "en", interface: Language::En, words: &words, name: &name };
    assert_eq!(q.sections[3].relevant.as_ref().unwrap().in_words(&wording, 0), "agree is not ticked");
}

#[test]
fn an_answer_looked_at_by_itself_is_this_answer() {
    let q = every_type();
    let words = Words::load(Language::En).unwrap();
    let name = |at: usize| q.questions[at].code.clone();
    let wording = Wording { questionnaire: &q, language: "en", interface: Language::En, words: &words, name: &name };
    let trips = q.position("trips").unwrap();
    let condition = &q.questions[trips].constraint.as_ref().unwrap().condition;
    assert_eq!(condition.in_words(&wording, trips), "this answer is less than 15");
    assert_eq!(condition.mentions(trips), [trips]);
}
