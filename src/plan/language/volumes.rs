//! `[volumes.NAME]`: what is added up, over whose orders.

use toml::de::{DeTable, DeValue};

use super::calendar;
use super::source::{Reader, Section, Text};
use crate::plan::checked::{CountsFor, Reach, VolumeDef, VolumeScope};
use crate::plan::expr::{Compare, Cond, Num, OrderField, RankTerm, Reads, Same, Scope, TreeRef, VolumeName};
use crate::plan::fault::suggest;

/// Most volumes of a plan.
const LIMIT: usize = 64;

/// Reads all volumes and makes their names known; adds `pv` and `gv` where the plan has none.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<VolumeDef> {
    let mut volumes = Vec::new();
    for (name, section) in reader.named(root, "volumes", "volume") {
        if volumes.len() == LIMIT {
            reader.fault(
                &section.span,
                format!("a plan has at most {LIMIT} volumes"),
                "remove those that nothing reads",
            );
            break;
        }
        reader.check_name(&section.span, &name);
        let read = volume(reader, &section, name.clone());
        if read.is_none() {
            reader.names.broken.push(name);
        }
        volumes.extend(read);
    }
    for (name, label, scope) in
        [("pv", "Personal volume", VolumeScope::Own), ("gv", "Group volume", VolumeScope::Organisation)]
    {
        if !volumes.iter().any(|volume| volume.name == name) {
            volumes.push(standard(name, label, scope));
        }
    }
    let known = volumes
        .iter()
        .map(|volume| VolumeName {
            name: volume.name.clone(),
            reads: match (volume.scope, volume.tree) {
                (VolumeScope::PersonalGroup, _) => Reads::Ranks,
                (_, TreeRef::Derived(place)) if reader.names.trees[usize::from(place)].1 > Reads::Facts => {
                    Reads::Compressed
                }
                _ => Reads::Volumes,
            },
            money: reader.names.is_money(&volume.of),
            same: match volume.scope {
                VolumeScope::Company => Same::Everywhere,
                VolumeScope::Market => Same::InMarket,
                _ => Same::Nowhere,
            },
            runs: runs(volume, reader),
        })
        .collect();
    reader.names.volumes = known;
    reader.note_broken_volumes();
    volumes
}

fn standard(name: &str, label: &str, scope: VolumeScope) -> VolumeDef {
    VolumeDef {
        name: name.to_owned(),
        label: label.to_owned(),
        of: Num::Order(OrderField::Qv),
        scope,
        tree: TreeRef::SPONSOR,
        periods: 1,
        reach: None,
        counts_for: CountsFor::Buyer,
        customers: false,
        include_own: true,
        depth: 0,
        stop: None,
        passes: None,
        less_returns: false,
        orders: Cond::Always(true),
    }
}

const KEYS: [&str; 15] = [
    "of",
    "scope",
    "tree",
    "periods",
    "within",
    "days",
    "label",
    "counts_for",
    "customers",
    "include_own",
    "depth",
    "stop",
    "passes",
    "less_returns",
    "where",
];

