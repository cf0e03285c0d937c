//! Warnings about kinds of runs: what is paid in every run of a plan that has several kinds, and what reads a pairing
//! that is matched in runs of another kind.

use toml::de::DeTable;

use super::source::{Reader, Section, Span};
use crate::domain::run::PeriodKind;
use crate::plan::checked::{Bonus, BonusSource, CheckedPlan};
use crate::plan::expr::Num;

/// Warns about both.
pub fn warn<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>, plan: &CheckedPlan) {
    let kinds = kinds(plan);
    let bonuses = reader.sections(root, "bonuses", "bonus");
    for (bonus, section) in plan.bonuses.iter().zip(&bonuses) {
        if bonus.period.is_none() && kinds.len() > 1 && !bonus.points && !once(plan, bonus) {
            in_every_run(reader, section, bonus, &kinds);
        }
        let read = pairs_read(plan, |see| bonus.numbers(see));
        let what = format!("bonus {}", bonus.code);
        let own: Vec<PeriodKind> = bonus.period.into_iter().collect();
        of_other_runs(reader, plan, &what, &own, &read, &at(section, "code"));
    }
    // Where nothing says in which runs ranks are judged, they are in all.
    let judged: Vec<PeriodKind> = plan.ranks_period.map_or_else(|| kinds.clone(), |kind| vec![kind]);
    let ranks = reader.sections(root, "ranks", "rank");
    for (rank, section) in plan.ranks.iter().zip(&ranks) {
        let needs = || rank.needs.iter().chain(rank.maintain.iter().flatten());
        let read = pairs_read(plan, |see| needs().for_each(|need| need.cond.numbers(see)));
        of_other_runs(reader, plan, &format!("rank {}", rank.code), &judged, &read, &at(section, "needs"));
    }
    for (name, section) in reader.named(root, "remembered", "remembered") {
        let known = plan.remembered.iter().find(|known| known.kept && known.name == name);
        let Some((known, kind)) = known.and_then(|known| Some((known, known.period?))) else { continue };
        let read = pairs_read(plan, |see| known.num.numbers(see));
        of_other_runs(reader, plan, &format!("remembered {name}"), &[kind], &read, &at(&section, "next"));
    }
}

/// The kinds of runs that bonuses and pairings name.
fn kinds(plan: &CheckedPlan) -> Vec<PeriodKind> {
    let named = plan.bonuses.iter().map(|bonus| bonus.period).chain(plan.pairs.iter().map(|pair| pair.period));
    let mut kinds: Vec<PeriodKind> = Vec::new();
    for kind in named.flatten() {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn in_every_run(reader: &mut Reader<'_>, section: &Section<'_>, bonus: &Bonus, kinds: &[PeriodKind]) {
    let over: Vec<String> = kinds.iter().map(|kind| format!("over a {kind}")).collect();
    let message = format!(
        "bonus {} is paid in every run, {}: the same orders pay more than once",
        bonus.code,
        over.join(" and again ")
    );
    let help = format!("name the runs that are meant, such as period = \"{}\"", kinds[0]);
    reader.warn(&at(section, "code"), message, help);
}

/// The place of a key's value, or of the section.
fn at(section: &Section<'_>, key: &str) -> Span {
    section.table.get(key).map_or_else(|| section.span.clone(), toml::Spanned::span)
}

/// Whether what a bonus without a period pays on is there in one kind of runs only, or takes off what others paid.
fn once(plan: &CheckedPlan, bonus: &Bonus) -> bool {
    let mut less = false;
    bonus.numbers(&mut |num| less |= matches!(num, Num::PaidWithin(..) | Num::PaidEver(_)));
    let cells = || bonus.rates.iter().flat_map(|row| &row.cells);
    less || match &bonus.source {
        BonusSource::Amounts(of, _) => of.iter().all(|of| {
            let of = &plan.bonuses[usize::from(*of)];
            of.period.is_some() || once(plan, of)
        }),
        BonusSource::Pool { amount, shares, .. } => nothing_elsewhere(plan, amount) || nothing_elsewhere(plan, shares),
        _ => match &bonus.base_of {
            Some(base) => nothing_elsewhere(plan, base),
            None => cells().next().is_some() && cells().all(|cell| nothing_elsewhere(plan, cell)),
        },
    }
}

/// Whether a number is nothing in runs of all kinds but one: it is what a pairing or a bonus of that kind gives.
fn nothing_elsewhere(plan: &CheckedPlan, num: &Num) -> bool {
    let nothing = |num: &Num| nothing_elsewhere(plan, num);
    match num {
        Num::Const(value) => value.is_zero(),
        Num::Pair(place, _) => plan.pairs[usize::from(*place)].period.is_some(),
        Num::Bonus(place) => plan.bonuses[usize::from(*place)].period.is_some(),
        Num::Negative(a) | Num::Floor(a) | Num::Ceil(a) | Num::Round(a, _) | Num::Slices(_, a) | Num::Over(a, _) => {
            nothing(a)
        }
        Num::Times(a, b) => nothing(a) || nothing(b),
        Num::Plus(a, b) | Num::Minus(a, b) | Num::If(_, a, b) => nothing(a) && nothing(b),
        Num::Least(parts) => parts.iter().any(nothing),
        Num::Greatest(parts) => parts.iter().all(nothing),
        _ => false,
    }
}

/// The pairings that expressions read, also of members whom they count.
fn pairs_read(plan: &CheckedPlan, numbers: impl Fn(&mut dyn FnMut(&Num))) -> Vec<u16> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let see = |num: &Num, found: &mut Vec<u16>, open: &mut Vec<u16>| match num {
        Num::Pair(pair, _) if !found.contains(pair) => found.push(*pair),
        Num::Count(place) | Num::Gathered(place) => open.push(*place),
        _ => {}
    };
    numbers(&mut |num| see(num, &mut found, &mut open));
    // Counts read only counts that come before them.
    while let Some(place) = open.pop() {
        plan.aggregates[usize::from(place)].numbers(&mut |num| see(num, &mut found, &mut open));
    }
    found
}

/// Warns where something is worked out in runs in which a pairing that it reads is not matched.
fn of_other_runs(
    reader: &mut Reader<'_>,
    plan: &CheckedPlan,
    what: &str,
    own: &[PeriodKind],
    read: &[u16],
    span: &Span,
) {
    for pair in read.iter().map(|place| &plan.pairs[usize::from(*place)]) {
        let Some(matched) = pair.period else { continue };
        let Some(kind) = own.iter().find(|kind| **kind != matched) else { continue };
        let name = &pair.name;
        let message =
            format!("{what} reads {name}, which is matched in runs over a {matched} only: over a {kind} it is 0");
        let length = |kind: PeriodKind| PeriodKind::ALL.iter().position(|known| *known == kind);
        let help = if length(*kind) > length(matched) {
            format!(
                "let a bonus of period = \"{matched}\" pay points (pays = \"points\") for what is matched, and read its \
                 paid_within(…) here"
            )
        } else {
            format!("what is matched over a {matched} is known in runs over it; use it there")
        };
        reader.warn(span, message, help);
    }
}
