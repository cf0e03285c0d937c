//! The keys under which runs of a plan remember something, so that a mistyped one is not taken for zero.

use crate::domain::run::PeriodKind;
use crate::plan::checked::{CheckedPlan, Sides};
use crate::plan::fault::suggest;
use crate::plan::result::RunResult;
use crate::plan::snapshot::Snapshot;

/// Why a key cannot be one of the plan's; `None` where it can, or where it is there.
pub fn unknown(plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult, key: &str) -> Option<String> {
    let mut there = result.state_keys.iter().chain(&snapshot.state_keys);
    if there.any(|known| known == key) { None } else { unknown_key(plan, key) }
}

/// Why a key cannot be one of the plan's; `None` where it can. Runs over any kind of periods may have left it.
pub fn unknown_key(plan: &CheckedPlan, key: &str) -> Option<String> {
    let kind = PeriodKind::ALL.iter().find_map(|kind| key.strip_prefix(kind.as_str())?.strip_prefix(':'));
    let own = kind.unwrap_or(key);
    let (known, open) = (known(plan), open(plan));
    let all = || known.iter().chain(&open);
    let begins = |start: &String| own.strip_prefix(start.as_str()).is_some_and(|rest| rest.starts_with(':'));
    if all().any(|known| known == own) || open.iter().any(begins) {
        return None;
    }
    let near = suggest(own, all().map(String::as_str));
    Some(format!("runs of this plan remember nothing under this key; {near}"))
}

/// The beginnings of keys that name something in the plan, and may go on with a day or a number of periods.
fn open(plan: &CheckedPlan) -> Vec<String> {
    let mut open = Vec::new();
    for remembered in &plan.remembered {
        open.push(format!("{}:{}", if remembered.kept { "remembered" } else { "was" }, remembered.name));
    }
    open.extend(plan.trees.iter().map(|tree| format!("place:{}", tree.name)));
    for volume in &plan.volumes {
        open.extend(["volume", "since", "dated"].map(|word| format!("{word}:{}", volume.name)));
    }
    for bonus in &plan.bonuses {
        open.extend(["within", "leftover", "held-out"].map(|word| format!("{word}:{}", bonus.code)));
    }
    for hold in &plan.holds {
        open.extend(
            hold.of.iter().map(|of| format!("waits-out:{}:{}", hold.name, plan.bonuses[usize::from(*of)].code)),
        );
    }
    for cap in &plan.caps {
        open.extend(["above-of", "above-out"].map(|word| format!("{word}:{}:{}", cap.per.as_str(), cap.name)));
    }
    open
}

/// Every key, without the kind of period before it.
fn known(plan: &CheckedPlan) -> Vec<String> {
    let mut known = Vec::new();
    for rank in &plan.ranks {
        known.extend(
            ["held", "earned", "paid", "missed", "judged", "judged-paid"].map(|word| format!("{word}:{}", rank.code)),
        );
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
