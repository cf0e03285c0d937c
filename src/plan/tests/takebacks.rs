//! Goods that come back after the commit: original rates, every beneficiary, nothing left at the end.

use proptest::prelude::*;

use super::world::{lines, members, october, order, plan, result};
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::Volume;
use crate::plan::{Amounts, CheckedPlan, LineRow, OriginalLine, RunResult, Snapshot, Takeback, originals};

fn team_and_match() -> CheckedPlan {
    plan(
        r#"
        [[bonuses]]
        code = "team"
        earner = "always"
        source = "orders"
        walk = "sponsor"
        base = "cv"
        rate = ["10%", "7%"]
        [[bonuses]]
        code = "match"
        earner = "always"
        source = "bonuses"
        of = ["team"]
        walk = "enroller"
        rate = "10%"
        "#,
    )
}

fn original(october: &Snapshot, row: &LineRow<'_>, taken: &[(LineId, i64, i64)]) -> OriginalLine {
    let id = LineId(i64::try_from(row.index).unwrap());
    let of_line = || taken.iter().filter(|(line, ..)| *line == id);
    let taken = (of_line().map(|(_, base, _)| -base).sum(), of_line().map(|(.., amount)| -amount).sum());
    originals::original(row, id, october, taken)
}

fn share(of: &Amounts, cv: i64) -> Amounts {
    Amounts { cv: Volume(cv), paid_minor: of.paid_minor * cv / of.cv.0.max(1), ..Amounts::default() }
}

/// November: returns of `parts` (before, now) of the October order `at`.
fn november(
    october: &Snapshot,
    paid: &RunResult,
    at: usize,
    parts: &[(i64, i64)],
    taken: &[(LineId, i64, i64)],
) -> Snapshot {
    let order = &october.orders[at];
    let of = |wanted: &dyn Fn(&LineRow<'_>) -> bool| -> Vec<OriginalLine> {
        paid.rows(october).filter(|row| wanted(row)).map(|row| original(october, &row, taken)).collect()
    };
    let lines = of(&|row| row.order == Some(order.id));
    let mut next = october.clone();
    next.orders.clear();
    next.on_amounts = of(&|row| row.on.is_some());
    for (number, (before, now)) in parts.iter().enumerate() {
        next.takebacks.push(Takeback {
            return_order: OrderId(900 + i64::try_from(number).unwrap()),
            return_number: format!("R-{number}"),
            day: next.period.last,
            original_order: order.id,
            original_number: order.number.to_string(),
            buyer: order.buyer,
            order_type: order.order_type,
            before: share(&order.amounts, *before),
            now: share(&order.amounts, *now),
            total: order.amounts,
            measures: order.measures.clone(),
            parts: Vec::new(),
            lines: lines.clone(),
        });
    }
    next
}

fn field(volumes: &[&str]) -> (Snapshot, RunResult) {
    let mut field = october();
    members(&mut field, "A, B < A, C < B, D < C");
    for volume in volumes {
        order(&mut field, "D", volume);
    }
    let paid = result(&team_and_match(), &field);
    (field, paid)
}

#[test]
fn a_return_takes_back_every_line_and_its_matches() {
    let (field, paid) = field(&["100"]);
    assert_eq!(lines(&paid, &field), ["A match 1 0.70", "B team 2 7.00", "B match 1 1.00", "C team 1 10.00"]);
    let whole = field.orders[0].amounts.cv.0;
    let november = november(&field, &paid, 0, &[(0, whole / 2)], &[]);
    let back = result(&team_and_match(), &november);
    assert_eq!(lines(&back, &november), ["A match 1 -0.35", "B team 2 -3.50", "B match 1 -0.50", "C team 1 -5.00"]);
    let row = back.row(&november, 3);
    assert_eq!((row.source, row.original_line, row.base), ("R-0", Some(LineId(3)), -whole / 2));
    assert_eq!(back.clawback_minor, -935);
}

#[test]
fn a_bonus_that_the_plan_has_no_more_is_still_taken_back() {
    let (field, paid) = field(&["100"]);
    let whole = field.orders[0].amounts.cv.0;
    let november = november(&field, &paid, 0, &[(0, whole)], &[]);
    let empty = result(&plan(""), &november);
    assert_eq!(empty.total_minor, -paid.total_minor);
    assert_eq!(empty.bonuses.iter().map(|bonus| bonus.code.as_str()).collect::<Vec<_>>(), ["team", "match"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// However an order goes back, in one month or in several, nothing is left and never more is taken.
    #[test]
    fn a_full_refund_in_parts_leaves_exactly_nothing(
        cents in prop::collection::vec(1_u32..30_000, 1..4),
        cuts in prop::collection::vec((1_i64..100, any::<bool>()), 1..6),
    ) {
        let volumes: Vec<String> = cents.iter().map(|cents| format!("{}.{:02}", cents / 100, cents % 100)).collect();
        let (field, paid) = field(&volumes.iter().map(String::as_str).collect::<Vec<_>>());
        let mut left: Vec<i64> = paid.lines.iter().map(|line| line.amount_minor).collect();
        let mut taken: Vec<(LineId, i64, i64)> = Vec::new();
        for (at, order) in field.orders.iter().enumerate() {
            let whole = order.amounts.cv.0;
            let weights: i64 = cuts.iter().map(|(weight, _)| weight).sum();
            let mut months: Vec<Vec<(i64, i64)>> = vec![Vec::new()];
            let (mut gone, mut before) = (0, 0);
            for (number, (weight, same_month)) in cuts.iter().enumerate() {
                let now = if number + 1 == cuts.len() { whole - gone } else { whole * weight / weights };
                if !same_month {
                    months.push(Vec::new());
                    before = gone;
                }
                months.last_mut().unwrap().push((before, now));
                gone += now;
            }
            for parts in months.iter().filter(|parts| !parts.is_empty()) {
                let november = november(&field, &paid, at, parts, &taken);
                let back = result(&team_and_match(), &november);
                for row in back.rows(&november) {
                    let line = row.original_line.unwrap();
                    prop_assert!(row.amount_minor <= 0);
                    left[usize::try_from(line.0).unwrap()] += row.amount_minor;
                    taken.push((line, row.base, row.amount_minor));
                }
                prop_assert!(left.iter().all(|left| *left >= 0));
            }
        }
        prop_assert!(left.iter().all(|left| *left == 0), "{left:?}");
    }
}
