//! Asks a job to stop. What it has finished stays; a run that is stopped can be calculated again.

use super::ActionFault;
use crate::clock::Clock;
use crate::domain::ids::JobId;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::{Db, jobs};

/// Asks the job to stop.
///
/// # Errors
/// Refused when the job has ended already.
pub fn stop_job(db: &Db, clock: &Clock, actor: &Actor, id: JobId) -> Result<(), ActionFault> {
    let now = clock.now();
    db.write(|tx| {
        let job = jobs::get(tx, id)?;
        if !jobs::request_stop(tx, id, now)? {
            return Err(ActionFault::refused(format!("The job “{}” has ended already", job.title)));
        }
        let entry = Entry {
            at: now,
            actor,
            action: "stop-job",
            object_kind: "job",
            object_id: id.0,
            object: &job.title,
            before: &job.status,
            after: "asked to stop",
        };
        Ok(audit::append(tx, &entry)?)
    })
}
