//! Slides as PDF.

use sipas::documents::{self, Slide};
use sipas::error::Error;

use crate::example::{self, MARK};
use crate::support::{SLIDES, flat};

#[test]
fn each_slide_is_one_page_of_sixteen_to_nine() {
    let info = SLIDES.told("pdfinfo", &["-f", "1", "-l", "9"]);
    let sizes: Vec<&str> = info.lines().filter(|line| line.starts_with("Page") && line.contains(" size:")).collect();
    assert_eq!(sizes.len(), example::deck().slides.len() + 1);
    assert!(
        sizes.iter().all(|size| size.contains("960.009 x 540") || size.contains("960 x 540") || size.contains("960.01 x 540")),
        "{sizes:?}"
    );
}

#[test]
fn a_slide_says_its_finding_its_points_and_its_number() {
    let deck = example::deck();
    let pages = SLIDES.pages();
    assert!(pages[0].contains(&deck.title) && pages[0].contains(&deck.subtitle), "{}", pages[0]);
    for (at, slide) in deck.slides.iter().enumerate() {
        let page = &pages[at + 1];
        for text in slide.points.iter().chain(&slide.note).chain([&slide.title, &deck.foot]) {
            assert!(page.contains(&flat(text)), "“{text}” is not on page {}:\n{page}", at + 2);
        }
        assert!(page.contains(&format!("{}/{}", at + 2, pages.len())), "{page}");
    }
    assert!(pages.iter().all(|page| page.replace(' ', "").matches("DỮLIỆUMINHHOẠ").count() >= 2 && page.contains(MARK)));
    assert!(pages[2].contains("Công chức giải quyết công việc"), "the picture's words are words: {}", pages[2]);
    assert!(pages[4].contains("Phường Cửa Nam") && pages[4].contains("Khoảng tin cậy 95% (%)"), "{}", pages[4]);
}

#[test]
fn a_slide_that_no_room_could_read_is_refused_by_name() {
    let mut deck = example::deck();
    let points = (0..40).map(|at| format!("Điểm thứ {at} nói rất nhiều điều mà không ai ngồi cuối phòng đọc được.")).collect();
    deck.slides.push(Slide { title: "Quá nhiều".into(), points, ..Slide::default() });
    let told = documents::slides(&deck).unwrap_err();
    assert!(matches!(&told, Error::Refused(what) if what.contains("slide 6 (“Quá nhiều”) holds more than a page can show")), "{told}");

    deck.slides = vec![Slide { title: "Bảng dài".into(), table: Some(example::by_unit(60)), ..Slide::default() }];
    assert!(documents::slides(&deck).unwrap_err().to_string().contains("slide 2 (“Bảng dài”)"));
}

#[test]
fn a_sign_without_a_picture_in_the_typeface_is_refused() {
    let mut deck = example::deck();
    deck.slides[0].points.push("Tốt 👍".into());
    assert!(documents::slides(&deck).unwrap_err().to_string().contains("👍 (U+1F44D)"));
}
