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
fn differences_say_what_they_are_made_of_and_why_they_are_nothing() {
    let plan = plan(
        r#"
        [tables]
        scale = [["1", "5%"], ["100", "13%"]]
        [values]
        own_scale = "lookup(scale, pv)"
        [[bonuses]]
        code = "stairs"
        earner = "always"
        source = "orders"
        where = "cv = 1000"
        walk = { tree = "sponsor", difference = true }
        base = "cv"
        rate = "own_scale"
        "#,
    );
    let field = "members A, B < A, C < B, D < C\norder A 100\norder B 5\norder C 5\norder D 1 cv 1000";
    assert_eq!(
        of_member(&plan, field, "A", "stairs"),
        "stairs: 80.00 in 1 line\n\
         └─ level 3, order O-004 of D: cv 1000 × 0.08 = 80.00: 13% less the 5% of D\n   \
            ├─ Rule 1 (stairs), row everybody, earner: always\n   \
            ├─ “lookup(scale, pv)” is 0.13\n   \
            │  └─ pv is 100\n   \
            ├─ C is passed over: its 5% is not above the 5% of D\n   \
            └─ B is passed over: its 5% is not above the 5% of D\n"
    );
    assert!(of_member(&plan, field, "C", "stairs").contains("order O-004 of D: its 5% is not above the 5% of D"));
    let all = asked(&plan, field, Question { member: Some("A"), ..Question::default() });
    assert!(all.nodes.iter().any(|node| node.text == "values: own_scale 0.13"), "{}", all.tree());
}

#[test]
fn what_cut_an_amount_is_named_with_its_own() {
    let plan = plan(
        r#"
        point_value = "0.5"
        [volumes.all]
        of = "cv"
        scope = "company"
        [[bonuses]]
        code = "team"
        earner = "always"
        source = "orders"
        walk = "sponsor"
        base = "cv"
        rate = "10%"
        [[bonuses]]
        code = "pool"
        earner = "distributor"
        source = "pool"
        pool = "10% * all"
        shares = "pv"
        most = "4"
        [[bonuses]]
        code = "count"
        earner = "always"
        source = "members"
        walk = "own"
        amount = "2 * downline(pv >= 200, 1, placement)"
        [[bonuses]]
        code = "larger"
        earner = "always"
        source = "members"
        walk = "own"
        base = "pv"
        rate = "1%"
        [[larger]]
        of = ["team", "larger"]
        [[caps]]
        name = "week"
        of = ["team"]
        limit = "pv / 5"
        "#,
    );
    let field = "members A, B < A @ A left\norder A 10\norder B 100";
    assert_eq!(
        of_member(&plan, field, "A", "team"),
        "team: 2.00 in 1 line\n\
         ├─ level 1, order O-002 of B: cv 100 × 0.1 × 0.5 a point = 5.00, cut to 2.00\n\
         │  └─ Rule 1 (team), row everybody, earner: always, reduced by the limit “week”\n\
         └─ limit “week”: “pv / 5” is 2\n   \
            └─ pv is 10\n"
    );
    assert_eq!(
        of_member(&plan, field, "B", "pool"),
        "pool: 4.00 in 1 line\n\
         └─ pool 11 × 0.90909091 = 10.00, cut to 4.00 by “most”\n   \
            └─ Rule 2 (pool), shared out over 110 shares, earner: distributor\n"
    );
    assert_eq!(
        of_member(&plan, field, "A", "count"),
        "count: nothing\n\
         └─ the amount is 0: “2 × downline(pv >= 200, 1, placement)” is 0\n"
            .replace('×', "*")
    );
    assert_eq!(
        of_member(&plan, field, "A", "larger"),
        "larger: nothing\n└─ only the larger is paid: 0.05 is not more than team 2.00\n"
    );
}

#[test]
fn points_are_told_as_points_and_what_expressions_work_out_by_its_name() {
    let plan = plan(
        r#"
        [[ranks]]
        code = "Gold"
        needs = "pv >= 100"
        [[bonuses]]
        code = "points"
        earner = "always"
        pays = "points"
        source = "orders"
        walk = "sponsor"
        base = "cv"
        rate = 1
        [[bonuses]]
        code = "up"
        earner = "always"
        source = "ranks"
        amount = { Gold = "50" }
        [[bonuses]]
        code = "members"
        earner = "sum(downline, bonus(points)) >= 100"
        source = "members"
        walk = "own"
        base = "2 * pv"
        rate = "10%"
        "#,
    );
    let field = "members A, B < A, C < B\norder A 100\norder C 100 number o1";
    let told = asked(&plan, field, Question { order: Some("o1"), ..Question::default() });
    assert!(told.tree().contains("points: 100 paid, breakage 0"), "{}", told.tree());
    assert!(told.tree().contains("level 1: B gets 100\n"), "{}", told.tree());
    assert_eq!(
        of_member(&plan, field, "A", "up"),
        "up: 50.00 in 1 line\n└─ 50.00\n   └─ Rule 2 (up), Gold reached, earner: always\n"
    );
    assert_eq!(
        of_member(&plan, field, "A", "members"),
        "members: 20.00 in 1 line\n\
         └─ level 0, A: “2 * pv” 200 × 0.1 = 20.00\n   \
            ├─ Rule 3 (members), row everybody, earner: sum(downline, bonus(points)) >= 100\n   \
            └─ pv is 100\n"
    );
}

