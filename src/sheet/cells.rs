//! The values of one row as the mapping means them: text, numbers, dates. A value that cannot be meant
//! is a fault that names the column and says what would do.

use rust_decimal::Decimal;

use super::mapping::{Column, Mapping};
use super::reader::Row;
use crate::domain::calendar::{Day, Moment, Zone};
use crate::domain::money::{Currency, MoneyFault};

/// Why a value of a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// Nothing there.
    #[error("{0} is empty; fill it in, or give a `default` in the mapping")]
    Empty(String),
    /// Longer than the field.
    #[error("{field} is {chars} characters long, at most {max} fit; shorten it")]
    TooLong {
        /// The field.
        field: String,
        /// Its length.
        chars: usize,
        /// The longest that fits.
        max: usize,
    },
    /// Not a number.
    #[error("{field} “{given}” is not a number; expected one such as {example}")]
    NotANumber {
        /// The field.
        field: String,
        /// What was there.
        given: String,
        /// A number as the mapping says numbers are written.
        example: &'static str,
    },
    /// Not a date of the calendar.
    #[error("{field} “{given}” is not a date; expected {patterns}")]
    NotADate {
        /// The field.
        field: String,
        /// What was there.
        given: String,
        /// The patterns of the mapping.
        patterns: String,
    },
    /// Not an amount of the currency.
    #[error("{field}: {reason}")]
    Amount {
        /// The field.
        field: String,
        /// Why.
        reason: MoneyFault,
    },
}

/// The values of one row.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    mapping: &'a Mapping,
    row: &'a Row,
    company_zone: Zone,
}

impl<'a> Cells<'a> {
    /// Looks at a row through a mapping. Days are days of the company's zone.
    pub const fn new(mapping: &'a Mapping, row: &'a Row, company_zone: Zone) -> Self {
        Self { mapping, row, company_zone }
    }

