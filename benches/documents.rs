//! How long printing takes: a report of sixty pages and more, with tables of 126 rows, as PDF and as Word file, and slides.
//!
//! The bench fails when the report takes longer than ten seconds: somebody waits for it.

#![allow(missing_docs, unreachable_pub, dead_code, reason = "the example is shared with the tests")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench stops where it fails"
)]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "figures of the example are small")]

#[path = "../tests/documents/example.rs"]
mod example;

use std::time::{Duration, Instant};

use sipas::documents::{self, Annex, Block};

fn main() {
    let mut report = example::report();
    for at in 0..6 {
        let blocks = vec![Block::Table(example::by_unit(126)), Block::PageBreak, Block::Table(example::by_unit_and_factor(126))];
        report.annexes.push(Annex { title: format!("Phụ lục thêm {at}"), about: String::new(), landscape: at % 2 == 1, blocks });
    }
    let (pdf, pages, took) = timed(|| documents::pdf(&report));
    println!("report, PDF:  {took:>8.2?}  {pages} pages  {} KiB", pdf.len() / 1024);
    assert!(pages >= 60, "the report should have sixty pages, it has {pages}");
    assert!(took < Duration::from_secs(10), "printing a report took {took:?}");
    let (docx, _, took) = timed(|| documents::docx(&report));
    println!("report, Word: {took:>8.2?}  {} KiB", docx.len() / 1024);
    let (slides, pages, took) = timed(|| documents::slides(&example::deck()));
    println!("slides:       {took:>8.2?}  {pages} pages  {} KiB", slides.len() / 1024);
}

/// What was made, how many pages of PDF it has, and how long it took.
fn timed(make: impl FnOnce() -> sipas::error::Result<Vec<u8>>) -> (Vec<u8>, usize, Duration) {
    let began = Instant::now();
    let made = make().expect("it is made");
    let took = began.elapsed();
    // How many pages there are stands in the clear; a Word file does not say.
    let counted = String::from_utf8_lossy(&made)
        .rsplit("/Type/Pages/Count ")
        .next()
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    let pages = counted.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    (made, pages, took)
}
