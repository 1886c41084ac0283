//! Notices: each told once, to whom it concerns, about their own units, while they may.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate, NaiveDateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{Connection, PgConnection, SqliteConnection};
use reqwest::StatusCode;
use sipas::accounts::{Grant, Role, people};
use sipas::audit::CommandLine;
use sipas::collection::response::{Origin, Response};
use sipas::db::Db;
use sipas::error::Error;
use sipas::estimation::Tables;
use sipas::mail::model::Mail;
use sipas::mail::worker::Wake;
use sipas::mail::{Attachment, Post, store as outbox};
use sipas::notices::model::{About, Kind, Subscription};
use sipas::notices::store::{self, Wish};
use sipas::notices::{Release, ReportAsked, Scheduler, announce};
use sipas::questionnaires::codes::Stored;
use sipas::stats::quantile::t_two_sided;
use sipas::surveys::model::Step;
use sipas::surveys::{Mode, Stream, Surveys};
use sipas::web::Renderer;
use sipas::{accounts, audit, collection, surveys, units};
use uuid::Uuid;

use crate::support::process::{self, Serving};
use crate::support::{Database, Server, on_both, person, take};

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn post() -> Post {
    static RENDERER: OnceLock<Renderer> = OnceLock::new();
    let renderer = RENDERER.get_or_init(|| Renderer::load().unwrap()).clone();
    Post::new(renderer, "https://sipas.example.vn", Wake::default())
}

/// The scheduler of a server that was just started.
fn scheduler() -> Scheduler {
    Scheduler::new(Surveys::default(), Tables::default(), post())
}

/// A survey of the trial's units that is open for long.
fn long_survey(db: &Db, code: &str, questionnaire: &str, version: &str, series: &str, days: [&str; 2]) {
    let series = if series.is_empty() { String::new() } else { format!("series: {series}\n") };
    let [opens, closes] = days;
    let file = format!(
        "code: {code}\ntitle: {{vi: 'Đợt {code}', en: 'Survey {code}'}}\nquestionnaire: {questionnaire}\nversion: '{version}'\nopens_on: {opens}\ncloses_on: {closes}\n\
         units: {{kinds: [ward, commune]}}\nstreams: [open]\nweighting: base\nthreshold: 5\n{series}"
    );
    let file = surveys::file::read(&file).unwrap();
    db.write_now(|c| surveys::create::create(c, &file, false, at("2026-01-01 00:00"))).unwrap();
    take(db, code, Step::Open);
}

fn survey_id(db: &Db, code: &str) -> i64 {
    db.read_now(|c| surveys::store::by_code(c, code)).unwrap().id
}

/// Stores `n` responses with these first codes, on this day.
fn answers(db: &Db, survey: &str, unit: &str, day: NaiveDate, n: usize, codes: &[u8], extra: Option<&str>) {
    let bytes = db.read_now(|c| Surveys::default().by_code(c, survey)).unwrap().questionnaire().code_bytes;
    let mut codes = codes.to_vec();
    codes.resize(bytes, 0);
    let from = Origin { survey_id: survey_id(db, survey), unit, stream: Stream::Open, mode: Mode::Web, language: "vi" };
    let one = || {
        let stored = Stored { codes: codes.clone(), extra: extra.map(str::to_owned) };
        Response::new(Uuid::new_v4(), from, day.and_hms_opt(5, 0, 0).unwrap(), stored)
    };
    let list: Vec<Response> = (0..n).map(|_| one()).collect();
    db.write_now(|c| collection::store::insert(c, &list)).unwrap();
}

/// `good` responses satisfied with both questions, `bad` with the second only.
fn month(db: &Db, survey: &str, unit: &str, day: &str, good: usize, bad: usize) {
    answers(db, survey, unit, date(day), good, &[5, 4], None);
    answers(db, survey, unit, date(day), bad, &[2, 4], None);
}

