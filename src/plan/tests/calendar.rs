//! Days, weeks, fiscal years and campaigns over many periods: what is added up, and what is forgotten again.

use super::world::plan;
use crate::plan::explain::{Question, explain};
use crate::plan::{CheckedPlan, case, diff};

fn passes(plan: &CheckedPlan, cases: &str) {
    for case in case::read_for(plan, cases, "cases").unwrap_or_else(|faults| panic!("{faults}")) {
        let differences = case.run(plan).differences;
        assert!(differences.is_empty(), "{differences:#?}");
    }
}

/// Own orders by day, once over each kind of window.
const WINDOWS: &str = "
[volumes.month]
of = \"qv\"
scope = \"own\"
within = \"month\"
[volumes.quarter]
of = \"qv\"
scope = \"own\"
within = \"quarter\"
[volumes.thirty]
of = \"qv\"
scope = \"own\"
days = 30
";

#[test]
fn windows_of_days_and_weeks_agree_with_adding_up_by_hand() {
    let plan = plan(WINDOWS);
    // An order of 1, 2, 3 … points every third day from 1 September on.
    let orders: Vec<(crate::domain::calendar::Day, i32)> = (0..40)
        .map(|at| ("2026-09-01".parse::<crate::domain::calendar::Day>().unwrap().plus(at * 3), at + 1))
        .collect();
    for weeks in [true, false] {
        let labels: Vec<String> = if weeks {
            (36..52).map(|week| format!("2026-W{week}")).collect()
        } else {
            (0..110)
                .map(|at| "2026-09-01".parse::<crate::domain::calendar::Day>().unwrap().plus(at).to_string())
                .collect()
        };
        let mut text = "members A\n".to_owned();
        for label in labels {
            let span = plan.period(&label).unwrap();
            text.extend(["period ", &label, "\n"]);
            for (day, points) in orders.iter().filter(|(day, _)| span.first <= *day && *day <= span.last) {
                text.extend(["order A ", &points.to_string(), " ", &day.to_string(), "\n"]);
            }
            let month = span.last.month_start();
            let quarter =
                plan.period(&format!("2026-Q{}", if span.last.month_label().as_str() < "2026-10" { 3 } else { 4 }));
            let sums = [("month", month), ("quarter", quarter.unwrap().first), ("thirty", span.last.plus(-29))];
            for (name, first) in sums {
                // Runs before the first one never were.
                let sum: i32 =
                    orders.iter().filter(|(day, _)| first <= *day && *day <= span.last).map(|(_, points)| points).sum();
                text.extend(["volume A ", name, " ", &sum.to_string(), "\n"]);
            }
        }
        passes(&plan, &text);
    }
}

#[test]
fn what_is_out_of_reach_is_forgotten() {
    let plan = plan(WINDOWS);
    let cases = "
members A
period 2026-W40
order A 5 2026-09-28
order A 7 2026-10-04
state A week:since:month:2026-10-01 7
state A week:dated:thirty:2026-09-28 5
period 2026-W44
order A 1 2026-10-31
state A week:since:month:2026-10-01 0
state A week:since:quarter:2026-10-01 8
state A week:dated:thirty:2026-09-28 0
state A week:dated:thirty:2026-10-04 7
period 2026-W45
state A week:dated:thirty:2026-10-04 0
state A week:dated:thirty:2026-10-31 1
";
    passes(&plan, cases);
}

#[test]
fn a_month_window_in_a_longer_run_is_its_last_month() {
    let plan = plan(WINDOWS);
    passes(
        &plan,
        "members A\nperiod 2026-Q4\norder A 5 2026-10-31\norder A 3 2026-12-01\nvolume A month 3\nvolume A quarter 8",
    );
}

#[test]
fn an_organisation_by_days_of_its_members_keeps_to_its_depth_and_its_own() {
    let plan = plan(
        "[volumes.all]\nof = \"qv\"\nscope = \"organisation\"\nwhere = \"member.months_enrolled < 2\"\n\
         [volumes.one]\nof = \"qv * if(member.days_enrolled < 30, 2, 1)\"\nscope = \"organisation\"\ndepth = 1\n\
         include_own = false\n",
    );
    let cases = "
members A, B < A, C < B, D < C
joined A 2026-09-30
joined B 2026-08-01
joined C 2026-09-25
joined D 2026-10-01
order C 10 2026-10-20
order D 100 2026-10-29
volume A all 110
volume B all 0
volume C all 110
volume D all 100
volume A one 0
volume B one 10
volume C one 100
volume D one 0
";
    passes(&plan, cases);
}

#[test]
fn ranks_are_followed_in_the_kind_of_period_in_which_they_are_judged() {
    let plan = plan(
        "[status]\nactive = \"always\"\nranks = \"month\"\n[[ranks]]\ncode = \"Gold\"\nneeds = \"pv >= 100\"\n\
         [[bonuses]]\ncode = \"week\"\nperiod = \"week\"\nearner = \"always\"\nsource = \"members\"\nwalk = \"own\"\n\
         amount = \"100 * held(Gold) + 10 * earned_in(Gold, 2) + earned_in(Gold, 2, week)\"\n",
    );
    let cases = "
members A
period 2026-09
order A 100
period 2026-10
order A 100
period 2026-W45
A week 0 220.00
period 2026-W46
A week 0 221.00
period 2026-11
order A 50
period 2026-W49
A week 0 12.00
";
    passes(&plan, cases);
}

