//! The order of calculation: every bonus after what it reads, every limit after its bonuses.

use super::source::{Reader, Span};
use crate::plan::checked::{Bonus, BonusSource, Cap, Step};
use crate::plan::expr::{Aggregate, Num};

/// Finds the order; loops are faults by name.
pub fn steps(reader: &mut Reader<'_>, bonuses: &[(Bonus, Span)], larger: &[Vec<u16>], caps: &[Cap]) -> Vec<Step> {
    if !reader.faults.is_empty() {
        return Vec::new();
    }
    let count = bonuses.len();
    let aggregates = &reader.names.aggregates;
    let reads: Vec<Vec<u16>> =
        (0_u16..).zip(bonuses).map(|(place, (bonus, _))| of_bonus(bonus, place, aggregates)).collect();
    let needs = closure(&reads);
    let mut all: Vec<(Step, Vec<Step>)> = Vec::new();
    for (place, reads) in (0_u16..).zip(&reads) {
        let mut before: Vec<Step> = reads.iter().map(|read| Step::Bonus(*read)).collect();
        let read = |of: &[u16]| of.iter().any(|of| reads.contains(of));
        let free = |of: &[u16]| !of.contains(&place) && !of.iter().any(|of| needs[usize::from(*of)].contains(&place));
        let choices = (0_u16..).zip(larger).filter(|(_, of)| read(of) && free(of));
        before.extend(choices.map(|(choice, _)| Step::Larger(choice)));
        // Where a limit counts this bonus too, this bonus reads amounts as they are before the limit.
        let limits = (0_u16..).zip(caps).filter(|(_, cap)| read(&cap.of) && free(&cap.of));
        before.extend(limits.map(|(limit, _)| Step::Cap(limit)));
        all.push((Step::Bonus(place), before));
    }
    for (place, of) in (0_u16..).zip(larger) {
        all.push((Step::Larger(place), of.iter().map(|bonus| Step::Bonus(*bonus)).collect()));
    }
    for (place, cap) in (0_u16..).zip(caps) {
        let mut before: Vec<Step> = cap.of.iter().map(|bonus| Step::Bonus(*bonus)).collect();
        before.extend(of_num(&cap.limit, aggregates).into_iter().map(Step::Bonus));
        let shares = |of: &[u16]| of.iter().any(|bonus| cap.of.contains(bonus));
        before.extend((0_u16..).zip(larger).filter(|(_, of)| shares(of)).map(|(choice, _)| Step::Larger(choice)));
        let earlier = (0_u16..place).zip(caps).filter(|(_, other)| shares(&other.of));
        before.extend(earlier.map(|(other, _)| Step::Cap(other)));
        // Who reads amounts as they are before the limit comes before it.
        for (reader, reads) in (0_u16..).zip(&reads) {
            let early = cap.of.iter().any(|of| *of == reader || needs[usize::from(*of)].contains(&reader));
            if early && reads.iter().any(|read| cap.of.contains(read)) {
                before.push(Step::Bonus(reader));
            }
        }
        all.push((Step::Cap(place), before));
    }
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
    let mut inner = Vec::new();
    num.numbers(&mut |num| match num {
        Num::Bonus(bonus) | Num::Total(bonus) | Num::Breakage(bonus) | Num::Leftover(bonus) => found.push(*bonus),
        Num::Count(place) | Num::Gathered(place) => inner.push(*place),
        _ => {}
    });
    // Aggregates read only those before them, so this ends.
    for place in inner {
        aggregates[usize::from(place)].numbers(&mut |num| found.extend(of_num(num, aggregates)));
    }
    found
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
