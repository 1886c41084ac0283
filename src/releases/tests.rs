//! Contents, digests and comparisons on small examples.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::content::{
    Content, DataCut, FORMAT, FactorSaid, Figure, Identity, IntervalMethod, ItemSaid, MethodSaid, PartSaid, QuestionnaireSaid, Software,
    SurveySaid, Texts, Tree, UnitSaid, WeightingSaid, WeightingStep, WeightsAfter, sha256,
};
use super::digest::{self, Responses};
use super::life::Status;
use super::ranks::{RankSaid, RankingSaid};
use super::verify::{self, Part};
use super::{compare, table};
use crate::collection::response::Response;
use crate::estimation::{By, Level};
use crate::questionnaires::model::{Aggregation, IndexKind};
use crate::surveys::{Mode, Stream, Weighting};
use crate::units::UnitKind;
use crate::web::Language;
use crate::web::locale::Words;

fn text(vi: &str, en: &str) -> Texts {
    [("vi", vi), ("en", en)].map(|(l, t)| (l.to_owned(), t.to_owned())).into()
}

fn figure(unit: Option<&str>, estimate: f64) -> Figure {
    Figure {
        by: if unit.is_some() { By::Unit } else { By::All },
        unit: unit.map(str::to_owned),
        kind: unit.map(|_| UnitKind::Ward),
        measure: "index".to_owned(),
        measure_level: Level::Overall,
        estimate: Some(estimate),
        se: Some(1.25),
        ci_low: Some(estimate - 2.0),
        ci_high: Some(estimate + 2.0),
        n: 12,
        n_valid: 10,
        deff: Some(1.1),
        flags: Vec::new(),
        band: None,
    }
}

fn sample() -> Content {
    let day = NaiveDate::from_ymd_opt(2026, 5, 4).unwrap();
    let weights = [1.0, 2.5];
    Content {
        format: FORMAT,
        release: Identity { code: "wave-r1".to_owned(), number: 1, corrects: None },
        demonstration: false,
        survey: SurveySaid {
            code: "wave".to_owned(),
            title: text("Đợt một", "Wave one"),
            opens_on: day,
            closes_on: day,
            tree_date: day,
            streams: vec![Stream::Sample],
            series: None,
        },
        questionnaire: QuestionnaireSaid { code: "q".to_owned(), version: "1".to_owned(), sha256: "00".to_owned() },
        index: Tree {
            code: "index".to_owned(),
            text: text("Chỉ số", "Index"),
            largest_item: 100.0,
            scores: [("1", 0.0), ("5", 100.0)].map(|(c, s)| (c.to_owned(), s)).into(),
            parts: vec![PartSaid {
                code: "p".to_owned(),
                text: text("Phần", "Part"),
                factors: vec![FactorSaid {
                    code: "f".to_owned(),
                    text: text("Yếu tố", "Factor"),
                    items: ["q1", "q2"].map(|c| ItemSaid { code: c.to_owned(), text: text("Câu", "Question") }).into(),
                }],
            }],
        },
        method: MethodSaid {
            kind: IndexKind::SatisfiedShare,
            aggregation: Aggregation::Pooled,
            weighting: Weighting::Population,
            stream: Stream::Sample,
            probability_sample: true,
            level: 0.95,
            interval: IntervalMethod::Wilson,
            threshold: 5,
            units_without_responses: 0,
        },
        units: vec![UnitSaid {
            code: "W1".to_owned(),
            name: text("Phường Một", "Ward One"),
            kind: UnitKind::Ward,
            parent: None,
            total: Some(30_000.0),
        }],
        weighting: WeightingSaid {
            steps: vec![WeightsAfter::new(WeightingStep::Base, &weights)],
            sha256: digest::of_weights(&[[1; 16], [2; 16]], &weights),
        },
        data: DataCut {
            moment: chrono::DateTime::from_timestamp_millis(1_790_000_000_123).unwrap(),
            until: None,
            first_day: Some(day),
            last_day: Some(day),
            responses: 2,
            sha256: "aa".to_owned(),
            units: BTreeMap::from([("W1".to_owned(), "bb".to_owned())]),
        },
        software: Software { name: "sipas".to_owned(), version: "0.1.0".to_owned() },
        estimates: vec![figure(None, 83.2), figure(Some("W1"), 100.0 / 3.0)],
        ranking: None,
    }
}

