//! `[[bonuses]]`: earner, source, walk, base and rate of each, and the order of calculation.

use toml::de::{DeTable, DeValue};

use super::rates::{self, Table};
use super::source::{Reader, Section, Span, Text};
use super::{budget, walk};
use crate::plan::checked::{Bonus, BonusSource};
use crate::plan::expr::{Cond, Reads, Scope};
use crate::plan::fault::suggest;
use crate::plan::result::BaseKind;

/// Most bonuses of a plan.
const LIMIT: usize = 200;
const KEYS: [&str; 15] = [
    "code",
    "name",
    "about",
    "rule",
    "earner",
    "source",
    "where",
    "without",
    "of",
    "held",
    "pay_skipped",
    "walk",
    "base",
    "rate",
    "amount",
];

/// Reads all bonuses; also returns their places in the order of calculation.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> (Vec<Bonus>, Vec<u16>) {
    let sections = reader.sections(root, "bonuses", "bonus");
    if sections.len() > LIMIT {
        reader.fault(&sections[LIMIT].span, format!("a plan has at most {LIMIT} bonuses"), "remove bonuses");
        return (Vec::new(), Vec::new());
    }
    let codes = codes(reader, &sections);
    let mut bonuses = Vec::new();
    let mut spans = Vec::new();
    for (place, section) in sections.iter().enumerate() {
        reader.only(section, &KEYS);
        if let Some(bonus) = bonus(reader, section, place, &codes) {
            bonuses.push(bonus);
            spans.push(section.span.clone());
        }
    }
    if bonuses.len() < sections.len() || !reader.faults.is_empty() {
        return (bonuses, Vec::new());
    }
    let order = order(reader, &bonuses, &spans);
    budget::warn(reader, &bonuses, &spans);
    (bonuses, order)
}

fn codes<'t>(reader: &mut Reader<'t>, sections: &[Section<'t>]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for section in sections {
        let Some(code) = reader.need_text(section, "code", "\"team\"") else {
            codes.push(String::new());
            continue;
        };
        let plain = code.value.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if !plain || code.value.is_empty() || code.value.len() > 40 {
            let message = format!("“{}” cannot be used as a code", code.value);
            reader.fault(
                &code.span,
                message,
                "use up to 40 letters, digits, - and _; the name for people goes into “name”",
            );
        } else if codes.contains(&code.value) {
            reader.fault(&code.span, format!("there are two bonuses “{}”", code.value), "give each bonus its own code");
        }
        codes.push(code.value);
    }
    codes
}

fn bonus<'t>(reader: &mut Reader<'t>, section: &Section<'t>, place: usize, codes: &[String]) -> Option<Bonus> {
    let code = codes[place].clone();
    let name = reader.text(section, "name").map_or_else(|| code.clone(), |text| text.value);
    let about = reader.text(section, "about").map_or_else(String::new, |text| text.value);
    let rule = reader.text(section, "rule").map_or_else(|| format!("Rule {}", place + 1), |text| text.value);
    let earner = reader.text(section, "earner");
    let earner_text = earner.as_ref().map_or("active", |text| text.value.as_str()).to_owned();
    let earner = match earner {
        Some(text) => reader.condition(&text, Scope::Member, Reads::Everything).map(|(cond, _)| cond),
        None => Some(Cond::Active),
    };
    let source = source(reader, section, codes);
    let without = places(reader, section, "without", codes);
    let base = source.as_ref().and_then(|source| base(reader, section, source));
    let own = section.table.get("walk").and_then(|walk| walk.get_ref().as_str()) == Some("own");
    let ranked = matches!(source, Some(BonusSource::Ranks { .. }));
    let table = rates::read(reader, section, own || ranked, ranked);
    let walk = walk::read(reader, section, ranked, table.as_ref().map_or(1, Table::levels));
    fits(reader, section, source.as_ref());
    Some(Bonus {
        code,
        name,
        about,
        rule,
        earner: earner?,
        earner_text,
        source: source?,
        without,
        walk: walk?,
        base: base?,
        rates: table?.rows,
    })
}

