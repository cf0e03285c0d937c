//! Reads the mapping file: the TOML reader's complaint, turned into what to write instead.

use super::{ATTRIBUTES, ImportKind, MEASURES, Mapping, Original};
use crate::domain::measures::is_name;
use crate::text::nearest;

/// What is wrong with a mapping file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {message}{}", .nearest.as_ref().map(|n| format!("; did you mean “{n}”?")).unwrap_or_default())]
pub struct MappingFault {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// The key that was probably meant.
    pub nearest: Option<String>,
}

pub(super) fn read(text: &str, file: &str) -> Result<Mapping, MappingFault> {
    let line_at = |offset: usize| text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
    let fault = |line: usize, message: String, nearest: Option<String>| MappingFault {
        file: file.to_owned(),
        line,
        message,
        nearest,
    };
    let mut mapping: Mapping = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(span.start));
        let (message, nearest) = plain(error.message());
        fault(line, message, nearest)
    })?;
    let line_of = |key: &str| {
        let names = |line: &str| {
            line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '.', ']']))
        };
        text.lines().position(names).map_or(1, |at| at + 1)
    };
    further(&mut mapping, &line_of, &fault)?;
    check(&mapping, &line_of, &fault)?;
    Ok(mapping)
}

/// Moves further volumes and attributes to the other columns, behind their prefixes.
fn further(
    mapping: &mut Mapping,
    line_of: &dyn Fn(&str) -> usize,
    fault: &dyn Fn(usize, String, Option<String>) -> MappingFault,
) -> Result<(), MappingFault> {
    let kind = mapping.kind;
    let sections = [
        (
            "[measures",
            MEASURES,
            std::mem::take(&mut mapping.measures),
            kind != ImportKind::Members,
            "products and orders",
        ),
        ("[attributes", ATTRIBUTES, std::mem::take(&mut mapping.attributes), kind == ImportKind::Members, "members"),
    ];
    for (head, prefix, columns, fits, whose) in sections {
        if let Some(first) = columns.fields().next() {
            if !fits {
                return Err(fault(line_of(head), format!("{head}] is for {whose}"), None));
            }
            if let Some(name) = columns.fields().find(|name| !is_name(name)) {
                let message = format!("“{name}” cannot be used as a name; use letters, digits and _, a letter first");
                return Err(fault(line_of(first), message, None));
            }
        }
        mapping.columns.add(prefix, columns);
    }
    Ok(())
}

/// Whether a field is a further volume or an attribute.
fn is_further(field: &str) -> bool {
    field.starts_with(MEASURES) || field.starts_with(ATTRIBUTES)
}

/// What the types alone cannot say.
fn check(
    mapping: &Mapping,
    line_of: &dyn Fn(&str) -> usize,
    fault: &dyn Fn(usize, String, Option<String>) -> MappingFault,
) -> Result<(), MappingFault> {
    let kind = mapping.kind;
    let known = kind.fields();
    for field in mapping.columns.fields().filter(|field| !is_further(field)) {
        if !known.iter().any(|(name, _)| *name == field) {
            let nearest = nearest(field, known.iter().map(|(name, _)| *name)).map(str::to_owned);
            return Err(fault(line_of(field), format!("{kind} have no field “{field}”"), nearest));
        }
    }
    let missing: Vec<&str> = known
        .iter()
        .filter(|(name, is_needed)| *is_needed && mapping.columns.find(name).is_none())
        .map(|(name, _)| *name)
        .collect();
    if !missing.is_empty() {
        let message = format!("[columns] must say where {} of the {kind} comes from", missing.join(", "));
        return Err(fault(line_of("[columns"), message, None));
    }
    for field in mapping.columns.fields() {
        let Some(column) = mapping.columns.find(field) else { continue };
        let wrong = if column.spread_over.is_some() && field != "sponsor" {
            Some("`spread_over` is for the sponsor")
        } else if column.from.is_some()
            && !matches!(field, "qv" | "cv" | "wholesale" | "wholesale_price" | "preferred_price")
            && !field.starts_with(MEASURES)
        {
            Some("`from` is for qv, cv, measures and wholesale prices")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let key = field.rsplit('.').next().unwrap_or(field);
            return Err(fault(line_of(key), format!("{field}: {wrong}"), None));
        }
    }
    if let Some(rule) = mapping.skip.iter().find(|r| !r.empty && r.equals.is_empty() && r.starts_with.is_none()) {
        let message = format!("the [[skip]] for column “{}” needs empty, equals or starts_with", rule.column);
        return Err(fault(line_of("[[skip"), message, None));
    }
    if mapping.edges.is_some() && kind != super::ImportKind::Members {
        return Err(fault(line_of("[edges"), "[edges] is for members".to_owned(), None));
    }
    if mapping.orders.returns.original == Original::Derive && mapping.columns.find("original").is_some() {
        let message = "the original comes either from a column or by `original = \"derive\"`, not both".to_owned();
        return Err(fault(line_of("original"), message, None));
    }
    Ok(())
}

