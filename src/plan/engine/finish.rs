//! From indices back to the snapshot's places: lines in their final order, members, totals, requirements.

use rust_decimal::Decimal;

use super::arrange;
use super::bonuses::Paid;
use super::clawback::Clawbacks;
use super::fault::RunFault;
use super::ranks::needs;
use super::standing::Standing;
use super::tree::{NONE, Tree};
use super::values::{At, NoValue};
use crate::domain::money::Volume;
use crate::plan::checked::Wallet;
use crate::plan::climb::{Climbs, Reason, Upward, Way};
use crate::plan::expr::TreeRef;
use crate::plan::parallel::{in_parallel, joined, stretches};
use crate::plan::result::{
    BonusTotal, MemberResult, NextRank, PassedReason, RankName, Requirement, RunResult, Split, WalletTotal,
};
use crate::plan::snapshot::Snapshot;

/// How many members one thread deals with at a time.
const STRETCH: usize = 16_384;

/// Puts the result together.
pub fn result(standing: &Standing<'_>, snapshot: &Snapshot, paid: Paid, threads: usize) -> Result<RunResult, RunFault> {
    let plan = standing.plan;
    let field = standing.field;
    let Paid { lines, clawbacks, ways, breakage, rates, notes, splits, memory, .. } = paid;
    let (wallets, splits) = into_wallets(standing, splits)?;
    let Clawbacks { lines: back, taken, former } = clawbacks;
    let mut bonuses = totals(standing, &former, &breakage);
    let sorted = arrange::lines(standing, snapshot, lines, back, taken, bonuses.len(), threads)?;
    for (bonus, sum) in bonuses.iter_mut().zip(&sorted.sums.bonuses) {
        (bonus.lines, bonus.members, bonus.amount_minor) = (sum.lines, sum.members, sum.amount_minor);
    }
    let (labels, requirements, next) = requirements(standing, snapshot, threads)?;
    let (state_keys, state) = memory.state(standing, snapshot)?;
    let column =
        |name: &str| plan.volumes.iter().position(|volume| volume.name == name).map(|at| &standing.volumes[at]);
    let volumes = [column("pv"), column("gv")];
    let earned = &sorted.earned;
    let one = |place| member(standing, snapshot, place, volumes, earned, &next);
    let members = in_parallel(threads, stretches(field.len(), STRETCH), |some| some.map(one).collect::<Vec<_>>());
    let members = joined(members);
    let total_cv = snapshot.orders.iter().try_fold(Volume::ZERO, |sum, order| sum.plus(order.amounts.cv))?;
    let mut result = RunResult {
        members,
        lines: sorted.lines,
        rates: rates.list,
        taken: sorted.taken,
        climbs: climbs(standing, ways),
        notes,
        labels,
        requirements,
        ranks: plan.ranks.iter().map(|rank| RankName { code: rank.code.clone(), name: rank.name.clone() }).collect(),
        bonuses,
        wallets,
        splits,
        exceptions: Vec::new(),
        state_keys,
        state,
        total_minor: sorted.sums.total_minor,
        total_cv,
        clawback_minor: sorted.sums.clawback_minor,
        currency: plan.currency,
        point_value: plan.point_value,
        rounding: plan.rounding,
        hash: [0; 32],
    };
    result.exceptions = super::review::exceptions(plan, snapshot, &result);
    result.hash = super::fingerprint::of_result(field, snapshot, &result, &sorted.hashes, threads);
    Ok(result)
}

/// The ways up with places of the snapshot instead of indices.
fn climbs(standing: &Standing<'_>, ways: Vec<Option<(TreeRef, Vec<Reason>)>>) -> Climbs {
    let place = &standing.field.place;
    let mut known: Vec<TreeRef> = Vec::new();
    let mut climbs = Climbs::default();
    for way in ways {
        climbs.ways.push(way.map(|(tree, noted)| {
            let at = known.iter().position(|known| *known == tree).unwrap_or_else(|| {
                known.push(tree);
                climbs.trees.push(upward(standing.tree(tree), place));
                known.len() - 1
            });
            let none = Reason { reason: PassedReason::NotEarning, uses_level: false };
            let mut reasons = vec![none; noted.len()];
            for (reason, place) in noted.into_iter().zip(place) {
                reasons[*place as usize] = reason;
            }
            Way { tree: at, reasons }
        }));
    }
    climbs
}

fn upward(tree: &Tree, place: &[u32]) -> Upward {
    let mut upward = Upward { parent: vec![NONE; place.len()], depth: vec![0; place.len()] };
    for (index, place_of) in place.iter().enumerate() {
        let above = tree.parent[index];
        if above != NONE {
            upward.parent[*place_of as usize] = place[above as usize];
        }
        upward.depth[*place_of as usize] = tree.depth[index];
    }
    upward
}

fn totals(standing: &Standing<'_>, former: &[String], breakage: &[Decimal]) -> Vec<BonusTotal> {
    let total = |[code, name, about, rule]: [&str; 4], once, breakage| BonusTotal {
        code: code.to_owned(),
        name: name.to_owned(),
        about: about.to_owned(),
        rule: rule.to_owned(),
        once,
        lines: 0,
        members: 0,
        amount_minor: 0,
        breakage,
    };
    let own = standing.plan.bonuses.iter().zip(breakage);
    let own = own.map(|(bonus, breakage)| {
        total([&bonus.code, &bonus.name, &bonus.about, &bonus.rule], super::bonuses::once(bonus), *breakage)
    });
    let former = former.iter().map(|code| total([code, code, "A bonus of an earlier plan", ""], false, Decimal::ZERO));
    own.chain(former).collect()
}

