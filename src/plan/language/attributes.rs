//! `measures` in `[plan]`, and `[attributes]`: what orders and members carry besides what every plan knows.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::plan::expr::{Attribute, AttributeKind};

/// Most further volumes of orders.
const MEASURES: usize = 32;
/// Most attributes, and most words of one.
const ATTRIBUTES: usize = 64;
/// Columns of the files of members, and words of cases, that an attribute would be mistaken for.
const COLUMNS: [&str; 9] =
    ["number", "sponsor", "enroller", "parent", "side", "person", "name", "forced_rank", "orders_before"];
/// What an order has anyway.
const OF_ORDERS: [&str; 17] = [
    "cv",
    "qv",
    "paid",
    "wholesale",
    "margin",
    "place",
    "place_ever",
    "sale",
    "sale_ever",
    "day",
    "type",
    "line",
    "number",
    "member",
    "and",
    "or",
    "not",
];

/// Makes the further volumes of orders known. Unlike other names they may be those of volumes too: a volume
/// `bonus_points` adds up the `bonus_points` of orders.
pub fn measures<'t>(reader: &mut Reader<'t>, head: &Section<'t>) {
    let Some(value) = head.table.get("measures") else { return };
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_kind(value, "a list of names such as [\"bonus_points\"]");
        return;
    };
    if items.len() > MEASURES {
        reader.fault(
            &value.span(),
            format!("a plan has at most {MEASURES} measures"),
            "remove those that nothing reads",
        );
        return;
    }
    for item in items {
        let Some(text) = reader.as_text(item) else { continue };
        let name = text.value;
        if !crate::domain::measures::is_name(&name) {
            let message = format!("“{name}” cannot be used as a name");
            reader.fault(&text.span, message, "use letters, digits and _, a letter first, at most 40");
        } else if OF_ORDERS.contains(&name.as_str())
            || name.ends_with("_before")
            || name.starts_with("whole_")
            || reader.names.measures.contains(&name)
        {
            reader.fault(&text.span, format!("the name “{name}” has a meaning already"), "choose another name");
        } else {
            reader.names.measures.push(name);
        }
    }
}

/// Makes the attributes of members known.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let Some(section) = reader.section(root, "attributes", "[attributes]") else { return };
    let mut entries: Vec<_> = section.table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    if entries.len() > ATTRIBUTES {
        reader.fault(&section.span, format!("a plan has at most {ATTRIBUTES} attributes"), "remove some");
        return;
    }
    for (key, value) in entries {
        let name = key.get_ref().to_string();
        if COLUMNS.contains(&name.as_str()) {
            reader.fault(&key.span(), format!("the name “{name}” has a meaning already"), "choose another name");
            continue;
        }
        reader.check_name(&key.span(), &name);
        if let Some(kind) = kind(reader, value) {
            reader.names.attributes.push(Attribute { name, kind });
        }
    }
}

fn kind<'t>(reader: &mut Reader<'t>, value: &'t Spanned<DeValue<'t>>) -> Option<AttributeKind> {
    let help = "write \"number\", \"day\", \"word\", or a list of words from low to high: [\"Basic\", \"Pro\"]";
    match value.get_ref() {
        DeValue::String(text) => match text.as_ref() {
            "number" => Some(AttributeKind::Number),
            "day" => Some(AttributeKind::Day),
            "word" => Some(AttributeKind::Word),
            other => {
                reader.fault(&value.span(), format!("“{other}” is not a kind of attribute"), help);
                None
            }
        },
        DeValue::Array(items) if !items.is_empty() && items.len() <= ATTRIBUTES => {
            let mut words: Vec<String> = Vec::new();
            for item in items {
                let text = reader.as_text(item)?;
                let well = text.value.starts_with(char::is_alphabetic)
                    && text.value.chars().all(|c| c.is_alphanumeric() || c == '_');
                if !well || ["none", "and", "or", "not"].contains(&text.value.as_str()) {
                    let message = format!("“{}” cannot be used as a word", text.value);
                    reader.fault(&text.span, message, "use letters, digits and _, a letter first");
                } else if words.contains(&text.value) {
                    reader.fault(&text.span, format!("“{}” is there twice", text.value), "name every word once");
                }
                words.push(text.value);
            }
            Some(AttributeKind::OneOf(words))
        }
        _ => {
            reader.fault(&value.span(), "this says nothing about an attribute", help);
            None
        }
    }
}
