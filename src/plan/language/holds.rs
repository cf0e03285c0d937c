//! `[[holds]]`: amounts of several bonuses that wait together until there is enough of them, or until a condition is met.

use toml::de::DeTable;

use super::source::{Reader, Section, Span};
use crate::plan::checked::{Bonus, Cap, CapPer, Hold};
use crate::plan::expr::{Reads, Scope};

/// Reads all of them; the bonuses come back without what waits after a choice between them, or after a limit.
pub fn read<'t>(
    reader: &mut Reader<'t>,
    root: &'t DeTable<'t>,
    mut bonuses: Vec<(Bonus, Span)>,
    larger: &[Vec<u16>],
    caps: &[Cap],
) -> (Vec<(Bonus, Span)>, Vec<Hold>) {
    let sections = reader.sections(root, "holds", "hold");
    let mut holds: Vec<Hold> = Vec::new();
    for (section, number) in sections.iter().zip(1..) {
        if let Some(hold) = hold(reader, section, number, &holds) {
            holds.push(hold);
        }
    }
    let groups = || larger.iter().chain(caps.iter().map(|cap| &cap.of));
    let mut all = after(&mut bonuses, |place| groups().any(|of| of.contains(&place)));
    all.append(&mut holds);
    (bonuses, all)
}

fn hold<'t>(reader: &mut Reader<'t>, section: &Section<'t>, number: usize, others: &[Hold]) -> Option<Hold> {
    reader.only(section, &["name", "of", "minimum", "until", "per"]);
    let name = reader.text(section, "name").map_or_else(|| format!("hold {number}"), |text| text.value);
    if others.iter().any(|other| other.name == name) {
        reader.fault(&section.span, format!("there are two holds “{name}”"), "give each its own name");
    }
    let of = super::bonuses::listed(reader, section, "of");
    let money: Vec<u16> = {
        let points = |place: &u16| reader.names.points.contains(&reader.names.bonuses[usize::from(*place)]);
        (0_u16..).take(reader.names.bonuses.len()).filter(|place| !points(place)).collect()
    };
    if of.iter().flatten().any(|place| !money.contains(place)) {
        let span = section.table.get("of").map_or(section.span.clone(), toml::Spanned::span);
        reader.fault(&span, "points are not paid, so there is nothing to hold", "name bonuses that pay money");
    }
    let of = of.unwrap_or(money);
    if !["minimum", "until"].iter().any(|key| section.table.contains_key(*key)) {
        let help = "write minimum = \"20\", until = \"pv >= 50\", or both";
        reader.fault(&section.span, "nothing says when these amounts are paid", help);
        return None;
    }
    let mut minimum = None;
    if let Some(value) = section.table.get("minimum") {
        let text = reader.as_expression(value)?;
        minimum = Some(reader.number(&text, Scope::Member, Reads::Amounts)?.0);
    }
    let mut until = None;
    if let Some(text) = reader.text(section, "until") {
        until = Some(reader.condition(&text, Scope::Member, Reads::Amounts)?.0);
    }
    let per = reader.word(section, "per", &["member", "person"]).unwrap_or(CapPer::Member);
    (!of.is_empty()).then_some(Hold { name, of, minimum, until, per })
}

/// What bonuses hold that are chosen from or limited: it waits after the choice and the limit, for a bonus that is not paid
/// holds nothing, and a limit is on what was earned.
fn after(bonuses: &mut [(Bonus, Span)], shares: impl Fn(u16) -> bool) -> Vec<Hold> {
    let mut holds = Vec::new();
    for (place, (bonus, _)) in (0_u16..).zip(bonuses).filter(|(place, _)| shares(*place)) {
        if let Some(until) = bonus.hold_until.take() {
            let name = format!("bonus-{}", bonus.code);
            holds.push(Hold { name, of: vec![place], minimum: None, until: Some(until), per: CapPer::Member });
        }
    }
    holds
}
