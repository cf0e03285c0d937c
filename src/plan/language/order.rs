//! The order of calculation: every bonus after what it reads, every limit and every hold after its bonuses.

use std::collections::BTreeSet;

use super::source::{Reader, Span};
use crate::plan::checked::{Bonus, BonusSource, Cap, Excess, Hold, Step};
use crate::plan::expr::{Aggregate, Num};

/// What is done with the amounts of several bonuses together.
pub struct Common<'a> {
    /// Choices of the largest.
    pub larger: &'a [Vec<u16>],
    /// Limits.
    pub caps: &'a [Cap],
    /// Amounts that wait together.
    pub holds: &'a [Hold],
}

/// Who reads whose amounts.
struct Reading<'a> {
    aggregates: &'a [Aggregate],
    common: &'a Common<'a>,
    /// Per bonus, the bonuses whose amounts it reads.
    reads: Vec<Vec<u16>>,
    /// The same, directly or through others.
    needs: Vec<Vec<u16>>,
}

impl Reading<'_> {
    /// Whether a bonus reads these amounts as they are before: it is one of them, or one of them needs it.
    fn early(&self, place: u16, of: &[u16]) -> bool {
        of.iter().any(|of| *of == place || self.needs[usize::from(*of)].contains(&place))
    }

    fn early_readers(&self, of: &[u16]) -> impl Iterator<Item = Step> {
        let readers = (0_u16..).zip(&self.reads).filter(|(place, reads)| self.early(*place, of) && shares(reads, of));
        readers.map(|(place, _)| Step::Bonus(place))
    }

    fn choices(&self, of: impl Fn(&[u16]) -> bool) -> impl Iterator<Item = Step> {
        (0_u16..).zip(self.common.larger).filter(move |(_, choice)| of(choice)).map(|(choice, _)| Step::Larger(choice))
    }

    fn limits(&self, of: impl Fn(&[u16]) -> bool) -> impl Iterator<Item = Step> {
        (0_u16..).zip(self.common.caps).filter(move |(_, cap)| of(&cap.of)).map(|(limit, _)| Step::Cap(limit))
    }

    /// The bonuses whose amounts must be there before these are limited or wait: they themselves, and those that count
    /// with them under a choice or a limit that comes before.
    fn around(&self, of: &[u16], caps: &[Cap]) -> Vec<u16> {
        let mut around = of.to_vec();
        let groups = || self.common.larger.iter().chain(caps.iter().map(|cap| &cap.of));
        let grows = |around: &[u16], of: &[u16]| shares(of, around) && of.iter().any(|place| !around.contains(place));
        while let Some(more) = groups().find(|of| grows(&around, of)) {
            around.extend(more);
        }
        around
    }

    fn around_cap(&self, place: u16) -> Vec<u16> {
        let (before, rest) = self.common.caps.split_at(usize::from(place));
        rest.first().map_or_else(Vec::new, |cap| self.around(&cap.of, before))
    }

    fn around_hold(&self, hold: &Hold) -> Vec<u16> {
        self.around(&hold.of, self.common.caps)
    }

    fn before_bonus(&self, place: u16) -> Vec<Step> {
        let Common { caps, holds, .. } = self.common;
        let reads = &self.reads[usize::from(place)];
        let mut before: Vec<Step> = reads.iter().map(|read| Step::Bonus(*read)).collect();
        before.extend(self.choices(|of| shares(of, reads) && !self.early(place, of)));
        let caps = (0_u16..).zip(*caps).filter(|(_, cap)| shares(&cap.of, reads));
        let caps = caps.filter(|(cap, _)| !self.early(place, &self.around_cap(*cap)));
        before.extend(caps.map(|(limit, _)| Step::Cap(limit)));
        let holds = (0_u16..).zip(*holds).filter(|(_, hold)| shares(&hold.of, reads));
        let holds = holds.filter(|(_, hold)| !self.early(place, &self.around_hold(hold)));
        before.extend(holds.map(|(hold, _)| Step::Hold(hold)));
        before
    }

    /// Whether a limit is on one bonus alone that is one of several to choose from: then it comes before the choice, unless it
    /// carries on what a bonus that is not chosen never pays.
    fn is_before_choice(&self, cap: &Cap) -> bool {
        cap.of.len() == 1 && cap.excess != Excess::Carried && self.common.larger.iter().any(|of| shares(of, &cap.of))
    }

    fn before_choice(&self, of: &[u16]) -> Vec<Step> {
        let mut before: Vec<Step> = of.iter().map(|bonus| Step::Bonus(*bonus)).collect();
        let limits = (0_u16..).zip(self.common.caps);
        let limits = limits.filter(|(_, cap)| self.is_before_choice(cap) && shares(&cap.of, of));
        before.extend(limits.map(|(limit, _)| Step::Cap(limit)));
        before
    }

    fn before_cap(&self, place: u16, cap: &Cap) -> Vec<Step> {
        let mut before: Vec<Step> = cap.of.iter().map(|bonus| Step::Bonus(*bonus)).collect();
        before.extend(of_num(&cap.limit, self.aggregates).into_iter().map(Step::Bonus));
        let early = self.is_before_choice(cap);
        if !early {
            before.extend(self.choices(|of| shares(of, &cap.of)));
        }
        let earlier = (0_u16..place).zip(self.common.caps).filter(|(_, other)| shares(&other.of, &cap.of));
        let earlier = earlier.filter(|(_, other)| !early || self.is_before_choice(other));
        before.extend(earlier.map(|(other, _)| Step::Cap(other)));
        before.extend(self.early_readers(&self.around_cap(place)));
        before
    }

    fn before_hold(&self, place: u16, hold: &Hold) -> Vec<Step> {
        let mut before: Vec<Step> = hold.of.iter().map(|bonus| Step::Bonus(*bonus)).collect();
        hold.numbers(&mut |num| before.extend(of_num(num, self.aggregates).into_iter().map(Step::Bonus)));
        before.extend(self.choices(|of| shares(of, &hold.of)));
        before.extend(self.limits(|of| shares(of, &hold.of)));
        let earlier = (0_u16..place).zip(self.common.holds).filter(|(_, other)| shares(&other.of, &hold.of));
        before.extend(earlier.map(|(other, _)| Step::Hold(other)));
        before.extend(self.early_readers(&self.around_hold(hold)));
        before
    }
}

