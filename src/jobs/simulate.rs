//! Tries a plan on periods that are over. Payload: the simulation's id.

use super::{Ended, Task};
use crate::actions::simulate::{STOPPED, keep, simulate};
use crate::clock::Clock;
use crate::domain::ids::{JobId, SimulationId};
use crate::domain::staff::Actor;
use crate::store::simulations::{self, Simulation};
use crate::store::{Conn, Db, StoreResult, jobs};

/// The kind of the job.
pub const KIND: &str = "simulate";

/// Asks for a simulation that was written down.
pub fn enqueue(tx: &mut Conn, row: &Simulation, actor: &Actor, clock: &Clock) -> StoreResult<JobId> {
    let title = format!("Try plan version {} on {} to {}", row.plan_version, row.first_period, row.last_period);
    jobs::enqueue(tx, KIND, &row.id.to_string(), &title, actor.id, clock.now())
}

/// Does it.
pub fn handle(db: &Db, clock: &Clock, task: &Task<'_>, payload: &str) -> Ended {
    let Ok(id) = payload.parse::<i64>().map(SimulationId) else {
        return Ended::Failed(format!("“{payload}” is not a simulation"));
    };
    let row = match db.read(|conn| simulations::get(conn, id)) {
        Ok(row) => row,
        Err(fault) => return Ended::Failed(fault.to_string()),
    };
    let name = format!("version {}", row.plan_version);
    let mut stopped = false;
    let periods = (row.first_period.as_str(), row.last_period.as_str());
    let outcome = simulate(db, &row.source, &name, periods, &mut |done, total, what| {
        stopped |= !task.report(done, total, what);
        !stopped
    });
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(_) if stopped => return Ended::Stopped(STOPPED.to_owned()),
        Err(fault) => return Ended::Failed(fault.to_string()),
    };
    match keep(db, clock, id, &outcome) {
        Ok(()) => {
            let report = &outcome.report;
            Ended::Done(format!("{} periods, {} members change", report.periods.len(), changed(report)))
        }
        Err(fault) => Ended::Failed(fault.to_string()),
    }
}

fn changed(report: &crate::actions::simulate::Report) -> u64 {
    report.ranks.iter().map(|rank| rank.winners + rank.losers).sum()
}
