//! Marks a calculated run as reviewed: somebody looked at its totals and exceptions.

use super::ActionFault;
use crate::clock::Clock;
use crate::domain::ids::RunId;
use crate::domain::run::RunStatus;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::runs::{self, Run};
use crate::store::{Conn, Db};

/// Takes the run from calculated to reviewed. `seen` is the result hash that the reviewer looked at.
///
/// # Errors
/// Refused without a person, in another state, or when the run was calculated anew since.
pub fn review_run(db: &Db, clock: &Clock, actor: &Actor, id: RunId, seen: &str) -> Result<Run, ActionFault> {
    db.write(|tx| {
        let old = runs::get(tx, id)?;
        if actor.id.0 == 0 {
            return Err(ActionFault::refused("A run is reviewed by a person; sign in, or name yourself with --as"));
        }
        refuse_stale(&old, seen)?;
        if old.status != RunStatus::Calculated {
            let message = format!("The run {} is {}; only a calculated run can be reviewed", old.number, old.status);
            return Err(ActionFault::refused(message));
        }
        let run = Run { status: RunStatus::Reviewed, reviewed_at: clock.now(), reviewed_by: actor.id, ..old.clone() };
        step(tx, actor, clock, &old, &run, "review-run")?;
        Ok(run)
    })
}

/// Refuses a decision on figures that are no longer the run's.
pub(super) fn refuse_stale(run: &Run, seen: &str) -> Result<(), ActionFault> {
    if run.result_hash == seen {
        return Ok(());
    }
    Err(ActionFault::refused(format!(
        "The run {} was calculated anew since you opened it; look at its figures again",
        run.number
    )))
}

/// Stores the next state, if nobody was faster, and says so in the audit log.
pub(super) fn step(
    tx: &mut Conn,
    actor: &Actor,
    clock: &Clock,
    old: &Run,
    new: &Run,
    action: &str,
) -> Result<(), ActionFault> {
    runs::update_status(tx, old.status, new)?;
    audit::append(
        tx,
        &Entry {
            at: clock.now(),
            actor,
            action,
            object_kind: "run",
            object_id: new.id.0,
            object: &new.number,
            before: old.status.as_str(),
            after: &format!("{}, {} {}", new.status, new.currency.plain(new.earned_minor), new.currency),
        },
    )?;
    Ok(())
}