fn source<'t>(reader: &mut Reader<'t>, section: &Section<'t>, codes: &[String]) -> Option<BonusSource> {
    let kinds = ["orders", "bonuses", "ranks"];
    let text = reader.need_text(section, "source", "\"orders\"")?;
    match text.value.as_str() {
        "orders" => {
            let cond = match reader.text(section, "where") {
                Some(text) => reader.condition(&text, Scope::Order, Reads::Everything)?.0,
                None => Cond::Always(true),
            };
            Some(BonusSource::Orders(cond))
        }
        "bonuses" => {
            reader.need(section, "of", "[\"team\"]")?;
            let of = places(reader, section, "of", codes);
            Some(BonusSource::Amounts(of))
        }
        "ranks" => {
            let held = reader.whole(section, "held", 1, 60).unwrap_or(1);
            let skipped = reader.flag(section, "pay_skipped").unwrap_or(false);
            Some(BonusSource::Ranks { held, skipped })
        }
        other => {
            let near = suggest(other, kinds);
            reader.fault(&text.span, format!("“{other}” is not a value of “source”"), near);
            None
        }
    }
}

/// Keys that belong to another source.
fn fits(reader: &mut Reader<'_>, section: &Section<'_>, source: Option<&BonusSource>) {
    let Some(source) = source else { return };
    let wrong: &[(&str, &str)] = match source {
        BonusSource::Orders(_) => &[("of", "bonuses"), ("held", "ranks"), ("pay_skipped", "ranks")],
        BonusSource::Amounts(_) => &[
            ("where", "orders"),
            ("without", "orders"),
            ("base", "orders"),
            ("held", "ranks"),
            ("pay_skipped", "ranks"),
            ("amount", "orders"),
        ],
        BonusSource::Ranks { .. } => &[
            ("where", "orders"),
            ("without", "orders"),
            ("base", "orders"),
            ("of", "bonuses"),
            ("walk", "orders"),
            ("rate", "orders"),
        ],
    };
    for (key, belongs) in wrong {
        if let Some((found, _)) = section.table.get_key_value(*key) {
            let message = format!("“{key}” belongs to source = \"{belongs}\"");
            reader.fault(&found.span(), message, "remove it, or change the source");
        }
    }
}

/// The places of bonuses that are listed by code.
fn places<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str, codes: &[String]) -> Vec<u16> {
    let Some(value) = section.table.get(key) else {
        return Vec::new();
    };
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_kind(value, "a list of bonuses such as [\"team\"]");
        return Vec::new();
    };
    if items.is_empty() {
        reader.fault(&value.span(), format!("“{key}” is empty"), "name at least one bonus");
    }
    let mut out = Vec::new();
    for item in items {
        let Some(Text { value, span }) = reader.as_text(item) else {
            continue;
        };
        let place = codes.iter().position(|code| *code == value).and_then(|place| u16::try_from(place).ok());
        if place.is_none() {
            let known: Vec<&str> = codes.iter().map(String::as_str).filter(|code| !code.is_empty()).collect();
            reader.fault(&span, format!("there is no bonus “{value}”"), suggest(&value, known));
        }
        out.extend(place);
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn base<'t>(reader: &mut Reader<'t>, section: &Section<'t>, source: &BonusSource) -> Option<BaseKind> {
    let fixed = section.table.contains_key("amount");
    match source {
        BonusSource::Amounts(_) => Some(BaseKind::Amount),
        BonusSource::Ranks { .. } => Some(BaseKind::Fixed),
        BonusSource::Orders(_) if fixed => {
            if let Some((key, _)) = section.table.get_key_value("base") {
                reader.fault(
                    &key.span(),
                    "a fixed amount has no base",
                    "remove “base”, or write a rate instead of the amount",
                );
            }
            Some(BaseKind::Fixed)
        }
        BonusSource::Orders(_) => {
            let text = reader.need_text(section, "base", "\"cv\"")?;
            reader.as_word(&text, "base", &["cv", "qv", "paid", "margin"])
        }
    }
}

/// Every bonus after those whose amounts it reads; loops are faults.
fn order(reader: &mut Reader<'_>, bonuses: &[Bonus], spans: &[Span]) -> Vec<u16> {
    let mut order: Vec<u16> = Vec::new();
    let mut left: Vec<u16> = (0..bonuses.len()).filter_map(|place| u16::try_from(place).ok()).collect();
    loop {
        let ready = |place: &u16| match &bonuses[usize::from(*place)].source {
            BonusSource::Amounts(of) => of.iter().all(|needed| order.contains(needed)),
            _ => true,
        };
        let Some(next) = left.iter().position(ready) else {
            break;
        };
        order.push(left.remove(next));
    }
    if let Some(first) = left.first() {
        let names: Vec<&str> = left.iter().map(|place| bonuses[usize::from(*place)].code.as_str()).collect();
        let message = format!("these bonuses are paid on each other's amounts: {}", names.join(", "));
        reader.fault(&spans[usize::from(*first)], message, "take one of them out of the other's “of”");
    }
    order
}