fn shares(of: &[u16], other: &[u16]) -> bool {
    of.iter().any(|bonus| other.contains(bonus))
}

/// Finds the order; loops are faults by name.
pub fn steps(reader: &mut Reader<'_>, bonuses: &[(Bonus, Span)], common: &Common<'_>) -> Vec<Step> {
    if !reader.faults.is_empty() {
        return Vec::new();
    }
    let count = bonuses.len();
    let aggregates = &reader.names.aggregates;
    let reads: Vec<Vec<u16>> =
        (0_u16..).zip(bonuses).map(|(place, (bonus, _))| of_bonus(bonus, place, aggregates)).collect();
    let reading = Reading { aggregates, common, needs: closure(&reads), reads };
    let mut all: Vec<(Step, Vec<Step>)> = Vec::new();
    all.extend((0_u16..).zip(bonuses).map(|(place, _)| (Step::Bonus(place), reading.before_bonus(place))));
    for (place, of) in (0_u16..).zip(common.larger) {
        all.push((Step::Larger(place), reading.before_choice(of)));
    }
    all.extend((0_u16..).zip(common.caps).map(|(place, cap)| (Step::Cap(place), reading.before_cap(place, cap))));
    all.extend((0_u16..).zip(common.holds).map(|(place, hold)| (Step::Hold(place), reading.before_hold(place, hold))));
    let reads = &reading.reads;
    let mut order: Vec<Step> = Vec::new();
    while let Some(next) = all.iter().position(|(_, before)| before.iter().all(|step| order.contains(step))) {
        order.push(all.remove(next).0);
    }
    let left = all.iter().filter_map(|(step, _)| match step {
        Step::Bonus(place) => Some(usize::from(*place)),
        _ => None,
    });
    let left: Vec<usize> = left.filter(|place| *place < count).collect();
    if let Some(own) = left.iter().find(|place| reads[**place].iter().any(|read| usize::from(*read) == **place)) {
        let code = &bonuses[*own].0.code;
        let message = format!("bonus {code} reads its own amount, which is not known before it is paid");
        let help =
            format!("read paid_ever({code}) for what earlier runs paid, or let a second bonus read bonus({code})");
        reader.fault(&bonuses[*own].1, message, help);
    } else if let Some(first) = left.first() {
        let names: Vec<&str> = left.iter().map(|place| bonuses[*place].0.code.as_str()).collect();
        let message = format!("these bonuses are paid on each other's amounts: {}", names.join(", "));
        reader.fault(&bonuses[*first].1, message, "take one of them out of the other's “of” and expressions");
    }
    order
}

/// The bonuses whose amounts a bonus reads.
fn of_bonus(bonus: &Bonus, place: u16, aggregates: &[Aggregate]) -> Vec<u16> {
    let mut reads = match &bonus.source {
        BonusSource::Amounts(of, _) => of.clone(),
        _ => Vec::new(),
    };
    bonus.numbers(&mut |num| reads.extend(of_num(num, aggregates)));
    // The condition under which amounts are released may ask for the amount itself.
    if let Some(until) = &bonus.hold_until {
        let rest = Bonus { hold_until: None, ..bonus.clone() };
        let mut others = Vec::new();
        rest.numbers(&mut |num| others.extend(of_num(num, aggregates)));
        let mut own = false;
        until.numbers(&mut |num| own |= *num == Num::Bonus(place));
        reads.retain(|read| *read != place || !own || others.contains(&place));
    }
    reads.sort_unstable();
    reads.dedup();
    reads
}

/// The bonuses whose amounts a number reads, sums over members included.
fn of_num(num: &Num, aggregates: &[Aggregate]) -> Vec<u16> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    num.numbers(&mut |num| one_num(num, &mut found, &mut open));
    let mut seen = BTreeSet::new();
    while let Some(place) = open.pop() {
        if seen.insert(place) {
            aggregates[usize::from(place)].numbers(&mut |num| one_num(num, &mut found, &mut open));
        }
    }
    found
}

/// Notes the bonus that a number reads, or the aggregate that it is.
fn one_num(num: &Num, found: &mut Vec<u16>, open: &mut Vec<u16>) {
    match num {
        Num::Bonus(bonus) | Num::Total(bonus) | Num::Breakage(bonus) | Num::Leftover(bonus) => found.push(*bonus),
        Num::Count(place) | Num::Gathered(place) => open.push(*place),
        _ => {}
    }
}

/// Everything that each bonus reads, directly or through others.
fn closure(reads: &[Vec<u16>]) -> Vec<Vec<u16>> {
    let mut all = reads.to_vec();
    loop {
        let mut grown = false;
        for place in 0..all.len() {
            let mut more: Vec<u16> = all[place].iter().flat_map(|read| all[usize::from(*read)].clone()).collect();
            more.extend(&all[place]);
            more.sort_unstable();
            more.dedup();
            grown |= more.len() > all[place].len();
            all[place] = more;
        }
        if !grown {
            return all;
        }
    }
}
