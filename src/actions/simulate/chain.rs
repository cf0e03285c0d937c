//! What one simulated period leaves to the next: the memory of its run, the best ranks, and the lines that
//! goods take back which come back later.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::ids::{MemberId, OrderId};
use crate::domain::money::Volume;
use crate::plan::originals::{Originals, Ran, Reach};
use crate::plan::{Amounts, OriginalLine, RunResult, Snapshot, SnapshotOrder, Takeback};

/// The simulated periods so far.
#[derive(Default)]
pub struct Chain {
    periods: Vec<Simulated>,
}

/// A period that was simulated.
struct Simulated(Snapshot, RunResult);

impl Ran for Simulated {
    fn snapshot(&self) -> &Snapshot {
        &self.0
    }

    fn result(&self) -> &RunResult {
        &self.1
    }
}

impl Chain {
    /// Gives a snapshot what the simulated periods left, in the place of what the committed runs left.
    pub fn carry(&self, snapshot: &mut Snapshot) {
        let Some(Simulated(_, last)) = self.periods.last() else { return };
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
            self.take_back(snapshot);
        }
    }

    /// Remembers a simulated period.
    pub fn push(&mut self, snapshot: Snapshot, result: RunResult) {
        self.periods.push(Simulated(snapshot, result));
    }

    /// Goods of a simulated period take back what the simulation paid on them; goods of earlier periods what
    /// was really paid, less what the simulation took back of it.
    fn take_back(&self, snapshot: &mut Snapshot) {
        let wanted: HashMap<OrderId, &Takeback> =
            snapshot.takebacks.iter().map(|takeback| (takeback.original_order, takeback)).collect();
        let originals = Originals::new(&self.periods);
        let mut paid: BTreeMap<OrderId, Vec<OriginalLine>> = BTreeMap::new();
        for place in 0..self.periods.len() {
            self.paid(place, &originals, &wanted, &mut paid);
        }
        let less = |lines: &mut Vec<OriginalLine>| {
            for line in lines {
                let (base, amount) = originals.taken(line.id);
                line.base_taken = line.base_taken.saturating_add(base);
                line.taken_minor = line.taken_minor.saturating_add(amount);
            }
        };
        for takeback in &mut snapshot.takebacks {
            match paid.get(&takeback.original_order) {
                Some(lines) => takeback.lines.clone_from(lines),
                None => less(&mut takeback.lines),
            }
        }
        let run = |line: &OriginalLine| (line.kind, line.ended);
        let simulated: HashSet<_> = self.periods.iter().map(|Simulated(s, _)| (s.period.kind, s.period.last)).collect();
        snapshot.on_amounts.retain(|line| !simulated.contains(&run(line)));
        less(&mut snapshot.on_amounts);
        let reach = Reach::new(&snapshot.state_keys, &snapshot.state);
        let more = originals.on_amounts(&snapshot.takebacks, &snapshot.on_amounts, reach);
        snapshot.on_amounts.extend(more);
    }

    /// For each wanted order of a period the lines on it. `wanted` are the orders with a return, which
    /// knows their amounts before anything came back.
    fn paid(
        &self,
        place: usize,
        originals: &Originals<'_, Simulated>,
        wanted: &HashMap<OrderId, &Takeback>,
        paid: &mut BTreeMap<OrderId, Vec<OriginalLine>>,
    ) {
        let orders = &self.periods[place].0.orders;
        // What a period did not pay on had come back by its end.
        let mut sold: HashMap<OrderId, Vec<&SnapshotOrder>> = HashMap::new();
        for order in orders.iter().filter(|order| wanted.contains_key(&order.id)) {
            sold.entry(order.id).or_default().push(order);
            paid.entry(order.id).or_default();
        }
        let unpaid = |order: OrderId, line: &OriginalLine| {
            let Some(takeback) = wanted.get(&order) else { return Amounts::default() };
            let part = takeback.part_of(line);
            let own = |sold: &&&SnapshotOrder| part.is_none_or(|part| part.line == *sold.line);
            let sold = sold.get(&order).into_iter().flatten().filter(own);
            sold.fold(part.map_or(takeback.total, |part| part.total), |left, sold| less(&left, &sold.amounts))
        };
        let chosen = |at: u32| wanted.contains_key(&orders[at as usize].id);
        for (order, line) in originals.of_orders(place, chosen) {
            let unpaid = unpaid(order, &line);
            paid.entry(order).or_default().push(OriginalLine { unpaid, ..line });
        }
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
