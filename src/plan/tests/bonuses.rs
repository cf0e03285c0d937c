//! Each kind of bonus on a small field.

use super::world::{day, lines, members, number, october, order, plan, result};
use crate::domain::order::OrderType;
use crate::plan::{CheckedPlan, NextRank, RunFault, Snapshot, run, starter};

fn unilevel() -> CheckedPlan {
    CheckedPlan::read(starter::UNILEVEL, "unilevel.toml").unwrap()
}

#[test]
fn a_personal_rebate_pays_the_buyer_on_the_whole_amount_of_the_tier() {
    let plan = plan(
        r#"
        [volumes.pv]
        of = "qv"
        scope = "own"
        customers = true
        [[bonuses]]
        code = "rebate"
        earner = "always"
        source = "orders"
        walk = { tree = "own", customers = "own" }
        base = "cv"
        rate = "if(pv >= 350, 2%, 1%)"
        "#,
    );
    let mut field = october();
    members(&mut field, "A, B < A, c ~ A");
    order(&mut field, "A", "200");
    order(&mut field, "c", "150");
    order(&mut field, "B", "349.99");
    let found = result(&plan, &field);
    assert_eq!(lines(&found, &field), ["A rebate 0 4.00", "A rebate 0 3.00", "B rebate 0 3.50"]);
}

#[test]
fn retail_profit_is_price_less_wholesale_and_never_negative() {
    let plan = plan(
        r#"
        [[bonuses]]
        code = "retail"
        earner = "distributor"
        source = "orders"
        where = "buyer.customer"
        walk = "enroller"
        base = "margin"
        rate = "100%"
        "#,
    );
    let mut field = october();
    members(&mut field, "A, c ~ A, d ~ A");
    order(&mut field, "c", "100");
    let below_cost = order(&mut field, "d", "100");
    field.orders[below_cost].amounts.wholesale_minor = 12_000;
    order(&mut field, "A", "100");
    let found = result(&plan, &field);
    assert_eq!(lines(&found, &field), ["A retail 1 25.00"]);
    let row = found.row(&field, 0);
    assert_eq!((row.base, row.source, row.amount_minor), (2_500, "O-001", 2_500));
}

#[test]
fn fast_start_orders_pay_the_enroller_and_no_team_commission() {
    let mut field = october();
    members(&mut field, "Top, Enroller < Top, New < Top / Enroller");
    field.members[2].joined = day("2026-09-20");
    for member in ["Top", "Enroller"] {
        order(&mut field, member, "60");
    }
    let first = order(&mut field, "New", "100");
    let second = order(&mut field, "New", "100");
    field.orders[first].day = day("2026-10-19"); // the thirtieth day: 29 days after the first
    field.orders[second].day = day("2026-10-20");
    let found = result(&unilevel(), &field);
    let of_new: Vec<String> = found
        .rows(&field)
        .filter(|row| row.from == Some(number(&field, "New")))
        .map(|row| format!("{} {} {} {}", row.member_number, row.bonus, row.source, row.amount_minor))
        .collect();
    assert_eq!(of_new, ["Enroller fast-start O-003 2000", "Top team O-004 800"]);
}

#[test]
fn a_match_pays_earnings_and_losses_as_two_lines() {
    // COMPENSATION M9: B earns 100 and has a line of -20; a 10% match pays +10 and -2, not 8.
    let plan = plan(
        r#"
        [[bonuses]]
        code = "match"
        earner = "always"
        source = "bonuses"
        of = ["team"]
        walk = "enroller"
        rate = "10%"
        [[bonuses]]
        code = "team"
        earner = "always"
        source = "orders"
        walk = "sponsor"
        base = "cv"
        rate = "10%"
        "#,
    );
    let mut field = october();
    members(&mut field, "A, B < A, C < B");
    order(&mut field, "C", "1000");
    order(&mut field, "C", "-200");
    let found = result(&plan, &field);
    assert_eq!(lines(&found, &field), ["A match 1 10.00", "A match 1 -2.00", "B team 1 100.00", "B team 1 -20.00"]);
    assert_eq!(found.row(&field, 0).on, Some("team"));
}

