//! Where every member stands: volumes, activity, ranks, counts, what pairings and bonuses gave.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::derived::Trees;
use super::field::Field;
use super::running::Running;
use super::tree::{NONE, Tree};
use crate::domain::money::Currency;
use crate::domain::run::PeriodKind;
use crate::plan::checked::{CheckedPlan, Demotion, PaidAs};
use crate::plan::expr::TreeRef;
use crate::plan::snapshot::Snapshot;

/// What runs over other kinds of periods found of ranks, per rank and kind, per member.
#[derive(Default)]
pub struct Elsewhere {
    /// Periods held in a row.
    pub held: HashMap<(u16, PeriodKind), Vec<i64>>,
    /// In which of the last periods the rank was earned; the lowest bit is the last one.
    pub history: HashMap<(u16, PeriodKind), Vec<i64>>,
}

/// What is known about the members so far. Ranks are counted from 1; 0 is no rank.
pub struct Standing<'a> {
    /// The plan.
    pub plan: &'a CheckedPlan,
    /// The members and orders.
    pub field: &'a Field,
    /// First day of the period.
    pub first_day: i32,
    /// Last day of the period.
    pub last_day: i32,
    /// Months since year 0 of the last day of the period.
    pub last_month: i32,
    /// The trees that the plan derives.
    pub trees: Trees,
    /// Everybody below in the sponsor tree.
    pub downline: Vec<u32>,
    /// Per volume of the plan, per member.
    pub volumes: Vec<Vec<i64>>,
    /// Volumes as they were: by volume and how many periods ago. Missing where no run remembers them.
    pub before: HashMap<(u16, u16), Vec<i64>>,
    /// Per number that is remembered: whether it stands still in runs of this kind.
    pub resting: Vec<bool>,
    /// Number of orders, per member.
    pub orders: Vec<u32>,
    /// As which of its enroller's distributors each member was enrolled. Empty if the plan does not ask.
    pub recruit: Vec<u32>,
    /// Place of each member's market among the plan's words, plus 1; 0 for others. Empty if the plan names none.
    pub market: Vec<u16>,
    /// A number for each member's market. Empty if the plan does not ask for markets.
    pub market_number: Vec<u32>,
    /// The same of each order's product line.
    pub line: Vec<u16>,
    /// What volumes were after each order, where the plan asks for it. Empty before they are known.
    pub running: Vec<Option<Running>>,
    /// Who is active.
    pub active: Vec<bool>,
    /// Ranks earned.
    pub rank: Vec<u16>,
    /// Ranks paid on.
    pub paid: Vec<u16>,
    /// Best ranks ever.
    pub highest: Vec<u16>,
    /// Ranks that the previous run paid on.
    pub former: Vec<u16>,
    /// Ranks set by hand, instead of what is paid on otherwise; 0 for none.
    pub forced: Vec<u16>,
    /// Ranks that the last run which judged them found, in runs of another kind. Empty in runs that judge.
    pub judged: Vec<(u16, u16)>,
    /// Per rank with grace: for how many periods in a row it was missed and paid on all the same. Empty for others.
    pub missed: Vec<Vec<i64>>,
    /// Per aggregate of the plan that counts, per member.
    pub counts: Vec<Vec<u32>>,
    /// Per aggregate of the plan that adds up or compares, per member.
    pub sums: Vec<Vec<Decimal>>,
    /// Per rank that is followed over periods, per member: periods held in a row. Empty for others.
    pub held: Vec<Vec<u32>>,
    /// Per rank that is followed: in which of the periods before it was earned; the lowest bit is the last one.
    pub history: Vec<Vec<u64>>,
    /// Ranks held, and in which periods they were earned, as runs over another kind of period found it.
    pub elsewhere: Elsewhere,
    /// Per pairing, per member: what was matched.
    pub pairs: Vec<super::pairs::Sides>,
    /// Per bonus, per member: what it pays, in minor units or ten-thousandths of a point. Empty if nothing reads it.
    pub amounts: Vec<Vec<i64>>,
    /// By bonus and kind of period, per member: what earlier runs within that period paid.
    pub within: HashMap<(u16, Option<PeriodKind>), Vec<i64>>,
    /// Per bonus, per member: what all earlier runs paid. Empty if nothing reads it.
    pub ever: Vec<Vec<i64>>,
    /// Per bonus: what everybody together gets. Zero if nothing reads it.
    pub totals: Vec<i64>,
    /// Per bonus: what nobody qualified for.
    pub breakage: Vec<Decimal>,
    /// Per bonus that is a pool: what it did not pay out.
    pub leftover: Vec<i64>,
    /// The same of the run before.
    pub leftover_before: Vec<i64>,
    /// The currency.
    pub currency: Currency,
}

