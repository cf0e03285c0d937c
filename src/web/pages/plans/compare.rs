//! Two versions side by side: in words, and as text line by line.

use askama::Template;
use rocket::State;

use crate::plan::diff::{Change, LineChange, diff, line_diff};
use crate::store::plans::{self, PlanVersion};
use crate::store::{Conn, StoreError};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// Lines of the same text that are shown around a difference.
const AROUND: usize = 3;

#[derive(Template)]
#[template(path = "web/plans/compare.html")]
struct Compare<'t> {
    shell: Shell,
    before: &'t PlanVersion,
    after: &'t PlanVersion,
    all: &'t [PlanVersion],
    /// `words` or `text`.
    view: &'static str,
    changes: Vec<Change>,
    lines: Vec<Shown<'t>>,
}

/// A line of both texts, or a gap where nothing differs.
enum Shown<'t> {
    Line(LineChange<'t>),
    Gap(usize),
}

#[rocket::get("/plans/<version>/compare?<with>&<view>")]
pub async fn show(
    who: Signed<View>,
    app: &State<App>,
    version: i32,
    with: Option<i32>,
    view: Option<&str>,
) -> Result<Page, Fault> {
    let view = if view == Some("text") { "text" } else { "words" };
    let (all, before, after) = app.blocking(move |app| app.db.read(|c| load(c, version, with))).await?;
    let name = |version: &PlanVersion| format!("version {}", version.version);
    let changes = diff((&name(&before), &before.source), (&name(&after), &after.source)).map_err(Fault::refused)?;
    let lines = if view == "text" { shown(line_diff(&before.source, &after.source)) } else { Vec::new() };
    Page::of(&Compare { shell: who.shell, before: &before, after: &after, all: &all, view, changes, lines })
}

/// The two versions, the lower number first; without a second one the version before.
fn load(
    conn: &mut Conn,
    version: i32,
    with: Option<i32>,
) -> Result<(Vec<PlanVersion>, PlanVersion, PlanVersion), StoreError> {
    let all = plans::list(conn)?;
    let this = plans::get_by_version(conn, version)?;
    let other = match with {
        Some(other) => plans::get_by_version(conn, other)?,
        None => all.iter().find(|other| other.version < version).cloned().unwrap_or_else(|| this.clone()),
    };
    let (before, after) = if other.version <= this.version { (other, this) } else { (this, other) };
    Ok((all, before, after))
}

/// Long stretches without a difference become gaps.
fn shown(lines: Vec<LineChange<'_>>) -> Vec<Shown<'_>> {
    let differs: Vec<usize> = (0..lines.len()).filter(|at| !matches!(lines[*at], LineChange::Same(..))).collect();
    let is_near = |at: usize| {
        let next = differs.partition_point(|other| *other + AROUND < at);
        differs.get(next).is_some_and(|other| *other <= at + AROUND)
    };
    let mut out = Vec::new();
    let mut gap = 0;
    for (at, line) in lines.into_iter().enumerate() {
        if is_near(at) {
            if gap > 0 {
                out.push(Shown::Gap(gap));
                gap = 0;
            }
            out.push(Shown::Line(line));
        } else {
            gap += 1;
        }
    }
    if gap > 0 {
        out.push(Shown::Gap(gap));
    }
    out
}

impl Change {
    /// The sentence without the part, which stands in a column of its own.
    fn rest(&self) -> &str {
        self.text.strip_prefix(&self.part).map_or(self.text.as_str(), |rest| rest.trim_start_matches([':', ' ']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_becomes_a_gap() {
        let before: Vec<String> = (1..=20).map(|line| format!("line {line}")).collect();
        let mut after = before.clone();
        after[9] = "another".to_owned();
        let (before, after) = (before.join("\n"), after.join("\n"));
        let shown = shown(line_diff(&before, &after));
        let gaps: Vec<usize> =
            shown.iter().filter_map(|line| if let Shown::Gap(gap) = line { Some(*gap) } else { None }).collect();
        assert_eq!((shown.len(), gaps), (2 + 3 + 2 + 3, vec![6, 7]));
    }
}
