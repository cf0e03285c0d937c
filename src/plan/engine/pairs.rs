//! The two sides of each place: left and right of the placement tree, or the strongest leg and all others. What came,
//! what was matched, what is carried on.

use super::fault::RunFault;
use super::matching::matched;
use super::memory::Memory;
use super::standing::Standing;
use super::tree::NONE;
use super::values::{At, NoValue};
use super::volumes::{in_places, organisation};
use crate::domain::money::Volume;
use crate::plan::checked::{After, Excess, Matching, OwnTo, Pairing, Sides as Taken, Unqualified};
use crate::plan::expr::{Num, PairField};
use crate::plan::snapshot::Snapshot;

/// What a pairing gave, per member, in ten-thousandths.
#[derive(Default)]
pub struct Sides {
    /// Carried in and new: left and right, or the power leg and all others.
    side: [Vec<i64>; 2],
    /// Carried in.
    brought: [Vec<i64>; 2],
    matched: Vec<i64>,
    cycles: Vec<i64>,
    position: Vec<i64>,
    position_before: Vec<i64>,
}

impl Sides {
    /// A number of a member.
    pub fn get(&self, field: PairField, member: usize) -> i64 {
        let of = |column: &Vec<i64>| column.get(member).copied().unwrap_or(0);
        match field {
            PairField::Side(side) => of(&self.side[usize::from(side)]),
            PairField::Brought(side) => of(&self.brought[usize::from(side)]),
            PairField::Weak => of(&self.side[0]).min(of(&self.side[1])),
            PairField::Strong => of(&self.side[0]).max(of(&self.side[1])),
            PairField::Matched => of(&self.matched),
            PairField::Cycles => of(&self.cycles),
            PairField::Position => of(&self.position),
            PairField::PositionBefore => of(&self.position_before),
        }
    }
}

/// Volume of one side of every place, or of every leg, by its head.
struct Column {
    /// What the keys under which it is remembered end with.
    word: &'static str,
    /// What came in this period.
    new: Vec<i64>,
    /// What was carried in, the youngest first.
    buckets: Vec<Vec<i64>>,
    /// What was used.
    used: Vec<i64>,
    /// Where all of it is lost.
    lost: Vec<bool>,
}

/// What the previous run left: per pairing, per side or once for all legs, by age.
pub type Brought = Vec<Vec<Vec<Vec<i64>>>>;

const fn words(pair: &Pairing) -> &'static [&'static str] {
    match pair.sides {
        Taken::LeftRight => &["left", "right"],
        Taken::PowerLeg => &["leg"],
    }
}

fn key(pair: &Pairing, word: &str, age: u16) -> String {
    match pair.carry_periods {
        0 => format!("carry:{}:{word}", pair.name),
        _ => format!("carry:{}:{word}:{age}", pair.name),
    }
}

/// Reads what the previous run left on the sides, before anything else is known.
pub fn recall(standing: &mut Standing<'_>, memory: &mut Memory) -> Brought {
    let mut all = Vec::new();
    for pair in &standing.plan.pairs {
        let ages = pair.carry_periods.max(1);
        let of = |word: &&str, memory: &mut Memory| {
            (1..=ages).map(|age| memory.column(&key(pair, word, age))).collect::<Vec<_>>()
        };
        let buckets: Vec<Vec<Vec<i64>>> = words(pair).iter().map(|word| of(word, memory)).collect();
        let brought = [0, 1].map(|side: usize| {
            let mut sum = vec![0_i64; standing.field.len()];
            for bucket in buckets.get(side).into_iter().flatten() {
                sum.iter_mut().zip(bucket).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
            }
            sum
        });
        let position_before = memory.column(&format!("position:{}", pair.name));
        standing.pairs.push(Sides { brought, position_before, ..Sides::default() });
        all.push(buckets);
    }
    all
}

