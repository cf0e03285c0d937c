//! Wallets of a plan: what goes there is no balance that is paid out, and the books say so.

use super::*;

const WALLETS: &str = r#"
[[wallets]]
code = "savings"
name = "Savings"
share = "10%"

[[wallets]]
code = "shop"
name = "Shop credit"
kind = "credit"
of = ["team"]
share = "50%"
"#;

impl Field<'_> {
    fn wallets(&self, member: &str) -> Vec<(String, i64)> {
        let member = self.db.read(|c| members::find_by_number(c, member)).unwrap().unwrap();
        self.db.read(|c| ledger::list_wallets(c, member.id, "EUR".parse().unwrap())).unwrap()
    }
}

#[test]
fn what_goes_into_wallets_is_owed_to_nobody_and_comes_back_with_the_goods() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let text = format!("{}\n{WALLETS}", starter::UNILEVEL);
        let start = Day::from_ymd(2026, 2, 1).unwrap();
        add_plan_version(&fresh.db, &field.clock, &ann(), text.as_str(), "wallets.toml", start).unwrap();
        let sold = field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let october = field.committed("2026-10");
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
        let all = fresh.db.read(|c| lines::list_of_run(c, october.id)).unwrap();
        let people = ["M-1", "M-2", "M-3"];
        for number in people {
            let member = fresh.db.read(|c| members::find_by_number(c, number)).unwrap().unwrap();
            let own = || all.iter().filter(|line| line.member_id == member.id);
            let earned: i64 = own().map(|line| line.amount_minor).sum();
            let team: i64 = own().filter(|line| line.bonus == "team").map(|line| line.amount_minor).sum();
            let put_aside: i64 = field.wallets(number).iter().map(|(_, sum)| sum).sum();
            assert_eq!(field.balance(number) + put_aside, earned, "{number}: nothing is lost and nothing is twice");
            let exact = earned * 10 + team * 50;
            assert!((put_aside * 100 - exact).abs() < 200, "{number}: {put_aside} of {exact}");
        }
        let issued = fresh.db.read(|c| statements::list_of_run(c, october.id)).unwrap();
        for statement in &issued {
            let member = fresh.db.read(|c| members::get(c, statement.member_id)).unwrap();
            assert_eq!(statement.closing_minor, field.balance(&member.number));
        }
        let fonts = Fonts::new();
        let (_, pdf) = draw_one(&fresh.db, issued[0].id, &fonts, Paper::A4, "https://back.example").unwrap();
        assert!(!pdf.is_empty());
        // Everything comes back in November: the wallets are as empty as the balances.
        for order in &sold {
            let pieces = [10, 10, 7, 3][sold.iter().position(|other| other.id == order.id).unwrap()];
            return_order(&fresh.db, &field.clock, &ann(), order.id, &vec![(1, pieces)]).unwrap();
        }
        field.clock.set(at("2026-12-02T09:00:00Z"));
        field.committed("2026-11");
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
        for number in people {
            let left: Vec<i64> = field.wallets(number).into_iter().map(|(_, sum)| sum).collect();
            assert!(left.iter().all(|sum| *sum == 0), "{number} keeps {left:?}");
        }
    });
}