/// The wallets with their totals, and what goes into them by number of the member, with places of the snapshot.
fn into_wallets(standing: &Standing<'_>, mut splits: Vec<Split>) -> Result<(Vec<WalletTotal>, Vec<Split>), RunFault> {
    let wallet = |wallet: &Wallet| WalletTotal {
        code: wallet.code.clone(),
        name: wallet.name.clone(),
        kind: wallet.kind,
        amount_minor: 0,
    };
    let mut wallets: Vec<WalletTotal> = standing.plan.wallets.iter().map(wallet).collect();
    splits.sort_by_key(|split| (standing.field.by_number[split.member as usize], split.wallet));
    for split in &mut splits {
        let sum = &mut wallets[usize::from(split.wallet)].amount_minor;
        *sum = sum.checked_add(split.amount_minor).ok_or_else(|| RunFault::overflow("what goes into a wallet"))?;
        split.member = standing.field.place[split.member as usize];
    }
    Ok((wallets, splits))
}

/// Per member (by index).
type NextRanks = Vec<Option<NextRank>>;

/// What every distributor has and needs for the next rank.
fn requirements(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    threads: usize,
) -> Result<(Vec<String>, Vec<Requirement>, NextRanks), RunFault> {
    let plan = standing.plan;
    let mut labels: Vec<String> = Vec::new();
    let mut place_of: Vec<Vec<u16>> = Vec::new();
    for rank in &plan.ranks {
        let mut places = Vec::new();
        for need in rank.needs.iter().chain(rank.maintain.iter().flatten()) {
            let place = labels.iter().position(|label| *label == need.label).unwrap_or_else(|| {
                labels.push(need.label.clone());
                labels.len() - 1
            });
            places.push(u16::try_from(place).unwrap_or(u16::MAX));
        }
        place_of.push(places);
    }
    let count = standing.field.len();
    let parts = in_parallel(threads, stretches(count, STRETCH), |some| {
        let mut needs = Vec::with_capacity(some.len());
        let next = some.map(|member| wanted(standing, snapshot, member, &place_of, &mut needs));
        next.collect::<Result<Vec<_>, RunFault>>().map(|next| (needs, next))
    });
    let parts = parts.into_iter().collect::<Result<Vec<_>, RunFault>>()?;
    let (mut needs, mut next) = (Vec::with_capacity(parts.len()), Vec::with_capacity(count));
    let mut before = 0;
    for (some, members) in parts {
        next.extend(
            members
                .into_iter()
                .map(|next: Option<NextRank>| Some(NextRank { first: next?.first.saturating_add(before), ..next? })),
        );
        before = u32::try_from(some.len()).ok().and_then(|some| before.checked_add(some)).ok_or_else(too_many)?;
        needs.push(some);
    }
    Ok((labels, joined(needs), next))
}

fn too_many() -> RunFault {
    RunFault::overflow("the number of requirements")
}

/// The next rank of a member, and whether it only has to be kept. What the member has and needs for it is added to
/// `out`. `place_of` are the places of the labels of each rank: those of the needs to reach it, then those of the needs
/// to keep it.
fn wanted(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    member: usize,
    place_of: &[Vec<u16>],
    out: &mut Vec<Requirement>,
) -> Result<Option<NextRank>, RunFault> {
    let rank = usize::from(standing.rank[member]);
    let Some(wanted) = standing.plan.ranks.get(rank).filter(|_| standing.field.may_earn[member]) else {
        return Ok(None);
    };
    let asked = needs(standing, standing.rank[member] + 1, member);
    let keeps = wanted.maintain.as_deref().is_some_and(|maintain| std::ptr::eq(maintain, asked));
    let labels = if keeps { &place_of[rank][wanted.needs.len()..] } else { &place_of[rank][..wanted.needs.len()] };
    let first = u32::try_from(out.len()).map_err(|_| too_many())?;
    for (need, label) in asked.iter().zip(labels) {
        let arithmetic = |NoValue| RunFault::Arithmetic {
            place: format!("rank {}", wanted.code),
            member: standing.field.number(snapshot, member).to_owned(),
        };
        let met = standing.holds(&need.cond, member, At::MEMBER).map_err(arithmetic)?;
        let value = |num: &Option<_>, other| match num {
            Some(num) => standing.number(num, member, At::MEMBER).map(|value| value.normalize()),
            None => Ok(other),
        };
        let have = value(&need.have, Decimal::from(u8::from(met))).map_err(arithmetic)?;
        let needed = value(&need.need, Decimal::ONE).map_err(arithmetic)?;
        out.push(Requirement { label: *label, have, need: needed, met });
    }
    let count = u16::try_from(asked.len()).unwrap_or(u16::MAX);
    Ok(Some(NextRank { rank: standing.rank[member], first, count, keeps }))
}

fn member(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    place: usize,
    volumes: [Option<&Vec<i64>>; 2],
    earned: &[i64],
    next: &NextRanks,
) -> MemberResult {
    let index = standing.field.index[place] as usize;
    let [pv, gv] = volumes.map(|column| Volume(column.map_or(0, |column| column[index])));
    let rank = |ranks: &[u16]| ranks[index].checked_sub(1);
    MemberResult {
        id: snapshot.members[place].id,
        pv,
        gv,
        active: standing.active[index],
        rank: rank(&standing.rank),
        paid_rank: rank(&standing.paid),
        highest_rank: rank(&standing.highest),
        downline: standing.downline[index],
        earned_minor: earned[place],
        next_rank: next[index],
    }
}
