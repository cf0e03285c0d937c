//! Explanations agree with what was paid, and say something wherever nothing was.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::properties::{any_field, published};
use super::world::{plan, result};
use crate::plan::explain::{Node, Question, explain};
use crate::plan::{CheckedPlan, case, starter};

fn unilevel() -> CheckedPlan {
    CheckedPlan::read(starter::UNILEVEL, "unilevel.toml").unwrap()
}

const FIELD: &str = "\
members Ana, Ben < Ana, Cleo < Ben, Dan < Cleo, shop ~ Dan
order Ana 60
order Ben 100
order Dan 100 number o3
order shop 40 number o5
";

fn asked(plan: &CheckedPlan, field: &str, question: Question<'_>) -> Node {
    let cases = case::read(field, "field").unwrap_or_else(|faults| panic!("{faults}"));
    explain(plan, &cases[0].snapshot(plan), question).unwrap()
}

fn of_member(plan: &CheckedPlan, field: &str, member: &str, bonus: &str) -> String {
    let answer = asked(plan, field, Question { member: Some(member), order: None, bonus: Some(bonus) });
    answer.nodes.last().unwrap().tree()
}

#[test]
fn the_first_condition_that_fails_is_told_with_what_is_there() {
    assert_eq!(
        of_member(&unilevel(), FIELD, "Ana", "match"),
        "match: nothing\n\
         └─ not qualified: “active and paid_rank >= Leader” is needed\n   \
            └─ “paid_rank >= Leader” does not hold: paid_rank is Member\n"
    );
    assert_eq!(
        of_member(&unilevel(), FIELD, "Cleo", "team"),
        "team: nothing\n\
         └─ not qualified: “active” is needed\n   \
            └─ not active\n      \
               └─ “pv >= 60” does not hold: pv is 0\n"
    );
    assert_eq!(
        of_member(&unilevel(), FIELD, "shop", "team"),
        "team: nothing\n└─ shop is a customer (retail); customers earn nothing\n"
    );
    let failing = asked(&unilevel(), FIELD, Question { member: Some("Ana"), order: None, bonus: Some("match") });
    let failing = &failing.nodes.last().unwrap().nodes[0].nodes[0];
    assert_eq!((failing.have.as_deref(), failing.need.as_deref()), (Some("Member"), Some("Leader")));
}

#[test]
fn who_used_up_the_level_is_told() {
    let plan = plan(
        r#"
        [status]
        active = "pv >= 50"
        [[bonuses]]
        code = "team"
        source = "orders"
        where = "type != tools"
        walk = "sponsor"
        base = "cv"
        rate = ["10%", "5%"]
        "#,
    );
    let field = "members A, B < A, C < B, D < C\norder A 50\norder B 50 tools\norder D 100\norder D 10 tools number t";
    let told = of_member(&plan, field, "A", "team");
    assert_eq!(
        told,
        "team: nothing\n\
         └─ 1 order or amount from below did not reach A: the levels ended below\n   \
            └─ order O-003 of D\n      \
               ├─ C uses up a level: not active\n      \
               ├─ level 2: B gets 5.00\n      \
               └─ level 1: nobody; 10 stays with the company\n"
    );
    let tools = "members A, B < A\norder A 50\norder B 50 tools";
    assert_eq!(
        of_member(&plan, tools, "A", "team"),
        "team: nothing\n\
         └─ the one order below is not one that it pays on\n   \
            └─ order O-002 of B\n      \
               └─ “not (type = tools)” does not hold\n"
    );
}

#[test]
fn an_order_says_where_its_volume_went_and_what_became_breakage() {
    let told = asked(&unilevel(), FIELD, Question { member: Some("Ana"), order: Some("o3"), bonus: Some("team") });
    assert_eq!(
        told.tree(),
        "order o3 of Dan: pays 8.00 EUR\n\
         ├─ Ana gets nothing from it\n\
         ├─ 2026-10-15 standard: qv 100, cv 100, paid 100.00, wholesale 100.00\n\
         ├─ volume\n\
         │  ├─ pv: 100 for Dan\n\
         │  └─ gv: 100 for Dan and 3 above\n\
         └─ team: 8.00 paid, breakage 15\n   \
            ├─ Cleo is passed over: not active\n   \
            ├─ level 1: Ben gets 8.00\n   \
            ├─ Ana uses up a level: paid as Member, which has no right to the level\n   \
            └─ levels 2 to 5: nobody; 15 stays with the company\n"
    );
}

