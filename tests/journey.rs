//! A whole company by the command line: the same seed gives the same runs and the same bytes, on every database.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use crate::databases::{self, Fresh};

fn mainstay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mainstay")).env_clear().args(arguments).output().unwrap()
}

/// What the command printed; it must have succeeded.
fn said(arguments: &[&str]) -> String {
    let output = mainstay(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A made company: its runs with their hashes, and its statements.
struct Company {
    runs: String,
    statements: BTreeMap<String, Vec<u8>>,
    config: String,
    _folder: tempfile::TempDir,
}

fn company(fresh: &Fresh) -> Company {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let place = dir.to_str().unwrap();
    said(&["demo", "--members", "80", "--today", "2026-11-20", "--dir", place, "--database", &fresh.url]);
    let config = dir.join("config.toml").display().to_string();
    let runs = said(&["run", "list", "--json", "--config", &config]);
    Company { runs, statements: bytes_below(&dir.join("statements")), config, _folder: folder }
}

fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn the_same_seed_gives_the_same_runs_and_the_same_bytes_everywhere() {
    let databases: Vec<Fresh> = std::iter::once(databases::sqlite()).chain(databases::all()).collect();
    let companies: Vec<Company> = databases.iter().map(company).collect();
    let first = &companies[0];
    let runs: serde_json::Value = serde_json::from_str(&first.runs).unwrap();
    assert!(runs.as_array().unwrap().iter().all(|run| run["status"] == "committed"), "{runs:#}");
    assert_eq!(runs.as_array().unwrap().len(), 14);
    assert!(!first.statements.is_empty());
    for other in &companies[1..] {
        assert_eq!(first.runs, other.runs);
        assert!(first.statements == other.statements, "the statements differ");
    }
}

#[test]
fn the_ledger_check_is_silent_until_something_is_wrong() {
    databases::each(|fresh| {
        let company = company(fresh);
        let check = || mainstay(&["ledger", "check", "--config", &company.config]);
        let silent = check();
        assert_eq!((silent.status.code(), silent.stdout.as_slice()), (Some(0), &b""[..]));
        let number = company.statements.keys().next().unwrap().trim_end_matches(".pdf");
        fresh
            .tamper(&format!("UPDATE statements SET closing_minor = closing_minor + 1 WHERE number = '{number}'"))
            .unwrap();
        let alarm = check();
        assert_eq!(alarm.status.code(), Some(1));
        let text = String::from_utf8_lossy(&alarm.stdout).into_owned() + &String::from_utf8_lossy(&alarm.stderr);
        assert!(text.contains(&format!("Statement {number} does not agree")), "{text}");
    });
}
