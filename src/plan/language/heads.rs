//! The head of a plan (`[plan]`, `[status]`) and the order in which the parts are read.

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section, Text};
use super::{bonuses, ranks, volumes};
use crate::domain::calendar::Day;
use crate::domain::money::{Currency, Rounding};
use crate::plan::checked::{CheckedPlan, PaidAs};
use crate::plan::expr::{Cond, Reads, Scope};

const PARTS: [&str; 5] = ["plan", "volumes", "status", "ranks", "bonuses"];

/// Reads the whole plan; `None` where a part is so broken that there is nothing to return.
pub fn plan<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Option<CheckedPlan> {
    let document = Section { what: "a plan".to_owned(), span: 0..0, table: root };
    reader.only(&document, &PARTS);
    if !root.contains_key("plan") {
        reader.fault(
            &(0..0),
            "the plan has no head",
            "begin with [plan], name = \"Field plan\" and currency = \"EUR\"",
        );
    }
    let head = reader.section(root, "plan", "[plan]");
    let head = head.map(|section| head_of(reader, &section));
    ranks::codes(reader, root);
    let volumes = volumes::read(reader, root);
    let (active, active_text, paid_as) = status(reader, root);
    let ranks = ranks::read(reader, root, &volumes);
    let (bonuses, order) = bonuses::read(reader, root);
    let Head { name, currency, valid_from, rounding, point_value } = head?;
    Some(CheckedPlan {
        name: name?,
        currency: currency?,
        valid_from,
        rounding,
        point_value,
        volumes,
        aggregates: reader.names.aggregates.clone(),
        active: active?,
        active_text,
        paid_as,
        ranks,
        bonuses,
        order,
        warnings: Vec::new(),
    })
}

struct Head {
    name: Option<String>,
    currency: Option<Currency>,
    valid_from: Option<Day>,
    rounding: Rounding,
    point_value: Decimal,
}

fn head_of<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Head {
    reader.only(section, &["name", "about", "currency", "valid_from", "rounding", "point_value"]);
    reader.text(section, "about");
    let name = reader.need_text(section, "name", "\"Field plan 2026\"").map(|text| text.value);
    let currency = reader.need_text(section, "currency", "\"EUR\"").and_then(|text| {
        let found: Result<Currency, _> = text.value.parse();
        found.map_err(|fault| reader.fault(&text.span, fault.to_string(), "")).ok()
    });
    let rounding = reader.text(section, "rounding").map_or(Rounding::HalfUp, |text| rounding(reader, &text));
    let point_value = section.table.get("point_value").and_then(|value| reader.as_expression(value));
    let point_value = point_value.map_or(Some(Decimal::ONE), |text| positive(reader, &text));
    Head {
        name,
        currency,
        valid_from: valid_from(reader, section),
        rounding,
        point_value: point_value.unwrap_or(Decimal::ONE),
    }
}

fn rounding(reader: &mut Reader<'_>, text: &Text) -> Rounding {
    match text.value.as_str() {
        "half-up" => Rounding::HalfUp,
        "half-even" => Rounding::HalfEven,
        "down" => Rounding::Down,
        "up" => Rounding::Up,
        other => {
            let message = format!("“{other}” is not a value of “rounding”");
            reader.fault(&text.span, message, "use one of: half-up, half-even, down, up");
            Rounding::HalfUp
        }
    }
}

fn positive(reader: &mut Reader<'_>, text: &Text) -> Option<Decimal> {
    let (num, _) = reader.number(text, Scope::Member, Reads::Facts)?;
    let value = num.constant().filter(|value| value.is_sign_positive() && !value.is_zero());
    if value.is_none() {
        reader.fault(&text.span, "a number above zero is needed here", "write it as \"1\" or \"0.85\"");
    }
    value
}

fn valid_from<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Day> {
    let value = section.table.get("valid_from")?;
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

fn status<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> (Option<Cond>, String, PaidAs) {
    let always = (Some(Cond::Always(true)), "always".to_owned(), PaidAs::Earned);
    let Some(section) = reader.section(root, "status", "[status]") else {
        return always;
    };
    reader.only(&section, &["active", "paid_as"]);
    let paid_as = reader.word(&section, "paid_as", &["earned", "highest"]).unwrap_or(PaidAs::Earned);
    let Some(text) = reader.need_text(&section, "active", "\"pv >= 100\"") else {
        return (None, String::new(), paid_as);
    };
    let cond = reader.condition(&text, Scope::Member, Reads::Volumes).map(|(cond, _)| cond);
    (cond, text.value, paid_as)
}