    /// The row.
    pub const fn row(&self) -> &'a Row {
        self.row
    }

    /// Whether the mapping leaves the row out on purpose.
    pub fn is_skipped(&self) -> bool {
        self.mapping.skip.iter().any(|rule| rule.leaves_out(self.row.cell(&rule.column)))
    }

    /// Whether the mapping says where the field comes from.
    pub fn is_mapped(&self, field: &str) -> bool {
        self.mapping.columns.find(field).is_some()
    }

    /// The text of a field; empty where it is not mapped or not filled in. White space within is one space.
    pub fn text(&self, field: &str, max: usize) -> Result<String, CellFault> {
        let Some(column) = self.mapping.columns.find(field) else { return Ok(String::new()) };
        let text = self.value(column, column.column.as_deref().map_or("", |name| self.row.cell(name)));
        let text = if text.contains(['\n', '\r', '\t']) || text.contains("  ") {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            text
        };
        let chars = text.chars().count();
        if chars > max { Err(CellFault::TooLong { field: field.to_owned(), chars, max }) } else { Ok(text) }
    }

    /// The text of a field that must be filled in.
    pub fn required(&self, field: &str, max: usize) -> Result<String, CellFault> {
        let text = self.text(field, max)?;
        if text.is_empty() { Err(CellFault::Empty(field.to_owned())) } else { Ok(text) }
    }

    /// The number of a person of a network, made from the node in the same way as the row's own number.
    pub fn number_of_node(&self, node: &str) -> String {
        self.mapping.columns.find("number").map(|column| self.value(column, node)).unwrap_or_default()
    }

    /// A decimal number; `None` where the field is empty.
    pub fn decimal(&self, field: &str) -> Result<Option<Decimal>, CellFault> {
        let text = self.text(field, 60)?;
        if text.is_empty() {
            return Ok(None);
        }
        let format = &self.mapping.file;
        let mut plain = String::with_capacity(text.len());
        for c in text.chars() {
            if c == format.decimal {
                plain.push('.');
            } else if Some(c) == format.thousands {
            } else if c.is_ascii_digit() || matches!(c, '-' | '+') {
                plain.push(c);
            } else {
                return Err(self.not_a_number(field, &text));
            }
        }
        let number = Decimal::from_str_exact(&plain).map_err(|_| self.not_a_number(field, &text))?;
        Ok(Some(number.normalize()))
    }

    fn not_a_number(&self, field: &str, given: &str) -> CellFault {
        let example = if self.mapping.file.decimal == ',' { "1234,56" } else { "1234.56" };
        CellFault::NotANumber { field: field.to_owned(), given: shortened(given), example }
    }

    /// A whole number.
    pub fn whole(&self, field: &str) -> Result<i64, CellFault> {
        let number = self.decimal(field)?.ok_or_else(|| CellFault::Empty(field.to_owned()))?;
        if number.scale() > 0 {
            let (field, given) = (field.to_owned(), number.to_string());
            return Err(CellFault::NotANumber { field, given, example: "12 (whole pieces)" });
        }
        i64::try_from(number).map_err(|_| CellFault::Amount { field: field.to_owned(), reason: MoneyFault::Overflow })
    }

    /// An amount in minor units; `None` where the field is empty.
    pub fn minor(&self, field: &str, currency: Currency) -> Result<Option<i64>, CellFault> {
        let Some(number) = self.decimal(field)? else { return Ok(None) };
        let round = self.mapping.columns.find(field).and_then(|column| column.round);
        let minor = match round {
            Some(mode) => currency.round(number, mode),
            None => currency.parse_minor(&number.to_string()),
        };
        minor.map(Some).map_err(|reason| CellFault::Amount { field: field.to_owned(), reason })
    }

    /// A day; `None` where the field is empty.
    pub fn day(&self, field: &str) -> Result<Option<Day>, CellFault> {
        let text = self.text(field, 60)?;
        if text.is_empty() { Ok(None) } else { self.date(field, &text).map(|(day, _)| Some(day)) }
    }

    /// A moment and its day in the company's zone. A date without a time is the start of the day.
    pub fn moment(&self, field: &str) -> Result<(Day, Moment), CellFault> {
        let text = self.required(field, 60)?;
        self.date(field, &text)
    }

    pub(super) fn date(&self, field: &str, text: &str) -> Result<(Day, Moment), CellFault> {
        let zone = self.mapping.file.zone.unwrap_or(self.company_zone);
        for pattern in &self.mapping.file.dates {
            let found = if pattern.strftime.is_empty() {
                epoch_seconds(text).map(|at| (self.company_zone.day_of(at), at))
            } else if pattern.has_time {
                chrono::NaiveDateTime::parse_from_str(text, &pattern.strftime).ok().map(|wall| {
                    let at = zone.moment_of(wall);
                    (self.company_zone.day_of(at), at)
                })
            } else {
                chrono::NaiveDate::parse_from_str(text, &pattern.strftime).ok().map(|date| {
                    let start = self.company_zone.moment_of(date.and_time(chrono::NaiveTime::MIN));
                    (Day::from_date(date), start)
                })
            };
            if let Some((day, at)) = found.filter(|(day, _)| is_plausible(*day)) {
                return Ok((day, at));
            }
        }
        let patterns: Vec<&str> = self.mapping.file.dates.iter().map(|pattern| pattern.written.as_str()).collect();
        Err(CellFault::NotADate { field: field.to_owned(), given: shortened(text), patterns: patterns.join(" or ") })
    }

    /// What the mapping makes of a cell.
    fn value(&self, column: &Column, cell: &str) -> String {
        if let Some(constant) = &column.constant {
            return constant.clone();
        }
        let found = self.replaced(column, cell).or_else(|| {
            let other = column.default_column.as_ref().map(|name| self.row.cell(name));
            other.and_then(|cell| self.replaced(column, cell))
        });
        found.map_or_else(
            || column.default.clone().unwrap_or_default(),
            |value| format!("{}{value}{}", column.prefix, column.suffix),
        )
    }

    #[expect(clippy::unused_self, reason = "belongs to the steps of `value`")]
    fn replaced(&self, column: &Column, cell: &str) -> Option<String> {
        let cell = cell.strip_suffix(column.trim_suffix.as_str()).unwrap_or(cell);
        let value = column.values.get(cell).map_or(cell, String::as_str);
        if value.is_empty() {
            return None;
        }
        Some(match column.case {
            Some(super::Case::Upper) => value.to_uppercase(),
            Some(super::Case::Lower) => value.to_lowercase(),
            None => value.to_owned(),
        })
    }

    /// The names below a prefix such as `measures.` that the mapping says something about.
    pub fn names(&self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fields = self.mapping.columns.fields();
        fields.filter_map(move |field| field.strip_prefix(prefix).map(|name| (field, name)))
    }

    /// What the mapping says about a field.
    pub fn column(&self, field: &str) -> Option<&'a Column> {
        self.mapping.columns.find(field)
    }
}

