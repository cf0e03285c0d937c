//! `[[bonuses]]`: earner, source, walk, base and rate of each.

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::rates::{self, Table};
use super::source::{Reader, Section, Span, Text};
use super::{budget, walk};
use crate::domain::run::PeriodKind;
use crate::plan::checked::{Bonus, BonusSource, CountsFor, Missed};
use crate::plan::expr::{Cond, Num, OrderField, Reads, Scope};
use crate::plan::fault::suggest;
use crate::plan::result::BaseKind;

/// Most bonuses of a plan.
const LIMIT: usize = 200;
const KEYS: [&str; 29] = [
    "code",
    "name",
    "about",
    "rule",
    "earner",
    "source",
    "where",
    "without",
    "counts_for",
    "of",
    "pool",
    "shares",
    "most",
    "held",
    "pay_skipped",
    "instalments",
    "missed",
    "again",
    "walk",
    "base",
    "rate",
    "amount",
    "period",
    "hold_until",
    "at_least",
    "guarantee",
    "on_matches",
    "from_source",
    "pays",
];

const OF_RANKS: [(&str, &str); 5] =
    [("held", "ranks"), ("pay_skipped", "ranks"), ("instalments", "ranks"), ("again", "ranks"), ("missed", "ranks")];
const OF_POOLS: [(&str, &str); 3] = [("pool", "pool"), ("shares", "pool"), ("most", "pool")];

/// Makes the codes of all bonuses known, so that expressions anywhere may name them.
pub fn codes<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let sections = reader.sections(root, "bonuses", "bonus");
    if sections.len() > LIMIT {
        reader.fault(&sections[LIMIT].span, format!("a plan has at most {LIMIT} bonuses"), "remove bonuses");
    }
    for section in &sections {
        let Some(code) = reader.need_text(section, "code", "\"team\"") else {
            reader.names.bonuses.push(String::new());
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
        } else if reader.names.bonuses.contains(&code.value) {
            reader.fault(&code.span, format!("there are two bonuses “{}”", code.value), "give each bonus its own code");
        }
        if section.table.get("pays").and_then(|pays| pays.get_ref().as_str()) == Some("points") {
            reader.names.points.push(code.value.clone());
        }
        if section.table.get("source").and_then(|source| source.get_ref().as_str()) == Some("pool") {
            reader.names.pools.push(code.value.clone());
        }
        reader.names.bonuses.push(code.value);
    }
}

/// Reads all bonuses, each with its place in the file; their codes are known already.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<(Bonus, Span)> {
    let before = reader.faults.len();
    let sections = reader.sections(root, "bonuses", "bonus");
    reader.faults.truncate(before);
    let mut bonuses = Vec::new();
    for (place, section) in sections.iter().enumerate().take(LIMIT) {
        reader.only(section, &KEYS);
        if let Some(bonus) = bonus(reader, section, place) {
            bonuses.push((bonus, section.span.clone()));
        }
    }
    if bonuses.len() == sections.len() {
        matches(reader, &sections, &bonuses);
    }
    if bonuses.len() == sections.len() && reader.faults.is_empty() {
        budget::warn(reader, &bonuses);
    }
    bonuses
}

