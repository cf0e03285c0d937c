//! The head of a plan (`[plan]`, `[status]`) and the order in which the parts are read.

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section, Span, Text};
use super::{
    attributes, bonuses, calendar, caps, holds, order, pairs, ranks, shown, tables, trees, values, volumes, wallets,
};
use crate::domain::calendar::Day;
use crate::domain::country;
use crate::domain::member::MemberKind;
use crate::domain::money::{Currency, Rounding};
use crate::domain::run::PeriodKind;
use crate::plan::checked::{Bonus, BonusSource, CheckedPlan, Demotion, Fill, PaidAs, Placement, Returns, RoundingOf};
use crate::plan::expr::{Cond, Reads, Scope};
use crate::plan::fault::suggest;

const PARTS: [&str; 17] = [
    "plan",
    "calendar",
    "attributes",
    "tables",
    "values",
    "remembered",
    "trees",
    "volumes",
    "status",
    "ranks",
    "placement",
    "binary",
    "bonuses",
    "larger",
    "caps",
    "holds",
    "wallets",
];

/// Refuses parts that a plan does not have, and a plan without a head.
fn parts<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let document = Section { what: "a plan".to_owned(), span: 0..0, table: root };
    for key in root.keys() {
        let name = key.get_ref().as_ref();
        if PARTS.contains(&name) {
            continue;
        }
        let help = if HEAD.contains(&name) {
            format!("“{name}” belongs under [plan]: write it below that line, before the next line in brackets")
        } else {
            suggest(name, PARTS)
        };
        reader.fault(&key.span(), format!("{} has no key “{name}”", document.what), help);
    }
    if !root.contains_key("plan") {
        let advice = "begin with [plan], name = \"Field plan\" and currency = \"EUR\"";
        let advice = if HEAD.iter().any(|key| root.contains_key(*key)) {
            "write [plan] in a line of its own above what belongs under it: name, currency and the other keys of the head"
        } else {
            advice
        };
        reader.fault(&(0..0), "the plan has no head", advice);
    }
}

/// Reads the whole plan; `None` where a part is so broken that there is nothing to return.
pub fn plan<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Option<CheckedPlan> {
    parts(reader, root);
    let calendar = calendar::read(reader, root);
    let head = reader.section(root, "plan", "[plan]");
    let head = head.map(|section| head_of(reader, &section));
    ranks::codes(reader, root);
    bonuses::codes(reader, root);
    attributes::read(reader, root);
    shown::later(reader, root);
    let tables = tables::read(reader, root);
    reader.names.pairs = pair_names(root);
    reader.names.power = pairs::power(root);
    let placement = placement(reader, root);
    trees::names(reader, root);
    values::names(reader, root)?;
    let mut volumes = volumes::read(reader, root);
    values::read(reader, root);
    let trees = trees::read(reader, root);
    volumes::check_trees(reader, root);
    let pairs = pairs::read(reader, root, &volumes);
    let Status { active, active_text, paid_as, demotion, ranks_period, earners } = status(reader, root);
    let ranks = ranks::read(reader, root, &volumes);
    volumes::passes(reader, root, &mut volumes);
    let bonuses = all_bonuses(reader, root, ranks_period);
    let larger = caps::larger(reader, root);
    let caps = caps::read(reader, root, &bonuses);
    let (bonuses, holds) = holds::read(reader, root, bonuses, &larger, &caps);
    let wallets = wallets::read(reader, root);
    let shown = shown::values(reader);
    let Head { name, currency, valid_from, rounding, rounding_of, places, point_value, market_values, returns } = head?;
    let currency = currency?;
    Some(CheckedPlan {
        order: order::steps(reader, &bonuses, &order::Common { larger: &larger, caps: &caps, holds: &holds }),
        name: name?,
        currency,
        valid_from,
        calendar,
        rounding,
        rounding_of,
        places: places.map_or(currency.places(), u32::from),
        point_value,
        market_values,
        returns,
        words: reader.names.words.clone(),
        measures: reader.names.measures.clone(),
        attributes: reader.names.attributes.clone(),
        tables,
        values: shown,
        trees,
        volumes,
        pairs,
        remembered: reader.names.remembered.clone(),
        placement,
        aggregates: reader.names.aggregates.clone(),
        earners,
        active: active?,
        active_text,
        paid_as,
        demotion,
        ranks_period,
        former_ranks: reader.names.former_ranks,
        ranks,
        bonuses: bonuses.into_iter().map(|(bonus, _)| bonus).collect(),
        larger,
        caps,
        holds,
        wallets,
        warnings: Vec::new(),
    })
}

