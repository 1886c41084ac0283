//! Somebody who has never seen the designer makes a bilingual questionnaire with skip logic and an index, tries it, publishes it, opens a survey
//! and answers it on a phone; and the same pages without scripts.

use thirtyfour::prelude::*;

use crate::administrator::{chooses, signs_in};
use crate::support::{Browser, Demo, LAPTOP, PHONE, Scripts, Size, run, saying};

/// Tall enough for a whole form, so that nothing lies under its row of buttons when it is clicked; people scroll.
const TALL: Size = Size { width: 1280, height: 3200, scale: 1 };

async fn arrives(b: &Browser, demo: &Demo) {
    signs_in(b, demo).await;
    let password = "một mật khẩu thật dài";
    chooses(b, demo, password, password).await;
    b.heading("Các đợt khảo sát").await;
}

/// Writes into fields of the form, by their names.
async fn writes(b: &Browser, fields: &[(&str, &str)]) {
    for (name, text) in fields {
        b.types(&format!("#edit [name='{name}']"), text).await;
    }
}

/// Presses a button of the form, and waits for the page that follows.
async fn presses(b: &Browser, button: &str) {
    let old = b.see("main h1").await;
    let within = if button == "save" { "#edit .do" } else { "main" };
    b.click(&format!("{within} button[value='{button}']")).await;
    old.wait_until().stale().await.unwrap();
    b.see("main h1").await;
}

async fn adds(b: &Browser, kind: &str, vi: &str, en: &str) {
    b.click(&format!("#new-kind option[value='{kind}']")).await;
    presses(b, "add-question").await;
    writes(b, &[("text.vi", vi), ("text.en", en)]).await;
}

async fn opens(b: &Browser, place: &str) {
    let old = b.see("main h1").await;
    b.click(&format!("#outline a[href='?at={place}']")).await;
    old.wait_until().stale().await.unwrap();
    b.see("#what").await;
}

/// The whole way.
async fn designs(demo: &Demo, b: &Browser) {
    arrives(b, demo).await;
    b.goto(format!("{}/admin/questionnaires", demo.base)).await.unwrap();
    b.types("#title", "Phiếu thử").await;
    b.types("#code", "phieu-thu").await;
    b.press("Bắt đầu soạn").await;
    b.heading("Phiếu thử").await;
    writes(b, &[("title.en", "Trial form"), ("introduction.vi", "Xin ý kiến Ông/Bà."), ("introduction.en", "Please tell us.")]).await;
    presses(b, "save").await;

    presses(b, "add-scale.5").await;
    let levels = [
        ("Rất không hài lòng", "Very dissatisfied"),
        ("Không hài lòng", "Dissatisfied"),
        ("Bình thường", "Neutral"),
        ("Hài lòng", "Satisfied"),
        ("Rất hài lòng", "Very satisfied"),
    ];
    for (n, (vi, en)) in levels.into_iter().enumerate() {
        writes(b, &[(&format!("options.{n}.text.vi"), vi), (&format!("options.{n}.text.en"), en)]).await;
    }
    presses(b, "save").await;
    opens(b, "section-s1").await;
    writes(b, &[("title.vi", "Về lần giao dịch"), ("title.en", "Your visit")]).await;
    presses(b, "save").await;
    for (n, (vi, en)) in [
        ("Nơi tiếp đón", "The place"),
        ("Thủ tục", "The procedure"),
        ("Công chức", "The officials"),
        ("Kết quả", "The result"),
        ("Góp ý", "Complaints"),
    ]
    .into_iter()
    .enumerate()
    {
        adds(b, "scale", vi, en).await;
        if n == 0 {
            b.click("#edit [name='required']").await;
        }
        presses(b, "save").await;
    }
    adds(b, "yes_no", "Ông/Bà có phải trở lại không?", "Did you have to come back?").await;
    adds(b, "number", "Mấy lần?", "How many times?").await;
    b.click("#edit details:has([name='relevant']) > summary").await;
    writes(b, &[("relevant", "${q6} = 'yes'"), ("min", "1"), ("max", "20")]).await;
    presses(b, "save").await;
    for (kind, vi, en) in [("single", "Việc gì?", "What for?"), ("multiple", "Biết qua đâu?", "How did you know?")] {
        adds(b, kind, vi, en).await;
        writes(
            b,
            &[
                ("options.0.text.vi", "Đất đai"),
                ("options.0.text.en", "Land"),
                ("options.1.text.vi", "Hộ tịch"),
                ("options.1.text.en", "Civil status"),
            ],
        )
        .await;
        presses(b, "save").await;
    }
    presses(b, "add-section").await;
    writes(b, &[("title.vi", "Thêm"), ("title.en", "More")]).await;
    for (kind, vi, en) in [("date", "Ngày nào?", "Which day?"), ("text", "Góp ý thêm", "Comments"), ("consent", "Tôi đồng ý", "I agree")]
    {
        adds(b, kind, vi, en).await;
    }
    presses(b, "add-index").await;
    writes(b, &[("overall.text.vi", "Chỉ số"), ("overall.text.en", "Index"), ("parts.0.text.vi", "Phần"), ("parts.0.text.en", "Part")])
        .await;
    writes(b, &[("parts.0.factors.0.text.vi", "Yếu tố"), ("parts.0.factors.0.text.en", "Factor")]).await;
    for n in 1..=5 {
        b.click(&format!("#edit select[name='factor_of.q{n}'] option[value='0.0']")).await;
    }
    presses(b, "save").await;
    assert!(b.text("#check").await.contains("Không có lỗi"), "{}", b.text("#check").await);

    // Tried on a phone: the question that depends on another one comes and goes.
    let draft = b.current_url().await.unwrap();
    let preview = b.see(".designer-top a[href^='/try/']").await.attr("href").await.unwrap().unwrap();
    b.resize(PHONE).await;
    b.goto(format!("{}{preview}", demo.base)).await.unwrap();
    b.press("Bắt đầu").await;
    answers(b).await;
    b.find_soon(By::XPath("//*[contains(., 'không được lưu')]".to_owned())).await;
    b.resize(TALL).await;

    b.goto(draft.as_str()).await.unwrap();
    for step in ["submitted", "approved", "published"] {
        let old = b.see("main h1").await;
        b.click(&format!("form:has(input[value='{step}']) button")).await;
        old.wait_until().stale().await.unwrap();
    }
    assert!(b.text("main").await.contains("Phiên bản này không bao giờ thay đổi."));

    b.goto(format!("{}/admin/surveys", demo.base)).await.unwrap();
    b.types("#title_vi", "Đợt thử").await;
    b.types("#code", "dot-thu").await;
    b.find_soon(By::XPath(format!("//select[@id='version']/option[{}]", saying("phieu-thu@1")))).await.click().await.unwrap();
    b.click("label:has(input[name='kinds'][value='ward'])").await;
    b.press("Tạo đợt khảo sát").await;
    b.heading("Đợt thử").await;
    b.click("form.step:has(input[name=step][value=open]) label").await;
    b.click("form.step:has(input[name=step][value=open]) button").await;
    let address = b.see(".address a").await.attr("href").await.unwrap().unwrap();
    b.resize(PHONE).await;
    b.goto(address).await.unwrap();
    b.click("#unit optgroup option").await;
    b.press("Bắt đầu").await;
    answers(b).await;
    b.see(".formcode").await;
    assert_eq!(demo.json("/api/v1/surveys/dot-thu").await["responses"], 1);
}

