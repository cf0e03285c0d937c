//! Enrols a member: checks the person's data, the sponsor and the enroller, gives a number, and links
//! the member into the trees.

use super::{ActionFault, FieldFault, company};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::staff::Actor;
use crate::domain::tree::TreeKind;
use crate::store::audit::{self, Entry};
use crate::store::links::{self, Link};
use crate::store::members::{self, Member, search_text};
use crate::store::{Conn, Db, counters, ids};

/// The longest name, street or town, in characters.
pub const LONGEST_TEXT: usize = 200;

/// What is known about a person who joins. Numbers name other members; empty means "none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// A number of the company's own; empty for the next free one.
    pub number: String,
    /// Distributor or customer.
    pub kind: MemberKind,
    /// The name as the person writes it.
    pub name: String,
    /// A Latin form of the name; may be empty.
    pub latin_name: String,
    /// Address for mail; may be empty.
    pub email: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// ISO 3166 code of the country, two capital letters; may be empty.
    pub country: String,
    /// BCP 47 tag of the language; may be empty.
    pub language: String,
    /// Street and house number; may be empty.
    pub street: String,
    /// Postal code; may be empty.
    pub postal_code: String,
    /// Town; may be empty.
    pub city: String,
    /// Day of enrolment; `None` for today.
    pub joined_on: Option<Day>,
    /// Number of the upline; empty only for the first member of a tree.
    pub sponsor: String,
    /// Number of who brought the member in; empty for the sponsor.
    pub enroller: String,
    /// Number of the member who owns this position, where one person holds several; empty for itself.
    pub person: String,
}

impl Default for NewMember {
    fn default() -> Self {
        let none = String::new;
        Self {
            number: none(),
            kind: MemberKind::Distributor,
            name: none(),
            latin_name: none(),
            email: none(),
            phone: none(),
            country: none(),
            language: none(),
            street: none(),
            postal_code: none(),
            city: none(),
            joined_on: None,
            sponsor: none(),
            enroller: none(),
            person: none(),
        }
    }
}

/// Enrols a member and returns the row.
///
/// # Errors
/// Every wrong field at once; nothing is written then.
pub fn enroll(db: &Db, clock: &Clock, actor: &Actor, new: &NewMember) -> Result<Member, ActionFault> {
    db.write(|tx| {
        let now = clock.now();
        let today = company::load(tx)?.zone.day_of(now);
        let joined_on = new.joined_on.unwrap_or(today);
        let mut faults = text_faults(new);
        if joined_on > today {
            faults.push(FieldFault::new("joined_on", format!("The day of enrolment, {joined_on}, is in the future")));
        }
        let number = new.number.trim();
        if !number.is_empty() && members::find_by_number(tx, number)?.is_some() {
            faults.push(FieldFault::new(
                "number",
                format!("The number {number} is taken; leave it empty for the next free one"),
            ));
        }
        let sponsor = parent(tx, "sponsor", &new.sponsor, joined_on, &mut faults)?;
        let enroller = if new.enroller.trim().is_empty() {
            sponsor
        } else {
            parent(tx, "enroller", &new.enroller, joined_on, &mut faults)?
        };
        if sponsor.is_none() && new.sponsor.trim().is_empty() && members::count(tx)? > 0 {
            faults.push(FieldFault::new(
                "sponsor",
                "Give the number of the sponsor; only the first member stands without one",
            ));
        }
        let person = person(tx, &new.person, None, &mut faults)?;
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let number = if number.is_empty() { next_number(tx)? } else { number.to_owned() };
        let member = Member { person_id: person, ..row(new, number, joined_on, now) };
        members::insert(tx, std::slice::from_ref(&member))?;
        let mut rows = Vec::with_capacity(2);
        rows.extend(sponsor.map(|parent| Link::new(TreeKind::Sponsor, member.id, parent, joined_on)));
        rows.extend(enroller.map(|parent| Link::new(TreeKind::Enroller, member.id, parent, joined_on)));
        links::insert(tx, &rows)?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "enroll",
                object_kind: "member",
                object_id: member.id.0,
                object: &member.number,
                before: "",
                after: &format!(
                    "{}, {}, sponsor {}, enroller {}",
                    member.name,
                    member.kind,
                    new.sponsor.trim(),
                    new.enroller.trim()
                ),
            },
        )?;
        Ok(member)
    })
}

