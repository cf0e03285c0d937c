//! Changes a member's data, kind, state or sponsor. Numbers and the day of enrolment never change.

use super::enroll::{NewMember, person, text_faults};
use super::{ActionFault, FieldFault, company};
use crate::clock::Clock;
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::staff::Actor;
use crate::domain::tree::{TreeKind, would_cycle};
use crate::store::audit::{self, Entry};
use crate::store::links::{self, Link};
use crate::store::members::{self, Member, search_text};
use crate::store::{Conn, Db};

/// What an editor sends back: every field as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberEdit {
    /// The version of the row that the editor saw.
    pub version: i32,
    /// The state of the account.
    pub status: MemberStatus,
    /// The other fields; `number`, `joined_on` and `enroller` are ignored, an empty `sponsor` keeps the present one.
    pub data: NewMember,
    /// Why the sponsor changes; needed only then.
    pub reason: String,
}

/// Stores the change and returns the row as it is now.
///
/// # Errors
/// Wrong fields, a state that may not follow, a sponsor that would close a circle, or a row that
/// somebody else changed meanwhile; nothing is written then.
pub fn edit_member(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    id: MemberId,
    edit: &MemberEdit,
) -> Result<Member, ActionFault> {
    db.write(|tx| {
        let now = clock.now();
        let old = members::get(tx, id)?;
        let mut faults = text_faults(&NewMember { number: String::new(), ..edit.data.clone() });
        if !old.status.may_become(edit.status) {
            faults.push(FieldFault::new("status", "A terminated account stays terminated; enrol the person anew"));
        }
        if old.kind == MemberKind::Distributor && edit.data.kind != MemberKind::Distributor && has_frontline(tx, id)? {
            faults.push(FieldFault::new(
                "kind",
                "This distributor has members below; move them before changing the kind",
            ));
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let person = person(tx, &edit.data.person, Some(id), &mut faults)?;
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let moved = move_sponsor(tx, clock, &old, edit)?;
        let mut new = Member { version: edit.version, status: edit.status, updated_at: now, ..old.clone() };
        take_texts(&mut new, &edit.data);
        new.person_id = person;
        members::update(tx, &new)?;
        new.version += 1;
        let numbers = (number_of(tx, old.person_id)?, number_of(tx, new.person_id)?);
        let (before, after) = differences(&old, &new, moved.as_deref(), (&numbers.0, &numbers.1));
        if !after.is_empty() {
            audit::append(
                tx,
                &Entry {
                    at: now,
                    actor,
                    action: "edit",
                    object_kind: "member",
                    object_id: id.0,
                    object: &new.number,
                    before: &before,
                    after: &after,
                },
            )?;
        }
        Ok(new)
    })
}

/// The number of a member; empty for none.
fn number_of(tx: &mut Conn, id: MemberId) -> Result<String, ActionFault> {
    if id.0 == 0 { Ok(String::new()) } else { Ok(members::get(tx, id)?.number) }
}

fn take_texts(member: &mut Member, data: &NewMember) {
    let tidy = |text: &str| text.trim().to_owned();
    member.kind = data.kind;
    member.name = tidy(&data.name);
    member.latin_name = tidy(&data.latin_name);
    member.email = tidy(&data.email);
    member.phone = tidy(&data.phone);
    member.country = tidy(&data.country);
    member.language = tidy(&data.language);
    member.street = tidy(&data.street);
    member.postal_code = tidy(&data.postal_code);
    member.city = tidy(&data.city);
    member.search = search_text(&member.name, &member.latin_name, &member.number, &member.email);
}

fn has_frontline(tx: &mut Conn, id: MemberId) -> Result<bool, ActionFault> {
    Ok(links::count_frontline(tx, TreeKind::Sponsor, id)? > 0)
}

/// Moves the member under another sponsor from today on; says whom for the audit log.
fn move_sponsor(tx: &mut Conn, clock: &Clock, old: &Member, edit: &MemberEdit) -> Result<Option<String>, ActionFault> {
    let number = edit.data.sponsor.trim();
    if number.is_empty() {
        return Ok(None);
    }
    links::lock_trees(tx)?;
    let present = links::find_parent(tx, TreeKind::Sponsor, old.id)?;
    let Some(sponsor) = members::find_by_number(tx, number)? else {
        return Err(ActionFault::field(
            "sponsor",
            format!("There is no member {number}; look the sponsor up by name first"),
        ));
    };
    if present == Some(sponsor.id) {
        return Ok(None);
    }
    if !sponsor.kind.may_earn() || !sponsor.status.may_sponsor() {
        return Err(ActionFault::field("sponsor", format!("{number} is not an active distributor and can't sponsor")));
    }
    let uplines = links::uplines(tx, TreeKind::Sponsor, sponsor.id)?;
    if would_cycle(&old.id, &sponsor.id, uplines.into_iter()) {
        let message = format!("{number} is {0} or stands below {0}; choose somebody outside that group", old.number);
        return Err(ActionFault::field("sponsor", message));
    }
    if edit.reason.trim().is_empty() {
        return Err(ActionFault::field("reason", "Say why the sponsor changes; it stays in the history"));
    }
    let today = company::load(tx)?.zone.day_of(clock.now());
    let mut link = Link::new(TreeKind::Sponsor, old.id, sponsor.id, today);
    link.reason = edit.reason.trim().chars().take(500).collect();
    links::move_to(tx, &link)?;
    Ok(Some(number.to_owned()))
}

/// What changed, as two lists of `field: value`, for the audit log.
fn differences(old: &Member, new: &Member, sponsor: Option<&str>, person: (&str, &str)) -> (String, String) {
    let fields: [(&str, &str, &str); 12] = [
        ("position of", person.0, person.1),
        ("kind", old.kind.as_str(), new.kind.as_str()),
        ("status", old.status.as_str(), new.status.as_str()),
        ("name", &old.name, &new.name),
        ("latin name", &old.latin_name, &new.latin_name),
        ("email", &old.email, &new.email),
        ("phone", &old.phone, &new.phone),
        ("country", &old.country, &new.country),
        ("language", &old.language, &new.language),
        ("street", &old.street, &new.street),
        ("postal code", &old.postal_code, &new.postal_code),
        ("town", &old.city, &new.city),
    ];
    let changed: Vec<_> = fields.iter().filter(|(_, before, after)| before != after).collect();
    let mut before: Vec<String> = changed.iter().map(|(field, before, _)| format!("{field}: {before}")).collect();
    let mut after: Vec<String> = changed.iter().map(|(field, _, after)| format!("{field}: {after}")).collect();
    if let Some(number) = sponsor {
        before.push("sponsor: as in the history".to_owned());
        after.push(format!("sponsor: {number}"));
    }
    (before.join("; "), after.join("; "))
}
