//! Odd data that must be understood, and estimates that cannot be made: null figures with a flag that says why.

use serde_json::{Value, json};

use super::program::{Files, near, row};

const MEAN: &str = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: m, mean: [y]}]\n";

fn run(spec: &str, data: &[u8]) -> Value {
    let files = Files::new(spec, &[]);
    files.write("d.csv", data);
    files.json()
}

/// The mean of `MEAN`; its rows are 2, 3 and 7 with weights 1, 1 and 2.
fn mean(data: &[u8]) -> f64 {
    row(&run(MEAN, data), "m", "", "y", "")["estimate"].as_f64().unwrap()
}

#[test]
fn line_ends_marks_quotes_and_spaces_change_nothing() {
    let plain = "w,y,t\n1,2,a\n1,3,b\n2,7,c\n";
    let others = [
        plain.replace('\n', "\r\n"),
        format!("\u{feff}{plain}"),
        plain.trim_end().to_owned(),
        plain.replace("w,y,t", "\"w\",\"y\",\"t\"").replace("7,c", "\"7\",\"c,\n\"\"d\"\"\""),
        plain.replace("3,b", " 3 ,b"),
        plain.replace("7,c", "7.0,c").replace("2,a", "2e0,a").replace("3,b", "+3,b"),
        plain.replace('c', "\u{111}\u{e1}nh gi\u{e1}"),
        plain.replace("w,y,t", "w,y,").replace("\n1,2,a", "\n\n1,2,a"),
    ];
    for data in others.iter().map(String::as_str).chain([plain]) {
        assert!((mean(data.as_bytes()) - 4.75).abs() < 1e-15, "{data:?}");
    }
}

#[test]
fn columns_nobody_uses_may_hold_anything() {
    assert!((mean(b"w,y,t,t\n1,2,\xe9,\n1,3,,\n2,7,x,\x00\n") - 4.75).abs() < 1e-15);
}

#[test]
fn unusual_names_of_columns_work_in_keys_and_in_backticks() {
    let data = "đánh giá,comp.imp,mức độ,and\n1,Yes,cao,1\n2,Yes,cao,1\n3,No,thấp,2\n5,No,thấp,2\n";
    let spec = "data: d.csv\nestimates:\n  - name: m\n    mean: [đánh giá]\n    by: [comp.imp, mức độ]\n    \
                where: \"`mức độ` != 'x' and comp.imp in ('Yes', 'No') and `and` > 0\"\n";
    let found = run(spec, data.as_bytes());
    near(&row(&found, "m", "comp.imp=No;mức độ=thấp", "đánh giá", "")["estimate"], 4.0, 1e-15, 0.0, "No");
    near(&row(&found, "m", "comp.imp=Yes;mức độ=cao", "đánh giá", "")["estimate"], 1.5, 1e-15, 0.0, "Yes");
}

#[test]
fn many_levels_keep_apart() {
    for levels in [255, 256, 300] {
        let lines: String = (0..3 * levels).map(|row| format!("1,{},L{:03}\n", row % 7, row % levels)).collect();
        let spec = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: m, mean: [y], by: [l]}, {name: c, counts: l}]\n";
        let found = run(spec, format!("w,y,l\n{lines}").as_bytes());
        let rows = found["results"].as_array().unwrap();
        assert_eq!(rows.len(), 2 * levels);
        for level in 0..levels {
            let own = (0..3).map(|turn| (level + turn * levels) % 7).sum::<usize>();
            #[expect(clippy::cast_precision_loss, reason = "below 20")]
            near(&rows[level]["estimate"], own as f64 / 3.0, 1e-14, 0.0, "mean");
            near(&rows[levels + level]["estimate"], 3.0, 1e-14, 0.0, "count");
        }
    }
}

