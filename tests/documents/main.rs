//! Printed documents: reports as PDF and Word, slides. Programs that people use read them back: poppler and LibreOffice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops where it fails")]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "figures of the example are small")]

mod example;

#[test]
fn look() {
    std::fs::create_dir_all("/tmp/h2look").unwrap();
    let t = std::time::Instant::now();
    std::fs::write("/tmp/h2look/report.pdf", sipas::documents::pdf(&example::report()).unwrap()).unwrap();
    eprintln!("report {:?}", t.elapsed());
    let t = std::time::Instant::now();
    std::fs::write("/tmp/h2look/slides.pdf", sipas::documents::slides(&example::deck()).unwrap()).unwrap();
    eprintln!("slides {:?}", t.elapsed());
}
