//! Orders that come through somebody besides the buyer: a stockist who is paid, and who gives back what comes back.

use super::*;

const STOCKISTS: &str = r#"
[plan]
name = "Stockists"
currency = "EUR"
[volumes.served]
of = "cv"
scope = "own"
counts_for = "through"
[[bonuses]]
code = "stockist"
earner = "served >= 60 or frontline(served >= 60) > 0"
source = "orders"
counts_for = "through"
walk = { tree = "sponsor", first_level = 0, levels = 2 }
base = "cv"
rate = ["6%", "1%"]
[[bonuses]]
code = "straight"
earner = "always"
source = "orders"
where = "not through"
walk = "sponsor"
base = "cv"
rate = "10%"
"#;

fn order_through(field: &Field<'_>, member: &str, through: &str, pieces: i64) -> Order {
    let new = NewOrder {
        member: member.to_owned(),
        through: through.to_owned(),
        order_type: OrderType::Standard,
        is_paid: true,
        lines: vec![("BALM".to_owned(), pieces)],
    };
    place_order(field.db, &field.clock, &ann(), &new).unwrap()
}

/// Who was paid how much under which bonus.
fn paid(field: &Field<'_>, run: &Run) -> Vec<(String, String, i64)> {
    let lines = field.db.read(|c| lines::list_of_run(c, run.id)).unwrap();
    let number = |id| field.db.read(|c| members::get(c, id)).unwrap().number;
    let mut paid: Vec<_> =
        lines.into_iter().map(|line| (number(line.member_id), line.bonus, line.amount_minor)).collect();
    paid.sort();
    paid
}

fn is_paid(field: &Field<'_>, run: &Run, wanted: &[(&str, &str, i64)]) {
    let wanted: Vec<_> = wanted.iter().map(|(who, what, sum)| ((*who).to_owned(), (*what).to_owned(), *sum)).collect();
    assert_eq!(paid(field, run), wanted);
}

#[test]
fn a_stockist_is_paid_and_gives_back_what_comes_back() {
    let mut all = Vec::new();
    for fresh in databases::all() {
        let field = Field::new(&fresh.db);
        let start = Day::from_ymd(2026, 10, 1).unwrap();
        add_plan_version(field.db, &field.clock, &ann(), STOCKISTS, "plan.toml", start).unwrap();
        field.order("M-3", 1);
        let order = order_through(&field, "M-4", "M-2", 10);
        let sold = order.cv.0 / 10_000;
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let first = field.committed("2026-10");
        is_paid(&field, &first, &[("M-1", "stockist", sold), ("M-2", "stockist", 6 * sold), ("M-2", "straight", sold)]);
        let back = return_order(field.db, &field.clock, &ann(), order.id, &vec![(1, 10)]).unwrap();
        assert_eq!(back.through_id, order.through_id);
        field.clock.set(at("2026-12-02T09:00:00Z"));
        let second = field.committed("2026-11");
        is_paid(&field, &second, &[("M-1", "stockist", -sold), ("M-2", "stockist", -6 * sold)]);
        assert_eq!(check_ledger(field.db).unwrap(), []);
        all.push((first.input_hash, first.result_hash, second.input_hash, second.result_hash));
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
}

#[test]
fn goods_that_count_as_negative_orders_count_for_the_stockist() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let start = Day::from_ymd(2026, 10, 1).unwrap();
        let plan = STOCKISTS.replace("currency = \"EUR\"", "currency = \"EUR\"\nreturns = \"negative-volume\"");
        add_plan_version(field.db, &field.clock, &ann(), plan.as_str(), "plan.toml", start).unwrap();
        let order = order_through(&field, "M-4", "M-3", 10);
        field.clock.set(at("2026-11-02T09:00:00Z"));
        field.committed("2026-10");
        return_order(field.db, &field.clock, &ann(), order.id, &vec![(1, 4)]).unwrap();
        order_through(&field, "M-4", "M-3", 10);
        field.clock.set(at("2026-12-02T09:00:00Z"));
        let run = field.committed("2026-11");
        let sold = order.cv.0 / 100_000;
        is_paid(
            &field,
            &run,
            &[
                ("M-2", "stockist", -4 * sold),
                ("M-2", "stockist", 10 * sold),
                ("M-3", "stockist", -24 * sold),
                ("M-3", "stockist", 60 * sold),
            ],
        );
    });
}
