//! Faults of a plan file: all at once, each with place, underlined text and advice.

use std::fmt;
use std::ops::Range;

/// One thing wrong, or doubtful, in a plan file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Bytes of the file that are meant.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// Every fault of a plan file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// Name of the file, as it is printed.
    pub file: String,
    /// The text of the file.
    pub text: String,
    /// The faults; never empty.
    pub list: Vec<Fault>,
}

impl Faults {
    /// Line and column, both from 1, of a fault's first character.
    pub fn place(&self, fault: &Fault) -> (usize, usize) {
        place(&self.text, fault)
    }
}

/// Line and column, both from 1, of a fault's first character.
pub fn place(text: &str, fault: &Fault) -> (usize, usize) {
    let at = Line::at(text, fault.span.start);
    (at.number, at.column)
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The plan cannot run.
    Error,
    /// The plan can run; somebody should look.
    Warning,
}

impl Severity {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.list {
            write!(f, "{}", render(Severity::Error, &self.file, &self.text, fault))?;
        }
        let count = self.list.len();
        writeln!(f, "{}: {count} {}", self.file, if count == 1 { "error" } else { "errors" })
    }
}

/// A fault as it is printed, with the line of the file underlined, ending in an empty line.
pub fn render(severity: Severity, file: &str, text: &str, fault: &Fault) -> String {
    let line = Line::at(text, fault.span.start);
    let end = floor_boundary(text, fault.span.end);
    let width = text.get(line.byte..end).map_or(1, |marked| marked.lines().next().unwrap_or("").chars().count());
    let number = line.number.to_string();
    let margin = " ".repeat(number.len());
    let shown: String = line.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut out = format!("{}: {}\n{margin}--> {file}:{number}:{}\n", severity.as_str(), fault.message, line.column);
    out.extend([margin.as_str(), " |\n", &number, " | ", shown.trim_end(), "\n"]);
    out.extend([margin.as_str(), " | ", &" ".repeat(line.column - 1), &"^".repeat(width.max(1)), "\n"]);
    if !fault.help.is_empty() {
        out.extend([margin.as_str(), " = help: ", &fault.help, "\n"]);
    }
    out.push('\n');
    out
}

/// The line of a text that holds a byte.
struct Line<'a> {
    number: usize,
    column: usize,
    byte: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn at(text: &'a str, byte: usize) -> Self {
        let byte = floor_boundary(text, byte);
        let start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        Line {
            number: text[..start].matches('\n').count() + 1,
            column: text[start..byte].chars().count() + 1,
            byte,
            text: &text[start..end],
        }
    }
}

fn floor_boundary(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The known name that is nearest to a mistyped one, if one alone is near enough.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().take(40).flat_map(char::to_lowercase).collect();
    let limit = (given.len() / 3).clamp(1, 3);
    let mut best: Option<((usize, usize), &str)> = None;
    let mut alone = true;
    for name in known {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
        // `first_level` is no mistyped `first`.
        let longer = given.starts_with(&letters) && given.get(letters.len()) != Some(&'_');
        let begun = given.len() >= 3 && (letters.starts_with(&given) || longer);
        let steps = distance(&given, &letters);
        // Of names that begin alike the nearer one is meant.
        let far = (if begun { 1 } else { steps }, steps);
        if far.0 > limit {
            continue;
        }
        match best {
            Some((nearest, _)) if nearest < far => {}
            Some((nearest, _)) if nearest == far => alone = false,
            _ => (best, alone) = (Some((far, name)), true),
        }
    }
    best.filter(|_| alone).map(|(_, name)| name)
}

/// Advice for an unknown name: the nearest one, or those that are known, the first ones of many.
pub fn suggest<'a>(given: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    nearest(given, known.clone()).map_or_else(
        || {
            const SHOWN: usize = 28;
            let mut all: Vec<&str> = Vec::new();
            for name in known {
                if all.len() > SHOWN {
                    break;
                }
                if !all.contains(&name) {
                    all.push(name);
                }
            }
            let more = if all.len() > SHOWN { " …" } else { "" };
            all.truncate(SHOWN);
            if all.is_empty() { String::new() } else { format!("known here: {}{more}", all.join(", ")) }
        },
        |name| format!("did you mean “{name}”?"),
    )
}

/// Optimal string alignment distance: insertions, deletions, changes and swapped neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut rows = vec![0_usize; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (rows[(i - 1) * width + j] + 1)
                    .min(rows[i * width + j - 1] + 1)
                    .min(rows[(i - 1) * width + j - 1] + change);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[(i - 2) * width + j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_far_ones_are_not() {
        assert_eq!(nearest("lges", ["legs", "level"]), Some("legs"));
        assert_eq!(nearest("Bronce", ["Bronze", "Silver"]), Some("Bronze"));
        assert_eq!(nearest("xyz", ["Bronze", "Silver"]), None);
        assert_eq!(nearest("bonus", ["plan", "bonuses"]), Some("bonuses"));
        assert_eq!(nearest("bv", ["cv", "qv"]), None, "two are equally near");
        assert_eq!(nearest("first_level", ["first", "own"]), None, "another word that only begins like it");
        assert_eq!(nearest("levels", ["level", "own"]), Some("level"));
    }

    #[test]
    fn the_caret_stands_under_the_meant_text() {
        let fault = Fault { span: 9..12, message: "wrong".into(), help: String::new() };
        let shown = render(Severity::Error, "p.toml", "a = 1\nb ü= bad\n", &fault);
        assert_eq!(shown, "error: wrong\n --> p.toml:2:3\n  |\n2 | b ü= bad\n  |   ^^^\n\n");
    }
}
