//! `sipas responses import` and `export`, and the figures of a real-shaped file.

use std::fmt::Write as _;

use sipas::surveys::model::Step;
use sipas::{questionnaires, surveys, units};

use crate::support::{Server, new_survey, on_both, process, take};

fn file(folder: &tempfile::TempDir, name: &str, content: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

on_both! {
    async fn a_file_is_imported_whole_once_and_comes_back(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let url = s.database.url();
        let mut csv = "id,unit,stratum,cluster,w0,q1,q2,comment,note\n".to_owned();
        for i in 0..2_500 {
            let _ = writeln!(csv, "{i},W{},S{},C{},{}.5,{},{},\"dòng {i}, hết\",x", 1 + i % 2, i % 2, i % 50, 1 + i % 3, 1 + i % 5, if i % 7 == 0 { "na" } else { "4" });
        }
        let good = file(&folder, "good.csv", &csv);
        let args = |more: &[&'static str]| -> Vec<String> {
            let fixed = ["responses", "import", &good, "--survey", "trial", "--stream", "sample", "--map", "psu=cluster", "--map", "weight=w0", "--ignore", "note", "--database-url", &url];
            fixed.iter().map(ToString::to_string).chain(more.iter().map(ToString::to_string)).collect()
        };
        let run = |args: Vec<String>| process::run(&args.iter().map(String::as_str).collect::<Vec<_>>());

        let (code, _, said) = run(args(&["--dry-run"]));
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("2500 responses are fit") && s.responses("trial").await == 0, "{said}");
        let (code, _, said) = run(args(&[]));
        assert!(code == 0 && said.contains("2500 responses are stored, 0 were there already"), "{said}");
        let (code, _, said) = run(args(&[]));
        assert!(code == 0 && said.contains("0 responses are stored, 2500 were there already"), "{said}");
        assert_eq!(s.responses("trial").await, 2_500);

        let out = folder.path().join("out.csv").display().to_string();
        let (code, _, said) = process::run(&["responses", "export", "--survey", "trial", "--out", &out, "--database-url", &url]);
        assert_eq!(code, 0, "{said}");
        let exported = std::fs::read_to_string(&out).unwrap();
        assert!(exported.ends_with("#rows,2500\n"));
        let (code, _, said) = process::run(&["responses", "import", &out, "--survey", "trial", "--database-url", &url]);
        assert!(code == 0 && said.contains("0 responses are stored, 2500 were there already"), "{said}");

        let cut = file(&folder, "cut.csv", &exported.lines().enumerate().filter(|(n, _)| *n != 7).map(|(_, l)| format!("{l}\n")).collect::<String>());
        let (code, _, said) = process::run(&["responses", "import", &cut, "--survey", "trial", "--database-url", &url]);
        assert!(code == 1 && said.contains("was cut or changed"), "{said}");
    }
}

