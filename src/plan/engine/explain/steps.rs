//! A way up, step by step: who was paid, who was passed over and why, and what stays with the company.

use rust_decimal::Decimal;

use super::conditions::About;
use super::paths::Path;
use super::{Node, Told};
use crate::plan::checked::Bonus;
use crate::plan::result::{BaseKind, Passed, PassedReason, Source};

impl Told<'_> {
    /// What a way began with.
    pub(super) fn origin(&self, path: &Path) -> String {
        let from = self.number(path.item.from);
        match (path.item.source, path.item.on) {
            (Source::Order(order), _) => {
                let place = self.standing.field.orders.place[order as usize] as usize;
                format!("order {} of {from}", self.snapshot.orders[place].number)
            }
            (_, Some(on)) => format!("{} of {from}", self.plan.bonuses[usize::from(on)].code),
            _ => from.to_owned(),
        }
    }

    /// The steps of a way.
    pub(super) fn steps(&self, bonus: &Bonus, path: &Path) -> Vec<Node> {
        let mut nodes = Vec::new();
        let pass = |passed: &Passed| Node::leaf(self.passed(passed.member, *passed));
        for (passed, line) in &path.paid {
            nodes.extend(passed.iter().map(pass));
            let amount = self.result.currency.plain(line.amount_minor);
            nodes.push(Node::leaf(format!("level {}: {} gets {amount}", line.level, self.number(line.member))));
        }
        nodes.extend(path.left.iter().map(pass));
        if path.more > 0 {
            nodes.push(Node::leaf(format!("{} more are passed over", path.more)));
        }
        nodes.extend(self.lost(bonus, path));
        nodes
    }

    /// Why a member, by index, was passed over.
    pub(super) fn passed(&self, member: u32, passed: Passed) -> String {
        let about = About::member(self.standing, member as usize);
        let reason = match passed.reason {
            PassedReason::NotEarning => "the account may not earn".to_owned(),
            PassedReason::NotActive => "not active".to_owned(),
            PassedReason::NotQualified => "a condition of the bonus is not met".to_owned(),
            PassedReason::RankTooLow => {
                let rank = about.rank_name(self.standing.paid[member as usize]);
                format!("paid as {rank}, which has no right to the level")
            }
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
