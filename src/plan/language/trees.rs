//! `[trees.NAME]`: trees that the plan derives from those of the members.

use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::plan::checked::{DerivedTree, Line};
use crate::plan::expr::{Compare, Cond, MemberField, Num, Reads, Scope, TreeRef};

/// Most derived trees.
const LIMIT: usize = 16;

/// Makes the names of all derived trees known, so that volumes may use them.
pub fn names<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let before = reader.faults.len();
    for (name, section) in reader.named(root, "trees", "tree") {
        let known = if section.table.contains_key("only") { Reads::Everything } else { Reads::Facts };
        reader.names.trees.push((name, known));
    }
    reader.faults.truncate(before);
}

/// One line of all distributors, or as a matrix of those who bought a place.
fn line<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Line> {
    let wanted = reader.flag(section, "line").unwrap_or(false);
    for key in ["width", "where"] {
        if let Some((found, _)) = section.table.get_key_value(key).filter(|_| !wanted) {
            let message = format!("“{key}” belongs to a line");
            reader.fault(&found.span(), message, "add line = true, or remove it");
        }
    }
    let width = reader.whole(section, "width", 1, 100).unwrap_or(1);
    let orders = reader.text(section, "where");
    let orders = orders.and_then(|text| reader.condition(&text, Scope::Order, Reads::Facts)).map(|(cond, _)| cond);
    wanted.then_some(Line { width, orders })
}

/// Which recruits are passed up: the first so many, or those who meet a condition.
fn pass_up<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Cond> {
    if let Some(DeValue::String(_)) = section.table.get("pass_up").map(toml::Spanned::get_ref) {
        let text = reader.text(section, "pass_up")?;
        return reader.condition(&text, Scope::Member, Reads::Facts).map(|(cond, _)| cond);
    }
    let first = reader.whole(section, "pass_up", 1, 100)?;
    Some(Cond::Numbers(Compare::AtMost, Num::Member(MemberField::Recruit), Num::Const(first.into())))
}

/// Reads all derived trees; their names are known already.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<DerivedTree> {
    let sections = reader.named(root, "trees", "tree");
    let mut trees = Vec::new();
    for (place, (name, section)) in sections.into_iter().enumerate() {
        if place == LIMIT {
            reader.fault(&section.span, format!("a plan has at most {LIMIT} trees of its own"), "remove trees");
            break;
        }
        reader.check_name(&section.span, &name);
        reader.only(&section, &["of", "only", "pass_up", "line", "width", "where"]);
        let of = reader.word(&section, "of", &["sponsor", "enroller", "placement"]);
        let pass_up = pass_up(reader, &section);
        let line = line(reader, &section);
        let only = reader.text(&section, "only");
        let only = only.and_then(|text| reader.condition(&text, Scope::Member, Reads::Ranks));
        let reads = match &only {
            None => Reads::Facts,
            Some((_, reads)) if *reads <= Reads::Active => Reads::Compressed,
            Some(_) => Reads::Everything,
        };
        let only = only.map(|(cond, _)| cond);
        reader.names.trees[place].1 =
            if section.table.contains_key("only") { reads.max(Reads::Compressed) } else { reads };
        // Values that read the tree were worked out before this was known.
        reader.names.expansions.clear();
        let of = match of {
            Some(kind) => TreeRef::Kind(kind),
            None => TreeRef::SPONSOR,
        };
        if !section.table.contains_key("only") && pass_up.is_none() && line.is_none() {
            let message = format!("tree {name} is not different from the one it is derived from");
            reader.fault(&section.span, message, "add only = \"active\", pass_up = 2 or line = true");
        }
        trees.push(DerivedTree { name, of, only, pass_up, line, reads });
    }
    trees
}
