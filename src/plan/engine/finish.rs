//! From indices back to the snapshot's places: lines in their final order, members, totals, requirements.

use rust_decimal::Decimal;

use super::bonuses::Paid;
use super::clawback::Clawbacks;
use super::fault::RunFault;
use super::ranks::needs;
use super::standing::Standing;
use super::values::{At, NoValue};
use crate::domain::money::Volume;
use crate::plan::result::{
    BonusTotal, EarningLine, LineKind, MemberResult, NextRank, Passed, RankName, Requirement, RunResult, Source,
};
use crate::plan::snapshot::Snapshot;

/// Puts the result together.
pub fn result(standing: &Standing<'_>, snapshot: &Snapshot, paid: Paid) -> Result<RunResult, RunFault> {
    let plan = standing.plan;
    let field = standing.field;
    let Paid { lines, clawbacks, passed, breakage, rates, notes, memory } = paid;
    let mut bonuses = totals(standing, &clawbacks.former, &breakage);
    let orders = u32::try_from(snapshot.orders.len()).unwrap_or(u32::MAX);
    let Clawbacks { lines: taken, originals, .. } = clawbacks;
    let lines = in_order(standing, orders, lines, taken);
    let (labels, requirements, next) = requirements(standing, snapshot)?;
    let (earned, total_minor, clawback_minor) = add_up(standing, &lines, &mut bonuses)?;
    let (state_keys, state) = memory.state(standing, snapshot);
    let column =
        |name: &str| plan.volumes.iter().position(|volume| volume.name == name).map(|at| &standing.volumes[at]);
    let volumes = [column("pv"), column("gv")];
    let members = (0..field.len()).map(|place| member(standing, snapshot, place, volumes, &earned, &next)).collect();
    let total_cv = snapshot.orders.iter().try_fold(Volume::ZERO, |sum, order| sum.plus(order.amounts.cv))?;
    let mut result = RunResult {
        members,
        lines,
        rates: rates.list,
        originals,
        passed: passed.into_iter().map(|who| Passed { member: field.place[who.member as usize], ..who }).collect(),
        notes,
        labels,
        requirements,
        ranks: plan.ranks.iter().map(|rank| RankName { code: rank.code.clone(), name: rank.name.clone() }).collect(),
        bonuses,
        exceptions: Vec::new(),
        state_keys,
        state,
        total_minor,
        total_cv,
        clawback_minor,
        currency: plan.currency,
        point_value: plan.point_value,
        rounding: plan.rounding,
        hash: [0; 32],
    };
    result.exceptions = super::review::exceptions(plan, snapshot, &result);
    result.hash = crate::plan::digest::of_result(&result, snapshot);
    Ok(result)
}

fn totals(standing: &Standing<'_>, former: &[String], breakage: &[Decimal]) -> Vec<BonusTotal> {
    let total = |code: &str, name: &str, about: &str, rule: &str, breakage| BonusTotal {
        code: code.to_owned(),
        name: name.to_owned(),
        about: about.to_owned(),
        rule: rule.to_owned(),
        lines: 0,
        members: 0,
        amount_minor: 0,
        breakage,
    };
    let own = standing.plan.bonuses.iter().zip(breakage);
    let own = own.map(|(bonus, breakage)| total(&bonus.code, &bonus.name, &bonus.about, &bonus.rule, *breakage));
    own.chain(former.iter().map(|code| total(code, code, "A bonus of an earlier plan", "", Decimal::ZERO))).collect()
}

/// Lines by number of the member, then as they were found, with places of the snapshot: a counting sort.
fn in_order(
    standing: &Standing<'_>,
    orders: u32,
    lines: Vec<Vec<EarningLine>>,
    clawbacks: Vec<EarningLine>,
) -> Vec<EarningLine> {
    let by_number = &standing.field.by_number;
    let mut start = vec![0_usize; by_number.len() + 1];
    for line in lines.iter().flatten().chain(&clawbacks) {
        start[by_number[line.member as usize] as usize + 1] += 1;
    }
    for at in 0..by_number.len() {
        start[at + 1] += start[at];
    }
    let blank = super::settle::fixed(0, 0, 0, 0, 0);
    let mut out = vec![blank; start[by_number.len()]];
    let groups = lines.into_iter().chain(std::iter::once(clawbacks));
    // Each group is given back before the next one is read.
    for line in groups.flatten() {
        let slot = &mut start[by_number[line.member as usize] as usize];
        out[*slot] = placed(standing, orders, line);
        *slot += 1;
    }
    out
}

/// A line with places of the snapshot instead of indices.
fn placed(standing: &Standing<'_>, orders: u32, line: EarningLine) -> EarningLine {
    let place = |index: u32| standing.field.place[index as usize];
    let source = match line.source {
        Source::Order(index) => {
            let place = standing.field.orders.place[index as usize];
            match place.checked_sub(orders) {
                Some(takeback) => Source::Takeback(takeback),
                None => Source::Order(place),
            }
        }
        other => other,
    };
    EarningLine { member: place(line.member), from: line.from.map(place), source, ..line }
}

/// Adds the lines up: per member (by place in the snapshot), in all, and what was taken back.
fn add_up(
    standing: &Standing<'_>,
    lines: &[EarningLine],
    bonuses: &mut [BonusTotal],
) -> Result<(Vec<i64>, i64, i64), RunFault> {
    let mut earned = vec![0_i64; standing.field.len()];
    let mut last = vec![u32::MAX; bonuses.len()];
    let (mut total, mut clawback) = (0_i64, 0_i64);
    let overflow = || RunFault::overflow("the sum of all lines");
    for line in lines {
        let bonus = &mut bonuses[usize::from(line.bonus)];
        bonus.lines += 1;
        // Lines of a member are together; those that take back come after the others.
        if last[usize::from(line.bonus)] != line.member {
            bonus.members += 1;
            last[usize::from(line.bonus)] = line.member;
        }
        bonus.amount_minor = bonus.amount_minor.checked_add(line.amount_minor).ok_or_else(overflow)?;
        let sum = &mut earned[line.member as usize];
        *sum = sum.checked_add(line.amount_minor).ok_or_else(overflow)?;
        total = total.checked_add(line.amount_minor).ok_or_else(overflow)?;
        if line.kind == LineKind::Clawback {
            clawback = clawback.checked_add(line.amount_minor).ok_or_else(overflow)?;
        }
    }
    Ok((earned, total, clawback))
}

/// Per member (by index).
type NextRanks = Vec<Option<NextRank>>;

/// What every distributor has and needs for the next rank.
fn requirements(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
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
    let mut out = Vec::new();
    let mut next = vec![None; standing.field.len()];
    for (member, next) in next.iter_mut().enumerate() {
        let rank = usize::from(standing.rank[member]);
        let Some(wanted) = plan.ranks.get(rank).filter(|_| standing.field.may_earn[member]) else {
            continue;
        };
        let first = u32::try_from(out.len()).map_err(|_| RunFault::overflow("the number of requirements"))?;
        let asked = needs(standing, standing.rank[member] + 1, member);
        let keeps = wanted.maintain.as_deref().is_some_and(|maintain| std::ptr::eq(maintain, asked));
        let labels = if keeps { &place_of[rank][wanted.needs.len()..] } else { &place_of[rank][..wanted.needs.len()] };
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
        *next = Some(NextRank { rank: standing.rank[member], first, count, keeps });
    }
    Ok((labels, out, next))
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