#[test]
fn numbers_sort_as_numbers_and_texts_by_their_letters() {
    let spec = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: n, mean: [y], by: [n]}, {name: t, mean: [y], by: [t]}]\n";
    let found = run(spec, b"w,y,n,t\n1,1,10,b\n1,2,9,a1\n1,3,10,a10\n1,4,9,a9\n");
    let domains: Vec<&Value> = found["results"].as_array().unwrap().iter().map(|row| &row["domain"]).collect();
    let expected = [json!({"n": "9"}), json!({"n": "10"}), json!({"t": "a1"}), json!({"t": "a10"}), json!({"t": "a9"}), json!({"t": "b"})];
    assert_eq!(domains, expected.iter().collect::<Vec<_>>());
}

#[test]
fn conditions_take_missing_values_as_false() {
    let data = "w,y,x,t\n1,1,5,a\n1,2,,b\n1,4,7,\n1,8,9,a\n";
    // The rows that fulfil each condition, as the sum of their y.
    let conditions = [
        ("x > 5", 12.0),
        ("x >= 5 and not t == 'a'", 4.0),
        ("not x > 5", 3.0),
        ("x != 5", 12.0),
        ("x in (5, 7)", 5.0),
        ("x not in (5, 7)", 8.0),
        ("x is missing", 2.0),
        ("x is not missing and t is not missing", 9.0),
        ("t == 'a' or x is missing", 11.0),
        ("t != 'a'", 2.0),
        ("t not in ('b')", 9.0),
        ("y < x", 13.0),
        ("(x = 5 or x = 7) and (y = 1 or y = 4)", 5.0),
        ("-1 < x", 13.0),
    ];
    let estimate = |(place, (text, _)): (usize, &(&str, f64))| format!("  - {{name: e{place}, total: [y], where: \"{text}\"}}\n");
    let estimates: String = conditions.iter().enumerate().map(estimate).collect();
    let found = run(&format!("data: d.csv\ndesign: {{weights: w}}\nestimates:\n{estimates}"), data.as_bytes());
    for (place, (text, sum)) in conditions.iter().enumerate() {
        near(&found["results"][place]["estimate"], *sum, 1e-15, 0.0, text);
    }
}

#[test]
fn missing_cells_are_left_out_of_their_own_variable_only() {
    let spec = "data: d.csv\nmissing: [x, '-9']\ndesign: {weights: w}\nestimates: [{name: m, mean: [y, z]}, {name: r, ratio: [y, z]}]\n";
    let found = run(spec, b"w,y,z\n1,2,x\n1,-9,4\n2,8,6\n1,2,2\n");
    for (place, (estimate, n)) in [(5.0, 3), (4.5, 3), (18.0 / 14.0, 2)].into_iter().enumerate() {
        near(&found["results"][place]["estimate"], estimate, 1e-15, 0.0, "estimate");
        assert_eq!(found["results"][place]["n"], n);
    }
}

#[test]
fn words_that_yaml_takes_for_truth_values_stay_texts() {
    let spec = "data: d.csv\ndesign: {weights: w}\nweighting: [{poststratify: {by: [t], totals: {No: 30, Yes: 10}}}]\n\
                estimates: [{name: p, proportion: {t: Yes}}, {name: m, mean: [y], by: [t]}]\n\
                tests: [{name: d, difference: {estimate: m, between: [{t: Yes}, {t: No}]}}]\n";
    let found = run(spec, b"w,y,t\n1,2,Yes\n1,3,No\n2,7,Yes\n1,4,No\n");
    near(&found["results"][0]["estimate"], 0.25, 1e-12, 0.0, "share");
    near(&found["tests"][0]["estimate"], 16.0 / 3.0 - 3.5, 1e-12, 0.0, "difference");
}

#[test]
fn what_nobody_answered_is_null_and_flagged() {
    let nobody = "where: 'y > 1e9'";
    let kinds = [
        "mean: [y]",
        "total: [y]",
        "ratio: [y, z]",
        "proportion: {t: a}",
        "proportions: t",
        "counts: t",
        "satisfaction: {items: [z], valid: [1, 2], satisfied: [2]}",
        "quantile: {y: [0.5]}",
    ];
    let estimates: String = kinds.iter().enumerate().map(|(place, kind)| format!("  - {{name: e{place}, {kind}, {nobody}}}\n")).collect();
    let spec = format!("data: d.csv\ndesign: {{weights: w}}\nestimates:\n{estimates}");
    let found = run(&spec, b"w,y,z,t\n1,2,1,a\n1,3,2,b\n2,7,1,a\n");
    let rows = found["results"].as_array().unwrap();
    assert!(rows.len() >= kinds.len());
    for row in rows {
        assert_eq!(row["flags"], json!(["empty_domain"]), "{row}");
        assert!(["estimate", "se", "ci_low", "ci_high"].iter().all(|figure| row[figure].is_null()), "{row}");
        assert_eq!(row["n"], 0);
    }
}

