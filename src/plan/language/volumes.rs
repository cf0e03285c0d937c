//! `[volumes.NAME]`: what is added up, over whose orders.

use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section, Text};
use crate::plan::checked::{VolumeDef, VolumeScope};
use crate::plan::expr::{Compare, Cond, Num, OrderField, RankTerm, Reads, Scope, TreeRef, VolumeName};
use crate::plan::fault::suggest;
use crate::plan::window::Window;

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
        volumes.extend(volume(reader, &section, name));
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
            reads: if volume.scope == VolumeScope::PersonalGroup { Reads::Ranks } else { Reads::Volumes },
            money: reader.names.is_money(&volume.of),
            company: volume.scope == VolumeScope::Company,
            market: volume.scope == VolumeScope::Market,
        })
        .collect();
    reader.names.volumes = known;
    volumes
}

fn standard(name: &str, label: &str, scope: VolumeScope) -> VolumeDef {
    VolumeDef {
        name: name.to_owned(),
        label: label.to_owned(),
        of: Num::Order(OrderField::Qv),
        scope,
        tree: TreeRef::SPONSOR,
        periods: Window::Periods(1),
        customers: false,
        include_own: true,
        depth: 0,
        stop: None,
        orders: Cond::Always(true),
    }
}

fn volume<'t>(reader: &mut Reader<'t>, section: &Section<'t>, name: String) -> Option<VolumeDef> {
    reader.only(
        section,
        &["of", "scope", "tree", "periods", "label", "customers", "include_own", "depth", "stop", "where"],
    );
    let scopes = ["own", "customers", "organisation", "personal-group", "left", "right", "company", "market"];
    let of = reader.need(section, "of", "\"qv\"").and_then(|value| reader.as_expression(value));
    let of = of.and_then(|text| reader.number(&text, Scope::Order, Reads::Facts)).map(|(num, _)| num);
    let tree = tree(reader, section);
    let periods = periods(reader, section);
    let scope = reader.need_text(section, "scope", "\"own\"").and_then(|text| reader.as_word(&text, "scope", &scopes));
    let label = reader.text(section, "label").map(|text| text.value);
    let customers = reader.flag(section, "customers").unwrap_or(false);
    let include_own = reader.flag(section, "include_own").unwrap_or(true);
    let depth = reader.whole(section, "depth", 1, 100).unwrap_or(0);
    let orders = match reader.text(section, "where") {
        Some(text) => reader.condition(&text, Scope::Order, Reads::Facts).map(|(cond, _)| cond),
        None => Some(Cond::Always(true)),
    };
    let stop = reader.text(section, "stop").and_then(|text| head(reader, &text));
    let scope: VolumeScope = scope?;
    if scope == VolumeScope::PersonalGroup && !section.table.contains_key("stop") {
        let message = format!("volume {name} needs “stop”: the rank at which the personal group ends");
        reader.fault(&section.span, message, "add a line such as stop = \"Leader\"");
    }
    let only_for =
        |key: &str, fits: bool| section.table.get_key_value(key).filter(|_| !fits).map(|(key, _)| key.span());
    if let Some(span) = only_for("stop", scope == VolumeScope::PersonalGroup) {
        reader.fault(&span, "“stop” belongs to a personal group", "use scope = \"personal-group\", or remove it");
    }
    if let Some(span) = only_for("tree", scope == VolumeScope::Organisation) {
        reader.fault(&span, "“tree” belongs to an organisation", "use scope = \"organisation\", or remove it");
    }
    let below = matches!(scope, VolumeScope::Organisation | VolumeScope::PersonalGroup);
    if let Some(span) = only_for("include_own", below) {
        reader.fault(&span, "“include_own” belongs to an organisation or a personal group", "remove it");
    }
    if let Some(span) = only_for("depth", scope == VolumeScope::Organisation) {
        reader.fault(&span, "“depth” belongs to an organisation", "use scope = \"organisation\", or remove it");
    }
    let label = label.unwrap_or_else(|| match name.as_str() {
        "pv" => "Personal volume".to_owned(),
        "gv" => "Group volume".to_owned(),
        other => other.to_owned(),
    });
    let (of, orders) = (of?, orders?);
    Some(VolumeDef { name, label, of, scope, tree, periods, customers, include_own, depth, stop, orders })
}

/// The tree along which a volume is added up.
fn tree<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> TreeRef {
    let Some(text) = reader.text(section, "tree") else {
        return TreeRef::SPONSOR;
    };
    if let Ok(kind) = text.value.parse() {
        return TreeRef::Kind(kind);
    }
    let place = reader.names.trees.iter().position(|(tree, reads)| *tree == text.value && *reads == Reads::Facts);
    if let Some(place) = place.and_then(|place| u16::try_from(place).ok()) {
        return TreeRef::Derived(place);
    }
    let known = ["sponsor", "enroller", "placement"];
    reader.fault(
        &text.span,
        format!("there is no tree “{}” to add up a volume", text.value),
        suggest(&text.value, known),
    );
    TreeRef::SPONSOR
}

/// Over which periods: a number of them, or a word.
fn periods<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Window {
    if let Some(DeValue::String(text)) = section.table.get("periods").map(toml::Spanned::get_ref) {
        match text.as_ref() {
            "all" => return Window::All,
            "quarter" => return Window::Quarter,
            "year" => return Window::Year,
            _ => {}
        }
    }
    Window::Periods(reader.whole(section, "periods", 1, 24).unwrap_or(1))
}

/// Who is at the head of a personal group: a rank, or a condition.
fn head(reader: &mut Reader<'_>, text: &Text) -> Option<Cond> {
    if text.value.contains(|c: char| !(c.is_alphanumeric() || c == '_')) {
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