/// Matches the sides of everybody, and leaves for the next run what is carried on: in those pairings that wait for no
/// rank (`early`), or in all others.
pub fn compute(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    memory: &mut Memory,
    brought: &mut Brought,
    early: bool,
) -> Result<(), RunFault> {
    let plan = standing.plan;
    let pairs = plan.pairs.iter().enumerate().zip(brought);
    for ((place, pair), buckets) in pairs.filter(|((_, pair), _)| pair.early == early) {
        if pair.period.is_some_and(|kind| kind != snapshot.period.kind) {
            continue;
        }
        let overflow = || RunFault::overflow(&format!("a side of the pairing {}", pair.name));
        let mut columns = columns(standing, pair, std::mem::take(buckets)).ok_or_else(overflow)?;
        add_own(standing, snapshot, pair, &mut columns)?;
        let count = standing.field.len();
        let mut sides = std::mem::take(&mut standing.pairs[place]);
        (sides.matched, sides.cycles, sides.position) = (vec![0; count], vec![0; count], vec![0; count]);
        sides.side = both(standing, pair, &columns);
        // What is known before anybody is matched may be read meanwhile.
        let (side, brought) = (sides.side.clone(), std::mem::take(&mut sides.brought));
        let position_before = sides.position_before.clone();
        standing.pairs[place] = Sides { side, brought, position_before, ..Sides::default() };
        for member in 0..count {
            one(standing, snapshot, pair, member, &mut sides, &mut columns)?;
        }
        if matches!(pair.method, Matching::Ladder { .. } | Matching::Cycles { first: Some(_), .. }) {
            memory.keep_column(&format!("position:{}", pair.name), &sides.position);
        }
        sides.brought = std::mem::take(&mut standing.pairs[place].brought);
        standing.pairs[place] = sides;
        for column in columns {
            carry(standing, snapshot, pair, memory, column)?;
        }
    }
    Ok(())
}

/// Matches the sides of one member.
fn one(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    pair: &Pairing,
    member: usize,
    sides: &mut Sides,
    columns: &mut [Column],
) -> Result<(), RunFault> {
    let both = [sides.side[0][member], sides.side[1][member]];
    let before = sides.position_before.get(member).copied().unwrap_or(0);
    sides.position[member] = before;
    if both == [0, 0] {
        return Ok(());
    }
    let arithmetic = |NoValue| arithmetic(standing, snapshot, pair, member);
    let qualified =
        standing.field.may_earn[member] && standing.holds(&pair.qualified, member, At::MEMBER).map_err(arithmetic)?;
    if !qualified {
        let mut then = Unqualified::Keep;
        for (cond, word) in pair.unqualified.iter().rev() {
            if standing.holds(cond, member, At::MEMBER).map_err(arithmetic)? {
                then = *word;
            }
        }
        match then {
            Unqualified::Match => {}
            Unqualified::Keep => return Ok(()),
            Unqualified::Flush => {
                lose(standing, pair, columns, member);
                return Ok(());
            }
            Unqualified::Hold => {
                lose_new(standing, pair, columns, member);
                return Ok(());
            }
        }
    }
    let limit = limit(standing, pair.limit.as_ref(), member).map_err(arithmetic)?;
    let found = matched(pair, both, before, limit);
    take(standing, pair, columns, member, found.used);
    let empty = match pair.after {
        After::Carry => false,
        After::Flush => true,
        After::FlushMatched => found.used != [0, 0],
    };
    if empty || (found.full && pair.excess == Excess::Flush) {
        lose(standing, pair, columns, member);
    }
    if qualified {
        (sides.matched[member], sides.cycles[member]) = (found.matched, found.cycles);
        sides.position[member] = match pair.method {
            Matching::Ladder { .. } => before.saturating_add(found.matched),
            Matching::Cycles { first: Some(_), .. } => before.saturating_add(found.cycles),
            _ => before,
        };
    }
    Ok(())
}

/// The legs of a member: distributors below it. What customers buy belongs to the place of their enroller.
fn legs<'a>(standing: &'a Standing<'_>, pair: &Pairing, member: usize) -> impl Iterator<Item = usize> + 'a {
    let below = standing.tree(pair.tree).children(member).iter().map(|leg| *leg as usize);
    below.filter(|leg| standing.field.kind[*leg].may_earn())
}

