//! `[[ranks]]`: lowest first, each with what it needs.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section, Text};
use crate::plan::checked::{Need, Rank, VolumeDef};
use crate::plan::expr::{Cond, Num, Reads, Scope, Shape, Take};

/// Most ranks of a plan.
const LIMIT: usize = 64;
const TAKEN: [&str; 11] = [
    "rank",
    "paid_rank",
    "highest_rank",
    "former_rank",
    "active",
    "customer",
    "distributor",
    "and",
    "or",
    "not",
    "unranked",
];

/// Makes the codes of all ranks known, so that expressions anywhere may name them.
pub fn codes<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let sections = reader.sections(root, "ranks", "rank");
    if sections.len() > LIMIT {
        reader.fault(&sections[LIMIT].span, format!("a plan has at most {LIMIT} ranks"), "remove ranks");
    }
    for section in &sections {
        let Some(code) = reader.need_text(section, "code", "\"Leader\"") else {
            continue;
        };
        let plain =
            code.value.chars().all(|c| c.is_alphanumeric() || c == '_') && code.value.starts_with(char::is_alphabetic);
        if !plain {
            let message = format!("“{}” cannot be used as a code", code.value);
            reader.fault(
                &code.span,
                message,
                "use letters, digits and _, a letter first; the name for people goes into “name”",
            );
        } else if TAKEN.contains(&code.value.as_str()) {
            reader.fault(
                &code.span,
                format!("“{}” has a meaning already: it is a word of the language", code.value),
                "choose another code",
            );
        } else if reader.names.ranks.contains(&code.value) {
            reader.fault(&code.span, format!("there are two ranks “{}”", code.value), "give each rank its own code");
        }
        reader.names.ranks.push(code.value);
    }
}

/// Reads the ranks; their codes are known already.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>, volumes: &[VolumeDef]) -> Vec<Rank> {
    let before = reader.faults.len();
    let sections = reader.sections(root, "ranks", "rank");
    reader.faults.truncate(before);
    sections.iter().filter_map(|section| rank(reader, section, volumes)).collect()
}

fn rank<'t>(reader: &mut Reader<'t>, section: &Section<'t>, volumes: &[VolumeDef]) -> Option<Rank> {
    reader.only(section, &["code", "name", "needs", "maintain", "grace"]);
    let code = section.table.get("code")?.get_ref().as_str()?.to_owned();
    let name = reader.text(section, "name").map_or_else(|| code.clone(), |text| text.value);
    let value = reader.need(section, "needs", "[\"pv >= 100\"]");
    let needs = value.map_or_else(Vec::new, |value| list(reader, value, volumes));
    let maintain = section.table.get("maintain").map(|value| list(reader, value, volumes));
    let grace = reader.whole(section, "grace", 1, 60).unwrap_or(0);
    Some(Rank { code, name, needs, maintain, grace })
}

/// One need, or a list of them.
fn list<'t>(reader: &mut Reader<'t>, value: &'t Spanned<DeValue<'t>>, volumes: &[VolumeDef]) -> Vec<Need> {
    let listed: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    listed.into_iter().filter_map(|item| need(reader, item, volumes)).collect()
}

fn need<'t>(reader: &mut Reader<'t>, item: &'t Spanned<DeValue<'t>>, volumes: &[VolumeDef]) -> Option<Need> {
    let (text, label) = match item.get_ref() {
        DeValue::Table(table) => {
            let section = Section { what: "a need".to_owned(), span: item.span(), table };
            reader.only(&section, &["label", "if"]);
            let label = reader.text(&section, "label").map(|text| text.value);
            (reader.need_text(&section, "if", "\"pv >= 100\"")?, label)
        }
        _ => (reader.as_text(item)?, None),
    };
    let (cond, _) = reader.condition(&text, Scope::Member, Reads::Ranks)?;
    let (have, need) = sides(&cond);
    let label = label.unwrap_or_else(|| describe(reader, have.as_ref(), &text, volumes));
    Some(Need { label, cond, have, need })
}

/// What a condition compares, where it asks for at least some number.
fn sides(cond: &Cond) -> (Option<Num>, Option<Num>) {
    use crate::plan::expr::Compare;
    match cond {
        Cond::Volume(Compare::AtLeast | Compare::More, place, value) => {
            (Some(Num::Volume(*place)), Some(Num::Const(rust_decimal::Decimal::new(*value, 4).normalize())))
        }
        Cond::Count(Compare::AtLeast | Compare::More, place, value) => {
            (Some(Num::Count(*place)), Some(Num::Const((*value).into())))
        }
        Cond::Numbers(Compare::AtLeast | Compare::More, have, need)
        | Cond::Numbers(Compare::AtMost | Compare::Less, need, have) => (Some(have.clone()), Some(need.clone())),
        _ => (None, None),
    }
}

fn describe(reader: &Reader<'_>, have: Option<&Num>, text: &Text, volumes: &[VolumeDef]) -> String {
    match have {
        Some(Num::Volume(place)) => volumes[usize::from(*place)].label.clone(),
        Some(Num::Count(place)) => {
            let aggregate = &reader.names.aggregates[usize::from(*place)];
            let who = match &aggregate.take {
                Take::Count(Cond::Active) => "active".to_owned(),
                Take::Count(Cond::Ranks(_, _, crate::plan::expr::RankTerm::Is(rank))) => {
                    reader.names.ranks[usize::from(*rank)].clone()
                }
                _ => return text.value.clone(),
            };
            match aggregate.shape {
                Shape::Legs => format!("Legs with {who}"),
                Shape::Heads if aggregate.depth > 1 => format!("Generation {}: {who}", aggregate.depth),
                Shape::Heads => format!("First generation: {who}"),
                Shape::Frontline => format!("Frontline: {who}"),
                Shape::Downline => format!("Downline: {who}"),
                Shape::DownlineOn(0) => format!("Downline on the left: {who}"),
                Shape::DownlineOn(_) => format!("Downline on the right: {who}"),
                Shape::Enrolled => format!("Personally enrolled: {who}"),
                Shape::EnrolledLegs => format!("Legs with personally enrolled {who}"),
                Shape::EnrolledOn(0) => format!("Personally enrolled on the left: {who}"),
                Shape::EnrolledOn(_) => format!("Personally enrolled on the right: {who}"),
                Shape::Customers => format!("Customers: {who}"),
                Shape::Positions => format!("Positions of the person: {who}"),
                Shape::Everybody => text.value.clone(),
            }
        }
        _ => text.value.clone(),
    }
}
