//! The trace of a line as compact JSON, made when it is asked for from what the engine noted.

use super::result::{EarningLine, PassedReason, RunResult};
use super::snapshot::Snapshot;

/// Writes traces of one result. The frequent parts are prepared once.
pub struct Tracer<'a> {
    result: &'a RunResult,
    snapshot: &'a Snapshot,
    heads: Vec<String>,
    tail: String,
}

impl RunResult {
    /// A writer of traces for this result.
    pub fn tracer<'a>(&'a self, snapshot: &'a Snapshot) -> Tracer<'a> {
        let head = |note: &String| {
            let mut out = String::from("{\"because\":");
            quote(note, &mut out);
            out
        };
        let value = self.point_value.normalize();
        let tail = format!(",\"point_value\":\"{value}\",\"rounding\":\"{}\"}}", self.rounding.as_str());
        Tracer { result: self, snapshot, heads: self.notes.iter().map(head).collect(), tail }
    }
}

impl Tracer<'_> {
    /// Appends the trace of a line: why the member could earn, who was passed over, the value of a point and the
    /// rounding. Order, level, base, rate and amount are the line's own.
    pub fn write(&self, line: usize, out: &mut String) {
        let line = &self.result.lines[line];
        out.push_str(self.heads.get(usize::from(line.note)).map_or("{\"because\":\"\"", String::as_str));
        let start = out.len();
        out.push_str(",\"passed\":");
        let bare = out.len();
        self.passed(line, out);
        if out.len() == bare {
            out.truncate(start);
        }
        out.push_str(&self.tail);
    }

    /// Appends the same in few bytes, as millions of lines are stored: `["rM-12","AM-7",3]`. Each text is a letter for the
    /// reason, in upper case if a level was used up, and the number of the member; a number in the end is how many more
    /// there were.
    pub fn passed_short(&self, line: &EarningLine, out: &mut String) {
        let (passed, more) = self.result.climbs.passed(line);
        for (place, who) in passed.iter().enumerate() {
            out.push_str(if place > 0 { ",\"" } else { "[\"" });
            let letter = letter_of(who.reason);
            out.extend(letter.chars().map(|c| if who.used_level { c.to_ascii_uppercase() } else { c }));
            escape(&self.snapshot.members[who.member as usize].number, out);
            out.push('"');
        }
        if more > 0 {
            out.push(',');
            out.push_str(&more.to_string());
        }
        if !passed.is_empty() {
            out.push(']');
        }
    }

    /// Appends who was passed over, nearest first, each as `[number, reason, 1 if a level was used up]`, and in the end
    /// how many more there were, if so; nothing where nobody was.
    pub fn passed(&self, line: &EarningLine, out: &mut String) {
        let (passed, more) = self.result.climbs.passed(line);
        if passed.is_empty() {
            return;
        }
        out.push('[');
        for (place, who) in passed.iter().enumerate() {
            out.push_str(if place > 0 { ",[" } else { "[" });
            quote(&self.snapshot.members[who.member as usize].number, out);
            out.push_str(",\"");
            out.push_str(who.reason.as_str());
            out.push_str(if who.used_level { "\",1]" } else { "\",0]" });
        }
        if more > 0 {
            out.push(',');
            out.push_str(&more.to_string());
        }
        out.push(']');
    }
}

/// Who was passed over, from what [`Tracer::passed_short`] wrote: number, reason, and whether a level was used up.
pub fn read_passed(text: &str) -> Vec<(String, PassedReason, bool)> {
    let all: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    let one = |entry: &serde_json::Value| {
        let (letter, number) = entry.as_str()?.split_at_checked(1)?;
        let reason = PassedReason::ALL.iter().find(|reason| letter_of(**reason) == letter.to_ascii_lowercase())?;
        Some((number.to_owned(), *reason, letter == letter.to_ascii_uppercase()))
    };
    all.iter().filter_map(one).collect()
}

/// A letter for a reason.
const fn letter_of(reason: PassedReason) -> &'static str {
    match reason {
        PassedReason::NotEarning => "e",
        PassedReason::NotActive => "a",
        PassedReason::RankTooLow => "r",
        PassedReason::NotQualified => "q",
    }
}

/// A JSON text.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// The characters of a JSON text. Most numbers need no escape and are copied at once.
fn escape(text: &str, out: &mut String) {
    if !text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\' || byte >= 0x7f) {
        return out.push_str(text);
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.extend(['\\', 'u'].into_iter().chain(format!("{:04x}", u32::from(c)).chars())),
            c => out.push(c),
        }
    }
}
