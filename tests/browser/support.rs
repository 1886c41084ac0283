//! A demonstration and a browser for each test; both end with the test, also when it fails.

use std::io::{BufRead, BufReader, Read};
use std::ops::Deref;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, RequestData, SessionId};

/// How long a page may take to come, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
const INTERVAL: Duration = Duration::from_millis(20);

/// The open survey of the demonstration.
pub const SURVEY: &str = "sau-giao-dich";
/// A published one.
pub const PUBLISHED: &str = "ho-gia-dinh-2026";

/// Runs a test's body with a demonstration and a browser of this size.
pub fn run(size: Size, scripts: Scripts, body: impl AsyncFnOnce(&Demo, &Browser)) {
    let demo = Demo::start();
    actix_web::rt::System::new().block_on(browse(size, scripts, async |browser| body(&demo, browser).await));
}

/// A process that is killed when dropped.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Reads lines until one answers, and leaves the rest to a thread, or the process would wait for a reader.
fn listen<T>(from: impl Read + Send + 'static, mut answers: impl FnMut(&str) -> Option<T>) -> T {
    let mut lines = BufReader::new(from).lines();
    let found = loop {
        let line = lines.next().expect("the process ended before it was ready").unwrap();
        if let Some(found) = answers(&line) {
            break found;
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    found
}

/// A running `sipas demo` on data of its own.
pub struct Demo {
    /// `http://127.0.0.1:…`
    pub base: String,
    /// The open survey's address, `http://127.0.0.1:…/s/…`
    pub address: String,
    pub one_time_password: String,
    _process: Ending,
    _data: TempDir,
}

impl Demo {
    pub fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_sipas"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path().join("demo"))
            .env_remove("DATABASE_URL")
            .env_remove("SIPAS_DATA")
            .env_remove("SIPAS_LISTEN")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = process.stderr.take().unwrap();
        let process = Ending(process);
        let (mut start, mut answer) = (String::new(), String::new());
        let one_time_password = listen(said, |line| {
            let after = |word: &str| line.trim().strip_prefix(word).map(|rest| rest.trim().trim_end_matches('/').to_owned());
            start = after("start ").unwrap_or(std::mem::take(&mut start));
            answer = after("answer ").unwrap_or(std::mem::take(&mut answer));
            line.split_once("one-time password ").map(|(_, password)| password.trim().to_owned())
        });
        assert!(start.starts_with("http://") && answer.starts_with(&start), "{start} {answer}");
        Demo { base: start, address: answer, one_time_password, _process: process, _data: data }
    }

    pub async fn json(&self, path: &str) -> Value {
        let response = reqwest::get(format!("{}{path}", self.base)).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct Cdp(&'static str, Value);

impl FormatRequestData for Cdp {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session}/goog/cdp/execute")).add_body(json!({ "cmd": self.0, "params": self.1 }))
    }
}

/// A size of the window, in CSS pixels, and device pixels per CSS pixel.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub width: u32,
    pub height: u32,
    pub scale: u32,
}

/// A small phone held upright.
pub const PHONE: Size = Size { width: 360, height: 740, scale: 3 };
/// A laptop.
pub const LAPTOP: Size = Size { width: 1280, height: 800, scale: 1 };

/// What the browser allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

/// An XPath condition: these words and no others, whichever spaces stand between them.
pub fn saying(words: &str) -> String {
    format!("normalize-space(translate(.,'\u{a0}',' '))='{words}'")
}

/// A browser.
pub struct Browser(WebDriver);

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.0
    }
}

/// Opens a browser with a profile of its own; it is closed when the body ends or fails.
pub async fn browse(size: Size, scripts: Scripts, body: impl AsyncFnOnce(&Browser)) {
    let program = std::env::var("SIPAS_TEST_CHROMEDRIVER").unwrap_or_else(|_| "/usr/bin/chromedriver".to_owned());
    let mut process = Command::new(&program)
        .args(["--port=0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|e| panic!("{program}: {e}; run tests/setup/install.sh or set SIPAS_TEST_CHROMEDRIVER"));
    let said = process.stdout.take().unwrap();
    let _process = Ending(process);
    let port = listen(said, |line| Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned()));
    let profile = tempfile::tempdir().unwrap();
    let mut wanted = ChromeCapabilities::new();
    for flag in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
        "--blink-settings=preferredColorScheme=1",
    ] {
        wanted.add_arg(flag).unwrap();
    }
    wanted.add_arg(&format!("--user-data-dir={}", profile.path().display())).unwrap();
    if scripts == Scripts::Off {
        wanted.add_experimental_option("prefs", json!({ "profile.managed_default_content_settings.javascript": 2 })).unwrap();
    }
    let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
    let ended = driver.run_and_quit(|driver| async move {
        let browser = Browser(driver);
        browser.resize(size).await;
        body(&browser).await;
        Ok::<(), WebDriverError>(())
    });
    ended.await.unwrap();
}

impl Browser {
    /// A command of Chromium's own protocol, and what it answers.
    pub async fn cdp(&self, command: &'static str, parameters: Value) -> Value {
        self.handle().cmd(Cdp(command, parameters)).await.unwrap().value_json().unwrap()
    }

    pub async fn resize(&self, size: Size) {
        let metrics = json!({ "width": size.width, "height": size.height, "deviceScaleFactor": size.scale, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// What a script in the page returns.
    pub async fn script(&self, source: &str, arguments: Vec<Value>) -> Value {
        self.execute(source, arguments).await.unwrap().json().clone()
    }

    /// Waits for an element to be in the page.
    pub async fn find_soon(&self, by: By) -> WebElement {
        match self.query(by.clone()).wait(PATIENCE, INTERVAL).first().await {
            Ok(element) => element,
            Err(e) => panic!("{by:?} did not come: {e}\n{}", self.source().await.unwrap_or_default()),
        }
    }

    /// Waits for the element that this CSS selector means.
    pub async fn see(&self, css: &str) -> WebElement {
        self.find_soon(By::Css(css)).await
    }

    /// Waits for the page with this heading.
    pub async fn heading(&self, text: &str) {
        self.find_soon(By::XPath(format!("//h1[{}]", saying(text)))).await;
    }

    /// Clicks what this CSS selector means.
    pub async fn click(&self, css: &str) {
        self.see(css).await.click().await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }

    /// Presses the button with these words.
    pub async fn press(&self, words: &str) {
        self.find_soon(By::XPath(format!("//main//button[{}]", saying(words)))).await.click().await.unwrap();
    }

    /// Taps the words of an answer.
    pub async fn answer(&self, question: &str, value: &str) {
        self.click(&format!("label:has(> input[name='a-{question}'][value='{value}'])")).await;
    }

    pub async fn is_chosen(&self, question: &str, value: &str) -> bool {
        self.see(&format!("input[name='a-{question}'][value='{value}']")).await.is_selected().await.unwrap()
    }

    /// Types into a field, instead of what is there.
    pub async fn types(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What stands in a field.
    pub async fn typed(&self, css: &str) -> String {
        self.see(css).await.value().await.unwrap().unwrap_or_default()
    }

    /// The text that is seen there, with plain spaces.
    pub async fn text(&self, css: &str) -> String {
        self.see(css).await.text().await.unwrap().replace('\u{a0}', " ")
    }
}
