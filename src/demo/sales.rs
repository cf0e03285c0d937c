//! The orders of the demo company, one after the other in the order in which they were placed.
//!
//! Nothing is kept but a month's moments and the returns still to come, so the company may be large.

use std::collections::BTreeMap;

use super::basket;
use super::dice::Dice;
use super::field::{Field, Node};
use super::{MONTHS_OF_ORDERS, Recipe};
use crate::domain::calendar::Day;
use crate::domain::member::MemberKind;
use crate::domain::order::{OrderKind, OrderType, PaymentState};

/// One line of an order. Of a return, quantity, amounts and volumes are negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Index into the catalogue.
    pub product: usize,
    /// How many pieces.
    pub quantity: i64,
    /// Price of one piece, in minor units.
    pub unit_price_minor: i64,
    /// Price of the line, in minor units.
    pub amount_minor: i64,
    /// The line at the wholesale price, in minor units.
    pub wholesale_minor: i64,
    /// Qualifying volume of the line, in ten-thousandths of a point.
    pub qv: i64,
    /// Commissionable volume of the line, in ten-thousandths of a point.
    pub cv: i64,
}

impl Line {
    /// The line as it stands in a return.
    #[must_use]
    pub const fn returned(self) -> Self {
        Self {
            quantity: -self.quantity,
            amount_minor: -self.amount_minor,
            wholesale_minor: -self.wholesale_minor,
            qv: -self.qv,
            cv: -self.cv,
            ..self
        }
    }
}

/// An order or a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its place among all orders, from 0.
    pub sequence: u32,
    /// Index of the buyer.
    pub member: u32,
    /// Sale or return.
    pub kind: OrderKind,
    /// What kind of purchase.
    pub order_type: OrderType,
    /// State of the payment.
    pub payment: PaymentState,
    /// Day in the company's time zone.
    pub on: Day,
    /// Second of that day.
    pub second: u32,
    /// At least one line.
    pub lines: Vec<Line>,
    /// For a return: the sequence of the original order.
    pub original: Option<u32>,
}

impl Order {
    /// Sum of one column over the lines.
    pub fn sum(&self, column: impl Fn(&Line) -> i64) -> i64 {
        self.lines.iter().map(column).sum()
    }
}

/// A moment at which somebody orders; sorts by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Occasion {
    on: Day,
    second: u32,
    member: u32,
    order_type: OrderType,
}

/// A return to come: the original's sequence, its buyer and type, and the lines that come back.
struct ComingBack {
    member: u32,
    order_type: OrderType,
    lines: Vec<Line>,
}

/// Makes the orders, month after month.
pub struct Sales<'a> {
    recipe: &'a Recipe,
    field: &'a Field,
    sequence: u32,
    /// By day, second and the original's sequence.
    coming_back: BTreeMap<(Day, u32, u32), ComingBack>,
    /// Ordinary orders for each `per` of appetite and day.
    orders: u64,
    per: u64,
}

impl<'a> Sales<'a> {
    /// Sales of this field; nothing is sold yet.
    pub fn new(recipe: &'a Recipe, field: &'a Field) -> Self {
        let months = recipe.months();
        let (mut wanted, mut per) = (u64::from(recipe.members) * u64::from(MONTHS_OF_ORDERS), 0);
        for (first, last) in &months[..months.len() - 1] {
            for node in field.nodes() {
                per += u64::from(node.appetite) * u64::from(days_active(node, *first, *last));
                let fixed = u64::from(first_order_between(node, *first, *last))
                    + u64::from(autoship_between(node, *first, *last).is_some());
                wanted = wanted.saturating_sub(fixed);
            }
        }
        Self { recipe, field, sequence: 0, coming_back: BTreeMap::new(), orders: wanted, per: per.max(1) }
    }

    /// Hands out the orders of the next month, by time. Call it for each month of the recipe in turn.
    ///
    /// # Errors
    /// What `each` returns; the month is then unfinished.
    pub fn month<E>(&mut self, month: (Day, Day), mut each: impl FnMut(Order) -> Result<(), E>) -> Result<(), E> {
        let mut occasions = self.occasions(month);
        occasions.sort_unstable();
        for occasion in occasions {
            self.returns_before((occasion.on, occasion.second), &mut each)?;
            let order = self.order(&occasion);
            self.send_some_back(&order);
            each(order)?;
        }
        self.returns_before((month.1, u32::MAX), &mut each)
    }

