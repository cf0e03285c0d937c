//! The engine: a pipeline from snapshot and plan to the result. Each step reads what the steps before it found.

mod arrange;
mod bonuses;
mod caps;
mod clawback;
#[cfg(test)]
mod climbing;
mod derived;
mod difference;
pub mod explain;
mod fault;
mod field;
mod fingerprint;
mod finish;
mod found;
mod gather;
mod generations;
mod guarantee;
mod holds;
mod judging;
mod levels;
mod matching;
mod memory;
mod onetime;
mod orders;
mod pairs;
mod places;
mod pool;
mod ranks;
mod rates;
mod review;
mod rounding;
mod running;
mod settle;
mod standing;
mod tree;
mod values;
mod volumes;
mod walk;
mod wallets;
mod watch;

pub use fault::RunFault;
pub use memory::{Payouts, is_volume, remembered_key};
pub use places::place_members;

use std::collections::HashMap;

use super::checked::{CheckedPlan, VolumeScope};
use super::expr::{MemberField, Num, Reads, TreeRef};
use super::result::RunResult;
use super::snapshot::Snapshot;
use crate::domain::tree::TreeKind;
use field::Field;
use memory::Memory;
use standing::Standing;
use watch::Watch;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is done now, such as `ranks`.
    pub step: &'static str,
    /// Which step, from 1.
    pub number: u32,
    /// How many steps there are.
    pub of: u32,
}

/// Calculates a plan over a snapshot on up to two threads.
pub fn run(plan: &CheckedPlan, snapshot: &Snapshot, progress: &mut dyn FnMut(Progress)) -> Result<RunResult, RunFault> {
    run_on(plan, snapshot, 2, progress)
}

/// The same on a chosen number of threads; the result does not depend on it.
pub fn run_on(
    plan: &CheckedPlan,
    snapshot: &Snapshot,
    threads: usize,
    progress: &mut dyn FnMut(Progress),
) -> Result<RunResult, RunFault> {
    run_watched(plan, snapshot, threads, progress, &mut ())
}

/// The same while somebody looks on.
fn run_watched(
    plan: &CheckedPlan,
    snapshot: &Snapshot,
    threads: usize,
    progress: &mut dyn FnMut(Progress),
    watch: &mut dyn Watch,
) -> Result<RunResult, RunFault> {
    let mut step = |step, number| progress(Progress { step, number, of: 5 });
    if plan.currency != snapshot.currency {
        let (plan, snapshot) = (plan.currency.to_string(), snapshot.currency.to_string());
        return Err(RunFault::Currency { plan, snapshot });
    }
    step("members and orders", 1);
    let field = Field::new(plan, snapshot, threads)?;
    let (mut standing, memory) = prepare(plan, &field, snapshot, threads, &mut step)?;
    step("bonuses", 4);
    let paid = bonuses::pay(&mut standing, snapshot, memory, threads, watch)?;
    watch.end(&standing);
    step("totals", 5);
    finish::result(&standing, snapshot, paid, threads)
}

/// Everything that is known before the first bonus is paid.
fn prepare<'a>(
    plan: &'a CheckedPlan,
    field: &'a Field,
    snapshot: &Snapshot,
    threads: usize,
    step: &mut dyn FnMut(&'static str, u32),
) -> Result<(Standing<'a>, Memory), RunFault> {
    let mut standing = Standing::new(plan, field, snapshot);
    let mut memory = Memory::new(plan, field, snapshot);
    memory.recall(&mut standing);
    let mut brought = pairs::recall(&mut standing, &mut memory);
    if asks_for(plan, MemberField::Recruit) {
        standing.recruit = derived::recruits(&standing, standing.tree(TreeRef::Kind(TreeKind::Enroller)));
    }
    let of_market = plan.volumes.iter().any(|volume| volume.scope == VolumeScope::Market);
    if asks_for(plan, MemberField::Market) || of_market || !plan.words.is_empty() {
        standing.market_number = market_numbers(field, snapshot);
    }
    step("volumes", 2);
    derived::derive(&mut standing, snapshot, &mut memory, Reads::Facts)?;
    volumes::compute(&mut standing, &mut memory, threads)?;
    step("ranks", 3);
    ranks::compute(&mut standing, snapshot, &mut memory, &mut brought)?;
    running::compute(&mut standing)?;
    pairs::compute(&mut standing, snapshot, &mut memory, &mut brought, false)?;
    ranks::gather_those(&mut standing, snapshot, |aggregate, _| aggregate.reads == Reads::Pairs)?;
    Ok((standing, memory))
}

/// Whether an expression reads a number of a member.
fn asks_for(plan: &CheckedPlan, field: MemberField) -> bool {
    let mut asks = false;
    plan.numbers(&mut |num| asks |= *num == Num::Member(field));
    asks
}

/// The same number for all members of a market, whatever it is.
fn market_numbers(field: &Field, snapshot: &Snapshot) -> Vec<u32> {
    let mut markets: HashMap<&str, u32> = HashMap::new();
    let number = |place: &u32| {
        let next = u32::try_from(markets.len()).unwrap_or(u32::MAX);
        *markets.entry(&*snapshot.members[*place as usize].market).or_insert(next)
    };
    field.place.iter().map(number).collect()
}

/// The aggregates over bonus amounts (their places) that expressions read, inner ones first. `numbers` calls what it
/// is given with every number in them.
fn amounts_read(plan: &CheckedPlan, numbers: impl FnOnce(&mut dyn FnMut(&Num))) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    numbers(&mut |num: &Num| {
        if let Num::Count(place) | Num::Gathered(place) = num {
            found.push(usize::from(*place));
        }
    });
    let mut next = 0;
    while let Some(place) = found.get(next).copied() {
        next += 1;
        plan.aggregates[place].numbers(&mut |num| {
            if let Num::Count(inner) | Num::Gathered(inner) = num {
                found.push(usize::from(*inner));
            }
        });
    }
    found.retain(|place| plan.aggregates[*place].reads == Reads::Amounts);
    found.sort_unstable();
    found.dedup();
    found
}