fn volume<'t>(reader: &mut Reader<'t>, section: &Section<'t>, name: String) -> Option<VolumeDef> {
    reader.only(section, &KEYS);
    let scopes = ["own", "customers", "organisation", "personal-group", "left", "right", "company", "market"];
    let of = reader.need(section, "of", "\"qv\"").and_then(|value| reader.as_expression(value));
    let of = of.and_then(|text| reader.number(&text, Scope::Volume, Reads::Facts)).map(|(num, _)| num);
    let tree = tree(reader, section);
    let periods = periods(reader, section);
    let reach = reach(reader, section);
    let scope = reader.need_text(section, "scope", "\"own\"").and_then(|text| reader.as_word(&text, "scope", &scopes));
    let label = reader.text(section, "label").map(|text| text.value);
    let counts_for = reader.word(section, "counts_for", &["buyer", "through"]).unwrap_or(CountsFor::Buyer);
    let customers = reader.flag(section, "customers").unwrap_or(false);
    let include_own = reader.flag(section, "include_own").unwrap_or(true);
    let depth = reader.whole(section, "depth", 1, 100).unwrap_or(0);
    let orders = match reader.text(section, "where") {
        Some(text) => reader.condition(&text, Scope::Volume, Reads::Facts).map(|(cond, _)| cond),
        None => Some(Cond::Always(true)),
    };
    let stop = reader.text(section, "stop").and_then(|text| head(reader, &text));
    let scope: VolumeScope = scope?;
    if scope == VolumeScope::PersonalGroup {
        ends(reader, section, &name, include_own);
    }
    misplaced(reader, section, scope);
    let label = label.unwrap_or_else(|| match name.as_str() {
        "pv" => "Personal volume".to_owned(),
        "gv" => "Group volume".to_owned(),
        other => other.to_owned(),
    });
    let (of, orders) = (of?, orders?);
    let volume = VolumeDef {
        name,
        label,
        of,
        scope,
        tree,
        periods,
        reach,
        counts_for,
        customers,
        include_own,
        depth,
        stop,
        passes: None,
        less_returns: reader.flag(section, "less_returns").unwrap_or(false),
        orders,
    };
    let for_one = matches!(scope, VolumeScope::Own | VolumeScope::Customers | VolumeScope::Organisation);
    if volume.reads_member() && !for_one {
        let message = "“member.” is whose volume it is, and this one is not found for each member alone";
        reader.fault(&section.span, message, "use it with scope = \"own\", \"customers\" or \"organisation\"");
    }
    if let TreeRef::Derived(place) = tree
        && volume.reads_member()
        && reader.names.trees[usize::from(place)].1 > Reads::Facts
    {
        let message = "this volume is added up order by order, before the tree is made: its “only” comes later";
        reader.fault(&section.span, message, "leave “member.” out, or add it up along a tree without “only”");
    }
    Some(volume)
}

/// A personal group ends somewhere, or says what is passed up.
fn ends<'t>(reader: &mut Reader<'t>, section: &Section<'t>, name: &str, include_own: bool) {
    let (stop, passes) = (section.table.contains_key("stop"), section.table.get_key_value("passes"));
    if let Some((key, _)) = passes {
        if stop {
            let help =
                "write one of the two: passes = \"if(paid_rank >= Leader, 0, group)\" is what stop = \"Leader\" says";
            reader.fault(&key.span(), "“stop” and “passes” both say what goes up", help);
        } else if !include_own {
            reader.fault(&key.span(), "what is passed up is of a group with the own part", "remove “include_own”");
        }
    } else if !stop {
        let message = format!("volume {name} needs “stop”: the rank at which the personal group ends");
        reader.fault(&section.span, message, "add a line such as stop = \"Leader\"");
    }
}

/// Reads what members pass up of personal groups, once everything that it may read is known.
pub fn passes<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>, volumes: &mut [VolumeDef]) {
    let before = reader.faults.len();
    let sections = reader.named(root, "volumes", "volume");
    reader.faults.truncate(before);
    for (name, section) in sections {
        let text = section.table.get("passes").and_then(|value| reader.as_expression(value));
        let Some(volume) = volumes.iter_mut().find(|volume| volume.name == name) else { continue };
        volume.passes = text.and_then(|text| reader.number(&text, Scope::Member, Reads::Ranks)).map(|(num, _)| num);
    }
}

/// Whether a volume is known order by order: one of this period alone, along a tree that is there from the start.
fn runs(volume: &VolumeDef, reader: &Reader<'_>) -> bool {
    let late = match volume.tree {
        TreeRef::Derived(place) => reader.names.trees[usize::from(place)].1 > Reads::Facts,
        TreeRef::Kind(_) => false,
    };
    let scope = matches!(volume.scope, VolumeScope::Own | VolumeScope::Customers | VolumeScope::Organisation);
    scope && !late && volume.periods == 1 && volume.reach.is_none() && volume.depth == 0 && !volume.reads_member()
}

