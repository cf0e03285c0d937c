//! Where every member stands: volumes, activity, ranks, counts, what pairings and bonuses gave.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::derived::Trees;
use super::field::Field;
use super::tree::{NONE, Tree};
use crate::domain::money::Currency;
use crate::plan::checked::{CheckedPlan, PaidAs, VolumeScope};
use crate::plan::expr::TreeRef;
use crate::plan::snapshot::Snapshot;

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
    /// Number of orders, per member.
    pub orders: Vec<u32>,
    /// As which of its enroller's distributors each member was enrolled. Empty if the plan does not ask.
    pub recruit: Vec<u32>,
    /// Place of each member's market among the plan's words, plus 1; 0 for others. Empty if the plan names none.
    pub market: Vec<u16>,
    /// A number for each member's market. Empty if no volume is added up by market.
    pub markets: Vec<u32>,
    /// The same of each order's product line.
    pub line: Vec<u16>,
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
    /// Periods for which a rank has been paid on in grace, this one included.
    pub grace: Vec<u16>,
    /// Per aggregate of the plan that counts, per member.
    pub counts: Vec<Vec<u32>>,
    /// Per aggregate of the plan that adds up or compares, per member.
    pub sums: Vec<Vec<Decimal>>,
    /// Per rank that is followed over periods, per member: periods held in a row. Empty for others.
    pub held: Vec<Vec<u32>>,
    /// Per rank that is followed: in which of the periods before it was earned; the lowest bit is the last one.
    pub history: Vec<Vec<u64>>,
    /// Per pairing, per member: what was matched.
    pub pairs: Vec<super::pairs::Sides>,
    /// Per bonus, per member: what it pays, in minor units or ten-thousandths of a point. Empty if nothing reads it.
    pub amounts: Vec<Vec<i64>>,
    /// Per bonus, per member: what earlier runs within the period paid. Empty if nothing reads it.
    pub within: Vec<Vec<i64>>,
    /// Per bonus, per member: what all earlier runs paid. Empty if nothing reads it.
    pub ever: Vec<Vec<i64>>,
    /// The currency.
    pub currency: Currency,
}

impl<'a> Standing<'a> {
    /// Nothing known yet but the members, and the ranks that were known before.
    pub fn new(plan: &'a CheckedPlan, field: &'a Field, snapshot: &Snapshot) -> Self {
        let count = field.len();
        let given = |member: usize| &snapshot.members[field.place[member] as usize];
        let of = |code: Option<&String>| code.map_or(0, |code| rank_number(plan, code));
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
            orders: vec![0; count],
            recruit: Vec::new(),
            market,
            markets: if by_market(plan) {
                numbered((0..count).map(|member| &*given(member).market))
            } else {
                Vec::new()
            },
            line: orders
                .map(|place| snapshot.orders.get(*place as usize).map_or(0, |order| word(&order.line)))
                .collect(),
            active: vec![false; count],
            rank: vec![0; count],
            paid: vec![0; count],
            downline,
            highest: (0..count).map(|member| of(given(member).highest_rank.as_ref())).collect(),
            former: vec![0; count],
            forced: (0..count).map(|member| of(given(member).forced_rank.as_ref())).collect(),
            judged: Vec::new(),
            grace: vec![0; count],
            counts: vec![Vec::new(); plan.aggregates.len()],
            sums: vec![Vec::new(); plan.aggregates.len()],
            held: Vec::new(),
            history: Vec::new(),
            pairs: Vec::new(),
            amounts: vec![Vec::new(); plan.bonuses.len()],
            within: vec![Vec::new(); plan.bonuses.len()],
            ever: vec![Vec::new(); plan.bonuses.len()],
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

    /// The seller of a buyer: the buyer, or for a customer the distributor above. `None` where there is none.
    pub fn seller(&self, buyer: u32) -> Option<u32> {
        Some(self.field.seller[buyer as usize]).filter(|seller| *seller != NONE)
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
        if paid < former && self.grace[member] < self.plan.ranks[usize::from(former) - 1].grace {
            paid = former;
        }
        self.paid[member] = if self.forced[member] > 0 { self.forced[member] } else { paid };
    }
}

/// Whether a volume is added up by market.
pub fn by_market(plan: &CheckedPlan) -> bool {
    plan.volumes.iter().any(|volume| volume.scope == VolumeScope::Market)
}

/// A number for each text, the same for the same ones.
fn numbered<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u32> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    texts
        .map(|text| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(text).or_insert(next)
        })
        .collect()
}

/// The number of a rank, the lowest is 1; 0 for one that the plan does not have.
pub fn rank_number(plan: &CheckedPlan, code: &str) -> u16 {
    let place = plan.ranks.iter().position(|rank| rank.code == code);
    place.and_then(|place| u16::try_from(place + 1).ok()).unwrap_or(0)
}
