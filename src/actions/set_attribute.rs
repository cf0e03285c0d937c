//! Says from which day on a member has something that plans may ask for: a package, a day until which a
//! subscription runs. What was said before stays for the days before.

use super::{ActionFault, FieldFault, company, plan_names};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::measures::is_name;
use crate::domain::staff::Actor;
use crate::store::attributes::{self, MemberAttribute};
use crate::store::audit::{self, Entry};
use crate::store::{Db, members, periods};

/// The longest value, in characters.
const LONGEST: usize = 200;

/// What a member has from a day on, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAttribute {
    /// The name, as the plan calls it.
    pub name: String,
    /// The value; empty where the member has none any more.
    pub value: String,
    /// First day; `None` for today.
    pub from_day: Option<Day>,
}

/// Stores the value.
///
/// # Errors
/// Every wrong field at once: a name that no plan has, a value that the plan cannot read, a day in a period that is
/// closed; nothing is written then.
pub fn set_attribute(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    member: MemberId,
    new: &NewAttribute,
) -> Result<(), ActionFault> {
    db.write(|tx| {
        let now = clock.now();
        let today = company::load(tx)?.zone.day_of(now);
        let member = members::get(tx, member)?;
        let (name, value) = (new.name.trim(), new.value.trim());
        let from_day = new.from_day.unwrap_or(today);
        let mut faults = Vec::new();
        let names = plan_names::load(tx, today)?;
        match names.attribute(name) {
            None if !is_name(name) => faults.push(FieldFault::new("name", "Choose what is said about the member")),
            None => faults.push(FieldFault::new(
                "name",
                format!("No plan asks for “{name}”; name it in [attributes] of the plan first"),
            )),
            Some(attribute) if !value.is_empty() && attribute.kind.read(value, |_| 0).is_none() => {
                faults.push(FieldFault::new("value", format!("Give {}", attribute.kind.wanted())));
            }
            Some(_) if value.chars().count() > LONGEST || value.chars().any(char::is_control) => {
                faults.push(FieldFault::new("value", format!("A value has at most {LONGEST} characters")));
            }
            Some(_) => {}
        }
        let open = periods::first_open_day(tx)?;
        if from_day < open {
            let message = format!("The books are closed up to {}; give a day from {open} on", open.plus(-1));
            faults.push(FieldFault::new("from_day", message));
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let said = attributes::list_of(tx, &[member.id])?;
        let before = said.iter().rfind(|said| said.name == name && said.from_day <= from_day);
        let before = before.map_or("", |said| said.value.as_str());
        if before == value {
            return Ok(());
        }
        let (own, given) = (name.to_owned(), value.to_owned());
        attributes::set(tx, &MemberAttribute { member_id: member.id, name: own, from_day, value: given })?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "set-attribute",
                object_kind: "member",
                object_id: member.id.0,
                object: &member.number,
                before: &format!("{name}: {}", if before.is_empty() { "none" } else { before }),
                after: &format!("{name}: {}, from {from_day}", if value.is_empty() { "none" } else { value }),
            },
        )
        .map_err(ActionFault::from)
    })
}
