//! What one simulated period leaves to the next: the memory of its run, the best ranks, and the lines that
//! goods take back which come back later.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::ids::{LineId, MemberId, OrderId};
use crate::domain::money::Volume;
use crate::plan::{Amounts, EarningLine, LineKind, OriginalLine, RunResult, Snapshot, Source, Takeback};

/// The simulated periods so far.
#[derive(Default)]
pub struct Chain {
    periods: Vec<(Snapshot, RunResult)>,
}

impl Chain {
    /// Gives a snapshot what the simulated periods left, in the place of what the committed runs left.
    pub fn carry(&self, snapshot: &mut Snapshot) {
        let Some((_, last)) = self.periods.last() else { return };
        snapshot.state_keys.clone_from(&last.state_keys);
        snapshot.state.clone_from(&last.state);
        let best: HashMap<MemberId, &str> = last
            .members
            .iter()
            .filter_map(|member| Some((member.id, last.ranks[usize::from(member.highest_rank?)].code.as_str())))
            .collect();
        for member in &mut snapshot.members {
            member.highest_rank = best.get(&member.id).map(|code| (*code).into());
        }
        if !snapshot.takebacks.is_empty() {
            self.take_back(&mut snapshot.takebacks);
        }
    }

    /// Remembers a simulated period.
    pub fn push(&mut self, snapshot: Snapshot, result: RunResult) {
        self.periods.push((snapshot, result));
    }

    /// Goods of a simulated period take back what the simulation paid on them; goods of earlier periods what
    /// was really paid.
    fn take_back(&self, takebacks: &mut [Takeback]) {
        let wanted: HashMap<OrderId, Amounts> =
            takebacks.iter().map(|takeback| (takeback.original_order, takeback.total)).collect();
        let mut paid: BTreeMap<OrderId, Vec<OriginalLine>> = BTreeMap::new();
        for place in 0..self.periods.len() {
            self.paid(place, &wanted, &mut paid);
        }
        for takeback in takebacks {
            if let Some(lines) = paid.get(&takeback.original_order) {
                takeback.lines.clone_from(lines);
            }
        }
    }

    /// For each wanted order of a period the lines on it, and those on the amounts of their earners.
    /// `wanted` are the orders with their amounts before anything came back.
    fn paid(&self, place: usize, wanted: &HashMap<OrderId, Amounts>, paid: &mut BTreeMap<OrderId, Vec<OriginalLine>>) {
        let (snapshot, result) = &self.periods[place];
        let wanted_here: HashSet<u32> =
            (0..).zip(&snapshot.orders).filter(|(_, order)| wanted.contains_key(&order.id)).map(|(at, _)| at).collect();
        if wanted_here.is_empty() {
            return;
        }
        // What a period did not pay on had come back by its end.
        let mut unpaid = wanted.clone();
        for at in &wanted_here {
            let order = &snapshot.orders[*at as usize];
            unpaid.entry(order.id).and_modify(|left| *left = less(left, &order.amounts));
        }
        let mut earners: HashMap<u32, Vec<OrderId>> = HashMap::new();
        for at in &wanted_here {
            paid.entry(snapshot.orders[*at as usize].id).or_default();
        }
        for (index, line) in result.lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Earned) {
            if let Source::Order(at) = line.source()
                && wanted_here.contains(&at)
            {
                let order = snapshot.orders[at as usize].id;
                let unpaid = unpaid.get(&order).copied().unwrap_or_default();
                paid.entry(order).or_default().push(OriginalLine { unpaid, ..self.original(place, index) });
                let orders = earners.entry(line.member).or_default();
                if !orders.contains(&order) {
                    orders.push(order);
                }
            }
        }
        for (index, line) in result.lines.iter().enumerate() {
            let orders = line.from().filter(|_| line.on().is_some() && line.kind == LineKind::Earned);
            for order in orders.and_then(|from| earners.get(&from)).into_iter().flatten() {
                let lines = paid.entry(*order).or_default();
                if lines.iter().all(|known| known.id != name(place, index)) {
                    lines.push(self.original(place, index));
                }
            }
        }
    }

    fn original(&self, place: usize, index: usize) -> OriginalLine {
        let (snapshot, result) = &self.periods[place];
        let row = result.row(snapshot, index);
        let id = name(place, index);
        let (base_taken, taken_minor) = self.taken(place, id);
        OriginalLine {
            id,
            member: row.member,
            bonus: row.bonus.to_owned(),
            on: row.on.map(ToOwned::to_owned),
            from: row.from,
            level: row.level,
            base: row.base,
            base_kind: row.base_kind,
            rate: row.rate,
            amount_minor: row.amount_minor,
            base_taken,
            taken_minor,
            unpaid: Amounts::default(),
        }
    }

    /// How much the simulated periods since have taken back of a line: base and amount, both positive.
    fn taken(&self, place: usize, id: LineId) -> (i64, i64) {
        let since = self.periods[place + 1..].iter().flat_map(|(_, result)| {
            let takes = |line: &&EarningLine| match line.source() {
                Source::Takeback(taken) => result.taken[taken as usize].line == Some(id),
                _ => false,
            };
            let any = result.taken.iter().any(|taken| taken.line == Some(id));
            result.lines.iter().filter(move |_| any).filter(takes)
        });
        since.fold((0, 0), |(base, amount), line| (base - line.base, amount - line.amount_minor))
    }
}

fn less(a: &Amounts, b: &Amounts) -> Amounts {
    Amounts {
        qv: Volume(a.qv.0.saturating_sub(b.qv.0)),
        cv: Volume(a.cv.0.saturating_sub(b.cv.0)),
        paid_minor: a.paid_minor.saturating_sub(b.paid_minor),
        wholesale_minor: a.wholesale_minor.saturating_sub(b.wholesale_minor),
    }
}

/// A number for a line of the simulation; the stored lines have positive ones.
fn name(place: usize, index: usize) -> LineId {
    let of = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    LineId(-(of(place).saturating_mul(1 << 40).saturating_add(of(index)).saturating_add(1)))
}
