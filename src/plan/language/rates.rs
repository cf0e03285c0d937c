//! `rate` and `amount`: one value, one per level, or a table by paid rank.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bonuses::Kind;
use super::source::{Reader, Section, Span};
use crate::plan::checked::RateRow;
use crate::plan::expr::{Attribute, AttributeKind, Compare, Cond, Num, Reads, Scope};
use crate::plan::fault::suggest;

/// Most levels of a bonus.
const LEVELS: usize = 100;

/// What a rate may be.
#[derive(Clone, Copy)]
struct How {
    scope: Scope,
    /// A fixed amount.
    amount: bool,
    /// May be below zero, as deductions are.
    negative: bool,
}

/// Rates from low to high rank.
pub struct Table {
    /// The rows.
    pub rows: Vec<RateRow>,
}

impl Table {
    /// The number of levels that at least one row pays.
    pub fn levels(&self) -> u16 {
        self.rows.iter().map(|row| row.cells.len()).max().and_then(|levels| u16::try_from(levels).ok()).unwrap_or(1)
    }
}

/// Reads the rates of a bonus. `single`: there is one level only.
pub fn read<'t>(reader: &mut Reader<'t>, section: &Section<'t>, single: bool, kind: Kind) -> Option<Table> {
    let exact = kind == Kind::Ranks;
    let how = How {
        scope: match kind {
            Kind::Orders => Scope::OrderPayee,
            Kind::Members => Scope::Payee,
            Kind::Pool | Kind::Ranks => Scope::Member,
        },
        amount: section.table.contains_key("amount"),
        negative: kind == Kind::Members,
    };
    let (rate, amount) = (section.table.get_key_value("rate"), section.table.get_key_value("amount"));
    let value = match (rate, amount) {
        (Some((_, value)), None) | (None, Some((_, value))) => value,
        (Some(_), Some((key, _))) => {
            reader.fault(&key.span(), "a bonus has either a rate or an amount", "remove one of the two");
            return None;
        }
        (None, None) => {
            let (key, example) =
                if exact { ("amount", "{ Leader = \"150\" }") } else { ("rate", "[\"8%\", \"6%\", \"4%\"]") };
            reader.fault(
                &section.span,
                format!("{} needs “{key}”", section.what),
                format!("add a line such as {key} = {example}"),
            );
            return None;
        }
    };
    let rows = match value.get_ref() {
        DeValue::Table(table) if table.contains_key("by") && !exact => vec![by_attribute(reader, table, single, how)?],
        DeValue::Table(table) => {
            if table.is_empty() {
                let help = "add a row for each rank that is paid, such as Leader = \"8%\", or unranked";
                reader.fault(&value.span(), "this table has no rows, so nobody would be paid", help);
            }
            let mut rows = Vec::new();
            for (key, value) in table {
                let rank = rank(reader, key.get_ref(), &key.span());
                let cells = cells(reader, value, single, how);
                if let (Ok(rank), Some(cells)) = (rank, cells) {
                    let goes_on = !matches!(value.get_ref(), DeValue::Array(_));
                    rows.push(RateRow { rank, label: key.get_ref().to_string(), cells, goes_on });
                }
            }
            rows.sort_by_key(|row| row.rank);
            let longest = rows.iter().map(|row| row.cells.len()).max();
            for row in &mut rows {
                row.goes_on |= Some(row.cells.len()) == longest;
            }
            rows
        }
        _ if exact => {
            reader.fault(
                &value.span(),
                "an amount per rank is needed here",
                "write a table such as { Leader = \"150\" }",
            );
            return None;
        }
        _ => {
            let cells = cells(reader, value, single, how)?;
            vec![RateRow { rank: None, label: "everybody".to_owned(), cells, goes_on: true }]
        }
    };
    (!rows.is_empty()).then_some(Table { rows })
}