    fn occasions(&self, (first, last): (Day, Day)) -> Vec<Occasion> {
        let mut occasions = Vec::new();
        for (node, member) in self.field.nodes().iter().zip(0_u32..) {
            let days = days_active(node, first, last);
            if days == 0 {
                continue;
            }
            let mut dice =
                Dice::new(self.recipe.seed, "orders", u64::from(member) << 32 | u64::from(first.0.unsigned_abs()));
            let mut add = |on: Day, order_type, dice: &mut Dice| {
                let second = if on == self.recipe.today { dice.below(18_000) } else { waking_second(dice) };
                occasions.push(Occasion { on, second, member, order_type });
            };
            if first_order_between(node, first, last) {
                let order_type =
                    if node.kind == MemberKind::Distributor { OrderType::Enrolment } else { OrderType::Standard };
                add(node.joined, order_type, &mut dice);
            }
            if let Some(on) = autoship_between(node, first, last) {
                add(on, OrderType::Autoship, &mut dice);
            }
            let from = node.joined.max(first);
            for _ in 0..self.ordinary_orders(node, days, &mut dice) {
                let on = from.plus(dice.below(days).cast_signed());
                let tools = node.kind == MemberKind::Distributor && dice.in_thousand(25);
                add(on, if tools { OrderType::Tools } else { OrderType::Standard }, &mut dice);
            }
        }
        occasions
    }

    /// How many ordinary orders a member places on so many days: what is expected, spread a little.
    fn ordinary_orders(&self, node: &Node, days: u32, dice: &mut Dice) -> u32 {
        let millionths = u64::from(node.appetite) * u64::from(days) * self.orders * 1_000_000 / self.per;
        let mut count = 0;
        // Two halves thrown apart make the number vary more than one rounding would.
        for half in [millionths / 2, millionths - millionths / 2] {
            let whole = u32::try_from(half / 1_000_000).unwrap_or(u32::MAX);
            let rest = u32::try_from(half % 1_000_000).unwrap_or(0);
            count += whole + u32::from(dice.below(1_000_000) < rest);
        }
        count
    }

    fn order(&mut self, occasion: &Occasion) -> Order {
        let node = &self.field.nodes()[occasion.member as usize];
        let sequence = self.next_sequence();
        let mut dice = Dice::new(self.recipe.seed, "basket", u64::from(sequence));
        let lines = match occasion.order_type {
            // A standing order brings the same goods every time.
            OrderType::Autoship => {
                let mut same = Dice::new(self.recipe.seed, "autoship", u64::from(occasion.member));
                basket::fill(node.kind, OrderType::Autoship, &mut same)
            }
            other => basket::fill(node.kind, other, &mut dice),
        };
        Order {
            sequence,
            member: occasion.member,
            kind: OrderKind::Sale,
            order_type: occasion.order_type,
            payment: self.payment(occasion, &mut dice),
            on: occasion.on,
            second: occasion.second,
            lines,
            original: None,
        }
    }

    fn payment(&self, occasion: &Occasion, dice: &mut Dice) -> PaymentState {
        let lot = dice.below(1000);
        match (occasion.order_type, lot) {
            (OrderType::Autoship, 0..45) | (OrderType::Standard | OrderType::Tools, 0..18) => PaymentState::Declined,
            (OrderType::Standard | OrderType::Tools, 18..27) => PaymentState::Cancelled,
            (OrderType::Standard | OrderType::Tools, 27..90) if occasion.on > self.recipe.today.plus(-4) => {
                PaymentState::Pending
            }
            _ => PaymentState::Paid,
        }
    }

    /// Eighteen orders in a thousand come back within 45 days, in part or in whole.
    fn send_some_back(&mut self, order: &Order) {
        let mut dice = Dice::new(self.recipe.seed, "returns", u64::from(order.sequence));
        if order.payment != PaymentState::Paid || !dice.in_thousand(18) {
            return;
        }
        let on = order.on.plus(dice.between(3, 45).cast_signed());
        let count = if dice.in_thousand(600) { order.lines.len() } else { 1 };
        if on >= self.recipe.today {
            return;
        }
        let lines = order.lines[..count].iter().map(|line| line.returned()).collect();
        let back = ComingBack { member: order.member, order_type: order.order_type, lines };
        self.coming_back.insert((on, waking_second(&mut dice), order.sequence), back);
    }

    fn returns_before<E>(&mut self, until: (Day, u32), each: &mut impl FnMut(Order) -> Result<(), E>) -> Result<(), E> {
        while let Some(entry) = self.coming_back.first_entry() {
            let (on, second, original) = *entry.key();
            if (on, second) >= until {
                break;
            }
            let back = entry.remove();
            each(Order {
                sequence: self.next_sequence(),
                member: back.member,
                kind: OrderKind::Return,
                order_type: back.order_type,
                payment: PaymentState::Refunded,
                on,
                second,
                lines: back.lines,
                original: Some(original),
            })?;
        }
        Ok(())
    }

    fn next_sequence(&mut self) -> u32 {
        self.sequence += 1;
        self.sequence - 1
    }
}

/// A second between seven in the morning and eleven at night.
fn waking_second(dice: &mut Dice) -> u32 {
    dice.between(7 * 3600, 23 * 3600 - 1)
}

