//! What a release holds besides figures, and what it is downloaded as: ranks, official documents, workbook; who is told of it.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDateTime;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sipas::accounts::{Grant, Role};
use sipas::mail::model::Mail;
use sipas::notices::model::{About, Kind};
use sipas::notices::store::{self, Wish};
use sipas::surveys::model::Step;

use crate::releases::{LIST, fill, freeze, messages, people, publish, refused, step, verify};
use crate::support::{Server, answer, on_both, person, take};

/// Ten answers in each ward, ward one much the better; nobody in the commune, so nothing is hidden. Then the survey is closed.
async fn two_wards(s: &Server) {
    for (unit, good, bad) in [("W1", 9, 1), ("W2", 1, 9)] {
        for q1 in std::iter::repeat_n("5", good).chain(std::iter::repeat_n("1", bad)) {
            let mut body = answer(q1, "4");
            body["unit"] = json!(unit);
            assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
        }
    }
    take(&s.db, "trial", Step::Close);
}

on_both! {
    async fn ranks_with_their_seed_are_part_of_the_release_and_proven(s: Server) {
        two_wards(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let text = s.page(&format!("/results/{release}.json")).await;
        let said: Value = serde_json::from_str(&text).unwrap();
        let ranks = &said["ranking"];
        assert_eq!((ranks["level"].as_f64(), ranks["draws"].as_u64(), ranks["seed"].as_u64()), (Some(0.95), Some(2_000), Some(20_261_128)));
        assert_eq!(ranks["units"], json!([
            { "unit": "W1", "rank": 1, "low": 1, "high": 1 },
            { "unit": "W2", "rank": 2, "low": 2, "high": 2 },
        ]));
        assert_eq!(ranks["groups"], json!([["W1"], ["W2"]]));
        let page = s.page(&format!("/results/{release}")).await;
        assert!(page.contains("data-name=\"Hạng\">1</td>") && page.contains("data-name=\"Hạng\">2</td>") && page.contains("Cột “Hạng” là khoảng"), "{page}");
        assert!(page.contains("mầm ngẫu nhiên 20261128"), "the method names the seed");
        let csv = s.page(&format!("/results/{release}.csv")).await;
        assert!(csv.lines().next().unwrap().ends_with(",rank,rank_low,rank_high"));
        let lines = |unit: &str| csv.lines().filter(|l| l.contains(&format!(",{unit},"))).map(str::to_owned).collect::<Vec<_>>();
        let two: Vec<String> = lines("W2").into_iter().filter(|l| l.ends_with(",2,2,2")).collect();
        assert!(two.len() == 1 && two[0].contains(",overall,"), "{csv}");
        assert!(lines("W2").len() > 3 && lines("X1").iter().all(|l| l.ends_with(",,,")), "{csv}");

        let (code, report, _) = verify(&s, &[&release]);
        assert_eq!((code, &report["findings"]), (0, &json!([])), "{report}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("content.json").display().to_string();
        std::fs::write(&file, text.replace("\"unit\":\"W2\",\"rank\":2,\"low\":2", "\"unit\":\"W2\",\"rank\":2,\"low\":1")).unwrap();
        let (code, report, _) = verify(&s, &["--file", &file]);
        assert_eq!((code, messages(&report, "rank")), (1, vec!["unit W2, rank: the release says rank 2 within 1–2, the data give rank 2 within 2".to_owned()]));
        // A content from before there were ranks: only its hash is another one.
        std::fs::write(&file, format!("{}}}\n", &text[..text.find(",\"ranking\":").unwrap()])).unwrap();
        let (_, report, _) = verify(&s, &["--file", &file]);
        assert_eq!((report["findings"].as_array().unwrap().len(), messages(&report, "content").len()), (1, 1), "{report}");
        assert!(report["notes"].as_array().unwrap().contains(&json!("the release holds no ranks of units")), "{report}");
    }
}

on_both! {
    async fn whose_figure_is_hidden_has_no_rank_and_changed_ranks_are_shown_to_reviewers(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let first = publish(&s, &p, &[]).await;
        let said: Value = serde_json::from_str(&s.page(&format!("/results/{first}.json")).await).unwrap();
        let ranked: Vec<&str> = said["ranking"]["units"].as_array().unwrap().iter().map(|u| u["unit"].as_str().unwrap()).collect();
        let shown: Vec<&str> = said["estimates"].as_array().unwrap().iter()
            .filter(|f| f["by"] == "unit" && f["measure_level"] == "overall" && f["estimate"].is_f64())
            .map(|f| f["unit"].as_str().unwrap()).collect();
        assert_eq!(ranked, shown);
        assert!(!ranked.contains(&"X1") && !shown.is_empty());
        // Without the commune's answers nothing is hidden any more: ward two gets a rank.
        s.db.read_now(|conn| {
            use diesel::connection::SimpleConnection;
            match conn {
                sipas::db::Conn::Sqlite(c) => c.batch_execute("DELETE FROM responses WHERE unit = 'X1'"),
                sipas::db::Conn::Postgres(c) => c.batch_execute("DELETE FROM responses WHERE unit = 'X1'"),
            }.map_err(Into::into)
        }).unwrap();
        let second = freeze(&s, &p.manager, &[]).await;
        let inside = p.analyst.get(s.url(&format!("{LIST}/{second}"))).send().await.unwrap().text().await.unwrap();
        assert!(inside.contains("Hạng hoặc khoảng hạng của") && inside.contains("hạng 2, khoảng "), "{inside}");
    }
}

/// The text of a Word file, without its markup.
fn words(docx: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    for part in ["word/document.xml", "word/footer1.xml"] {
        let Ok(mut entry) = archive.by_name(part) else { continue };
        let mut xml = String::new();
        entry.read_to_string(&mut xml).unwrap();
        let tree = roxmltree::Document::parse(&xml).unwrap();
        text.extend(tree.descendants().filter(|n| n.is_text()).filter_map(|n| n.text()));
    }
    text
}

on_both! {
    async fn a_release_is_downloaded_as_pdf_word_and_workbook_that_say_what_was_frozen(s: Server) {
        two_wards(&s).await;
        let p = people(&s).await;
        let release = freeze(&s, &p.manager, &[]).await;
        let files = ["pdf", "docx", "xlsx"];
        for file in files {
            assert_eq!(s.get(&format!("/results/{release}.{file}")).await.status(), StatusCode::NOT_FOUND, "{file} before it is published");
        }
        for (who, word) in [(&p.analyst, "review"), (&p.leader, "sign"), (&p.manager, "publish")] {
            assert_eq!(step(&s, who, &release, word, "").await.status(), StatusCode::SEE_OTHER, "{word}");
        }
        let page = s.page(&format!("/results/{release}")).await;
        let hash = s.json("/api/v1/releases").await["items"][0]["sha256"].as_str().unwrap().to_owned();
        let mut tags = Vec::new();
        for file in files {
            assert!(page.contains(&format!("href=\"/results/{release}.{file}\"")), "the page offers {file}");
            let got = s.get(&format!("/results/{release}.{file}")).await;
            assert_eq!(got.status(), StatusCode::OK, "{file}");
            assert_eq!(got.headers()["content-disposition"], format!("attachment; filename=\"{release}.{file}\""));
            let tag = got.headers()["etag"].to_str().unwrap().to_owned();
            let again = person().get(s.url(&format!("/results/{release}.{file}"))).header("if-none-match", &tag).send().await.unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{file}");
            tags.push(tag);
        }
        let server = &s;
        let bytes = |path: String| async move { server.get(&path).await.bytes().await.unwrap() };
        assert!(bytes(format!("/results/{release}.pdf")).await.starts_with(b"%PDF-"));
        let text = words(&bytes(format!("/results/{release}.docx")).await);
        for said in ["75,00%", "Phường Một", "95,00%", "Đợt trial", &hash, "sipas verify trial-r1", "mầm ngẫu nhiên 20261128", "Hạng"] {
            assert!(text.contains(said), "{said} is not in the document: {text}");
        }
        assert!(words(&bytes(format!("/results/{release}.docx?lang=en")).await).contains("Survey trial"));

        let mut book = Xlsx::new(Cursor::new(bytes(format!("/results/{release}.xlsx")).await)).unwrap();
        let units = book.worksheet_range_at(1).unwrap().unwrap();
        let row = |n: usize| units.rows().nth(n).unwrap();
        let column = |name: &str| row(0).iter().position(|c| *c == *name).unwrap();
        let place = |n: usize| ["Hạng", "Hạng tốt nhất có thể", "Hạng thấp nhất có thể"].map(|name| row(n)[column(name)].clone());
        assert_eq!((row(1)[0].to_string().as_str(), place(1)), ("Phường Một", [1.0, 1.0, 1.0].map(Data::Float)));
        assert_eq!((row(2)[0].to_string().as_str(), place(2)), ("Phường Hai", [2.0, 2.0, 2.0].map(Data::Float)));
        let sheets = book.worksheets();
        assert!(sheets.iter().any(|(_, range)| range.rows().flatten().any(|c| *c == *hash.as_str())), "the workbook names the hash");

        assert_eq!(step(&s, &p.manager, &release, "withdraw", "Phát hiện phiếu giả.").await.status(), StatusCode::SEE_OTHER);
        let old = person().get(s.url(&format!("/results/{release}.docx"))).header("if-none-match", &tags[1]).send().await.unwrap();
        assert_eq!(old.status(), StatusCode::OK, "who has the file from before gets the new one");
        let text = words(&old.bytes().await.unwrap());
        assert!(text.contains("đã bị rút") && text.contains("Phát hiện phiếu giả."), "{text}");
    }
}

fn mails(s: &Server) -> Vec<Mail> {
    s.db.read_now(sipas::mail::store::all).unwrap()
}

on_both! {
    async fn who_subscribed_is_told_once_of_each_publication_and_of_nothing_else(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let boss = s.add_person("boss", &[Grant::within(Role::Leader, "C").unwrap()]);
        let since = NaiveDateTime::parse_from_str("2026-01-01 00:00", "%Y-%m-%d %H:%M").unwrap();
        let wish = Wish { kind: Kind::Release, about: About::Survey, code: "trial".into(), unit: String::new() };
        s.db.write_now(|c| store::put(c, boss, &wish, since)).unwrap();
        let release = freeze(&s, &p.manager, &[]).await;
        assert!(refused(step(&s, &p.manager, &release, "publish", "").await).await.contains("đã sang bước khác"));
        for (who, word) in [(&p.analyst, "review"), (&p.leader, "sign")] {
            assert_eq!(step(&s, who, &release, word, "").await.status(), StatusCode::SEE_OTHER);
        }
        assert!(mails(&s).is_empty(), "nothing is told before it is published");
        assert_eq!(step(&s, &p.manager, &release, "publish", "").await.status(), StatusCode::SEE_OTHER);
        assert!(refused(step(&s, &p.manager, &release, "publish", "").await).await.contains("đã sang bước khác"));
        let all = mails(&s);
        assert_eq!(all.len(), 1);
        assert!(all[0].to_name == "boss" && all[0].body_text.contains("/results/trial-r1\n"), "{}", all[0].body_text);
        let second = publish(&s, &p, &[("corrects", &release), ("reason", "Nhập sai.")]).await;
        let all = mails(&s);
        assert_eq!(all.len(), 2, "a correction is told too");
        assert!(all.iter().any(|m| m.body_text.contains(&format!("/results/{second}\n"))));
        assert_eq!(step(&s, &p.manager, &second, "withdraw", "sai").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(mails(&s).len(), 2);
    }
}
