//! The real forms.

use sipas::exchange::xlsform::{self, Options};

#[test]
fn show() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sipas/tests/exchange/forms");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e != "md")) {
        println!("===== {}", path.display());
        match xlsform::read(&std::fs::read(path).unwrap(), &Options::default()) {
            Ok(i) => {
                for w in i.warnings {
                    println!("w {w}");
                }
                println!("{}", sipas::questionnaires::format::write(&i.file).unwrap());
            }
            Err(p) => p.iter().for_each(|p| println!("P {p}")),
        }
    }
}

#[test]
fn dump() {
    let out = std::path::Path::new("/work/h3/tmp/out");
    std::fs::create_dir_all(out).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires");
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    all.push("/work/h3/sipas/tests/exchange/every_feature.yaml".into());
    for path in all {
        let file = sipas::questionnaires::format::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        match xlsform::write(&file) {
            Ok(b) => std::fs::write(out.join(path.file_stem().unwrap()).with_extension("xlsx"), b).unwrap(),
            Err(p) => p.iter().for_each(|p| println!("P {p}")),
        }
    }
}
