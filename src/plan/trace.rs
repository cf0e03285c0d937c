//! The trace of a line as compact JSON, made when it is asked for from what the engine noted.

use super::result::{EarningLine, RunResult};
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

/// A JSON text.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.extend(['\\', 'u'].into_iter().chain(format!("{:04x}", u32::from(c)).chars())),
            c => out.push(c),
        }
    }
    out.push('"');
}