/// A table by the words of an attribute, as one row whose cells choose by the earner's word: between two rows of the
/// table the lower one applies; `none` is for those without a word.
fn by_attribute<'t>(reader: &mut Reader<'t>, table: &'t DeTable<'t>, single: bool, how: How) -> Option<RateRow> {
    let by = table.get("by").and_then(|by| reader.as_text(by))?;
    let place = reader.names.attributes.iter().position(|attribute| attribute.name == by.value);
    let words = place.and_then(|place| match &reader.names.attributes[place].kind {
        AttributeKind::OneOf(words) => Some((u16::try_from(place).ok()?, words.clone())),
        _ => None,
    });
    let Some((attribute, words)) = words else {
        let listed = |attribute: &&Attribute| matches!(attribute.kind, AttributeKind::OneOf(_));
        let known: Vec<String> =
            reader.names.attributes.iter().filter(listed).map(|attribute| attribute.name.clone()).collect();
        let message = format!("there is no attribute “{}” with listed words", by.value);
        reader.fault(&by.span, message, suggest(&by.value, known.iter().map(String::as_str)));
        return None;
    };
    let mut rows: Vec<(i64, Vec<Num>)> = Vec::new();
    for (key, value) in table.iter().filter(|(key, _)| key.get_ref() != "by") {
        let code = key.get_ref().as_ref();
        let word = if code == "none" { Some(0) } else { words.iter().position(|word| word == code).map(|at| at + 1) };
        let Some(word) = word.and_then(|word| i64::try_from(word).ok()) else {
            let message = format!("“{code}” is no word of the attribute “{}”", by.value);
            reader.fault(&key.span(), message, format!("use one of: {}, none", words.join(", ")));
            continue;
        };
        rows.extend(cells(reader, value, single, how).map(|cells| (word, cells)));
    }
    rows.sort_by_key(|(word, _)| *word);
    if rows.is_empty() {
        let help = format!("add rows such as {} = \"5%\"", words.first().map_or("none", String::as_str));
        reader.fault(&by.span, format!("this table says nothing for any {}", by.value), help);
    }
    let levels = rows.iter().map(|(_, cells)| cells.len()).max()?;
    let cell = |level: usize| {
        let nothing = Num::Const(rust_decimal::Decimal::ZERO);
        rows.iter().fold(nothing, |below, (word, cells)| {
            let own = cells.get(level).cloned().unwrap_or(Num::Const(rust_decimal::Decimal::ZERO));
            if *word == 0 {
                return own;
            }
            let reached = Cond::Attribute(Compare::AtLeast, attribute, *word);
            Num::If(Box::new(reached), Box::new(own), Box::new(below))
        })
    };
    let cells = (0..levels).map(cell).collect();
    Some(RateRow { rank: None, label: format!("by {}", by.value), cells, goes_on: true })
}

/// Whom a row is for; `Err` for an unknown rank.
fn rank(reader: &mut Reader<'_>, code: &str, span: &Span) -> Result<Option<u16>, ()> {
    if code == "unranked" {
        return Ok(None);
    }
    let place = reader.names.ranks.iter().position(|rank| rank == code).and_then(|place| u16::try_from(place).ok());
    if place.is_none() {
        let mut known: Vec<&str> = reader.names.ranks.iter().map(String::as_str).collect();
        known.push("unranked");
        let help = suggest(code, known);
        reader.fault(span, format!("there is no rank “{code}”"), help);
    }
    place.map(Some).ok_or(())
}

fn cells<'t>(reader: &mut Reader<'t>, value: &'t Spanned<DeValue<'t>>, single: bool, how: How) -> Option<Vec<Num>> {
    let DeValue::Array(items) = value.get_ref() else {
        return cell(reader, value, how).map(|cell| vec![cell]);
    };
    if items.is_empty() || items.len() > LEVELS {
        reader.fault(&value.span(), "the number of levels is out of range", format!("list 1 to {LEVELS} levels"));
        return None;
    }
    if single && items.len() > 1 {
        reader.fault(&value.span(), "there is one level only here", "write one value instead of a list");
    }
    let cells: Vec<Option<Num>> = items.iter().map(|item| cell(reader, item, how)).collect();
    cells.into_iter().collect()
}

fn cell<'t>(reader: &mut Reader<'t>, value: &'t Spanned<DeValue<'t>>, how: How) -> Option<Num> {
    let text = reader.as_expression(value)?;
    let (num, _) = reader.number(&text, how.scope, Reads::Amounts)?;
    if let Some(constant) = num.constant() {
        if constant.is_sign_negative() && !constant.is_zero() && !how.negative {
            reader.fault(&text.span, "a rate cannot be negative", "write 0 where nothing is paid");
        } else if !how.amount && constant > rust_decimal::Decimal::ONE {
            let plain = constant.normalize();
            let help = format!("write \"{plain}%\" if percent are meant; a sum for each is amount = \"{plain} * …\"");
            reader.warn(&text.span, format!("this rate pays {} times the base", constant.normalize()), help);
        }
    }
    Some(num)
}
