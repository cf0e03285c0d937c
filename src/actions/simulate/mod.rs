//! What-if: a plan over periods that are over, beside what their committed runs paid.
//!
//! It reads the frozen inputs of the runs and writes nothing: no run, no line, no ledger. What a run
//! remembers goes from one simulated period to the next, and so do its best ranks and what goods take back.

mod chain;
mod report;
mod tally;

use std::collections::HashMap;

use chain::Chain;
pub use report::{Band, BonusReport, ExceptionReport, Figures, MemberReport, PeriodReport, RankReport, Report};
use tally::{Committed, Tally};

use super::ActionFault;
use super::freeze_run::{packed, unpacked};
use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::domain::ids::{MemberId, SimulationId};
use crate::domain::money::Currency;
use crate::domain::run::RunStatus;
use crate::domain::staff::Actor;
use crate::plan::{self, CheckedPlan, Snapshot};
use crate::sheet::neutralised;
use crate::store::periods::{self, Period};
use crate::store::runs::{self, Run};
use crate::store::simulations::{self, Simulation};
use crate::store::{Conn, Db, StoreError, StoreResult, ids, members, plans};

/// How many of the largest changes a report names.
const LARGEST: usize = 50;

/// A member's committed and simulated amounts over all periods, and ranks of the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// The number.
    pub number: String,
    /// What was paid.
    pub before_minor: i64,
    /// What would have been paid.
    pub after_minor: i64,
    /// Code of the rank that the last committed run paid on; empty for none.
    pub rank_before: String,
    /// Code of the rank in the simulation of the last period.
    pub rank_after: String,
}

impl MemberChange {
    /// More or less than was paid.
    pub const fn change(&self) -> i64 {
        self.after_minor - self.before_minor
    }
}

/// A finished simulation.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What it says.
    pub report: Report,
    /// Everybody with an amount in either, the largest change first.
    pub members: Vec<MemberChange>,
}

impl Outcome {
    /// Everybody with an amount as comma-separated values, amounts in units of the currency.
    ///
    /// # Errors
    /// Of a currency that is none.
    pub fn to_csv(&self) -> Result<String, ActionFault> {
        let currency: Currency =
            self.report.currency.parse().map_err(|_| StoreError::Corrupt(self.report.currency.clone()))?;
        let mut text = "member,rank_before,rank_after,before,after,change\n".to_owned();
        for member in &self.members {
            let MemberChange { number, rank_before, rank_after, before_minor, after_minor } = member;
            let amounts = [*before_minor, *after_minor, member.change()].map(|minor| currency.plain(minor)).join(",");
            let cells = [cell(number), cell(rank_before), cell(rank_after), amounts];
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        Ok(text)
    }
}

/// A cell that a sheet reads as it is.
fn cell(text: &str) -> String {
    let text = neutralised(text);
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into_owned() }
}

/// Keeps what a simulation found.
///
/// # Errors
/// Of the store.
pub fn keep(db: &Db, clock: &Clock, id: SimulationId, outcome: &Outcome) -> Result<(), ActionFault> {
    let json = serde_json::to_string(&outcome.report).map_err(|fault| StoreError::Corrupt(fault.to_string()))?;
    let changes = packed(outcome.to_csv()?.as_bytes())?;
    Ok(db.write(|tx| simulations::finish(tx, id, &json, &changes, clock.now()))?)
}

/// Each member's change in a simulation that was kept, as comma-separated values.
///
/// # Errors
/// Refused until it is finished.
pub fn changes_csv(conn: &mut Conn, id: SimulationId) -> Result<Vec<u8>, ActionFault> {
    let kept = simulations::get_changes(conn, id)?;
    if kept.is_empty() {
        return Err(ActionFault::refused("The simulation has no result yet"));
    }
    unpacked(&kept)
}

/// The periods of every kind whose runs are committed, with their runs, in the order in which they were: so they hand
/// on what they remember.
pub fn committed(conn: &mut Conn) -> StoreResult<Vec<(Period, Run)>> {
    let runs = runs::list(conn)?;
    let mut found: Vec<(Period, Run)> = periods::list(conn)?
        .into_iter()
        .filter_map(|period| {
            let run = runs.iter().find(|run| run.period_id == period.id && run.status == RunStatus::Committed)?;
            Some((period, run.clone()))
        })
        .collect();
    found.sort_by_key(|(_, run)| (run.committed_at, run.id));
    Ok(found)
}

/// Writes down that a stored version is to be tried; a job does it.
///
/// # Errors
/// Refused for periods without a committed run.
pub fn ask(
    tx: &mut Conn,
    clock: &Clock,
    actor: &Actor,
    version: i32,
    first: &str,
    last: &str,
) -> Result<Simulation, ActionFault> {
    let version = plans::get_by_version(tx, version)?;
    chosen(tx, first, last)?;
    let row = Simulation {
        id: SimulationId(ids::next()),
        plan_version: version.version,
        plan_name: version.name,
        source: version.source,
        first_period: first.to_owned(),
        last_period: last.to_owned(),
        result: String::new(),
        created_at: clock.now(),
        created_by: actor.id,
        finished_at: Moment::NEVER,
    };
    simulations::insert(tx, &row)?;
    Ok(row)
}

