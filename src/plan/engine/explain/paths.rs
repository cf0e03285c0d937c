//! The ways of orders and amounts up the trees, as the walks went them.

use rust_decimal::Decimal;

use super::super::fault::RunFault;
use super::super::found::{Item, Items};
use super::super::standing::Standing;
use super::super::tree::{NONE, Tree};
use super::super::walk::Walker;
use super::super::watch::Watch;
use crate::plan::result::{EarningLine, Passed, Source};
use crate::plan::snapshot::Snapshot;

/// How many ways of one kind are kept as examples.
const EXAMPLES: usize = 3;

/// One way up, members by index.
#[derive(Debug, Clone)]
pub struct Path {
    /// Where it began and what it is worth.
    pub item: Item,
    /// Who was paid, each with those passed over below.
    pub paid: Vec<(Vec<Passed>, EarningLine)>,
    /// Passed over after the last one who was paid.
    pub left: Vec<Passed>,
    /// How many more there were.
    pub more: u32,
    /// Levels that nobody was paid on, counted from the first of the walk, with the highest rate of each.
    pub lost: Vec<(u16, Decimal)>,
    /// What else nobody was paid: base times rate.
    pub unclaimed: Decimal,
}

/// What became of the ways that come by a member under one bonus.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// Which bonus: place in the plan.
    pub bonus: usize,
    /// How many orders or amounts come from below, the member's own included where they may pay.
    pub below: usize,
    /// How many of them pay the member.
    pub paid: usize,
    /// What these give the member, before anything takes it away.
    pub earned: i64,
    /// How many found the member passed over, and the first ones.
    pub passed: (usize, Vec<(Passed, Path)>),
    /// How many ended below, and the first ones.
    pub ended: (usize, Vec<Path>),
    /// For a question about an order: all its ways.
    pub all: Vec<Path>,
}

enum Subject {
    /// Place in the snapshot's members.
    Member(usize),
    /// Places in the snapshot's orders.
    Orders(Vec<u32>),
}

/// What was seen.
pub struct Seen {
    subject: Subject,
    /// Per bonus that is walked.
    pub ways: Vec<Ways>,
    /// What each bonus paid to each member, as expressions read it.
    pub amounts: Vec<Vec<i64>>,
}

impl Seen {
    /// Looks at what comes by a member: its place in the snapshot.
    pub const fn of_member(member: usize) -> Self {
        Self { subject: Subject::Member(member), ways: Vec::new(), amounts: Vec::new() }
    }

    /// Looks at an order, all its lines.
    pub fn of_order(number: &str, snapshot: &Snapshot) -> Self {
        let places = (0_u32..).zip(&snapshot.orders).filter(|(_, order)| *order.number == *number);
        let places = places.map(|(place, _)| place).collect();
        Self { subject: Subject::Orders(places), ways: Vec::new(), amounts: Vec::new() }
    }

    /// The ways under a bonus.
    pub fn ways_of(&self, bonus: usize) -> Option<&Ways> {
        self.ways.iter().find(|ways| ways.bonus == bonus)
    }
}

impl Watch for Seen {
    fn walk(&mut self, walker: &Walker<'_>, items: &Items<'_>) -> Result<(), RunFault> {
        let mut ways = Ways { bonus: usize::from(walker.place), ..Ways::default() };
        match &self.subject {
            Subject::Orders(places) => {
                let of_order = |item: &&Item| match item.source {
                    Source::Order(index) => places.contains(&walker.standing.field.orders.place[index as usize]),
                    _ => false,
                };
                for item in items.all()?.iter().filter(of_order) {
                    ways.all.push(path(walker, item)?);
                }
            }
            Subject::Member(place) => {
                let member = walker.standing.field.index[*place];
                let below = below(walker.tree, member);
                // What is one's own may pay where the first level is; where that is all, nothing else may.
                let walk = &walker.bonus.walk;
                let may_pay = |item: &&Item| {
                    let others = walk.first_level > 0 || walk.levels > 1;
                    if item.start == member { walk.first_level == 0 } else { others && below[item.start as usize] }
                };
                for item in items.all()?.iter().filter(may_pay) {
                    ways.add(path(walker, item)?, member);
                }
            }
        }
        self.ways.push(ways);
        Ok(())
    }

    fn end(&mut self, standing: &Standing<'_>) {
        self.amounts.clone_from(&standing.amounts);
    }
}

impl Ways {
    fn add(&mut self, path: Path, member: u32) {
        self.below += 1;
        let own = path.paid.iter().filter(|(_, line)| line.member == member).map(|(_, line)| line.amount_minor);
        if own.clone().next().is_some() {
            self.paid += 1;
            self.earned = own.fold(self.earned, i64::saturating_add);
            return;
        }
        let passed = path.paid.iter().flat_map(|(passed, _)| passed).chain(&path.left);
        if let Some(passed) = passed.copied().find(|passed| passed.member == member) {
            self.passed.0 += 1;
            if self.passed.1.len() < EXAMPLES {
                self.passed.1.push((passed, path));
            }
        } else {
            self.ended.0 += 1;
            if self.ended.1.len() < EXAMPLES {
                self.ended.1.push(path);
            }
        }
    }
}

/// Who stands below a member, itself included.
pub fn below(tree: &Tree, member: u32) -> Vec<bool> {
    let mut below = vec![false; tree.parent.len()];
    for at in &tree.order {
        let above = tree.parent[*at as usize];
        below[*at as usize] = *at == member || (above != NONE && below[above as usize]);
    }
    below
}

fn path(walker: &Walker<'_>, item: &Item) -> Result<Path, RunFault> {
    let (found, notes) = walker.trace(item)?;
    let first = walker.bonus.walk.first_level;
    let top = walker.top_rates();
    let levels = (first..).zip(&found.breakage).zip(&top);
    let lost = levels.filter(|((_, base), _)| **base != 0).map(|((level, _), rate)| (level, *rate)).collect();
    Ok(Path {
        item: *item,
        paid: notes.before.into_iter().zip(found.lines).collect(),
        left: notes.list,
        more: notes.more,
        lost,
        unclaimed: found.unclaimed,
    })
}
