//! Approves a reviewed run: four eyes on everybody's income.

use super::ActionFault;
use super::review_run::{refuse_stale, step};
use crate::clock::Clock;
use crate::domain::ids::RunId;
use crate::domain::run::{RunStatus, may_approve};
use crate::domain::staff::Actor;
use crate::store::Db;
use crate::store::runs::{self, Run};

/// Takes the run from reviewed to approved. `seen` is the result hash that the approver looked at.
///
/// # Errors
/// Refused for the reviewer, without a person, in another state, or when somebody else was faster.
pub fn approve_run(db: &Db, clock: &Clock, actor: &Actor, id: RunId, seen: &str) -> Result<Run, ActionFault> {
    db.write(|tx| {
        let old = runs::get(tx, id)?;
        if actor.id.0 == 0 {
            return Err(ActionFault::refused("A run is approved by a person; sign in, or name yourself with --as"));
        }
        refuse_stale(&old, seen)?;
        let reviewer = (old.reviewed_by.0 != 0).then_some(old.reviewed_by);
        may_approve(old.status, reviewer, actor.id)
            .map_err(|fault| ActionFault::refused(format!("Run {}: {fault}", old.number)))?;
        let run = Run { status: RunStatus::Approved, approved_at: clock.now(), approved_by: actor.id, ..old.clone() };
        step(tx, actor, clock, &old, &run, "approve-run")?;
        Ok(run)
    })
}
