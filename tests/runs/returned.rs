//! Goods that come back through chains of bonuses, and after a later run paid out what waited of them.

use std::collections::BTreeMap;

use super::*;

const CHAIN: &str = r#"
[plan]
name = "Chain"
currency = "EUR"
[[bonuses]]
code = "team"
earner = "always"
source = "orders"
walk = "sponsor"
base = "cv"
rate = "10%"
hold_until = "bonus(team) >= 20"
[[bonuses]]
code = "match"
earner = "always"
source = "bonuses"
of = ["team"]
walk = "sponsor"
rate = "50%"
[[bonuses]]
code = "tax"
earner = "always"
source = "bonuses"
of = ["team", "match"]
walk = "own"
rate = "-10%"
[[bonuses]]
code = "second"
earner = "always"
source = "bonuses"
of = ["match"]
on_matches = true
walk = "sponsor"
rate = "50%"
[[caps]]
name = "limit"
of = ["match"]
limit = "10"
excess = "carried"
"#;

impl Field<'_> {
    /// What each member got under each bonus in a run, all lines together.
    fn sums(&self, run: &Run) -> BTreeMap<(String, String), i64> {
        let mut sums = BTreeMap::new();
        for line in self.db.read(|c| lines::list_of_run(c, run.id)).unwrap() {
            let member = self.db.read(|c| members::get(c, line.member_id)).unwrap();
            *sums.entry((member.number, line.bonus)).or_default() += line.amount_minor;
        }
        sums
    }
}

#[test]
fn nothing_is_left_of_goods_whose_amounts_a_later_run_paid_out() {
    let mut all = Vec::new();
    for fresh in databases::all() {
        let field = Field::new(&fresh.db);
        let start = Day::from_ymd(2026, 9, 1).unwrap();
        add_plan_version(field.db, &field.clock, &ann(), CHAIN, "chain.toml", start).unwrap();
        field.enroll("M-3", "M-5", MemberKind::Distributor);
        let mut runs = Vec::new();
        let mut month = |label: &str, after: &str, orders: &[i64], returns: &[(&Order, i64)]| {
            let orders: Vec<Order> = orders.iter().map(|pieces| field.order("M-5", *pieces)).collect();
            for (order, pieces) in returns {
                return_order(field.db, &field.clock, &ann(), order.id, &vec![(1, *pieces)]).unwrap();
            }
            field.clock.set(at(after));
            runs.push(field.sums(&field.committed(label)));
            orders
        };
        // 12.00 wait for M-3.
        let first = month("2026-10", "2026-11-02T09:00:00Z", &[10], &[]);
        // 2.40 of them come back, and 9.60 are paid out with 24.00 more; of the match the limit carries 6.80 over.
        let second = month("2026-11", "2026-12-02T09:00:00Z", &[20], &[(&first[0], 2)]);
        // The match of 6.80 is paid out.
        month("2026-12", "2027-01-02T09:00:00Z", &[], &[]);
        month("2027-01", "2027-02-02T09:00:00Z", &[], &[(&first[0], 3), (&second[0], 7)]);
        month("2027-02", "2027-03-02T09:00:00Z", &[], &[(&first[0], 5), (&second[0], 13)]);
        let of = |run: usize, member: &str, bonus: &str| {
            runs[run].get(&(member.to_owned(), bonus.to_owned())).copied().unwrap_or_default()
        };
        assert_eq!([of(0, "M-3", "team"), of(0, "M-2", "match")], [0, 0]);
        assert_eq!([of(1, "M-3", "team"), of(1, "M-3", "tax"), of(1, "M-2", "match")], [3360, -336, 1000]);
        assert_eq!([of(1, "M-2", "tax"), of(1, "M-1", "second")], [-100, 500]);
        assert_eq!([of(2, "M-2", "match"), of(2, "M-2", "tax"), of(2, "M-1", "second")], [680, -68, 340]);
        assert_eq!([of(3, "M-3", "team"), of(3, "M-3", "tax"), of(3, "M-2", "match")], [-1200, 120, -600]);
        for member in ["M-1", "M-2", "M-3"] {
            for bonus in ["team", "match", "tax", "second"] {
                let left: i64 = (0..runs.len()).map(|run| of(run, member, bonus)).sum();
                assert_eq!(left, 0, "{member} {bonus}");
            }
            assert_eq!(field.balance(member), 0);
        }
        assert_eq!(check_ledger(field.db).unwrap(), []);
        all.push(runs);
    }
    assert!(all.iter().all(|runs| *runs == all[0]));
}
