//! Conditions, the two ways of estimating an index, and the schema on file.

use std::fmt::Write as _;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::condition::Condition;
use super::table::Use;
use super::{Output, Progress, json_schema, run_beyond};

struct Silent;

impl Progress for Silent {
    fn read(&self, _: u64) {}
    fn stage(&self, _: &str) {}
}

/// Runs a specification on data, both in a folder of their own. Files larger than `size` are taken in one pass.
fn run(size: u64, data: &str, spec: &str) -> Result<Output, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data.csv"), data).unwrap();
    std::fs::write(folder.path().join("spec.yaml"), spec).unwrap();
    let run = run_beyond(size, &folder.path().join("spec.yaml"), false, &Silent);
    run.map(|run| run.output).map_err(|refusal| refusal.to_string())
}

fn holds(condition: &str) -> Result<Vec<u64>, String> {
    let data = "id,a,b,t\n1,1,1,x\n2,2,NA,y\n3,NA,3,\n4,4,3,it's\n";
    let spec = format!("data: data.csv\nestimates:\n  - {{name: s, total: [id], by: [id], where: {condition:?}}}\n");
    let output = run(u64::MAX, data, &spec)?;
    Ok(output.results.iter().filter(|row| row.n > 0).map(|row| row.domain[0].1.parse().unwrap()).collect())
}

#[test]
fn conditions_mean_what_they_say() {
    let cases: [(&str, &[u64]); 22] = [
        ("a == 1", &[1]),
        ("a = 1", &[1]),
        ("a != 1", &[2, 4]),
        ("not a == 1", &[2, 3, 4]),
        ("a > 1", &[2, 4]),
        ("a >= 2 and a < 4", &[2]),
        ("1 < a", &[2, 4]),
        ("a <= b", &[1]),
        ("a > b", &[4]),
        ("t == 'x'", &[1]),
        ("'x' != t", &[2, 4]),
        ("t == \"it's\"", &[4]),
        ("a in (1, 4)", &[1, 4]),
        ("a not in (1)", &[2, 4]),
        ("t in ['x', 'y']", &[1, 2]),
        ("a is missing", &[3]),
        ("b is not missing", &[1, 3, 4]),
        ("t is missing or a == 1", &[1, 3]),
        ("a == 1 or a == 2 and b == 1", &[1]),
        ("(a == 1 or a == 2) and b is missing", &[2]),
        ("a > -1.5e0 and not (t in ('y'))", &[1, 4]),
        ("`a` == 4", &[4]),
    ];
    for (condition, rows) in cases {
        assert_eq!(holds(condition).unwrap(), rows, "{condition}");
    }
}

#[test]
fn a_condition_that_cannot_be_read_is_told_with_its_place() {
    let cases = [
        ("a ==", "character 5: found the end where a column"),
        ("a == 1 b", "character 8: found `b` where the condition should end"),
        ("a = 'x", "the ' is not closed"),
        ("t < 'x'", "texts have no order"),
        ("a in (1, 'x')", "numbers or texts, not both"),
        ("a in (b)", "put b in quotes"),
        ("(a == 1", "found the end where `)` is needed"),
        ("a is 1", "`missing` or `not missing`"),
        ("1 is missing", "only a column can be missing"),
        ("a ~ 1", "the character ~ has no meaning"),
        ("a == 1x", "1x is not a number"),
        ("", "found the end"),
        ("c == 1", "has no column c"),
        ("t > 1", "needs finite numbers"),
    ];
    for (condition, message) in cases {
        let told = holds(condition).unwrap_err();
        assert!(told.contains(message), "{condition}: {told}");
    }
    let deep = "(".repeat(5_000) + "a == 1" + &")".repeat(5_000);
    assert!(Condition::parse(&deep).unwrap_err().message.contains("more than 100"));
}

#[test]
fn a_condition_names_its_columns_and_their_use() {
    let condition = Condition::parse("x.1 > 2 and `two words` == 'a' or z is missing").unwrap();
    assert_eq!(condition.uses(), [("x.1", Use::Numbers), ("two words", Use::Levels), ("z", Use::Presence)]);
}

