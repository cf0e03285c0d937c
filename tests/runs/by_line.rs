//! Goods that come back of orders of several product lines.

use super::*;
use mainstay::actions::add_product::{ProductEdit, add_product, edit_product};
use mainstay::actions::set_price::{NewPrice, set_price};

const PLAN: &str = r#"
[plan]
name = "Lines"
currency = "EUR"
[[bonuses]]
code = "team"
earner = "always"
source = "orders"
walk = "sponsor"
base = "cv"
rate = "10%"
[[bonuses]]
code = "food"
earner = "always"
source = "orders"
where = "line = Food"
walk = "sponsor"
base = "paid"
rate = "7%"
[[bonuses]]
code = "each"
earner = "always"
source = "orders"
walk = "sponsor"
amount = "10"
"#;

impl Field<'_> {
    /// A product of a product line at 10.00 and 10 points.
    fn product(&self, sku: &str, line: &str) {
        let price = NewPrice {
            price_type: PriceType::Wholesale,
            price: "10".to_owned(),
            qv: "10".to_owned(),
            cv: "10".to_owned(),
            measures: String::new(),
            from_day: None,
        };
        add_product(self.db, &self.clock, &ann(), sku, sku, line).unwrap();
        set_price(self.db, &self.clock, &ann(), sku, &price).unwrap();
    }

    /// What M-2 got under each bonus in the run of a month, line by line.
    fn got(&self, label: &str) -> Vec<(String, i64)> {
        let run = self.committed(label);
        let member = self.db.read(|c| members::find_by_number(c, "M-2")).unwrap().unwrap();
        let lines = self.db.read(|c| lines::list_of_member(c, run.id, member.id)).unwrap();
        let mut got: Vec<(String, i64)> = lines.into_iter().map(|line| (line.bonus, line.amount_minor)).collect();
        got.sort();
        got
    }
}

fn told(lines: &[(&str, i64)]) -> Vec<(String, i64)> {
    lines.iter().map(|(bonus, amount)| ((*bonus).to_owned(), *amount)).collect()
}

/// A month with an order of four SOUP (Food), six SAW (Tools) and two BALM of no line.
fn with_an_order(db: &Db) -> (Field<'_>, Order) {
    let field = Field::new(db);
    let start = Day::from_ymd(2026, 9, 1).unwrap();
    add_plan_version(field.db, &field.clock, &ann(), PLAN, "lines.toml", start).unwrap();
    field.product("SOUP", "Food");
    field.product("SAW", "Tools");
    let lines = [("SOUP", 4), ("SAW", 6), ("BALM", 2)].map(|(sku, pieces)| (sku.to_owned(), pieces));
    let new = NewOrder {
        member: "M-3".to_owned(),
        through: String::new(),
        order_type: OrderType::Standard,
        is_paid: true,
        lines: lines.into(),
    };
    let order = place_order(field.db, &field.clock, &ann(), &new).unwrap();
    (field, order)
}

#[test]
fn goods_take_back_what_was_paid_on_their_product_line() {
    databases::each(|fresh| {
        let (field, order) = with_an_order(&fresh.db);
        let back = |lines: &[(i32, i64)]| {
            return_order(field.db, &field.clock, &ann(), order.id, &lines.to_vec()).unwrap();
        };
        // A piece comes back before it is paid on.
        back(&[(2, 1)]);
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let paid = [("each", 1000), ("food", 280), ("team", 240), ("team", 400), ("team", 500)];
        assert_eq!(field.got("2026-10"), told(&paid));
        back(&[(2, 2)]);
        field.clock.set(at("2026-12-02T09:00:00Z"));
        assert_eq!(field.got("2026-11"), told(&[("each", -167), ("team", -200)]));
        back(&[(2, 3)]);
        field.clock.set(at("2027-01-02T09:00:00Z"));
        assert_eq!(field.got("2026-12"), told(&[("each", -250), ("team", -300)]));
        back(&[(1, 1), (3, 2)]);
        back(&[(1, 3)]);
        field.clock.set(at("2027-02-02T09:00:00Z"));
        let all = [("each", -333), ("each", -250), ("food", -210), ("food", -70)];
        let team = [("team", -300), ("team", -240), ("team", -100)];
        assert_eq!(field.got("2027-01"), told(&[&all[..], &team].concat()));
        assert_eq!(field.balance("M-2"), 0);
        assert_eq!(check_ledger(field.db).unwrap(), []);
    });
}

#[test]
fn nothing_is_left_where_a_product_has_another_line_by_now() {
    databases::each(|fresh| {
        let (field, order) = with_an_order(&fresh.db);
        field.clock.set(at("2026-11-02T09:00:00Z"));
        field.committed("2026-10");
        let edit = ProductEdit { name: "Saw".into(), line: "Garden".into(), status: ProductStatus::Active };
        edit_product(field.db, &field.clock, &ann(), "SAW", &edit).unwrap();
        for (label, after, lines) in [
            ("2026-11", "2026-12-02T09:00:00Z", vec![(2, 6)]),
            ("2026-12", "2027-01-02T09:00:00Z", vec![(1, 4), (3, 2)]),
        ] {
            return_order(field.db, &field.clock, &ann(), order.id, &lines).unwrap();
            field.clock.set(at(after));
            field.committed(label);
        }
        assert_eq!(field.balance("M-2"), 0);
        assert_eq!(check_ledger(field.db).unwrap(), []);
    });
}
