//! Calculates a frozen run. Payload: the run's id.

use super::{Ended, Task};
use crate::actions::compute_run::compute_run;
use crate::clock::Clock;
use crate::domain::ids::{JobId, RunId};
use crate::domain::staff::Actor;
use crate::store::runs::Run;
use crate::store::{Conn, Db, StoreResult, jobs};

/// The kind of the job.
pub const KIND: &str = "calculate-run";

/// Asks for the calculation of a run.
pub fn enqueue(tx: &mut Conn, run: &Run, actor: &Actor, clock: &Clock) -> StoreResult<JobId> {
    let title = format!("Calculate {}", run.number);
    jobs::enqueue(tx, KIND, &run.id.to_string(), &title, actor.id, clock.now())
}

/// Does it.
pub fn handle(db: &Db, clock: &Clock, task: &Task<'_>, payload: &str) -> Ended {
    let Ok(id) = payload.parse::<i64>() else { return Ended::Failed(format!("“{payload}” is not a run")) };
    let actor = Actor { id: task.job().created_by, ..Actor::system("calculation") };
    match compute_run(db, clock, &actor, RunId(id), &mut |done, total, what| task.report(done, total, what)) {
        Ok(run) => Ended::Done(format!(
            "{} lines, {} {}",
            run.line_count,
            run.currency.grouped(run.earned_minor),
            run.currency
        )),
        Err(fault) => Ended::Failed(fault.to_string()),
    }
}
