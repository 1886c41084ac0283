//! An administrator signs in for the first time, closes the open survey and opens it again.

use crate::support::{Browser, Demo, LAPTOP, SURVEY, Scripts, run};

/// Signs in with the one-time password and chooses one.
pub async fn signs_in(b: &Browser, demo: &Demo) {
    b.goto(format!("{}/signin", demo.base)).await.unwrap();
    b.types("#name", "admin").await;
    b.types("#password", &demo.one_time_password).await;
    b.click("main button").await;
    b.see("#repeated").await;
}

/// Chooses a password.
pub async fn chooses(b: &Browser, demo: &Demo, chosen: &str, repeated: &str) {
    b.types("#current", &demo.one_time_password).await;
    b.types("#chosen", chosen).await;
    b.types("#repeated", repeated).await;
    b.click("main button").await;
}

async fn takes_the_step(b: &Browser, demo: &Demo, step: &str, then: &str) {
    b.goto(format!("{}/admin/surveys/{SURVEY}", demo.base)).await.unwrap();
    let form = format!("form.step:has(input[name=step][value={step}])");
    b.click(&format!("{form} button")).await;
    assert_ne!(demo.json(&format!("/api/v1/surveys/{SURVEY}")).await["status"], then, "nothing happens before it is confirmed");
    b.click(&format!("{form} label")).await;
    b.click(&format!("{form} button")).await;
    assert!(b.text(".notice[role=status]").await.starts_with("Đã thực hiện."));
    assert_eq!(demo.json(&format!("/api/v1/surveys/{SURVEY}")).await["status"], then);
}

#[test]
fn an_administrator_closes_the_open_survey_and_opens_it_again() {
    run(LAPTOP, Scripts::Off, async |demo, b| {
        b.goto(format!("{}/admin", demo.base)).await.unwrap();
        b.heading("Đăng nhập").await;
        signs_in(b, demo).await;
        b.heading("Đặt mật khẩu của Ông/Bà").await;
        b.goto(format!("{}/admin", demo.base)).await.unwrap();
        b.heading("Đặt mật khẩu của Ông/Bà").await;
        let password = "một mật khẩu thật dài";
        chooses(b, demo, password, "một mật khẩu khác hẳn").await;
        assert!(b.text("[role=alert]").await.contains("không giống nhau"));
        chooses(b, demo, password, password).await;
        b.heading("Các đợt khảo sát").await;
        assert!(b.text("header .account").await.contains("admin"));

        b.click(&format!("a[href='/admin/surveys/{SURVEY}']")).await;
        b.heading("Đánh giá sau giao dịch (minh hoạ)").await;
        assert_eq!(b.see(".address a").await.attr("href").await.unwrap().unwrap(), demo.address, "the citizens' address stands there");

        takes_the_step(b, demo, "close", "closed").await;
        b.goto(demo.address.as_str()).await.unwrap();
        b.heading("Đợt khảo sát này hiện không nhận phiếu").await;
        takes_the_step(b, demo, "open", "open").await;
        b.goto(demo.address.as_str()).await.unwrap();
        b.see("#unit").await;

        b.goto(format!("{}/admin", demo.base)).await.unwrap();
        b.click("header form[action='/signout'] button").await;
        b.heading("Người dân hài lòng đến mức nào?").await;
        b.goto(format!("{}/admin", demo.base)).await.unwrap();
        b.heading("Đăng nhập").await;
    });
}
