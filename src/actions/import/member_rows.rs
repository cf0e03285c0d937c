//! One row of a file of members: reading its values and comparing it with the member that is there.

use crate::actions::enroll::{NewMember, text_faults};
use crate::actions::plan_names::PlanNames;
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::MemberId;
use crate::domain::member::MemberStatus;
use crate::domain::words::UnknownWord;
use crate::plan::expr::AttributeKind;
use crate::sheet::{ATTRIBUTES, CellFault, Cells};
use crate::store::members::{Member, search_text};

/// The values of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MemberRow {
    /// The person, by the same rules as an enrolment.
    pub new: NewMember,
    pub status: MemberStatus,
    pub joined_on: Day,
    /// What the person has besides, by name; empty values say nothing.
    pub attributes: Vec<(String, String)>,
}

impl MemberRow {
    /// Reads the values of a row; the reason is for the person who sent the file.
    pub fn read(cells: Cells<'_>, names: &PlanNames) -> Result<Self, String> {
        let said = |fault: CellFault| fault.to_string();
        let text = |field| cells.text(field, 4096).map_err(said);
        let word = |field, default: &str| {
            let word = text(field)?.to_lowercase();
            Ok::<String, String>(if word.is_empty() { default.to_owned() } else { word })
        };
        let is_network = cells.row().header.position("sponsor").is_some() && !cells.is_mapped("sponsor");
        let sponsor = if is_network {
            let node = cells.row().cell("sponsor");
            if node.is_empty() { String::new() } else { cells.number_of_node(node) }
        } else if cells.column("sponsor").is_some_and(|column| column.spread_over.is_some()) {
            String::new()
        } else {
            text("sponsor")?
        };
        let joined_on = cells.day("joined_on").map_err(said)?.ok_or("joined_on is empty; fill it in")?;
        let new = NewMember {
            number: cells.required("number", 4096).map_err(said)?,
            kind: word("kind", "distributor")?.parse().map_err(|e: UnknownWord| e.to_string())?,
            name: text("name")?,
            latin_name: text("latin_name")?,
            email: text("email")?,
            phone: text("phone")?,
            country: text("country")?,
            language: text("language")?,
            street: text("street")?,
            postal_code: text("postal_code")?,
            city: text("city")?,
            joined_on: Some(joined_on),
            enroller: if cells.is_mapped("enroller") { text("enroller")? } else { sponsor.clone() },
            sponsor,
            person: text("person")?,
        };
        let faults = text_faults(&new);
        if !faults.is_empty() {
            return Err(faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "));
        }
        for (parent, word) in [(&new.sponsor, "sponsor"), (&new.enroller, "enroller")] {
            if *parent == new.number {
                return Err(format!("{} is its own {word}; name somebody else or leave it empty", new.number));
            }
        }
        let status = word("status", "active")?.parse().map_err(|e: UnknownWord| e.to_string())?;
        Ok(Self { new, status, joined_on, attributes: attributes(cells, names)? })
    }

    /// The member to store.
    pub fn member(&self, id: MemberId, now: Moment) -> Member {
        let new = self.new.clone();
        Member {
            id,
            search: search_text(&new.name, &new.latin_name, &new.number, &new.email),
            number: new.number,
            kind: new.kind,
            status: self.status,
            name: new.name,
            latin_name: new.latin_name,
            email: new.email,
            phone: new.phone,
            country: new.country,
            language: new.language,
            street: new.street,
            postal_code: new.postal_code,
            city: new.city,
            joined_on: self.joined_on,
            rank: String::new(),
            highest_rank: String::new(),
            person_id: MemberId(0),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Compares the row with the member that is there, in the fields that the mapping fills.
    pub fn compared(&self, cells: Cells<'_>, stored: &Member, parents: [Option<String>; 2]) -> Comparison {
        let fixed = [
            ("kind", self.new.kind.to_string(), stored.kind.to_string()),
            ("status", self.status.to_string(), stored.status.to_string()),
            ("joined_on", self.joined_on.to_string(), stored.joined_on.to_string()),
        ];
        let [sponsor, enroller] = parents;
        let trees = [("sponsor", &self.new.sponsor, sponsor), ("enroller", &self.new.enroller, enroller)];
        let trees =
            trees.into_iter().filter_map(|(field, given, there)| there.map(|there| (field, given.clone(), there)));
        for (field, given, there) in fixed.into_iter().filter(|(field, ..)| cells.is_mapped(field)).chain(trees) {
            if given != there {
                let (given, there) = (or_none(&given), or_none(&there));
                return Comparison::Fixed(format!(
                    "{} exists with a different {field} ({there}, here {given}); change it on the member's page, where it is kept with its reason",
                    self.new.number
                ));
            }
        }
        let mut changed = stored.clone();
        let open: [(&'static str, &String, &mut String); 9] = [
            ("name", &self.new.name, &mut changed.name),
            ("latin_name", &self.new.latin_name, &mut changed.latin_name),
            ("email", &self.new.email, &mut changed.email),
            ("phone", &self.new.phone, &mut changed.phone),
            ("country", &self.new.country, &mut changed.country),
            ("language", &self.new.language, &mut changed.language),
            ("street", &self.new.street, &mut changed.street),
            ("postal_code", &self.new.postal_code, &mut changed.postal_code),
            ("city", &self.new.city, &mut changed.city),
        ];
        let mut differences = Vec::new();
        for (field, given, there) in open {
            if cells.is_mapped(field) && given != there {
                differences.push(format!("{field} ({}, here {})", or_none(there), or_none(given)));
                there.clone_from(given);
            }
        }
        if differences.is_empty() {
            return Comparison::Same;
        }
        changed.search = search_text(&changed.name, &changed.latin_name, &changed.number, &changed.email);
        Comparison::Open { changed: Box::new(changed), differences: differences.join(", ") }
    }
}

/// What a row says about attributes. Where a plan says what values one has, days and numbers are read as the file writes
/// them, and words must be the plan's; others are kept as they are.
fn attributes(cells: Cells<'_>, names: &PlanNames) -> Result<Vec<(String, String)>, String> {
    let said = |fault: CellFault| fault.to_string();
    let mut given = Vec::new();
    for (field, name) in cells.names(ATTRIBUTES) {
        let kind = names.attribute(name).map(|attribute| &attribute.kind);
        let value = match kind {
            Some(AttributeKind::Day) => cells.day(field).map_err(said)?.map(|day| day.to_string()),
            Some(AttributeKind::Number) => cells.decimal(field).map_err(said)?.map(|number| number.to_string()),
            _ => Some(cells.text(field, 200).map_err(said)?).filter(|text| !text.is_empty()),
        };
        let Some(value) = value else { continue };
        if let Some(kind) = kind.filter(|kind| kind.read(&value, |_| 0).is_none()) {
            return Err(format!("{name} is “{value}”, and the plan needs {}", kind.wanted()));
        }
        given.push((name.to_owned(), value));
    }
    Ok(given)
}

/// How a row and the member that is there differ.
pub(super) enum Comparison {
    /// Not at all.
    Same,
    /// In what an import may change.
    Open {
        /// The member as the row has it.
        changed: Box<Member>,
        /// The fields, with what is there and what is here.
        differences: String,
    },
    /// In what an import never changes; the reason.
    Fixed(String),
}

impl Comparison {
    /// The same with attributes that differ: name, value here, value there.
    pub fn with(self, stored: &Member, attributes: &[(String, String, String)]) -> Self {
        if attributes.is_empty() || matches!(self, Self::Fixed(_)) {
            return self;
        }
        let told = attributes.iter().map(|(name, here, there)| format!("{name} ({}, here {here})", or_none(there)));
        let mut all: Vec<String> = told.collect();
        let changed = match self {
            Self::Open { changed, differences } => {
                all.insert(0, differences);
                changed
            }
            _ => Box::new(stored.clone()),
        };
        Self::Open { changed, differences: all.join(", ") }
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
