//! `mainstay run due`: the periods that are over and have no run yet.

use serde_json::json;

use super::{Failure, print_json, print_line, say};
use crate::actions::due_runs::{self, DueRuns};
use crate::actions::preview;
use crate::clock::Clock;
use crate::domain::period::{self, Stretch};
use crate::store::{Db, StoreResult};

/// Prints them.
pub fn print(db: &Db, clock: &Clock, as_json: bool) -> Result<(), Failure> {
    let all = read(db, clock)?;
    if as_json {
        let stretch = |s: &Stretch| json!({ "period": s.label, "first_day": s.first, "last_day": s.last });
        let list = |all: &[Stretch]| all.iter().map(stretch).collect::<Vec<_>>();
        let rows: Vec<_> = all
            .iter()
            .map(|due| {
                json!({
                    "kind": due.kind, "due": list(&due.over), "open": due.open.as_ref().map(stretch),
                    "waits_for": list(&due.waits_for), "warning": due.warning(),
                })
            })
            .collect();
        return print_json(&rows);
    }
    if all.iter().all(|due| due.over.is_empty()) {
        print_line("Nothing is due: every period that is over has a run.")?;
    }
    for due in &all {
        for stretch in &due.over {
            let Stretch { kind, label, first, last } = stretch;
            print_line(format!("{label:<11} {:<11} {}", kind.as_str(), period::days(*first, *last)))?;
        }
        if let Some(warning) = due.warning() {
            print_line(format!("            {warning}"))?;
        }
    }
    for open in all.iter().filter_map(|due| due.open.as_ref()) {
        print_line(format!("{:<11} {:<11} open until {}", open.label, open.kind.as_str(), open.last))?;
    }
    Ok(())
}

/// Says on standard error what a run over the period would miss.
pub fn warn(db: &Db, clock: &Clock, label: &str) -> Result<(), Failure> {
    let due = read(db, clock)?;
    let warning = due.iter().find(|due| due.next().is_some_and(|next| next.label == label)).and_then(DueRuns::warning);
    if let Some(warning) = warning {
        say(&format!("mainstay: {warning}"));
    }
    Ok(())
}

fn read(db: &Db, clock: &Clock) -> StoreResult<Vec<DueRuns>> {
    db.read(|conn| match preview::today(conn, clock)? {
        Some(today) => due_runs::list(conn, today),
        None => Ok(Vec::new()),
    })
}