/// The bonuses. Ranks are reached in the runs that judge them, so these pay for them.
fn all_bonuses<'t>(
    reader: &mut Reader<'t>,
    root: &'t DeTable<'t>,
    ranks_period: Option<PeriodKind>,
) -> Vec<(Bonus, Span)> {
    let mut bonuses = bonuses::read(reader, root);
    for (bonus, _) in bonuses.iter_mut().filter(|(bonus, _)| matches!(bonus.source, BonusSource::Ranks { .. })) {
        bonus.period = bonus.period.or(ranks_period);
    }
    bonuses
}

/// The names of the pairings, which expressions may use before their part is read.
fn pair_names<'t>(root: &'t DeTable<'t>) -> Vec<String> {
    let Some(DeValue::Table(part)) = root.get("binary").map(toml::Spanned::get_ref) else {
        return Vec::new();
    };
    let mut names: Vec<_> = part.keys().map(|key| (key.span().start, key.get_ref().to_string())).collect();
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

fn placement<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Option<Placement> {
    let section = reader.section(root, "placement", "[placement]")?;
    reader.only(&section, &["width", "fill"]);
    let width = reader.whole(&section, "width", 1, 100).unwrap_or(2);
    let fill = reader.word(&section, "fill", &["breadth-first", "outer-left", "outer-right", "smaller-leg"]);
    Some(Placement { width: u8::try_from(width).unwrap_or(u8::MAX), fill: fill.unwrap_or(Fill::BreadthFirst) })
}

const HEAD: [&str; 12] = [
    "name",
    "about",
    "currency",
    "valid_from",
    "week_begins",
    "year_begins",
    "rounding",
    "rounding_of",
    "places",
    "point_value",
    "returns",
    "measures",
];

struct Head {
    name: Option<String>,
    currency: Option<Currency>,
    valid_from: Option<Day>,
    rounding: Rounding,
    rounding_of: RoundingOf,
    places: Option<u16>,
    point_value: Decimal,
    market_values: Vec<(u16, Decimal)>,
    returns: Returns,
}

