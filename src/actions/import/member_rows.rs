//! One row of a file of members: reading its values and comparing it with the member that is there.

use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::sheet::Cells;
use crate::store::members::{Member, search_text};

/// The values of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MemberRow {
    pub number: String,
    pub name: String,
    pub kind: MemberKind,
    pub status: MemberStatus,
    /// Number of the sponsor; empty where there is none.
    pub sponsor: String,
    /// Number of the enroller; empty where there is none.
    pub enroller: String,
    pub email: String,
    pub phone: String,
    pub country: String,
    pub language: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub joined_on: Day,
}

impl MemberRow {
    /// Reads the values of a row; the reason is for the person who sent the file.
    pub fn read(cells: Cells<'_>) -> Result<Self, String> {
        let said = |fault: crate::sheet::CellFault| fault.to_string();
        let word = |field, default: &str| {
            let text = cells.text(field, 40).map_err(said)?.to_lowercase();
            Ok::<String, String>(if text.is_empty() { default.to_owned() } else { text })
        };
        let number = number(cells, "number")?;
        let is_network = cells.row().header.position("sponsor").is_some() && !cells.is_mapped("sponsor");
        let sponsor = if is_network {
            let node = cells.row().cell("sponsor");
            if node.is_empty() { String::new() } else { cells.number_of_node(node) }
        } else if cells.column("sponsor").is_some_and(|column| column.spread_over.is_some()) {
            String::new()
        } else {
            cells.text("sponsor", 40).map_err(said)?
        };
        let enroller = if cells.is_mapped("enroller") { cells.text("enroller", 40).map_err(said)? } else { sponsor.clone() };
        let row = Self {
            name: cells.required("name", 200).map_err(said)?,
            kind: word("kind", "distributor")?.parse().map_err(|e: crate::domain::words::UnknownWord| e.to_string())?,
            status: word("status", "active")?.parse().map_err(|e: crate::domain::words::UnknownWord| e.to_string())?,
            email: email(cells)?,
            phone: cells.text("phone", 40).map_err(said)?,
            country: country(cells)?,
            language: language(cells)?,
            street: cells.text("street", 200).map_err(said)?,
            postal_code: cells.text("postal_code", 20).map_err(said)?,
            city: cells.text("city", 100).map_err(said)?,
            joined_on: cells.day("joined_on").map_err(said)?.ok_or("joined_on is empty; fill it in")?,
            number,
            sponsor,
            enroller,
        };
        for (parent, word) in [(&row.sponsor, "sponsor"), (&row.enroller, "enroller")] {
            if *parent == row.number {
                return Err(format!("{} is its own {word}; name somebody else or leave it empty", row.number));
            }
        }
        Ok(row)
    }

    /// The member to store.
    pub fn member(&self, id: MemberId, now: Moment) -> Member {
        Member {
            id,
            number: self.number.clone(),
            kind: self.kind,
            status: self.status,
            name: self.name.clone(),
            latin_name: String::new(),
            search: search_text(&self.name, "", &self.number, &self.email),
            email: self.email.clone(),
            phone: self.phone.clone(),
            country: self.country.clone(),
            language: self.language.clone(),
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            city: self.city.clone(),
            joined_on: self.joined_on,
            rank: String::new(),
            highest_rank: String::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Compares the row with the member that is there, in the fields that the mapping fills.
    pub fn compared(&self, cells: Cells<'_>, stored: &Member, parents: [Option<String>; 2]) -> Comparison {
        let fixed = [
            ("kind", self.kind.to_string(), stored.kind.to_string()),
            ("status", self.status.to_string(), stored.status.to_string()),
            ("joined_on", self.joined_on.to_string(), stored.joined_on.to_string()),
        ];
        let [sponsor, enroller] = parents;
        let trees = [("sponsor", &self.sponsor, sponsor), ("enroller", &self.enroller, enroller)];
        let trees = trees.into_iter().filter_map(|(field, given, there)| there.map(|there| (field, given.clone(), there)));
        for (field, given, there) in fixed.into_iter().filter(|(field, ..)| cells.is_mapped(field)).chain(trees) {
            if given != there {
                let (given, there) = (or_none(&given), or_none(&there));
                return Comparison::Fixed(format!(
                    "{} exists with a different {field} ({there}, here {given}); change it on the member's page, where it is kept with its reason",
                    self.number
                ));
            }
        }
        let mut changed = stored.clone();
        let open: [(&'static str, &String, &mut String); 8] = [
            ("name", &self.name, &mut changed.name),
            ("email", &self.email, &mut changed.email),
            ("phone", &self.phone, &mut changed.phone),
            ("country", &self.country, &mut changed.country),
            ("language", &self.language, &mut changed.language),
            ("street", &self.street, &mut changed.street),
            ("postal_code", &self.postal_code, &mut changed.postal_code),
            ("city", &self.city, &mut changed.city),
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

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// A number that people read: no white space, no control character, at most 40 letters.
pub(super) fn number(cells: Cells<'_>, field: &'static str) -> Result<String, String> {
    let text = cells.required(field, 40).map_err(|fault| fault.to_string())?;
    if text.contains(char::is_whitespace) {
        return Err(format!("the {field} “{text}” contains a space; numbers are written in one piece"));
    }
    Ok(text)
}

fn email(cells: Cells<'_>) -> Result<String, String> {
    let text = cells.text("email", 254).map_err(|fault| fault.to_string())?;
    let is_address = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && !text.contains(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"'))
    });
    if text.is_empty() || is_address {
        Ok(text)
    } else {
        Err(format!("email “{text}” is not an address; write it as name@example.org, or leave it empty"))
    }
}

fn country(cells: Cells<'_>) -> Result<String, String> {
    let text = cells.text("country", 60).map_err(|fault| fault.to_string())?;
    if text.is_empty() || (text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())) {
        Ok(text)
    } else {
        Err(format!("country “{text}” is not an ISO code of two capital letters; map it with `values` in the mapping"))
    }
}

fn language(cells: Cells<'_>) -> Result<String, String> {
    let text = cells.text("language", 20).map_err(|fault| fault.to_string())?;
    let mut parts = text.split('-');
    let is_tag = parts.next().is_some_and(|first| (2..=3).contains(&first.len()))
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if text.is_empty() || is_tag {
        Ok(text)
    } else {
        Err(format!("language “{text}” is not a language tag such as en or pt-BR"))
    }
}
