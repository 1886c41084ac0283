//! What cannot be meant is refused: exit code 1, file and line, what was found, what to do. Tables of specification → part of the message.

use super::program::Files;

pub(crate) const DATA: &str = "id,w,s,c,n,y,z,g,b
0,2,A,0,100,0.5,1,u,0
1,3,B,0,100,1.5,2,v,1
2,4,A,1,100,3.5,3,w,0
3,2,B,1,100,4.5,4,u,1
4,3,A,2,100,6.5,5,v,0
5,4,B,2,100,7.5,6,w,1
6,2,A,3,100,9.5,7,u,0
7,3,B,3,100,10.5,8,v,1
";

/// Runs each specification after a head of data and weights, in line 3 and below.
fn check(table: &[(&str, &[&str])], extra: &[(&str, &str)]) {
    for (text, parts) in table {
        let head = if text.contains("design:") { "data: d.csv\n" } else { "data: d.csv\ndesign: {weights: w}\n" };
        let mean = if text.contains("estimates:") { "" } else { "\nestimates: [{name: m, mean: [y], by: [g]}]\n" };
        let files = Files::new(&format!("{head}{text}{mean}"), &[&[("d.csv", DATA)], extra].concat());
        let told = files.refusal();
        for part in *parts {
            assert!(told.contains(part), "{text}\n{told}\nlacks {part}");
        }
        let mut lines = told.lines();
        let place = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or_default();
        assert!(place.contains(".yaml") || place.contains(".csv"), "no file in: {told}");
        assert!(lines.next().is_some_and(|remedy| remedy.trim().len() > 5), "no remedy in: {told}");
    }
}

#[test]
fn unknown_keys_are_refused_at_every_level_with_the_known_ones() {
    check(
        &[
            ("esimates: []", &["spec.yaml:3:1", "esimates", "estimates"]),
            ("design: {weigths: w}", &["spec.yaml:2:10", "weigths", "weights"]),
            ("design: {weights: w, replicates: {fil: r.csv}}", &["spec.yaml:2:", "fil", "file"]),
            ("design: {weights: w, make_replicates: {typ: jk1}}", &["spec.yaml:2:", "typ", "type"]),
            ("design: {weights: w, pps: {hartley: 2}}", &["spec.yaml:2:", "hartley", "hartley_rao_sum_p2"]),
            ("weighting: [{rak: {}}]", &["spec.yaml:3:14", "rak", "rake"]),
            ("weighting: [{rake: {margin: []}}]", &["spec.yaml:3:", "margin", "margins"]),
            ("weighting: [{poststratify: {by: [s], total: {A: 1}}}]", &["spec.yaml:3:", "total", "totals"]),
            ("weighting: [{calibrate: {terms: [1], totals: {'1': 3}, dist: linear}}]", &["spec.yaml:3:", "dist", "distance"]),
            ("weighting: [{trim: {uper: 3}}]", &["spec.yaml:3:21", "uper", "upper"]),
            ("weighting: [{nonresponse: {respondent: b, cell: [s]}}]", &["spec.yaml:3:", "cell", "cells"]),
            ("estimates: [{name: m, means: [y]}]", &["spec.yaml:3:23", "means", "mean"]),
            ("estimates: [{name: m, satisfaction: {item: [b], valid: [0, 1], satisfied: [1]}}]", &["spec.yaml:3:", "item", "items"]),
            ("tests: [{name: t, chi: [s, g]}]", &["spec.yaml:3:", "chi", "chisq"]),
            ("tests: [{name: t, ttest: {variables: y, by: s}}]", &["spec.yaml:3:", "variables", "variable"]),
        ],
        &[],
    );
}

