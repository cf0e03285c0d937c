//! Lists of conditions that all must hold, such as the needs of a rank: found again by label or by subject.

use super::value::{get, squeezed};
use super::{Change, Value, expression};

/// One condition.
struct Need {
    label: Option<String>,
    condition: String,
}

impl Need {
    fn shown(&self) -> String {
        let condition = self.condition.split_whitespace().collect::<Vec<_>>().join(" ");
        match &self.label {
            Some(label) => format!("“{condition}” ({label})"),
            None => format!("“{condition}”"),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.label == other.label && self.is_alike(other)
    }

    fn is_alike(&self, other: &Self) -> bool {
        squeezed(&self.condition) == squeezed(&other.condition) || expression::same(&self.condition, &other.condition)
    }

    /// Whether both ask for the same thing, perhaps another amount of it.
    fn is_about(&self, other: &Self) -> bool {
        let subject = |need: &Self| comparison(&need.condition).map(|at| squeezed(&need.condition[..at]));
        let same_label = self.label.is_some() && self.label == other.label;
        same_label || self.is_alike(other) || {
            let subject_here = subject(self);
            subject_here.is_some() && subject_here == subject(other)
        }
    }
}

/// Whether the value is such a list: under a key for it, or with a comparison that stands by itself.
pub fn is_needs(key: &str, value: &Value) -> bool {
    if key == "needs" || key.ends_with("_needs") {
        return true;
    }
    let items = value.items();
    items.len() > 1
        && items.iter().all(|item| match item {
            Value::One(text) => comparison(text).is_some(),
            Value::Table(table) => get(table, "if").is_some(),
            Value::List(_) => false,
        })
}

/// Where the first comparison outside brackets stands.
fn comparison(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '<' | '>' | '=' | '!' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

fn read(value: &Value) -> Option<Vec<Need>> {
    let need = |item: &&Value| match item {
        Value::One(condition) => Some(Need { label: None, condition: condition.clone() }),
        Value::Table(table) => Some(Need {
            label: get(table, "label").and_then(Value::one).map(ToOwned::to_owned),
            condition: get(table, "if").and_then(Value::one)?.to_owned(),
        }),
        Value::List(_) => None,
    };
    value.items().iter().map(need).collect()
}

/// Writes down what differs; `false` where the values are no lists of conditions after all.
pub fn compare(part: &str, key: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) -> bool {
    let (Some(mut old), Some(mut new)) = (read(before), read(after)) else { return false };
    let subject = if key == "needs" { part.to_owned() } else { format!("{part}, {},", super::value::spoken(key)) };
    new.retain(|need| match old.iter().position(|before| before.is_same(need)) {
        Some(at) => {
            old.remove(at);
            false
        }
        None => true,
    });
    for need in &new {
        let known = old.iter().position(|before| before.is_about(need)).map(|at| old.remove(at));
        let (before, after) = (known.as_ref().map(Need::shown).unwrap_or_default(), need.shown());
        let text = match known {
            Some(_) => format!("{subject} needs {after} instead of {before}"),
            None => format!("{subject} now also needs {after}"),
        };
        changes.push(Change { part: part.to_owned(), before, after, text });
    }
    for need in &old {
        let before = need.shown();
        let text = format!("{subject} no longer needs {before}");
        changes.push(Change { part: part.to_owned(), before, after: String::new(), text });
    }
    true
}