/// The member who owns a position, by number; id 0 for the position itself. A person is told by one of its positions,
/// which belongs to nobody else.
pub(super) fn person(
    tx: &mut Conn,
    number: &str,
    own: Option<MemberId>,
    faults: &mut Vec<FieldFault>,
) -> Result<MemberId, ActionFault> {
    let number = number.trim();
    let nobody = MemberId(0);
    if number.is_empty() {
        return Ok(nobody);
    }
    let mut refuse = |message: String| {
        faults.push(FieldFault::new("person", message));
        Ok(nobody)
    };
    let Some(person) = members::find_by_number(tx, number)? else {
        return refuse(format!("There is no member {number}"));
    };
    if own == Some(person.id) {
        return Ok(nobody);
    }
    if person.person_id != nobody {
        let owner = members::get(tx, person.person_id)?.number;
        return refuse(format!("{number} is a position of {owner}; name {owner} here"));
    }
    if let Some(own) = own
        && !members::list_positions(tx, own)?.is_empty()
    {
        return refuse("Other positions belong to this member; name the new owner there first".to_owned());
    }
    Ok(person.id)
}

fn row(new: &NewMember, number: String, joined_on: Day, now: crate::domain::calendar::Moment) -> Member {
    let tidy = |text: &str| text.trim().to_owned();
    let (name, latin_name, email) = (tidy(&new.name), tidy(&new.latin_name), tidy(&new.email));
    Member {
        id: MemberId(ids::next()),
        kind: new.kind,
        status: MemberStatus::Active,
        search: search_text(&name, &latin_name, &number, &email),
        number,
        name,
        latin_name,
        email,
        phone: tidy(&new.phone),
        country: tidy(&new.country),
        language: tidy(&new.language),
        street: tidy(&new.street),
        postal_code: tidy(&new.postal_code),
        city: tidy(&new.city),
        joined_on,
        rank: String::new(),
        highest_rank: String::new(),
        person_id: MemberId(0),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The next number that nobody has: numbers from imports may lie in the way.
fn next_number(tx: &mut Conn) -> Result<String, ActionFault> {
    loop {
        let number = format!("M-{}", counters::take(tx, "member", 10_001, 1)?);
        if members::find_by_number(tx, &number)?.is_none() {
            return Ok(number);
        }
    }
}

/// The member that a sponsor or enroller field names, who must be an active distributor enrolled by then.
fn parent(
    tx: &mut Conn,
    field: &'static str,
    number: &str,
    joined_on: Day,
    faults: &mut Vec<FieldFault>,
) -> Result<Option<MemberId>, ActionFault> {
    let number = number.trim();
    if number.is_empty() {
        return Ok(None);
    }
    let Some(parent) = members::find_by_number(tx, number)? else {
        faults.push(FieldFault::new(field, format!("There is no member {number}; look the {field} up by name first")));
        return Ok(None);
    };
    let wrong = if !parent.kind.may_earn() {
        Some(format!("{number} is a {} customer; a {field} must be a distributor", parent.kind))
    } else if !parent.status.may_sponsor() {
        Some(format!("{number} is {}; a {field} must be active", parent.status))
    } else if parent.joined_on > joined_on {
        Some(format!("{number} joined on {}, after this member", parent.joined_on))
    } else {
        None
    };
    match wrong {
        Some(message) => {
            faults.push(FieldFault::new(field, message));
            Ok(None)
        }
        None => Ok(Some(parent.id)),
    }
}

/// The rules for the texts of a member, the same for enrolment, editing and import.
pub fn text_faults(new: &NewMember) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let fields = [
        ("number", "number", &new.number, 40),
        ("name", "name", &new.name, LONGEST_TEXT),
        ("latin_name", "Latin name", &new.latin_name, LONGEST_TEXT),
        ("email", "address for mail", &new.email, 254),
        ("phone", "telephone number", &new.phone, 40),
        ("language", "language", &new.language, 35),
        ("street", "street", &new.street, LONGEST_TEXT),
        ("postal_code", "postal code", &new.postal_code, 20),
        ("city", "town", &new.city, LONGEST_TEXT),
    ];
    for (field, called, text, longest) in fields {
        let length = text.trim().chars().count();
        if length > longest {
            faults
                .push(FieldFault::new(field, format!("The {called} has {length} characters; {longest} are the most")));
        }
        if text.chars().any(char::is_control) {
            faults.push(FieldFault::new(
                field,
                format!("The {called} holds a control character or a line break; remove it"),
            ));
        }
    }
    if new.name.trim().is_empty() {
        faults.push(FieldFault::new("name", "Give the name"));
    }
    if new.number.trim().contains(char::is_whitespace) {
        faults.push(FieldFault::new("number", "A number has no spaces"));
    }
    let email = new.email.trim();
    if !email.is_empty() && !looks_like_mail(email) {
        faults.push(FieldFault::new(
            "email",
            format!("“{email}” is not an address for mail; write it as name@example.org"),
        ));
    }
    let country = new.country.trim();
    let is_code = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    if !country.is_empty() && !is_code {
        faults.push(FieldFault::new(
            "country",
            format!("“{country}” is not a country code; use two capital letters such as ES"),
        ));
    }
    faults
}

pub(super) fn looks_like_mail(email: &str) -> bool {
    let Some((local, host)) = email.rsplit_once('@') else { return false };
    !local.is_empty()
        && !local.contains('@')
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && !email.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')'))
}
