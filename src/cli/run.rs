//! `mainstay run`: a commission run from the frozen period to the committed ledger.

use std::io::{IsTerminal as _, Write as _};

use clap::Subcommand;
use serde_json::json;

use super::plan_explain::Asked;
use super::{Context, Failure, print_json, print_line};
use crate::actions::approve_run::approve_run;
use crate::actions::commit_run::commit_run;
use crate::actions::compute_run::compute_run;
use crate::actions::discard_run::discard_run;
use crate::actions::explain_run::explain_run;
use crate::actions::freeze_run::freeze_run;
use crate::actions::review_run::review_run;
use crate::domain::run::RunStatus;
use crate::domain::staff::{Actor, Permission};
use crate::store::runs::Run;
use crate::store::{Conn, Db, StoreResult, periods, runs, staff};

const EXPLAIN: &str = "\
Examples:
  mainstay run explain 2026-03 --member M-10482
  mainstay run explain R-2026-03-1 --order SF-00017 --format json";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List runs, the newest first
    #[command(after_help = "Example: mainstay run list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the periods that are over and have no run yet, each kind in its order
    #[command(after_help = "Example: mainstay run due --json")]
    Due {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what the open periods come to so far; nothing is frozen or written
    #[command(after_help = "Example: mainstay run estimate --json")]
    Estimate {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy the inputs of a period and make a run of them
    #[command(after_help = "Example: mainstay run freeze 2026-W44 --as jane@example.com")]
    Freeze {
        /// The period, for example 2026-03, 2026-W44, 2026-10-A (its first half) or 2026-Q4
        period: String,
        /// Who does it: the email address of a staff account
        #[arg(long = "as", value_name = "EMAIL")]
        actor: String,
    },
    /// Calculate a frozen run
    #[command(after_help = "Example: mainstay run calculate 2026-03 --as jane@example.com")]
    Calculate(Step),
    /// Say that the totals and exceptions of a calculated run were looked at
    #[command(after_help = "Example: mainstay run review 2026-03 --as jane@example.com")]
    Review(Step),
    /// Approve a reviewed run; never by the person who reviewed it
    #[command(after_help = "Example: mainstay run approve 2026-03 --as omar@example.com")]
    Approve(Step),
    /// Write an approved run into the ledger
    #[command(after_help = "Example: mainstay run commit 2026-03 --as omar@example.com")]
    Commit(Step),
    /// Say why a member earns something or nothing in a run, or where an order's volume went
    #[command(after_help = EXPLAIN)]
    Explain {
        /// The run: its period, for example 2026-03, or its number, for example R-2026-03-1
        run: String,
        #[command(flatten)]
        asked: Asked,
    },
    /// Throw a run away that is not committed; its period opens again
    #[command(after_help = "Example: mainstay run discard 2026-03 --as jane@example.com")]
    Discard(Step),
}

#[derive(Debug, clap::Args)]
struct Step {
    /// The run: its period, for example 2026-03, or its number, for example R-2026-03-1
    run: String,
    /// Who does it: the email address of a staff account
    #[arg(long = "as", value_name = "EMAIL")]
    actor: String,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (_, db) = context.open()?;
    let clock = &context.clock;
    let run = match &args.verb {
        Verb::List { json } => return list(&db, *json),
        Verb::Explain { run, asked } => return asked.print(&explain_run(&db, named(&db, run)?.id, asked.question())?),
        Verb::Due { json } => return super::due::print(&db, clock, *json),
        Verb::Estimate { json } => return super::estimate::print(&db, clock, *json),
        Verb::Freeze { period, actor } => {
            let actor = person(&db, actor)?;
            super::due::warn(&db, clock, period)?;
            freeze_run(&db, clock, &actor, period)?
        }
        Verb::Calculate(step) => {
            let (actor, run) = step.resolve(&db)?;
            let mut shown = Shown::default();
            let done = compute_run(&db, clock, &actor, run.id, &mut |done, total, what| shown.show(done, total, what));
            shown.end();
            done?
        }
        Verb::Review(step) => {
            let (actor, run) = step.resolve(&db)?;
            review_run(&db, clock, &actor, run.id, &run.result_hash)?
        }
        Verb::Approve(step) => {
            let (actor, run) = step.resolve(&db)?;
            approve_run(&db, clock, &actor, run.id, &run.result_hash)?
        }
        Verb::Commit(step) => {
            let (actor, run) = step.resolve(&db)?;
            commit_run(&db, clock, &actor, run.id)?
        }
        Verb::Discard(step) => {
            let (actor, run) = step.resolve(&db)?;
            discard_run(&db, clock, &actor, run.id)?
        }
    };
    print_line(line(&run))
}

impl Step {
    fn resolve(&self, db: &Db) -> Result<(Actor, Run), Failure> {
        let run = named(db, &self.run)?;
        Ok((person(db, &self.actor)?, run))
    }
}

/// The run of this name, or a failure that says so.
fn named(db: &Db, name: &str) -> Result<Run, Failure> {
    let run = db.read(|conn| find(conn, name))?;
    run.ok_or_else(|| Failure::failed(format!("there is no run {name}; see `mainstay run list`")))
}

/// The run of this number, or the one of the period that is not discarded.
pub(super) fn find(conn: &mut Conn, name: &str) -> StoreResult<Option<Run>> {
    let period = periods::list(conn)?.into_iter().find(|period| period.label == name);
    if let Some(period) = period {
        let of_period = runs::list_of_period(conn, period.id)?;
        return Ok(of_period.into_iter().find(|run| run.status != RunStatus::Discarded));
    }
    Ok(runs::list(conn)?.into_iter().find(|run| run.number == name))
}

/// The staff account that acts; it must be active and may manage runs.
pub(super) fn person(db: &Db, email: &str) -> Result<Actor, Failure> {
    let found = db.read(|conn| staff::find_by_email(conn, &email.to_lowercase()))?;
    match found {
        Some(person) if !person.is_active => Err(Failure::failed(format!("the account {email} is closed"))),
        Some(person) if !person.role.grants(Permission::ManageRuns) => {
            Err(Failure::failed(format!("{email} has the role {}, which may not manage runs", person.role)))
        }
        Some(person) => Ok(Actor::person(person.id, person.name, "command line")),
        None => Err(Failure::failed(format!("there is no staff account {email}; name one with --as"))),
    }
}

fn list(db: &Db, as_json: bool) -> Result<(), Failure> {
    let all = db.read(runs::list)?;
    if as_json {
        let rows: Vec<_> = all
            .iter()
            .map(|run| {
                json!({
                    "number": run.number, "status": run.status, "currency": run.currency,
                    "members": run.member_count, "orders": run.order_count, "lines": run.line_count,
                    "earned": run.currency.plain(run.earned_minor), "breakage": run.currency.plain(run.breakage_minor),
                    "input_hash": run.input_hash, "result_hash": run.result_hash,
                })
            })
            .collect();
        return print_json(&rows);
    }
    if all.is_empty() {
        return print_line("No runs yet. Begin with: mainstay run freeze PERIOD --as EMAIL");
    }
    all.iter().try_for_each(|run| print_line(line(run)))
}

fn line(run: &Run) -> String {
    format!(
        "{:<14} {:<11} {:>9} lines {:>14} {}  result {}",
        run.number,
        run.status.as_str(),
        run.line_count,
        run.currency.grouped(run.earned_minor),
        run.currency,
        if run.result_hash.is_empty() { "–" } else { &run.result_hash },
    )
}

/// A progress line on a terminal; silence elsewhere.
#[derive(Default)]
pub(super) struct Shown(bool);

/// A progress line that has shown nothing yet.
pub(super) fn shown() -> Shown {
    Shown::default()
}

impl Shown {
    pub(super) fn show(&mut self, done: u64, total: u64, what: &str) -> bool {
        let mut to = std::io::stderr();
        if to.is_terminal() {
            self.0 = true;
            drop(write!(to, "\r\x1b[K{what}: {done} of {total}"));
        }
        true
    }

    pub(super) fn end(&self) {
        if self.0 {
            drop(write!(std::io::stderr(), "\r\x1b[K"));
        }
    }
}
