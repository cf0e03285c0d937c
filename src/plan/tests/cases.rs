//! The case format: what it can say, what it finds, and what it says about faults.

use super::world::plan;
use crate::plan::CheckedPlan;
use crate::plan::case::{self, Difference};

fn unilevel() -> CheckedPlan {
    plan(
        r#"
        [[ranks]]
        code = "Silver"
        needs = "pv >= 100"
        [[ranks]]
        code = "Gold"
        needs = "gv >= 300"
        [[bonuses]]
        code = "team"
        earner = "always"
        source = "orders"
        walk = "sponsor"
        base = "cv"
        rate = ["10%", "5%"]
        [[bonuses]]
        code = "up"
        earner = "always"
        source = "ranks"
        held = 2
        amount = { Silver = "20" }
        "#,
    )
}

fn play(text: &str) -> Vec<Difference> {
    let cases = case::read(text, "plan.cases").unwrap_or_else(|faults| panic!("{faults}"));
    cases.iter().flat_map(|case| case.run(&unilevel()).differences).collect()
}

/// Differences as `line: what: expected / got`.
fn differences(text: &str) -> Vec<String> {
    play(text).iter().map(|d| format!("{}: {}: {} / {}", d.line, d.what, d.expected, d.got)).collect()
}

#[test]
fn everything_that_a_case_can_say() {
    let text = "\
# A comment, and members whom both cases share
members A, B < A, c ~ B, T! < B, X < B / A, P < A @ B right, Q < A @ B

case one month
joined A 2026-09-20
market A IN
person X A
kind c preferred
status T suspended
order B 100 qv 90 cv 80 paid 120 wholesale 75 2026-10-03 autoship number o1 line Food
order B -10 number o1 line Tools
order c 50
return o1 40 line Food 2026-10-20
rank A none
volume A gv 94   # 54 - 10 + 50
B team 1 5.00
A team 6.30
total 11.30

case two months
period 2026-10
order B 100 number o1
order B 300
rank B Gold
volume B pv 400
A 40.00
breakage team 20
state B held:Silver 1
period 2026-11
order B 100
return o1 50
B up 0 20.00
A team 1 10.00
A team 1 -5.00
nothing X
period 2026-12
return o1
A team 1 -5.00
paid_rank B none
highest_rank B Gold
";
    assert_eq!(differences(text), [""; 0]);
}

#[test]
fn differences_are_told_with_their_lines() {
    let text = "\
members A, B < A, C < B
order C 100
B team 1 10.00
B team 1 3.00
A team 1 5.00
A 7.00
nothing B
rank C Gold
total 15.01
breakage team 1.5
";
    assert_eq!(
        differences(text),
        [
            "4: B team 1: 3.00 / nothing",
            "5: A team 1: 5.00 / 5.00 on level 2",
            "6: A in all: 7.00 / 5.00",
            "7: B in all: nothing / 10.00",
            "8: rank of C: Gold / Silver",
            "9: total: 15.01 / 15.00",
            "10: breakage of team: 1.5 / 0",
        ]
    );
    let unexpected = "members A, B < A\norder B 100";
    assert_eq!(differences(unexpected), ["2: A team 1: nothing / 10.00"]);
    assert_eq!(differences(&format!("{unexpected}\nsome")), [""; 0]);
}

#[test]
fn names_that_the_plan_does_not_have_are_told_with_the_nearest() {
    let text = "members A, B < A\nsome\nA taem 1 8.00\nrank A Sliver\nvolume A pgv 1\nA 1.005\nbreakage up2 1\nstate A hled:Gold 0\n\
                state A held:Gold 0";
    assert_eq!(
        differences(text),
        [
            "3: A taem 1: a bonus of the plan / the plan has no bonus “taem”; did you mean “team”?",
            "4: rank of A: Sliver / the plan has no rank “Sliver”; did you mean “Silver”?",
            "5: pgv of A: 1 / the plan has no volume “pgv”; known here: pv, gv",
            "6: A in all: an amount in EUR / “1.005” has more than 2 decimal places",
            "7: breakage of up2: 1 / the plan has no bonus “up2”; did you mean “up”?",
            "8: state hled:Gold of A: 0 / runs of this plan remember nothing under this key; did you mean “held:Gold”?",
        ]
    );
}

#[test]
fn an_unknown_key_is_told_with_the_value_as_it_is_written() {
    let found = differences("members A\nstate A carry:tea:left -300");
    assert!(
        found[0].starts_with("2: state carry:tea:left of A: -300 / runs of this plan remember nothing"),
        "{found:?}"
    );
}

