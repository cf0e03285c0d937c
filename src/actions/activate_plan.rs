//! Activates a draft of the compensation plan: four eyes on the rules of everybody's income.

use super::plan_draft::{checked, note, refuse_failing, refuse_unless_draft, told};
use super::{ActionFault, company};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::plan_version::Activation;
use crate::domain::staff::Actor;
use crate::store::plans::{self, PlanVersion};
use crate::store::{Db, periods};

/// Takes a draft into force from a day on. `seen` is the SHA-256 of the text that the person looked at.
///
/// # Errors
/// Refused for who wrote the draft last, without a person, when a case of the plan fails, for a day in a closed period, and when the draft
/// was changed since.
pub fn activate_plan(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    version: i32,
    seen: &str,
    from_day: Day,
) -> Result<PlanVersion, ActionFault> {
    db.write(|tx| {
        let old = plans::get_by_version(tx, version)?;
        refuse_unless_draft(&old, seen)?;
        let plan = checked(&old.source, &old.name)?;
        let company = company::load(tx)?;
        if plan.currency != company.currency {
            let message =
                format!("The plan pays in {}, the company keeps its books in {}", plan.currency, company.currency);
            return Err(ActionFault::refused(message));
        }
        refuse_failing(&plan, &old.cases)?;
        let activation = Activation {
            is_draft: old.is_draft(),
            written_by: old.edited_by,
            activator: actor.id,
            from_day,
            open_from: periods::first_open_day(tx)?,
            valid_from: plan.valid_from,
        };
        let refused = |fault| ActionFault::refused(format!("Version {version}: {fault}"));
        activation.judge().map_err(refused)?;
        let now = clock.now();
        let new = PlanVersion { from_day, activated_at: now, activated_by: actor.id, ..old.clone() };
        plans::update_draft(tx, &new, seen)?;
        note(tx, actor, now, "activate-plan", &told(&old), &new, &told(&new))?;
        Ok(new)
    })
}