fn bonus<'t>(reader: &mut Reader<'t>, section: &Section<'t>, place: usize) -> Option<Bonus> {
    let code = reader.names.bonuses[place].clone();
    let name = reader.text(section, "name").map_or_else(|| code.clone(), |text| text.value);
    let about = reader.text(section, "about").map_or_else(String::new, |text| text.value);
    let rule = reader.text(section, "rule").map_or_else(|| format!("Rule {}", place + 1), |text| text.value);
    let earner = reader.text(section, "earner");
    let earner_text = earner.as_ref().map_or("active", |text| text.value.as_str()).to_owned();
    let earner = match earner {
        Some(text) => reader.condition(&text, Scope::Member, Reads::Amounts).map(|(cond, _)| cond),
        None => Some(Cond::Active),
    };
    let source = source(reader, section);
    let without = places(reader, section, "without");
    let base = source.as_ref().and_then(|source| base(reader, section, source));
    let kind = Kind::of(section);
    let own = section.table.get("walk").and_then(|walk| walk.get_ref().as_str()) == Some("own");
    let table = match kind {
        Kind::Pool => Some(Table { rows: Vec::new() }),
        _ => rates::read(reader, section, own || kind == Kind::Ranks, kind),
    };
    let walk =
        walk::read(reader, section, matches!(kind, Kind::Ranks | Kind::Pool), table.as_ref().map_or(1, Table::levels));
    fits(reader, section, source.as_ref());
    let hold_until = match reader.text(section, "hold_until") {
        Some(text) => Some(reader.condition(&text, Scope::Member, Reads::Amounts)?.0),
        None => None,
    };
    let at_least = number(reader, section, "at_least", Scope::Member);
    let guarantee = guarantee(reader, section, source.as_ref());
    let points = reader.names.points.contains(&code);
    if points && kind == Kind::Pool {
        let span = section.table.get("pays").map_or(0..0, toml::Spanned::span);
        reader.fault(&span, "a pool pays money", "remove “pays”; points are the shares of a pool");
    }
    if let Some(text) = reader.text(section, "pays").filter(|text| !["money", "points"].contains(&text.value.as_str()))
    {
        reader.fault(&text.span, format!("“{}” is not a value of “pays”", text.value), "use one of: money, points");
    }
    let (base, base_of) = base?;
    Some(Bonus {
        code,
        name,
        about,
        rule,
        earner: earner?,
        earner_text,
        source: source?,
        without,
        counts_for: reader.word(section, "counts_for", &["buyer", "through"]).unwrap_or(CountsFor::Buyer),
        walk: walk?,
        base,
        base_of,
        period: period(reader, section),
        hold_until,
        from_source: reader.flag(section, "from_source").unwrap_or(false),
        points,
        at_least,
        guarantee,
        rates: table?.rows,
    })
}

/// What kind of source a bonus has, as far as its other parts depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Orders.
    Orders,
    /// Members, or amounts of other bonuses.
    Members,
    /// A pool.
    Pool,
    /// Ranks.
    Ranks,
}

impl Kind {
    /// By its word, so that a fault within the source brings no others.
    fn of(section: &Section<'_>) -> Self {
        match section.table.get("source").and_then(|source| source.get_ref().as_str()) {
            Some("members" | "bonuses") => Self::Members,
            Some("pool") => Self::Pool,
            Some("ranks") => Self::Ranks,
            _ => Self::Orders,
        }
    }
}

/// What is passed up at least.
fn guarantee<'t>(reader: &mut Reader<'t>, section: &Section<'t>, source: Option<&BonusSource>) -> Option<Num> {
    let (key, _) = section.table.get_key_value("guarantee")?;
    if source.is_some_and(|source| !matches!(source, BonusSource::Members(_))) {
        let message = "“guarantee” belongs to source = \"members\"";
        reader.fault(&key.span(), message, "remove it, or change the source");
    }
    number(reader, section, "guarantee", Scope::Member)
}

/// Matches on matches pay on one sale again and again, so they are paid only where the plan says so.
fn matches<'t>(reader: &mut Reader<'t>, sections: &[Section<'t>], bonuses: &[(Bonus, Span)]) {
    let is_match = |bonus: &Bonus| {
        let up = bonus.walk.levels != 1 || bonus.walk.first_level != 0;
        matches!(bonus.source, BonusSource::Amounts(..)) && up
    };
    for ((place, (bonus, _)), section) in (0_u16..).zip(bonuses).zip(sections) {
        let said = reader.flag(section, "on_matches").unwrap_or(false);
        let BonusSource::Amounts(of, _) = &bonus.source else {
            if let Some((key, _)) = section.table.get_key_value("on_matches") {
                reader.fault(&key.span(), "“on_matches” belongs to source = \"bonuses\"", "remove it");
            }
            continue;
        };
        // Bonuses on each other are told as what they are.
        let loops = |other: &Bonus| matches!(&other.source, BonusSource::Amounts(of, _) if of.contains(&place));
        let other = of.iter().map(|of| &bonuses[usize::from(*of)].0).find(|other| is_match(other) && !loops(other));
        if let Some(other) = other.filter(|_| is_match(bonus) && !said) {
            let span = section.table.get("of").map_or(section.span.clone(), toml::Spanned::span);
            let message = format!("{} pays on {}, which is itself paid on other bonuses", bonus.code, other.code);
            reader.fault(&span, message, "leave it out of “of”, or add on_matches = true if matches shall be matched");
        }
    }
}

/// In which runs something is done.
pub fn period<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<PeriodKind> {
    super::calendar::kind(reader, section, "period")
}

