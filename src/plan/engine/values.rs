//! The values of expressions.

use chrono::Datelike;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::standing::Standing;
use super::tree::NONE;
use crate::domain::calendar::Day;
use crate::domain::money::Volume;
use crate::domain::period_calendar::Weekday;
use crate::plan::checked::CountsFor;
use crate::plan::expr::{AttributeKind, Cond, MemberField, Num, OrderField, RankTerm};
use crate::plan::snapshot::Amounts;

/// A value that does not exist: a division by zero, or a number out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoValue;

/// What an expression is about besides its member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The order, by index.
    pub order: Option<usize>,
    /// Whose order or amount it is, by index.
    pub from: Option<usize>,
}

impl At {
    /// Nothing but the member.
    pub const MEMBER: Self = Self { order: None, from: None };

    /// An order; the member is its buyer.
    pub const fn order(order: usize) -> Self {
        Self { order: Some(order), from: None }
    }
}

/// Months since year 0 of a day.
pub fn month(day: i32) -> i32 {
    let date = Day(day).date();
    date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0)
}

/// What was paid above the wholesale price. A margin of the wrong sign is none: nobody pays for goods sold below cost.
pub fn margin(amounts: &Amounts) -> Option<i64> {
    let margin = amounts.paid_minor.checked_sub(amounts.wholesale_minor)?;
    Some(if margin.signum() == amounts.paid_minor.signum() { margin } else { 0 })
}

