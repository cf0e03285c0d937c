//! `[[larger]]` and `[[caps]]`: choices between bonuses, and limits on what they pay.

use toml::de::DeTable;

use super::source::{Reader, Section, Span};
use crate::plan::checked::{Bonus, Cap, CapPer, Excess, Reduction};
use crate::plan::expr::{Num, Reads, Scope};

/// Reads the choices: of each list only the largest bonus is paid.
pub fn larger<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<Vec<u16>> {
    let sections = reader.sections(root, "larger", "choice");
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
        let points = |place: &&u16| reader.names.points.contains(&reader.names.bonuses[usize::from(**place)]);
        if (1..of.len()).contains(&of.iter().filter(points).count()) {
            let span = section.table.get("of").map_or(section.span.clone(), toml::Spanned::span);
            reader.fault(&span, "money cannot be compared with points", "name bonuses that pay money, or others");
        }
        out.push(of);
    }
    out
}

/// What amounts may be counted together by.
const PER: [&str; 7] = ["member", "person", "company", "source", "order", "day", "leg"];

/// Reads the limits.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>, bonuses: &[(Bonus, Span)]) -> Vec<Cap> {
    let sections = reader.sections(root, "caps", "cap");
    let caps: Vec<Option<Cap>> =
        sections.iter().zip(1..).map(|(section, number)| cap(reader, section, number, bonuses)).collect();
    caps.into_iter().flatten().collect()
}

/// Whether a bonus is a deduction: every rate of it is below zero.
fn takes_only(bonus: &Bonus) -> bool {
    let mut cells = bonus.rates.iter().flat_map(|row| &row.cells).peekable();
    cells.peek().is_some()
        && cells.all(|cell| match cell {
            Num::Negative(_) => true,
            cell => cell.constant().is_some_and(|value| value.is_sign_negative()),
        })
}

fn cap<'t>(reader: &mut Reader<'t>, section: &Section<'t>, number: usize, bonuses: &[(Bonus, Span)]) -> Option<Cap> {
    reader.only(section, &["name", "of", "limit", "per", "reduce", "excess"]);
    let name = reader.text(section, "name").map_or_else(|| format!("limit {number}"), |text| text.value);
    let of = super::bonuses::listed(reader, section, "of");
    let points = |place: &u16| reader.names.points.contains(&reader.names.bonuses[usize::from(*place)]);
    let named = of.is_some();
    // A limit on everything is one on what is paid: deductions from it come after.
    let all = || {
        let pays = (0_u16..).zip(bonuses).filter(|(_, (bonus, _))| !takes_only(bonus)).map(|(place, _)| place);
        pays.filter(|place| !points(place)).collect::<Vec<u16>>()
    };
    let of: Vec<u16> = of.unwrap_or_else(all);
    if named && of.iter().any(points) && !of.iter().all(points) {
        let span = section.table.get("of").map_or(section.span.clone(), toml::Spanned::span);
        let message = "some of these bonuses pay money and some points";
        reader.fault(&span, message, "make two limits of it, one on money and one on points");
    }
    let value = reader.need(section, "limit", "\"500\"")?;
    let text = reader.as_expression(value)?;
    let per = reader.word(section, "per", &PER).unwrap_or(CapPer::Member);
    let scope = if per == CapPer::Source { Scope::Payee } else { Scope::Member };
    let (limit, _) = reader.number(&text, scope, Reads::Amounts)?;
    if per == CapPer::Company && reader.names.differs(&limit) {
        let help = "use volumes with scope = \"company\", such as \"40% * all\"";
        reader.fault(&text.span, "the limit of the company must be the same for everybody", help);
    }
    if of.is_empty() {
        return None;
    }
    let words = ["pro-rata", "lowest-rank", "last-come", "stop"];
    let reduction = reader.word(section, "reduce", &words).unwrap_or(Reduction::ProRata);
    let excess = reader.word(section, "excess", &["lost", "carried"]).unwrap_or(Excess::Lost);
    if excess == Excess::Carried && per == CapPer::Company {
        reader.fault(&section.span, "what the company saves cannot be carried over", "write excess = \"lost\"");
    } else if excess == Excess::Carried && !matches!(per, CapPer::Member | CapPer::Person) {
        let message = format!("what is above a limit per {} cannot be carried over", per.as_str());
        reader.fault(&section.span, message, "write excess = \"lost\", or per = \"member\"");
    }
    Some(Cap { name, of, limit, per, reduction, excess })
}
