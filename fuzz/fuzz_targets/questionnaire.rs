//! Any text is a questionnaire or findings; what is read can be written and read anew.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sipas::questionnaires::model::Answers;
use sipas::questionnaires::{format, read};

fuzz_target!(|source: &str| {
    let Ok(form) = read(source) else { return };
    let _ = form.settle(Answers::default());
    let file = format::parse(source).unwrap();
    let written = format::write(&file).unwrap();
    read(&written).unwrap_or_else(|f| panic!("what was written cannot be read: {f:?}\n{written}"));
});