/// Answers the trial form to its end.
async fn answers(b: &Browser) {
    for n in 1..=5 {
        b.answer(&format!("q{n}"), "4").await;
    }
    b.answer("q6", "yes").await;
    b.answer("q8", "a").await;
    b.answer("q9", "a").await;
    // Without scripts the question that has become due comes with the page anew.
    if b.query(By::Css("input[name='a-q7']")).nowait().first_opt().await.unwrap().is_none() {
        b.press("Tiếp tục").await;
    }
    b.types("input[name='a-q7']", "2").await;
    b.press("Tiếp tục").await;
    b.heading("Thêm").await;
    b.press("Tiếp tục").await;
    b.press("Gửi phiếu").await;
}

#[test]
fn a_newcomer_makes_a_bilingual_questionnaire_and_answers_it_on_a_phone() {
    run(TALL, Scripts::On, async |demo, b| designs(demo, b).await);
}

#[test]
fn the_designer_works_without_scripts() {
    run(TALL, Scripts::Off, async |demo, b| designs(demo, b).await);
}

#[test]
fn what_is_typed_is_saved_by_itself_and_the_check_follows() {
    run(LAPTOP, Scripts::On, async |demo, b| {
        arrives(b, demo).await;
        b.goto(format!("{}/admin/questionnaires", demo.base)).await.unwrap();
        b.find_soon(By::XPath("//tr[.//a[normalize-space()='visit']]//button".to_owned())).await.click().await.unwrap();
        opens(b, "question-overall").await;
        b.types("#edit [name='text.en']", "").await;
        b.see("#edit [name='text.en']").await.send_keys(" ").await.unwrap();
        b.find_soon(By::XPath("//*[@id='saved'][contains(., 'Đã lưu lúc')]".to_owned())).await;
        b.find_soon(By::XPath("//*[@id='check']//a[contains(., 'overall')]".to_owned())).await;
        // Leaving waits for what is being saved.
        b.types("#edit [name='text.en']", "In all?").await;
        opens(b, "question-staff").await;
        opens(b, "question-overall").await;
        assert_eq!(b.typed("#edit [name='text.en']").await, "In all?");
        assert!(b.text("#check").await.contains("Không có lỗi"));
    });
}