#[test]
fn capped_group_volume_means_two_things_and_a_plan_says_which() {
    // COMPENSATION M9: need 600, legs 500/200/50. Half of the requirement: 550. Half of the actual 750: 625.
    let plan = plan(
        r#"
        [[ranks]]
        code = "OfActual"
        needs = "capped(gv, gv * 50%) >= 600"
        [[ranks]]
        code = "OfRequirement"
        needs = "capped(gv, 600 * 50%) >= 600"
        "#,
    );
    let mut field = october();
    members(&mut field, "A, B < A, C < A, D < A");
    for (member, volume) in [("B", "500"), ("C", "200"), ("D", "50")] {
        order(&mut field, member, volume);
    }
    let found = result(&plan, &field);
    assert_eq!(found.members[0].rank, Some(0));
    let NextRank { rank: next, first, count, keeps } = found.members[0].next_rank.unwrap();
    let requirement = &found.requirements[first as usize];
    assert_eq!((next, count, keeps, requirement.met), (1, 1, false, false));
    assert_eq!((requirement.have.to_string(), requirement.need.to_string()), ("550".into(), "600".into()));
}

/// Runs a plan over the same field for several periods, each with the state of the one before.
fn months(plan: &CheckedPlan, field: &mut Snapshot, volumes: &[&str]) -> Vec<Vec<String>> {
    let mut paid = Vec::new();
    for volume in volumes {
        field.orders.clear();
        order(field, "A", volume);
        let found = result(plan, field);
        paid.push(lines(&found, field));
        field.state_keys.clone_from(&found.state_keys);
        field.state.clone_from(&found.state);
        field.members[0].highest_rank =
            found.members[0].highest_rank.map(|rank| found.ranks[usize::from(rank)].code.as_str().into());
    }
    paid
}

#[test]
fn rank_advancement_is_paid_once_after_the_rank_was_held() {
    let plan = plan(
        r#"
        [[ranks]]
        code = "Bronze"
        needs = "pv >= 100"
        [[ranks]]
        code = "Silver"
        needs = "pv >= 200"
        [[bonuses]]
        code = "advancement"
        earner = "always"
        source = "ranks"
        held = 2
        amount = { Bronze = "50", Silver = "150.50" }
        "#,
    );
    let mut field = october();
    members(&mut field, "A");
    // Held two in a row; a gap begins anew; never twice.
    let paid = months(&plan, &mut field, &["100", "100", "200", "100", "200", "200", "200"]);
    let none: Vec<String> = Vec::new();
    let bronze = vec!["A advancement 0 50.00".to_owned()];
    let silver = vec!["A advancement 0 150.50".to_owned()];
    assert_eq!(paid, [none.clone(), bronze, none.clone(), none.clone(), none.clone(), silver, none]);
}

#[test]
fn skipped_ranks_are_paid_only_where_the_plan_says_so() {
    for (pay_skipped, expected) in [("false", vec!["A up 0 20.00"]), ("true", vec!["A up 0 10.00", "A up 0 20.00"])] {
        let plan = plan(&format!(
            r#"
            [[ranks]]
            code = "Bronze"
            needs = "pv >= 100"
            [[ranks]]
            code = "Silver"
            needs = "pv >= 200"
            [[bonuses]]
            code = "up"
            earner = "always"
            source = "ranks"
            pay_skipped = {pay_skipped}
            amount = {{ Bronze = "10", Silver = "20" }}
            "#
        ));
        let mut field = october();
        members(&mut field, "A");
        assert_eq!(months(&plan, &mut field, &["200", "100"]), [expected, vec![]]);
    }
}

#[test]
fn legs_are_counted_once_and_at_any_depth() {
    let plan = plan(
        r#"
        [[ranks]]
        code = "Bronze"
        needs = "pv >= 100"
        [[ranks]]
        code = "Silver"
        needs = ["legs(rank >= Bronze) >= 2", "frontline(rank >= Bronze) >= 1", "downline(rank >= Bronze) >= 3"]
        "#,
    );
    let mut field = october();
    members(&mut field, "A, B < A, C < B, D < A, E < D, F < E, Z, Y < Z, X < Y, W < X");
    for member in ["B", "C", "F", "Y", "X", "W"] {
        order(&mut field, member, "100");
    }
    let found = result(&plan, &field);
    assert_eq!(found.members[0].rank, Some(1), "two legs, one of them deep");
    assert_eq!(found.members[6].rank, None, "three in one leg");
    assert_eq!((found.members[0].downline, found.members[6].downline), (5, 3));
}

