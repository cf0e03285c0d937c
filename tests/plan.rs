//! The catalogue of faults of the plan language: each `plan/faults/NAME.toml` prints exactly `NAME.txt`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mainstay::plan::check_report;

fn catalogue() -> BTreeMap<String, PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/plan/faults");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let plans = files.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    plans.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect()
}

#[test]
fn every_fault_is_printed_as_the_catalogue_says() {
    let mut wrong = Vec::new();
    for (name, path) in catalogue() {
        let report = check_report(&std::fs::read_to_string(&path).unwrap(), &name);
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        if report.text != expected {
            wrong.push(format!("{name} printed\n{}\ninstead of\n{expected}", report.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_catalogue_has_something_wrong() {
    let files = catalogue();
    assert!(files.len() > 100, "{} files", files.len());
    for (name, path) in files {
        let report = check_report(&std::fs::read_to_string(path).unwrap(), &name);
        let warning = name.starts_with("warning-");
        assert_eq!((report.faults > 0, report.warnings > 0), (!warning, warning), "{name}");
    }
}

#[test]
fn ten_faults_are_told_at_once() {
    let path = &catalogue()["ten-faults-at-once.toml"];
    let report = check_report(&std::fs::read_to_string(path).unwrap(), "p.toml");
    assert!(report.faults >= 10, "{}", report.text);
    assert!(report.findings.is_sorted_by_key(|finding| (finding.line, finding.column)));
}