fn number<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str, scope: Scope) -> Option<Num> {
    let text = section.table.get(key).and_then(|value| reader.as_expression(value))?;
    reader.number(&text, scope, Reads::Amounts).map(|(num, _)| num)
}

fn source<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<BonusSource> {
    let kinds = ["orders", "members", "bonuses", "pool", "ranks"];
    let text = reader.need_text(section, "source", "\"orders\"")?;
    match text.value.as_str() {
        "orders" => Some(BonusSource::Orders(chosen(reader, section, Scope::Order)?)),
        "members" => Some(BonusSource::Members(chosen(reader, section, Scope::Member)?)),
        "bonuses" => {
            reader.need(section, "of", "[\"team\"]")?;
            let of = places(reader, section, "of");
            Some(BonusSource::Amounts(of, chosen(reader, section, Scope::Member)?))
        }
        "pool" => {
            reader.need(section, "pool", "\"3% * company_cv\"");
            reader.need(section, "shares", "\"1\"");
            let amount = number(reader, section, "pool", Scope::Member);
            let shares = number(reader, section, "shares", Scope::Member);
            let most = number(reader, section, "most", Scope::Member);
            if amount.as_ref().is_some_and(|amount| reader.names.differs_in_a_market(amount)) {
                let span = section.table.get("pool").map_or(0..0, toml::Spanned::span);
                let help = "use volumes with scope = \"company\" or \"market\", such as \"3% * all\"";
                reader.fault(&span, "what is shared out must be the same for everybody", help);
            }
            Some(BonusSource::Pool { amount: amount?, shares: shares?, most })
        }
        "ranks" => {
            let held = reader.whole(section, "held", 1, 60).unwrap_or(1);
            let skipped = reader.flag(section, "pay_skipped").unwrap_or(false);
            let before = reader.faults.len();
            let (instalments, shares) = instalments(reader, section);
            let fine = reader.faults.len() == before;
            let again = reader.flag(section, "again").unwrap_or(false);
            let missed = reader.word(section, "missed", &["waits", "lost", "ends"]).unwrap_or(Missed::Waits);
            if fine && missed != Missed::Waits && instalments == 1 {
                let span = section.table.get("missed").map_or(0..0, toml::Spanned::span);
                reader.fault(&span, "there is one instalment, so none can be missed", "write instalments = 12, say");
            }
            Some(BonusSource::Ranks { held, skipped, instalments, shares, again, missed })
        }
        other => {
            let near = suggest(other, kinds);
            reader.fault(&text.span, format!("“{other}” is not a value of “source”"), near);
            None
        }
    }
}

/// In how many periods a rank bonus is paid: a number, or which share of the amount each time.
fn instalments<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> (u16, Vec<Decimal>) {
    let Some(value) = section.table.get("instalments") else { return (1, Vec::new()) };
    let DeValue::Array(items) = value.get_ref() else {
        return (reader.whole(section, "instalments", 1, 600).unwrap_or(1), Vec::new());
    };
    let shares: Vec<Decimal> = items.iter().filter_map(|item| reader.constant(item)).collect();
    let sum = shares.iter().try_fold(Decimal::ZERO, |sum, share| sum.checked_add(*share));
    if shares.is_empty() || shares.len() > 600 || shares.iter().any(|share| *share <= Decimal::ZERO) {
        let help = "write one to 600 shares of the amount, such as [\"50%\", \"25%\", \"25%\"]";
        reader.fault(&value.span(), "these are no instalments", help);
    } else if shares.len() == items.len() && sum.is_some_and(|sum| sum > Decimal::ONE) {
        reader.fault(&value.span(), "the instalments are more than the amount", "shares add up to 100% at most");
    }
    (u16::try_from(shares.len()).unwrap_or(600), shares)
}

/// Which orders or members a bonus pays on.
fn chosen<'t>(reader: &mut Reader<'t>, section: &Section<'t>, scope: Scope) -> Option<Cond> {
    match reader.text(section, "where") {
        Some(text) => {
            let limit = if scope == Scope::Order { Reads::Pairs } else { Reads::Amounts };
            reader.condition(&text, scope, limit).map(|(cond, _)| cond)
        }
        None => Some(Cond::Always(true)),
    }
}

