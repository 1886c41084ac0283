//! Running the built program on a specification.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A CSV table as one map a row.
pub(crate) type Rows = Vec<HashMap<String, String>>;

/// A folder of this test.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A CSV file.
pub(crate) fn table(path: &Path) -> Rows {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let row = |record: csv::Result<csv::StringRecord>| {
        header.iter().cloned().zip(record.expect("a row").iter().map(str::to_owned)).collect::<HashMap<_, _>>()
    };
    reader.records().map(row).collect()
}

/// Runs `sipas estimate` in a folder.
pub(crate) fn estimate(within: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    command.arg("estimate").args(arguments).current_dir(within);
    command.output().expect("the program starts")
}

/// Files for one run, in a folder of their own.
pub(crate) struct Files(TempDir);

impl Files {
    /// `spec.yaml` and any others.
    pub(crate) fn new(spec: &str, others: &[(&str, &str)]) -> Self {
        let files = Self(tempfile::tempdir().expect("a temporary folder"));
        files.write("spec.yaml", spec.as_bytes());
        others.iter().for_each(|(name, text)| files.write(name, text.as_bytes()));
        files
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).expect("a file")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        estimate(self.0.path(), &[&["spec.yaml"], arguments].concat())
    }

    /// The results, which there must be.
    pub(crate) fn json(&self) -> Value {
        results(&self.run(&["--format", "json"]), "spec.yaml")
    }

    /// The refusal, which there must be: exit code 1, nothing on standard output.
    pub(crate) fn refusal(&self) -> String {
        let output = self.run(&["--format", "json"]);
        let told = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(1), "{told}{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty(), "figures beside a refusal: {told}");
        told
    }
}

/// What a run wrote as JSON. Text such as NaN, which JSON does not know, fails here.
pub(crate) fn results(output: &Output, what: &str) -> Value {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| unreachable!("{what}: {e}"))
}

/// Columns and values of a domain, as the CSV form writes them.
pub(crate) fn shown(domain: &Value) -> String {
    let pairs = domain.as_object().expect("a domain").iter();
    pairs.map(|(column, value)| format!("{column}={}", value.as_str().expect("text"))).collect::<Vec<_>>().join(";")
}

/// The one row of a request with this domain, variable and level.
#[track_caller]
pub(crate) fn row<'a>(results: &'a Value, request: &str, domain: &str, variable: &str, level: &str) -> &'a Value {
    let wanted = |row: &&Value| {
        row["request"] == request
            && shown(&row["domain"]) == domain
            && row["variable"] == variable
            && row["level"].as_str().unwrap_or_default() == level
    };
    let found: Vec<&Value> = results["results"].as_array().expect("results").iter().filter(wanted).collect();
    assert_eq!(found.len(), 1, "rows of {request} {domain} {variable} {level}");
    found[0]
}

/// A figure that must agree: to `tolerance` of the expected one, or to `floor`.
#[track_caller]
pub(crate) fn near(found: &Value, expected: f64, tolerance: f64, floor: f64, what: &str) {
    let value = found.as_f64().unwrap_or_else(|| unreachable!("{what}: found {found}, expected {expected}"));
    let error = (value - expected).abs();
    assert!(error <= floor.max(tolerance * expected.abs()), "{what}: found {value:.17}, expected {expected:.17}, off by {error:.1e}");
}