impl Standing<'_> {
    /// Whether a condition holds for a member.
    pub fn holds(&self, cond: &Cond, member: usize, at: At) -> Result<bool, NoValue> {
        Ok(match cond {
            Cond::Always(value) => *value,
            Cond::Active => self.active[member],
            Cond::Customer => !self.field.kind[member].may_earn(),
            Cond::Not(inner) => !self.holds(inner, member, at)?,
            Cond::All(parts) => {
                for part in parts {
                    if !self.holds(part, member, at)? {
                        return Ok(false);
                    }
                }
                true
            }
            Cond::Any(parts) => {
                for part in parts {
                    if self.holds(part, member, at)? {
                        return Ok(true);
                    }
                }
                false
            }
            Cond::Numbers(op, left, right) => {
                op.holds(&self.number(left, member, at)?, &self.number(right, member, at)?)
            }
            Cond::Volume(op, volume, value) => op.holds(&self.volumes[usize::from(*volume)][member], value),
            Cond::Count(op, count, value) => op.holds(&i64::from(self.counts[usize::from(*count)][member]), value),
            Cond::Ranks(op, left, right) => op.holds(&self.rank_of(*left, member), &self.rank_of(*right, member)),
            Cond::Kind(kind) => self.field.kind[member] == *kind,
            Cond::Status(status) => self.field.status[member] == *status,
            Cond::Type(kind) => at.order.is_some_and(|order| self.field.orders.kind[order] == *kind),
            Cond::Through => at.order.is_some_and(|order| self.field.orders.whose(order, CountsFor::Through).is_some()),
            Cond::Mine => at.from.is_some_and(|from| self.field.enroller.parent[from] as usize == member),
            Cond::Weekday(day) => at.order.is_some_and(|order| Weekday::of(Day(self.field.orders.day[order])) == *day),
            Cond::Market(word) => self.market.get(member).is_some_and(|market| *market == word + 1),
            Cond::Attribute(op, attribute, place) => {
                op.holds(&self.field.attributes[usize::from(*attribute)][member], place)
            }
            Cond::Line(word) => at.order.is_some_and(|order| self.line.get(order) == Some(&(word + 1))),
            Cond::From(inner) => self.holds(inner, at.from.unwrap_or(member), at)?,
            Cond::Above(tree, inner) => match self.field.tree(*tree).parent[member] {
                NONE => false,
                above => self.holds(inner, above as usize, at)?,
            },
        })
    }

    /// The value of a number for a member.
    pub fn number(&self, num: &Num, member: usize, at: At) -> Result<Decimal, NoValue> {
        let value = |num: &Num| self.number(num, member, at);
        let column = |column: Option<&Vec<i64>>| column.and_then(|column| column.get(member)).copied().unwrap_or(0);
        Ok(match num {
            Num::Const(value) => *value,
            Num::Volume(volume) => Volume(self.volumes[usize::from(*volume)][member]).to_decimal(),
            Num::Before(volume, periods) => Volume(column(self.before.get(&(*volume, *periods)))).to_decimal(),
            Num::Now(place, next) => {
                if self.resting.get(usize::from(*place)).copied().unwrap_or(false) {
                    Volume(column(self.before.get(&(*place, 1)))).to_decimal()
                } else {
                    value(next)?
                }
            }
            Num::Count(count) => self.counts[usize::from(*count)][member].into(),
            Num::Gathered(sum) => self.sums[usize::from(*sum)][member],
            Num::Member(field) => self.member_number(*field, member),
            Num::Order(field) => match at.order {
                Some(order) => self.order_number(*field, order, (member, at.from.unwrap_or(member)))?,
                None => Decimal::ZERO,
            },
            Num::Capped(volume, limit) => self.capped(usize::from(*volume), value(limit)?, member)?,
            Num::SoFar(volume) => Volume(self.so_far(usize::from(*volume), member, at.order)).to_decimal(),
            Num::Leg(volume, place) => self.leg(usize::from(*volume), value(place)?, member),
            Num::Held(rank) => self.held(*rank, self.plan.ranks_period, member).into(),
            Num::HeldIn(rank, kind) => self.held(*rank, Some(*kind), member).into(),
            Num::Earned(rank, periods) => self.earned(*rank, *periods, self.plan.ranks_period, member).into(),
            Num::EarnedIn(rank, periods, kind) => self.earned(*rank, *periods, Some(*kind), member).into(),
            Num::Pair(pair, field) => Volume(self.pairs[usize::from(*pair)].get(*field, member)).to_decimal(),
            Num::Bonus(bonus) => self.money_or_points(*bonus, column(self.amounts.get(usize::from(*bonus)))),
            Num::PaidWithin(bonus, kind) => self.money_or_points(*bonus, column(self.within.get(&(*bonus, *kind)))),
            Num::PaidEver(bonus) => self.money_or_points(*bonus, column(self.ever.get(usize::from(*bonus)))),
            Num::Total(bonus) => self.money_or_points(*bonus, self.totals[usize::from(*bonus)]),
            Num::Breakage(bonus) => self.breakage[usize::from(*bonus)],
            Num::Leftover(bonus) => self.currency.to_decimal(self.leftover[usize::from(*bonus)]),
            Num::LeftoverBefore(bonus) => self.currency.to_decimal(self.leftover_before[usize::from(*bonus)]),
            Num::Lookup(table, inner) => self.lookup(*table, value(inner)?),
            Num::Slices(table, inner) => self.slices(*table, value(inner)?)?,
            Num::Floor(inner) => value(inner)?.floor(),
            Num::Ceil(inner) => value(inner)?.ceil(),
            Num::Round(inner, places) => {
                value(inner)?.round_dp_with_strategy(*places, RoundingStrategy::MidpointAwayFromZero)
            }
            Num::From(inner) => self.number(inner, at.from.unwrap_or(member), at)?,
            Num::Above(tree, inner) => match self.field.tree(*tree).parent[member] {
                NONE => Decimal::ZERO,
                above => self.number(inner, above as usize, at)?,
            },
            Num::Negative(inner) => -value(inner)?,
            Num::Plus(a, b) => value(a)?.checked_add(value(b)?).ok_or(NoValue)?,
            Num::Minus(a, b) => value(a)?.checked_sub(value(b)?).ok_or(NoValue)?,
            Num::Times(a, b) => value(a)?.checked_mul(value(b)?).ok_or(NoValue)?,
            Num::Over(a, b) => value(a)?.checked_div(value(b)?).ok_or(NoValue)?,
            Num::Least(parts) => self.extreme(parts, member, at, Decimal::min)?,
            Num::Greatest(parts) => self.extreme(parts, member, at, Decimal::max)?,
            Num::If(cond, a, b) => value(if self.holds(cond, member, at)? { a } else { b })?,
        })
    }

    fn extreme(
        &self,
        parts: &[Num],
        member: usize,
        at: At,
        pick: fn(Decimal, Decimal) -> Decimal,
    ) -> Result<Decimal, NoValue> {
        let mut best = None;
        for part in parts {
            let value = self.number(part, member, at)?;
            best = Some(best.map_or(value, |best| pick(best, value)));
        }
        best.ok_or(NoValue)
    }

    fn member_number(&self, field: MemberField, member: usize) -> Decimal {
        let joined = self.field.joined[member];
        match field {
            MemberField::DaysEnrolled => (i64::from(self.last_day) - i64::from(joined)).into(),
            MemberField::MonthsEnrolled => (i64::from(self.last_month) - i64::from(month(joined))).into(),
            MemberField::Orders => self.orders[member].into(),
            MemberField::OrdersEver => {
                (u64::from(self.orders[member]) + u64::from(self.field.orders_before[member])).into()
            }
            MemberField::Recruit => self.recruit.get(member).copied().unwrap_or(0).into(),
            MemberField::RankNumber => self.paid[member].into(),
            MemberField::PeriodMonth => (self.last_month.rem_euclid(12) + 1).into(),
            MemberField::Market => self.market_number.get(member).copied().unwrap_or(0).into(),
            MemberField::Joined => joined.into(),
            MemberField::PeriodStart => self.first_day.into(),
            MemberField::PeriodEnd => self.last_day.into(),
            MemberField::Attribute(place) => {
                let value = self.field.attributes[usize::from(place)][member];
                match self.plan.attributes[usize::from(place)].kind {
                    AttributeKind::Number => Volume(value).to_decimal(),
                    _ => value.into(),
                }
            }
        }
    }

    /// A number of an order. It may also be about who earns, and about whose volume it is.
    fn order_number(
        &self,
        field: OrderField,
        order: usize,
        (earner, owner): (usize, usize),
    ) -> Result<Decimal, NoValue> {
        let orders = &self.field.orders;
        let amounts = &orders.amounts[order];
        let joined = self.field.joined[match field {
            OrderField::EarnerDays | OrderField::EarnerMonths => earner,
            OrderField::MemberDays | OrderField::MemberMonths => owner,
            _ => orders.buyer[order] as usize,
        }];
        let before = || orders.before.get(order).ok_or(NoValue);
        let whole = |of: &dyn Fn(usize) -> i64| {
            orders.whole(order).try_fold(0_i64, |sum, at| sum.checked_add(of(at))).ok_or(NoValue)
        };
        Ok(match field {
            OrderField::Cv => amounts.cv.to_decimal(),
            OrderField::Qv => amounts.qv.to_decimal(),
            OrderField::Paid => self.currency.to_decimal(amounts.paid_minor),
            OrderField::Wholesale => self.currency.to_decimal(amounts.wholesale_minor),
            OrderField::Margin => self.currency.to_decimal(margin(amounts).ok_or(NoValue)?),
            OrderField::BuyerDays | OrderField::EarnerDays | OrderField::MemberDays => {
                (i64::from(orders.day[order]) - i64::from(joined)).into()
            }
            OrderField::BuyerMonths | OrderField::EarnerMonths | OrderField::MemberMonths => {
                (month(orders.day[order]) - month(joined)).into()
            }
            OrderField::DayOfMonth => Day(orders.day[order]).date().day().into(),
            OrderField::Month => Day(orders.day[order]).date().month().into(),
            OrderField::Place => before()?.1.into(),
            OrderField::PlaceEver => {
                let earlier = self.field.orders_before[orders.buyer[order] as usize];
                (u64::from(before()?.1) + u64::from(earlier)).into()
            }
            OrderField::Sale => orders.sales.get(order).copied().ok_or(NoValue)?.into(),
            OrderField::SaleEver => {
                let seller = self.field.seller[orders.buyer[order] as usize];
                let earlier = orders.sales_before.get(seller as usize).copied().unwrap_or(0);
                (u64::from(orders.sales.get(order).copied().ok_or(NoValue)?) + u64::from(earlier)).into()
            }
            OrderField::Day => orders.day[order].into(),
            OrderField::Measure(place) => Volume(orders.measures[usize::from(place)][order]).to_decimal(),
            OrderField::WholeQv => Volume(whole(&|at| orders.amounts[at].qv.0)?).to_decimal(),
            OrderField::WholeCv => Volume(whole(&|at| orders.amounts[at].cv.0)?).to_decimal(),
            OrderField::WholePaid => self.currency.to_decimal(whole(&|at| orders.amounts[at].paid_minor)?),
            OrderField::WholeMeasure(place) => {
                Volume(whole(&|at| orders.measures[usize::from(place)][at])?).to_decimal()
            }
            OrderField::MeasureBefore(place) => {
                let column = orders.measures_before.get(usize::from(place)).ok_or(NoValue)?;
                Volume(column[order]).to_decimal()
            }
            OrderField::CvBefore => before()?.0.cv.to_decimal(),
            OrderField::QvBefore => before()?.0.qv.to_decimal(),
            OrderField::PaidBefore => self.currency.to_decimal(before()?.0.paid_minor),
        })
    }

    /// The number of a rank, the lowest is 1; 0 for none.
    pub fn rank_of(&self, term: RankTerm, member: usize) -> u16 {
        match term {
            RankTerm::Earned => self.rank[member],
            RankTerm::Paid => self.paid[member],
            RankTerm::Highest => self.highest[member],
            RankTerm::Former => self.former[member],
            RankTerm::Is(place) => place + 1,
        }
    }

    /// An amount of a bonus as expressions read it.
    pub fn money_or_points(&self, bonus: u16, amount: i64) -> Decimal {
        if self.plan.bonuses[usize::from(bonus)].points {
            Volume(amount).to_decimal()
        } else {
            self.currency.to_decimal(amount)
        }
    }

    fn lookup(&self, table: u16, value: Decimal) -> Decimal {
        let rows = &self.plan.tables[usize::from(table)].rows;
        let above = rows.partition_point(|(from, _)| *from <= value);
        above.checked_sub(1).map_or(Decimal::ZERO, |row| rows[row].1)
    }

    fn slices(&self, table: u16, value: Decimal) -> Result<Decimal, NoValue> {
        let rows = &self.plan.tables[usize::from(table)].rows;
        let mut sum = Decimal::ZERO;
        for (place, (from, rate)) in rows.iter().enumerate() {
            let to = rows.get(place + 1).map_or(value, |(next, _)| value.min(*next));
            if to > *from {
                let part = to.checked_sub(*from).and_then(|part| part.checked_mul(*rate)).ok_or(NoValue)?;
                sum = sum.checked_add(part).ok_or(NoValue)?;
            }
        }
        Ok(sum)
    }

    fn capped(&self, volume: usize, limit: Decimal, member: usize) -> Result<Decimal, NoValue> {
        let mut sum = Decimal::ZERO;
        for leg in self.legs(volume, member) {
            let leg = Volume(leg).to_decimal();
            sum = sum.checked_add(leg.min(limit)).ok_or(NoValue)?;
        }
        Ok(sum)
    }

    /// What the legs of a member have of a volume. Whoever is left out of a tree is no leg of it.
    fn legs(&self, volume: usize, member: usize) -> impl Iterator<Item = i64> + '_ {
        let tree = self.plan.volumes[volume].tree;
        let children = self.tree(tree).children(member).iter().map(|child| *child as usize);
        children.filter(move |child| self.stays(tree, *child)).map(move |child| self.volumes[volume][child])
    }

    /// What a volume was when an order had come.
    fn so_far(&self, volume: usize, member: usize, order: Option<usize>) -> i64 {
        let def = &self.plan.volumes[volume];
        let running = self.running.get(volume).and_then(Option::as_ref);
        let last = order.map(|order| self.field.orders.whole(order).end - 1);
        running.zip(last).map_or(0, |(running, last)| running.after(self.tree(def.tree), def, member, last))
    }

    fn leg(&self, volume: usize, place: Decimal, member: usize) -> Decimal {
        let mut legs: Vec<i64> = self.legs(volume, member).collect();
        legs.sort_unstable_by(|a, b| b.cmp(a));
        let place = place.to_usize().unwrap_or(0);
        place.checked_sub(1).and_then(|at| legs.get(at)).map_or(Decimal::ZERO, |leg| Volume(*leg).to_decimal())
    }
}