fn ranked() -> Content {
    let rank = |unit: &str, rank, low, high| RankSaid { unit: unit.to_owned(), rank, low, high };
    let ranking = RankingSaid {
        level: 0.95,
        draws: 2_000,
        seed: 7,
        units: vec![rank("W1", 1, 1, 2), rank("W2", 2, 1, 3), rank("W3", 3, 2, 3)],
        groups: [["W1", "W2"], ["W2", "W3"]].map(|g| g.map(str::to_owned).to_vec()).to_vec(),
    };
    Content { ranking: Some(ranking), ..sample() }
}

#[test]
fn ranks_stand_at_the_end_of_the_text_and_contents_without_them_keep_theirs() {
    let text = ranked().text().unwrap();
    let tail = r#","ranking":{"level":0.95,"draws":2000,"seed":7,"units":[{"unit":"W1","rank":1,"low":1,"high":2},"#;
    let (before, _) = text.split_once(tail).unwrap();
    assert_eq!(format!("{before}}}\n"), sample().text().unwrap());
    assert_eq!(Content::read(&text).unwrap(), ranked());
    let bands = ranked().ranking.unwrap().ranking().bands();
    assert_eq!(bands, [0, 0, 1], "W3 differs from W1");
}

#[test]
fn other_ranks_seeds_and_groups_are_named_and_a_release_without_ranks_is_not_wrong() {
    type Mutation = (fn(&mut RankingSaid), &'static str);
    let changes: [Mutation; 5] = [
        (|r| r.units[1].high = 2, "unit W2, rank"),
        (|r| r.units[1].rank = 1, "unit W2, rank"),
        (|r| drop(r.units.pop()), "unit W3, rank"),
        (|r| r.seed = 8, "ranks of units, level, draws and seed"),
        (|r| drop(r.groups.pop()), "groups of units that do not differ"),
    ];
    for (change, place) in changes {
        let mut now = ranked();
        change(now.ranking.as_mut().unwrap());
        assert_eq!(places(&verify::compare(&ranked(), &now)), [(Part::Rank, place)]);
    }
    assert_eq!(places(&verify::compare(&ranked(), &sample())), [(Part::Rank, "ranks of units")]);
    let older = verify::compare(&sample(), &ranked());
    assert!(older.findings.is_empty() && older.notes.len() == 1, "{older:?}");
    let mut after = ranked();
    after.ranking.as_mut().unwrap().units[0].high = 1;
    let (before, changed) = (ranked(), compare::ranks(&ranked(), &after).len());
    assert_eq!((changed, compare::ranks(&before, &before).len()), (1, 0));
}

/// A release that was published once must have the same text for ever: who changes the order or the writing of fields is stopped here, and either undoes it or
/// raises the format.
#[test]
fn the_canonical_text_is_what_it_always_was() {
    let text = sample().text().unwrap();
    assert!(text.starts_with(r#"{"format":1,"release":{"code":"wave-r1","number":1,"corrects":null},"demonstration":false,"survey":{"code":"wave","title":{"en":"Wave one","vi":"Đợt một"},"#), "{text}");
    assert!(text.contains(r#""estimate":33.333333333333336,"#) && text.contains(r#""moment":"2026-09-21T14:13:20.123Z""#), "{text}");
    assert_eq!(sha256(text.as_bytes()), "7e0662d68a496d7ac39fd3c09690ed377b081ae6658a81bfcda9c72825585731");
}

#[test]
fn a_content_reads_back_as_it_was_and_in_one_form_only() {
    let content = sample();
    let text = content.text().unwrap();
    assert_eq!(Content::read(&text).unwrap(), content);
    for (what, changed) in [
        ("spaces", text.replace("\"format\":1", "\"format\": 1")),
        ("no line break", text.trim_end().to_owned()),
        ("a number written longer", text.replace("83.2,", "83.20,")),
        ("another field", text.replace("{\"format\":1", "{\"format\":1,\"extra\":1")),
        ("another order", text.replace("\"number\":1,\"corrects\":null", "\"corrects\":null,\"number\":1")),
        ("another format", text.replace("\"format\":1", "\"format\":2")),
        ("nothing", String::new()),
    ] {
        assert!(Content::read(&changed).is_err(), "{what} was taken");
    }
}

/// Without exact reading of numbers about one in ten would come back with another last digit, and no release could be proven.
#[test]
fn numbers_come_back_to_the_last_digit() {
    let mut content = sample();
    let mut value = 0.1_f64;
    for _ in 0..2_000 {
        value = (value * 3.7 * (1.0 - value)).abs().min(0.999);
        content.estimates = vec![figure(None, value * 100.0)];
        let read = Content::read(&content.text().unwrap()).unwrap();
        assert_eq!(read.estimates[0].estimate.unwrap().to_bits(), (value * 100.0).to_bits());
    }
}

fn response(id: u8, unit: &str, place: Option<&str>, codes: &[u8]) -> Response {
    Response {
        id: vec![id; 16],
        survey_id: 1,
        unit: unit.to_owned(),
        place: place.map(str::to_owned),
        stream: Stream::Open,
        mode: Mode::Web,
        language: "vi".to_owned(),
        stratum: None,
        psu: None,
        weight: None,
        submitted_at: NaiveDate::from_ymd_opt(2026, 5, 4).unwrap().and_hms_opt(8, 30, 0).unwrap(),
        codes: codes.to_vec(),
        extra: None,
    }
}

fn digests(list: &[Response]) -> (String, BTreeMap<String, String>) {
    let mut responses = Responses::default();
    list.iter().for_each(|r| responses.add(r).unwrap());
    responses.digests()
}

#[test]
fn every_field_of_a_response_is_in_the_digest_and_none_runs_into_the_next() {
    let base = response(1, "W1", None, &[5, 4]);
    let of = |r: &Response| digests(std::slice::from_ref(r)).0;
    let changes: [fn(&mut Response); 11] = [
        |r| r.id = vec![2; 16],
        |r| r.unit = "W2".to_owned(),
        |r| r.place = Some(String::new()),
        |r| r.stream = Stream::Sample,
        |r| r.mode = Mode::Kiosk,
        |r| r.language = "en".to_owned(),
        |r| r.stratum = Some("W1".to_owned()),
        |r| r.psu = Some("p".to_owned()),
        |r| r.weight = Some(1.0),
        |r| r.submitted_at += chrono::Duration::minutes(1),
        |r| r.codes = vec![5, 5],
    ];
    let mut seen = std::collections::BTreeSet::from([of(&base)]);
    for change in changes {
        let mut other = base.clone();
        change(&mut other);
        assert!(seen.insert(of(&other)), "{other:?} has the digest of another");
    }
    let moved = |stratum: &str, psu: &str| {
        let mut r = base.clone();
        (r.stratum, r.psu) = (Some(stratum.to_owned()), Some(psu.to_owned()));
        of(&r)
    };
    assert_ne!(moved("ab", "c"), moved("a", "bc"));
    let mut commented = base.clone();
    commented.extra = Some("{\"comment\":\"x\"}".to_owned());
    assert_eq!(of(&commented), of(&base), "a comment can be erased without making figures unprovable");
}

#[test]
fn each_unit_has_its_own_digest() {
    let list = [response(1, "W1", None, &[5]), response(2, "W2", None, &[5]), response(3, "W1", None, &[1])];
    let (all, units) = digests(&list);
    let mut changed = list.clone();
    changed[2].codes = vec![2];
    let (other, others) = digests(&changed);
    assert_ne!(all, other);
    assert_eq!((units["W1"] == others["W1"], units["W2"] == others["W2"]), (false, true));
}

fn places(report: &verify::Report) -> Vec<(Part, &str)> {
    report.findings.iter().map(|f| (f.part, f.place.as_str())).collect()
}

#[test]
fn what_is_equal_has_no_finding() {
    let mut now = sample();
    now.data.moment += chrono::Duration::days(1);
    assert_eq!(verify::compare(&sample(), &now), verify::Report::default());
}

#[test]
fn every_difference_is_named_where_it_is() {
    type Mutation = (fn(&mut Content), Part, &'static str);
    let changes: [Mutation; 14] = [
        (|c| c.estimates[1].estimate = Some(33.3), Part::Figure, "unit W1, index, estimate"),
        (|c| c.estimates[1].se = None, Part::Figure, "unit W1, index, se"),
        (|c| c.estimates[0].ci_low = Some(1.0), Part::Figure, "all units, index, ci_low"),
        (|c| c.estimates[0].ci_high = Some(1.0), Part::Figure, "all units, index, ci_high"),
        (|c| c.estimates[0].deff = Some(1.0), Part::Figure, "all units, index, deff"),
        (|c| c.estimates[0].n = 13, Part::Figure, "all units, index, n"),
        (|c| c.estimates[0].n_valid = 11, Part::Figure, "all units, index, n_valid"),
        (|c| c.estimates[0].flags.push("too_few".to_owned()), Part::Figure, "all units, index, flags"),
        (|c| c.units[0].total = Some(30_001.0), Part::Units, "unit W1, total"),
        (|c| c.weighting.sha256 = "cc".to_owned(), Part::Weights, "final weights, SHA-256"),
        (|c| c.weighting.steps[0].sum = 3.6, Part::Weights, "weights after step base"),
        (|c| c.method.threshold = 6, Part::Basis, "method"),
        (|c| c.questionnaire.sha256 = "01".to_owned(), Part::Basis, "questionnaire"),
        (|c| c.index.scores.clear(), Part::Basis, "index"),
    ];
    for (change, part, place) in changes {
        let mut now = sample();
        change(&mut now);
        let report = verify::compare(&sample(), &now);
        assert_eq!(places(&report), [(part, place)], "{:?}", report.findings);
        assert_ne!(report.findings[0].published, report.findings[0].recomputed);
    }
    let mut now = sample();
    now.estimates.pop();
    assert_eq!(places(&verify::compare(&sample(), &now)), [(Part::Figure, "unit W1, index")]);
    let mut now = sample();
    now.units.clear();
    assert_eq!(places(&verify::compare(&sample(), &now)), [(Part::Units, "unit W1")]);
}

#[test]
fn another_version_may_differ_in_the_last_digits_and_a_new_name_is_a_note() {
    let mut now = sample();
    now.software.version = "0.2.0".to_owned();
    now.estimates[0].estimate = Some(83.2 * (1.0 + 1e-12));
    now.weighting.sha256 = "cc".to_owned();
    let report = verify::compare(&sample(), &now);
    assert!(report.findings.is_empty() && report.notes.len() == 2, "{report:?}");
    now.estimates[0].estimate = Some(83.2 * (1.0 + 1e-8));
    assert_eq!(places(&verify::compare(&sample(), &now)), [(Part::Figure, "all units, index, estimate")]);
    let mut same_version = sample();
    same_version.estimates[0].estimate = Some(83.2 * (1.0 + 1e-12));
    assert_eq!(verify::compare(&sample(), &same_version).findings.len(), 1, "the same version gives the same digits");
    let mut renamed = sample();
    renamed.units[0].name = text("Phường Nhất", "Ward One");
    let report = verify::compare(&sample(), &renamed);
    assert!(report.findings.is_empty() && report.notes[0].contains("Phường Nhất"), "{report:?}");
}

#[test]
fn changed_figures_are_those_that_read_otherwise() {
    let (before, mut after) = (sample(), sample());
    assert!(compare::changes(&before, &after).is_empty());
    after.estimates[1].estimate = None;
    let mut new = figure(Some("W2"), 50.0);
    new.measure = "p".to_owned();
    after.estimates.push(new);
    let changes = compare::changes(&before, &after);
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0].before.unwrap().unit.as_deref(), Some("W1"));
    assert_eq!(changes[1].before, None);
}

#[test]
fn the_largest_value_follows_the_aggregation() {
    let index = sample().index;
    let largest = |level, code, aggregation| index.largest(level, code, aggregation);
    assert_eq!(largest(Level::Overall, "index", Aggregation::Pooled).to_bits(), 100.0_f64.to_bits());
    for (level, code, items) in
        [(Level::Overall, "index", 2.0), (Level::Part, "p", 2.0), (Level::Factor, "f", 2.0), (Level::Item, "q1", 1.0)]
    {
        assert_eq!(largest(level, code, Aggregation::Sum).to_bits(), (100.0_f64 * items).to_bits(), "{code}");
    }
}

#[test]
fn the_csv_has_all_digits_and_closes_with_count_and_hash() {
    let csv = String::from_utf8(table::csv(&sample(), "abc").unwrap()).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[2].starts_with("wave-r1,wave,q,1,sample,population,no,unit,W1,Phường Một,Ward One,ward,index,overall,33.333333333333336,"),
        "{}",
        lines[2]
    );
    assert_eq!(lines[3], "#rows,2,sha256,abc");
}

#[test]
fn every_step_has_words_in_the_audit_log() {
    for language in [Language::Vi, Language::En] {
        let words = Words::load(language).unwrap();
        for step in Status::ALL {
            assert!(words.find(&format!("action-release-{step}"), &HashMap::new()).is_some(), "{step} in {}", language.code());
        }
    }
}
