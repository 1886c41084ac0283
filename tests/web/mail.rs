//! Mail: written with the change it tells of, sent at least once, tried again, given up with the reason.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};

use chrono::{Duration, NaiveDateTime, SubsecRound, Utc};
use reqwest::StatusCode;
use sipas::config::MailSettings;
use sipas::db::Db;
use sipas::mail::model::{Mail, State};
use sipas::mail::worker::{Wake, deliver_due};
use sipas::mail::{Attachment, Carrier, Enclosed, Letter, Post, message, store};
use sipas::web::{Language, Renderer};

use crate::support::{Server, on_both, person, process};

/// An SMTP server that takes every mail but those to `nobody@…`, and hands on what it was sent.
fn sink() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (sent, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let mut out = stream.try_clone().unwrap();
            let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
            let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
            say("220 sink");
            while let Some(line) = lines.next() {
                let answer = match line.get(..4).unwrap_or(&line).to_uppercase().as_str() {
                    "RCPT" if line.contains("nobody@") => "550 5.1.1 there is no such mailbox",
                    "DATA" => {
                        say("354 go on");
                        let mail: Vec<String> = lines.by_ref().take_while(|l| l != ".").collect();
                        if sent.send(mail.join("\n")).is_err() {
                            return;
                        }
                        "250 taken"
                    }
                    "QUIT" => {
                        say("221 bye");
                        break;
                    }
                    _ => "250 ok",
                };
                if !say(answer) {
                    break;
                }
            }
        }
    });
    (url, received)
}

fn carrier(smtp_url: Option<String>, folder: &std::path::Path) -> Carrier {
    let settings = MailSettings {
        public_url: "https://sipas.example.vn".into(),
        from: "SIPAS <sipas@example.vn>".into(),
        smtp_url,
        folder: folder.into(),
    };
    Carrier::new(&settings).unwrap()
}

/// A post whose letters lead to `sipas.example.vn`. Templates take long to read, so they are read once.
fn post() -> Post {
    static RENDERER: OnceLock<Renderer> = OnceLock::new();
    let renderer = RENDERER.get_or_init(|| Renderer::load().unwrap()).clone();
    Post::new(renderer, "https://sipas.example.vn", Wake::default())
}

/// Puts a reset mail into the outbox.
fn write(db: &Db, name: &str, address: &str, language: Language, at: NaiveDateTime) {
    let post = post();
    let view = serde_json::json!({ "name": name, "by": "", "url": post.address("/password/secret"), "hours": "1" });
    let letter = Letter { message: "reset", to_name: name, to_address: address, language };
    db.write_now(|c| post.put(c, &letter, &view, at)).unwrap();
}

fn all(db: &Db) -> Vec<Mail> {
    db.read_now(store::all).unwrap()
}