/// The message of the TOML reader with the nearest of the keys it expected.
fn plain(message: &str) -> (String, Option<String>) {
    let message = message.lines().next().unwrap_or(message).trim_end_matches('.');
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((given, known)) if message.starts_with("unknown ") => {
            let found = nearest(given, known.iter().copied()).map(str::to_owned);
            (in_curly_quotes(&message.replacen("unknown field", "unknown key", 1)), found)
        }
        _ => (message.to_owned(), None),
    }
}

/// Back-quoted names in the quotation marks of every other message.
fn in_curly_quotes(message: &str) -> String {
    let mut parts = message.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        text.push(if at % 2 == 0 { '“' } else { '”' });
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "kind = \"members\"\n[columns]\nnumber = \"No\"\nname = \"Name\"\njoined_on = \"Since\"\n";

    fn said(text: &str) -> String {
        Mapping::read(text, "map.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_mapping_needs_no_more_than_kind_and_columns() {
        let mapping = Mapping::read(GOOD, "map.toml").unwrap();
        assert_eq!(mapping.needed_columns(), ["Name", "No", "Since"]);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_one() {
        let text = format!("{GOOD}country = {{ colum = \"Land\" }}\n");
        assert!(said(&text).starts_with("map.toml, line 6: unknown key “colum”"), "{}", said(&text));
        assert!(said(&text).ends_with("did you mean “column”?"), "{}", said(&text));
        let text = format!("{GOOD}contry = \"Land\"\n");
        assert_eq!(said(&text), "map.toml, line 6: members have no field “contry”; did you mean “country”?");
        let text = format!("{GOOD}[file]\nencodign = \"utf-8\"\n");
        assert!(said(&text).contains("line 7") && said(&text).contains("“encoding”?"), "{}", said(&text));
    }

    #[test]
    fn what_is_missing_or_contradicts_itself_is_said() {
        assert_eq!(
            said("kind = \"members\"\n[columns]\nnumber = \"No\"\n"),
            "map.toml, line 2: [columns] must say where name, joined_on of the members comes from"
        );
        let cases = [
            ("country = {}", "exactly one of column"),
            ("country = { column = \"A\", constant = \"B\" }", "exactly one of column"),
            ("country = { spread_over = \"distributors-joined-before\" }", "for the sponsor"),
            ("country = 5", "the name of a column"),
            ("[file]\nencoding = \"klingon\"", "unknown encoding"),
            ("[file]\ndelimiter = \";;\"", "not a delimiter"),
            ("[file]\ndates = [\"DD.MM\"]", "needs year, month and day"),
            ("[file]\nzone = \"Europe/Atlantis\"", "not a time zone"),
            ("[[skip]]\ncolumn = \"A\"", "needs empty, equals or starts_with"),
            ("[product]", "unknown key “product”"),
        ];
        for (more, expected) in cases {
            let text = format!("{GOOD}{more}\n");
            assert!(said(&text).contains(expected), "{more}: {}", said(&text));
        }
    }
}
