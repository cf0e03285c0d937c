//! `mainstay demo` as people run it: one command, and a whole company lies in a folder.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

fn mainstay(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.env_clear().env("PATH", "/usr/bin:/bin").args(arguments).arg(folder).output().unwrap()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn one_command_makes_a_company_with_statements_and_mails() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("demo");
    let made = mainstay(&["demo", "--members", "120", "--today", "2026-11-21", "--dir"], &folder);
    let (out, err) = (String::from_utf8(made.stdout).unwrap(), String::from_utf8(made.stderr).unwrap());
    assert!(made.status.success(), "{err}");
    assert!(out.contains("120 members") && out.contains("14 committed runs") && out.contains("Password:"), "{out}");

    let statements = files(&folder.join("statements"));
    assert!(statements.iter().all(|file| std::fs::read(file).unwrap().starts_with(b"%PDF")));
    assert!(!statements.is_empty());
    assert_eq!(files(&folder.join("mail/new")).len(), statements.len());

    let sign_in = folder.join("sign-in.txt");
    assert_eq!(std::fs::metadata(&sign_in).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(out.ends_with(&std::fs::read_to_string(&sign_in).unwrap()), "{out}");

    let ledger = mainstay(&["ledger", "check", "--config"], &folder.join("config.toml"));
    assert!(ledger.status.success() && ledger.stdout.is_empty());

    let before = std::fs::read(folder.join("sign-in.txt")).unwrap();
    let again = mainstay(&["demo", "--members", "50", "--dir"], &folder);
    let out = String::from_utf8(again.stdout).unwrap();
    assert!(again.status.success() && out.contains("was left alone"), "{out}");
    assert_eq!(std::fs::read(folder.join("sign-in.txt")).unwrap(), before);
}
