//! How the plan divides time: `week_begins` and `year_begins` of `[plan]`, and `[calendar.campaign]`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::domain::calendar::Day;
use crate::domain::period_calendar::{Calendar, Campaigns, Weekday};
use crate::domain::run::PeriodKind;

/// Longest campaign, in days.
const LONGEST: i32 = 366;

/// Reads the calendar, before anything that names a kind of period.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Calendar {
    let mut calendar = Calendar::default();
    if let Some(DeValue::Table(table)) = root.get("plan").map(Spanned::get_ref) {
        let head = Section { what: "[plan]".to_owned(), span: 0..0, table };
        let days: Vec<&str> = Weekday::ALL.iter().map(|day| day.as_str()).collect();
        calendar.week_begins = reader.word(&head, "week_begins", &days).unwrap_or(Weekday::Monday);
        calendar.year_begins = year_begins(reader, &head).unwrap_or(1);
    }
    if let Some(section) = reader.section(root, "calendar", "[calendar]") {
        reader.only(&section, &["campaign"]);
        if let Some(section) = reader.section(section.table, "campaign", "[calendar.campaign]") {
            calendar.campaigns = campaigns(reader, &section).unwrap_or_default();
            // Where it is wrong, that is said once and not at every place that names campaigns.
            reader.names.campaigns = true;
        }
    }
    calendar
}

/// The month in which years begin.
fn year_begins<'t>(reader: &mut Reader<'t>, head: &Section<'t>) -> Option<u32> {
    let value = head.table.get("year_begins")?;
    let text = reader.as_expression(value)?;
    let month = text.value.parse().ok().filter(|month| (1..=12).contains(month));
    if month.is_none() {
        let message = format!("“{}” is not a month", text.value);
        reader.fault(&text.span, message, "write the month in which the year begins, from \"01\" to \"12\"");
    }
    month
}

fn campaigns<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Campaigns> {
    reader.only(section, &["starts", "until", "every", "from"]);
    match (section.table.contains_key("starts"), section.table.contains_key("every")) {
        (true, false) => listed(reader, section),
        (false, true) => every(reader, section),
        (both, _) => {
            let message = if both {
                "campaigns have “starts” or “every”, not both"
            } else {
                "campaigns need “starts” or “every”"
            };
            let help =
                "list the first day of each: starts = [\"2026-01-05\", …], or write every = \"3 weeks\" and from";
            reader.fault(&section.span, message, help);
            None
        }
    }
}

fn listed<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Campaigns> {
    if let Some((key, _)) = section.table.get_key_value("from") {
        reader.fault(&key.span(), "“from” belongs to “every”", "remove it");
    }
    let value = section.table.get("starts")?;
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_kind(value, "a list of days");
        return None;
    };
    let mut starts: Vec<Day> = Vec::new();
    for item in items {
        let start = day(reader, item)?;
        if let Some(before) = starts.last().filter(|before| **before >= start) {
            let message = format!("{start} is not later than {before}");
            reader.fault(&item.span(), message, "list the first days of campaigns in their order, each once");
            return None;
        }
        starts.push(start);
    }
    let until = section.table.get("until").and_then(|value| day(reader, value));
    if let (Some(until), Some(last), Some(value)) = (until, starts.last(), section.table.get("until"))
        && until < *last
    {
        let help = format!("the last campaign begins on {last}");
        reader.fault(&value.span(), format!("campaigns cannot end on {until}"), help);
        return None;
    }
    if starts.is_empty() || (starts.len() == 1 && until.is_none()) {
        let help = "list the first day of the next one too, or write until = and the last day of the last one";
        reader.fault(&value.span(), "no campaign in this list has an end", help);
        return None;
    }
    Some(Campaigns::Listed { starts, until })
}

fn every<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Campaigns> {
    if let Some((key, _)) = section.table.get_key_value("until") {
        reader.fault(&key.span(), "“until” belongs to “starts”", "remove it");
    }
    let from = reader.need(section, "from", "\"2026-01-05\"").and_then(|value| day(reader, value));
    let text = reader.text(section, "every")?;
    let days = match text.value.split_once(' ') {
        Some((number, "week" | "weeks")) => number.parse::<i32>().ok().and_then(|number| number.checked_mul(7)),
        Some((number, "day" | "days")) => number.parse().ok(),
        _ => None,
    };
    let days = days.filter(|days| (1..=LONGEST).contains(days));
    if days.is_none() {
        let message = format!("“{}” is not a length of campaigns", text.value);
        reader.fault(&text.span, message, "write it as \"3 weeks\" or \"20 days\"; a campaign has at most 366 days");
    }
    Some(Campaigns::Every { from: from?, days: days? })
}

/// A day, as a date or as a text.
pub fn day(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Day> {
    let (given, help) = match value.get_ref() {
        DeValue::Datetime(date) => (date.to_string(), "write a day without time: 2026-01-01"),
        DeValue::String(text) => (text.to_string(), ""),
        _ => {
            reader.wrong_kind(value, "a day such as 2026-01-01");
            return None;
        }
    };
    let day: Result<Day, _> = given.parse();
    day.map_err(|fault| reader.fault(&value.span(), fault.to_string(), help)).ok()
}

/// A kind of period under a key. Campaigns must be there to be named.
pub fn kind<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str) -> Option<PeriodKind> {
    let words: Vec<&str> = PeriodKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let kind = reader.word(section, key, &words)?;
    if kind == PeriodKind::Campaign && !reader.names.campaigns {
        let span = section.table.get(key).map_or(section.span.clone(), Spanned::span);
        let help = "add [calendar.campaign] with the first days: starts = [\"2026-01-05\", …]";
        reader.fault(&span, "the plan has no campaigns", help);
    }
    Some(kind)
}