/// On how many days of the stretch the member may order.
fn days_active(node: &Node, first: Day, last: Day) -> u32 {
    let from = node.joined.max(first);
    let until = node.ended.map_or(last, |(_, since)| since.plus(-1).min(last));
    u32::try_from(until.0 - from.0 + 1).unwrap_or(0)
}

/// Whether the member joins in the stretch and buys on that day. Distributors take a kit.
fn first_order_between(node: &Node, first: Day, last: Day) -> bool {
    (first..=last).contains(&node.joined) && (node.kind == MemberKind::Distributor || !node.appetite.is_multiple_of(4))
}

/// When a standing order is delivered in the month, if the member has one; not before ten days after joining.
fn autoship_between(node: &Node, first: Day, last: Day) -> Option<Day> {
    let on = first.plus(node.autoship_day.cast_signed() - 1);
    let delivered = node.autoship_day > 0 && on <= last && node.orders_on(on) && node.joined.plus(10) <= on;
    delivered.then_some(on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::convert::Infallible;

    fn recipe(seed: u64) -> Recipe {
        Recipe { members: 1500, seed, today: "2026-11-21".parse().unwrap() }
    }

    fn all(recipe: &Recipe) -> Vec<Order> {
        let field = Field::grow(recipe);
        let mut sales = Sales::new(recipe, &field);
        let mut orders = Vec::new();
        for month in recipe.months() {
            let kept: Result<(), Infallible> = sales.month(month, |order| {
                assert!(month.0 <= order.on && order.on <= month.1);
                orders.push(order);
                Ok(())
            });
            kept.unwrap();
        }
        orders
    }

    #[test]
    fn the_same_seed_sells_the_same_and_another_one_something_else() {
        assert_eq!(all(&recipe(1)), all(&recipe(1)));
        assert_ne!(all(&recipe(1)), all(&recipe(2)));
    }

    #[test]
    fn there_is_about_one_order_a_member_and_month() {
        let recipe = recipe(1);
        let open = recipe.today.month_start();
        let sold = all(&recipe).iter().filter(|o| o.on < open && o.kind == OrderKind::Sale).count();
        let wanted = 1500 * MONTHS_OF_ORDERS as usize;
        assert!(sold.abs_diff(wanted) * 100 < wanted * 3, "{sold} of {wanted}");
    }

    #[test]
    fn orders_come_by_time_from_members_who_may_order() {
        let recipe = recipe(1);
        let field = Field::grow(&recipe);
        let orders = all(&recipe);
        for (order, sequence) in orders.iter().zip(0_u32..) {
            assert_eq!(order.sequence, sequence);
            assert!(order.kind == OrderKind::Return || field.nodes()[order.member as usize].orders_on(order.on));
        }
        assert!(orders.windows(2).all(|pair| (pair[0].on, pair[0].second) <= (pair[1].on, pair[1].second)));
        for order_type in [OrderType::Standard, OrderType::Enrolment, OrderType::Autoship, OrderType::Tools] {
            assert!(orders.iter().any(|order| order.order_type == order_type), "no {order_type} order");
        }
    }

    #[test]
    fn lines_and_volumes_stay_within_bounds() {
        for order in all(&recipe(1)) {
            let sign = if order.kind == OrderKind::Sale { 1 } else { -1 };
            assert!(!order.lines.is_empty());
            for line in &order.lines {
                assert_eq!(line.amount_minor, line.unit_price_minor * line.quantity);
                assert!((1..=6).contains(&(line.quantity * sign)));
                assert!(line.amount_minor * sign > 0 && line.wholesale_minor * sign > 0);
                assert!((0..=line.qv * sign).contains(&(line.cv * sign)));
                // A point of commission volume costs at least a euro.
                assert!(line.cv * sign / 100 <= line.amount_minor * sign, "{line:?}");
            }
        }
    }

    #[test]
    fn returns_take_back_lines_of_a_paid_order_some_of_them_months_later() {
        let orders = all(&recipe(1));
        let by_sequence: HashMap<u32, &Order> = orders.iter().map(|order| (order.sequence, order)).collect();
        let returns: Vec<&Order> = orders.iter().filter(|order| order.kind == OrderKind::Return).collect();
        assert!(returns.len() > orders.len() / 100, "{} of {}", returns.len(), orders.len());
        for order in &returns {
            let original = by_sequence[&order.original.unwrap()];
            assert_eq!((original.payment, original.member), (PaymentState::Paid, order.member));
            assert!(order.lines.iter().all(|line| original.lines.contains(&line.returned())));
        }
        let later = |o: &&&Order| by_sequence[&o.original.unwrap()].on.month_start() < o.on.month_start();
        assert!(returns.iter().filter(later).count() > 10);
    }
}
