//! Reads the source and holds the rules of the house: who may import whom, sizes, names and words.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each part of the library may import besides itself. Parts that aren't listed may import everything.
const IMPORTS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("plan", &["domain"]),
    ("clock", &["domain"]),
    ("text", &[]),
    ("log", &[]),
    ("config", &["store", "text"]),
    ("store", &["domain", "plan", "clock", "log", "text"]),
    ("mail", &["domain", "plan", "clock", "log", "text", "config"]),
    ("pdf", &["domain", "plan", "clock", "log", "text", "config"]),
    ("sheet", &["domain", "plan", "clock", "log", "text", "config"]),
    ("actions", &["domain", "plan", "store", "mail", "pdf", "sheet", "clock", "log", "text", "config"]),
    ("jobs", &["domain", "plan", "store", "mail", "pdf", "sheet", "actions", "clock", "log", "text", "config"]),
    ("demo", &["domain", "plan", "store", "mail", "pdf", "sheet", "actions", "jobs", "clock", "log", "text", "config"]),
];

/// Text that may stand only in some parts of the library.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("diesel::", &["store"]),
    ("rocket::", &["web"]),
    ("env::var", &["config"]),
    ("env::var_os", &["config"]),
    ("env::vars_os", &["config"]),
    ("env::args", &["config"]),
    ("SystemTime::now", &["clock"]),
    ("Instant::now", &["clock"]),
    ("Utc::now", &["clock"]),
    ("Local::now", &["clock"]),
];

/// Text that must not stand in some parts of the library.
const NOT_IN: &[(&str, &[&str])] = &[
    ("f32", &["domain", "plan", "store"]),
    ("f64", &["domain", "plan", "store"]),
    ("unsafe", &["domain", "plan", "store", "mail", "pdf", "sheet", "actions", "jobs", "web", "cli", "config", "demo"]),
];

const BANNED_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "service", "misc", "part2"];
const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;

struct Source {
    path: PathBuf,
    /// The part of the library: the first folder or file below src.
    part: String,
    text: String,
}

impl Source {
    /// Lines of code with their numbers: no comments, and nothing from the tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        code_of(if self.is_test() { "" } else { &self.text })
    }

    /// Whether the file holds the tests of the file beside it.
    fn is_test(&self) -> bool {
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        name == "tests" || name.ends_with("_tests")
    }
}

fn code_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line.split_once(" // ").map_or(line, |(code, _)| code)))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
    found.sort();
}

fn rust_files(folder: &str) -> Vec<Source> {
    let base = root().join(folder);
    let mut paths = Vec::new();
    files_below(&base, &mut paths);
    let sources: Vec<Source> = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let below = path.strip_prefix(&base).unwrap();
            let part = below.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
            Source {
                part,
                text: fs::read_to_string(&path).unwrap(),
                path: path.strip_prefix(root()).unwrap().to_owned(),
            }
        })
        .collect();
    assert!(!sources.is_empty(), "no source found below {folder}");
    sources
}

fn holds(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n{}", findings.join("\n"));
}

/// Whether `word` stands in `line` by itself, not as a piece of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        !joins(line[..at].chars().next_back())
            && (word.ends_with("::") || !joins(line[at + word.len()..].chars().next()))
    })
}

/// The parts of the library that a line names by `crate::`.
fn imports_of(line: &str) -> Vec<&str> {
    line.split("crate::")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Functions that are too long: their line and length. rustfmt puts the closing brace below the first letter.
fn long_functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<(usize, &str)> = code_of(text).collect();
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let opens = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn ", "const fn "]
            .iter()
            .any(|start| code.starts_with(start));
        if !opens || line.ends_with(['}', ';']) {
            continue;
        }
        let closing = format!("{indent}}}");
        if let Some((last, _)) = lines[index..].iter().find(|(_, line)| **line == closing) {
            let length = last - number + 1;
            if length > FUNCTION_LINES {
                found.push((*number, length));
            }
        }
    }
    found
}