impl<'a> Standing<'a> {
    /// Nothing known yet but the members, and the ranks that were known before.
    pub fn new(plan: &'a CheckedPlan, field: &'a Field, snapshot: &Snapshot) -> Self {
        let count = field.len();
        let given = |member: usize| &snapshot.members[field.place[member] as usize];
        let of = |code: Option<&str>| code.map_or(0, |code| rank_number(plan, code));
        let word = |text: &str| {
            let place = plan.words.iter().position(|word| word == text);
            place.and_then(|place| u16::try_from(place + 1).ok()).unwrap_or(0)
        };
        let words = !plan.words.is_empty();
        let market = (0..count).filter(|_| words).map(|member| word(&given(member).market)).collect();
        let orders = field.orders.place.iter().filter(|_| words);
        let mut downline = vec![0_u32; count];
        for member in (0..count).rev() {
            let above = field.sponsor.parent[member];
            if above != NONE {
                downline[above as usize] += downline[member] + 1;
            }
        }
        Self {
            plan,
            field,
            first_day: snapshot.period.first.0,
            last_day: snapshot.period.last.0,
            last_month: super::values::month(snapshot.period.last.0),
            trees: Trees::default(),
            volumes: Vec::new(),
            before: HashMap::new(),
            resting: Vec::new(),
            orders: vec![0; count],
            recruit: Vec::new(),
            market_number: Vec::new(),
            market,
            line: orders.map(|place| word(field.orders.line(snapshot, *place))).collect(),
            running: Vec::new(),
            active: vec![false; count],
            rank: vec![0; count],
            paid: vec![0; count],
            downline,
            highest: (0..count).map(|member| of(given(member).highest_rank.as_deref())).collect(),
            former: vec![0; count],
            forced: (0..count).map(|member| of(given(member).forced_rank.as_deref())).collect(),
            judged: Vec::new(),
            missed: vec![Vec::new(); plan.ranks.len()],
            counts: vec![Vec::new(); plan.aggregates.len()],
            sums: vec![Vec::new(); plan.aggregates.len()],
            held: Vec::new(),
            history: Vec::new(),
            elsewhere: Elsewhere::default(),
            pairs: Vec::new(),
            amounts: vec![Vec::new(); plan.bonuses.len()],
            within: HashMap::new(),
            ever: vec![Vec::new(); plan.bonuses.len()],
            totals: vec![0; plan.bonuses.len()],
            breakage: vec![Decimal::ZERO; plan.bonuses.len()],
            leftover: vec![0; plan.bonuses.len()],
            leftover_before: vec![0; plan.bonuses.len()],
            currency: plan.currency,
        }
    }

    /// One of the plan's trees.
    pub fn tree(&self, tree: TreeRef) -> &Tree {
        match tree {
            TreeRef::Kind(kind) => self.field.tree(kind),
            TreeRef::Derived(place) => self.trees.get(place).unwrap_or(&self.field.sponsor),
        }
    }

    /// Whether a member is in a tree, and not one whom its condition leaves out.
    pub fn stays(&self, tree: TreeRef, member: usize) -> bool {
        match tree {
            TreeRef::Kind(_) => true,
            TreeRef::Derived(place) => self.trees.stays(place, member),
        }
    }

    /// The seller of a buyer: the buyer, or for a customer the distributor above. `None` where there is none.
    pub fn seller(&self, buyer: u32) -> Option<u32> {
        Some(self.field.seller[buyer as usize]).filter(|seller| *seller != NONE)
    }

    /// For how many periods in a row a rank is held, counted in a kind of period; in the run's own where none is given.
    pub fn held(&self, rank: u16, kind: Option<PeriodKind>, member: usize) -> i64 {
        match kind.and_then(|kind| self.elsewhere.held.get(&(rank, kind))) {
            Some(held) => held[member],
            None => self.held[usize::from(rank)].get(member).copied().unwrap_or(0).into(),
        }
    }

    /// In how many of the last periods before this one a rank was earned, counted in the same way.
    pub fn earned(&self, rank: u16, periods: u16, kind: Option<PeriodKind>, member: usize) -> u32 {
        let history = match kind.and_then(|kind| self.elsewhere.history.get(&(rank, kind))) {
            Some(history) => history[member].cast_unsigned(),
            None => self.history[usize::from(rank)].get(member).copied().unwrap_or(0),
        };
        (history & ((1_u64 << periods.min(63)) - 1)).count_ones()
    }

    /// Takes over the ranks that an earlier run found.
    pub fn recall_rank(&mut self, member: usize) {
        let (rank, paid) = self.judged[member];
        self.rank[member] = rank;
        self.paid[member] = if self.forced[member] > 0 { self.forced[member] } else { paid };
    }

    /// Notes the rank that a member earned, and what it is paid on.
    pub fn set_rank(&mut self, member: usize, rank: u16) {
        self.rank[member] = rank;
        self.highest[member] = self.highest[member].max(rank);
        let mut paid = if self.plan.paid_as == PaidAs::Highest { self.highest[member] } else { rank };
        let former = self.former[member];
        let earned = paid;
        if earned < former && self.plan.demotion == Demotion::ByOne {
            paid = former - 1;
        }
        // Whoever was paid on a rank or a higher one has its grace.
        let in_grace = |number: &u16| {
            let rank = usize::from(*number) - 1;
            let missed = self.missed[rank].get(member).copied().unwrap_or(0);
            missed < i64::from(self.plan.ranks[rank].grace)
        };
        paid = (earned + 1..=former).rev().find(in_grace).map_or(paid, |grace| paid.max(grace));
        self.paid[member] = if self.forced[member] > 0 { self.forced[member] } else { paid };
    }
}

/// The number of a rank, the lowest is 1; 0 for one that the plan does not have.
pub fn rank_number(plan: &CheckedPlan, code: &str) -> u16 {
    let place = plan.ranks.iter().position(|rank| rank.code == code);
    place.and_then(|place| u16::try_from(place + 1).ok()).unwrap_or(0)
}
