//! `[tables]`: numbers by step.

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::Reader;
use crate::plan::checked::StepTable;

/// Most rows of a table.
const ROWS: usize = 1_000;

/// Reads all tables and makes their names known.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<StepTable> {
    let mut tables = Vec::new();
    let Some(section) = reader.section(root, "tables", "[tables]") else {
        return tables;
    };
    for (name, value) in section.table {
        reader.check_name(&name.span(), name.get_ref());
        let rows = rows(reader, value).unwrap_or_default();
        reader.names.tables.push(name.get_ref().to_string());
        tables.push(StepTable { name: name.get_ref().to_string(), rows });
    }
    tables
}

fn rows<'t>(reader: &mut Reader<'t>, value: &'t Spanned<DeValue<'t>>) -> Option<Vec<(Decimal, Decimal)>> {
    let example = "write rows from low to high: [[\"100\", \"3%\"], [\"400\", \"6%\"]]";
    let DeValue::Array(items) = value.get_ref() else {
        reader.fault(&value.span(), "a table is a list of rows", example);
        return None;
    };
    if items.is_empty() || items.len() > ROWS {
        reader.fault(&value.span(), format!("a table has 1 to {ROWS} rows"), example);
        return None;
    }
    let mut rows: Vec<(Decimal, Decimal)> = Vec::new();
    for item in items {
        let pair = match item.get_ref() {
            DeValue::Array(pair) if pair.len() == 2 => pair,
            _ => {
                reader.fault(&item.span(), "a row has two numbers: from so much on, and the value", example);
                continue;
            }
        };
        let (from, value) = (reader.constant(&pair[0]), reader.constant(&pair[1]));
        let (Some(from), Some(value)) = (from, value) else { continue };
        if rows.last().is_some_and(|(last, _)| *last >= from) {
            reader.fault(&item.span(), "rows go from low to high", "put this row where its first number belongs");
        }
        rows.push((from, value));
    }
    Some(rows)
}
