//! `[trees.NAME]`: trees that the plan derives from those of the members.

use toml::de::DeTable;

use super::source::Reader;
use crate::plan::checked::DerivedTree;
use crate::plan::expr::{Reads, Scope, TreeRef};

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
        reader.only(&section, &["of", "only", "pass_up", "line"]);
        let of = reader.word(&section, "of", &["sponsor", "enroller", "placement"]);
        let pass_up = reader.whole(&section, "pass_up", 1, 100).unwrap_or(0);
        let line = reader.flag(&section, "line").unwrap_or(false);
        let only = reader
            .text(&section, "only")
            .and_then(|text| reader.condition(&text, Scope::Member, Reads::Ranks).map(|(cond, _)| cond));
        let of = match of {
            Some(kind) => TreeRef::Kind(kind),
            None => TreeRef::SPONSOR,
        };
        if only.is_none() && pass_up == 0 && !line {
            let message = format!("tree {name} is not different from the one it is derived from");
            reader.fault(&section.span, message, "add only = \"active\", pass_up = 2 or line = true");
        }
        trees.push(DerivedTree { name, of, only, pass_up, line });
    }
    trees
}