#[test]
fn unknown_words_are_refused_with_the_known_ones() {
    check(
        &[
            ("design: {weights: w, lonely_psu: skip}", &["skip", "fail", "remove", "certainty", "adjust", "average"]),
            ("design: {probabilities: [n], pps: bewer}", &["bewer", "brewer", "overton", "hartley_rao"]),
            ("design: {weights: w, make_replicates: {type: jk}}", &["`jk`", "jk1", "rao_wu_yue"]),
            ("weighting: [{calibrate: {terms: [1], totals: {'1': 3}, distance: chi}}]", &["`chi`", "linear", "raking", "logit"]),
            ("estimates: [{name: m, proportion: {b: 1}, ci: exact}]", &["exact", "logit", "likelihood", "wilson"]),
            ("estimates: [{name: m, mean: [y], deff: kish}]", &["kish", "srswor", "srswr"]),
            ("estimates: [{name: m, mean: [y], df: desing}]", &["spec.yaml:3:38", "desing", "design, domain, inf or a number"]),
            ("tests: [{name: t, chisq: [s, g], statistic: lincom}]", &["lincom", "adj_wald", "saddlepoint"]),
            ("tests: [{name: t, pairwise: m, adjust: bonferroni}]", &["bonferroni", "holm", "bh", "none"]),
        ],
        &[],
    );
}

#[test]
fn every_request_has_a_name_and_one_kind() {
    check(
        &[
            ("estimates: [{mean: [y]}]", &["spec.yaml:3:13", "name"]),
            ("estimates: [{name: '', mean: [y]}]", &["spec.yaml:3:13", "name"]),
            ("estimates: [{name: m, mean: [y]}, {name: m, total: [y]}]", &["spec.yaml:3:42", "m", "line 3"]),
            ("estimates: [{name: m, mean: [y]}]\ntests: [{name: m, chisq: [s, g]}]", &["spec.yaml:4:16", "line 3"]),
            ("estimates: [{name: m}]", &["spec.yaml:3:13", "exactly one of mean, total, ratio"]),
            ("estimates: [{name: m, mean: [y], total: [y]}]", &["mean and total", "exactly one"]),
            ("estimates: [{name: m, mean: []}]", &["spec.yaml:3:13", "column"]),
            ("estimates: [{name: m, ratio: [y]}]", &["spec.yaml:3:13", "two", "numerator"]),
            ("tests: [{name: t}]", &["spec.yaml:3:9", "exactly one of chisq"]),
            ("tests: [{name: t, chisq: [s, g], pairwise: m}]", &["chisq and pairwise", "exactly one"]),
            ("tests: [{name: t, chisq: [s]}]", &["spec.yaml:3:9", "two"]),
        ],
        &[],
    );
}

#[test]
fn options_that_mean_nothing_are_refused() {
    check(
        &[
            ("estimates: [{name: m, mean: [y], ci: logit}]", &["spec.yaml:3:38", "ci", "mean"]),
            ("estimates: [{name: m, mean: [y], each: true}]", &["each", "satisfaction"]),
            ("estimates: [{name: m, quantile: {y: [0.5]}, deff: srswr}]", &["quantile"]),
            ("estimates: [{name: m, mean: [y], level: 1}]", &["spec.yaml:3:41", "level is 1", "between 0 and 1"]),
            ("estimates: [{name: m, mean: [y], level: 95}]", &["level is 95", "0.95"]),
            ("estimates: [{name: m, mean: [y], level: .nan}]", &["level is NaN", "between 0 and 1"]),
            ("estimates: [{name: m, mean: [y], df: 0}]", &["df is 0", "above 0"]),
            ("estimates: [{name: m, mean: [y], df: -1}]", &["df is -1", "above 0"]),
            ("estimates: [{name: m, quantile: {y: [1.5]}}]", &["1.5", "between 0 and 1"]),
            ("estimates: [{name: m, proportion: {b: 7}}]", &["spec.yaml:3:39", "b never holds 7", "0, 1"]),
            ("estimates: [{name: m, proportion: {b: 1, g: u}}]", &["{column: value}"]),
            ("estimates: [{name: m, cronbach_alpha: [y]}]", &["two items"]),
            ("tests: [{name: t, chisq: [s, g], level: 0.9}]", &["level does not belong to chisq", "statistic"]),
            ("tests: [{name: t, ranks: m, draws: 1}]", &["1 draws", "at least"]),
            // Accepted once, with figures of nothing or with a domain that no reader of JSON could tell apart.
            ("estimates: [{name: m, proportions: []}]", &["spec.yaml:3:13", "column"]),
            ("estimates: [{name: m, quantile: {}}]", &["spec.yaml:3:13", "column"]),
            ("estimates: [{name: m, quantile: {y: []}}]", &["spec.yaml:3:13", "share"]),
            ("estimates: [{name: m, mean: [y], by: [g, g]}]", &["spec.yaml:3:", "g", "twice"]),
            ("estimates: [{name: m, counts: [g, g]}]", &["spec.yaml:3:", "g", "twice"]),
        ],
        &[],
    );
}

