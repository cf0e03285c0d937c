//! Stores a version of the compensation plan. A plan with faults is not stored; a stored one never changes.

use sha2::{Digest, Sha256};

use super::ActionFault;
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::PlanVersionId;
use crate::domain::staff::Actor;
use crate::plan::CheckedPlan;
use crate::store::audit::{self, Entry};
use crate::store::plans::{self, PlanVersion};
use crate::store::{Db, ids};
use crate::text::hex;

/// Stores the plan, valid from a day on. The same text for the same day again is the stored version.
///
/// # Errors
/// Every fault of the plan, each with its place; nothing is written then.
pub fn add_plan_version(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    source: &str,
    file: &str,
    from_day: Day,
) -> Result<PlanVersion, ActionFault> {
    let plan = CheckedPlan::read(source, file).map_err(|faults| ActionFault::refused(faults.to_string()))?;
    let sha256 = hex(&Sha256::digest(source.as_bytes()));
    db.write(|tx| {
        let stored = plans::list(tx)?;
        if let Some(same) = stored.iter().find(|v| v.sha256 == sha256 && v.from_day == from_day) {
            return Ok(same.clone());
        }
        let newest = stored.iter().filter(|v| v.name == plan.name).map(|v| v.version).max().unwrap_or(0);
        let version = PlanVersion {
            id: PlanVersionId(ids::next()),
            name: plan.name.clone(),
            version: newest + 1,
            source: source.to_owned(),
            sha256,
            from_day,
            created_at: clock.now(),
            created_by: actor.id,
        };
        plans::insert(tx, &version)?;
        audit::append(
            tx,
            &Entry {
                at: clock.now(),
                actor,
                action: "add-plan-version",
                object_kind: "plan",
                object_id: version.id.0,
                object: &format!("{} version {}", version.name, version.version),
                before: "",
                after: &format!("from {from_day}, SHA-256 {}", version.sha256),
            },
        )?;
        Ok(version)
    })
}
