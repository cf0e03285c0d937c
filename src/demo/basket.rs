//! What lies in an order of the demo company.

use super::catalogue::{CATALOGUE, FIRST_KIT, FIRST_TOOL};
use super::dice::Dice;
use super::sales::Line;
use crate::domain::member::MemberKind;
use crate::domain::order::OrderType;
use crate::domain::product::PriceType;

/// The lines of an order of this type by a member of this kind; no product twice.
pub(super) fn fill(buyer: MemberKind, order_type: OrderType, dice: &mut Dice) -> Vec<Line> {
    let mut lines = Vec::with_capacity(3);
    match order_type {
        OrderType::Enrolment => {
            lines.push(line(buyer, FIRST_KIT + usize::from(dice.in_thousand(220)), 1));
            if dice.in_thousand(450) {
                add_goods(&mut lines, buyer, dice);
            }
        }
        OrderType::Tools => {
            lines.push(line(buyer, FIRST_TOOL + dice.index(CATALOGUE.len() - FIRST_TOOL), 1));
        }
        OrderType::Standard | OrderType::Autoship | OrderType::Upgrade | OrderType::Renewal | OrderType::Promotion => {
            for _ in 0..dice.between(1, 3) {
                add_goods(&mut lines, buyer, dice);
            }
        }
    }
    lines
}

/// Adds goods that are not in the basket yet; what stands first in the catalogue sells best.
fn add_goods(lines: &mut Vec<Line>, buyer: MemberKind, dice: &mut Dice) {
    let product = dice.index(FIRST_KIT).min(dice.index(FIRST_KIT));
    if lines.iter().any(|line| line.product == product) {
        return;
    }
    let many = if buyer == MemberKind::Distributor { 130 } else { 30 };
    let quantity = match dice.below(1000) {
        lot if lot < many => i64::from(dice.between(3, 6)),
        lot if lot < many + 200 => 2,
        _ => 1,
    };
    lines.push(line(buyer, product, quantity));
}

fn line(buyer: MemberKind, product: usize, quantity: i64) -> Line {
    let price = PriceType::of(buyer);
    let item = &CATALOGUE[product];
    let unit_price_minor = item.price_minor(price);
    Line {
        product,
        quantity,
        unit_price_minor,
        amount_minor: unit_price_minor * quantity,
        wholesale_minor: item.price_minor(PriceType::Wholesale) * quantity,
        qv: item.qv().0 * quantity,
        cv: item.cv(price).0 * quantity,
    }
}