#[test]
fn columns_are_looked_up_and_must_hold_what_they_are_used_for() {
    check(
        &[
            ("estimates: [{name: m, mean: [x]}]", &["d.csv:1", "no column x", "spec.yaml:3 (mean)", "id, w, s, c"]),
            ("estimates: [{name: m, mean: [y], by: [x]}]", &["d.csv:1", "no column x", "(by)"]),
            ("estimates: [{name: m, mean: [y], where: 'x > 1'}]", &["d.csv:1", "no column x", "condition"]),
            ("estimates: [{name: m, mean: [g]}]", &["d.csv:2", "column g holds \"u\"", "spec.yaml:3 (mean)", "missing"]),
            ("design: {weights: x}", &["d.csv:1", "no column x", "spec.yaml:2 (weights)"]),
            ("design: {weights: w, strata: [x]}", &["d.csv:1", "no column x", "spec.yaml:2 (strata)"]),
            ("weighting: [{calibrate: {terms: [1, x], totals: {'1': 3}}}]", &["d.csv:1", "no column x", "(calibrate)"]),
        ],
        &[],
    );
}

#[test]
fn a_condition_that_does_not_parse_is_told_with_its_character() {
    let conditions = [
        ("y >", "character 4"),
        ("(y > 1", "character 7"),
        ("y > 1)", "character 6"),
        ("y ~ 1", "character 3"),
        ("y > 'a'", "character 3"),
        ("y in ()", "character 7"),
        ("g in ('u', 1)", "character 12"),
        ("y is gone", "character 6"),
        ("`y > 1", "character 1"),
        ("y > 1e999", "character 5"),
        ("y > 1 > 0", "character 7"),
        ("", "character 1"),
    ];
    for (condition, place) in conditions {
        let text = format!("estimates: [{{name: m, mean: [y], where: \"{condition}\"}}]");
        check(&[(&text, &["spec.yaml:3:41", place, condition])], &[]);
    }
    let deep = format!("estimates: [{{name: m, mean: [y], where: \"{}y > 1{}\"}}]", "(".repeat(500), ")".repeat(500));
    check(&[(&deep, &["spec.yaml:3:41", "parentheses"])], &[]);
}

#[test]
fn designs_that_cannot_be_are_refused_at_the_row_that_shows_it() {
    check(
        &[
            ("design: {weights: w, probabilities: [n]}", &["spec.yaml:2:19", "both weights and probabilities"]),
            ("design: {probabilities: [n]}", &["d.csv:2", "n is 100", "at most 1"]),
            ("design: {probabilities: [b]}", &["d.csv:2", "b is 0", "above 0"]),
            ("design: {weights: w, pps: brewer}", &["spec.yaml:2:", "probabilities"]),
            ("design: {weights: w, strata: [s], clusters: [c]}", &["d.csv:3", "c = 0", "s = B", "line 2", "s = A", "nested: true"]),
            ("design: {weights: w, clusters: [null, c]}", &["spec.yaml:2:", "stage 2", "stage 1"]),
            ("design: {weights: w, clusters: [n]}", &["single PSU", "lonely_psu"]),
            ("design: {weights: w, strata: [id]}", &["d.csv:2", "id = 0", "single PSU", "certainty"]),
            ("design: {weights: w, fpc: [b]}", &["d.csv:2", "b is 0", "above 0"]),
            ("design: {weights: w, fpc: [id]}", &["d.csv:2", "id is 0"]),
            ("design: {weights: w, fpc: [z]}", &["d.csv:3", "z is 2", "line 2"]),
            ("design: {weights: w, strata: [s], make_replicates: {type: jk1}}", &["strata"]),
            ("design: {weights: w, strata: [g], make_replicates: {type: brr}}", &["spec.yaml:2:", "3 PSUs", "even"]),
            ("design: {weights: w, make_replicates: {type: jk1, seed: 3}}", &["spec.yaml:2:", "seed", "bootstraps"]),
            ("design: {weights: w, make_replicates: {type: brr, fay_rho: 0.3}}", &["spec.yaml:2:", "fay_rho", "fay"]),
            ("design: {weights: w, make_replicates: {type: rao_wu, replicates: 1}}", &["at least 2"]),
            // Ended once for want of memory.
            ("design: {weights: w, make_replicates: {type: rao_wu, replicates: 4000000000}}", &["spec.yaml:2:", "fewer"]),
        ],
        &[],
    );
}

