//! `[binary.NAME]`: how the two sides of the placement tree are matched.

use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::plan::checked::{After, Excess, Matching, OwnTo, Pairing, Sides, Unqualified, VolumeDef, VolumeScope};
use crate::plan::expr::{Cond, Num, Reads, Scope, TreeRef};
use crate::plan::fault::suggest;

/// Most pairings.
const LIMIT: usize = 16;
const KEYS: [&str; 26] = [
    "first",
    "first_level",
    "levels",
    "own",
    "own_to",
    "again",
    "volume",
    "sides",
    "tree",
    "left",
    "right",
    "power",
    "others",
    "qualified",
    "unqualified",
    "match",
    "strong",
    "weak",
    "steps",
    "ratio",
    "limit",
    "excess",
    "after",
    "carry_limit",
    "carry_periods",
    "period",
];

/// Those pairings that match the strongest leg with all others.
pub fn power<'t>(root: &'t DeTable<'t>) -> Vec<String> {
    let Some(DeValue::Table(part)) = root.get("binary").map(toml::Spanned::get_ref) else {
        return Vec::new();
    };
    let power = part.iter().filter(|(_, value)| {
        let sides = value.get_ref().as_table().and_then(|table| table.get("sides"));
        sides.and_then(|sides| sides.get_ref().as_str()) == Some("power-leg")
    });
    power.map(|(name, _)| name.get_ref().to_string()).collect()
}

/// Reads all pairings; their names are known already.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>, volumes: &[VolumeDef]) -> Vec<Pairing> {
    let mut pairs = Vec::new();
    for (name, section) in reader.named(root, "binary", "binary") {
        if pairs.len() == LIMIT {
            reader.fault(&section.span, format!("a plan has at most {LIMIT} pairings"), "remove pairings");
            break;
        }
        reader.check_name(&section.span, &name);
        reader.only(&section, &KEYS);
        reader.names.latest = Reads::Facts;
        let pair = pairing(reader, &section, name, volumes);
        let early = reader.names.latest < Reads::Ranks;
        reader.names.early_pairs.push(early);
        pairs.extend(pair.map(|pair| Pairing { early, ..pair }));
    }
    pairs
}

fn pairing<'t>(reader: &mut Reader<'t>, section: &Section<'t>, name: String, volumes: &[VolumeDef]) -> Option<Pairing> {
    let volume = volume(reader, section, volumes);
    let sides = reader.word(section, "sides", &["left-right", "power-leg"]).unwrap_or(Sides::LeftRight);
    let tree = tree(reader, section, sides);
    let own = number(reader, section, "own", Reads::Everything);
    if let Some((key, _)) = section.table.get_key_value("own").filter(|_| sides == Sides::PowerLeg) {
        let help = "remove it, or match left with right";
        reader.fault(&key.span(), "a member's own volume is none of its legs", help);
    }
    let own_to = reader.word(section, "own_to", &["weaker", "left", "right", "balanced"]).unwrap_or(OwnTo::Weaker);
    if let Some((key, _)) = section.table.get_key_value("own_to").filter(|_| !section.table.contains_key("own")) {
        reader.fault(&key.span(), "“own_to” says on which side “own” counts", "add a line such as own = \"pv\"");
    }
    let levels = levels(reader, section, sides);
    reader.names.matching = Some(reader.names.early_pairs.len());
    let qualified = match reader.text(section, "qualified") {
        Some(text) => reader.condition(&text, Scope::Member, Reads::Everything).map(|(cond, _)| cond),
        None => Some(Cond::Active),
    };
    let mut unqualified = unqualified(reader, section);
    let method = method(reader, section, sides);
    let limit = number(reader, section, "limit", Reads::Everything);
    reader.names.matching = None;
    let excess = reader.word(section, "excess", &["lost", "carried", "flush", "weaker-lost"]).unwrap_or(Excess::Lost);
    if limit.is_none()
        && let Some((key, _)) = section.table.get_key_value("excess").filter(|_| !section.table.contains_key("limit"))
    {
        reader.fault(&key.span(), "“excess” is about what is above a limit", "add a line such as limit = 10_000");
    }
    let after = reader.word(section, "after", &["carry", "flush", "flush-matched"]).unwrap_or(After::Carry);
    if after == After::Flush && !section.table.contains_key("unqualified") {
        unqualified.push((Cond::Always(true), Unqualified::Flush));
    }
    let carry_limit = number(reader, section, "carry_limit", Reads::Pairs);
    let carry_periods = reader.whole(section, "carry_periods", 1, 60).unwrap_or(0);
    let period = super::bonuses::period(reader, section);
    Some(Pairing {
        name,
        volume: volume?,
        sides,
        tree,
        own,
        own_to,
        levels,
        qualified: qualified?,
        unqualified,
        method: method?,
        limit,
        excess,
        after,
        carry_limit,
        carry_periods,
        period,
        early: false,
    })
}

