//! Throws a run away before its commit: the period opens again, as if the run had never been.

use super::ActionFault;
use super::review_run::step;
use crate::clock::Clock;
use crate::domain::ids::RunId;
use crate::domain::run::{PeriodStatus, RunStatus};
use crate::domain::staff::Actor;
use crate::store::runs::{self, Run};
use crate::store::{Db, lines, periods};

/// Discards the run and opens its period.
///
/// # Errors
/// Refused once the run is committed.
pub fn discard_run(db: &Db, clock: &Clock, actor: &Actor, id: RunId) -> Result<Run, ActionFault> {
    db.write(|tx| {
        let old = runs::get(tx, id)?;
        if !old.status.may_become(RunStatus::Discarded) {
            let message = format!("The run {} is {}; it can't be discarded", old.number, old.status);
            return Err(ActionFault::refused(message));
        }
        let run =
            Run { status: RunStatus::Discarded, discarded_at: clock.now(), discarded_by: actor.id, ..old.clone() };
        step(tx, actor, clock, &old, &run, "discard-run")?;
        runs::delete_result(tx, id)?;
        runs::delete_input(tx, id)?;
        lines::delete_of_run(tx, id)?;
        periods::update_status(tx, old.period_id, PeriodStatus::Frozen, PeriodStatus::Open)?;
        Ok(run)
    })
}