/// The survey `year`: ward one falls from 95 % to 75 % in November, ward two stays, the commune has too few.
fn fill(db: &Db) {
    long_survey(db, "year", "trial", "1", "nam", ["2026-01-01", "2027-12-31"]);
    month(db, "year", "W1", "2026-10-10", 54, 6);
    month(db, "year", "W1", "2026-11-10", 30, 30);
    month(db, "year", "W2", "2026-10-10", 40, 10);
    month(db, "year", "W2", "2026-11-10", 39, 9);
    answers(db, "year", "W2", date("2026-11-30"), 2, &[5, 4], Some(r#"{"comment":"Chờ lâu","trips":2}"#));
    answers(db, "year", "W2", date("2026-11-11"), 1, &[2, 4], Some(r#"{"trips":2}"#));
    month(db, "year", "X1", "2026-11-10", 3, 0);
}

fn leader(branch: &str) -> [Grant; 1] {
    [Grant::within(Role::Leader, branch).unwrap()]
}

/// Somebody who leads a branch and subscribed long ago.
fn subscriber(s: &Server, name: &str, branch: &str, kind: Kind) -> i64 {
    let id = s.add_person(name, &leader(branch));
    wish(&s.db, id, kind, About::Survey, "year", "", "2026-10-20 00:00");
    id
}

fn wish(db: &Db, user: i64, kind: Kind, about: About, code: &str, unit: &str, since: &str) {
    let wish = Wish { kind, about, code: code.into(), unit: unit.into() };
    db.write_now(|c| store::put(c, user, &wish, at(since))).unwrap();
}

fn mails(db: &Db) -> Vec<Mail> {
    db.read_now(outbox::all).unwrap()
}

/// Names of who got a mail, in order.
fn readers(db: &Db) -> Vec<String> {
    let mut names: Vec<String> = mails(db).into_iter().map(|m| m.to_name).collect();
    names.sort();
    names
}

fn token(mail: &Mail) -> String {
    let address = mail.unsubscribe.clone().unwrap();
    address.strip_prefix("https://sipas.example.vn/notices/").unwrap().to_owned()
}

fn running(db: &Db, user: i64) -> Vec<Subscription> {
    db.read_now(|c| store::of_person(c, user)).unwrap()
}

fn recorded(db: &Db, action: &str) -> Vec<audit::Row> {
    let wanted = audit::store::Wanted { action: action.into(), ..Default::default() };
    db.read_now(|c| audit::store::rows(c, &wanted, 100)).unwrap()
}

const FIRST: &str = "2026-12-01 00:00";

on_both! {
    async fn on_the_first_at_seven_each_is_told_of_the_month_in_their_own_units(s: Server) {
        fill(&s.db);
        for (name, branch) in [("mot", "W1"), ("hai", "W2"), ("pho", "C"), ("xa", "X1")] {
            subscriber(&s, name, branch, Kind::Digest);
        }
        let scheduler = scheduler();
        // A minute before seven in Vietnam only October is due, which was over before anybody subscribed… but for October itself.
        assert_eq!(scheduler.run_due(&s.db, at("2026-10-31 23:59")).unwrap(), 0);
        assert_eq!(scheduler.run_due(&s.db, at(FIRST)).unwrap(), 4);
        assert_eq!(scheduler.run_due(&s.db, at("2026-12-01 00:05")).unwrap(), 0);
        let all = mails(&s.db);
        let of = |name: &str| all.iter().find(|m| m.to_name == name).unwrap();

        let one = of("mot");
        assert_eq!(one.subject, "SIPAS tháng 11/2026 · Phường Một: 75,00%");
        assert!(one.body_text.contains("giảm 20,00 điểm so với tháng 10/2026."), "{}", one.body_text);
        // By hand, both months being domains of 120 forms of one stratum: 30 × 2 and 30 × 1 satisfied of two answers, and 54 and 6.
        let squares = 60.0 * (50.0_f64 / 120.0).powi(2) + 54.0 * (10.0_f64 / 120.0).powi(2) + 6.0 * (90.0_f64 / 120.0).powi(2);
        let half = t_two_sided(0.05, 59.0).unwrap() * f64::sqrt(120.0 / 119.0 * squares);
        let ends = [20.0 + half, 20.0 - half].map(|end| format!("−{end:.2}").replace('.', ","));
        assert!(one.body_text.contains(&format!("−20,00 điểm (từ {} đến {})", ends[0], ends[1])), "{ends:?}\n{}", one.body_text);
        assert!(one.body_text.contains("Tiêu chí thấp nhất: Câu một – 50,00%") && one.body_text.contains("Số phiếu hợp lệ: 60"));
        assert!(one.body_text.contains("Tháng 10/2026: 95,00%") && one.body_text.contains("Số phiếu có góp ý bằng lời: 0"));
        assert!(one.body_html.contains("75,00%") && one.body_html.contains(one.unsubscribe.as_ref().unwrap()));
        for other in ["Phường Hai", "Bốn", "/reports/"] {
            assert!(!one.body_text.contains(other) && !one.body_html.contains(other), "{other}: not within the reader's rights");
        }

        let two = of("hai");
        assert!(two.body_text.contains("không khác biệt có ý nghĩa thống kê so với tháng 10/2026"), "{}", two.body_text);
        assert!(two.body_text.contains("góp ý bằng lời: 2"), "a number is no comment");
        let few = of("xa");
        assert!(few.subject.ends_with("chưa đủ mẫu") && few.body_text.contains("chưa đủ mẫu trong tháng 11/2026 (3 phiếu hợp lệ)"), "{}", few.body_text);
        assert!(few.body_html.contains("Xã &lt;Ba&gt; &amp; &quot;Bốn&quot;") && !few.body_html.contains("<Ba>"));

        let city = of("pho");
        assert!(city.subject.contains("Toàn bộ 3 đơn vị") && city.body_text.contains("https://sipas.example.vn/reports/year"));
        let at = |text: &str| city.body_text.find(text).unwrap_or_else(|| panic!("{text}\n{}", city.body_text));
        assert!(at("- Phường Một: 75,00%") < at("- Phường Hai: 90,20%") && at("- Phường Hai") < at("- Xã <Ba>"), "the lowest first, none last");
        assert!(at("−20,00, giảm có ý nghĩa thống kê") > 0 && city.body_text.matches("có ý nghĩa thống kê;").count() == 1);
    }
}

on_both! {
    async fn a_digest_speaks_the_reader_s_language(s: Server) {
        fill(&s.db);
        let id = subscriber(&s, "John", "W1", Kind::Digest);
        let sql = format!("UPDATE users SET language = 'en' WHERE id = {id}");
        s.db.write_now(|c| Ok(c.batch_execute(&sql)?)).unwrap();
        assert_eq!(scheduler().run_due(&s.db, at(FIRST)).unwrap(), 1);
        let mail = mails(&s.db).pop().unwrap();
        assert!(mail.subject == "SIPAS 11/2026 · Ward One: 75.00%" && mail.body_text.contains("down 20.00 points on 10/2026"), "{}", mail.body_text);
        assert!(mail.body_html.contains("<html lang=\"en\">") && mail.body_text.contains("Dear John"));
    }
}

on_both! {
    async fn each_is_told_once_by_any_number_of_schedulers_at_once(s: Server) {
        fill(&s.db);
        for n in 0..6 {
            let id = subscriber(&s, &format!("pho{n}"), "C", Kind::Digest);
            wish(&s.db, id, Kind::Digest, About::Series, "nam", "", "2026-10-20 00:00");
            wish(&s.db, id, Kind::Alert, About::Survey, "year", "", "2026-10-20 00:00");
        }
        let written: usize = std::thread::scope(|scope| {
            let run = || scheduler().run_due(&s.database.open(), at(FIRST)).unwrap();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(written, 12, "a digest and an alert each");
        let of = |message: &str| mails(&s.db).iter().filter(|m| m.message == message).map(|m| m.to_name.clone()).collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!((mails(&s.db).len(), of("notice-digest"), of("notice-alert")), (12, 6, 6));
        assert_eq!(scheduler().run_due(&s.db, at("2026-12-01 09:00")).unwrap(), 0, "nor after a restart");
    }
}

on_both! {
    async fn who_lost_the_right_or_is_disabled_gets_nothing(s: Server) {
        fill(&s.db);
        let lost = subscriber(&s, "lost", "W1", Kind::Digest);
        let disabled = subscriber(&s, "disabled", "W1", Kind::Digest);
        let moved = subscriber(&s, "moved", "W1", Kind::Digest);
        subscriber(&s, "kept", "W1", Kind::Digest);
        for id in [lost, disabled, moved] {
            for kind in [Kind::Alert, Kind::Release] {
                wish(&s.db, id, kind, About::Survey, "year", "", "2026-10-20 00:00");
            }
        }
        s.db.write_now(|c| {
            people::revoke(c, &CommandLine, lost, &leader("W1")[0])?;
            people::disable(c, &CommandLine, disabled)?;
            people::revoke(c, &CommandLine, moved, &leader("W1")[0])?;
            people::grant(c, &CommandLine, moved, &leader("W2")[0])
        })
        .unwrap();
        assert_eq!(scheduler().run_due(&s.db, at(FIRST)).unwrap(), 2);
        assert_eq!(readers(&s.db), ["kept", "moved"]);
        let moved = mails(&s.db).into_iter().find(|m| m.to_name == "moved").unwrap();
        assert!(moved.body_text.contains("Phường Hai") && !moved.body_text.contains("Phường Một"), "what is theirs now");
        let id = survey_id(&s.db, "year");
        let release = Release { survey_id: id, code: "r1", title: ("Bản một", "One"), path: "/results/r1", pdf: None };
        let told = s.db.write_now(|c| announce(c, &post(), &release, at(FIRST))).unwrap();
        assert_eq!(told, 1, "only who moved still reads a unit of the survey");
    }
}

on_both! {
    async fn a_right_that_is_lost_or_changed_while_figures_are_made_counts(s: Server) {
        fill(&s.db);
        let lost = subscriber(&s, "lost", "W1", Kind::Digest);
        let moved = subscriber(&s, "moved", "W1", Kind::Digest);
        // The report is made between the figures and the mail: in the middle an administrator takes both roles away and gives one another.
        let pdf = Arc::new(move |db: &Db, _: &ReportAsked| {
            db.write_now(|c| {
                for id in [lost, moved] {
                    if accounts::store::grants_of(c, id)? == leader("W1") {
                        people::revoke(c, &CommandLine, id, &leader("W1")[0])?;
                    }
                }
                people::grant(c, &CommandLine, moved, &leader("W2")[0])
            })?;
            Ok(b"%PDF".to_vec())
        });
        let scheduler = scheduler().with_pdf(pdf);
        assert_eq!(scheduler.run_due(&s.db, at(FIRST)).unwrap(), 0);
        assert!(mails(&s.db).is_empty(), "not what is no longer theirs");
        assert_eq!(scheduler.run_due(&s.db, at("2026-12-01 00:05")).unwrap(), 1);
        let mail = mails(&s.db).pop().unwrap();
        assert!(mail.to_name == "moved" && mail.body_text.contains("Phường Hai") && !mail.body_text.contains("Phường Một"));
    }
}

on_both! {
    async fn a_subscription_to_one_unit_is_about_that_unit(s: Server) {
        fill(&s.db);
        let id = s.add_person("pho", &leader("C"));
        wish(&s.db, id, Kind::Digest, About::Survey, "year", "W2", "2026-10-20 00:00");
        assert_eq!(scheduler().run_due(&s.db, at(FIRST)).unwrap(), 1);
        let mail = mails(&s.db).pop().unwrap();
        assert!(mail.subject.contains("Phường Hai") && !mail.body_text.contains("Phường Một"));
        assert!(mail.body_text.contains("/reports/year"), "the whole report is within the rights");
    }
}

on_both! {
    async fn after_a_long_pause_only_the_latest_month_is_told_and_nobody_of_what_was_before_their_wish(s: Server) {
        fill(&s.db);
        for (unit, day) in [("W1", "2026-12-10"), ("W1", "2027-01-10")] {
            month(&s.db, "year", unit, day, 20, 20);
        }
        subscriber(&s, "old", "W1", Kind::Digest);
        assert_eq!(scheduler().run_due(&s.db, at(FIRST)).unwrap(), 1);
        // Nothing ran in December, January and most of February.
        let new = s.add_person("new", &leader("W1"));
        wish(&s.db, new, Kind::Digest, About::Survey, "year", "", "2027-02-10 08:00");
        let back = scheduler();
        assert_eq!(back.run_due(&s.db, at("2027-02-20 12:00")).unwrap(), 1);
        assert_eq!(back.run_due(&s.db, at("2027-02-21 12:00")).unwrap(), 0);
        let all = mails(&s.db);
        assert_eq!(all.iter().map(|m| (m.to_name.as_str(), m.subject.contains("01/2027"))).collect::<Vec<_>>(), [("old", false), ("old", true)]);
        // The newcomer's first digest is that of February.
        month(&s.db, "year", "W1", "2027-02-22", 20, 20);
        assert_eq!(back.run_due(&s.db, at("2027-03-01 00:00")).unwrap(), 2);
        // A survey that is over is not told of any more.
        assert_eq!(scheduler().run_due(&s.db, at("2028-03-01 00:00")).unwrap(), 0);
    }
}

on_both! {
    async fn a_significant_fall_is_told_once_a_month_and_chance_is_not(s: Server) {
        fill(&s.db);
        for (name, branch) in [("mot", "W1"), ("hai", "W2"), ("xa", "X1"), ("pho", "C")] {
            subscriber(&s, name, branch, Kind::Alert);
        }
        let scheduler = scheduler();
        // On 9 November nobody has answered in November yet.
        assert_eq!(scheduler.run_due(&s.db, at("2026-11-10 00:00")).unwrap(), 0);
        assert_eq!(scheduler.run_due(&s.db, at("2026-11-11 00:00")).unwrap(), 2);
        assert_eq!(readers(&s.db), ["mot", "pho"]);
        let mail = mails(&s.db).into_iter().find(|m| m.to_name == "mot").unwrap();
        assert!(mail.subject.starts_with("Cảnh báo SIPAS · Phường Một: tháng 11/2026 (đến hết ngày 10/11/2026) giảm 20,00 điểm so với tháng 10/2026."), "{}", mail.subject);
        assert!(mail.body_text.contains("75,00%") && mail.body_text.contains("95,00%") && mail.body_text.contains("60 phiếu hợp lệ"), "{}", mail.body_text);
        assert!(mail.body_text.contains("hiệu chỉnh Holm cho 2 đơn vị"), "the commune has too few answers to be looked at\n{}", mail.body_text);
        for day in 11..=30 {
            assert_eq!(scheduler.run_due(&s.db, at(&format!("2026-11-{day:02} 06:00"))).unwrap(), 0, "{day} November");
        }
        assert_eq!(scheduler.run_due(&s.db, at(FIRST)).unwrap(), 0);
        // The next fall is told again.
        month(&s.db, "year", "W1", "2026-12-05", 0, 60);
        assert_eq!(scheduler.run_due(&s.db, at("2026-12-06 00:00")).unwrap(), 2);
    }
}

on_both! {
    async fn a_week_of_forms_all_filled_in_alike_is_told_to_the_unit(s: Server) {
        long_survey(&s.db, "year", "rating", "2018", "", ["2026-01-01", "2027-12-31"]);
        let monday = date("2026-08-31");
        let alike = [1u8; 9];
        let mixed = [1u8, 2, 1, 1, 2, 1, 1, 3, 1];
        for week in 0..13u64 {
            for unit in ["W1", "W2"] {
                let day = monday + Days::new(7 * week + 2);
                let flagged = if (week, unit) == (12, "W1") { 40 } else { usize::try_from(8 + week % 3).unwrap() };
                answers(&s.db, "year", unit, day, flagged, &alike, None);
                answers(&s.db, "year", unit, day, 50 - flagged, &mixed, None);
            }
        }
        subscriber(&s, "mot", "W1", Kind::Alert);
        subscriber(&s, "hai", "W2", Kind::Alert);
        let scheduler = scheduler();
        // The week of 23 November is over at 07:00 on Monday the 30th.
        assert_eq!(scheduler.run_due(&s.db, at("2026-11-29 23:00")).unwrap(), 0);
        assert_eq!(scheduler.run_due(&s.db, at("2026-11-30 00:00")).unwrap(), 1);
        let mail = mails(&s.db).pop().unwrap();
        assert_eq!(mail.to_name, "mot");
        assert!(mail.body_text.contains("Phường Một: 80,0% số phiếu tuần 23/11/2026 – 29/11/2026"), "{}", mail.body_text);
        assert!(mail.body_text.contains("40 trong 50 phiếu; 12 tuần trước đó thường là 18,0%"), "{}", mail.body_text);
        assert_eq!(scheduler.run_due(&s.db, at(FIRST)).unwrap(), 0, "once a week");
    }
}

on_both! {
    async fn a_closed_wave_below_the_one_before_is_told_once(s: Server) {
        long_survey(&s.db, "w1", "trial", "1", "nam", ["2026-03-01", "2026-03-31"]);
        long_survey(&s.db, "w2", "trial", "1", "nam", ["2026-09-01", "2026-09-30"]);
        month(&s.db, "w1", "W1", "2026-03-10", 54, 6);
        month(&s.db, "w2", "W1", "2026-09-10", 30, 30);
        month(&s.db, "w1", "W2", "2026-03-10", 40, 10);
        month(&s.db, "w2", "W2", "2026-09-10", 40, 10);
        let id = s.add_person("pho", &leader("C"));
        wish(&s.db, id, Kind::Alert, About::Series, "nam", "", "2026-01-01 00:00");
        let run = |when: &str| scheduler().run_due(&s.db, at(when)).unwrap();
        assert_eq!(run("2026-10-05 00:00"), 0, "the wave is not closed");
        take(&s.db, "w2", Step::Close);
        assert_eq!((run("2026-10-06 00:00"), run("2026-10-07 00:00")), (1, 0));
        let mail = mails(&s.db).pop().unwrap();
        assert!(mail.subject.contains("Phường Một: “Đợt w2” giảm 20,00 điểm so với “Đợt w1”"), "{}", mail.subject);
        assert!(!mail.body_text.contains("Phường Hai"));
        // Whoever subscribes long after is not told of old waves.
        let late = s.add_person("late", &leader("C"));
        wish(&s.db, late, Kind::Alert, About::Series, "nam", "", "2026-11-05 00:00");
        assert_eq!(run("2026-11-06 00:00"), 0);
    }
}

on_both! {
    async fn a_release_is_told_once_with_its_report_and_not_when_it_is_rolled_back(s: Server) {
        fill(&s.db);
        let (id, now) = (survey_id(&s.db, "year"), at(FIRST));
        let pho = subscriber(&s, "pho", "C", Kind::Release);
        wish(&s.db, pho, Kind::Release, About::Series, "nam", "", "2026-10-20 00:00");
        subscriber(&s, "mot", "W1", Kind::Release);
        subscriber(&s, "digest", "W1", Kind::Digest);
        let title = ("Kết quả năm\r\nBcc: evil@example.com", "Results");
        let first = Release { survey_id: id, code: "r1", title, path: "/results/r1", pdf: None };
        let undone: Result<usize, Error> = s.db.write_now(|c| {
            assert_eq!(announce(c, &post(), &first, now)?, 2);
            Err(Error::Busy)
        });
        assert!(undone.is_err() && mails(&s.db).is_empty());
        let tell = || s.db.write_now(|c| announce(c, &post(), &first, now)).unwrap();
        assert_eq!((tell(), tell()), (2, 0));
        assert_eq!(readers(&s.db), ["mot", "pho"]);
        let mail = mails(&s.db).pop().unwrap();
        assert!(mail.body_text.contains("https://sipas.example.vn/results/r1") && mail.body_text.contains("mã r1"), "{}", mail.body_text);
        assert_eq!(mail.subject, "Bản công bố mới: Kết quả năm Bcc: evil@example.com", "a line break ends no header");

        let pdf = Attachment::pdf("r2.pdf", b"%PDF-1.7 dummy".to_vec());
        let second = Release { survey_id: id, code: "r2", title, path: "/reports/year?release=r2", pdf: Some(&pdf) };
        assert_eq!(s.db.write_now(|c| announce(c, &post(), &second, now)).unwrap(), 2);
        let mail = mails(&s.db).pop().unwrap();
        assert_eq!(s.db.read_now(|c| outbox::attachments(c, mail.id)).unwrap(), [pdf]);
        assert!(mail.body_text.contains("gửi kèm thư này") && mail.body_text.contains("/reports/year?release=r2"));
    }
}

on_both! {
    async fn the_report_goes_with_the_digest_and_a_failing_one_holds_nothing_up(s: Server) {
        fill(&s.db);
        subscriber(&s, "mot", "W1", Kind::Digest);
        subscriber(&s, "pho", "C", Kind::Digest);
        let asked: Arc<Mutex<Vec<ReportAsked>>> = Arc::default();
        let seen = Arc::clone(&asked);
        let pdf = Arc::new(move |_: &Db, report: &ReportAsked| {
            seen.lock().unwrap().push(report.clone());
            if report.units.is_none() { Err(Error::Internal("no typesetter".into())) } else { Ok(b"%PDF-1.7 dummy".to_vec()) }
        });
        assert_eq!(scheduler().with_pdf(pdf).run_due(&s.db, at(FIRST)).unwrap(), 2);
        let all = mails(&s.db);
        let of = |name: &str| all.iter().find(|m| m.to_name == name).unwrap();
        let files = |name: &str| s.db.read_now(|c| outbox::attachments(c, of(name).id)).unwrap();
        assert_eq!(files("mot"), [Attachment::pdf("year-2026-11.pdf", b"%PDF-1.7 dummy".to_vec())]);
        assert!(of("mot").body_text.contains("gửi kèm thư này (PDF)"));
        assert!(files("pho").is_empty() && of("pho").body_text.contains("Chưa gửi kèm được báo cáo PDF"));
        let asked = asked.lock().unwrap();
        assert_eq!((asked[0].from, asked[0].to), (date("2026-11-01"), date("2026-11-30")));
        assert_eq!((asked[0].units.clone(), asked[1].units.clone()), (Some(vec!["W1".to_owned()]), None));
    }
}

on_both! {
    async fn the_link_of_a_mail_unsubscribes_without_signing_in(s: Server) {
        fill(&s.db);
        let id = subscriber(&s, "mot", "W1", Kind::Digest);
        wish(&s.db, id, Kind::Alert, About::Survey, "year", "", "2026-10-20 00:00");
        scheduler().run_due(&s.db, at(FIRST)).unwrap();
        let digest = mails(&s.db).into_iter().find(|m| m.message == "notice-digest").unwrap();
        let path = format!("/notices/{}", token(&digest));
        let browser = person();
        let page = browser.get(s.url(&path)).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.text().await.unwrap();
        assert!(page.contains("Tổng hợp hằng tháng") && page.contains("về Đợt year?") && page.contains("<form method=\"post\""));
        assert_eq!(running(&s.db, id).len(), 2, "looking ends nothing: mail scanners look");
        // What a mail program sends by itself (RFC 8058), twice.
        for _ in 0..2 {
            let answer = browser.post(s.url(&path)).form(&[("List-Unsubscribe", "One-Click")]).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            assert!(answer.text().await.unwrap().contains("sẽ không nhận thông báo này nữa"));
        }
        assert_eq!(running(&s.db, id).iter().map(|s| s.kind).collect::<Vec<_>>(), [Kind::Alert], "only this one");
        let rows = recorded(&s.db, "notice.unsubscribe");
        assert_eq!(rows.len(), 1, "once");
        assert!(rows[0].user_name == "mot" && rows[0].detail.contains("\"by\":\"link\""), "{:?}", rows[0]);
        assert!(!rows[0].detail.contains(&token(&digest)), "no token in the log");
        assert!(s.page(&path).await.contains("sẽ không nhận thông báo này nữa"));
        for wrong in ["/notices/nonsense", "/notices/trial"] {
            assert_eq!(browser.get(s.url(wrong)).send().await.unwrap().status(), StatusCode::GONE);
            assert_eq!(browser.post(s.url(wrong)).send().await.unwrap().status(), StatusCode::GONE);
        }
        month(&s.db, "year", "W1", "2026-12-10", 30, 30);
        assert_eq!(scheduler().run_due(&s.db, at("2027-01-01 00:00")).unwrap(), 0);
        // The link in the old mail still ends the wish when it was begun again, and nobody else's.
        wish(&s.db, id, Kind::Digest, About::Survey, "year", "", "2027-01-02 00:00");
        let other = subscriber(&s, "hai", "W2", Kind::Digest);
        assert_eq!(browser.post(s.url(&path)).send().await.unwrap().status(), StatusCode::OK);
        assert_eq!((running(&s.db, id).len(), running(&s.db, other).len()), (1, 1));
    }
}

on_both! {
    async fn people_subscribe_on_their_page_to_what_is_within_their_rights(s: Server) {
        fill(&s.db);
        long_survey(&s.db, "other", "trial", "1", "", ["2026-01-01", "2027-12-31"]);
        let client = s.person_with("mot", &leader("W1")).await;
        let id = s.db.read_now(|c| accounts::store::person_named(c, "mot")).unwrap().id;
        let page = client.get(s.url("/account/notices")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("survey:year") && page.contains("series:nam") && page.contains("chưa đăng ký"), "{page}");
        assert!(!page.contains("Phường Hai"), "no unit of others");

        let fields = [("step", "subscribe"), ("digest", "true"), ("alert", "true"), ("about", "series:nam"), ("unit", "")];
        assert_eq!(s.send(&client, "/account/notices", &fields).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(running(&s.db, id).iter().map(|s| (s.kind, s.about, s.code.as_str())).collect::<Vec<_>>(), [(Kind::Digest, About::Series, "nam"), (Kind::Alert, About::Series, "nam")]);
        assert_eq!(recorded(&s.db, "notice.subscribe").len(), 2);

        for (wrong, why) in [
            (vec![("about", "survey:year"), ("unit", "W2"), ("digest", "true")], "ngoài phạm vi"),
            (vec![("about", "survey:year"), ("unit", "nowhere"), ("digest", "true")], "ngoài phạm vi"),
            (vec![("about", "survey:nowhere"), ("digest", "true")], "trong danh sách"),
            (vec![("about", "nonsense"), ("digest", "true")], "trong danh sách"),
            (vec![("about", "survey:year")], "ít nhất một loại"),
        ] {
            let fields: Vec<(&str, &str)> = [("step", "subscribe")].into_iter().chain(wrong.clone()).collect();
            let answer = s.send(&client, "/account/notices", &fields).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
            assert!(answer.text().await.unwrap().contains(why), "{wrong:?}");
        }
        assert_eq!(running(&s.db, id).len(), 2);

        // Somebody else's is not ended.
        let stranger = s.person_with("hai", &leader("W2")).await;
        let first = running(&s.db, id)[0].id.to_string();
        assert_eq!(s.send(&stranger, "/account/notices", &[("step", "end"), ("id", &first)]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!((running(&s.db, id).len(), recorded(&s.db, "notice.unsubscribe").len()), (2, 0));
        assert_eq!(s.send(&client, "/account/notices", &[("step", "end"), ("id", &first)]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(running(&s.db, id).len(), 1);
        assert!(recorded(&s.db, "notice.unsubscribe")[0].detail.contains("\"by\":\"page\""));

        // Who reads no results is told so, and refused.
        let designer = s.person_with("soan", &[Grant::everywhere(Role::Designer)]).await;
        assert!(designer.get(s.url("/account/notices")).send().await.unwrap().text().await.unwrap().contains("không cho xem kết quả của đơn vị nào"));
        assert_eq!(s.send(&designer, "/account/notices", &fields).await.status(), StatusCode::FORBIDDEN);
        let sql = "UPDATE users SET mail = NULL WHERE name = 'hai'";
        s.db.write_now(|c| Ok(c.batch_execute(sql)?)).unwrap();
        let answer = s.send(&stranger, "/account/notices", &fields).await;
        assert!(answer.status() == StatusCode::UNPROCESSABLE_ENTITY && answer.text().await.unwrap().contains("chưa có địa chỉ thư"));
        assert_eq!(person().get(s.url("/account/notices")).send().await.unwrap().status(), StatusCode::SEE_OTHER);
    }
}

on_both! {
    async fn names_from_outside_put_no_header_and_no_markup_into_a_notice(s: Server) {
        fill(&s.db);
        let head = "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n";
        let evil = "W1,\"Phường\r\nBcc: evil@example.com <script>\",Ward,ward,C,2020-01-01,,30000,1000\n";
        let list = units::list::read(&format!("{head}C,Thành phố,City,province,,2020-01-01,,,\n{evil}")).unwrap();
        s.db.write_now(|c| units::store::put(c, &list)).unwrap();
        subscriber(&s, "mot", "W1", Kind::Digest);
        wish(&s.db, s.db.read_now(|c| accounts::store::person_named(c, "mot")).unwrap().id, Kind::Alert, About::Survey, "year", "", "2026-10-20 00:00");
        assert_eq!(scheduler().run_due(&s.db, at(FIRST)).unwrap(), 2);
        for mail in mails(&s.db) {
            assert!(mail.subject.contains("Phường Bcc: evil@example.com <script>") && !mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
            assert!(mail.body_html.contains("&lt;script&gt;") && !mail.body_html.contains("<script>"));
        }
    }
}

on_both! {
    async fn a_survey_that_cannot_be_computed_holds_up_no_other_and_is_tried_again(s: Server) {
        fill(&s.db);
        long_survey(&s.db, "broken", "trial", "1", "", ["2026-01-01", "2027-12-31"]);
        month(&s.db, "broken", "W1", "2026-11-10", 10, 0);
        let id = subscriber(&s, "mot", "W1", Kind::Digest);
        wish(&s.db, id, Kind::Digest, About::Survey, "broken", "", "2026-10-20 00:00");
        // Weights are to be brought to a total that is not there.
        let set = |sql: &str| s.db.write_now(|c| Ok(c.batch_execute(sql)?)).unwrap();
        set("UPDATE surveys SET weighting = 'transactions' WHERE code = 'broken'; UPDATE units SET transactions = NULL WHERE code = 'W1'");
        let scheduler = scheduler();
        assert!(scheduler.run_due(&s.db, at(FIRST)).unwrap_err().to_string().contains("unit W1 has no total"), "the failure is told");
        assert_eq!(mails(&s.db).len(), 1, "the other survey's digest is written");
        set("UPDATE units SET transactions = 1000 WHERE code = 'W1'");
        assert_eq!(scheduler.run_due(&s.db, at("2026-12-01 00:05")).unwrap(), 1);
    }
}

/// Waits until something is so, without sleeping and not for ever.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "waited in vain until {what}");
        std::thread::yield_now();
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// Keeps whoever writes a mail waiting in the middle of their transaction, after the notice was noted.
enum Stall {
    File(Box<SqliteConnection>),
    Server(Box<[PgConnection; 2]>, String),
}

impl Stall {
    fn begin(database: &Database) -> Self {
        match database.file() {
            Some(path) => {
                let mut conn = SqliteConnection::establish(&path.display().to_string()).unwrap();
                let tables = ["sqlite_master"; 9].iter().enumerate().map(|(n, t)| format!("{t} t{n}")).collect::<Vec<_>>().join(", ");
                conn.batch_execute(&format!(
                    "PRAGMA busy_timeout = 1500; CREATE TRIGGER stall BEFORE INSERT ON mails BEGIN SELECT count(*) FROM {tables}; END"
                ))
                .unwrap();
                Stall::File(Box::new(conn))
            }
            None => {
                let [mut conn, watch] = [(); 2].map(|()| PgConnection::establish(&database.url()).unwrap());
                conn.batch_execute("BEGIN; LOCK TABLE mails IN SHARE MODE").unwrap();
                let name = database.url().split("application_name=").nth(1).unwrap().to_owned();
                Stall::Server(Box::new([conn, watch]), name)
            }
        }
    }

    /// Whether somebody is kept waiting: on SQLite the write lock is not to be had for longer than any other write takes.
    fn holds(&mut self) -> bool {
        match self {
            Stall::File(conn) => match conn.batch_execute("BEGIN IMMEDIATE") {
                Ok(()) => {
                    conn.batch_execute("ROLLBACK").unwrap();
                    false
                }
                Err(_) => true,
            },
            Stall::Server(both, name) => {
                let sql = format!(
                    "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = '{name}' AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO \"mails\"%'"
                );
                diesel::sql_query(sql).get_result::<Count>(&mut both[1]).unwrap().n > 0
            }
        }
    }

    fn end(self) {
        match self {
            Stall::File(mut conn) => conn.batch_execute("DROP TRIGGER stall").unwrap(),
            Stall::Server(mut both, _) => both[0].batch_execute("ROLLBACK").unwrap(),
        }
    }
}

/// The program is killed between noting the notice and writing its mail: nothing of either is left, and the next start tells, once.
fn killed_in_the_middle(database: &Database) {
    let db = database.filled();
    let now = Utc::now().naive_utc();
    let month_due = sipas::notices::period::digest_month(now);
    let (opens, closes) = ((month_due.first() - Days::new(90)).to_string(), (month_due.last() + Days::new(300)).to_string());
    long_survey(&db, "year", "trial", "1", "", [&opens, &closes]);
    month(&db, "year", "W1", &(month_due.first() + Days::new(9)).to_string(), 20, 20);
    let hash = accounts::password::hash("một mật khẩu thật dài").unwrap();
    let new = accounts::store::NewPerson { name: "mot", mail: Some("mot@example.vn"), language: "vi", password_hash: &hash };
    let id = db
        .write_now(|c| {
            let id = accounts::store::insert(c, &new, now)?;
            accounts::store::add_grant(c, id, &leader("W1")[0])?;
            Ok(id)
        })
        .unwrap();
    let long_ago = (now - Days::new(80)).format("%Y-%m-%d %H:%M").to_string();
    wish(&db, id, Kind::Digest, About::Survey, "year", "", &long_ago);
    let data = tempfile::tempdir().unwrap();
    let serve = || {
        let mut command = process::sipas();
        command.args(["serve", "--listen", "127.0.0.1:0", "--database-url", &database.url(), "--data", &data.path().display().to_string()]);
        Serving::spawn(command)
    };
    let survey = survey_id(&db, "year");
    let told = |db: &Db| db.read_now(|c| store::told(c, id, Kind::Digest, survey)).unwrap().len();

    let mut stall = Stall::begin(database);
    let mut serving = serve();
    until("the mail is being written", || stall.holds());
    serving.kill();
    stall.end();
    assert_eq!((told(&db), mails(&db).len()), (0, 0), "nothing of it is left");

    let mut serving = serve();
    until("the digest is sent", || mails(&db).iter().any(|m| m.ended_at.is_some()));
    serving.kill();
    assert_eq!((told(&db), mails(&db).len()), (1, 1));
    assert_eq!(std::fs::read_dir(data.path().join("mail")).unwrap().count(), 1);
    assert_eq!(scheduler().run_due(&db, Utc::now().naive_utc()).unwrap(), 0, "nor is it doubled");
}

#[test]
fn a_kill_in_the_middle_neither_loses_nor_doubles_a_notice_on_sqlite() {
    killed_in_the_middle(&Database::sqlite());
}

#[test]
fn a_kill_in_the_middle_neither_loses_nor_doubles_a_notice_on_postgres() {
    killed_in_the_middle(&Database::postgres());
}
