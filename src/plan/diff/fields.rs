//! The keys of a section: values that rise, fall, change, appear or go; lists level by level, tables row by row.

use super::sections::{NAMED, Section};
use super::value::{default_of, get, number, same, spoken};
use super::{Change, Table, Value, needs};

/// Keys that identify a section or row and are compared by its title.
const IDENTITY: [&str; 3] = ["code", "id", "key"];
/// Keys that hold one value per level.
const LEVELS: [&str; 2] = ["rate", "amount"];

/// Keys whose values have no more and no less.
const CALENDAR: [&str; 2] = ["year begins", "week begins"];

/// The section whose keys are compared.
struct Keys<'c> {
    /// The key of the document that it stands under.
    group: String,
    part: String,
    /// The number of the first value of a list by levels.
    first_level: i64,
    /// To how many levels the last rate goes on, before and after; 0 where each level has its own.
    levels: [usize; 2],
    changes: &'c mut Vec<Change>,
}

/// Writes down what differs between a section and what it was before.
pub fn compare(section: &Section, before: &Table, changes: &mut Vec<Change>) {
    let first_level = first_level(&section.table);
    let levels = [levels(before), levels(&section.table)];
    let mut keys = Keys { group: section.group.clone(), part: section.title(), first_level, levels, changes };
    keys.table(&section.group, "", before, &section.table);
}

/// The level of the first rate: 0 where the buyer earns too.
fn first_level(table: &Table) -> i64 {
    let walk = get(table, "walk");
    if walk.and_then(Value::one) == Some("own") {
        return 0;
    }
    let first = walk.and_then(|walk| walk.long("walk")).and_then(|walk| get(&walk, "first_level").cloned());
    first.and_then(|level| level.one()?.parse().ok()).unwrap_or(1)
}

/// How many levels a walk has, where it says so.
fn levels(table: &Table) -> usize {
    let walk = get(table, "walk").and_then(|walk| walk.long("walk"));
    let Some(walk) = walk.filter(|walk| get(walk, "difference").is_none()) else { return 0 };
    match get(&walk, "levels").and_then(Value::one) {
        Some("all") => usize::MAX,
        Some(levels) => levels.parse().unwrap_or(0),
        None => 0,
    }
}

