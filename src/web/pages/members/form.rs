//! What the forms of a member send, and how it becomes what the actions take.

use rocket::form::FromForm;

use crate::actions::FieldFault;
use crate::actions::enroll::NewMember;
use crate::domain::calendar::Day;
use crate::domain::member::MemberKind;
use crate::store::members::Member;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Typed {
    pub(super) number: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) latin_name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) country: String,
    pub(super) language: String,
    pub(super) street: String,
    pub(super) postal_code: String,
    pub(super) city: String,
    pub(super) joined_on: String,
    pub(super) sponsor: String,
    pub(super) enroller: String,
    #[field(default = String::new())]
    pub(super) person: String,
    pub(super) status: String,
    pub(super) version: String,
    pub(super) reason: String,
}

impl Typed {
    /// The fields of a stored member; numbers of its sponsor and of the person who owns it.
    pub fn of(member: &Member, sponsor: &str, person: &str) -> Self {
        Self {
            number: member.number.clone(),
            kind: member.kind.to_string(),
            name: member.name.clone(),
            latin_name: member.latin_name.clone(),
            email: member.email.clone(),
            phone: member.phone.clone(),
            country: member.country.clone(),
            language: member.language.clone(),
            street: member.street.clone(),
            postal_code: member.postal_code.clone(),
            city: member.city.clone(),
            joined_on: member.joined_on.to_string(),
            sponsor: sponsor.to_owned(),
            enroller: String::new(),
            person: person.to_owned(),
            status: member.status.to_string(),
            version: member.version.to_string(),
            reason: String::new(),
        }
    }

    /// What the actions take, and what could not be read.
    pub fn read(&self) -> (NewMember, Vec<FieldFault>) {
        let mut faults = Vec::new();
        let kind = self.kind.parse().unwrap_or_else(|_| {
            faults.push(FieldFault::new("kind", "Choose the kind of member"));
            MemberKind::Distributor
        });
        let joined = self.joined_on.trim();
        let joined_on: Option<Day> = match joined.parse() {
            Ok(day) => Some(day),
            Err(_) if joined.is_empty() => None,
            Err(fault) => {
                faults.push(FieldFault::new("joined_on", fault.to_string()));
                None
            }
        };
        let new = NewMember {
            number: self.number.clone(),
            kind,
            name: self.name.clone(),
            latin_name: self.latin_name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            country: self.country.trim().to_uppercase(),
            language: self.language.clone(),
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            city: self.city.clone(),
            joined_on,
            sponsor: self.sponsor.clone(),
            enroller: self.enroller.clone(),
            person: self.person.clone(),
        };
        (new, faults)
    }

    /// The fields that differ from what is stored: name, stored, typed.
    pub fn differences(&self, stored: &Self) -> Vec<(&'static str, String, String)> {
        let fields = [
            ("Kind", &stored.kind, &self.kind),
            ("Status", &stored.status, &self.status),
            ("Name", &stored.name, &self.name),
            ("Latin form", &stored.latin_name, &self.latin_name),
            ("Email", &stored.email, &self.email),
            ("Phone", &stored.phone, &self.phone),
            ("Country", &stored.country, &self.country),
            ("Language", &stored.language, &self.language),
            ("Street", &stored.street, &self.street),
            ("Postal code", &stored.postal_code, &self.postal_code),
            ("Town", &stored.city, &self.city),
            ("Position of", &stored.person, &self.person),
        ];
        fields
            .into_iter()
            .filter(|(_, stored, typed)| stored.trim() != typed.trim())
            .map(|(name, stored, typed)| (name, stored.clone(), typed.clone()))
            .collect()
    }
}
