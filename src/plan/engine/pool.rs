//! A sum that is shared out among those who have shares; the residue goes to the largest remainders.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::fault::RunFault;
use super::standing::Standing;
use super::values::{At, NoValue};
use super::volumes::in_places;
use super::walk::Workshop;
use crate::domain::money::Volume;
use crate::plan::checked::VolumeScope;
use crate::plan::expr::{Cond, Num};
use crate::plan::result::{BaseKind, EarningLine};

/// Decimal places of the share that a line shows; the amount is worked out from the whole numbers.
const SHOWN: u32 = 8;

/// What is shared out, and how.
pub struct Pool<'a> {
    /// The sum.
    pub amount: &'a Num,
    /// The shares of a member.
    pub shares: &'a Num,
    /// The most that a member gets.
    pub most: Option<&'a Num>,
}

/// Shares out a pool among the members who may earn it. With nobody who has a share nothing is paid.
/// Besides the lines, what is left over.
pub fn pay(
    standing: &Standing<'_>,
    place: u16,
    pool: &Pool<'_>,
    shop: &mut Workshop<'_>,
) -> Result<(Vec<EarningLine>, i64), RunFault> {
    let bonus = &standing.plan.bonuses[usize::from(place)];
    let overflow = || RunFault::overflow(&format!("the pool of bonus {}", bonus.code));
    let mut holders: Vec<(u32, i64)> = Vec::new();
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        let none = |NoValue| (shop.arithmetic)(member);
        if !standing.field.may_earn[member] || !standing.holds(&bonus.earner, member, At::MEMBER).map_err(none)? {
            continue;
        }
        let value = standing.number(pool.shares, member, At::MEMBER).map_err(none)?;
        let value = in_places(value).ok_or_else(overflow)?;
        if value > 0 {
            holders.push((index, value));
        }
    }
    if standing.field.len() == 0 {
        return Ok((Vec::new(), 0));
    }
    // It is the same for everybody, or for everybody in a market.
    if !by_market(standing, pool.amount) {
        return share(standing, place, pool, 0, &holders, shop);
    }
    let market = |member: u32| standing.market_number[member as usize];
    let mut somebody: BTreeMap<u32, u32> = BTreeMap::new();
    for (member, _) in (0_u32..).zip(0..standing.field.len()) {
        somebody.entry(market(member)).or_insert(member);
    }
    let (mut lines, mut left) = (Vec::with_capacity(holders.len()), 0_i64);
    for (here, first) in somebody {
        let group: Vec<(u32, i64)> = holders.iter().filter(|(member, _)| market(*member) == here).copied().collect();
        let (mut own, rest) = share(standing, place, pool, first, &group, shop)?;
        lines.append(&mut own);
        left = left.checked_add(rest).ok_or_else(overflow)?;
    }
    Ok((lines, left))
}

/// Whether a sum reads a volume that is another in each market, or asks for the market.
fn by_market(standing: &Standing<'_>, amount: &Num) -> bool {
    let plan = standing.plan;
    let of_market = |volume: &u16| plan.volumes[usize::from(*volume)].scope == VolumeScope::Market;
    let mut apart = false;
    amount.numbers(&mut |num| match num {
        Num::Volume(volume) => apart |= of_market(volume),
        Num::Before(place, _) => apart |= by_market(standing, &plan.remembered[usize::from(*place)].num),
        _ => {}
    });
    amount.conditions(&mut |cond| apart |= matches!(cond, Cond::Market(_)));
    apart
}