#[test]
fn a_line_that_came_once_and_is_expected_twice_is_said_so() {
    let found = differences("members A, B < A\norder B 100\nsome\nA team 1 10.00\nA team 1 10.00");
    assert_eq!(found, ["5: A team 1: 10.00 / no further one"]);
}

#[test]
fn what_was_carried_in_plays_no_period_of_its_own() {
    let plan = plan("[remembered.runs]\nnext = \"before(runs) + 1\"\n");
    let text = "members A\ncarry A remembered:runs 0\nperiod 2026-09\nvalue A runs 1";
    let cases = case::read(text, "plan.cases").unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(cases[0].run(&plan).differences, []);
}

#[test]
fn a_run_that_cannot_be_made_is_a_difference() {
    let found = differences("members A, B < A\norder B 900000000000000\norder B 900000000000000");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("3: the run of 2026-10: a result / "), "{found:?}");
}

#[test]
fn every_fault_has_its_place_and_advice() {
    let text = "\
members A, B < a, B, < A
order B
order A 100 autoshp
order A ten
order Z 1
return o9
period 2026-13
A team one 8.00
A team 1 8,00
ordr A 100
rank A
some more
case
members D @ A up, order
state A k 1.5
order A 1.000
order A 10 2026-11-03
market A Indien
";
    let faults = case::read(text, "plan.cases").unwrap_err();
    let shown: Vec<String> = faults
        .list
        .iter()
        .map(|fault| {
            let (line, column) = faults.place(fault);
            format!("{line}:{column} {} | {}", fault.message, fault.help)
        })
        .collect();
    let expected = include_str!("../../../tests/plan/case-faults.txt");
    assert_eq!(shown.join("\n"), expected.trim_end());
}

#[test]
fn a_file_without_members_is_no_case() {
    assert!(case::read("", "c").unwrap_err().to_string().contains("there is no case in this file"));
    let faults = case::read("case a\norder A 1\ncase b\nmembers A", "c").unwrap_err();
    assert_eq!(faults.list.len(), 1, "{faults}");
    let twice = case::read("members A\ncase a\ncase a", "c").unwrap_err();
    assert!(twice.to_string().contains("in line 2"), "{twice}");
}

#[test]
fn the_report_says_what_failed_and_lines_it_up() {
    let text =
        "members A, B < A\norder B 100\ncase good\nA team 1 10.00\ncase bad\nA 1000.00\nrank B none\nA up 0 20.00";
    let report = case::test(&unilevel(), text, "plan.cases").unwrap();
    let expected = "\
pass  good
FAIL  bad
      line  what       expected  got
         6  A in all    1000.00  10.00
         7  rank of B      none  Silver
         8  A up 0        20.00  nothing
            because Silver: not held in this period
plan.cases: 2 cases, 1 failed
";
    assert_eq!((report.text.as_str(), report.failed), (expected, 1));
    assert!(case::test(&unilevel(), "members", "plan.cases").is_err());
}

#[test]
fn what_a_case_carries_or_forces_is_known_to_the_plan() {
    assert_eq!(
        differences("members A\ncarry A held:Silver 1\nforced A Silver\norder A 100\nA up 0 20.00\n"),
        Vec::<String>::new()
    );
    let said = differences("members A\ncarry A held:Silvr 1\nA up 0 20.00\n");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("2: carry held:Silvr of A: a key of the plan / runs of this plan remember nothing"));
    assert!(said[0].ends_with("did you mean “held:Silver”?"), "{said:?}");
    let said = differences("members A\nforced A King\nnothing A\n");
    assert_eq!(said, ["2: forced King: a rank of the plan / the plan has no rank “King”; known here: Silver, Gold"]);
    // A kind of period alone is no key, and stops nothing.
    assert_eq!(differences("members A\ncarry A week 5\n").len(), 1);
}

#[test]
fn keys_of_runs_over_other_kinds_are_carried_on() {
    let said = differences("members A\ncarry A week:held:Silver 1\ncarry A quarter:ever:team 2\nnothing A\n");
    assert_eq!(said, Vec::<String>::new());
    assert_eq!(differences("members A\ncarry A week:ever:teem 2\nnothing A\n").len(), 1);
}

#[test]
fn a_mark_before_the_text_is_no_statement() {
    assert_eq!(differences("\u{feff}members A\nnothing A\n"), Vec::<String>::new());
}
