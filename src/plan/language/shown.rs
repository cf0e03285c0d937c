//! Named expressions once more, as they are shown beside what they are for a member.

use toml::de::{DeTable, DeValue};

use super::source::Reader;
use crate::plan::expr::{Checker, Meaning, NamedValue, Reads, Scope, Value};

/// Notes the names of volumes and values, so that advice can say of one that is read too early that it comes later.
pub fn later<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    for (part, value) in [("volumes", false), ("values", true)] {
        if let Some(DeValue::Table(table)) = root.get(part).map(toml::Spanned::get_ref) {
            reader.names.later.extend(table.keys().map(|name| (name.get_ref().to_string(), value)));
        }
    }
}

/// The named expressions of a plan, as they are shown of a member.
pub fn values(reader: &mut Reader<'_>) -> Vec<NamedValue> {
    let mut shown = Vec::new();
    for Value { name, text, .. } in reader.names.values.clone() {
        let number = Checker::new(&mut reader.names, Scope::Member, Reads::Amounts).number(&text);
        let is = number.map(|(num, _)| Meaning::Number(num)).or_else(|_| {
            let condition = Checker::new(&mut reader.names, Scope::Member, Reads::Amounts).condition(&text);
            condition.map(|(cond, _)| Meaning::Condition(cond))
        });
        shown.extend(is.ok().map(|is| NamedValue { name, is }));
    }
    shown
}