/// Answers of 40 units with some PSUs each, some missing, in an order that mixes them.
fn answers(seed: u64, rows: u32) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut text = "unit,psu,kind,w,q1,q2,q3\n".to_owned();
    for row in 0..rows {
        let unit = if row < 80 { row / 2 } else { random.random_range(0..40) };
        let psu = if row < 80 { row % 2 } else { random.random_range(0..4) };
        let weight = f64::from(random.random_range(1..1000_u32)) / 7.0;
        write!(text, "u{unit},p{psu},{},{weight}", if unit % 3 == 0 { "ward" } else { "commune" }).unwrap();
        for _ in 0..3 {
            let answer = ["1", "2", "3", "4", "5", "9", "NA", ""][random.random_range(0..8_usize)];
            write!(text, ",{answer}").unwrap();
        }
        text.push('\n');
    }
    text
}

/// Both ways give the same figures, whatever the design, the domains and the aggregation.
#[test]
fn one_pass_gives_what_all_rows_give() {
    let designs = [
        "{weights: w, strata: [unit], clusters: [psu], nested: true}",
        "{weights: w, strata: [unit]}",
        "{weights: w, clusters: [unit]}",
        "{weights: w}",
        "{}",
        "{weights: w, strata: [kind], clusters: [unit], lonely_psu: adjust}",
    ];
    let indices = [
        "{items: [q1, q2, q3], valid: [1, 2, 3, 4, 5], satisfied: [4, 5], each: true}, by: [unit]",
        "{valid: [1, 2, 3, 4, 5], satisfied: [4, 5], aggregate: factor_mean, factors: {A: [q1, q2], B: [q3]}, each: true}, by: [kind, unit], where: \"w > 20\", deff: srswr, df: domain",
        "{items: [q1, q2, q3], valid: [1, 2, 3, 4, 5], satisfied: [4, 5], aggregate: item_mean}, by: [kind], covariance: true, ci: beta",
        "{items: [q2, q1], valid: [1, 2, 3, 4, 5], satisfied: [5]}, where: \"q3 is not missing\", level: 0.9",
    ];
    let data = answers(7, 3_000);
    for design in designs {
        let requests: String =
            indices.iter().enumerate().map(|(at, index)| format!("  - {{name: r{at}, satisfaction: {index}}}\n")).collect();
        let spec = format!("data: data.csv\ndesign: {design}\nestimates:\n{requests}");
        let [rows, pass] = [u64::MAX, 0].map(|size| run(size, &data, &spec).unwrap());
        assert_eq!(rows.design, pass.design, "{design}");
        assert_eq!(rows.results.len(), pass.results.len(), "{design}");
        assert_eq!(rows.warnings, pass.warnings);
        for (a, b) in rows.results.iter().zip(&pass.results) {
            let named = format!("{design} {} {:?} {}", a.request, a.domain, a.variable);
            assert_eq!(
                (&a.request, &a.domain, &a.variable, a.n, a.df, &a.flags),
                (&b.request, &b.domain, &b.variable, b.n, b.df, &b.flags),
                "{named}"
            );
            for (x, y) in [(a.estimate, b.estimate), (a.se, b.se), (a.ci_low, b.ci_low), (a.ci_high, b.ci_high), (a.deff, b.deff)] {
                assert!(alike(x, y), "{named}: {x:?} and {y:?}");
            }
        }
        for (a, b) in rows.covariances.iter().zip(&pass.covariances) {
            let largest = a.matrix.iter().flatten().flatten().fold(0.0, |largest: f64, x| largest.max(x.abs()));
            for (x, y) in a.matrix.iter().flatten().zip(b.matrix.iter().flatten()) {
                assert!((x.unwrap() - y.unwrap()).abs() <= 1e-10 * largest, "{design}: {x:?} and {y:?}");
            }
        }
        assert_eq!(rows.covariances.len(), pass.covariances.len());
    }
}