impl Keys<'_> {
    /// Compares two tables. `within` is the key around them, `path` the words for where they stand.
    fn table(&mut self, within: &str, path: &str, before: &Table, after: &Table) {
        let mut keys: Vec<&String> = after.iter().map(|(key, _)| key).collect();
        keys.extend(before.iter().map(|(key, _)| key).filter(|key| get(after, key).is_none()));
        // Names of the plan's own stand as they are written.
        let names = path.is_empty() && NAMED.contains(&within);
        let is_title = |key: &&String| path.is_empty() && !names && IDENTITY.contains(&key.as_str());
        for key in keys.into_iter().filter(|key| !is_title(key)) {
            let name = if names { key.clone() } else { join(path, &spoken(key)) };
            let fallback = default_of(within, key);
            let (old, new) = (get(before, key).or(fallback.as_ref()), get(after, key).or(fallback.as_ref()));
            match (old, new) {
                (Some(old), Some(new)) => self.value(key, &name, old, new),
                (None, Some(new)) => self.appeared(&name, new),
                (Some(old), None) => self.vanished(&name, old),
                (None, None) => {}
            }
        }
    }

    fn value(&mut self, key: &str, name: &str, before: &Value, after: &Value) {
        if same(key, before, after) {
            return;
        }
        if needs::is_needs(key, before) || needs::is_needs(key, after) {
            let part = self.part.clone();
            if needs::compare(&part, key, before, after, self.changes) {
                return;
            }
        }
        if LEVELS.contains(&key) {
            return self.rates(name, before, after);
        }
        let is_table = |value: &Value| matches!(value, Value::Table(_));
        if (is_table(before) || is_table(after))
            && let (Some(before), Some(after)) = (before.long(key), after.long(key))
        {
            return self.table(key, name, &before, &after);
        }
        match (before, after) {
            (Value::List(before), Value::List(after)) if rows(before) && rows(after) => {
                self.rows(key, name, before, after);
            }
            (Value::List(_), _) | (_, Value::List(_)) if names(before) && names(after) => {
                self.names(name, before, after);
            }
            (Value::List(before), Value::List(after)) if before.len() == after.len() => {
                for (place, (before, after)) in before.iter().zip(after).enumerate() {
                    self.value(key, &format!("{name}, place {}", place + 1), before, after);
                }
            }
            _ => self.changed(name, before, after),
        }
    }

    /// Rates: one value, one per level, or a table by rank of either.
    fn rates(&mut self, name: &str, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Table(before), Value::Table(after)) => {
                for (rank, new) in after {
                    match get(before, rank) {
                        Some(old) => self.levels(name, &format!(" for {rank}"), old, new),
                        None => self.appeared(&format!("{name} for {rank}"), new),
                    }
                }
                for (rank, old) in before.iter().filter(|(rank, _)| get(after, rank).is_none()) {
                    self.vanished(&format!("{name} for {rank}"), old);
                }
            }
            (Value::Table(_), _) | (_, Value::Table(_)) => self.changed(name, before, after),
            _ => self.levels(name, "", before, after),
        }
    }

    fn levels<'v>(&mut self, name: &str, whose: &str, before: &'v Value, after: &'v Value) {
        let (old, new) = (before.items(), after.items());
        if old.len() <= 1 && new.len() <= 1 {
            if !same("rate", before, after) {
                self.changed(&format!("{name}{whose}"), before, after);
            }
            return;
        }
        let count = old.len().max(new.len());
        let [before, after] = self.levels;
        let at = |rates: &[&'v Value], place: usize, levels: usize| {
            let last = rates.last().filter(|_| place < levels);
            rates.get(place).or(last).copied()
        };
        for place in 0..count {
            let level = i64::try_from(place).unwrap_or(i64::MAX).saturating_add(self.first_level);
            let on = place + 1 == count && before.min(after) > count;
            let level = if on { format!("{name} from level {level} on") } else { format!("level {level}") };
            let name = format!("{level}{whose}");
            match (at(&old, place, before), at(&new, place, after)) {
                (Some(old), Some(new)) if same("rate", old, new) => {}
                (Some(old), Some(new)) => self.changed(&name, old, new),
                (None, Some(new)) => self.appeared(&name, new),
                (Some(old), None) => self.vanished(&name, old),
                (None, None) => {}
            }
        }
    }

    /// The rows of a table: found again by their first cell where that tells them apart, else by their place.
    fn rows(&mut self, key: &str, name: &str, before: &[Value], after: &[Value]) {
        let (Some(old), Some(new)) = (row_names(before), row_names(after)) else {
            return self.rows_by_place(key, name, before, after);
        };
        for (row, new) in new.iter().zip(after) {
            let name = row_name(name, row);
            match old.iter().position(|known| known == row) {
                Some(at) => self.row(key, &name, &before[at], new),
                None => self.appeared(&name, new),
            }
        }
        for (row, old) in old.iter().zip(before).filter(|(row, _)| !new.contains(row)) {
            self.vanished(&row_name(name, row), old);
        }
        let kept = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|row| those.contains(row)).cloned().collect()
        };
        let (old, new) = (kept(&old, &new), kept(&new, &old));
        if old != new {
            let (before, after) = (old.join(", "), new.join(", "));
            let said = format!("the order of the rows of {name} changed: {after} (it was {before})");
            self.say(before, after, &said);
        }
    }

    fn rows_by_place(&mut self, key: &str, name: &str, before: &[Value], after: &[Value]) {
        for place in 0..before.len().max(after.len()) {
            let name = row_name(name, &(place + 1).to_string());
            match (before.get(place), after.get(place)) {
                (Some(old), Some(new)) => self.row(key, &name, old, new),
                (None, Some(new)) => self.appeared(&name, new),
                (Some(old), None) => self.vanished(&name, old),
                (None, None) => {}
            }
        }
    }

    fn row(&mut self, key: &str, name: &str, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Table(before), Value::Table(after)) => self.table(key, name, before, after),
            (Value::List(before), Value::List(after)) => {
                for place in 0..before.len().max(after.len()) {
                    let cell = format!("{name}, column {}", place + 1);
                    match (before.get(place), after.get(place)) {
                        (Some(old), Some(new)) => self.value(key, &cell, old, new),
                        (None, Some(new)) => self.appeared(&cell, new),
                        (Some(old), None) => self.vanished(&cell, old),
                        (None, None) => {}
                    }
                }
            }
            _ => self.value(key, name, before, after),
        }
    }

    /// A list of names, whose order means nothing.
    fn names(&mut self, name: &str, before: &Value, after: &Value) {
        let list = |value: &Value| -> Vec<String> {
            value.items().iter().filter_map(|item| item.one()).map(str::to_owned).collect()
        };
        let (old, new) = (list(before), list(after));
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|item| !those.contains(item)).cloned().collect()
        };
        let all = |list: &[String]| matches!(list, [only] if only == "all");
        if ["caps", "holds"].contains(&self.group.as_str()) && name == "of" && all(&old) != all(&new) {
            let (before, after) = (old.join(", "), new.join(", "));
            let said = if all(&new) {
                format!("{name} is now everything that is paid (it was {before})")
            } else {
                format!("{name} is now {after} (it was everything that is paid)")
            };
            return self.say(before, after, &said);
        }
        if self.group == "attributes" {
            return self.words(name, &old, &new);
        }
        let (more, less) = (only(&new, &old).join(", "), only(&old, &new).join(", "));
        let said = match (more.is_empty(), less.is_empty()) {
            (true, true) => return,
            (false, true) => format!("{name} now has {more} too"),
            (true, false) => format!("{name} no longer has {less}"),
            (false, false) => format!("{name} has {more} instead of {less}"),
        };
        self.say(old.join(", "), new.join(", "), &said);
    }

    /// The words of an attribute, which stand from low to high.
    fn words(&mut self, name: &str, old: &[String], new: &[String]) {
        let more: Vec<&String> = new.iter().filter(|word| !old.contains(word)).collect();
        let rest: Vec<&String> = new.iter().filter(|word| old.contains(word)).collect();
        let (before, after) = (old.join(", "), new.join(", "));
        let said = match more.as_slice() {
            [] if rest.iter().copied().eq(old) => return,
            [only] if rest.iter().copied().eq(old) => {
                let at = new.iter().position(|word| word == *only).unwrap_or_default();
                let below = at.checked_sub(1).and_then(|at| new.get(at));
                let place = match (below, new.get(at + 1)) {
                    (Some(below), Some(above)) => format!("between {below} and {above}"),
                    (Some(below), None) => format!("above {below}"),
                    (None, above) => format!("below {}", above.map_or("", String::as_str)),
                };
                format!("{name} now has {only} too, {place}")
            }
            _ => format!("{name} changes from {before} to {after}, from low to high"),
        };
        self.say(before, after, &said);
    }

    fn changed(&mut self, name: &str, before: &Value, after: &Value) {
        let sizes = before.one().and_then(number).zip(after.one().and_then(number));
        let sizes = sizes.filter(|_| !CALENDAR.contains(&name));
        // What is taken off has a minus.
        let taken = sizes.filter(|(before, after)| before.max(after).is_sign_negative());
        let verb = match sizes {
            _ if taken.is_some() => "changes",
            Some((before, after)) if before < after => "rises",
            Some((before, after)) if before > after => "falls",
            _ => "changes",
        };
        let (before, after) = (before.shown(), after.shown());
        let mut said = format!("{name} {verb} from {before} to {after}");
        if let Some((before, after)) = taken {
            said.push_str(if after < before { ": more is taken off" } else { ": less is taken off" });
        }
        self.say(before, after, &said);
    }

    fn appeared(&mut self, name: &str, value: &Value) {
        let after = value.shown();
        let said = format!("{name} is new: {after}");
        self.say(String::new(), after, &said);
    }

    fn vanished(&mut self, name: &str, value: &Value) {
        let before = value.shown();
        let said = format!("{name} is gone; it was {before}");
        self.say(before, String::new(), &said);
    }

    fn say(&mut self, before: String, after: String, said: &str) {
        let text = format!("{}: {said}", self.part);
        self.changes.push(Change { part: self.part.clone(), before, after, text });
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}, {name}") }
}

