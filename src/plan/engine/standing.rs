//! Where every member stands: volumes, activity, ranks, counts. Values of expressions.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::field::Field;
use super::tree::NONE;
use crate::domain::money::{Currency, Volume};
use crate::plan::checked::CheckedPlan;
use crate::plan::expr::{Cond, MemberField, Num, OrderField, RankTerm};

/// A value that does not exist: a division by zero, or a number out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoValue;

/// What is known about the members so far. Ranks are counted from 1; 0 is no rank.
pub struct Standing<'a> {
    /// The plan.
    pub plan: &'a CheckedPlan,
    /// The members and orders.
    pub field: &'a Field,
    /// Last day of the period.
    pub last_day: i32,
    /// Everybody below in the sponsor tree.
    pub downline: Vec<u32>,
    /// Per volume of the plan, per member.
    pub volumes: Vec<Vec<i64>>,
    /// Number of orders, per member.
    pub orders: Vec<u32>,
    /// Who is active.
    pub active: Vec<bool>,
    /// Ranks earned.
    pub rank: Vec<u16>,
    /// Ranks paid on.
    pub paid: Vec<u16>,
    /// Best ranks ever.
    pub highest: Vec<u16>,
    /// Per count of the plan, per member.
    pub counts: Vec<Vec<u32>>,
    /// Per rank that is followed over periods, per member: periods held in a row. Empty for others.
    pub held: Vec<Vec<u32>>,
    /// The currency.
    pub currency: Currency,
}

impl Standing<'_> {
    /// Whether a condition holds for a member, or for an order and its buyer.
    pub fn holds(&self, cond: &Cond, member: usize, order: Option<usize>) -> Result<bool, NoValue> {
        Ok(match cond {
            Cond::Always(value) => *value,
            Cond::Active => self.active[member],
            Cond::Customer => !self.field.kind[member].may_earn(),
            Cond::Not(inner) => !self.holds(inner, member, order)?,
            Cond::All(parts) => {
                for part in parts {
                    if !self.holds(part, member, order)? {
                        return Ok(false);
                    }
                }
                true
            }
            Cond::Any(parts) => {
                for part in parts {
                    if self.holds(part, member, order)? {
                        return Ok(true);
                    }
                }
                false
            }
            Cond::Numbers(op, left, right) => {
                op.holds(&self.number(left, member, order)?, &self.number(right, member, order)?)
            }
            Cond::Volume(op, volume, value) => op.holds(&self.volumes[usize::from(*volume)][member], value),
            Cond::Count(op, count, value) => op.holds(&i64::from(self.counts[usize::from(*count)][member]), value),
            Cond::Ranks(op, left, right) => op.holds(&self.rank_of(*left, member), &self.rank_of(*right, member)),
            Cond::Kind(kind) => self.field.kind[member] == *kind,
            Cond::Status(status) => self.field.status[member] == *status,
            Cond::Type(kind) => order.is_some_and(|order| self.field.orders.kind[order] == *kind),
        })
    }

    /// The value of a number for a member, or for an order and its buyer.
    pub fn number(&self, num: &Num, member: usize, order: Option<usize>) -> Result<Decimal, NoValue> {
        let value = |num: &Num| self.number(num, member, order);
        Ok(match num {
            Num::Const(value) => *value,
            Num::Volume(volume) => Volume(self.volumes[usize::from(*volume)][member]).to_decimal(),
            Num::Count(count) => self.counts[usize::from(*count)][member].into(),
            Num::Member(MemberField::Orders) => self.orders[member].into(),
            Num::Member(MemberField::DaysEnrolled) => {
                let day = order.map_or(self.last_day, |order| self.field.orders.day[order]);
                (i64::from(day) - i64::from(self.field.joined[member])).into()
            }
            Num::Order(field) => order.map_or(Decimal::ZERO, |order| self.order_number(*field, order)),
            Num::Capped(volume, limit) => self.capped(usize::from(*volume), value(limit)?, member)?,
            Num::Leg(volume, place) => self.leg(usize::from(*volume), value(place)?, member),
            Num::Held(rank) => self.held[usize::from(*rank)].get(member).copied().unwrap_or(0).into(),
            Num::Negative(inner) => -value(inner)?,
            Num::Plus(a, b) => value(a)?.checked_add(value(b)?).ok_or(NoValue)?,
            Num::Minus(a, b) => value(a)?.checked_sub(value(b)?).ok_or(NoValue)?,
            Num::Times(a, b) => value(a)?.checked_mul(value(b)?).ok_or(NoValue)?,
            Num::Over(a, b) => value(a)?.checked_div(value(b)?).ok_or(NoValue)?,
            Num::Least(parts) => self.extreme(parts, member, order, Decimal::min)?,
            Num::Greatest(parts) => self.extreme(parts, member, order, Decimal::max)?,
            Num::If(cond, a, b) => value(if self.holds(cond, member, order)? { a } else { b })?,
        })
    }

    fn extreme(
        &self,
        parts: &[Num],
        member: usize,
        order: Option<usize>,
        pick: fn(Decimal, Decimal) -> Decimal,
    ) -> Result<Decimal, NoValue> {
        let mut best = None;
        for part in parts {
            let value = self.number(part, member, order)?;
            best = Some(best.map_or(value, |best| pick(best, value)));
        }
        best.ok_or(NoValue)
    }

    fn order_number(&self, field: OrderField, order: usize) -> Decimal {
        let amounts = &self.field.orders.amounts[order];
        match field {
            OrderField::Cv => amounts.cv.to_decimal(),
            OrderField::Qv => amounts.qv.to_decimal(),
            OrderField::Paid => self.currency.to_decimal(amounts.paid_minor),
            OrderField::Wholesale => self.currency.to_decimal(amounts.wholesale_minor),
        }
    }

    fn rank_of(&self, term: RankTerm, member: usize) -> u16 {
        match term {
            RankTerm::Earned => self.rank[member],
            RankTerm::Paid => self.paid[member],
            RankTerm::Highest => self.highest[member],
            RankTerm::Is(place) => place + 1,
        }
    }

    fn capped(&self, volume: usize, limit: Decimal, member: usize) -> Result<Decimal, NoValue> {
        let mut sum = Decimal::ZERO;
        for child in self.field.children(member) {
            let leg = Volume(self.volumes[volume][*child as usize]).to_decimal();
            sum = sum.checked_add(leg.min(limit)).ok_or(NoValue)?;
        }
        Ok(sum)
    }

    fn leg(&self, volume: usize, place: Decimal, member: usize) -> Decimal {
        let mut legs: Vec<i64> =
            self.field.children(member).iter().map(|child| self.volumes[volume][*child as usize]).collect();
        legs.sort_unstable_by(|a, b| b.cmp(a));
        let place = place.to_usize().unwrap_or(0);
        place.checked_sub(1).and_then(|at| legs.get(at)).map_or(Decimal::ZERO, |leg| Volume(*leg).to_decimal())
    }

    /// The seller of a buyer: the buyer, or for a customer the distributor above. `None` where there is none.
    pub fn seller(&self, buyer: u32) -> Option<u32> {
        Some(self.field.seller[buyer as usize]).filter(|seller| *seller != NONE)
    }
}