fn volume<'t>(reader: &mut Reader<'t>, section: &Section<'t>, volumes: &[VolumeDef]) -> Option<u16> {
    let text = reader.need_text(section, "volume", "\"pv\"")?;
    let Some(place) = volumes.iter().position(|volume| volume.name == text.value) else {
        if !reader.names.broken.contains(&text.value) {
            let help = suggest(&text.value, volumes.iter().map(|volume| volume.name.as_str()));
            reader.fault(&text.span, format!("there is no volume “{}”", text.value), help);
        }
        return None;
    };
    if !matches!(volumes[place].scope, VolumeScope::Own | VolumeScope::Customers) {
        let message = format!("“{}” counts orders of other members already", text.value);
        reader.fault(&text.span, message, "name a volume with scope = \"own\"; the sides add it up themselves");
    }
    if volumes[place].reach.is_some() {
        let message = format!("“{}” looks at days of other periods, which would be matched again", text.value);
        reader.fault(&text.span, message, "name a volume without “within” and “days”; the sides carry on what is left");
    }
    u16::try_from(place).ok()
}

/// Along which tree legs are taken.
fn tree<'t>(reader: &mut Reader<'t>, section: &Section<'t>, sides: Sides) -> TreeRef {
    let placement = TreeRef::Kind(crate::domain::tree::TreeKind::Placement);
    let Some(text) = reader.text(section, "tree") else { return placement };
    if sides == Sides::LeftRight {
        let help = "remove it, or write sides = \"power-leg\"";
        reader.fault(&text.span, "left and right are sides of the placement tree", help);
        return placement;
    }
    super::volumes::tree(reader, section)
}

fn number<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str, limit: Reads) -> Option<Num> {
    let text = section.table.get(key).and_then(|value| reader.as_expression(value))?;
    reader.number(&text, Scope::Member, limit).map(|(num, _)| num)
}

fn method<'t>(reader: &mut Reader<'t>, section: &Section<'t>, sides: Sides) -> Option<Matching> {
    let words = ["weaker", "cycles", "steps", "ladder"];
    let text = reader.text(section, "match");
    let word = text.as_ref().map_or("weaker", |text| text.value.as_str()).to_owned();
    let of_sides = if sides == Sides::PowerLeg { ["power", "others"] } else { ["left", "right"] };
    let fixed = word == "cycles" && of_sides.iter().any(|key| section.table.contains_key(*key));
    for (key, fits) in [
        ("strong", word == "cycles" && !fixed),
        ("weak", word == "cycles" && !fixed),
        ("first", word == "cycles" && !fixed),
        ("left", fixed && sides == Sides::LeftRight),
        ("right", fixed && sides == Sides::LeftRight),
        ("power", fixed && sides == Sides::PowerLeg),
        ("others", fixed && sides == Sides::PowerLeg),
        ("steps", matches!(word.as_str(), "steps" | "ladder")),
        ("ratio", word == "ladder"),
        ("again", word == "ladder"),
    ] {
        if let Some((found, _)) = section.table.get_key_value(key).filter(|_| !fits) {
            let beside =
                if fixed { format!("beside “{}”", of_sides[0]) } else { format!("with match = \"{word}\"") };
            let message = format!("“{key}” has no meaning {beside}");
            reader.fault(&found.span(), message, "remove it, or choose another way to match");
        }
    }
    match word.as_str() {
        "weaker" => Some(Matching::Weaker),
        "cycles" if fixed => {
            let both = of_sides.map(|key| need_volume(reader, section, key));
            Some(Matching::Fixed([both[0]?, both[1]?]))
        }
        "cycles" => {
            let (strong, weak) = (need_volume(reader, section, "strong"), need_volume(reader, section, "weak"));
            let (strong, weak) = (strong?, weak?);
            if strong < weak {
                let message = "the stronger side gives at least as much as the weaker one";
                reader.fault(&section.span, message, "exchange “strong” and “weak”");
            }
            let first = first(reader, section);
            Some(Matching::Cycles { strong, weak, first })
        }
        "steps" => Some(Matching::Steps(steps(reader, section)?)),
        "ladder" => {
            let steps = steps(reader, section);
            let ratio = reader.whole(section, "ratio", 1, 100).unwrap_or(1);
            let again = reader.flag(section, "again").unwrap_or(false);
            Some(Matching::Ladder { steps: steps?, ratio, again })
        }
        other => {
            if let Some(text) = &text {
                let near = suggest(other, words);
                reader.fault(&text.span, format!("“{other}” is not a value of “match”"), near);
            }
            None
        }
    }
}