#[test]
fn weights_and_population_counts_must_make_sense() {
    let cells = [
        ("0,2,A", "0,-2,A", "w is -2", "not negative"),
        ("0,2,A", "0,,A", "w is missing", "every row"),
        ("0,2,A", "0,NaN,A", "\"NaN\"", "finite"),
        ("0,2,A", "0,inf,A", "\"inf\"", "finite"),
        ("0,2,A", "0,1e999,A", "\"1e999\"", "finite"),
        ("0,2,A", "0,\"2,5\",A", "\"2,5\"", "finite"),
        ("2,A,0,100", "2,,0,100", "s is missing", "every row"),
        ("2,A,0,100", "2,A,0,0.5", "n is 0.5", "one kind"),
        ("2,A,0,100", "2,A,0,99", "99", "one population size"),
    ];
    let spec = "data: d.csv\ndesign: {weights: w, strata: [s], fpc: [n]}\nestimates: [{name: m, mean: [y]}]\n";
    for (old, new, found, remedy) in cells {
        let told = Files::new(spec, &[("d.csv", &DATA.replacen(old, new, 1))]).refusal();
        assert!(told.contains("d.csv:") && told.contains(found) && told.contains(remedy), "{new}: {told}");
    }
    let told = Files::new(spec, &[("d.csv", &DATA.replace(",100,", ",3,"))]).refusal();
    assert!(told.contains("n says 3, but 4 were sampled"), "{told}");
    let told = Files::new(spec, &[("d.csv", &DATA.replace(",2,", ",0,").replace(",3,", ",0,").replace(",4,", ",0,"))]).refusal();
    assert!(told.contains("0"), "{told}");
}

#[test]
fn replicates_and_joint_probabilities_must_fit_the_rows() {
    let eight = "1,2\n".repeat(8);
    let given = |keys: &str| format!("design: {{weights: w, replicates: {{file: r.csv, {keys}}}}}");
    let cases = [
        (given("combined: true, scale: 1"), format!("r1,r2\n{}", "1,2\n".repeat(7)), "7 rows"),
        (given("combined: true, scale: 1"), format!("r1,r2\n{}", "1,x\n".repeat(8)), "\"x\""),
        (given("combined: true, scale: 1"), format!("r1,r2\n{}1\n", "1,2\n".repeat(7)), "r.csv:9"),
        (given("combined: true, scale: 1"), String::new(), "empty"),
        (given("combined: true, scale: -1"), format!("r1,r2\n{eight}"), "scale -1"),
        (given("combined: true, scale: 1, rscales: [1]"), format!("r1,r2\n{eight}"), "1 rscales for 2 replicates"),
        (given("combined: true"), format!("r1,r2\n{eight}"), "missing field `scale`"),
        (given("combined: true, scale: 1, df: -1"), format!("r1,r2\n{eight}"), "spec.yaml:2:"),
        (given("combined: true, scale: 1").replace("weights: w, ", ""), format!("r1,r2\n{eight}"), "full-sample weights"),
        (given("combined: true, scale: 1").replace("weights: w, ", "weights: w, strata: [s], "), format!("r1,r2\n{eight}"), "strata"),
    ];
    for (design, file, part) in cases {
        check(&[(&design, &[part])], &[("r.csv", &file)]);
    }
    let joint = "design: {probabilities: [p], pps: {joint: j.csv, variance: yg}}\n";
    let data = "p,y\n0.5,1\n0.5,2\n0.5,4\n";
    let matrices = [
        ("0.5,0.2\n0.2,0.5\n", "3 PSUs"),
        ("0.5,0.2,0.2\n0.2,0.5,0\n0.2,0,0.5\n", "is 0"),
        ("0.5,0.2,0.2\n0.2,0.5,0.9\n0.2,0.9,0.5\n", "is 0.9"),
        ("0.5,0.2,0.2\n0.2,0.5,0.2\n0.2,0.1,0.5\n", "joint"),
        ("0.5,0.2,0.2\n0.2,0.5\n", "j.csv"),
        // As many numbers as are needed, in one column: taken for a square once.
        ("0.5\n0.2\n0.2\n0.2\n0.5\n0.2\n0.2\n0.2\n0.5\n", "square"),
    ];
    for (matrix, part) in matrices {
        let spec = format!("data: d.csv\n{joint}estimates: [{{name: m, mean: [y]}}]\n");
        let told = Files::new(&spec, &[("d.csv", data), ("j.csv", matrix)]).refusal();
        assert!(told.contains(part), "{matrix}: {told}");
    }
}

