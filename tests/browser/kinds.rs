//! Questions of every kind in a real browser: without scripts, and with the script that follows the answers.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::fixture::Fixture;
use crate::support::{Browser, LAPTOP, PHONE, Scripts, Size, browse};

pub fn run_every_kind(size: Size, scripts: Scripts, body: impl AsyncFnOnce(&Fixture, &Browser)) {
    let fixture = Fixture::start();
    actix_web::rt::System::new().block_on(browse(size, scripts, async |browser| body(&fixture, browser).await));
}

async fn page(b: &Browser, number: &str) {
    b.see(&format!("input[name=page][value='{number}']")).await;
}

/// To the first page of questions; with scripts, waits for the one that follows the answers.
async fn begins(b: &Browser, f: &Fixture, scripts: Scripts) {
    b.goto(format!("{}?channel=qr", f.address)).await.unwrap();
    b.press("Bắt đầu").await;
    follows(b, "0", scripts).await;
}

async fn follows(b: &Browser, number: &str, scripts: Scripts) {
    page(b, number).await;
    if scripts == Scripts::On {
        b.see("form[data-following]").await;
    }
}

async fn shows(b: &Browser, code: &str) -> bool {
    b.script("return !!document.querySelector(`[data-q='${arguments[0]}']`)?.checkVisibility()", vec![code.into()]).await == json!(true)
}

async fn next(b: &Browser) {
    b.press("Tiếp tục").await;
}

#[test]
fn every_kind_is_answered_on_a_phone_without_scripts() {
    run_every_kind(PHONE, Scripts::Off, async |f, b| {
        begins(b, f, Scripts::Off).await;
        b.answer("agree", "yes").await;
        b.answer("came", "yes").await;
        for (part, typed) in [("", "1"), ("-month", "10"), ("-year", "2026")] {
            b.types(&format!("#a-visited{part}"), typed).await;
        }
        next(b).await;
        b.types("#a-trips", "3").await;
        next(b).await;
        b.types("#a-needless", "1").await;
        next(b).await;
        page(b, "1").await;
        b.answer("channels", "web").await;
        b.answer("channels", "office").await;
        b.click("#a-field option[value='civil']").await;
        for (place, option) in [(1, "papers"), (2, "time")] {
            b.click(&format!("select[name='a-priorities'] option[value='{place}:{option}']")).await;
        }
        next(b).await;
        b.answer("best", "office").await;
        next(b).await;
        page(b, "2").await;
        for (code, value) in [("overall", "2"), ("stars", "5"), ("numbers", "na")] {
            b.answer(code, value).await;
        }
        next(b).await;
        page(b, "3").await;
        for (code, value) in [("access", "1"), ("staff", "4"), ("result", "na"), ("feedback", "refused")] {
            b.answer(code, value).await;
        }
        next(b).await;
        page(b, "4").await;
        b.answer("area", "south").await;
        b.answer("streets", "s30").await;
        next(b).await;
        b.answer("quarter", "q20").await;
        next(b).await;
        page(b, "5").await;
        b.types("#a-fee", "12,5").await;
        next(b).await;
        page(b, "review").await;
        let review = b.text(".review").await;
        for said in [
            "Đồng ý",
            "3 lần",
            "Trong 3 lần đó",
            "01/10/2026",
            "Trụ sở cơ quan · Trang thông tin điện tử",
            "Hộ tịch, chứng thực",
            "1. Giảm giấy tờ phải nộp",
            "2. Rút ngắn thời gian",
            "Không muốn trả lời",
            "Tổ dân phố số 20",
            "12,5 nghìn đồng",
        ] {
            assert!(review.contains(said), "{said} is missing from\n{review}");
        }
        b.press("Gửi phiếu").await;
        b.see(".formcode").await;
        assert_eq!(f.stored(), 1);
    });
}

#[test]
fn questions_come_and_go_while_answering() {
    run_every_kind(PHONE, Scripts::On, async |f, b| {
        begins(b, f, Scripts::On).await;
        assert!(!shows(b, "trips").await);
        b.answer("came", "yes").await;
        assert!(shows(b, "trips").await && !shows(b, "needless").await);
        let focus = b.script("return [document.activeElement.name, document.activeElement.value]", vec![]).await;
        assert_eq!(focus, json!(["a-came", "yes"]), "the focus stays where it was");
        b.types("#a-trips", "4").await;
        assert!(shows(b, "needless").await);
        assert!(b.text("[data-q=needless] label").await.contains("Trong 4 lần đó"), "texts follow");
        b.types("#a-needless", "4").await;
        b.click("[data-q=visited] legend").await;
        assert!(b.text("[data-q=needless]").await.contains("Phải ít hơn 4 lần đã đến."), "a broken constraint is told at once");
        b.types("#a-needless", "3").await;
        b.click("[data-q=visited] legend").await;
        assert!(!b.text("[data-q=needless]").await.contains("Phải ít hơn"));
        b.answer("came", "no").await;
        assert!(!shows(b, "trips").await && !shows(b, "needless").await);
        b.answer("came", "yes").await;
        assert_eq!(b.typed("#a-trips").await, "4", "what was typed comes back with its question");
        b.answer("agree", "yes").await;
        next(b).await;
        page(b, "1").await;
    });
}

