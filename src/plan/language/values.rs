//! `[values]` and `[remembered.NAME]`: expressions with names, and numbers that runs keep from one period to the next.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section, Span, Text};
use crate::plan::expr::{Checker, Num, Reads, Remembered, Scope, Value};

/// Most numbers that runs keep.
const LIMIT: usize = 64;

/// Most named expressions.
const VALUES: usize = 300;

/// Makes the names of all numbers that runs keep known, so that expressions anywhere may read what they were. `None`
/// where there are too many names, which is said before anything is read that may stand on them.
pub fn names<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Option<()> {
    let before = reader.faults.len();
    let kept = reader.named(root, "remembered", "remembered");
    reader.faults.truncate(before);
    if let Some((_, section)) = kept.get(LIMIT) {
        reader.fault(&section.span, format!("a plan remembers at most {LIMIT} numbers"), "remove some");
    }
    if let Some(DeValue::Table(values)) = root.get("values").map(Spanned::get_ref) {
        let mut places: Vec<Span> = values.keys().map(Spanned::span).collect();
        places.sort_by_key(|place| place.start);
        if let Some(place) = places.get(VALUES) {
            let message = format!("a plan has at most {VALUES} values, this one has {}", places.len());
            reader.fault(place, message, "remove some, or put those that are read once where they are read");
        }
    }
    if reader.faults.len() > before {
        return None;
    }
    reader.names.remembered.extend(kept.into_iter().map(|(name, _)| Remembered::kept(name)));
    Some(())
}

/// Something with a name, at its place in the file.
enum Part<'t> {
    Value(&'t Spanned<DeValue<'t>>),
    Remembered(Section<'t>),
}

/// Reads the named expressions, each after those that it uses; those that use each other in turn in the order of the file.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let mut parts: Vec<(Span, String, Part<'t>)> = Vec::new();
    if let Some(section) = reader.section(root, "values", "[values]") {
        let entry = |(name, value): (&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>)| {
            (name.span(), name.get_ref().to_string(), Part::Value(value))
        };
        parts.extend(section.table.iter().map(entry));
    }
    let kept = reader.named(root, "remembered", "remembered");
    parts.extend(kept.into_iter().map(|(name, section)| (section.span.clone(), name, Part::Remembered(section))));
    parts.sort_by_key(|(span, ..)| span.start);
    for (span, name, part) in in_turn(parts) {
        reader.check_name(&span, &name);
        let own = name.clone();
        match part {
            Part::Value(value) => {
                if let Some(text) = reader.as_expression(value).filter(|text| !reads_itself(reader, &name, text)) {
                    let read = Checker::new(&mut reader.names, Scope::Member, Reads::Amounts).either(&text.value);
                    push(reader, name, text, read);
                }
            }
            Part::Remembered(section) => remembered(reader, &section, name),
        }
        if reader.names.values.iter().all(|known| known.name != own) {
            reader.names.broken.push(own);
        }
    }
}

/// Parts in an order in which each comes after those that it uses.
fn in_turn(parts: Vec<(Span, String, Part<'_>)>) -> Vec<(Span, String, Part<'_>)> {
    let name = |(_, name, part): &(Span, String, Part<'_>)| (name.clone(), matches!(part, Part::Remembered(_)));
    let names: Vec<(String, bool)> = parts.iter().map(name).collect();
    let uses: Vec<Vec<usize>> = parts.iter().map(|(.., part)| used(&part.text(), &names)).collect();
    let mut left: Vec<Option<(Span, String, Part<'_>)>> = parts.into_iter().map(Some).collect();
    let mut out = Vec::with_capacity(left.len());
    while out.len() < left.len() {
        let waits = |at: usize| left[at].is_none() || uses[at].iter().any(|used| *used != at && left[*used].is_some());
        let next = (0..left.len()).find(|at| !waits(*at)).or_else(|| left.iter().position(Option::is_some));
        out.extend(next.and_then(|at| left[at].take()));
    }
    out
}

/// The places of the names that an expression uses, each with whether runs keep it: what such a one was, behind `before(`,
/// is known anyway.
fn used(text: &str, names: &[(String, bool)]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_alphabetic() || c == '_').map(|start| at + start) {
        let word = &text[start..];
        at = start + word.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(word.len());
        let call = text[..start].trim_end().strip_suffix('(').map(str::trim_end);
        let was = call.is_some_and(|call| call.ends_with("before"));
        let own = text[start..at].rsplit('.').next().unwrap_or_default();
        found.extend(names.iter().position(|(name, kept)| name == own && !(was && *kept)));
    }
    found
}

impl Part<'_> {
    /// The expression, empty where there is none.
    fn text(&self) -> String {
        let value = match self {
            Self::Value(value) => Some(*value),
            Self::Remembered(section) => section.table.get("next"),
        };
        value.and_then(|value| value.get_ref().as_str()).unwrap_or_default().to_owned()
    }
}

/// Whether a value reads what it was itself, which is a fault: it must be remembered then.
fn reads_itself(reader: &mut Reader<'_>, name: &str, text: &Text) -> bool {
    let plain: String = text.value.chars().filter(|c| !c.is_whitespace()).collect();
    let itself = [")", ","].iter().any(|end| plain.contains(&format!("before({name}{end}")));
    if itself {
        let message = format!("“{name}” reads what it was itself, so runs must remember it");
        let help = format!("write it as [remembered.{name}] with next = this expression");
        reader.fault(&text.span, message, help);
    }
    itself
}

fn push(
    reader: &mut Reader<'_>,
    name: String,
    text: Text,
    read: Result<crate::plan::expr::Ast, Vec<crate::plan::expr::ExprFault>>,
) {
    match read {
        Ok(ast) => reader.names.values.push(Value { name, text: text.value, ast }),
        Err(faults) => reader.point(&text, faults),
    }
}

/// A number that runs keep: what it is next, what it was first, in which runs it moves.
fn remembered<'t>(reader: &mut Reader<'t>, section: &Section<'t>, name: String) {
    reader.only(section, &["start", "next", "period"]);
    let start = section.table.get("start").and_then(|value| {
        let found = reader.constant(value)?;
        let scaled = found.checked_mul(rust_decimal::Decimal::from(10_000)).filter(rust_decimal::Decimal::is_integer);
        let scaled = scaled.and_then(|scaled| i64::try_from(scaled).ok());
        if scaled.is_none() {
            reader.fault(&value.span(), "what is remembered has at most four decimal places", "write fewer places");
        }
        scaled
    });
    let period = super::bonuses::period(reader, section);
    let example = format!("\"before({name}) + pv\"");
    let Some(text) = reader.need(section, "next", &example).and_then(|value| reader.as_expression(value)) else {
        return;
    };
    let Some((num, _)) = reader.number(&text, Scope::Member, Reads::Amounts) else { return };
    settle(reader, &name, num, start.unwrap_or(0), period);
    let read = Checker::new(&mut reader.names, Scope::Member, Reads::Amounts).either(&text.value);
    push(reader, name, text, read);
}

fn settle(reader: &mut Reader<'_>, name: &str, num: Num, start: i64, period: Option<crate::domain::run::PeriodKind>) {
    let money = reader.names.is_money(&num);
    if let Some(known) = reader.names.remembered.iter_mut().find(|known| known.kept && known.name == name) {
        (known.num, known.start, known.period, known.money) = (num, start, period, money);
    }
}