#[test]
fn names_that_are_not_there_are_told_with_the_nearest() {
    let cases = case::read(FIELD, "field").unwrap();
    let snapshot = cases[0].snapshot(&unilevel());
    let fault = |question| explain(&unilevel(), &snapshot, question).unwrap_err().to_string();
    assert_eq!(
        fault(Question { member: Some("Anna"), ..Question::default() }),
        "there is no member “Anna”; did you mean “Ana”?"
    );
    assert_eq!(fault(Question { order: Some("x9"), ..Question::default() }), "there is no order “x9”");
    assert_eq!(fault(Question::default()), "name a member or an order");
}

/// `team: 8.00 paid, breakage 15` as amounts.
fn paid_and_broken(node: &Node) -> Option<(Decimal, Decimal)> {
    let (_, rest) = node.text.split_once(": ")?;
    let (paid, breakage) = rest.split_once(" paid, breakage ")?;
    Some((paid.parse().unwrap(), breakage.parse().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn every_nothing_has_a_reason_and_orders_add_up(snapshot in any_field()) {
        let plan = unilevel();
        let paid = result(&plan, &snapshot);
        for member in &snapshot.members {
            let question = Question { member: Some(&member.number), ..Question::default() };
            let told = explain(&plan, &snapshot, question).unwrap();
            for bonus in &plan.bonuses {
                let node = told.nodes.iter().find(|node| node.text.starts_with(&format!("{}: ", bonus.code))).unwrap();
                let lines = paid.rows(&snapshot).filter(|row| row.member == member.id && row.bonus == bonus.code);
                let amounts: Vec<i64> = lines.map(|row| row.amount_minor).collect();
                let sum: i64 = amounts.iter().sum();
                prop_assert!(!node.nodes.is_empty(), "{}", told.tree());
                let nothing = amounts.is_empty();
                prop_assert_eq!(nothing, node.text.ends_with(": nothing"));
                prop_assert!(nothing || node.text.contains(&plan.currency.plain(sum)), "{}", node.text);
            }
        }
        let mut sums = vec![(Decimal::ZERO, Decimal::ZERO); plan.bonuses.len()];
        for order in &snapshot.orders {
            let question = Question { order: Some(&order.number), ..Question::default() };
            let told = explain(&plan, &snapshot, question).unwrap();
            for (bonus, sum) in plan.bonuses.iter().zip(&mut sums) {
                let node = told.nodes.iter().find(|node| node.text.starts_with(&format!("{}: ", bonus.code)));
                if let Some((paid, broken)) = node.and_then(paid_and_broken) {
                    *sum = (sum.0 + paid, sum.1 + broken);
                }
            }
        }
        for (bonus, (sum, broken)) in paid.bonuses.iter().zip(sums).take(3) {
            prop_assert_eq!(sum, plan.currency.to_decimal(bonus.amount_minor), "{}", &bonus.code);
            prop_assert_eq!(broken, bonus.breakage.normalize(), "{}", &bonus.code);
        }
    }

    #[test]
    fn explanations_of_any_plan_are_made(snapshot in any_field(), which in any::<prop::sample::Index>()) {
        let plans = published();
        let plan = &plans[which.index(plans.len())];
        for member in snapshot.members.iter().take(6) {
            let question = Question { member: Some(&member.number), ..Question::default() };
            if let Ok(told) = explain(plan, &snapshot, question) {
                let reasons = told.nodes.iter().filter(|node| node.text.ends_with(": nothing"));
                prop_assert!(reasons.clone().all(|node| !node.nodes.is_empty()), "{}", told.tree());
            }
        }
        for order in snapshot.orders.iter().take(6) {
            let _ = explain(plan, &snapshot, Question { order: Some(&order.number), ..Question::default() });
        }
    }
}
