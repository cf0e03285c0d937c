//! Sets a company up without a browser: settings, staff accounts, a plan. What is there stays as it is.

use super::add_plan_version::{PlanText, add_plan_version};
use super::{ActionFault, company};
use crate::clock::Clock;
use crate::domain::calendar::{Day, Moment};
use crate::domain::company::Company;
use crate::domain::ids::StaffId;
use crate::domain::staff::{Actor, Role};
use crate::store::staff::{self, Staff};
use crate::store::{Db, audit, ids};

/// What to make.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The company.
    pub company: Company,
    /// Accounts by address and role. They have no password: their people choose one in the console, and
    /// until then they act only on the command line of this machine.
    pub staff: Vec<(String, Role)>,
    /// The plan: its text and cases, the name of its file, and the day from which it holds.
    pub plan: Option<(PlanText<'a>, &'a str, Day)>,
}

/// Makes what is missing.
///
/// # Errors
/// A plan with faults, or what the store says.
pub fn set_up_unattended(db: &Db, clock: &Clock, actor: &Actor, wanted: &Wanted<'_>) -> Result<(), ActionFault> {
    db.write(|tx| -> Result<(), ActionFault> {
        let now = clock.now();
        let note = |tx: &mut crate::store::Conn, action, object_kind, object_id, object: &str, after: &str| {
            let entry = audit::Entry { at: now, actor, action, object_kind, object_id, object, before: "", after };
            audit::append(tx, &entry)
        };
        if company::find(tx)?.is_none() {
            let wanted = &wanted.company;
            company::save(tx, wanted, now)?;
            let after = format!("currency {}, zone {}", wanted.currency, wanted.zone);
            note(tx, "set-up", "company", 0, &wanted.name, &after)?;
        }
        for (email, role) in &wanted.staff {
            let email = email.to_lowercase();
            if staff::find_by_email(tx, &email)?.is_none() {
                let person = Staff {
                    id: StaffId(ids::next()),
                    name: email.split('@').next().unwrap_or_default().to_owned(),
                    email,
                    role: *role,
                    password_hash: String::new(),
                    is_active: true,
                    created_at: now,
                    signed_in_at: Moment::NEVER,
                };
                staff::insert(tx, &person)?;
                note(tx, "invite-staff", "staff", person.id.0, &person.email, role.as_str())?;
            }
        }
        Ok(())
    })?;
    if let Some((text, file, from_day)) = wanted.plan {
        add_plan_version(db, clock, actor, text, file, from_day)?;
    }
    Ok(())
}