/// A row in words; where the key says only that there are rows, it is left out.
fn row_name(name: &str, row: &str) -> String {
    if ["rows", "cells"].contains(&name) { format!("row {row}") } else { format!("{name}, row {row}") }
}

/// Whether the list is a table: of rows that are tables or lists.
fn rows(items: &[Value]) -> bool {
    items.iter().all(|item| !matches!(item, Value::One(_)))
}

/// Whether the value is a list of names (or one name).
fn names(value: &Value) -> bool {
    value.items().iter().all(|item| match item {
        Value::One(text) => number(text).is_none() && text.chars().all(|c| c.is_alphanumeric() || "_- ".contains(c)),
        Value::List(_) | Value::Table(_) => false,
    })
}

/// A cell as rows are named by it: a number in one way of writing.
fn cell(text: &str) -> String {
    if text.ends_with('%') { text.to_owned() } else { number(text).map_or_else(|| text.to_owned(), |n| n.to_string()) }
}

/// The first cell of each row, if they are all different.
fn row_names(rows: &[Value]) -> Option<Vec<String>> {
    let first = |row: &Value| match row {
        Value::Table(table) => {
            let (key, value) = table.first()?;
            Some(format!("{} {}", spoken(key), cell(value.one()?)))
        }
        Value::List(cells) => Some(cell(cells.first()?.one()?)),
        Value::One(_) => None,
    };
    let names: Vec<String> = rows.iter().map(first).collect::<Option<_>>()?;
    let alone = (1..names.len()).all(|at| !names[..at].contains(&names[at]));
    alone.then_some(names)
}
