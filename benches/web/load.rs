//! The load generator: clients with one kept connection each, hand-written HTTP/1.1, all on one thread of their own.
//!
//! It shares the machine with the server, so its work is part of every figure; the bare route is measured with the same generator.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a measurement lasts.
pub const TIME: Duration = Duration::from_secs(5);
/// How long clients run before anything is counted.
const WARM_UP: Duration = Duration::from_millis(500);
/// After so many requests a measurement ends early.
const MOST: u64 = 200_000;

/// An answer of the server.
pub struct Answer {
    pub status: u16,
    /// As it came over the wire, without chunk marks.
    pub body: Vec<u8>,
}

/// One kept connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub async fn connect(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let head = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await;
        };
        let text = String::from_utf8(self.buffer[..head].to_vec()).unwrap().to_ascii_lowercase();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let field = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
        let body = match field("content-length:") {
            Some(length) => self.counted(head, length.parse().unwrap()).await,
            None if field("transfer-encoding:") == Some("chunked") => self.chunked(head).await,
            None => panic!("an answer of unknown length:\n{text}"),
        };
        Answer { status, body }
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(read > 0, "the server closed a connection");
    }

    async fn counted(&mut self, head: usize, length: usize) -> Vec<u8> {
        while self.buffer.len() < head + length {
            self.more().await;
        }
        self.buffer[head..head + length].to_vec()
    }

    async fn chunked(&mut self, head: usize) -> Vec<u8> {
        let (mut at, mut body) = (head, Vec::new());
        loop {
            let line = loop {
                match find(&self.buffer[at..], b"\r\n") {
                    Some(n) => break at + n,
                    None => self.more().await,
                }
            };
            let size = usize::from_str_radix(std::str::from_utf8(&self.buffer[at..line]).unwrap().trim(), 16).unwrap();
            let (from, until) = (line + 2, line + 2 + size);
            while self.buffer.len() < until + 2 {
                self.more().await;
            }
            body.extend_from_slice(&self.buffer[from..until]);
            at = until + 2;
            if size == 0 {
                return body;
            }
        }
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|w| w == what)
}

/// A GET as a browser sends it.
pub fn get(path: &str, gzip: bool) -> Vec<u8> {
    let accept = if gzip { "Accept-Encoding: gzip\r\n" } else { "" };
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{accept}Accept-Language: vi\r\n\r\n").into_bytes()
}

/// A POST with a body.
pub fn post(path: &str, kind: &str, gzip: bool, body: &str) -> Vec<u8> {
    let accept = if gzip { "Accept-Encoding: gzip\r\n" } else { "" };
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: bench\r\n{accept}Accept-Language: vi\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// What a measurement found.
pub struct Measured {
    pub clients: usize,
    /// Answers a second, within the measured time.
    pub rate: f64,
    /// Microseconds, sorted.
    latencies: Vec<u64>,
    /// All answers with the expected status, warm-up and tail included.
    pub answers: u64,
    /// Size of an answer's body, of the last one.
    pub bytes: usize,
}

impl Measured {
    /// Milliseconds within which this share of the answers came.
    pub fn within(&self, share: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short list")]
        let at = ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len() - 1);
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a few seconds")]
        let micros = self.latencies[at] as f64;
        micros / 1e3
    }
}

/// Lets `clients` send what `make` makes (from client and turn) and checks each status. Runs on this thread.
pub fn run(to: SocketAddr, clients: usize, expected: u16, make: impl Fn(u64, u64) -> Vec<u8> + 'static) -> Measured {
    let make = Rc::new(make);
    actix_web::rt::System::new().block_on(async move {
        let begin = Instant::now() + WARM_UP;
        let end = begin + TIME;
        let total = Rc::new(Cell::new(0u64));
        let tasks: Vec<_> = (0..clients as u64)
            .map(|client| {
                let (make, total) = (Rc::clone(&make), Rc::clone(&total));
                actix_web::rt::spawn(async move {
                    let mut connection = Client::connect(to).await;
                    let (mut latencies, mut last, mut bytes) = (Vec::new(), begin, 0);
                    while Instant::now() < end && total.get() < MOST {
                        let request = make(client, total.get());
                        total.set(total.get() + 1);
                        let sent = Instant::now();
                        let answer = connection.ask(&request).await;
                        let done = Instant::now();
                        assert_eq!(answer.status, expected, "{}", String::from_utf8_lossy(&answer.body));
                        bytes = answer.body.len();
                        if sent >= begin && done <= end {
                            latencies.push(u64::try_from((done - sent).as_micros()).unwrap());
                            last = done;
                        }
                    }
                    (latencies, last, bytes)
                })
            })
            .collect();
        let (mut latencies, mut last, mut bytes) = (Vec::new(), begin, 0);
        for task in tasks {
            let (each, until, size) = task.await.unwrap();
            latencies.extend(each);
            last = last.max(until);
            bytes = size;
        }
        latencies.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred thousand")]
        let rate = latencies.len() as f64 / (last - begin).as_secs_f64();
        Measured { clients, rate, latencies, answers: total.get(), bytes }
    })
}
