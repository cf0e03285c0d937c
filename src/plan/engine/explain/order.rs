//! One order: where its volume went, whom it paid, and what became breakage.

use super::super::memory::first_day;
use super::super::tree::NONE;
use super::super::volumes;
use super::conditions::About;
use super::paths::Path;
use super::{Node, Told};
use crate::plan::checked::{Bonus, BonusSource, VolumeDef, VolumeScope};
use crate::plan::result::Source;
use crate::plan::snapshot::SnapshotOrder;

impl Told<'_> {
    /// Everything about an order, all its lines; where a member is named, what it got is said first.
    pub(super) fn order(&self, place: usize, member: Option<usize>) -> Node {
        let number = &self.snapshot.orders[place].number;
        let places: Vec<usize> =
            (0..self.snapshot.orders.len()).filter(|at| self.snapshot.orders[*at].number == *number).collect();
        let rows = || self.result.rows(self.snapshot).filter(|row| row.order == Some(self.snapshot.orders[place].id));
        let sum: i64 = rows().map(|row| row.amount_minor).sum();
        let buyer = self.standing.field.find(self.snapshot.orders[place].buyer);
        let buyer = buyer.map_or("nobody", |buyer| self.number(buyer));
        let text =
            format!("order {number} of {buyer}: pays {} {}", self.result.currency.plain(sum), self.result.currency);
        let mut nodes = Vec::new();
        if let Some(member) = member {
            let id = self.snapshot.members[member].id;
            let lines: Vec<Node> = rows().filter(|row| row.member == id).map(|row| self.line(&row)).collect();
            let what = if lines.is_empty() { "gets nothing from it" } else { "gets" };
            nodes.push(Node::of(format!("{} {what}", self.snapshot.members[member].number), lines));
        }
        for place in places {
            let order = &self.snapshot.orders[place];
            let index = self.standing.field.orders.place.iter().position(|at| *at as usize == place);
            let Some(index) = index else { continue };
            nodes.push(self.amounts(order));
            nodes
                .push(Node::of("volume", self.plan.volumes.iter().map(|volume| self.counted(volume, index)).collect()));
            for (at, bonus) in self.bonuses() {
                if let BonusSource::Orders(_) = bonus.source {
                    nodes.push(self.order_under(index, at, bonus));
                }
            }
        }
        Node::of(text, nodes)
    }

    fn amounts(&self, order: &SnapshotOrder) -> Node {
        let money = |minor| self.result.currency.plain(minor);
        let amounts = &order.amounts;
        let line = if order.line.is_empty() { String::new() } else { format!(", line {}", order.line) };
        Node::leaf(format!(
            "{} {}{line}: qv {}, cv {}, paid {}, wholesale {}",
            order.day,
            order.order_type,
            amounts.qv,
            amounts.cv,
            money(amounts.paid_minor),
            money(amounts.wholesale_minor)
        ))
    }

    /// For whom an order counts in a volume.
    fn counted(&self, volume: &VolumeDef, index: usize) -> Node {
        let orders = &self.standing.field.orders;
        let first = first_day(self.plan, volume, self.snapshot.period.last);
        if let Some(first) = first.filter(|first| orders.day[index] < first.0) {
            let first = Node::leaf(format!("the days from {first} on do"));
            return Node::of(format!("{}: does not count", volume.name), vec![first]);
        }
        let whose = orders.whose(index, volume.counts_for);
        let owner = whose.and_then(|whose| volumes::owner(self.standing, volume, whose));
        let Some(owner) = owner else {
            return Node::leaf(format!("{}: counts for nobody", volume.name));
        };
        let mut about = About::order(self.standing, index);
        about.at.from = Some(owner as usize);
        let by_member = volume.scope == VolumeScope::Organisation && volume.reads_member();
        if let Some(failing) = about.failing(&volume.orders).filter(|_| !by_member) {
            return Node::of(format!("{}: does not count", volume.name), vec![failing]);
        }
        let value = about.value(&volume.of);
        let tree = self.standing.tree(volume.tree);
        let mut above = 0_u32;
        let mut at = tree.parent[owner as usize];
        while at != NONE {
            above += 1;
            at = tree.parent[at as usize];
        }
        let deep = match volume.scope {
            VolumeScope::Organisation if volume.depth > 0 => above.min(volume.depth.into()),
            VolumeScope::Organisation => above,
            _ => 0,
        };
        let owner = self.number(owner);
        Node::leaf(match volume.scope {
            VolumeScope::Organisation if by_member => {
                let cond = about.words.condition(&volume.orders);
                format!("{}: {value} for {owner} and {deep} above, for each of whom “{cond}” holds", volume.name)
            }
            VolumeScope::Organisation => format!("{}: {value} for {owner} and {deep} above", volume.name),
            VolumeScope::PersonalGroup => {
                format!("{}: {value} for {owner} and up to the head of the group", volume.name)
            }
            _ => format!("{}: {value} for {owner}", volume.name),
        })
    }

    fn order_under(&self, index: usize, at: usize, bonus: &Bonus) -> Node {
        let nothing = |nodes| Node::of(format!("{}: not one of its orders", bonus.code), nodes);
        if let Some(kind) = bonus.period.filter(|kind| *kind != self.snapshot.period.kind) {
            return nothing(vec![Node::leaf(format!("it is paid in runs over a {kind} only"))]);
        }
        if let BonusSource::Orders(cond) = &bonus.source
            && let Some(failing) = About::order(self.standing, index).failing(cond)
        {
            return nothing(vec![failing]);
        }
        if self.standing.field.orders.whose(index, bonus.counts_for).is_none() {
            return nothing(vec![Node::leaf("it came through nobody but its buyer")]);
        }
        if let Some(other) = self.taken_by(bonus, index) {
            return nothing(vec![Node::leaf(format!("it belongs to {other}"))]);
        }
        let ways = self.seen.ways_of(at);
        let of_order = |path: &&Path| matches!(path.item.source, Source::Order(order) if order as usize == index);
        let Some(path) = ways.and_then(|ways| ways.all.iter().find(of_order)) else {
            return Node::of(format!("{}: nothing to pay on", bonus.code), Vec::new());
        };
        let paid: i64 = path.paid.iter().map(|(_, line)| line.amount_minor).sum();
        let breakage = self.breakage(bonus, path);
        let text = format!("{}: {} paid, breakage {breakage}", bonus.code, self.amount(bonus, paid));
        Node::of(text, self.steps(bonus, path))
    }
}