/// The first level that counts on the sides, and how many do.
fn levels<'t>(reader: &mut Reader<'t>, section: &Section<'t>, sides: Sides) -> (u16, u16) {
    let first = reader.whole(section, "first_level", 1, 100);
    let levels = reader.whole(section, "levels", 1, 1_000);
    for key in ["first_level", "levels"] {
        if let Some((key, _)) = section.table.get_key_value(key).filter(|_| sides == Sides::PowerLeg) {
            let help = "remove it, or match left with right";
            reader.fault(&key.span(), "levels are counted where left is matched with right", help);
        }
    }
    (first.unwrap_or(1), levels.unwrap_or(u16::MAX))
}

/// How much a member's first cycle ever takes.
fn first<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<(i64, i64)> {
    let value = section.table.get("first")?;
    let DeValue::Table(table) = value.get_ref() else {
        reader.wrong_kind(value, "a table such as { strong = 2, weak = 1 }");
        return None;
    };
    let inner = Section { what: "first".to_owned(), span: value.span(), table };
    reader.only(&inner, &["strong", "weak"]);
    let (strong, weak) = (need_volume(reader, &inner, "strong"), need_volume(reader, &inner, "weak"));
    let (strong, weak) = (strong?, weak?);
    if strong < weak {
        let message = "the stronger side gives at least as much as the weaker one";
        reader.fault(&value.span(), message, "exchange “strong” and “weak”");
    }
    Some((strong, weak))
}

/// What becomes of the volume of who is not matched: one word, or a list by condition.
fn unqualified<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Vec<(Cond, Unqualified)> {
    const WORDS: [&str; 4] = ["keep", "match", "flush", "hold"];
    let Some(value) = section.table.get("unqualified") else { return Vec::new() };
    let DeValue::Array(items) = value.get_ref() else {
        let word = reader.word(section, "unqualified", &WORDS);
        return word.map(|word| (Cond::Always(true), word)).into_iter().collect();
    };
    let mut all = Vec::new();
    for item in items {
        let DeValue::Table(table) = item.get_ref() else {
            reader.wrong_kind(item, "a table such as { if = \"active\", then = \"hold\" }");
            continue;
        };
        let inner = Section { what: "a part of “unqualified”".to_owned(), span: item.span(), table };
        reader.only(&inner, &["if", "then"]);
        let cond = match reader.text(&inner, "if") {
            Some(text) => reader.condition(&text, Scope::Member, Reads::Everything).map(|(cond, _)| cond),
            None => Some(Cond::Always(true)),
        };
        let then = reader.need(&inner, "then", "\"hold\"").and_then(|_| reader.word(&inner, "then", &WORDS));
        if let (Some(cond), Some(then)) = (cond, then) {
            all.push((cond, then));
        }
    }
    all
}

/// A volume above zero, in ten-thousandths.
fn need_volume<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str) -> Option<i64> {
    let value = reader.need(section, key, "200")?;
    as_volume(reader, value)
}

fn as_volume<'t>(reader: &mut Reader<'t>, value: &'t toml::Spanned<DeValue<'t>>) -> Option<i64> {
    let number = reader.constant(value)?;
    let scaled = number.checked_mul(10_000.into()).filter(|scaled| scaled.is_integer() && scaled.is_sign_positive());
    let scaled = scaled.and_then(|scaled| i64::try_from(scaled).ok()).filter(|scaled| *scaled > 0);
    if scaled.is_none() {
        reader.fault(&value.span(), "a volume above zero is needed here", "with at most four decimal places");
    }
    scaled
}

fn steps<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Vec<i64>> {
    let value = reader.need(section, "steps", "[500, 1000]")?;
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong_kind(value, "a list of volumes such as [500, 1000]");
        return None;
    };
    let steps: Vec<Option<i64>> = items.iter().map(|item| as_volume(reader, item)).collect();
    let steps: Option<Vec<i64>> = steps.into_iter().collect();
    let steps = steps?;
    if steps.is_empty() || steps.windows(2).any(|pair| pair[0] >= pair[1]) {
        reader.fault(&value.span(), "steps go from low to high", "write them as [500, 1000, 2000]");
    }
    Some(steps)
}
