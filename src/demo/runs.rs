//! The demo company's commission runs, through the same actions as a real company's and by two people.

use super::make::ZONE;
use super::writer::moment;
use crate::actions::ActionFault;
use crate::actions::approve_run::approve_run;
use crate::actions::commit_run::commit_run;
use crate::actions::compute_run::compute_run;
use crate::actions::freeze_run::freeze_run;
use crate::actions::review_run::review_run;
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::staff::Actor;
use crate::store::Db;
use crate::store::runs::Run;

/// Freezes, calculates, reviews, approves and commits the run of a month on one morning.
pub(super) fn commit(
    db: &Db,
    clock: &Clock,
    [reviewer, approver]: [&Actor; 2],
    label: &str,
    on: Day,
) -> Result<Run, ActionFault> {
    let strike = |minute: u32| clock.set(moment(ZONE, on, 5 * 3600 + minute * 60));
    strike(0);
    let run = freeze_run(db, clock, reviewer, label)?;
    strike(1);
    let run = compute_run(db, clock, reviewer, run.id, &mut |_, _, _| true)?;
    strike(24);
    let run = review_run(db, clock, reviewer, run.id, &run.result_hash)?;
    strike(41);
    let run = approve_run(db, clock, approver, run.id, &run.result_hash)?;
    strike(44);
    commit_run(db, clock, approver, run.id)
}