/// Runs the plan of a text over the committed periods from `first` to `last`, in the order in which they were
/// committed; over periods of a kind that the plan does not use it pays nothing. `progress` is told what is
/// done, of how much, and what is being done; it returns whether to go on.
///
/// # Errors
/// Every fault of the plan; refused for periods without a committed run and when it was stopped.
pub fn simulate(
    db: &Db,
    source: &str,
    file: &str,
    (first, last): (&str, &str),
    progress: &mut dyn FnMut(u64, u64, &str) -> bool,
) -> Result<Outcome, ActionFault> {
    let plan = CheckedPlan::read(source, file).map_err(|faults| ActionFault::refused(faults.to_string()))?;
    let periods = db.read(|conn| chosen(conn, first, last))?;
    let steps = periods.len() as u64 * STEPS;
    let kinds = plan.period_kinds();
    let mut tally = Tally::new(&kinds);
    let mut chain = Chain::default();
    for (place, (period, run)) in (0_u64..).zip(periods) {
        let mut stopped = !progress(place * STEPS, steps, &format!("{}: reading", period.label));
        let (mut snapshot, committed) = db.read(|conn| load(conn, &period, run))?;
        if !kinds.contains(&period.kind) {
            tally.leave_out(&committed, &snapshot);
            continue;
        }
        chain.carry(&mut snapshot);
        let result = plan::run(&plan, &snapshot, &mut |at: plan::Progress| {
            let done = place * STEPS + 1 + u64::from(at.number);
            stopped |= !progress(done, steps, &format!("{}: {}", period.label, at.step));
        })
        .map_err(|fault| ActionFault::refused(format!("{}: {fault}", period.label)))?;
        if stopped {
            return Err(ActionFault::refused(STOPPED));
        }
        tally.add(&committed, &result, &snapshot);
        chain.push(snapshot, result);
    }
    let (mut report, members) = tally.finish(&plan.name, plan.currency);
    report.largest = db.read(|conn| named(conn, &members[..members.len().min(LARGEST)]))?;
    Ok(Outcome { report, members: members.into_iter().map(|(_, member)| member).collect() })
}

/// What is said when somebody stopped it.
pub const STOPPED: &str = "The simulation was stopped; nothing was kept";

/// Reading, and the engine's own steps.
const STEPS: u64 = 7;

/// The committed periods from one label to another: those of every kind that end from the first day of the one to the
/// last day of the other. One label is its period alone.
fn chosen(conn: &mut Conn, first: &str, last: &str) -> Result<Vec<(Period, Run)>, ActionFault> {
    let all = committed(conn)?;
    let named = |label: &str| {
        all.iter().find(|(period, _)| period.label == label).cloned().ok_or_else(|| {
            let known = match (all.first(), all.last()) {
                (Some((first, _)), Some((last, _))) => format!("committed are {} to {}", first.label, last.label),
                _ => "no run is committed yet".to_owned(),
            };
            ActionFault::refused(format!("There is no committed run over {label}; {known}"))
        })
    };
    let (from, to) = (named(first)?, named(last)?);
    if first == last {
        return Ok(vec![from]);
    }
    let days = from.0.first_day..=to.0.last_day;
    if from.0.last_day > to.0.last_day {
        return Err(ActionFault::refused(format!("{first} comes after {last}; name the earlier period first")));
    }
    Ok(all.into_iter().filter(|(period, _)| days.contains(&period.last_day)).collect())
}

/// The frozen input of a run and what the run found.
fn load(conn: &mut Conn, period: &Period, run: Run) -> Result<(Snapshot, Committed), ActionFault> {
    let bytes = unpacked(&runs::get_input(conn, run.id)?)?;
    let snapshot = Snapshot::from_bytes(&bytes).map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let committed = Committed {
        label: period.label.clone(),
        kind: period.kind,
        plan_version: plans::get(conn, run.plan_version_id)?.version,
        members: runs::list_members(conn, run.id)?,
        totals: runs::list_totals(conn, run.id)?,
        exceptions: runs::list_exceptions(conn, run.id)?,
        run,
    };
    Ok((snapshot, committed))
}

/// The members with their names.
fn named(conn: &mut Conn, changes: &[(MemberId, MemberChange)]) -> StoreResult<Vec<MemberReport>> {
    let wanted: Vec<MemberId> = changes.iter().map(|(id, _)| *id).collect();
    let people: HashMap<MemberId, (String, String)> = members::list_by_ids(conn, &wanted)?
        .into_iter()
        .map(|member| (member.id, (member.name, member.latin_name)))
        .collect();
    let report = |(id, change): &(MemberId, MemberChange)| {
        let (name, latin_name) = people.get(id).cloned().unwrap_or_default();
        MemberReport {
            number: change.number.clone(),
            name,
            latin_name,
            rank_before: change.rank_before.clone(),
            rank_after: change.rank_after.clone(),
            before_minor: change.before_minor,
            after_minor: change.after_minor,
        }
    };
    Ok(changes.iter().map(report).collect())
}