/// What came in and what was carried in, per side or leg.
fn columns(standing: &Standing<'_>, pair: &Pairing, brought: Vec<Vec<Vec<i64>>>) -> Option<Vec<Column>> {
    let own = standing.volumes[usize::from(pair.volume)].clone();
    let count = own.len();
    let new = match pair.levels {
        (1, u16::MAX) => came(standing, pair, organisation(standing.tree(pair.tree), own)?)?,
        (first, levels) => on_levels(standing, pair, own, first, levels)?,
    };
    let column = |((word, new), buckets): ((&&'static str, Vec<i64>), Vec<Vec<i64>>)| Column {
        word,
        new,
        buckets,
        used: vec![0; count],
        lost: vec![false; count],
    };
    Some(words(pair).iter().zip(new).zip(brought).map(column).collect())
}

/// What came in per side or leg, from what each head of a leg brings.
fn came(standing: &Standing<'_>, pair: &Pairing, brings: Vec<i64>) -> Option<Vec<Vec<i64>>> {
    let tree = standing.tree(pair.tree);
    let mut new = vec![vec![0_i64; brings.len()]; words(pair).len()];
    for (member, volume) in brings.into_iter().enumerate() {
        let above = tree.parent[member];
        if above == NONE || !standing.field.kind[member].may_earn() {
            continue;
        }
        let slot = match pair.sides {
            Taken::LeftRight => &mut new[usize::from(standing.field.side[member].min(1))][above as usize],
            Taken::PowerLeg => &mut new[0][member],
        };
        *slot = slot.checked_add(volume)?;
    }
    Some(new)
}

/// The same where only some levels count. Customers stand on the level of whoever enrolled them.
fn on_levels(
    standing: &Standing<'_>,
    pair: &Pairing,
    mut level: Vec<i64>,
    first: u16,
    levels: u16,
) -> Option<Vec<Vec<i64>>> {
    let tree = standing.tree(pair.tree);
    for member in tree.order.iter().rev().map(|member| *member as usize) {
        let above = tree.parent[member];
        if above != NONE && !standing.field.kind[member].may_earn() {
            level[above as usize] = level[above as usize].checked_add(std::mem::take(&mut level[member]))?;
        }
    }
    let mut sum = vec![vec![0_i64; level.len()]; words(pair).len()];
    for number in 1..first.saturating_add(levels) {
        if level.iter().all(|volume| *volume == 0) {
            break;
        }
        let new = came(standing, pair, level)?;
        level = vec![0; tree.parent.len()];
        for (sum, new) in sum.iter_mut().zip(&new) {
            for ((sum, level), new) in sum.iter_mut().zip(&mut level).zip(new) {
                *level = level.checked_add(*new)?;
                *sum = sum.checked_add(if number < first { 0 } else { *new })?;
            }
        }
    }
    Some(sum)
}

impl Column {
    /// Carried in and new.
    fn whole(&self, at: usize) -> i64 {
        self.buckets.iter().fold(self.new[at], |sum, bucket| sum.saturating_add(bucket[at]))
    }
}

/// Counts what a plan lets count of a member's own on its sides.
fn add_own(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    pair: &Pairing,
    columns: &mut [Column],
) -> Result<(), RunFault> {
    let (Some(own), [left, right]) = (&pair.own, columns) else { return Ok(()) };
    for member in 0..standing.field.len() {
        let value = standing.number(own, member, At::MEMBER);
        let value = value.ok().and_then(in_places).ok_or_else(|| arithmetic(standing, snapshot, pair, member))?;
        let parts = own_parts(pair.own_to, value, [left.whole(member), right.whole(member)]);
        for (side, part) in [&mut *left, &mut *right].into_iter().zip(parts) {
            let slot = &mut side.new[member];
            *slot = slot.checked_add(part).ok_or_else(|| arithmetic(standing, snapshot, pair, member))?;
        }
    }
    Ok(())
}

/// What of a member's own counts on the left and on the right.
fn own_parts(to: OwnTo, value: i64, [left, right]: [i64; 2]) -> [i64; 2] {
    const POINT: i64 = 10_i64.pow(Volume::PLACES);
    let (to_left, to_right) = ([value, 0], [0, value]);
    let weaker = if left <= right { to_left } else { to_right };
    match to {
        OwnTo::Left => to_left,
        OwnTo::Right => to_right,
        OwnTo::Weaker => weaker,
        OwnTo::Balanced => {
            let rest = value.saturating_sub(left.saturating_sub(right).saturating_abs());
            if rest <= 0 {
                return weaker;
            }
            // Whole points stay whole: they may be people.
            let half = if rest % POINT == 0 { rest / POINT / 2 * POINT } else { rest / 2 };
            if left <= right { [value - half, half] } else { [half, value - half] }
        }
    }
}

/// Both sides of every member.
fn both(standing: &Standing<'_>, pair: &Pairing, columns: &[Column]) -> [Vec<i64>; 2] {
    let count = standing.field.len();
    match (pair.sides, columns) {
        (Taken::LeftRight, [left, right]) => [left, right].map(|side| (0..count).map(|at| side.whole(at)).collect()),
        (_, columns) => {
            let mut out = [vec![0_i64; count], vec![0_i64; count]];
            for member in columns.first().into_iter().flat_map(|_| 0..count) {
                let mut sum = 0_i64;
                let mut power: Option<i64> = None;
                for leg in legs(standing, pair, member) {
                    let volume = columns[0].whole(leg);
                    sum = sum.saturating_add(volume);
                    power = Some(power.map_or(volume, |power| power.max(volume)));
                }
                out[0][member] = power.unwrap_or(0);
                out[1][member] = sum.saturating_sub(out[0][member]);
            }
            out
        }
    }
}

/// Notes what was used of the sides of a member. Of several legs the strongest are used first.
fn take(standing: &Standing<'_>, pair: &Pairing, columns: &mut [Column], member: usize, used: [i64; 2]) {
    if pair.sides == Taken::LeftRight {
        for (column, used) in columns.iter_mut().zip(used) {
            column.used[member] = used;
        }
        return;
    }
    let Some(column) = columns.first_mut() else { return };
    let mut strongest: Vec<usize> = legs(standing, pair, member).collect();
    strongest.sort_by_key(|leg| std::cmp::Reverse(column.whole(*leg)));
    let Some((power, others)) = strongest.split_first() else { return };
    column.used[*power] = used[0];
    let mut left = used[1];
    for leg in others {
        let part = column.whole(*leg).clamp(0, left.max(0));
        column.used[*leg] = part;
        left -= part;
    }
}

/// Both sides of a member are lost.
fn lose(standing: &Standing<'_>, pair: &Pairing, columns: &mut [Column], member: usize) {
    for column in columns {
        if pair.sides == Taken::LeftRight {
            column.lost[member] = true;
        } else {
            legs(standing, pair, member).for_each(|leg| column.lost[leg] = true);
        }
    }
}

/// What came in on the sides of a member is lost.
fn lose_new(standing: &Standing<'_>, pair: &Pairing, columns: &mut [Column], member: usize) {
    for column in columns {
        if pair.sides == Taken::LeftRight {
            column.new[member] = 0;
        } else {
            legs(standing, pair, member).for_each(|leg| column.new[leg] = 0);
        }
    }
}

fn limit(standing: &Standing<'_>, limit: Option<&Num>, member: usize) -> Result<Option<i64>, NoValue> {
    let Some(limit) = limit else { return Ok(None) };
    let value = standing.number(limit, member, At::MEMBER)?;
    in_places(value).map(|value| Some(value.max(0))).ok_or(NoValue)
}

fn arithmetic(standing: &Standing<'_>, snapshot: &Snapshot, pair: &Pairing, member: usize) -> RunFault {
    let number = standing.field.number(snapshot, member).to_owned();
    RunFault::Arithmetic { place: format!("pairing {}", pair.name), member: number }
}

/// Leaves on each side what was not used; the oldest volume is used first.
fn carry(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    pair: &Pairing,
    memory: &mut Memory,
    column: Column,
) -> Result<(), RunFault> {
    let Column { word, new, mut buckets, used, lost } = column;
    let tree = standing.tree(pair.tree);
    for at in 0..lost.len() {
        // The limit is that of whoever stands above a leg.
        let owner = match pair.sides {
            Taken::LeftRight => at,
            Taken::PowerLeg if tree.parent[at] == NONE => continue,
            Taken::PowerLeg => tree.parent[at] as usize,
        };
        let mut left = used[at];
        for bucket in buckets.iter_mut().rev() {
            let part = bucket[at].min(left).max(0);
            bucket[at] -= part;
            left -= part;
        }
        let fresh = new[at].saturating_sub(left);
        let limit = limit(standing, pair.carry_limit.as_ref(), owner);
        let limit = limit.map_err(|NoValue| arithmetic(standing, snapshot, pair, owner))?;
        keep_member(&mut buckets, at, fresh, lost[at], limit, pair.carry_periods);
    }
    for (age, bucket) in (1_u16..).zip(&buckets) {
        memory.keep_column(&key(pair, word, age), bucket);
    }
    Ok(())
}

/// Ages what a member has on a side by one period and puts the fresh volume in.
fn keep_member(buckets: &mut [Vec<i64>], member: usize, fresh: i64, lost: bool, limit: Option<i64>, periods: u16) {
    if periods == 0 {
        buckets[0][member] = buckets[0][member].saturating_add(fresh);
    } else {
        for age in (1..buckets.len()).rev() {
            buckets[age][member] = buckets[age - 1][member];
        }
        buckets[0][member] = fresh;
    }
    if lost {
        for bucket in buckets.iter_mut() {
            bucket[member] = 0;
        }
    }
    if let Some(limit) = limit {
        let mut room = limit;
        for bucket in buckets.iter_mut() {
            bucket[member] = bucket[member].min(room);
            room -= bucket[member].max(0);
        }
    }
}
