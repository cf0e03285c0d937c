//! The keys under which runs of a plan remember something, so that a mistyped one is not taken for zero.

use crate::domain::run::PeriodKind;
use crate::plan::checked::{CheckedPlan, Sides};
use crate::plan::fault::suggest;
use crate::plan::result::RunResult;
use crate::plan::snapshot::Snapshot;

/// Keys that name something in the plan and a day or a number of periods besides.
const OPEN: [&str; 10] = [
    "within:",
    "was:",
    "remembered:",
    "leftover:",
    "volume:",
    "place:",
    "held-out:",
    "waits-out:",
    "above-of:",
    "above-out:",
];

/// Why a key cannot be one of the plan's; `None` where it can.
pub fn unknown(plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult, key: &str) -> Option<String> {
    let there = result.state_keys.iter().chain(&snapshot.state_keys);
    if there.clone().any(|known| known == key) {
        return None;
    }
    let kind = PeriodKind::ALL.iter().find_map(|kind| key.strip_prefix(kind.as_str())?.strip_prefix(':'));
    let own = kind.unwrap_or(key);
    let known = known(plan);
    if OPEN.iter().any(|start| own.starts_with(start)) || known.iter().any(|known| known == own) {
        return None;
    }
    let near = suggest(own, known.iter().map(String::as_str));
    Some(format!("runs of this plan remember nothing under this key; {near}"))
}

/// Every key, without the kind of period before it.
fn known(plan: &CheckedPlan) -> Vec<String> {
    let mut known = Vec::new();
    for rank in &plan.ranks {
        known.extend(["held", "earned", "paid", "judged", "judged-paid"].map(|word| format!("{word}:{}", rank.code)));
    }
    for pair in &plan.pairs {
        let sides: &[&str] = if pair.sides == Sides::PowerLeg { &["leg"] } else { &["left", "right"] };
        for side in sides {
            match pair.carry_periods {
                0 => known.push(format!("carry:{}:{side}", pair.name)),
                ages => known.extend((1..=ages).map(|age| format!("carry:{}:{side}:{age}", pair.name))),
            }
        }
        known.push(format!("position:{}", pair.name));
    }
    for bonus in &plan.bonuses {
        known.extend(["ever", "held-amount", "held-since"].map(|word| format!("{word}:{}", bonus.code)));
        known.extend(plan.ranks.iter().map(|rank| format!("once:{}:{}", bonus.code, rank.code)));
    }
    known.extend(plan.wallets.iter().map(|wallet| format!("wallet:{}", wallet.code)));
    known.extend(plan.caps.iter().map(|cap| format!("above:{}", cap.name)));
    for hold in &plan.holds {
        let codes = hold.of.iter().map(|bonus| &plan.bonuses[usize::from(*bonus)].code);
        known
            .extend(codes.flat_map(|code| ["waits", "waits-since"].map(|word| format!("{word}:{}:{code}", hold.name))));
    }
    known
}