#[test]
fn runs_that_end_on_the_same_day_are_both_remembered() {
    let plan = plan(
        "[[bonuses]]\ncode = \"own\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\nrate = \"10%\"\n\
         [[bonuses]]\ncode = \"year\"\nperiod = \"year\"\nearner = \"always\"\nsource = \"members\"\nwalk = \"own\"\n\
         amount = \"paid_within(own)\"\n",
    );
    let cases = "
members A
period 2026-12-B
order A 100
A own 0 10.00
period 2026-12
order A 300
A own 0 30.00
period 2026
A year 0 40.00
";
    passes(&plan, cases);
}

#[test]
fn campaigns_are_asked_for_by_the_plans_own_labels() {
    let every = plan("[calendar.campaign]\nevery = \"20 days\"\nfrom = \"2026-01-01\"\n");
    assert_eq!(every.period("2026-C02").unwrap().first.to_string(), "2026-01-21");
    assert_eq!(every.period("2026-C19").unwrap().last.to_string(), "2027-01-15");
    let plain = plan("");
    let faults = case::read_for(&plain, "members A\nperiod 2026-C01", "c").unwrap_err().to_string();
    assert!(faults.contains("campaigns, such as 2026-C05, are those of [calendar.campaign] in the plan"), "{faults}");
}

#[test]
fn a_window_in_campaigns_is_empty_between_them() {
    let plan = plan(
        "[calendar.campaign]\nstarts = [\"2026-10-05\"]\nuntil = \"2026-10-18\"\n\
         [volumes.now]\nof = \"qv\"\nscope = \"own\"\nwithin = \"campaign\"\n",
    );
    let cases = "
members A
period 2026-W41
order A 10
volume A now 10
period 2026-W42
order A 5
volume A now 15
period 2026-W43
order A 1
volume A now 0
";
    passes(&plan, cases);
}

#[test]
fn changes_of_the_calendar_are_told() {
    let head = "[plan]\nname = \"P\"\ncurrency = \"EUR\"\n";
    let before =
        format!("{head}year_begins = \"01\"\n[calendar.campaign]\nstarts = [\"2026-01-05\", \"2026-01-26\"]\n");
    let after = format!(
        "{head}week_begins = \"saturday\"\n[calendar.campaign]\nstarts = [\"2026-01-05\", \"2026-01-26\", \"2026-02-16\"]\n\
         [volumes.pv]\nof = \"qv\"\nscope = \"own\"\nwithin = \"month\"\n"
    );
    let told: Vec<String> =
        diff::diff(("a", &before), ("b", &after)).unwrap().into_iter().map(|change| change.text).collect();
    assert!(told.contains(&"Plan: week begins changes from monday to saturday".to_owned()), "{told:?}");
    assert!(told.contains(&"Calendar campaign: starts now has 2026-02-16 too".to_owned()), "{told:?}");
    assert!(!told.iter().any(|text| text.contains("year begins")), "{told:?}");
}

#[test]
fn explanations_say_which_days_count() {
    let plan = plan(
        "[volumes.ten]\nof = \"qv\"\nscope = \"own\"\ndays = 10\n\
         [volumes.start]\nof = \"qv\"\nscope = \"organisation\"\nwhere = \"member.days_enrolled < 30\"\n",
    );
    let field = "members A, B < A\njoined B 2026-10-01\norder B 5 2026-10-10 number o1";
    let cases = case::read(field, "field").unwrap();
    let snapshot = cases[0].snapshot(&plan);
    let told = |member: Option<&str>, order: Option<&str>| {
        explain(&plan, &snapshot, Question { member, order, bonus: None }).unwrap().tree()
    };
    let order = told(None, Some("o1"));
    assert!(order.contains("ten: does not count\n"), "{order}");
    assert!(order.contains("the days from 2026-10-22 on do"), "{order}");
    let each = "start: 5 for B and 1 above, for each of whom “member.days_enrolled < 30” holds";
    assert!(order.contains(each), "{order}");
    let member = told(Some("B"), None);
    assert!(member.contains("ten 0 (from 2026-10-22 on), start 5"), "{member}");
}

#[test]
fn what_was_paid_in_a_year_is_that_of_the_plans_own_year() {
    let plan = plan(
        "year_begins = \"09\"\n[[bonuses]]\ncode = \"own\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\n\
         base = \"cv\"\nrate = \"10%\"\n[[caps]]\nname = \"year\"\nof = [\"own\"]\nlimit = \"15 - paid_within(own, year)\"\n",
    );
    let cases = "
members A
period 2026-08
order A 100
A own 0 10.00
period 2026-09
order A 100
A own 0 10.00
period 2026-10
order A 100
A own 0 5.00
";
    passes(&plan, cases);
}
