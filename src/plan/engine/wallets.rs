//! What members are paid, split over wallets: exact shares of what each set of bonuses pays, the residue to the
//! largest remainders. Whatever no wallet takes stays on the account that is paid out.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::bonuses::Paid;
use super::fault::RunFault;
use super::pool::share_out;
use super::standing::Standing;
use super::values::{At, NoValue};
use crate::plan::checked::Wallet;
use crate::plan::lines::Lines;
use crate::plan::result::Split;
use crate::plan::snapshot::Snapshot;

/// Shares are counted in so small parts.
const WHOLE: i64 = 1_000_000_000;

/// Bonuses that the same wallets take from, and those wallets (their places).
struct Pot {
    bonuses: Vec<usize>,
    wallets: Vec<usize>,
}

/// Splits what everybody was paid; members by index.
pub fn split(standing: &Standing<'_>, snapshot: &Snapshot, paid: &mut Paid) -> Result<Vec<Split>, RunFault> {
    let plan = standing.plan;
    if plan.wallets.is_empty() {
        return Ok(Vec::new());
    }
    let overflow = || RunFault::overflow("what goes into wallets");
    let pots = pots(&plan.wallets, plan.bonuses.len());
    let mut sums = vec![vec![0_i64; standing.field.len()]; pots.len()];
    let lines = paid.lines.iter().flat_map(Lines::iter).chain(&paid.clawbacks.lines);
    let pot_of: Vec<Option<usize>> =
        (0..plan.bonuses.len()).map(|bonus| pots.iter().position(|pot| pot.bonuses.contains(&bonus))).collect();
    for line in lines {
        if let Some(pot) = pot_of.get(usize::from(line.bonus)).copied().flatten() {
            let slot = &mut sums[pot][line.member as usize];
            *slot = slot.checked_add(line.amount_minor).ok_or_else(overflow)?;
        }
    }
    let mut put: Vec<Option<Vec<i64>>> = Vec::with_capacity(plan.wallets.len());
    for wallet in &plan.wallets {
        put.push(wallet.limit.as_ref().map(|_| paid.memory.shared(&key(wallet))));
    }
    let mut out = Vec::new();
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        let mut into = vec![0_i64; plan.wallets.len()];
        for (pot, sums) in pots.iter().zip(&sums) {
            if sums[member] == 0 {
                continue;
            }
            let weights = weights(standing, snapshot, pot, member)?;
            // What is taken back leaves the wallets as it came.
            let sign = sums[member].signum();
            let amount = sums[member].checked_abs().ok_or_else(overflow)?;
            let parts = share_out(amount, &weights, |at| u32::try_from(at).unwrap_or(u32::MAX));
            for (wallet, part) in pot.wallets.iter().zip(parts) {
                into[*wallet] = into[*wallet].checked_add(sign * part).ok_or_else(overflow)?;
            }
        }
        for (place, amount) in into.into_iter().enumerate().filter(|(_, amount)| *amount != 0) {
            let mut amount = amount;
            if let Some(put) = put.get_mut(place).and_then(Option::as_mut) {
                let limit = limit(standing, snapshot, &plan.wallets[place], member)?;
                amount = amount.clamp(-limit.min(put[member]), limit);
                put[member] = put[member].checked_add(amount).ok_or_else(overflow)?;
            }
            if amount != 0 {
                let wallet = u16::try_from(place).unwrap_or(u16::MAX);
                out.push(Split { member: index, wallet, amount_minor: amount });
            }
        }
    }
    for (wallet, put) in plan.wallets.iter().zip(put) {
        if let Some(put) = put {
            paid.memory.keep_shared(key(wallet), &put);
        }
    }
    Ok(out)
}

/// The key under which it is remembered what runs put into a wallet with a limit.
fn key(wallet: &Wallet) -> String {
    format!("wallet:{}", wallet.code)
}

fn pots(wallets: &[Wallet], bonuses: usize) -> Vec<Pot> {
    let mut pots: Vec<Pot> = Vec::new();
    for bonus in 0..bonuses {
        let takes = |wallet: &Wallet| wallet.of.iter().any(|of| usize::from(*of) == bonus);
        let wallets: Vec<usize> =
            wallets.iter().enumerate().filter(|(_, wallet)| takes(wallet)).map(|(place, _)| place).collect();
        match pots.iter_mut().find(|pot| pot.wallets == wallets) {
            _ if wallets.is_empty() => {}
            Some(pot) => pot.bonuses.push(bonus),
            None => pots.push(Pot { bonuses: vec![bonus], wallets }),
        }
    }
    pots
}

/// The shares of the wallets, and last what is left.
fn weights(standing: &Standing<'_>, snapshot: &Snapshot, pot: &Pot, member: usize) -> Result<Vec<i64>, RunFault> {
    let number = || standing.field.number(snapshot, member).to_owned();
    let mut weights = Vec::with_capacity(pot.wallets.len() + 1);
    let mut left = WHOLE;
    for place in &pot.wallets {
        let wallet = &standing.plan.wallets[*place];
        let share = standing.number(&wallet.share, member, At::MEMBER);
        let scaled = share.and_then(|share| share.max(Decimal::ZERO).checked_mul(WHOLE.into()).ok_or(NoValue));
        let scaled = scaled.and_then(|scaled| scaled.round().to_i64().ok_or(NoValue));
        let weight = scaled
            .map_err(|NoValue| RunFault::Arithmetic { place: format!("wallet {}", wallet.code), member: number() })?;
        left = left.checked_sub(weight).filter(|left| *left >= 0).ok_or_else(|| {
            let wallets = pot.wallets.iter().map(|place| standing.plan.wallets[*place].code.as_str());
            RunFault::Shares { wallets: wallets.collect::<Vec<_>>().join(", "), member: number() }
        })?;
        weights.push(weight);
    }
    weights.push(left);
    Ok(weights)
}

/// The most that goes into a wallet from one run, or comes back out of it.
fn limit(standing: &Standing<'_>, snapshot: &Snapshot, wallet: &Wallet, member: usize) -> Result<i64, RunFault> {
    let Some(limit) = &wallet.limit else { return Ok(i64::MAX) };
    let limit = standing.number(limit, member, At::MEMBER).map_err(|NoValue| RunFault::Arithmetic {
        place: format!("wallet {}", wallet.code),
        member: standing.field.number(snapshot, member).to_owned(),
    })?;
    Ok(standing.currency.round(limit, standing.plan.rounding)?.max(0))
}
