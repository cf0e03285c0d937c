//! A way up, step by step: who was paid, who was passed over and why, and what stays with the company.

use rust_decimal::Decimal;

use super::super::found::Item;
use super::paths::Path;
use super::{Node, Told};
use crate::plan::checked::Bonus;
use crate::plan::result::{BaseKind, Passed, PassedReason, Source};

impl Told<'_> {
    /// What a way began with.
    pub(super) fn origin(&self, path: &Path) -> String {
        let from = self.number(path.item.from);
        match (path.item.source, path.item.on()) {
            (Source::Order(order), _) => format!("{} of {from}", self.order_name(order as usize)),
            (_, Some(on)) => format!("{} of {from}", self.plan.bonuses[usize::from(on)].code),
            _ => from.to_owned(),
        }
    }

    /// What an order, by index, is called; a return that counts as one likewise.
    pub(super) fn order_name(&self, order: usize) -> String {
        let place = self.standing.field.orders.place[order] as usize;
        if let Some(order) = self.snapshot.orders.get(place) {
            return format!("order {}", order.number);
        }
        let back = self.standing.field.orders.returned.get(place - self.snapshot.orders.len());
        let back = back.and_then(|back| self.snapshot.takebacks.get(back.takeback as usize));
        format!("return {}", back.map_or("", |back| &back.return_number))
    }

    /// The steps of a way.
    pub(super) fn steps(&self, bonus: &Bonus, path: &Path) -> Vec<Node> {
        let mut nodes = Vec::new();
        let start = Some(path.item.start);
        let pass = |passed: &Passed| Node::leaf(self.passed(Some(bonus), Some(&path.item), start, *passed));
        for (passed, line) in &path.paid {
            nodes.extend(passed.iter().map(pass));
            let amount = self.amount(bonus, line.amount_minor);
            nodes.push(Node::leaf(format!("level {}: {} gets {amount}", line.level, self.number(line.member))));
        }
        nodes.extend(path.left.iter().map(pass));
        if path.more > 0 {
            nodes.push(Node::leaf(format!("{} more are passed over", path.more)));
        }
        nodes.extend(self.lost(bonus, path));
        nodes
    }

    /// Why a member, by index, was passed over on the way from `start`, and on which item, where these are known.
    pub(super) fn passed(
        &self,
        bonus: Option<&Bonus>,
        item: Option<&Item>,
        start: Option<u32>,
        passed: Passed,
    ) -> String {
        let member = passed.member;
        let reason = match passed.reason {
            PassedReason::NotEarning => "the account may not earn".to_owned(),
            PassedReason::NotActive => "not active".to_owned(),
            PassedReason::NotQualified => "a condition of the bonus is not met".to_owned(),
            PassedReason::RankTooLow => match bonus {
                Some(bonus) => self.no_right(bonus, item, start, member),
                None => "it has no right to the level".to_owned(),
            },
        };
        let what = if passed.used_level { "uses up a level" } else { "is passed over" };
        format!("{} {what}: {reason}", self.number(member))
    }

    /// What nobody was paid: neighbouring levels together.
    fn lost(&self, bonus: &Bonus, path: &Path) -> Vec<Node> {
        let mut spans: Vec<(u16, u16, Decimal)> = Vec::new();
        for (level, rate) in &path.lost {
            let amount = self.worth(bonus, path, *rate);
            match spans.last_mut() {
                Some((_, last, sum)) if *last + 1 == *level => (*last, *sum) = (*level, *sum + amount),
                _ => spans.push((*level, *level, amount)),
            }
        }
        let told = |(first, last, amount): (u16, u16, Decimal)| {
            let levels = if first == last { format!("level {first}") } else { format!("levels {first} to {last}") };
            Node::leaf(format!("{levels}: nobody; {} stays with the company", amount.normalize()))
        };
        spans.into_iter().filter(|(.., amount)| !amount.is_zero()).map(told).collect()
    }

    /// A rate on what a way began with, in whole units of the currency.
    fn worth(&self, bonus: &Bonus, path: &Path, rate: Decimal) -> Decimal {
        let base = match bonus.base {
            BaseKind::Fixed => Decimal::from(path.item.base),
            kind => kind.to_decimal(path.item.base, self.result.currency),
        };
        let value = if bonus.base.is_volume() { self.plan.point_value } else { Decimal::ONE };
        base.checked_mul(rate).and_then(|amount| amount.checked_mul(value)).unwrap_or_default()
    }

    /// All that nobody was paid on a way.
    pub(super) fn breakage(&self, bonus: &Bonus, path: &Path) -> Decimal {
        let value = if bonus.base.is_volume() { self.plan.point_value } else { Decimal::ONE };
        let first = path.unclaimed.checked_mul(value).unwrap_or_default();
        let all = path.lost.iter().try_fold(first, |sum, (_, rate)| sum.checked_add(self.worth(bonus, path, *rate)));
        all.unwrap_or_default().normalize()
    }
}