#[test]
fn a_ratio_to_nothing_is_null_and_flagged() {
    let spec = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: r, ratio: [y, z]}]\n";
    let found = run(spec, b"w,y,z\n1,2,1\n1,3,-1\n");
    assert_eq!(found["results"][0]["flags"], json!(["zero_denominator"]));
    assert!(found["results"][0]["estimate"].is_null());
}

/// Clopper and Pearson: with 4 answers of one kind the lower end is 0.025^(1/4); Wilson's is n / (n + t²) with t of 3 degrees of freedom.
#[test]
fn shares_of_all_or_none_have_intervals_of_more_than_a_point() {
    let methods = ["logit", "likelihood", "asin", "beta", "wilson"];
    let estimate = |method: &&str| format!("  - {{name: {method}, proportion: {{z: 1}}, ci: {method}}}\n");
    let estimates: String = methods.iter().map(estimate).collect();
    let found = run(&format!("data: d.csv\ndesign: {{weights: w}}\nestimates:\n{estimates}"), b"w,z\n1,1\n1,1\n2,1\n1,1\n");
    for (row, method) in found["results"].as_array().unwrap().iter().zip(methods) {
        let t = 3.182_446_305_284_263;
        let low = if method == "wilson" { 4.0 / (4.0 + t * t) } else { 0.025_f64.powf(0.25) };
        assert_eq!((row["estimate"].as_f64(), row["se"].as_f64(), row["ci_high"].as_f64()), (Some(1.0), Some(0.0), Some(1.0)), "{method}");
        near(&row["ci_low"], low, 1e-9, 0.0, method);
    }
}

#[test]
fn weights_of_any_size_give_the_same_digits() {
    let spec = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: m, mean: [y]}, {name: t, total: [y]}]\n";
    for weight in ["1e-300", "1e-150", "1e150", "1e300"] {
        let found = run(spec, format!("w,y\n{weight},2\n{weight},3\n{weight},7\n").as_bytes());
        let one: f64 = weight.parse().unwrap();
        // √(Σ (y − 4)² / (n (n − 1))) for the mean of 3 rows, 3 times that for the total of rows that stand for one.
        let se = (14.0_f64 / 6.0).sqrt();
        for (place, (estimate, error)) in [(4.0, se), (12.0 * one, 3.0 * se * one)].into_iter().enumerate() {
            near(&found["results"][place]["estimate"], estimate, 1e-14, 0.0, weight);
            near(&found["results"][place]["se"], error, 1e-12, 0.0, weight);
        }
    }
}

#[test]
fn a_lone_column_needs_no_brackets() {
    let plain = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: m, mean: [score], by: [group]}, {name: p, proportions: [group]}]\n";
    let data = b"w,score,group\n1,2,a\n1,3,b\n2,7,a\n1,4,b\n";
    assert_eq!(
        run(&plain.replace(['[', ']'], " ").replace("estimates:  {", "estimates: [{").replace("} \n", "}]\n"), data),
        run(plain, data)
    );
}

/// Written 1, 1.0 or 01, it is the number 1 wherever a number is asked for.
#[test]
fn the_value_of_a_proportion_is_compared_as_conditions_compare() {
    let spec = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: p, proportion: {g: 1}}, {name: c, proportion: 'g == 1'}]\n";
    let found = run(spec, b"w,y,g\n1,2,1\n1,3,1.0\n2,7,01\n1,4,2\n");
    assert_eq!(row(&found, "p", "", "g", "1")["estimate"], json!(0.8));
    assert_eq!(row(&found, "c", "", "g == 1", "")["estimate"], json!(0.8));
}
