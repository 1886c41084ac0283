//! Somebody who leads a commune and has never seen the program finds, from the front page, the commune's index, whether it really changed, its weakest
//! item and what people wrote: with at most four clicks, on a phone, with scripts and without, before and after results are public.

use chrono::Utc;
use sipas::estimation::figures::IndexFigures;
use sipas::estimation::{Figures, Level, Row, Tables};
use sipas::reports::choice::Choice;
use sipas::reports::report::{Report, Sources};
use sipas::surveys::Surveys;
use sipas::units::boundaries::Boundaries;
use sipas::web::Language;
use sipas::{collection, surveys};
use thirtyfour::prelude::*;

use crate::fixture::{CHIEF, COMMUNE, SECRET, Server, demonstration};
use crate::pages::signs_in;
use crate::support::{Browser, PHONE, PUBLISHED, Scripts, browse};

const NAME: &str = "Phường Ba Đình";

/// A person who only clicks what they see, and counts.
struct Walk<'a> {
    b: &'a Browser,
    clicks: u32,
}

impl Walk<'_> {
    async fn clicks(&mut self, link: &str) {
        let found = self.b.find_soon(By::XPath(link)).await;
        assert!(found.is_displayed().await.unwrap(), "{link} is not seen");
        let old = self.b.see("main h1").await;
        found.click().await.unwrap();
        old.wait_until().stale().await.unwrap();
        self.clicks += 1;
    }
}

/// What the engine says, computed beside the server.
struct Truth {
    overall: Row,
    /// Lowest figure of an item.
    lowest: f64,
    /// Change since the wave before: points, and whether it is significant.
    change: Option<(f64, bool)>,
    /// What people of the commune wrote.
    written: Vec<String>,
}

fn truth(server: &Server, survey: &str, alone: bool) -> Truth {
    let (surveys, db) = (Surveys::default(), server.db.clone());
    let sources = Sources {
        db: db.clone(),
        surveys: surveys.clone(),
        tables: Tables::default(),
        figures: Figures::default(),
        boundaries: Boundaries::default(),
    };
    let open = db.read_now(|conn| surveys.by_code_afresh(conn, survey)).unwrap();
    let only = alone.then_some(COMMUNE);
    let report = Report::of(sources, &open, Choice::default(), only, Utc::now().naive_utc(), |_| true).unwrap();
    let index: &IndexFigures = &report.index().unwrap();
    let rows: Vec<Row> = index.of_unit(COMMUNE).cloned().collect();
    let overall = rows.iter().find(|r| r.measure_level == Level::Overall).unwrap().clone();
    let items = rows.iter().filter(|r| r.measure_level == Level::Item).filter_map(|r| r.estimate);
    let changes = report.changes().unwrap();
    let change = changes.iter().find(|c| c.unit.as_deref() == Some(COMMUNE) && c.measure == overall.measure);
    let mut written = Vec::new();
    db.read_now(|conn| {
        let id = surveys::store::by_code(conn, survey)?.id;
        collection::store::for_each(conn, id, |r| {
            written.extend(r.extra.filter(|_| r.unit == COMMUNE));
            Ok(())
        })
    })
    .unwrap();
    Truth { lowest: items.fold(f64::INFINITY, f64::min), change: change.map(|c| (c.difference, c.direction(0.95) != 0)), overall, written }
}

/// From the front page to the four answers.
async fn finds_everything(b: &Browser, server: &Server, survey: &str, alone: bool) {
    let truth = truth(server, survey, alone);
    let number = |v: f64| Language::Vi.number(v, 2);
    let title = server.db.read_now(|conn| Ok(surveys::store::by_code(conn, survey)?.title_vi)).unwrap();
    b.goto(format!("{}/", server.base)).await.unwrap();
    let mut walk = Walk { b, clicks: 0 };
    walk.clicks(&format!("//li[.//h3[normalize-space()='{title}']]//a[contains(normalize-space(), '{NAME}')]")).await;

    let headline = b.text("main h1").await;
    let index = format!("{}%", number(truth.overall.estimate.unwrap()));
    assert!(headline.contains(NAME) && headline.contains(&index), "{headline} should say {index}");

    let (points, sure) = truth.change.expect("the wave before can be compared");
    let said = b.text("section[aria-labelledby=change]").await;
    assert!(said.contains("Có thực sự thay đổi không?") && said.contains(&number(points.abs())), "{said} should say {points}");
    let (yes, no) = ("Thay đổi này có ý nghĩa thống kê", "có thể chỉ do ngẫu nhiên");
    assert!(said.contains(if sure { yes } else { no }) && !said.contains(if sure { no } else { yes }), "{said}: {sure}");

    let weakest = b.text("section[aria-labelledby=ends] ul li:first-child").await;
    assert!(weakest.contains(&format!("{}%", number(truth.lowest))), "{weakest} should say {}", truth.lowest);

    let comment = b.text("section[aria-labelledby=comments] blockquote").await;
    assert!(truth.written.iter().any(|w| w.contains(&comment)) && comment.len() > 10, "nobody in the commune wrote “{comment}”");
    walk.clicks("//section[@aria-labelledby='comments']//a[contains(@class, 'button')]").await;
    let all = b.find_all(By::Css("main blockquote")).await.unwrap();
    assert!(!all.is_empty(), "all comments are there");
    for comment in all {
        let comment = comment.text().await.unwrap();
        assert!(truth.written.iter().any(|w| w.contains(&comment)), "“{comment}” is not about the commune");
    }
    assert!(walk.clicks <= 4, "it took {} clicks", walk.clicks);

    b.back().await.unwrap();
    let card = b.text("main").await;
    assert_eq!(card.contains("chỉ tính trên phiếu của đơn vị"), alone, "{card}");
    assert_eq!(card.contains("Kết quả chung của đợt khảo sát"), !alone, "what all units attained is not told before results are public");
}

fn a_leader_finds_the_answers(scripts: Scripts) {
    let server = demonstration();
    actix_web::rt::System::new().block_on(browse(PHONE, scripts, async |b| {
        signs_in(b, &server, CHIEF).await;
        finds_everything(b, &server, PUBLISHED, false).await;
        finds_everything(b, &server, SECRET, true).await;
    }));
}

#[test]
fn a_leader_finds_index_change_weakest_item_and_comments_in_four_clicks() {
    a_leader_finds_the_answers(Scripts::On);
}

#[test]
fn a_leader_finds_them_without_scripts_too() {
    a_leader_finds_the_answers(Scripts::Off);
}