#[test]
fn a_return_that_counts_as_an_order_is_called_a_return() {
    for returns in ["negative-volume", "take-back"] {
        let head = format!("returns = \"{returns}\"\n");
        let bonus = "[[bonuses]]\ncode = \"points\"\nearner = \"pv >= 10\"\npays = \"points\"\nsource = \"orders\"\n\
                     walk = \"sponsor\"\nbase = \"cv\"\nrate = 1\n";
        let plan = plan(&format!("{head}{bonus}"));
        let field = "members A, B < A, C < B\nperiod 2026-09\norder C 100 number o1\n\
                     period 2026-10\norder A 10\nreturn o1 40";
        let told = of_member(&plan, field, "A", "points");
        assert!(told.contains("return R-001 of C\n"), "{returns}: {told}");
    }
}

#[test]
fn the_field_of_each_period_of_a_case_can_be_asked() {
    let text = "members A\ncase one\nperiod 2026-10\norder A 100\nperiod 2026-11\norder A 50\ncase two";
    let cases = case::read(text, "plan.cases").unwrap();
    let plan = unilevel();
    let one = case::find(&cases, "one").unwrap();
    let label = |period| one.field(&plan, period).map(|field| field.period.label);
    assert_eq!(label(None), Ok("2026-11".to_owned()));
    assert_eq!(label(Some("2026-10")), Ok("2026-10".to_owned()));
    assert_eq!(label(Some("2026-12")), Err("the case has no period “2026-12”; it has: 2026-10, 2026-11".to_owned()));
    assert_eq!(case::find(&cases, "on"), Err("there is no case “on”; did you mean “one”?".to_owned()));
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
    assert_eq!(
        fault(Question { order: Some("x9"), ..Question::default() }),
        "there is no order “x9”; known here: O-001, O-002, o3, o5"
    );
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

#[test]
fn the_larger_is_told_as_it_was_chosen() {
    let choice = |limited: &str| {
        plan(&format!(
            r#"
            [[bonuses]]
            code = "a"
            earner = "always"
            source = "orders"
            walk = "sponsor"
            base = "cv"
            rate = "10%"
            [[bonuses]]
            code = "b"
            earner = "always"
            source = "members"
            where = "pv > 0"
            walk = "sponsor"
            amount = "12"
            [[larger]]
            of = ["a", "b"]
            [[caps]]
            name = "most"
            of = [{limited}]
            limit = "11"
            "#
        ))
    };
    let field = "members A, B < A\norder B 150";
    // A limit on one of them alone comes before the choice, one on both after it.
    assert_eq!(
        of_member(&choice("\"a\""), field, "A", "a"),
        "a: nothing\n└─ only the larger is paid: 15.00, before the limit “most” of 11, is not more than b 12.00\n"
    );
    assert_eq!(
        of_member(&choice("\"a\", \"b\""), field, "A", "b"),
        "b: nothing\n└─ only the larger is paid: 12.00 is not more than a 15.00, of which 11.00 is paid\n"
    );
}

#[test]
fn of_a_part_of_an_order_its_own_line_is_taken_back() {
    let plan = plan(
        r#"
        [[bonuses]]
        code = "team"
        earner = "always"
        source = "orders"
        walk = "sponsor"
        base = "cv"
        rate = "10%"
        "#,
    );
    let field = "members A, B < A\nperiod 2026-09\norder B 40 number o1 line Food\norder B 60 number o1 line Tools\n\
                 A team 10.00\nperiod 2026-10\nreturn o1";
    assert_eq!(
        of_member(&plan, field, "A", "team"),
        "team: -10.00 in 2 lines\n\
         ├─ level 1, return R-001 of B: cv -40 × 0.1 = -4.00\n\
         │  └─ taken back at the original rate\n\
         └─ level 1, return R-001 of B: cv -60 × 0.1 = -6.00\n   \
            └─ taken back at the original rate\n"
    );
}

#[test]
fn ranks_of_other_runs_are_told_without_needs() {
    let plan = plan(
        r#"
        [status]
        ranks = "month"
        [[ranks]]
        code = "Gold"
        needs = "gv >= 100"
        [[bonuses]]
        code = "up"
        period = "month"
        source = "ranks"
        amount = { Gold = "5" }
        "#,
    );
    let field = "members A\nperiod 2026-03\norder A 100\nA up 5.00\nperiod 2026-W15\nperiod 2026-04\norder A 100";
    let member = Question { member: Some("A"), order: None, bonus: Some("up") };
    let week = asked(&plan, "members A\nperiod 2026-03\norder A 100\nA up 5.00\nperiod 2026-W15", member).tree();
    assert!(
        week.contains(
            "rank Gold, paid as Gold, best so far Gold; as the last run over a month found them, which judges"
        ),
        "{week}"
    );
    assert!(!week.contains("gv >= 100"), "{week}");
    let month = asked(&plan, field, member).tree();
    assert!(month.contains("Gold is reached\n"), "{month}");
    assert!(month.contains("Gold: held for 2 periods; settled already"), "{month}");
    let lost = "members A\nperiod 2026-03\norder A 100\nA up 5.00\nperiod 2026-04\nperiod 2026-05\norder A 100";
    let again = asked(&plan, lost, member).tree();
    assert!(again.contains("Gold: held for 1 period; settled already"), "{again}");
}