fn head_of<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Head {
    reader.only(section, &HEAD);
    attributes::measures(reader, section);
    reader.text(section, "about");
    let name = reader.need_text(section, "name", "\"Field plan 2026\"").map(|text| text.value);
    let currency = reader.need_text(section, "currency", "\"EUR\"").and_then(|text| {
        let found: Result<Currency, _> = text.value.parse();
        found.map_err(|fault| reader.fault(&text.span, fault.to_string(), "")).ok()
    });
    let rounding = reader.text(section, "rounding").map_or(Rounding::HalfUp, |text| rounding(reader, &text));
    let rounding_of = reader.word(section, "rounding_of", &["line", "bonus", "total"]).unwrap_or(RoundingOf::Line);
    let places = reader.whole(section, "places", 0, 4);
    if let (Some(currency), Some(places)) = (currency, places)
        && u32::from(places) > currency.places()
    {
        let value = section.table.get("places").map_or(0..0, toml::Spanned::span);
        let help = format!("{currency} has {} decimal places", currency.places());
        reader.fault(&value, "amounts cannot be finer than the currency", help);
    }
    let returns = reader.word(section, "returns", &["take-back", "negative-volume"]).unwrap_or(Returns::TakeBack);
    let (point_value, market_values) = point_values(reader, section);
    Head {
        name,
        currency,
        valid_from: valid_from(reader, section),
        rounding,
        rounding_of,
        places,
        point_value,
        market_values,
        returns,
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

/// What a point is worth: everywhere, or by market with `other` for the rest.
fn point_values<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> (Decimal, Vec<(u16, Decimal)>) {
    let Some(value) = section.table.get("point_value") else {
        return (Decimal::ONE, Vec::new());
    };
    let DeValue::Table(table) = value.get_ref() else {
        let text = reader.as_expression(value);
        return (text.and_then(|text| positive(reader, &text)).unwrap_or(Decimal::ONE), Vec::new());
    };
    let mut values = Vec::new();
    let mut other = None;
    for (market, value) in table {
        let found = reader.as_expression(value).and_then(|text| positive(reader, &text)).unwrap_or(Decimal::ONE);
        if market.get_ref() == "other" {
            other = Some(found);
        } else if !country::is_code(market.get_ref()) {
            let message = format!("“{}” is not the code of a country", market.get_ref());
            reader.fault(&market.span(), message, "write its two capital letters, such as IN, or other");
        } else {
            reader.names.words.push(market.get_ref().to_string());
            values.push((u16::try_from(reader.names.words.len() - 1).unwrap_or(u16::MAX), found));
        }
    }
    if other.is_none() {
        reader.fault(&value.span(), "the value of a point in all other markets is missing", "add other = \"1\"");
    }
    // The last one is for everybody else: no market has this place.
    values.push((u16::MAX - 1, other.unwrap_or(Decimal::ONE)));
    (Decimal::ONE, values)
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
    calendar::day(reader, value)
}

struct Status {
    active: Option<Cond>,
    active_text: String,
    paid_as: PaidAs,
    demotion: Demotion,
    ranks_period: Option<PeriodKind>,
    earners: Vec<MemberKind>,
}

/// The kinds of members that may be active and earn.
fn earners<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Vec<MemberKind> {
    let usual = vec![MemberKind::Distributor];
    let Some(value) = section.table.get("earners") else { return usual };
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_kind(value, "a list of kinds such as [\"distributor\", \"preferred\"]");
        return usual;
    };
    let kinds: Vec<&str> = MemberKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut found = Vec::new();
    for item in items {
        let Some(text) = reader.as_text(item) else { continue };
        found.extend(reader.as_word::<MemberKind>(&text, "earners", &kinds));
    }
    if items.is_empty() {
        reader.fault(&value.span(), "“earners” is empty", "name at least one kind of member");
    }
    found
}

fn status<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Status {
    let mut status = Status {
        active: Some(Cond::Always(true)),
        active_text: "always".to_owned(),
        paid_as: PaidAs::Earned,
        demotion: Demotion::AtOnce,
        ranks_period: None,
        earners: vec![MemberKind::Distributor],
    };
    let Some(section) = reader.section(root, "status", "[status]") else {
        return status;
    };
    reader.only(&section, &["active", "paid_as", "ranks", "demotion", "earners"]);
    status.earners = earners(reader, &section);
    status.demotion = reader.word(&section, "demotion", &["at-once", "by-one"]).unwrap_or(Demotion::AtOnce);
    reader.names.former_ranks |= status.demotion == Demotion::ByOne;
    status.paid_as = reader.word(&section, "paid_as", &["earned", "highest"]).unwrap_or(PaidAs::Earned);
    status.ranks_period = calendar::kind(reader, &section, "ranks");
    if let Some(value) = section.table.get("active") {
        let text = reader.as_text(value);
        status.active =
            text.as_ref().and_then(|text| reader.condition(text, Scope::Member, Reads::Volumes)).map(|(cond, _)| cond);
        status.active_text = text.map_or_else(String::new, |text| text.value);
    }
    status
}
