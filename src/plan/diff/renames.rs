//! Sections that are called something else and are the same otherwise.

use std::collections::HashSet;

use super::expression::plain;
use super::sections::{self, title};
use super::value::{PROSE, Value, get, squeezed};
use super::{Change, Table};

/// Keys that say what a section is called.
const CALLED: [&str; 6] = ["code", "name", "label", "about", "rule", "note"];

/// A section with a new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    group: String,
    from: String,
    to: String,
}

/// Something with a name, and what stands under it.
struct Item {
    group: String,
    id: String,
    content: Value,
}

/// Finds them: what is gone and what is new under the same key of the document, alike but for names that are gone or new
/// too, and alike to nothing else.
pub fn of(old: &Table, new: &Table) -> Vec<Rename> {
    let (before, after) = (items(old), items(new));
    let without = |these: &[Item], those: &[Item]| -> Vec<usize> {
        let known = |item: &Item| those.iter().any(|other| (&other.group, &other.id) == (&item.group, &item.id));
        (0..these.len()).filter(|at| !known(&these[*at])).collect()
    };
    let (gone, come) = (without(&before, &after), without(&after, &before));
    let names =
        |all: &[Item], places: &[usize]| -> HashSet<String> { places.iter().map(|at| all[*at].id.clone()).collect() };
    let (gone_names, come_names) = (names(&before, &gone), names(&after, &come));
    let shape = |item: &Item, names: &HashSet<String>| {
        let hidden = |word: &str| names.contains(word).then(|| "?".to_owned());
        (item.group.clone(), written(&item.content, &hidden))
    };
    let shapes = |all: &[Item], places: &[usize], names: &HashSet<String>| -> Vec<(String, String)> {
        places.iter().map(|at| shape(&all[*at], names)).collect()
    };
    let (gone_shapes, come_shapes) = (shapes(&before, &gone, &gone_names), shapes(&after, &come, &come_names));
    let alone = |shapes: &[(String, String)], shape: &(String, String)| {
        shapes.iter().filter(|other| *other == shape).count() == 1
    };
    let mut found: Vec<(Rename, usize, usize)> = Vec::new();
    for (shape, place) in gone_shapes.iter().zip(&gone) {
        let other = come_shapes.iter().position(|other| other == shape).map(|at| come[at]);
        let Some(other) = other.filter(|_| alone(&gone_shapes, shape) && alone(&come_shapes, shape)) else { continue };
        let (from, to) = (&before[*place], &after[other]);
        let rename = Rename { group: from.group.clone(), from: from.id.clone(), to: to.id.clone() };
        found.push((rename, *place, other));
    }
    // Alike they are only if every other name in them is a renamed one too.
    loop {
        let renames: Vec<Rename> = found.iter().map(|(rename, ..)| rename.clone()).collect();
        let count = found.len();
        found.retain(|(_, place, other)| {
            let renamed = |word: &str| new_name(&renames, word);
            written(&before[*place].content, &renamed) == written(&after[*other].content, &|_| None)
        });
        if found.len() == count {
            return renames;
        }
    }
}

fn items(document: &Table) -> Vec<Item> {
    let mut items = Vec::new();
    for section in sections::of(document) {
        let content: Table = section.table.iter().filter(|(key, _)| !CALLED.contains(&key.as_str())).cloned().collect();
        let named = section.id.starts_with(char::is_alphabetic) && !section.id.ends_with(')');
        if named && !content.is_empty() {
            items.push(Item { group: section.group, id: section.id, content: Value::Table(content) });
        } else if section.group == "values" || section.group == "tables" {
            let entry = |(name, value): (String, Value)| Item {
                group: section.group.clone(),
                id: name,
                content: Value::List(vec![value]),
            };
            items.extend(section.table.into_iter().map(entry));
        }
    }
    items
}

fn new_name(renames: &[Rename], word: &str) -> Option<String> {
    renames.iter().find(|rename| rename.from == word).map(|rename| rename.to.clone())
}

/// A value in one way of writing, some of its words replaced.
fn written(value: &Value, replace: &dyn Fn(&str) -> Option<String>) -> String {
    match value {
        Value::One(text) => format!("{:?}", plain(&reworded(text, replace))),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, replace)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let entry =
                |(key, value): &(String, Value)| format!("{} = {}", reworded(key, replace), written(value, replace));
            let mut entries: Vec<String> = table.iter().map(entry).collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A text with some of its words replaced: names with `-` as a whole, or else their parts.
fn reworded(text: &str, replace: &dyn Fn(&str) -> Option<String>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let long = rest.find(|c: char| !(is_word(c) || c == '-')).unwrap_or(rest.len());
        let short = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let known = [long, short].into_iter().find_map(|end| replace(&rest[..end]).map(|word| (end, word)));
        let (end, word) = known.unwrap_or_else(|| (short, rest[..short].to_owned()));
        out.push_str(&word);
        rest = &rest[end..];
    }
    out + rest
}

/// What the document after has, to tell where a word means the renamed thing.
struct After<'r> {
    renames: &'r [Rename],
    texts: HashSet<String>,
    keys: HashSet<String>,
}