#[test]
fn personal_groups_end_at_the_stop_rank() {
    let plan = plan(
        r#"
        [volumes.pgv]
        of = "qv"
        scope = "personal-group"
        stop = "Leader"
        [[ranks]]
        code = "Leader"
        needs = "pgv >= 300"
        "#,
    );
    let mut field = october();
    members(&mut field, "A, B < A, C < B, D < A");
    for (member, volume) in [("A", "50"), ("B", "200"), ("C", "100"), ("D", "249")] {
        order(&mut field, member, volume);
    }
    // B and C make a Leader of B; A is left with 50 and 249.
    let ranks: Vec<_> = result(&plan, &field).members.iter().map(|member| member.rank).collect();
    assert_eq!(ranks, [None, Some(0), None, None]);
}

#[test]
fn tools_and_closed_accounts_earn_nothing() {
    let mut field = october();
    members(&mut field, "A, T! < A, B < T");
    order(&mut field, "A", "100");
    let tools = order(&mut field, "B", "100");
    field.orders[tools].order_type = OrderType::Tools;
    order(&mut field, "B", "100");
    let found = result(&unilevel(), &field);
    assert_eq!(lines(&found, &field), ["A team 1 8.00"], "the terminated member is not a level");
    assert!(found.exceptions.is_empty(), "{:?}", found.exceptions);
}

#[test]
fn broken_fields_are_named() {
    let fault = |change: &dyn Fn(&mut Snapshot)| {
        let mut field = october();
        members(&mut field, "A, B < A, C < B");
        order(&mut field, "C", "10");
        change(&mut field);
        run(&unilevel(), &field, &mut |_| {}).unwrap_err()
    };
    let b = |field: &Snapshot| number(field, "B");
    assert_eq!(
        fault(&|field| field.members[0].sponsor = Some(b(field)).into()).to_string(),
        "member A stands below itself in the sponsor tree; correct the sponsor of this member and freeze again"
    );
    assert!(
        matches!(fault(&|field| { field.members.remove(0); }), RunFault::UnknownUpline { member, .. } if member == "B")
    );
    assert!(matches!(fault(&|field| { field.members.pop(); }), RunFault::UnknownBuyer { order } if order == "O-001"));
    assert!(matches!(fault(&|field| field.members[2].number = "A".into()), RunFault::Duplicate { .. }));
    assert!(matches!(fault(&|field| field.currency = "USD".parse().unwrap()), RunFault::Currency { .. }));
    let huge = |field: &mut Snapshot| {
        field.orders[0].amounts.qv.0 = i64::MAX;
        order(field, "C", "10");
    };
    assert!(matches!(fault(&huge), RunFault::Overflow { .. }));
}

#[test]
fn an_expression_without_a_value_names_bonus_and_member() {
    let plan = plan(
        r#"
        [[bonuses]]
        code = "odd"
        earner = "always"
        source = "orders"
        walk = "own"
        base = "cv"
        rate = "1 / (pv - 100)"
        "#,
    );
    let mut field = october();
    members(&mut field, "A");
    order(&mut field, "A", "100");
    let fault = run(&plan, &field, &mut |_| {}).unwrap_err();
    assert_eq!(fault, RunFault::Arithmetic { place: "bonus odd".into(), member: "A".into() });
}

#[test]
fn values_of_values_do_not_grow_without_end() {
    let mut text = String::from("[plan]\nname = \"T\"\ncurrency = \"EUR\"\n[values]\nv0 = \"pv + gv\"\n");
    for at in 1..60 {
        let line = format!("v{at} = \"v{} + v{}\"\n", at - 1, at - 1);
        text.push_str(&line);
    }
    let faults = crate::plan::CheckedPlan::read(&text, "plan.toml").unwrap_err();
    assert!(faults.list.iter().any(|fault| fault.message.contains("put in more than")), "{faults}");
}