/// The text of the first part of this kind, decoded as far as these tests need it.
fn part(mail: &str, kind: &str) -> String {
    let body = mail.split(&format!("Content-Type: {kind}")).nth(1).unwrap_or_else(|| panic!("no {kind} in\n{mail}"));
    let (head, body) = body.split_once("\n\n").unwrap();
    let body = body.split("\n--").next().unwrap();
    if head.contains("base64") {
        return String::from_utf8(base64(body)).unwrap();
    }
    let mut bytes = Vec::new();
    let joined = body.replace("=\n", "");
    let mut chars = joined.bytes();
    while let Some(b) = chars.next() {
        if b == b'=' {
            let hex: String = [chars.next().unwrap(), chars.next().unwrap()].map(char::from).iter().collect();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            bytes.push(b);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The bytes of base64, RFC 4648.
fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0u32, 0);
    for letter in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = LETTERS.iter().position(|l| *l == letter).unwrap_or_else(|| panic!("{letter} is not base64"));
        bits = bits << 6 | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

on_both! {
    async fn a_mail_goes_out_as_text_and_html_in_the_readers_language(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        write(&s.db, "Trần Mai", "mai@example.vn", Language::Vi, now);
        write(&s.db, "John & Co", "john@example.com", Language::En, now);
        assert_eq!(deliver_due(&s.db, &carrier(Some(url), folder.path()), || now, || true).unwrap(), 2);
        let (vi, en) = (received.recv().unwrap(), received.recv().unwrap());
        assert!(vi.contains("multipart/alternative") && vi.contains("To: =?utf-8?") && vi.contains("mai@example.vn"), "{vi}");
        assert!(vi.contains("Auto-Submitted: auto-generated") && vi.contains("Date: ") && vi.contains("Message-ID: <"));
        assert!(part(&vi, "text/plain").contains("Kính gửi Ông/Bà Trần Mai,") && part(&vi, "text/plain").contains("https://sipas.example.vn/password/secret"));
        assert!(part(&vi, "text/html").contains("<a href=\"https://sipas.example.vn/password/secret\">"));
        assert!(part(&en, "text/plain").contains("Dear John & Co,") && part(&en, "text/html").contains("Dear John &amp; Co,"));
        let mails = all(&s.db);
        assert!(mails.iter().all(|m| m.state == State::Sent && m.ended_at.is_some()));
        assert!(mails.iter().all(|m| m.body_text.is_empty() && m.body_html.is_empty()), "the text with the link is not kept");
        assert_eq!(deliver_due(&s.db, &carrier(None, folder.path()), || now + Duration::days(9), || true).unwrap(), 0, "nothing is sent twice");
    }
}

/// Puts a reset mail with files into the outbox.
fn enclose(db: &Db, address: &str, attachments: &[Attachment], at: NaiveDateTime) -> Result<(), sipas::error::Error> {
    let post = post();
    let view = serde_json::json!({ "name": "Mai", "by": "", "url": "https://sipas.example.vn", "hours": "1" });
    let letter = Letter { message: "reset", to_name: "Mai", to_address: address, language: Language::Vi };
    let enclosed = Enclosed { attachments, unsubscribe: Some("/notices/secret") };
    db.write_now(|c| post.put_with(c, &letter, &view, enclosed, at))
}

/// How many files wait in the outbox.
fn files(db: &Db) -> usize {
    let mails = all(db);
    mails.iter().map(|m| db.read_now(|c| store::attachments(c, m.id)).unwrap().len()).sum()
}

/// The parts of a message, each head and body; the border is the one its head names.
fn parts(message: &str) -> Vec<(String, String)> {
    let (head, body) = message.split_once("\n\n").unwrap();
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let border = unfolded.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let inner = body.split(&format!("--{border}--")).next().unwrap();
    inner
        .split(&format!("--{border}\n"))
        .skip(1)
        .map(|p| p.split_once("\n\n").unwrap())
        .map(|(h, b)| (h.to_owned(), b.to_owned()))
        .collect()
}

on_both! {
    async fn files_go_beside_the_text_and_leave_the_outbox_with_it(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        let pdf: Vec<u8> = (0..70_000u32).map(|n| u8::try_from(n * 7 % 256).unwrap()).collect();
        let given = [Attachment::pdf("Báo cáo tháng 11.pdf", pdf.clone()), Attachment { name: "số liệu.csv".into(), content_type: "text/csv; charset=utf-8".into(), bytes: "đơn vị\r\n.\r\n".into() }];
        enclose(&s.db, "mai@example.vn", &given, now).unwrap();
        assert_eq!(files(&s.db), 2);
        assert_eq!(deliver_due(&s.db, &carrier(Some(url), folder.path()), || now, || true).unwrap(), 1);
        let mail = received.recv().unwrap();
        let outer = parts(&mail);
        assert_eq!(outer.len(), 3, "{mail}");
        assert!(mail.contains("multipart/mixed") && outer[0].0.contains("multipart/alternative"));
        assert!(part(&mail, "text/plain").contains("https://sipas.example.vn") && part(&mail, "text/html").contains("<a href="));
        for (n, (kind, name)) in [("application/pdf", "B%C3%A1o"), ("text/csv", "s%E1%BB%91")].iter().enumerate() {
            let (head, body) = &outer[n + 1];
            assert!(head.contains(kind) && head.contains("Content-Disposition: attachment") && head.to_uppercase().contains(&name.to_uppercase()), "{head}");
            assert!(head.contains("base64"), "{head}");
            assert_eq!(base64(body), given[n].bytes);
        }
        assert!(mail.contains("List-Unsubscribe: <https://sipas.example.vn/notices/secret>\n"), "{mail}");
        assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"));
        assert_eq!(files(&s.db), 0, "they are not kept");
        assert_eq!(all(&s.db)[0].unsubscribe, None, "nor is the link");

        // As a file it is the same message.
        enclose(&s.db, "mai@example.vn", &given, now).unwrap();
        let to = folder.path().join("mail");
        assert_eq!(deliver_due(&s.db, &carrier(None, &to), || now, || true).unwrap(), 1);
        let file = std::fs::read_dir(&to).unwrap().next().unwrap().unwrap().path();
        let eml = std::fs::read_to_string(file).unwrap().replace("\r\n", "\n");
        assert_eq!(base64(&parts(&eml)[1].1), pdf);
    }
}

on_both! {
    async fn files_wait_with_their_mail_and_go_when_it_is_given_up(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let (url, _received) = sink();
        let now = Utc::now().naive_utc();
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        enclose(&s.db, "mai@example.vn", &[Attachment::pdf("a.pdf", b"%PDF".to_vec())], now).unwrap();
        let lost = carrier(Some(format!("smtp://{gone}")), folder.path());
        assert_eq!(deliver_due(&s.db, &lost, || now, || true).unwrap(), 0);
        assert_eq!(files(&s.db), 1);
        assert_eq!(deliver_due(&s.db, &lost, || now + Duration::days(4), || true).unwrap(), 0);
        assert_eq!((all(&s.db)[0].state, files(&s.db)), (State::GivenUp, 0));
        enclose(&s.db, "nobody@example.vn", &[Attachment::pdf("a.pdf", b"%PDF".to_vec())], now).unwrap();
        assert_eq!(deliver_due(&s.db, &carrier(Some(url), folder.path()), || now, || true).unwrap(), 0);
        assert_eq!((all(&s.db)[1].state, files(&s.db)), (State::GivenUp, 0));
    }
}

on_both! {
    async fn a_file_s_name_puts_no_header_into_a_mail_and_too_large_files_are_refused(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        for evil in ["a.pdf\r\nBcc: evil@example.com", "a\"; filename=\"b.exe", "../../etc/passwd", "\r\n\r\n--x"] {
            enclose(&s.db, "mai@example.vn", &[Attachment::pdf(evil, b"%PDF".to_vec())], now).unwrap();
            assert_eq!(deliver_due(&s.db, &carrier(Some(url.clone()), folder.path()), || now, || true).unwrap(), 1);
            let mail = received.recv().unwrap();
            let parts = parts(&mail);
            assert_eq!(parts.len(), 2, "{mail}");
            let names: Vec<&str> = parts[1].0.lines().filter(|l| !l.starts_with([' ', '\t'])).filter_map(|l| l.split_once(':').map(|(n, _)| n)).collect();
            assert!(names.iter().all(|n| ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding"].contains(n)), "{names:?}");
            assert!(!parts[1].0.contains("..//") && !parts[1].0.contains("filename=\"b.exe"), "{}", parts[1].0);
        }
        let large = Attachment::pdf("a.pdf", vec![0; message::MOST_ATTACHED + 1]);
        assert_eq!(enclose(&s.db, "mai@example.vn", &[large], now).unwrap_err().status().1, "too_large");
        let odd = Attachment { name: "a".into(), content_type: "no kind\r\nBcc: x@y.z".into(), bytes: vec![] };
        assert!(enclose(&s.db, "mai@example.vn", &[odd], now).is_err());
        assert_eq!(all(&s.db).len(), 4, "what was refused is not in the outbox");
    }
}

on_both! {
    async fn a_name_with_line_breaks_puts_no_header_into_a_mail(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        for evil in ["Lan\r\nBcc: evil@example.com", "Lan\nSubject: free money", "Lan\r\n\r\nbody", "\"Lan\" <evil@example.com>,"] {
            write(&s.db, evil, "lan@example.vn", Language::Vi, now);
            assert_eq!(deliver_due(&s.db, &carrier(Some(url.clone()), folder.path()), || now, || true).unwrap(), 1, "{evil:?}");
            let mail = received.recv().unwrap();
            let head = mail.split("\n\n").next().unwrap();
            let names: Vec<&str> = head.lines().filter(|l| !l.starts_with([' ', '\t'])).filter_map(|l| l.split_once(':').map(|(n, _)| n)).collect();
            assert!(!names.iter().any(|n| n.eq_ignore_ascii_case("bcc")), "{head}");
            for once in ["Subject", "To", "From", "Message-ID"] {
                assert_eq!(names.iter().filter(|n| **n == once).count(), 1, "{once} in\n{head}");
            }
        }
        let refused = s.db.write_now(|c| {
            let post = post();
            let letter = Letter { message: "reset", to_name: "Lan", to_address: "lan@example.vn\r\nBcc: evil@example.com", language: Language::Vi };
            post.put(c, &letter, &serde_json::json!({ "name": "", "by": "", "url": "", "hours": "" }), now)
        });
        assert!(refused.is_err());
    }
}

on_both! {
    async fn without_a_server_mails_become_files(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let now = Utc::now().naive_utc();
        write(&s.db, "Mai", "mai@example.vn", Language::Vi, now);
        let to = folder.path().join("mail");
        assert_eq!(deliver_due(&s.db, &carrier(None, &to), || now, || true).unwrap(), 1);
        let files: Vec<_> = std::fs::read_dir(&to).unwrap().map(|e| e.unwrap().path()).collect();
        assert!(files.len() == 1 && files[0].extension().is_some_and(|e| e == "eml"), "{files:?}");
        assert!(std::fs::read_to_string(&files[0]).unwrap().contains("mai@example.vn"));
    }
}

on_both! {
    async fn a_lost_server_loses_no_mail_and_after_days_the_administrator_sees_why(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        // A port where nobody listens.
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let lost = carrier(Some(format!("smtp://{gone}")), folder.path());
        let start = Utc::now().naive_utc().trunc_subsecs(3);
        write(&s.db, "Mai", "mai@example.vn", Language::Vi, start);
        let mut now = start;
        let mut waits = Vec::new();
        loop {
            assert_eq!(deliver_due(&s.db, &lost, || now, || true).unwrap(), 0);
            let mail = all(&s.db).pop().unwrap();
            assert!(mail.trouble.is_some());
            if mail.state != State::Waiting {
                break;
            }
            assert!(mail.body_text.contains("/password/secret"), "it is kept whole");
            assert_eq!(deliver_due(&s.db, &lost, || mail.next_try_at - Duration::seconds(1), || true).unwrap(), 0);
            assert_eq!(all(&s.db).pop().unwrap().attempts, mail.attempts, "it is not tried before its time");
            waits.push((mail.next_try_at - now).num_minutes());
            now = mail.next_try_at;
        }
        assert_eq!(waits[..6], [1, 4, 16, 64, 256, 360]);
        assert!(now - start >= Duration::days(3) && now - start < Duration::days(4));
        let mail = all(&s.db).pop().unwrap();
        assert_eq!((mail.state, mail.body_text.as_str()), (State::GivenUp, ""));
        s.sign_in().await;
        let page = s.page("/admin/people").await;
        assert!(page.contains("Đã thôi gửi") && page.contains("mai@example.vn"), "the administrator sees that it was given up");
        assert!(page.contains(&mail.trouble.unwrap().replace('\'', "&#x27;")), "and why");
    }
}

on_both! {
    async fn an_address_that_does_not_exist_is_given_up_at_once_and_holds_up_no_other_mail(s: Server) {
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        write(&s.db, "Ai", "nobody@example.vn", Language::Vi, now);
        write(&s.db, "Mai", "mai@example.vn", Language::Vi, now);
        assert_eq!(deliver_due(&s.db, &carrier(Some(url), folder.path()), || now, || true).unwrap(), 1);
        assert!(received.recv().unwrap().contains("mai@example.vn"));
        let mails = all(&s.db);
        assert_eq!((mails[0].state, mails[1].state), (State::GivenUp, State::Sent));
        assert!(mails[0].trouble.as_ref().unwrap().contains("no such mailbox"));
    }
}

/// The program is killed after the server took the mail and before that is noted: the mail goes again, and the receiver can tell by its Message-ID.
#[test]
fn a_mail_whose_sending_could_not_be_noted_goes_again_with_the_same_message_id() {
    for database in [crate::support::Database::sqlite(), crate::support::Database::postgres()] {
        let db = database.filled();
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        write(&db, "Mai", "mai@example.vn", Language::Vi, now);
        let carrier = carrier(Some(url), folder.path());
        let taken = db.write_now(|c| store::take_due(c, now)).unwrap().unwrap();
        carrier.send(&taken, &[]).unwrap();
        // Here it was killed. Another process looks: while the first may still be sending, it keeps off.
        assert_eq!(deliver_due(&db, &carrier, || now + Duration::minutes(9), || true).unwrap(), 0);
        assert_eq!(deliver_due(&db, &carrier, || now + Duration::minutes(10), || true).unwrap(), 1);
        let id = |mail: String| mail.lines().find(|l| l.starts_with("Message-ID:")).unwrap().to_owned();
        assert_eq!(id(received.recv().unwrap()), id(received.recv().unwrap()));
    }
}

#[test]
fn two_processes_do_not_send_the_same_mail() {
    for database in [crate::support::Database::sqlite(), crate::support::Database::postgres()] {
        let db = database.filled();
        let folder = tempfile::tempdir().unwrap();
        let (url, received) = sink();
        let now = Utc::now().naive_utc();
        for n in 0..20 {
            write(&db, "Mai", &format!("mai{n}@example.vn"), Language::Vi, now);
        }
        let sent: usize = std::thread::scope(|scope| {
            let deliver = || deliver_due(&db, &carrier(Some(url.clone()), folder.path()), || now, || true).unwrap();
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(deliver)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(sent, 20);
        let mut ids: Vec<String> =
            (0..20).map(|_| received.recv().unwrap().lines().find(|l| l.starts_with("Message-ID")).unwrap().to_owned()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 20, "{:?}", db.kind());
        assert!(received.try_recv().is_err());
    }
}

on_both! {
    async fn a_change_that_is_rolled_back_sends_nothing(s: Server) {
        let post = post();
        let id = s.add_person("mai", &[]);
        let undone: Result<(), _> = s.db.write_now(|c| {
            sipas::accounts::people::send_new_link(c, &sipas::audit::CommandLine, &post, id, Utc::now().naive_utc())?;
            Err(sipas::error::Error::Busy)
        });
        assert!(undone.is_err() && all(&s.db).is_empty());
    }
}

/// The whole way: the program as a process, a mail server, a forgotten password.
#[test]
fn a_serving_process_sends_what_was_asked_for() {
    let database = crate::support::Database::sqlite();
    let (url, received) = sink();
    let mut create = process::sipas();
    create.args(["user", "invite", "mai", "mai@example.vn", "--role", "leader", "--database-url", &database.url(), "--smtp-url", &url]);
    assert!(create.output().unwrap().status.success());
    assert!(part(&received.recv().unwrap(), "text/plain").contains("http://127.0.0.1:8080/password/"));

    let mut serve = process::sipas();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--database-url", &database.url(), "--smtp-url", &url]);
    serve.args(["--public-url", "https://sipas.example.vn", "--mail-from", "Khảo sát <ks@example.vn>"]);
    let serving = process::Serving::spawn(serve);
    actix_web::rt::System::new().block_on(async {
        let asked = person().post(format!("{}/forgot", serving.base)).form(&[("name", "mai@example.vn")]).send().await.unwrap();
        assert_eq!(asked.status(), StatusCode::OK);
    });
    let mail = received.recv().unwrap();
    assert!(mail.contains("ks@example.vn") && part(&mail, "text/plain").contains("https://sipas.example.vn/password/"), "{mail}");
}

#[test]
fn settings_of_mail_are_checked_at_the_start_and_hide_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    process::run(&["migrate", "--data", &data]);
    let (code, said, _) = process::run(&[
        "check-config",
        "--data",
        &data,
        "--smtp-url",
        "smtps://sipas:secret@mail.example.vn",
        "--public-url",
        "https://s.vn/",
    ]);
    assert!(
        code == 0 && said.contains("https://s.vn\n") && said.contains("smtps://sipas:***@mail.example.vn") && !said.contains("secret"),
        "{said}"
    );
    for (option, wrong) in [("--smtp-url", "mail.example.vn:secret"), ("--mail-from", "nobody"), ("--trusted-proxies", "proxy.local")] {
        let (code, _, said) = process::run(&["check-config", "--data", &data, option, wrong]);
        assert!(code == 1 && !said.contains("secret"), "{option}: {said}");
    }
}
