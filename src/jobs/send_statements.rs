//! Queues the statements of a committed run for mail and asks for their delivery. Payload: the run's id.

use super::{Ended, Task, deliver_mail};
use crate::actions::statement::send::send_statements;
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::ids::{JobId, RunId};
use crate::domain::staff::Actor;
use crate::store::runs::Run;
use crate::store::{Conn, Db, StoreResult, jobs};

/// The kind of the job.
pub const KIND: &str = "send-statements";

/// Asks for it.
pub fn enqueue(tx: &mut Conn, run: &Run, actor: &Actor, clock: &Clock) -> StoreResult<JobId> {
    let title = format!("Send the statements of {}", run.number);
    jobs::enqueue(tx, KIND, &run.id.to_string(), &title, actor.id, clock.now())
}

/// Does it.
pub fn handle(db: &Db, clock: &Clock, settings: &Settings, task: &Task<'_>, payload: &str) -> Ended {
    let Ok(id) = payload.parse::<i64>() else { return Ended::Failed(format!("“{payload}” is not a run")) };
    let sender = match deliver_mail::sender(settings) {
        Ok(sender) => sender,
        Err(fault) => return Ended::Failed(fault),
    };
    let actor = Actor { id: task.job().created_by, ..Actor::system("statements") };
    let queued = match send_statements(db, clock, &actor, RunId(id), &sender) {
        Ok(queued) => queued,
        Err(fault) => return Ended::Failed(fault.to_string()),
    };
    match db.write(|tx| deliver_mail::enqueue(tx, actor.id, clock.now())) {
        Ok(_) => Ended::Done(format!("{queued} statements queued")),
        Err(fault) => Ended::Failed(fault.to_string()),
    }
}
