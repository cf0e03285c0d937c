//! `[[larger]]` and `[[caps]]`: choices between bonuses, and limits on what they pay.

use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::plan::checked::{Cap, CapPer, Excess, Reduction};
use crate::plan::expr::{Reads, Scope};

/// Reads the choices: of each list only the largest bonus is paid.
pub fn larger<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<Vec<u16>> {
    let sections = reader.sections(root, "larger", "larger");
    let mut out = Vec::new();
    for section in &sections {
        reader.only(section, &["of"]);
        if reader.need(section, "of", "[\"team\", \"guarantee\"]").is_none() {
            continue;
        }
        let of = super::bonuses::places(reader, section, "of");
        if of.len() == 1 {
            reader.fault(&section.span, "there is nothing to choose from", "name two or more bonuses");
        }
        out.push(of);
    }
    out
}

/// Reads the limits.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<Cap> {
    let sections = reader.sections(root, "caps", "cap");
    let caps: Vec<Option<Cap>> =
        sections.iter().zip(1..).map(|(section, number)| cap(reader, section, number)).collect();
    caps.into_iter().flatten().collect()
}

fn cap<'t>(reader: &mut Reader<'t>, section: &Section<'t>, number: usize) -> Option<Cap> {
    reader.only(section, &["name", "of", "limit", "per", "reduce", "excess"]);
    let name = reader.text(section, "name").map_or_else(|| format!("limit {number}"), |text| text.value);
    let of = match section.table.get("of").map(toml::Spanned::get_ref) {
        Some(DeValue::String(text)) if text == "all" => None,
        None => None,
        _ => Some(super::bonuses::places(reader, section, "of")),
    };
    let all = || (0..reader.names.bonuses.len()).filter_map(|place| u16::try_from(place).ok()).collect();
    let of = of.unwrap_or_else(all);
    let value = reader.need(section, "limit", "\"500\"")?;
    let text = reader.as_expression(value)?;
    let (limit, _) = reader.number(&text, Scope::Member, Reads::Amounts)?;
    if section.table.get("per").and_then(|per| per.get_ref().as_str()) == Some("company")
        && reader.names.differs(&limit)
    {
        let help = "use volumes with scope = \"company\", such as \"40% * all\"";
        reader.fault(&text.span, "the limit of the company must be the same for everybody", help);
    }
    if of.is_empty() {
        return None;
    }
    let per = reader.word(section, "per", &["member", "person", "company"]).unwrap_or(CapPer::Member);
    let words = ["pro-rata", "lowest-rank", "last-come", "stop"];
    let reduction = reader.word(section, "reduce", &words).unwrap_or(Reduction::ProRata);
    let excess = reader.word(section, "excess", &["lost", "carried"]).unwrap_or(Excess::Lost);
    if excess == Excess::Carried && per == CapPer::Company {
        reader.fault(&section.span, "what the company saves cannot be carried over", "write excess = \"lost\"");
    }
    Some(Cap { name, of, limit, per, reduction, excess })
}
