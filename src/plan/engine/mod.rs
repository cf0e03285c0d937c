//! The engine: a pipeline from snapshot and plan to the result. Each step reads what the steps before it found.

mod bonuses;
mod caps;
mod clawback;
mod derived;
mod difference;
pub mod explain;
mod fault;
mod field;
mod finish;
mod found;
mod gather;
mod generations;
mod levels;
mod memory;
mod onetime;
mod pairs;
mod places;
mod pool;
mod ranks;
mod rates;
mod review;
mod settle;
mod standing;
mod tree;
mod values;
mod volumes;
mod walk;
mod watch;

pub use fault::RunFault;
pub use memory::is_volume;
pub use places::place_members;

use super::checked::{Bonus, CheckedPlan};
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
    let field = Field::new(plan, snapshot)?;
    let (mut standing, memory) = prepare(plan, &field, snapshot, &mut step)?;
    step("bonuses", 4);
    let paid = bonuses::pay(&mut standing, snapshot, memory, threads, watch)?;
    watch.end(&standing);
    step("totals", 5);
    finish::result(&standing, snapshot, paid)
}

/// Everything that is known before the first bonus is paid.
fn prepare<'a>(
    plan: &'a CheckedPlan,
    field: &'a Field,
    snapshot: &Snapshot,
    step: &mut dyn FnMut(&'static str, u32),
) -> Result<(Standing<'a>, Memory), RunFault> {
    let mut standing = Standing::new(plan, field, snapshot);
    let mut memory = Memory::new(plan, field, snapshot);
    memory.recall(&mut standing);
    let brought = pairs::recall(&mut standing, &mut memory);
    if asks_for_recruits(plan) {
        standing.recruit = derived::recruits(&standing, standing.tree(TreeRef::Kind(TreeKind::Enroller)));
    }
    step("volumes", 2);
    derived::derive(&mut standing, snapshot, false)?;
    volumes::compute(&mut standing, snapshot, &mut memory)?;
    step("ranks", 3);
    ranks::compute(&mut standing, snapshot, &mut memory)?;
    pairs::compute(&mut standing, snapshot, &mut memory, brought)?;
    ranks::gather_those(&mut standing, snapshot, |aggregate, _| aggregate.reads == Reads::Pairs)?;
    Ok((standing, memory))
}

/// Whether an expression reads as which of its enroller's distributors a member was enrolled.
fn asks_for_recruits(plan: &CheckedPlan) -> bool {
    let mut asks = false;
    plan.numbers(&mut |num| asks |= matches!(num, Num::Member(MemberField::Recruit)));
    asks
}

/// The aggregates over bonus amounts (their places) that a bonus reads, inner ones first.
fn amounts_read(plan: &CheckedPlan, bonus: &Bonus) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut see = |num: &Num| {
        if let Num::Count(place) | Num::Gathered(place) = num {
            found.push(usize::from(*place));
        }
    };
    bonus.numbers(&mut see);
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