#[test]
fn parts_import_only_what_they_may() {
    let mut findings = Vec::new();
    for source in rust_files("src") {
        let Some((_, allowed)) = IMPORTS.iter().find(|(part, _)| *part == source.part) else { continue };
        for (number, line) in source.code() {
            for name in imports_of(line) {
                let is_part = root().join("src").join(name).is_dir() || root().join(format!("src/{name}.rs")).is_file();
                if is_part && name != source.part && !allowed.contains(&name) {
                    findings.push(format!(
                        "{}:{number}: {} must not import {name}",
                        source.path.display(),
                        source.part
                    ));
                }
            }
        }
    }
    holds("Who may import whom", &findings);
}

#[test]
fn some_words_stay_in_their_part() {
    let mut findings = Vec::new();
    for source in rust_files("src") {
        for (number, line) in source.code() {
            for (word, parts) in ONLY_IN {
                if has_word(line, word) && !parts.contains(&source.part.as_str()) {
                    findings.push(format!(
                        "{}:{number}: {word} belongs into {}",
                        source.path.display(),
                        parts.join(", ")
                    ));
                }
            }
            for (word, parts) in NOT_IN {
                if has_word(line, word) && parts.contains(&source.part.as_str()) {
                    findings.push(format!("{}:{number}: {word} must not be here", source.path.display()));
                }
            }
        }
    }
    holds("Words in their parts", &findings);
}

#[test]
fn files_and_functions_stay_small() {
    let mut findings = Vec::new();
    for source in rust_files("src").into_iter().chain(rust_files("tests")) {
        let lines = source.text.lines().count();
        if lines > FILE_LINES {
            findings.push(format!("{}: {lines} lines, {FILE_LINES} at most", source.path.display()));
        }
        for (number, length) in long_functions(&source.text) {
            findings.push(format!("{}:{number}: {length} lines, {FUNCTION_LINES} at most", source.path.display()));
        }
    }
    holds("Sizes", &findings);
}

#[test]
fn names_say_what_things_are() {
    let mut findings = Vec::new();
    for source in rust_files("src").into_iter().chain(rust_files("tests")) {
        for piece in &source.path {
            let name = piece.to_string_lossy();
            if BANNED_NAMES.contains(&name.trim_end_matches(".rs")) {
                findings.push(format!("{}: {name} says nothing", source.path.display()));
            }
        }
    }
    holds("Names", &findings);
}

#[test]
fn every_module_says_what_it_is() {
    let findings: Vec<String> = rust_files("src")
        .iter()
        .filter(|source| !source.is_test() && !source.text.starts_with("//!"))
        .map(|source| format!("{}: opens without //!", source.path.display()))
        .collect();
    holds("Modules open with //!", &findings);
}

#[test]
fn nothing_is_left_for_later() {
    // Written in pieces, so that this file doesn't find itself.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let mut findings = Vec::new();
    for source in rust_files("src").into_iter().chain(rust_files("tests")) {
        for (index, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| has_word(line, word)) {
                findings.push(format!("{}:{}: {}", source.path.display(), index + 1, line.trim()));
            }
        }
    }
    holds("Nothing left for later", &findings);
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |side: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(side);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty(), "there are no migrations");
    assert_eq!(sqlite, postgres);
    for side in ["sqlite", "postgres"] {
        for name in &sqlite {
            let folder = root().join("migrations").join(side).join(name);
            assert!(folder.join("up.sql").is_file(), "{} has no up.sql", folder.display());
            assert!(!folder.join("down.sql").exists(), "{} goes back; migrations go forward only", folder.display());
        }
    }
}

#[test]
fn the_rules_can_be_broken() {
    let long = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(FUNCTION_LINES));
    assert_eq!(long_functions(&long), [(1, FUNCTION_LINES + 2)]);
    assert!(long_functions("fn a() {\n    b();\n}\n").is_empty());
    assert_eq!(imports_of("use crate::store::Db; let x = crate::web::y();"), ["store", "web"]);
    assert!(has_word("use diesel::prelude::*;", "diesel::"));
    assert!(has_word("let x: f64 = 1.0;", "f64"));
    assert!(!has_word("let buf64 = 1;", "f64"));
    assert_eq!(code_of("a\n// f64\n#[cfg(test)]\nf64").count(), 1);
}
