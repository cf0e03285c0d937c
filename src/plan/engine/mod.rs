//! The engine: a pipeline from snapshot and plan to the result. Each step reads what the steps before it found.

mod bonuses;
mod clawback;
pub mod explain;
mod fault;
mod field;
mod finish;
mod memory;
mod onetime;
mod ranks;
mod rates;
mod review;
mod standing;
mod tree;
mod volumes;
mod walk;

pub use fault::RunFault;

use super::checked::CheckedPlan;
use super::result::RunResult;
use super::snapshot::Snapshot;
use field::Field;
use memory::Memory;
use standing::Standing;

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
    let mut step = |step, number| progress(Progress { step, number, of: 5 });
    if plan.currency != snapshot.currency {
        let (plan, snapshot) = (plan.currency.to_string(), snapshot.currency.to_string());
        return Err(RunFault::Currency { plan, snapshot });
    }
    step("members and orders", 1);
    let field = Field::new(snapshot)?;
    step("volumes", 2);
    let mut standing = standing_of(plan, &field, snapshot);
    volumes::compute(&mut standing)?;
    step("ranks", 3);
    let memory = Memory::new(plan, &field, snapshot);
    ranks::compute(&mut standing, snapshot, &memory)?;
    step("bonuses", 4);
    let paid = bonuses::pay(&standing, snapshot, memory, threads)?;
    step("totals", 5);
    finish::result(&standing, snapshot, paid)
}

/// Nothing known yet but the best ranks of earlier runs.
fn standing_of<'a>(plan: &'a CheckedPlan, field: &'a Field, snapshot: &Snapshot) -> Standing<'a> {
    let count = field.len();
    let mut highest = vec![0_u16; count];
    for (member, best) in snapshot.members.iter().zip(&field.index) {
        let code = member.highest_rank.as_ref();
        let place = code.and_then(|code| plan.ranks.iter().position(|rank| rank.code == *code));
        highest[*best as usize] = place.and_then(|place| u16::try_from(place + 1).ok()).unwrap_or(0);
    }
    let mut downline = vec![0_u32; count];
    for member in (0..count).rev() {
        let above = field.sponsor.parent[member];
        if above != tree::NONE {
            downline[above as usize] += downline[member] + 1;
        }
    }
    Standing {
        plan,
        field,
        last_day: snapshot.period.last.0,
        volumes: Vec::new(),
        orders: vec![0; count],
        active: vec![false; count],
        rank: vec![0; count],
        paid: vec![0; count],
        downline,
        highest,
        counts: Vec::new(),
        held: Vec::new(),
        currency: plan.currency,
    }
}
