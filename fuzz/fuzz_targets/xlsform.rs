//! Whatever is uploaded as an XLSForm, the importer answers; and what it takes comes back from an export.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/exchange/fuzzed.rs"]
mod fuzzed;

fuzz_target!(|input: &[u8]| fuzzed::try_input(input));