#[test]
fn totals_must_be_known_for_every_cell_and_for_no_other() {
    check(
        &[
            ("weighting: [{poststratify: {by: [s], totals: {A: 50}}}]", &["spec.yaml:3:46", "s=B", "line 3"]),
            ("weighting: [{poststratify: {by: [s], totals: {A: 50, B: 60, C: 3}}}]", &["s=C", "3"]),
            ("weighting: [{poststratify: {by: [s], totals: {A: 0, B: 60}}}]", &["spec.yaml:3:47", "total of A is 0"]),
            ("weighting: [{poststratify: {by: [s], totals: {A: -1, B: 60}}}]", &["total of A is -1"]),
            ("weighting: [{poststratify: {by: [s], totals: {A: .nan, B: 60}}}]", &["total of A is NaN"]),
            ("weighting: [{poststratify: {by: [s], totals: {A: 1, A: 60}}}]", &["spec.yaml:3:53", "A"]),
            ("weighting: [{poststratify: {by: [s, g], totals: {A: 1}}}]", &["2 columns", "CSV"]),
            ("weighting: [{poststratify: {by: [s], totals: none.csv}}]", &["none.csv", "cannot be read"]),
            ("weighting: [{poststratify: {by: [s], totals: no_n.csv}}]", &["no_n.csv:1", "no column N"]),
            ("weighting: [{poststratify: {by: [s], totals: twice.csv}}]", &["twice.csv:3", "line 2"]),
            ("weighting: [{poststratify: {by: [s], totals: text.csv}}]", &["text.csv:2", "\"one\""]),
            // A loss among totals that are summed was taken silently once.
            ("weighting: [{poststratify: {by: [s], totals: less.csv}}]", &["less.csv:2", "N is -5"]),
            ("weighting: [{rake: {margins: []}}]", &["spec.yaml:3:13", "at least one"]),
            ("weighting: [{rake: {margins: [{by: [s], totals: {A: 50, B: 60}}], tolerance: 0}}]", &["tolerance 0", "above 0"]),
            (
                "weighting: [{rake: {margins: [{by: [s], totals: {A: 50, B: 60}}, {by: [g], totals: {u: 40, v: 40, w: 31}}]}}]",
                &["110", "111", "margin 2"],
            ),
            (
                "weighting: [{rake: {margins: [{by: [s], totals: {A: 50, B: 60}}, {by: [b], totals: {0: 60, 1: 50}}]}}]",
                &["did not converge", "s=A", "stands at 60 for a total of 50"],
            ),
        ],
        &[
            ("no_n.csv", "s,M\nA,1\nB,2\n"),
            ("twice.csv", "s,N\nA,1\nA,1\nB,2\n"),
            ("text.csv", "s,N\nA,one\nB,2\n"),
            ("less.csv", "s,g,N\nA,u,-5\nA,v,30\nB,u,2\n"),
        ],
    );
}