on_both! {
    async fn one_wrong_row_stops_everything_and_is_named(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let url = s.database.url();
        let bad = file(&folder, "bad.csv", "id,unit,q1,q2,weight\n1,W1,4,4,1\n2,ZZ,4,4,1\n3,W1,,4,-1\n4,W1,4,8\n");
        let errors = folder.path().join("errors.csv").display().to_string();
        let (code, _, said) = process::run(&["responses", "import", &bad, "--survey", "trial", "--errors", &errors, "--database-url", &url]);
        assert_eq!(code, 1, "{said}");
        let told = std::fs::read_to_string(errors).unwrap();
        let expected = [
            "line,column,code,detail",
            "3,unit,unknown_unit,\"the unit \"\"ZZ\"\" is not in survey trial\"",
            "4,q1,required,an answer is required",
            "4,weight,wrong_type,a weight is a number above 0",
            "5,,wrong_cells,4 cells where the header has 5",
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        assert_eq!(s.responses("trial").await, 0);

        let strange = file(&folder, "strange.csv", "id,unit,q1,colour\n1,W1,4,red\n");
        let (code, _, said) = process::run(&["responses", "import", &strange, "--survey", "trial", "--database-url", &url]);
        assert!(code == 1 && said.contains("\"colour\" is neither a question"), "{said}");
        let doubled = file(&folder, "doubled.csv", "id,unit,q1\n1,W1,4\n1,W1,5\n");
        let (code, _, said) = process::run(&["responses", "import", &doubled, "--survey", "trial", "--database-url", &url]);
        assert!(code == 1 && said.contains("nothing was imported"), "{said}");
        let (code, _, said) = process::run(&["responses", "import", &doubled, "--survey", "trial", "--dry-run", "--database-url", &url]);
        assert!(code == 1 && said.contains("has it twice"), "a dry run sees it too: {said}");
        let latin = folder.path().join("latin.csv");
        std::fs::write(&latin, b"id,unit,q1,comment\n1,W1,4,\xe9\xe8\n").unwrap();
        let (code, _, said) = process::run(&["responses", "import", &latin.display().to_string(), "--survey", "trial", "--database-url", &url]);
        assert!(code == 1 && said.contains("UTF-8"), "{said}");
        assert_eq!(s.responses("trial").await, 0);
    }
}

on_both! {
    async fn published_figures_do_not_change_by_an_import(s: Server) {
        take(&s.db, "trial", Step::Close);
        take(&s.db, "trial", Step::Publish);
        let folder = tempfile::tempdir().unwrap();
        let more = file(&folder, "more.csv", "id,unit,q1\n1,W1,4\n");
        let (code, _, said) = process::run(&["responses", "import", &more, "--survey", "trial", "--database-url", &s.database.url()]);
        assert!(code == 1 && said.contains("is published"), "{said}");
    }
}

/// The questionnaire of the reference file: 25 five-point items in 5 factors.
fn reference_questionnaire() -> String {
    let mut text = "format: 1\ncode: reference\nversion: \"1\"\ntitle: {vi: Mẫu, en: Reference}\nlanguages: [vi, en]\nintroduction: {vi: Mẫu, en: Reference}\nscales:\n  five:\n    options:\n".to_owned();
    for n in 1..=5 {
        let _ = writeln!(text, "      - {{code: \"{n}\", text: {{vi: \"{n}\", en: \"{n}\"}}}}");
    }
    text.push_str("    not_applicable: {code: \"9\", text: {vi: KAD, en: n/a}}\nsections:\n  - code: all\n    title: {vi: Mẫu, en: Reference}\n    questions:\n");
    for n in 1..=25 {
        let _ = writeln!(text, "      - {{code: q{n:02}, type: scale, scale: five, text: {{vi: \"{n}\", en: \"{n}\"}}}}");
    }
    text.push_str("      - {code: overall, type: scale, scale: five, text: {vi: Chung, en: Overall}}\n");
    text.push_str("index:\n  kind: satisfied_share\n  satisfied: [\"4\", \"5\"]\n  valid: [\"1\", \"2\", \"3\", \"4\", \"5\"]\n  aggregation: factor_mean\n  threshold: 1\n  overall: {code: total, text: {vi: Chung, en: Total}}\n  parts:\n    - code: part\n      text: {vi: Phần, en: Part}\n      factors:\n");
    for f in 1..=5 {
        let items: Vec<String> = (1..=5).map(|i| format!("q{:02}", (f - 1) * 5 + i)).collect();
        let _ = writeln!(text, "        - {{code: f{f}, text: {{vi: \"{f}\", en: \"{f}\"}}, items: [{}]}}", items.join(", "));
    }
    text
}

/// The reference responses as a file one would be handed: a column an item, `9` not applicable, empty missing.
fn reference_csv() -> String {
    let mut text = format!("id,unit,type,commune,w0,{}\n", (1..=25).map(|n| format!("q{n:02}")).collect::<Vec<_>>().join(","));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stats/data/sipas_demo.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    for (n, row) in reader.records().map(Result::unwrap).enumerate() {
        let answers: Vec<String> = row[at("answers")].chars().map(|c| if c == '0' { String::new() } else { c.to_string() }).collect();
        let _ = writeln!(
            text,
            "{n},{},{},{},{},{}",
            &row[at("unit")],
            &row[at("type")],
            &row[at("commune")],
            &row[at("w0")],
            answers.join(",")
        );
    }
    text
}

on_both! {
    /// Strata are units, PSUs are communes, weights are the file's own; the figures are those of R's `survey` (see `tests/stats/data/README.md`).
    async fn the_reference_file_gives_the_reference_figures(s: Server) {
        let source = reference_questionnaire();
        let folder = tempfile::tempdir().unwrap();
        let csv = file(&folder, "reference.csv", &reference_csv());
        let codes: Vec<String> = (1..=9).map(|n| format!("U{n:02}")).collect();
        s.db.write_now(|conn| {
            let q = questionnaires::read(&source).unwrap();
            questionnaires::store::add(conn, &q, &source, chrono::Utc::now().naive_utc())?;
            let lines: String = codes.iter().map(|c| format!("{c},{c},{c},other,,2020-01-01,,,\n")).collect();
            let list = units::list::read(&format!("code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n{lines}")).unwrap();
            units::store::put(conn, &list)?;
            let file = "code: reference\ntitle: {vi: Mẫu, en: Reference}\nquestionnaire: reference\nversion: '1'\nopens_on: 2025-01-01\ncloses_on: 2025-12-31\nunits: {kinds: [other]}\nstreams: [sample]\nthreshold: 1\n";
            surveys::create::create(conn, &surveys::file::read(file).unwrap(), false, chrono::Utc::now().naive_utc())
        })
        .unwrap();
        let url = s.database.url();
        let args = ["responses", "import", &csv, "--survey", "reference", "--map", "psu=commune", "--map", "weight=w0", "--ignore", "type", "--database-url", &url];
        let (code, _, said) = process::run(&args);
        assert!(code == 0 && said.contains("3291 responses are stored"), "{said}");
        take(&s.db, "reference", Step::Open);
        take(&s.db, "reference", Step::Close);
        take(&s.db, "reference", Step::Publish);

        let mut compared = 0;
        for by in ["all", "unit"] {
            for measure in ["overall", "factor", "item"] {
                let rows = s.json(&format!("/api/v1/surveys/reference/estimates?by={by}&measure={measure}")).await;
                for row in rows["items"].as_array().unwrap() {
                    let key = row["unit"].as_str().unwrap_or("ALL");
                    let code = row["measure"].as_str().unwrap().replace("total", "TOTAL").replace('f', "F");
                    let (estimate, se) = reference(by, key, &code);
                    close(row["estimate"].as_f64().unwrap(), estimate, &format!("{key} {code}"));
                    close(row["se"].as_f64().unwrap(), se, &format!("SE of {key} {code}"));
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, 10 * 31);
        // The page shows the same total, rounded.
        let (total, _) = reference("all", "ALL", "TOTAL");
        let page = s.page("/reports/reference?lang=en").await;
        assert!(page.contains(&format!("{total:.2}%")), "{total}");
        let table = s.page("/reports/reference/table.csv").await;
        assert!(table.ends_with(&format!("#rows,{}\n", 10 * 32)), "{}", &table[table.len() - 60..]);
    }
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{what}: {ours} for {theirs}");
}

/// Estimate and standard error of the reference table.
fn reference(scope: &str, key: &str, indicator: &str) -> (f64, f64) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stats/data/sipas_demo_base.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .find(|r| &r[at("scope")] == scope && &r[at("key")] == key && &r[at("indicator")] == indicator)
        .map(|r| (r[at("estimate")].parse().unwrap(), r[at("se")].parse().unwrap()))
        .unwrap_or_else(|| panic!("{scope} {key} {indicator} is not in the reference table"))
}

on_both! {
    async fn the_exported_view_decodes_every_closed_answer(s: Server) {
        new_survey(&s.db, "view", "trial", "1", "[open]", "base");
        take(&s.db, "view", Step::Open);
        let id = uuid::Uuid::new_v4();
        let body = serde_json::json!({ "id": id, "unit": "W1", "answers": { "q1": "1", "q2": "na", "wrong": ["slow", "other"], "agree": true, "comment": "chữ" } });
        assert_eq!(s.submit("view", &body).await.0, 201);
        let rows = crate::schema::answers_view(&s.db, "view");
        assert_eq!(rows, [("agree", "yes"), ("q1", "1"), ("q2", "na"), ("wrong", "other"), ("wrong", "slow")].map(|(q, a)| (q.to_owned(), a.to_owned())));
    }
}