/// Between 1900 and 2200; outside of it a year was mistyped.
const fn is_plausible(day: Day) -> bool {
    day.0 > -25_568 && day.0 < 84_006
}

fn epoch_seconds(text: &str) -> Option<Moment> {
    let seconds = Decimal::from_str_exact(text).ok()?;
    let micros = seconds.checked_mul(Decimal::from(1_000_000))?.trunc();
    i64::try_from(micros).ok().map(Moment)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sheet::Header;

    fn look<T>(more: &str, cells: &[(&str, &str)], read: impl FnOnce(Cells<'_>) -> T) -> T {
        let text = format!("kind = \"orders\"\n{more}");
        let mapping = Mapping::read(&text, "map.toml").unwrap();
        let row = Row {
            line: 2,
            offset: 0,
            header: Arc::new(Header::new(cells.iter().map(|(name, _)| (*name).to_owned()).collect())),
            cells: cells.iter().map(|(_, cell)| (*cell).to_owned()).collect(),
            fault: None,
        };
        read(Cells::new(&mapping, &row, "Europe/London".parse().unwrap()))
    }

    const COLUMNS: &str =
        "[columns]\nnumber = \"N\"\nsku = \"S\"\nquantity = \"Q\"\nunit_price = \"P\"\nordered_at = \"D\"\nmember = ";

    #[test]
    fn defaults_replacements_and_affixes_apply_in_their_order() {
        let member = "{ column = \"C\", trim_suffix = \".0\", values = { none = \"\" }, prefix = \"UCI-\", default = \"HOUSE\" }";
        let text = |cell: &str| look(&format!("{COLUMNS}{member}"), &[("C", cell)], |c| c.text("member", 60).unwrap());
        assert_eq!([text("17850.0"), text(""), text("none")], ["UCI-17850", "HOUSE", "HOUSE"]);
    }

    #[test]
    fn numbers_follow_the_decimal_sign_of_the_file() {
        let comma = format!("[file]\ndecimal = \",\"\nthousands = \".\"\n{COLUMNS}\"C\"");
        let eur = "EUR".parse().unwrap();
        let price = |more: &str, cell: &str| look(more, &[("P", cell)], |c| c.minor("unit_price", eur));
        assert_eq!(price(&comma, "1.234,5"), Ok(Some(123_450)));
        let point = format!("{COLUMNS}\"C\"");
        assert!(matches!(price(&point, "1,5"), Err(CellFault::NotANumber { .. })));
        assert!(matches!(price(&point, "0.001"), Err(CellFault::Amount { .. })));
        let whole = |cell: &str| look(&point, &[("Q", cell)], |c| c.whole("quantity"));
        assert_eq!(whole("6.0"), Ok(6));
        assert!(whole("1.5").is_err() && whole("").is_err() && whole("99999999999999999999").is_err());
    }

    #[test]
    fn dates_follow_the_patterns_and_impossible_ones_are_refused() {
        let file = format!(
            "[file]\ndates = [\"DD.MM.YYYY hh:mm\", \"DD.MM.YYYY\", \"epoch-seconds\"]\nzone = \"America/New_York\"\n{COLUMNS}\"C\""
        );
        let day = |cell: &str| look(&file, &[("D", cell)], |c| c.moment("ordered_at").map(|(day, _)| day.to_string()));
        assert_eq!(day("31.10.2026").unwrap(), "2026-10-31");
        assert_eq!(day("31.10.2026 21:30").unwrap(), "2026-11-01", "evening in New York is the next day in London");
        assert_eq!(day("1289241911.72836").unwrap(), "2010-11-08");
        for wrong in ["31.02.2026", "2026-10-31", "31.10.0206", "soon"] {
            let fault = day(wrong).unwrap_err().to_string();
            assert!(fault.contains("DD.MM.YYYY or epoch-seconds"), "{fault}");
        }
    }
}
