//! What changed between two plan files, in words.
//!
//! The two documents are compared by meaning: sections by their code or name, values as they are written,
//! tables row by row. Comments, layout and the order of what has no order are no change. Nothing here
//! knows what a key means to the engine, so that a plan language that grows is compared as well.

mod expression;
mod fields;
mod lines;
mod needs;
mod renames;
mod sections;
#[cfg(test)]
mod tests;
mod value;

use toml::de::DeTable;

pub use lines::{LineChange, line_diff};
use value::{Table, Value};

/// One difference between two plans.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The part of the plan, such as `Bonus team`.
    pub part: String,
    /// The value before, as written; empty where there was none.
    pub before: String,
    /// The value after, as written; empty where there is none.
    pub after: String,
    /// One sentence for people.
    pub text: String,
}

/// A file that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {message}; only files that are TOML can be compared, `mainstay plan check` says more")]
pub struct Unreadable {
    /// Which of the two.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Compares two plans, each given as the name to print and its text. An empty list: they mean the same.
///
/// # Errors
/// The first file that is not TOML.
pub fn diff(before: (&str, &str), after: (&str, &str)) -> Result<Vec<Change>, Unreadable> {
    let (old, new) = (read(before.0, before.1)?, read(after.0, after.1)?);
    let renames = renames::of(&old, &new);
    let old = renames::apply(&old, &new, &renames);
    let mut changes: Vec<Change> = renames.iter().map(|rename| rename.change(&new)).collect();
    sections::compare(&sections::of(&old), &sections::of(&new), &mut changes);
    Ok(changes)
}

fn read(file: &str, text: &str) -> Result<Table, Unreadable> {
    match DeTable::parse(text) {
        Ok(document) => Ok(value::table(text, document.get_ref())),
        Err(fault) => {
            let at = fault.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
            let message = fault.message().lines().next().unwrap_or("this is not TOML").to_owned();
            Err(Unreadable { file: file.to_owned(), line, message })
        }
    }
}
