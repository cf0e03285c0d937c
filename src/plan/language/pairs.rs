//! `[binary.NAME]`: how the two sides of the placement tree are matched.

use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::plan::checked::{After, Excess, Matching, Pairing, Unqualified, VolumeDef, VolumeScope};
use crate::plan::expr::{Cond, Num, Reads, Scope};
use crate::plan::fault::suggest;

/// Most pairings.
const LIMIT: usize = 16;
const KEYS: [&str; 14] = [
    "volume",
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
    let qualified = match reader.text(section, "qualified") {
        Some(text) => reader.condition(&text, Scope::Member, Reads::Everything).map(|(cond, _)| cond),
        None => Some(Cond::Active),
    };
    let unqualified = reader.word(section, "unqualified", &["keep", "match", "flush"]).unwrap_or(Unqualified::Keep);
    let method = method(reader, section);
    let limit = number(reader, section, "limit", Reads::Everything);
    let excess = reader.word(section, "excess", &["lost", "carried"]).unwrap_or(Excess::Lost);
    let after = reader.word(section, "after", &["carry", "flush"]).unwrap_or(After::Carry);
    let carry_limit = number(reader, section, "carry_limit", Reads::Pairs);
    let carry_periods = reader.whole(section, "carry_periods", 1, 60).unwrap_or(0);
    let period = super::bonuses::period(reader, section);
    Some(Pairing {
        name,
        volume: volume?,
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
        let help = suggest(&text.value, volumes.iter().map(|volume| volume.name.as_str()));
        reader.fault(&text.span, format!("there is no volume “{}”", text.value), help);
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

fn number<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str, limit: Reads) -> Option<Num> {
    let text = section.table.get(key).and_then(|value| reader.as_expression(value))?;
    reader.number(&text, Scope::Member, limit).map(|(num, _)| num)
}

fn method<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Matching> {
    let words = ["weaker", "cycles", "steps", "ladder"];
    let text = reader.text(section, "match");
    let word = text.as_ref().map_or("weaker", |text| text.value.as_str()).to_owned();
    for (key, fits) in [
        ("strong", word == "cycles"),
        ("weak", word == "cycles"),
        ("steps", matches!(word.as_str(), "steps" | "ladder")),
        ("ratio", word == "ladder"),
    ] {
        if let Some((found, _)) = section.table.get_key_value(key).filter(|_| !fits) {
            let message = format!("“{key}” has no meaning with match = \"{word}\"");
            reader.fault(&found.span(), message, "remove it, or choose another way to match");
        }
    }
    match word.as_str() {
        "weaker" => Some(Matching::Weaker),
        "cycles" => {
            let (strong, weak) = (need_volume(reader, section, "strong"), need_volume(reader, section, "weak"));
            let (strong, weak) = (strong?, weak?);
            if strong < weak {
                let message = "the stronger side gives at least as much as the weaker one";
                reader.fault(&section.span, message, "exchange “strong” and “weak”");
            }
            Some(Matching::Cycles { strong, weak })
        }
        "steps" => Some(Matching::Steps(steps(reader, section)?)),
        "ladder" => {
            let steps = steps(reader, section);
            let ratio = reader.whole(section, "ratio", 1, 100).unwrap_or(1);
            Some(Matching::Ladder { steps: steps?, ratio })
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