#[test]
fn calibration_trimming_and_nonresponse_say_what_does_not_fit() {
    let step = |text: &str| format!("weighting: [{{{text}}}]");
    let cases: [(&str, &[&str]); 20] = [
        ("calibrate: {terms: [], totals: {}}", &["at least one"]),
        ("calibrate: {terms: [1, s], totals: {'1': 40}}", &["no total for s=B", "1, s=B"]),
        ("calibrate: {terms: [1, s], totals: {'1': 40, 's=A': 3, 's=B': 37}}", &["no term s=A", "1, s=B"]),
        ("calibrate: {terms: [1], totals: {'1': 40}, distance: logit}", &["bounds"]),
        ("calibrate: {terms: [1], totals: {'1': 40}, bounds: [1.1, 2]}", &["1.1", "enclose 1"]),
        ("calibrate: {terms: [1], totals: {'1': 40}, bounds: [0.1, 0.9]}", &["0.9", "enclose 1"]),
        ("calibrate: {terms: [1], totals: {'1': 40}, bounds: [0.5]}", &["spec.yaml:3:57"]),
        ("calibrate: {terms: [1], totals: {'1': 4000}, bounds: [0.5, 2]}", &["stands at", "total of 4000"]),
        ("calibrate: {terms: [1, s, b], totals: {'1': 40, 's=B': 20, b: 21}}", &["b stands at 20 for a total of 21"]),
        ("trim: {}", &["upper", "lower"]),
        ("trim: {upper: 3, upper_quantile: 0.9}", &["both upper and upper_quantile"]),
        ("trim: {upper_quantile: 1.5}", &["between 0 and 1"]),
        ("trim: {lower: 5, upper: 3}", &["below"]),
        ("trim: {upper: 1}", &["all 8 rows"]),
        ("nonresponse: {respondent: b}", &["cells", "propensity"]),
        ("nonresponse: {respondent: b, cells: [b]}", &["b=0 has no respondent", "4 nonrespondents"]),
        ("nonresponse: {respondent: g, cells: [s]}", &["d.csv:2", "column g", "yes or no"]),
        ("nonresponse: {respondent: b, cells: [g], classes: 5}", &["propensity"]),
        ("nonresponse: {respondent: b, propensity: [z], classes: 1}", &["2 or more"]),
        ("nonresponse: {respondent: b, propensity: [b]}", &["predict response without fail"]),
    ];
    for (text, parts) in cases {
        check(&[(&step(text), parts)], &[]);
    }
}

#[test]
fn a_satisfaction_index_needs_items_and_answers() {
    let index = |keys: &str| format!("estimates: [{{name: s, satisfaction: {{{keys}}}}}]");
    let cases = [
        ("items: [], valid: [1], satisfied: [1]", "no items"),
        ("items: [b], valid: [0, 1], satisfied: []", "satisfied"),
        ("items: [b], valid: [0], satisfied: [1]", "not among the valid"),
        ("items: [b, b], valid: [0, 1], satisfied: [1]", "twice"),
        ("items: [b], valid: [0, 1], satisfied: [1], aggregate: factor_mean", "needs factors"),
        ("items: [b], valid: [0, 1], satisfied: [1], factors: {F1: []}", "F1 has no items"),
        ("factors: {overall: [b]}, valid: [0, 1], satisfied: [1], each: true", "overall"),
        ("factors: {b: [b]}, valid: [0, 1], satisfied: [1], each: true", "factor b"),
    ];
    for (keys, part) in cases {
        check(&[(&index(keys), &["spec.yaml:3:", part])], &[]);
    }
}

#[test]
fn tests_name_an_estimate_and_its_domains() {
    let estimates = "estimates: [{name: m, mean: [y], by: [g]}, {name: q, quantile: {y: [0.5]}, by: [g]}, {name: all, mean: [y]}]\n";
    let cases: [(&str, &[&str]); 11] = [
        ("difference: {estimate: x, between: [{g: u}, {g: v}]}", &["no estimate x", "m, q, all"]),
        ("difference: {estimate: m, between: [{g: u}]}", &["two"]),
        ("difference: {estimate: m, between: [{g: u}, {g: x}]}", &["{g: x}", "{g: u}, {g: v}, {g: w}"]),
        ("difference: {estimate: m, between: [{g: u}, {s: A}]}", &["{s: A}"]),
        ("contrast: {estimate: m, weights: []}", &["weights"]),
        ("contrast: {estimate: m, weights: [[{g: u}, .nan]]}", &["NaN", "finite"]),
        ("pairwise: q", &["covariance"]),
        ("drivers: {outcome: y, predictors: []}", &["predictor"]),
        ("drivers: {outcome: n, predictors: [z, b]}", &["outcome is the same"]),
        ("fay_herriot: {estimate: all, covariates: areas.csv}", &["not by areas", "by"]),
        ("fay_herriot: {estimate: m, covariates: areas.csv}", &["areas.csv", "area w"]),
    ];
    for (text, parts) in cases {
        check(&[(&format!("{estimates}tests: [{{name: t, {text}}}]"), parts)], &[("areas.csv", "g,x\nu,1\nv,2\n")]);
    }
}