/// Keys that belong to another source.
fn fits(reader: &mut Reader<'_>, section: &Section<'_>, source: Option<&BonusSource>) {
    let Some(source) = source else { return };
    let wrong: &[(&str, &str)] = match source {
        BonusSource::Orders(_) => &[("of", "bonuses")],
        BonusSource::Members(_) => &[("of", "bonuses"), ("without", "orders"), ("counts_for", "orders")],
        BonusSource::Amounts(..) => {
            &[("without", "orders"), ("counts_for", "orders"), ("base", "orders"), ("amount", "orders")]
        }
        BonusSource::Pool { .. } => &[
            ("where", "orders"),
            ("without", "orders"),
            ("counts_for", "orders"),
            ("base", "orders"),
            ("of", "bonuses"),
            ("walk", "orders"),
            ("rate", "orders"),
            ("amount", "orders"),
        ],
        BonusSource::Ranks { .. } => &[
            ("where", "orders"),
            ("without", "orders"),
            ("counts_for", "orders"),
            ("base", "orders"),
            ("of", "bonuses"),
            ("walk", "orders"),
            ("rate", "orders"),
        ],
    };
    let ranks = OF_RANKS.iter().filter(|_| !matches!(source, BonusSource::Ranks { .. }));
    let pool = OF_POOLS.iter().filter(|_| !matches!(source, BonusSource::Pool { .. }));
    for (key, belongs) in wrong.iter().chain(ranks).chain(pool) {
        if let Some((found, _)) = section.table.get_key_value(*key) {
            let message = format!("“{key}” belongs to source = \"{belongs}\"");
            reader.fault(&found.span(), message, "remove it, or change the source");
        }
    }
}

/// The places of bonuses that are listed by code; `None` where the list is not there or says `"all"`.
pub fn listed<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str) -> Option<Vec<u16>> {
    match section.table.get(key).map(toml::Spanned::get_ref) {
        Some(DeValue::String(text)) if text == "all" => None,
        None => None,
        _ => Some(places(reader, section, key)),
    }
}

/// The places of bonuses that are listed by code.
pub fn places<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str) -> Vec<u16> {
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
    let codes = reader.names.bonuses.clone();
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

/// What the rate is applied to: one of the order's own amounts, or what an expression gives.
fn base<'t>(reader: &mut Reader<'t>, section: &Section<'t>, source: &BonusSource) -> Option<(BaseKind, Option<Num>)> {
    let fixed = section.table.contains_key("amount");
    match source {
        BonusSource::Pool { .. } => Some((BaseKind::Amount, None)),
        BonusSource::Amounts(of, _) => {
            let names = &reader.names;
            let points = |place: &&u16| names.points.contains(&names.bonuses[usize::from(**place)]);
            match of.iter().filter(points).count() {
                0 => Some((BaseKind::Amount, None)),
                count if count == of.len() => Some((BaseKind::Points, None)),
                _ => {
                    let span = section.table.get("of").map_or(section.span.clone(), toml::Spanned::span);
                    let message = "some of these bonuses pay money and some points";
                    reader.fault(&span, message, "make two bonuses of it, one on money and one on points");
                    None
                }
            }
        }
        BonusSource::Ranks { .. } => Some((BaseKind::Fixed, None)),
        BonusSource::Orders(_) | BonusSource::Members(_) if fixed => {
            if let Some((key, _)) = section.table.get_key_value("base") {
                reader.fault(
                    &key.span(),
                    "a fixed amount has no base",
                    "remove “base”, or write a rate instead of the amount",
                );
            }
            Some((BaseKind::Fixed, None))
        }
        BonusSource::Members(_) => {
            let value = reader.need(section, "base", "\"pv\"")?;
            let text = reader.as_expression(value)?;
            let (num, _) = reader.number(&text, Scope::Member, Reads::Amounts)?;
            let kind = if reader.names.is_money(&num) { BaseKind::Money } else { BaseKind::Points };
            Some((kind, Some(num)))
        }
        BonusSource::Orders(_) => {
            let value = reader.need(section, "base", "\"cv\"")?;
            let text = reader.as_expression(value)?;
            let (num, _) = reader.number(&text, Scope::Order, Reads::Pairs)?;
            Some(match num {
                Num::Order(OrderField::Cv) => (BaseKind::Cv, None),
                Num::Order(OrderField::Qv) => (BaseKind::Qv, None),
                Num::Order(OrderField::Paid) => (BaseKind::Paid, None),
                Num::Order(OrderField::Margin) => (BaseKind::Margin, None),
                num if reader.names.is_money(&num) => (BaseKind::Money, Some(num)),
                num => (BaseKind::Points, Some(num)),
            })
        }
    }
}
