//! `[volumes.NAME]`: what is added up, over whose orders.

use toml::de::{DeTable, DeValue};

use super::source::{Reader, Section};
use crate::plan::checked::{VolumeDef, VolumeScope};
use crate::plan::expr::{Cond, Reads, Scope, VolumeName};
use crate::plan::fault::suggest;
use crate::plan::result::BaseKind;

/// Most volumes of a plan.
const LIMIT: usize = 64;
const TAKEN: [&str; 14] = [
    "rank",
    "paid_rank",
    "highest_rank",
    "active",
    "customer",
    "distributor",
    "kind",
    "status",
    "days_enrolled",
    "orders",
    "and",
    "or",
    "not",
    "type",
];

/// Reads all volumes and makes their names known; adds `pv` and `gv` where the plan has none.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<VolumeDef> {
    let mut volumes = Vec::new();
    if let Some(all) = reader.section(root, "volumes", "[volumes]") {
        let mut entries: Vec<_> = all.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        if entries.len() > LIMIT {
            reader.fault(&all.span, format!("a plan has at most {LIMIT} volumes"), "remove those that nothing reads");
        }
        for (key, value) in entries {
            let name = key.get_ref().to_string();
            let DeValue::Table(table) = value.get_ref() else {
                reader.wrong_kind(value, &format!("a table [volumes.{name}]"));
                continue;
            };
            let section = Section { what: format!("volume {name}"), span: key.span(), table };
            name_is_free(reader, &section, &name);
            volumes.extend(volume(reader, &section, name));
        }
    }
    for (name, label, scope) in
        [("pv", "Personal volume", VolumeScope::Own), ("gv", "Group volume", VolumeScope::Organisation)]
    {
        if !volumes.iter().any(|volume| volume.name == name) {
            volumes.push(standard(name, label, scope));
        }
    }
    reader.names.volumes = volumes
        .iter()
        .map(|volume| VolumeName {
            name: volume.name.clone(),
            reads: if volume.scope == VolumeScope::PersonalGroup { Reads::Ranks } else { Reads::Volumes },
        })
        .collect();
    volumes
}

fn name_is_free(reader: &mut Reader<'_>, section: &Section<'_>, name: &str) {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.starts_with(char::is_alphabetic);
    if !plain {
        reader.fault(
            &section.span,
            format!("“{name}” cannot be used as a name"),
            "use letters, digits and _, a letter first",
        );
    } else if TAKEN.contains(&name) || reader.names.ranks.iter().any(|rank| rank == name) {
        reader.fault(&section.span, format!("the name “{name}” has a meaning already"), "choose another name");
    }
}

fn standard(name: &str, label: &str, scope: VolumeScope) -> VolumeDef {
    VolumeDef {
        name: name.to_owned(),
        label: label.to_owned(),
        of: BaseKind::Qv,
        scope,
        customers: false,
        include_own: true,
        depth: 0,
        stop: None,
        orders: Cond::Always(true),
    }
}

fn volume<'t>(reader: &mut Reader<'t>, section: &Section<'t>, name: String) -> Option<VolumeDef> {
    reader.only(section, &["of", "scope", "label", "customers", "include_own", "depth", "stop", "where"]);
    let scopes = ["own", "customers", "organisation", "personal-group"];
    let of =
        reader.need_text(section, "of", "\"qv\"").and_then(|text| reader.as_word(&text, "of", &["qv", "cv", "paid"]));
    let scope = reader.need_text(section, "scope", "\"own\"").and_then(|text| reader.as_word(&text, "scope", &scopes));
    let label = reader.text(section, "label").map(|text| text.value);
    let customers = reader.flag(section, "customers").unwrap_or(false);
    let include_own = reader.flag(section, "include_own").unwrap_or(true);
    let depth = reader.whole(section, "depth", 1, 100).unwrap_or(0);
    let orders = match reader.text(section, "where") {
        Some(text) => reader.condition(&text, Scope::Order, Reads::Facts).map(|(cond, _)| cond),
        None => Some(Cond::Always(true)),
    };
    let stop = reader.text(section, "stop").and_then(|text| {
        let place = reader.names.ranks.iter().position(|rank| *rank == text.value);
        if place.is_none() {
            let help = suggest(&text.value, reader.names.ranks.iter().map(String::as_str).collect::<Vec<_>>());
            reader.fault(&text.span, format!("there is no rank “{}”", text.value), help);
        }
        place.and_then(|place| u16::try_from(place).ok())
    });
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
    Some(VolumeDef { label, name, of: of?, scope, customers, include_own, depth, stop, orders: orders? })
}
