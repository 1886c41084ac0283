//! Names that YAML takes for other things, limits of memory, and Wald intervals as R gives them.

use super::program::{Files, row};

const DATA: &str = "w,y,n,g\n1,2,a,1\n1,3,b,1.0\n2,7,a,01\n1,4,b,2\n";

/// YAML 1.1 takes y, n, on, off, yes, no for truth values, and a column may be called 1.
#[test]
fn a_lone_column_may_have_any_name() {
    for (alone, listed) in [("mean: y", "mean: [y]"), ("counts: n", "counts: [n]"), ("mean: [y], by: n", "mean: [y], by: [n]")] {
        let spec = |kind: &str| format!("data: d.csv\ndesign: {{weights: w}}\nestimates: [{{name: m, {kind}}}]\n");
        assert_eq!(Files::new(&spec(alone), &[("d.csv", DATA)]).json(), Files::new(&spec(listed), &[("d.csv", DATA)]).json(), "{alone}");
    }
}

#[test]
fn columns_named_twice_in_small_files_are_refused() {
    let spec =
        "data: d.csv\ndesign: {weights: w}\nweighting: [{poststratify: {by: [n], totals: t.csv}}]\nestimates: [{name: m, mean: [y]}]\n";
    let told = Files::new(spec, &[("d.csv", DATA), ("t.csv", "n,N,N\na,1,5\nb,2,5\n")]).refusal();
    assert!(told.contains("t.csv:1") && told.contains("two columns named N"), "{told}");
}

#[test]
fn numbers_beyond_memory_are_refused() {
    let steps = "weighting: [{nonresponse: {respondent: r, propensity: [y], classes: 4000000000}}]\nestimates: [{name: m, mean: [y]}]\n";
    let drivers = "estimates: []\ntests: [{name: d, drivers: {outcome: y, predictors: [x]}, draws: 4000000000}]\n";
    for text in [steps, drivers] {
        let lines: String = (0..40).map(|row| format!("1,{},{},{}\n", row % 7, row % 5, u8::from(row % 3 > 0))).collect();
        let told =
            Files::new(&format!("data: d.csv\ndesign: {{weights: w}}\n{text}"), &[("d.csv", &format!("w,y,x,r\n{lines}"))]).refusal();
        assert!(told.contains("spec.yaml:3:") || told.contains("spec.yaml:4:"), "{told}");
    }
}

/// svymean(~factor(stype)) on a sample stratified by stype has SE 0; svyciprop(method = "mean") leaves 0 to 1.
#[test]
fn wald_intervals_are_those_of_r() {
    let stats = super::program::folder("stats/data").display().to_string();
    let strata = format!(
        "data: {stats}/apistrat.csv\ndesign: {{weights: pw, strata: [stype], fpc: [fpc]}}\nestimates: [{{name: p, proportions: stype, ci: mean}}]\n"
    );
    let found = Files::new(&strata, &[]).json();
    assert_eq!(found["results"][0]["ci_low"], found["results"][0]["ci_high"]);
    let clusters = format!(
        "data: {stats}/apiclus1.csv\ndesign: {{weights: pw, clusters: [dnum], fpc: [fpc]}}\nestimates: [{{name: p, proportions: [stype, sw], ci: mean}}]\n"
    );
    let found = Files::new(&clusters, &[]).json();
    super::program::near(&row(&found, "p", "", "stype:sw", "H:0")["ci_low"], -0.004236613929945933, 1e-7, 0.0, "low");
}