#[test]
fn options_follow_and_changes_are_told_politely() {
    run_every_kind(LAPTOP, Scripts::On, async |f, b| {
        begins(b, f, Scripts::On).await;
        b.answer("agree", "yes").await;
        b.answer("came", "no").await;
        next(b).await;
        follows(b, "1", Scripts::On).await;
        let offered = async || {
            let source = "return [...document.querySelectorAll('[data-q=best] input')].map(i => i.value).sort()";
            b.script(source, vec![]).await
        };
        b.answer("channels", "web").await;
        assert_eq!(offered().await, json!([]));
        b.answer("channels", "phone").await;
        assert_eq!(offered().await, json!(["phone", "web"]));
        b.find_soon(By::XPath("//*[@role='status'][contains(.,'Có thêm câu hỏi')]")).await;
        b.answer("channels", "phone").await;
        b.answer("channels", "people").await;
        assert_eq!(offered().await, json!(["people", "web"]));
        b.answer("best", "people").await;
        next(b).await;
        page(b, "2").await;
    });
}

#[test]
fn a_ranking_has_buttons_that_say_what_they_did() {
    run_every_kind(PHONE, Scripts::On, async |f, b| {
        begins(b, f, Scripts::On).await;
        b.answer("agree", "yes").await;
        b.answer("came", "no").await;
        next(b).await;
        follows(b, "1", Scripts::On).await;
        let order = async || {
            let source = "return [...document.querySelectorAll('.ranks select')].map(s => s.value).filter(Boolean)";
            b.script(source, vec![]).await
        };
        let press = async |option: &str, nth: usize| {
            let row = format!(".ranks li:has(option[value='1:{option}']) button:nth-of-type({nth})");
            b.click(&row).await;
        };
        for option in ["time", "place", "manner"] {
            press(option, 1).await;
        }
        assert_eq!(order().await, json!(["1:time", "2:place", "3:manner"]));
        press("manner", 1).await;
        assert_eq!(order().await, json!(["1:time", "2:manner", "3:place"]));
        let focus = b.script("return document.activeElement.getAttribute('aria-label')", vec![]).await;
        assert_eq!(focus, json!("Lên: Thái độ phục vụ"), "the focus stays on the button");
        b.find_soon(By::XPath("//*[@role='status'][contains(.,'Thái độ phục vụ: đã xếp vào vị trí 2')]")).await;
        press("place", 2).await;
        assert_eq!(order().await, json!(["1:time", "2:manner"]));
        b.click(".ranks li:has(option[value='1:papers']) option[value='1:papers']").await;
        assert_eq!(order().await, json!(["1:papers", "2:manner"]), "who takes a place sends the other out of it");
        b.answer("channels", "web").await;
        next(b).await;
        page(b, "2").await;
        b.press("Quay lại").await;
        follows(b, "1", Scripts::On).await;
        assert_eq!(order().await, json!(["1:papers", "2:manner"]));
    });
}

/// Walks through every page, mistakes included; `look` tells what is wrong with what it sees.
pub async fn every_kind_of_page(b: &Browser, f: &Fixture, language: &str, look: impl AsyncFn() -> Vec<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen = async |name: &str| faults.extend(look().await.into_iter().map(|fault| format!("{name}: {fault}")));
    let go = async || b.click("button[name=go][value=next]").await;
    b.goto(format!("{}?lang={language}", f.address)).await.unwrap();
    go().await;
    page(b, "0").await;
    go().await;
    b.see("[role=alert]").await;
    seen("note, consent, yes and no, date, left out").await;
    b.answer("agree", "yes").await;
    b.answer("came", "yes").await;
    b.see("#a-trips").await;
    b.types("#a-trips", "3").await;
    b.see("#a-needless").await;
    b.types("#a-needless", "3").await;
    for (part, typed) in [("", "31"), ("-month", "2"), ("-year", "2026")] {
        b.types(&format!("#a-visited{part}"), typed).await;
    }
    go().await;
    b.see("[role=alert]").await;
    seen("number with unit, date, with mistakes").await;
    b.types("#a-needless", "1").await;
    b.types("#a-visited", "28").await;
    go().await;
    page(b, "1").await;
    for option in ["web", "office", "people", "other"] {
        b.answer("channels", option).await;
    }
    b.click("#a-field option[value='other']").await;
    go().await;
    b.see("[role=alert]").await;
    seen("several, filtered, list, ranking, with a mistake").await;
    b.answer("channels", "people").await;
    go().await;
    page(b, "2").await;
    seen("scales in every appearance").await;
    b.answer("overall", "1").await;
    go().await;
    page(b, "3").await;
    b.answer("access", "2").await;
    go().await;
    b.see("[role=alert]").await;
    seen("matrix with mistakes").await;
    for code in ["staff", "result", "feedback"] {
        b.answer(code, "na").await;
    }
    go().await;
    page(b, "4").await;
    b.answer("area", "north").await;
    b.see("input[name='a-quarter']").await;
    seen("thirty options").await;
    go().await;
    page(b, "5").await;
    b.types("#a-comment", &"khônghềcódấucách".repeat(10)).await;
    seen("texts").await;
    go().await;
    page(b, "review").await;
    seen("review").await;
    faults
}

#[test]
fn the_script_of_a_page_is_small_and_comes_only_where_something_follows() {
    run_every_kind(LAPTOP, Scripts::On, async |f, b| {
        let sizes = "return performance.getEntriesByType('resource').filter(r => r.name.includes('.js')).map(r => [r.name.split('/').pop().split('?')[0], r.encodedBodySize])";
        b.goto(f.address.as_str()).await.unwrap();
        assert_eq!(b.script(sizes, vec![]).await, json!([]), "the first page loads no script");
        begins(b, f, Scripts::On).await;
        let loaded = b.script(sizes, vec![]).await;
        let total: u64 = loaded.as_array().unwrap().iter().map(|l| l[1].as_u64().unwrap()).sum();
        assert!(total > 0 && total <= 15_000, "{loaded}");
        let names: Vec<&Value> = loaded.as_array().unwrap().iter().map(|l| &l[0]).collect();
        assert_eq!(names, [&json!("form.js"), &json!("logic.js")]);
    });
}
