//! The corpus of the fuzzer, tried again.

use super::fuzzed;

#[test]
fn everything_the_fuzzer_kept_is_answered() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/xlsform");
    let inputs: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    assert!(inputs.len() >= 10, "the corpus is not there");
    for path in inputs {
        println!("{}", path.display());
        fuzzed::try_input(&std::fs::read(path).unwrap());
    }
}