/// Shares a pool out among those who hold shares. Its sum is the one that holds for a member.
fn share(
    standing: &Standing<'_>,
    place: u16,
    pool: &Pool<'_>,
    first: u32,
    holders: &[(u32, i64)],
    shop: &mut Workshop<'_>,
) -> Result<(Vec<EarningLine>, i64), RunFault> {
    let bonus = &standing.plan.bonuses[usize::from(place)];
    let overflow = || RunFault::overflow(&format!("the pool of bonus {}", bonus.code));
    let whole = standing.number(pool.amount, first as usize, At::MEMBER).map_err(|NoValue| overflow())?;
    let whole = whole.max(Decimal::ZERO);
    let minor = standing.currency.round(whole, standing.plan.rounding).map_err(|_| overflow())?;
    if holders.is_empty() {
        return Ok((Vec::new(), minor));
    }
    let total: i128 = holders.iter().map(|(_, shares)| i128::from(*shares)).sum();
    let mut most = vec![i64::MAX; holders.len()];
    for (most, (member, _)) in most.iter_mut().zip(holders) {
        if let Some(num) = pool.most {
            let value = standing.number(num, *member as usize, At::MEMBER);
            let value = value.map_err(|NoValue| (shop.arithmetic)(*member as usize))?;
            *most = standing.currency.round(value, standing.plan.rounding).map_err(|_| overflow())?.max(0);
        }
    }
    let shares: Vec<i64> = holders.iter().map(|(_, shares)| *shares).collect();
    let parts = share_up_to(minor, &shares, &most, |at| standing.field.by_number[holders[at].0 as usize]);
    let left = parts.iter().try_fold(minor, |left, part| left.checked_sub(*part)).ok_or_else(overflow)?;
    let all = Decimal::try_from_i128_with_scale(total, Volume::PLACES).map_err(|_| overflow())?.normalize();
    let note = u16::try_from(shop.notes.len()).unwrap_or(u16::MAX);
    shop.notes
        .push(format!("{} ({}), shared out over {all} shares, earner: {}", bonus.rule, bonus.code, bonus.earner_text));
    let mut lines = Vec::with_capacity(holders.len());
    for ((member, shares), part) in holders.iter().zip(parts).filter(|(_, part)| *part != 0) {
        let share = Decimal::new(*shares, Volume::PLACES).checked_div(all).ok_or_else(overflow)?;
        let rate = shop.rates.place(share.round_dp(SHOWN)).ok_or_else(overflow)?;
        lines.push(line(*member, place, minor, part, rate, note));
    }
    Ok((lines, left))
}

/// Splits an amount by weights, each part up to its limit; what a limit leaves goes to the others.
fn share_up_to(amount: i64, weights: &[i64], most: &[i64], order: impl Fn(usize) -> u32) -> Vec<i64> {
    let mut parts = vec![0; weights.len()];
    let mut open: Vec<usize> = (0..weights.len()).collect();
    let mut left = amount;
    while !open.is_empty() {
        let of_open: Vec<i64> = open.iter().map(|at| weights[*at]).collect();
        let shared = share_out(left, &of_open, |at| order(open[at]));
        let (full, rest): (Vec<usize>, Vec<usize>) = (0..open.len()).partition(|at| shared[*at] >= most[open[*at]]);
        if full.is_empty() {
            for (at, part) in open.iter().zip(shared) {
                parts[*at] = part;
            }
            break;
        }
        for at in full {
            parts[open[at]] = most[open[at]];
            left -= most[open[at]];
        }
        open = rest.into_iter().map(|at| open[at]).collect();
    }
    parts
}

/// Splits an amount by weights exactly: everybody the whole units of the exact part, the rest one by one to
/// the largest remainders, ties by `order`.
pub fn share_out(amount: i64, weights: &[i64], order: impl Fn(usize) -> u32) -> Vec<i64> {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if total <= 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &i64| i128::from(amount) * i128::from(*weight);
    let mut parts: Vec<i64> =
        weights.iter().map(|weight| exact(weight).div_euclid(total).to_i64().unwrap_or(0)).collect();
    let left = i128::from(amount) - parts.iter().map(|part| i128::from(*part)).sum::<i128>();
    let mut places: Vec<usize> = (0..weights.len()).collect();
    places.sort_by_key(|at| (std::cmp::Reverse(exact(&weights[*at]).rem_euclid(total)), order(*at)));
    for at in places.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts
}

fn line(member: u32, bonus: u16, base: i64, amount_minor: i64, rate: u32, note: u16) -> EarningLine {
    EarningLine { base, amount_minor, rate, note, base_kind: BaseKind::Amount, ..EarningLine::blank(member, bonus) }
}
