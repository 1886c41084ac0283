//! Files that are no tables and no specifications are refused with their line.

use super::program::Files;
use super::refusals::DATA;

#[test]
fn data_files_that_are_no_tables_are_refused_with_their_line() {
    let spec = "data: d.csv\ndesign: {weights: w}\nestimates: [{name: m, mean: [y], by: [t]}]\n";
    let cases: [(&[u8], &[&str]); 14] = [
        (b"", &["d.csv", "empty"]),
        (b"w,y,t\n", &["d.csv", "no rows"]),
        (b"w,y,t\n1,2,a\n1,3\n", &["d.csv:3", "2 cells", "3"]),
        (b"w,y,t\n1,2,a\n1,3,b,c\n", &["d.csv:3", "4 cells", "3"]),
        (b"w,y,t\n1,2,\"a\nb\"\n1,3,\"a\nb\nc\"\n1,x,c\n", &["d.csv:7", "\"x\""]),
        (b"w,y,t,y\n1,2,a,3\n", &["d.csv:1", "two columns named y"]),
        (b"w;y;t\n1;2;a\n", &["d.csv:1", "no column w"]),
        (b"w,y,t\n1,2,\xe9\n", &["d.csv:2", "column t", "UTF-8"]),
        (b"w,y,\xe9\n1,2,3\n", &["d.csv:1", "UTF-8"]),
        (b"\xff\xfew\x00,\x00y\x00", &["d.csv:1", "UTF-8"]),
        (b"w,y,t\n1,Inf,a\n", &["d.csv:2", "\"Inf\"", "finite"]),
        (b"w,y,t\n1,\"1,000\",a\n", &["d.csv:2", "\"1,000\""]),
        (b"w,y,t\n1,2%,a\n", &["d.csv:2", "\"2%\""]),
        // The rows after the quote ran into one cell once, without a word.
        (b"w,y,t\n1,2,a\n1,3,b\n1,4,\"c\n1,5,a\n1,6,b\n", &["d.csv:4", "quote"]),
    ];
    for (data, parts) in cases {
        let files = Files::new(spec, &[]);
        files.write("d.csv", data);
        let told = files.refusal();
        assert!(parts.iter().all(|part| told.contains(part)), "{parts:?} {told}");
    }
    let told = Files::new(spec, &[]).refusal();
    assert!(told.contains("spec.yaml:1:") && told.contains("no file d.csv"), "{told}");
}

#[test]
fn specifications_that_are_no_yaml_are_refused_with_their_line() {
    let cases: [(&[u8], &str); 9] = [
        (b"", "spec.yaml:1:1"),
        (b"hello", "spec.yaml:1:1"),
        (b"- a\n- b\n", "spec.yaml:1:1"),
        (b"data: d.csv\ndesign: {weights: w\n", "spec.yaml:2:9"),
        (b"data: d.csv\ndesign:\n\tweights: w\n", "spec.yaml:3:"),
        (b"data: d.csv\ndata: e.csv\n", "spec.yaml:2:1"),
        (b"estimates: []\n", "`data`"),
        (b"data: d.csv\nestimates: {name: m, mean: [y]}\n", "spec.yaml:2:12"),
        (b"data: d.csv\n# \xff\n", "UTF-8"),
    ];
    for (spec, part) in cases {
        let files = Files::new("", &[("d.csv", DATA)]);
        files.write("spec.yaml", spec);
        let told = files.refusal();
        assert!(told.contains(part), "{part}: {told}");
    }
}