/// Refuses keys that belong to volumes of another scope.
fn misplaced<'t>(reader: &mut Reader<'t>, section: &Section<'t>, scope: VolumeScope) {
    let only_for =
        |key: &str, fits: bool| section.table.get_key_value(key).filter(|_| !fits).map(|(key, _)| key.span());
    if let Some(span) = only_for("stop", scope == VolumeScope::PersonalGroup) {
        reader.fault(&span, "“stop” belongs to a personal group", "use scope = \"personal-group\", or remove it");
    }
    if let Some(span) = only_for("tree", scope == VolumeScope::Organisation) {
        reader.fault(&span, "“tree” belongs to an organisation", "use scope = \"organisation\", or remove it");
    }
    if let Some(span) = only_for("passes", scope == VolumeScope::PersonalGroup) {
        reader.fault(&span, "“passes” belongs to a personal group", "use scope = \"personal-group\", or remove it");
    }
    let below = matches!(scope, VolumeScope::Organisation | VolumeScope::PersonalGroup);
    if let Some(span) = only_for("include_own", below) {
        reader.fault(&span, "“include_own” belongs to an organisation or a personal group", "remove it");
    }
    if let Some(span) = only_for("depth", scope == VolumeScope::Organisation) {
        reader.fault(&span, "“depth” belongs to an organisation", "use scope = \"organisation\", or remove it");
    }
}

/// The tree along which a volume is added up.
pub fn tree<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> TreeRef {
    let Some(text) = reader.text(section, "tree") else {
        return TreeRef::SPONSOR;
    };
    if let Ok(kind) = text.value.parse() {
        return TreeRef::Kind(kind);
    }
    let place = reader.names.trees.iter().position(|(tree, _)| *tree == text.value);
    if let Some(place) = place.and_then(|place| u16::try_from(place).ok()) {
        return TreeRef::Derived(place);
    }
    let known = ["sponsor", "enroller", "placement"];
    let derived = reader.names.trees.iter().map(|(tree, _)| tree.as_str());
    let help = suggest(&text.value, known.into_iter().chain(derived));
    reader.fault(&text.span, format!("there is no tree “{}” to add up a volume", text.value), help);
    TreeRef::SPONSOR
}

/// Faults for volumes over trees that are known only when volumes are used already.
pub fn check_trees<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) {
    let before = reader.faults.len();
    let sections = reader.named(root, "volumes", "volume");
    reader.faults.truncate(before);
    for (_, section) in sections {
        let Some(text) = section.table.get("tree").and_then(|tree| Some((tree.span(), tree.get_ref().as_str()?)))
        else {
            continue;
        };
        let late = |(tree, reads): &(String, Reads)| tree == text.1 && *reads > Reads::Compressed;
        if reader.names.trees.iter().any(late) {
            let message = format!(
                "the tree {} is made later than volumes: its “only” reads ranks, or volumes over trees",
                text.1
            );
            reader.fault(&text.0, message, "let “only” read other volumes, orders, days or active");
        }
    }
}

/// Over how many periods: a number, or "all".
fn periods<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> u16 {
    match section.table.get("periods").map(toml::Spanned::get_ref) {
        Some(DeValue::String(text)) if text == "all" => u16::MAX,
        _ => reader.whole(section, "periods", 1, 24).unwrap_or(1),
    }
}

/// Over which days, where it is not over periods.
fn reach<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Reach> {
    let given = |key: &&&str| section.table.contains_key(**key);
    if let Some(key) = ["periods", "within", "days"].iter().filter(given).nth(1) {
        let span = section.table.get_key_value(*key).map_or(section.span.clone(), |(key, _)| key.span());
        let help = "remove all but one of “periods”, “within” and “days”";
        reader.fault(&span, "a volume looks at one stretch of time", help);
    }
    let within = calendar::kind(reader, section, "within").map(Reach::Within);
    within.or_else(|| reader.whole(section, "days", 1, 400).map(Reach::Days))
}

/// Who is at the head of a personal group: a rank, or a condition.
fn head(reader: &mut Reader<'_>, text: &Text) -> Option<Cond> {
    let is_word = ["active", "customer", "distributor"].contains(&text.value.as_str());
    if is_word || text.value.contains(|c: char| !(c.is_alphanumeric() || c == '_')) {
        return reader.condition(text, Scope::Member, Reads::Ranks).map(|(cond, _)| cond);
    }
    let place = reader.names.ranks.iter().position(|rank| *rank == text.value);
    let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else {
        let help = suggest(&text.value, reader.names.ranks.iter().map(String::as_str).collect::<Vec<_>>());
        reader.fault(&text.span, format!("there is no rank “{}”", text.value), help);
        return None;
    };
    Some(Cond::Ranks(Compare::AtLeast, RankTerm::Paid, RankTerm::Is(place)))
}
