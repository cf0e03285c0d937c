//! Stores the first version of the compensation plan, in force at once: what the set-up does. Later versions
//! are drafts that a second person activates.

use super::ActionFault;
use super::plan_draft::{checked, refuse_failing, sha256};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::PlanVersionId;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::plans::{self, PlanVersion};
use crate::store::{Db, ids};

/// A plan file and the cases beside it.
#[derive(Debug, Clone, Copy)]
pub struct PlanText<'a> {
    /// The plan file.
    pub source: &'a str,
    /// Its cases; may be empty.
    pub cases: &'a str,
}

impl<'a> From<&'a str> for PlanText<'a> {
    /// A plan without cases.
    fn from(source: &'a str) -> Self {
        Self { source, cases: "" }
    }
}

/// Stores the plan, valid from a day on. The same text for the same day again is the stored version.
///
/// # Errors
/// Every fault of the plan and of its cases, each with its place; refused when a case fails, and once runs rest
/// on another version. Nothing is written then.
pub fn add_plan_version<'a>(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    text: impl Into<PlanText<'a>>,
    file: &str,
    from_day: Day,
) -> Result<PlanVersion, ActionFault> {
    let PlanText { source, cases } = text.into();
    let plan = checked(source, file)?;
    refuse_failing(&plan, cases)?;
    let sha256 = sha256(source, cases);
    db.write(|tx| {
        let stored = plans::list(tx)?;
        let same = |v: &&PlanVersion| v.sha256 == sha256 && v.from_day == from_day && !v.is_draft();
        if let Some(same) = stored.iter().find(same) {
            return Ok(same.clone());
        }
        if !plans::list_runs(tx)?.is_empty() {
            let message = "Runs have been made with a plan; write the new one as a draft in the console, \
                           where a second person activates it";
            return Err(ActionFault::refused(message));
        }
        let now = clock.now();
        let version = PlanVersion {
            id: PlanVersionId(ids::next()),
            name: plan.name.clone(),
            version: plans::next_version(tx)?,
            source: source.to_owned(),
            cases: cases.to_owned(),
            sha256,
            from_day,
            created_at: now,
            created_by: actor.id,
            edited_at: now,
            edited_by: actor.id,
            activated_at: now,
            activated_by: actor.id,
        };
        plans::insert(tx, &version)?;
        let entry = Entry {
            at: now,
            actor,
            action: "add-plan-version",
            object_kind: "plan",
            object_id: version.id.0,
            object: &format!("{} version {}", version.name, version.version),
            before: "",
            after: &format!("from {from_day}, SHA-256 {}", version.sha256),
        };
        audit::append(tx, &entry)?;
        Ok(version)
    })
}
