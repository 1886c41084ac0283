//! pyxform, the XLSForm project's own converter, accepts every export.

use std::path::{Path, PathBuf};
use std::process::Command;

use sipas::exchange::xlsform;
use sipas::questionnaires::format;

/// `xls2xform`: where `tests/setup/install.sh` puts it, or on the PATH.
fn converter() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pyxform/bin/xls2xform");
    if own.exists() { own } else { "xls2xform".into() }
}

#[test]
fn pyxform_accepts_every_export() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires");
    let mut sources: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap()).collect();
    sources.push(include_str!("every_feature.yaml").to_owned());
    let out = tempfile::tempdir().unwrap();
    for (n, source) in sources.iter().enumerate() {
        let file = format::parse(source).unwrap();
        let (form, xform) = (out.path().join(format!("{n}.xlsx")), out.path().join(format!("{n}.xml")));
        std::fs::write(&form, xlsform::write(&file).unwrap()).unwrap();
        let run = Command::new(converter()).arg("--skip_validate").args([&form, &xform]).output();
        let run = run.expect("pyxform is not installed: run tests/setup/install.sh");
        let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success() && xform.exists(), "{}: {said}", file.code.value);
        let converted = std::fs::read_to_string(&xform).unwrap();
        for q in file.sections.iter().flat_map(|s| &s.questions).filter(|q| q.code.value != "meta") {
            assert!(converted.contains(&format!("/{}\"", q.code.value)), "{} is not in the XForm", q.code.value);
        }
    }
}
