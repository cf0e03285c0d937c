//! `walk`: the way from the source of a bonus to those who earn.

use toml::de::DeValue;

use super::source::{Reader, Section, Text};
use crate::plan::checked::{Compression, Counting, CustomerOrders, Difference, Head, Walk};
use crate::plan::expr::{Cond, Num, Reads, Scope, TreeRef};
use crate::plan::fault::suggest;

const TREES: [&str; 4] = ["own", "enroller", "sponsor", "placement"];
const COMPRESSIONS: [&str; 3] = ["none", "standard", "dynamic"];
const KEYS: [&str; 13] = [
    "tree",
    "first_level",
    "levels",
    "compression",
    "customers",
    "skip",
    "until",
    "generations",
    "own_head",
    "difference",
    "own_rate",
    "minimum",
    "reduces",
];

/// Reads the walk of a bonus whose longest row has `written` levels. `ranked`: it pays the member itself.
pub fn read<'t>(reader: &mut Reader<'t>, section: &Section<'t>, ranked: bool, written: u16) -> Option<Walk> {
    if ranked {
        return Some(own(CustomerOrders::Level));
    }
    let value = reader.need(section, "walk", "\"sponsor\"")?;
    let DeValue::Table(table) = value.get_ref() else {
        let text = reader.as_text(value)?;
        if text.value == "own" {
            return Some(own(CustomerOrders::Level));
        }
        return tree(reader, &text).map(|tree| up(tree, 1, written));
    };
    let section = Section { what: "walk".to_owned(), span: value.span(), table };
    reader.only(&section, &KEYS);
    let customers = reader.word(&section, "customers", &["level", "own"]).unwrap_or(CustomerOrders::Level);
    let text = reader.need_text(&section, "tree", "\"sponsor\"")?;
    if text.value == "own" {
        return Some(own(customers));
    }
    let tree = tree(reader, &text)?;
    let first_level = reader.whole(&section, "first_level", 0, 100).unwrap_or(1);
    let difference = difference(reader, &section);
    let counting = counting(reader, &section)?;
    if first_level > 1 && matches!(counting, Counting::Generations { .. }) {
        let span = section.table.get("first_level").map_or(0..0, toml::Spanned::span);
        let help = "write 0 as the rate of each generation that is left out: rate = [\"0\", \"5%\"]";
        reader.fault(&span, "generations begin with level 0 or 1", help);
    }
    let skip = skip(reader, &section, &counting)?;
    let until = match reader.text(&section, "until") {
        Some(text) => Some(reader.condition(&text, Scope::Member, Reads::Everything)?.0),
        None => None,
    };
    let given = levels(reader, &section);
    let levels = match given {
        Some(levels) => levels,
        None if difference.is_some() => u16::MAX,
        None => written,
    };
    let repeats = given.is_some() && difference.is_none();
    if given.is_some_and(|given| given < written) && difference.is_none() {
        let span = section.table.get("levels").map_or(0..0, toml::Spanned::span);
        reader.warn(
            &span,
            "there are rates for further levels, which nobody reaches",
            "remove them, or raise “levels”",
        );
    }
    Some(Walk { tree, first_level, levels, repeats, counting, customers, skip, until, difference })
}

/// A tree by its name.
fn tree(reader: &mut Reader<'_>, text: &Text) -> Option<TreeRef> {
    if let Ok(kind) = text.value.parse() {
        return Some(TreeRef::Kind(kind));
    }
    let place = reader.names.trees.iter().position(|(tree, _)| *tree == text.value);
    let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else {
        let known = TREES.iter().copied().chain(reader.names.trees.iter().map(|(tree, _)| tree.as_str()));
        let near = suggest(&text.value, known);
        let help = if near.starts_with("known") { format!("use one of: {}", TREES.join(", ")) } else { near };
        reader.fault(&text.span, format!("there is no tree “{}”", text.value), help);
        return None;
    };
    Some(TreeRef::Derived(place))
}

/// How many levels: a number, or "all".
fn levels<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<u16> {
    match section.table.get("levels").map(toml::Spanned::get_ref) {
        Some(DeValue::String(text)) if text == "all" => Some(u16::MAX),
        _ => reader.whole(section, "levels", 1, 1_000),
    }
}

fn counting<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Counting> {
    let compression = reader.word(section, "compression", &COMPRESSIONS);
    let Some(text) = reader.text(section, "generations") else {
        if let Some((key, _)) = section.table.get_key_value("own_head") {
            reader.fault(&key.span(), "“own_head” belongs to generations", "add generations = \"paid_rank >= Leader\"");
        }
        return Some(Counting::Levels(compression.unwrap_or(Compression::None)));
    };
    if compression.is_some() {
        let span = section.table.get("compression").map_or(0..0, toml::Spanned::span);
        reader.fault(&span, "generations are not compressed: everybody in one earns", "remove “compression”");
    }
    let head = if text.value == "peer" {
        Head::Peer
    } else {
        Head::Is(reader.condition(&text, Scope::Member, Reads::Everything)?.0)
    };
    Some(Counting::Generations { head, own: reader.flag(section, "own_head").unwrap_or(true) })
}

fn difference<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Difference> {
    let wanted = reader.flag(section, "difference").unwrap_or(false);
    let own = reader.flag(section, "own_rate").unwrap_or(true);
    let minimum: Option<Num> = section
        .table
        .get("minimum")
        .and_then(|value| reader.as_expression(value))
        .and_then(|text| reader.number(&text, Scope::Member, Reads::Everything))
        .map(|(num, _)| num);
    let reduces = reader
        .text(section, "reduces")
        .and_then(|text| reader.condition(&text, Scope::Member, Reads::Everything))
        .map(|(cond, _)| cond);
    for key in ["own_rate", "minimum", "reduces"] {
        if let Some((found, _)) = section.table.get_key_value(key).filter(|_| !wanted) {
            reader.fault(&found.span(), format!("“{key}” belongs to differences"), "add difference = true");
        }
    }
    for key in ["compression", "generations"] {
        if let Some((found, _)) = section.table.get_key_value(key).filter(|_| wanted) {
            let message = format!("“{key}” has no meaning with differences");
            reader.fault(&found.span(), message, "remove it: who has no rate takes nothing away");
        }
    }
    wanted.then_some(Difference { own, minimum, reduces })
}

fn skip<'t>(reader: &mut Reader<'t>, section: &Section<'t>, counting: &Counting) -> Option<Cond> {
    let Some(Text { value, span }) = reader.text(section, "skip") else {
        return Some(Cond::Not(Box::new(Cond::Active)));
    };
    if *counting != Counting::Levels(Compression::Standard) {
        reader.fault(&span, "“skip” belongs to standard compression", "write compression = \"standard\", or remove it");
    }
    reader.condition(&Text { value, span }, Scope::Member, Reads::Everything).map(|(cond, _)| cond)
}

/// The member's own orders.
pub fn own(customers: CustomerOrders) -> Walk {
    Walk { customers, ..up(TreeRef::Kind(crate::domain::tree::TreeKind::Enroller), 0, 1) }
}

fn up(tree: TreeRef, first_level: u16, levels: u16) -> Walk {
    Walk {
        tree,
        first_level,
        levels,
        repeats: false,
        counting: Counting::Levels(Compression::None),
        customers: CustomerOrders::Level,
        skip: Cond::Not(Box::new(Cond::Active)),
        until: None,
        difference: None,
    }
}