fn alike(x: Option<f64>, y: Option<f64>) -> bool {
    match (x, y) {
        (Some(x), Some(y)) => (x - y).abs() <= 1e-10 * x.abs().max(y.abs()).max(1e-6),
        (None, None) => true,
        _ => false,
    }
}

/// What one pass cannot do is done over all rows, with the same words.
#[test]
fn one_pass_leaves_unusual_data_to_the_other_way() {
    let index = "estimates:\n  - {name: s, satisfaction: {items: [q], valid: [0, 1], satisfied: [1]}}\n";
    let cases = [
        ("w,h,c,q\n1,a,1,1\n0,a,2,0\n1,a,3,1\n", "{weights: w, strata: [h], clusters: [c]}"),
        ("w,h,c,q\n1,a,1,1\n1,a,2,0\n1,b,1,1\n1,b,3,1\n", "{weights: w, strata: [h], clusters: [c]}"),
        ("w,h,c,q\n1,a,1,1\n1,a,2,0\n1,b,3,1\n", "{weights: w, strata: [h], clusters: [c]}"),
        ("w,h,c,q\n1,a,1,1\n1,,2,0\n1,a,3,1\n", "{weights: w, strata: [h], clusters: [c]}"),
        ("w,h,c,q\n1,a,1,1\n-1,a,2,0\n1,a,3,1\n", "{weights: w, strata: [h], clusters: [c]}"),
    ];
    for (data, design) in cases {
        let spec = format!("data: data.csv\ndesign: {design}\n{index}");
        let told = [u64::MAX, 0].map(|size| match run(size, data, &spec) {
            Ok(output) => format!("{:?}", output.results),
            // The folder of each run has its own name.
            Err(refusal) => refusal.rsplit("/").next().unwrap().to_owned(),
        });
        assert_eq!(told[0], told[1], "{data}");
    }
}

/// Two items that always agree, one of them at times not answered or not applicable.
#[test]
fn item_quality_is_that_of_the_answers() {
    let data = "w,a,b\n1,1,1\n1,5,5\n2,3,3\n3,5,9\n1,5,NA\n";
    let spec = "data: data.csv\ndesign: {weights: w}\nestimates:\n  - {name: i, item_quality: {items: [a, b], valid: [1, 2, 3, 4, 5], not_applicable: [9]}}\n";
    let output = run(u64::MAX, data, spec).unwrap();
    let find = |variable: &str, level: Option<&str>| {
        let row = output.results.iter().find(|row| row.variable == variable && row.level.as_deref() == level).unwrap();
        (row.estimate, row.n)
    };
    let near = |(value, n): (Option<f64>, u64)| (value.map(|value| (value * 1e12).round() / 1e12), n);
    assert_eq!(near(find("alpha", None)), (Some(1.0), 3));
    assert_eq!(near(find("a", Some("item_rest"))), (Some(1.0), 3));
    // Highest answer to a: weights 1 + 3 + 1 of 8; to b: 1 of 4.
    assert_eq!(find("a", Some("ceiling")), (Some(5.0 / 8.0), 5));
    assert_eq!(find("b", Some("ceiling")), (Some(0.25), 3));
    assert_eq!(find("b", Some("floor")), (Some(0.25), 3));
    // Of b, 3 of 8 people did not have to answer, and 1 of the other 5 did not.
    assert_eq!(find("b", Some("not_applicable")), (Some(3.0 / 8.0), 5));
    assert_eq!(find("b", Some("nonresponse")), (Some(0.2), 5));
    assert_eq!(find("b", Some("alpha_without")), (None, 3));
}

#[test]
fn the_schema_on_file_is_that_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/estimate.schema.json");
    let on_file = std::fs::read_to_string(Path::new(path)).unwrap();
    assert!(on_file == json_schema(), "the file differs; write it anew: sipas estimate --schema > docs/estimate.schema.json");
}
