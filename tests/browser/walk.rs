//! A walk that meets every kind of page once, mistakes included.

use crate::administrator::{chooses, signs_in};
use crate::support::{Browser, Demo, PUBLISHED, SURVEY};

const PASSWORD: &str = "một mật khẩu thật dài";

/// Walks in this language and looks at every page; `look` tells what is wrong with the page it sees. Returns all faults, with the pages' names.
pub async fn every_page(b: &Browser, demo: &Demo, language: &str, look: impl AsyncFn() -> Vec<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen = async |name: &str| faults.extend(look().await.into_iter().map(|fault| format!("{name}: {fault}")));
    let go = async |path: &str| b.goto(format!("{}{path}", demo.base)).await.unwrap();
    let next = async || b.click("button[name=go][value=next]").await;
    let page = async |number: &str| {
        b.see(&format!("input[name=page][value='{number}']")).await;
    };

    go(&format!("/?lang={language}")).await;
    seen("front page").await;
    b.click(".surveys a.button").await;
    b.see("#unit").await;
    seen("start").await;
    b.script("document.querySelector('main form').noValidate = true", vec![]).await;
    next().await;
    b.see("[role=alert]").await;
    seen("start, no unit chosen").await;

    b.click("#unit option[value='HN-PVHCC-01']").await;
    next().await;
    page("0").await;
    seen("one question").await;
    next().await;
    b.see("[role=alert]").await;
    seen("one question, left out").await;
    b.answer("overall", "1").await;
    next().await;
    page("1").await;
    b.answer("access", "1").await;
    b.answer("staff", "na").await;
    seen("questions on a scale").await;
    next().await;
    page("2").await;
    b.answer("wrong", "wait").await;
    seen("several answers and a text").await;
    next().await;
    page("3").await;
    b.answer("service_field", "other").await;
    b.types("#a-service_field_other", "1234567890").await;
    b.answer("contents", "smile").await;
    b.answer("contents", "none").await;
    seen("one answer, with a text").await;
    next().await;
    b.see("[role=alert]").await;
    seen("answers that do not go together").await;
    b.answer("contents", "none").await;
    next().await;
    page("4").await;
    b.types("#a-comment", &"khônghềcódấucách".repeat(10)).await;
    seen("a text").await;
    next().await;
    page("review").await;
    seen("review").await;
    next().await;
    b.see(".formcode").await;
    seen("thanks").await;

    go(&format!("/reports/{SURVEY}")).await;
    seen("report while open").await;
    go(&format!("/reports/{PUBLISHED}")).await;
    seen("report").await;
    go("/nowhere").await;
    b.click("details summary").await;
    seen("error").await;

    go("/signin").await;
    seen("signing in").await;
    b.types("#name", "admin").await;
    b.types("#password", "sai").await;
    b.click("main button").await;
    b.see("[role=alert]").await;
    seen("signing in, wrong password").await;
    signs_in(b, demo).await;
    seen("first password").await;
    chooses(b, demo, PASSWORD, "một mật khẩu khác hẳn").await;
    b.see("[role=alert]").await;
    seen("first password, with a mistake").await;
    chooses(b, demo, PASSWORD, PASSWORD).await;
    b.see("table.list").await;
    seen("administrator's surveys").await;
    go(&format!("/admin/surveys/{PUBLISHED}")).await;
    seen("administrator's published survey").await;
    go(&format!("/admin/surveys/{SURVEY}")).await;
    b.click("details summary").await;
    seen("administrator's open survey").await;
    b.click("form.step:has([value=close]) label").await;
    b.click("form.step:has([value=close]) button").await;
    b.see(".notice[role=status]").await;
    seen("administrator's closed survey").await;
    go("/account/password").await;
    seen("another password").await;
    b.goto(demo.address.as_str()).await.unwrap();
    seen("closed").await;
    go("/").await;
    seen("front page without an open survey").await;
    faults
}