/// The document before with the new names, wherever the one after has them too.
pub fn apply(old: &Table, new: &Table, renames: &[Rename]) -> Table {
    let mut after = After { renames, texts: HashSet::new(), keys: HashSet::new() };
    after.gather("", &Value::Table(new.clone()));
    let group = |(group, value): &(String, Value)| {
        let own: Vec<&Rename> = renames.iter().filter(|rename| rename.group == *group).collect();
        let called = |name: &str| own.iter().find(|rename| rename.from == name).map(|rename| rename.to.clone());
        let inner = match value {
            Value::Table(table) => {
                let entry = |(name, value): &(String, Value)| {
                    (called(name).unwrap_or_else(|| after.key(name)), after.value(name, value))
                };
                Value::Table(table.iter().map(entry).collect())
            }
            Value::List(items) => Value::List(items.iter().map(|item| after.section(item, &called)).collect()),
            Value::One(_) => value.clone(),
        };
        (group.clone(), inner)
    };
    old.iter().map(group).collect()
}

impl After<'_> {
    fn gather(&mut self, key: &str, value: &Value) {
        match value {
            Value::One(text) if !PROSE.contains(&key) => {
                self.texts.insert(plain(text));
            }
            Value::One(_) => {}
            Value::List(items) => items.iter().for_each(|item| self.gather(key, item)),
            Value::Table(table) => {
                for (key, value) in table {
                    self.keys.insert(key.clone());
                    self.gather(key, value);
                }
            }
        }
    }

    /// A table of a list, with its own new name.
    fn section(&self, item: &Value, called: &dyn Fn(&str) -> Option<String>) -> Value {
        let Value::Table(table) = item else { return self.value("", item) };
        let by = ["code", "name"].into_iter().find(|key| get(table, key).is_some());
        let entry = |(key, value): &(String, Value)| {
            let own = value.one().filter(|_| Some(key.as_str()) == by).and_then(called);
            (self.key(key), own.map_or_else(|| self.value(key, value), Value::One))
        };
        Value::Table(table.iter().map(entry).collect())
    }

    fn key(&self, key: &str) -> String {
        let renamed = new_name(self.renames, key);
        renamed.filter(|to| self.keys.contains(to) && !self.keys.contains(key)).unwrap_or_else(|| key.to_owned())
    }

    fn value(&self, key: &str, value: &Value) -> Value {
        match value {
            Value::One(text) if !PROSE.contains(&key) => {
                let renamed = reworded(text, &|word| new_name(self.renames, word));
                let known = self.texts.contains(&plain(&renamed)) && !self.texts.contains(&plain(text));
                Value::One(if known { renamed } else { text.clone() })
            }
            Value::One(_) => value.clone(),
            Value::List(items) => Value::List(items.iter().map(|item| self.value(key, item)).collect()),
            Value::Table(table) => {
                Value::Table(table.iter().map(|(key, value)| (self.key(key), self.value(key, value))).collect())
            }
        }
    }
}

impl Rename {
    /// The sentence about it; `new` is the document after.
    pub fn change(&self, new: &Table) -> Change {
        let Self { group, from, to } = self;
        let mut text = format!("{} is now called {to}", title(group, from));
        if let Some(what) = self.memory(new) {
            text.extend(["; what runs remember under the old name begins anew: ", what]);
        }
        Change { part: title(group, to), before: from.clone(), after: to.clone(), text }
    }

    /// What runs remember of such a section from one period to the next.
    fn memory(&self, new: &Table) -> Option<&'static str> {
        match self.group.as_str() {
            "ranks" => Some("for how long it was held, and what was paid for reaching it"),
            "bonuses" => Some("what it paid so far (paid_ever), instalments, amounts that are held"),
            "binary" => Some("what its sides carry on"),
            "remembered" => Some("what the number was"),
            "caps" => Some("what was carried over above it"),
            "holds" => Some("what waits"),
            "trees" if self.has(new, &["line"]) => Some("who has which place in the line"),
            "volumes" if self.has(new, &["periods", "within", "days"]) => Some("what it was in earlier periods"),
            "volumes" | "values" if looked_back(&Value::Table(new.clone()), &self.to) => {
                Some("what it was in earlier periods")
            }
            _ => None,
        }
    }
}

impl Rename {
    /// Whether the section has one of these keys.
    fn has(&self, new: &Table, keys: &[&str]) -> bool {
        let group = get(new, &self.group).and_then(|group| group.long("")).unwrap_or_default();
        let own = get(&group, &self.to).and_then(|own| own.long("")).unwrap_or_default();
        own.iter().any(|(key, _)| keys.contains(&key.as_str()))
    }
}

/// Whether an expression reads what something was in earlier periods.
fn looked_back(value: &Value, name: &str) -> bool {
    match value {
        Value::One(text) => {
            let text = squeezed(text).replace(' ', "");
            ["before(", "sum_of_last(", "most_of_last("].iter().any(|call| {
                text.match_indices(&format!("{call}{name}"))
                    .any(|(at, found)| text[at + found.len()..].starts_with([',', ')']))
            })
        }
        Value::List(items) => items.iter().any(|item| looked_back(item, name)),
        Value::Table(table) => table.iter().any(|(_, value)| looked_back(value, name)),
    }
}
