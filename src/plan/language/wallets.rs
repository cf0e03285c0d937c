//! `[[wallets]]`: accounts that a part of what members are paid goes to.

use toml::de::DeTable;

use super::source::{Reader, Section};
use crate::plan::checked::{Wallet, WalletKind};
use crate::plan::expr::{Num, Reads, Scope};

/// Most wallets of a plan.
const LIMIT: usize = 16;

/// Reads all wallets.
pub fn read<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>) -> Vec<Wallet> {
    let sections = reader.sections(root, "wallets", "wallet");
    if let Some(section) = sections.get(LIMIT) {
        reader.fault(&section.span, format!("a plan has at most {LIMIT} wallets"), "remove wallets");
    }
    let mut wallets: Vec<Wallet> = Vec::new();
    for section in &sections {
        if let Some(wallet) = wallet(reader, section, &wallets) {
            wallets.push(wallet);
        }
    }
    wallets
}

fn wallet<'t>(reader: &mut Reader<'t>, section: &Section<'t>, others: &[Wallet]) -> Option<Wallet> {
    reader.only(section, &["code", "name", "kind", "of", "share", "limit"]);
    let code = reader.need_text(section, "code", "\"savings\"");
    if let Some(code) = &code {
        if others.iter().any(|other| other.code == code.value) {
            let message = format!("there are two wallets “{}”", code.value);
            reader.fault(&code.span, message, "give each wallet its own code");
        } else if !is_code(&code.value) {
            let message = format!("“{}” cannot be used as a code", code.value);
            let help = "use up to 40 letters, digits, - and _; the name for people goes into “name”";
            reader.fault(&code.span, message, help);
        }
    }
    let name = reader.text(section, "name").map(|text| text.value);
    let kind = reader.word(section, "kind", &["money", "credit"]).unwrap_or(WalletKind::Money);
    let of = match super::bonuses::listed(reader, section, "of") {
        Some(of) => of,
        None => (0..reader.names.bonuses.len()).filter_map(|place| u16::try_from(place).ok()).collect(),
    };
    let share = number(reader, section, "share");
    if share.is_none() && !section.table.contains_key("share") {
        reader.need(section, "share", "\"10%\"");
    }
    if let Some(constant) = share.as_ref().and_then(Num::constant)
        && (constant.is_sign_negative() || constant > rust_decimal::Decimal::ONE)
    {
        let span = section.table.get("share").map_or(0..0, toml::Spanned::span);
        reader.fault(&span, "a share is from 0 to 100%", "write it as \"10%\"");
    }
    let limit = number(reader, section, "limit");
    let code = code?.value;
    Some(Wallet { name: name.unwrap_or_else(|| code.clone()), code, kind, of, share: share?, limit })
}

/// Whether a text can be a code.
fn is_code(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    plain && !text.is_empty() && text.len() <= 40
}

fn number<'t>(reader: &mut Reader<'t>, section: &Section<'t>, key: &str) -> Option<Num> {
    let text = section.table.get(key).and_then(|value| reader.as_expression(value))?;
    reader.number(&text, Scope::Member, Reads::Amounts).map(|(num, _)| num)
}
