//! A citizen answers on a phone, in Vietnamese, with scripts turned off.

use sipas::collection::form_code;
use thirtyfour::prelude::*;
use uuid::Uuid;

use crate::support::{Browser, Demo, PHONE, SURVEY, Scripts, browse, run, saying};

const UNIT: &str = "HN-PVHCC-01";
const UNIT_NAME: &str = "Chi nhánh số 1";
const TITLE: &str = "Đánh giá sau giao dịch (minh hoạ)";

/// A page whose title tells whether scripts run.
const PROBE: &str = "data:text/html,<title>off</title><script>document.title='on'</script>";

async fn valid_forms(demo: &Demo) -> i64 {
    let rows = demo.json(&format!("/api/v1/surveys/{SURVEY}/estimates?by=unit")).await;
    let row = rows["items"].as_array().unwrap().iter().find(|r| r["unit"] == UNIT && r["measure_level"] == "overall").cloned();
    row.expect("the unit is in the table")["n_valid"].as_i64().unwrap()
}

/// From the front page to the first question.
async fn begins(b: &Browser, demo: &Demo) {
    b.goto(demo.base.as_str()).await.unwrap();
    b.heading("Người dân hài lòng đến mức nào?").await;
    b.click(&format!("a[aria-label='Trả lời phiếu: {TITLE}']")).await;
    b.heading(TITLE).await;
    b.click(&format!("#unit option[value='{UNIT}']")).await;
    b.press("Bắt đầu").await;
    b.heading("Cảm nhận chung").await;
}

#[test]
fn a_citizen_answers_on_a_phone_without_scripts_and_the_report_counts_it() {
    run(PHONE, Scripts::Off, async |demo, b| {
        browse(PHONE, Scripts::On, async |with| {
            with.goto(PROBE).await.unwrap();
            assert_eq!(with.title().await.unwrap(), "on", "the probe itself works");
        })
        .await;
        b.goto(PROBE).await.unwrap();
        assert_eq!(b.title().await.unwrap(), "off", "scripts are really off");

        let before = valid_forms(demo).await;
        begins(b, demo).await;
        assert!(b.text("main").await.contains(UNIT_NAME) && b.text("main").await.contains("Phần 1/5"));
        let id: Uuid = b.see("input[name=id]").await.value().await.unwrap().unwrap().parse().unwrap();
        b.answer("overall", "2").await;
        b.press("Tiếp tục").await;

        b.heading("Từng mặt phục vụ").await;
        for (aspect, answer) in [("access", "4"), ("procedures", "5"), ("staff", "2"), ("result", "3"), ("feedback", "na")] {
            b.answer(aspect, answer).await;
        }
        b.press("Tiếp tục").await;
        b.heading("Điều chưa hài lòng").await;
        b.answer("wrong", "wait").await;
        b.answer("wrong", "attitude").await;
        b.types("#a-wrong_text", "Chờ từ 8 giờ").await;

        b.press("Quay lại").await;
        b.heading("Từng mặt phục vụ").await;
        assert!(b.is_chosen("staff", "2").await && b.is_chosen("feedback", "na").await, "answers are kept when going back");
        b.press("Tiếp tục").await;
        b.heading("Điều chưa hài lòng").await;
        assert!(b.is_chosen("wrong", "wait").await && !b.is_chosen("wrong", "late").await);
        assert_eq!(b.typed("#a-wrong_text").await, "Chờ từ 8 giờ", "and when going on again");
        b.press("Tiếp tục").await;

        b.heading("Về lần giao dịch này").await;
        assert!(!b.see("#a-service_field_other").await.is_displayed().await.unwrap(), "what need not be said is not asked");
        b.answer("service_field", "other").await;
        b.types("#a-service_field_other", "Xin giấy xác nhận").await;
        b.answer("contents", "greeted").await;
        b.answer("contents", "heard").await;
        b.press("Tiếp tục").await;
        b.heading("Góp ý").await;
        b.types("#a-comment", "Cảm ơn chị ở quầy số 1").await;
        b.press("Tiếp tục").await;

        b.heading("Xem lại và gửi phiếu").await;
        let review = b.text("main").await;
        for said in [
            "Không hài lòng",
            "Rất hài lòng",
            "Không áp dụng",
            "Phải chờ lâu",
            "Chờ từ 8 giờ",
            "Xin giấy xác nhận",
            "Cảm ơn chị ở quầy số 1",
        ] {
            assert!(review.contains(said), "{said} is missing from\n{review}");
        }
        assert_eq!(valid_forms(demo).await, before, "nothing counts before it is sent");
        b.press("Gửi phiếu").await;
        b.heading("Cảm ơn Ông/Bà đã dành thời gian trả lời.").await;
        assert_eq!(b.text(".formcode strong").await, form_code(&id));

        assert_eq!(valid_forms(demo).await, before + 1);
        b.goto(format!("{}/reports/{SURVEY}/units", demo.base)).await.unwrap();
        let row = format!("//table[contains(@class,'units')]//tr[th[{}]]/td[@data-name='Phiếu hợp lệ']", saying(UNIT_NAME));
        assert_eq!(b.find_soon(By::XPath(row)).await.text().await.unwrap(), (before + 1).to_string());
    });
}

#[test]
fn a_question_left_out_is_told_and_its_link_leads_there() {
    run(PHONE, Scripts::On, async |demo, b| {
        begins(b, demo).await;
        b.press("Tiếp tục").await;
        assert!(b.text("main [role=alert]").await.contains("Xin cho biết câu trả lời."));
        assert_eq!(b.script("return document.activeElement.getAttribute('role')", vec![]).await, "alert", "the summary has the focus");
        assert!(b.title().await.unwrap().starts_with("Cần xem lại: "));
        assert!(b.see("fieldset.wrong .error").await.is_displayed().await.unwrap(), "it is told at the question too");
        b.click("[role=alert] a").await;
        let there = "const e = document.activeElement, r = e.getBoundingClientRect(); return [location.hash, e.id, r.top >= 0 && r.bottom <= innerHeight]";
        assert_eq!(b.script(there, vec![]).await, serde_json::json!(["#a-overall", "a-overall", true]));
        b.answer("overall", "4").await;
        b.press("Tiếp tục").await;
        b.heading("Từng mặt phục vụ").await;
    });
}

#[test]
fn what_was_typed_stays_beside_a_mistake() {
    run(PHONE, Scripts::Off, async |demo, b| {
        begins(b, demo).await;
        b.answer("overall", "4").await;
        b.press("Tiếp tục").await;
        b.heading("Từng mặt phục vụ").await;
        b.press("Tiếp tục").await;
        b.heading("Về lần giao dịch này").await;
        b.answer("service_field", "other").await;
        b.types("#a-service_field_other", "Việc “khác” & <lạ>").await;
        b.answer("contents", "smile").await;
        b.answer("contents", "none").await;
        b.press("Tiếp tục").await;
        b.see("main [role=alert]").await;
        assert_eq!(b.typed("#a-service_field_other").await, "Việc “khác” & <lạ>");
        assert!(
            b.is_chosen("contents", "smile").await && b.is_chosen("contents", "none").await && b.is_chosen("service_field", "other").await
        );
        b.answer("contents", "none").await;
        b.press("Tiếp tục").await;
        b.heading("Góp ý").await;
        b.press("Quay lại").await;
        b.heading("Về lần giao dịch này").await;
        assert_eq!(b.typed("#a-service_field_other").await, "Việc “khác” & <lạ>");
    });
}
