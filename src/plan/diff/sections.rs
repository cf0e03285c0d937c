//! The sections of a plan: found again by their code or name, new, gone, or in another order.

use super::value::{get, spoken};
use super::{Change, Table, Value, fields};

/// Keys that say which section a table of a list is, the first that is there.
const IDENTITY: [&str; 4] = ["code", "name", "id", "key"];
/// Lists of sections whose order means nothing to the plan.
const UNORDERED: [&str; 2] = ["volumes", "cases"];

/// Sections whose keys are names that the plan gives.
pub const NAMED: [&str; 3] = ["values", "tables", "attributes"];

/// A section of a plan.
#[derive(Debug)]
pub struct Section {
    /// The key of the document that it stands under, such as `bonuses`.
    pub group: String,
    /// What tells it from others under the same key; empty where it is alone.
    pub id: String,
    /// Whether it is one of a list, so that it has a place.
    pub listed: bool,
    /// Its content.
    pub table: Table,
}

impl Section {
    /// How sentences call it: `Bonus team`, `Plan`.
    pub fn title(&self) -> String {
        title(&self.group, &self.id)
    }
}

/// The same of a section by its key in the document and what tells it apart.
pub fn title(group: &str, id: &str) -> String {
    let kind = if id.is_empty() { spoken(group) } else { spoken(&singular(group)) };
    let mut letters = kind.chars();
    let kind: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    if id.is_empty() { kind } else { format!("{kind} {id}") }
}

/// The sections of a document in the order of the file.
pub fn of(document: &Table) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut loose = Table::new();
    for (group, value) in document {
        match value {
            Value::Table(tables) if !tables.is_empty() && tables.iter().all(|(_, v)| matches!(v, Value::Table(_))) => {
                for (name, inner) in tables {
                    if let Value::Table(table) = inner {
                        push(&mut found, group, name.clone(), false, table);
                    }
                }
            }
            Value::Table(table) => push(&mut found, group, String::new(), false, table),
            Value::List(items) if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Table(_))) => {
                for (place, item) in items.iter().enumerate() {
                    if let Value::Table(table) = item {
                        push(&mut found, group, identity(table, place), true, table);
                    }
                }
            }
            other => loose.push((group.clone(), other.clone())),
        }
    }
    if !loose.is_empty() {
        push(&mut found, "file", String::new(), false, &loose);
    }
    found
}

fn push(found: &mut Vec<Section>, group: &str, id: String, listed: bool, table: &Table) {
    let again = found.iter().filter(|known| known.group == group && known.id.split(" (").next() == Some(&id)).count();
    let id = if again == 0 { id } else { format!("{id} ({})", again + 1) };
    found.push(Section { group: group.to_owned(), id, listed, table: table.clone() });
}

fn identity(table: &Table, place: usize) -> String {
    let named = IDENTITY.iter().find_map(|key| get(table, key).and_then(Value::one));
    named.map_or_else(|| (place + 1).to_string(), ToOwned::to_owned)
}

/// Writes down what differs between the sections of two documents.
pub fn compare(old: &[Section], new: &[Section], changes: &mut Vec<Change>) {
    let mut groups: Vec<&str> = Vec::new();
    for section in new.iter().chain(old) {
        if !groups.contains(&section.group.as_str()) {
            groups.push(&section.group);
        }
    }
    for group in groups {
        let within = |all: &'_ [Section]| -> Vec<usize> {
            (0..all.len()).filter(|at| all[*at].group == group).collect::<Vec<_>>()
        };
        let old: Vec<&Section> = within(old).into_iter().map(|at| &old[at]).collect();
        let new: Vec<&Section> = within(new).into_iter().map(|at| &new[at]).collect();
        group_changes(group, &old, &new, changes);
    }
}

fn group_changes(group: &str, old: &[&Section], new: &[&Section], changes: &mut Vec<Change>) {
    for (place, section) in new.iter().enumerate() {
        if let Some(before) = old.iter().find(|before| before.id == section.id) {
            fields::compare(section, &before.table, changes);
        } else {
            let above = place.checked_sub(1).map(|place| new[place]);
            changes.push(appeared(section, above.filter(|_| group == "ranks")));
        }
    }
    for section in old.iter().filter(|before| new.iter().all(|after| after.id != before.id)) {
        changes.push(vanished(section));
    }
    if !UNORDERED.contains(&group) {
        changes.extend(order(group, old, new));
    }
}

fn appeared(section: &Section, below: Option<&Section>) -> Change {
    let after = content(&section.table);
    let place = below.map(|below| format!(", above {}", below.id)).unwrap_or_default();
    let named = get(&section.table, "name").and_then(Value::one).filter(|name| *name != section.id);
    let named = named.map(|name| format!(" (“{name}”)")).unwrap_or_default();
    let text = format!("{}{named} is new{place}: {after}", section.title());
    Change { part: section.title(), before: String::new(), after, text }
}

fn vanished(section: &Section) -> Change {
    let before = content(&section.table);
    let text = format!("{} is gone; it was: {before}", section.title());
    Change { part: section.title(), before, after: String::new(), text }
}

/// What a section says, but what it is called.
fn content(table: &Table) -> String {
    let said = table.iter().filter(|(key, _)| !["code", "name", "about", "label"].contains(&key.as_str()));
    let said: Vec<String> = said.map(|(key, value)| format!("{} {}", spoken(key), value.shown())).collect();
    if said.is_empty() { "nothing but its name".to_owned() } else { said.join("; ") }
}

fn order(group: &str, old: &[&Section], new: &[&Section]) -> Option<Change> {
    let of = |these: &[&Section], those: &[&Section]| -> Vec<String> {
        let both = these.iter().filter(|a| a.listed && those.iter().any(|b| b.id == a.id));
        both.map(|section| section.id.clone()).collect()
    };
    let (before, after) = (of(old, new), of(new, old));
    if before == after {
        return None;
    }
    let (before, after) = (before.join(", "), after.join(", "));
    let part = spoken(group);
    let text = format!("The order of the {part} changed: {after} (it was {before})");
    Some(Change { part, before, after, text })
}

/// `bonuses` → `bonus`, `volumes` → `volume`, `currencies` → `currency`.
fn singular(group: &str) -> String {
    if let Some(stem) = group.strip_suffix("ies") {
        format!("{stem}y")
    } else if let Some(stem) = group.strip_suffix("uses") {
        format!("{stem}us")
    } else {
        group.strip_suffix('s').filter(|stem| !stem.ends_with('s')).unwrap_or(group).to_owned()
    }
}
