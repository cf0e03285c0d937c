//! Runs over weeks, months and quarters of one plan: what is due, what the console offers, what is estimated, what a
//! changed plan would have paid.

use mainstay::actions::add_plan_version::add_plan_version;
use mainstay::actions::due_runs::{self, DueRuns};
use mainstay::actions::preview;
use mainstay::actions::simulate::simulate;
use mainstay::domain::staff::{Actor, Role};
use mainstay::jobs::live_preview::LivePreview;
use mainstay::plan::starter::UNILEVEL;
use mainstay::store::{Conn, Db};

use crate::databases;
use crate::plans::contents;
use crate::runs::{Field, at};
use crate::web::Console;

/// The starter plan in months, ranks judged by the month, with a bonus a week and one a quarter.
pub fn weekly() -> String {
    let monthly = UNILEVEL
        .replace("[[bonuses]]\n", "[[bonuses]]\nperiod = \"month\"\n")
        .replace("paid_as = \"earned\"\n", "paid_as = \"earned\"\nranks = \"month\"\n");
    let bonus = |code: &str, name: &str, period: &str, rate: &str| {
        format!(
            "\n[[bonuses]]\ncode = \"{code}\"\nname = \"{name}\"\nperiod = \"{period}\"\nearner = \"distributor\"\n\
             source = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\nrate = \"{rate}\"\n"
        )
    };
    format!(
        "{monthly}{}{}",
        bonus("weekly", "Weekly rebate", "week", "10%"),
        bonus("quarter", "Quarter", "quarter", "1%")
    )
}

/// A company with the plan of weeks, whose clock stands on Monday 5 October 2026.
fn company(db: &Db) -> Field<'_> {
    let field = Field::new(db);
    let day = "2026-01-02".parse().unwrap();
    add_plan_version(db, &field.clock, &Actor::command_line(), weekly().as_str(), "plan.toml", day).unwrap();
    field
}

fn due(field: &Field<'_>) -> Vec<DueRuns> {
    let read = |c: &mut Conn| {
        let today = preview::today(c, &field.clock)?.unwrap();
        due_runs::list(c, today)
    };
    field.db.read(read).unwrap()
}

fn labels(due: &DueRuns) -> Vec<&str> {
    due.over.iter().map(|stretch| stretch.label.as_str()).collect()
}

#[test]
fn the_next_period_of_each_kind_is_due_and_months_wait_for_their_weeks() {
    databases::each(|fresh| {
        let field = company(&fresh.db);
        assert!(due(&field).iter().all(|due| due.over.is_empty()), "nothing is over before the first order");
        field.busy_month();
        field.clock.set(at("2026-11-03T09:00:00Z"));
        let all = due(&field);
        let [week, month, quarter] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(labels(week), ["2026-W41", "2026-W42", "2026-W43", "2026-W44"]);
        assert_eq!(week.open.as_ref().unwrap().label, "2026-W45");
        assert_eq!((week.warning(), labels(month)), (None, vec!["2026-10"]));
        // Week 44 ends on 1 November.
        assert_eq!(
            month.warning().unwrap(),
            "Week 41 of 2026 to Week 43 of 2026, 3 periods, are not committed yet; run them first, because October 2026 \
             reads what they leave"
        );
        assert_eq!((quarter.next(), quarter.open.as_ref().unwrap().label.as_str()), (None, "2026-Q4"));
        for label in ["2026-W41", "2026-W42", "2026-W43"] {
            field.committed(label);
        }
        let all = due(&field);
        assert_eq!((labels(&all[0]), all[0].warning()), (vec!["2026-10"], None), "the month ends before week 44");
        assert_eq!(labels(&all[1]), ["2026-W44"]);
        field.committed("2026-10");
        assert_eq!(due(&field).iter().flat_map(labels).collect::<Vec<_>>(), ["2026-W44"]);
    });
}

#[test]
fn a_new_plan_with_other_kinds_begins_them_with_its_first_day() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        // From Monday 19 October on there are weeks.
        let day = "2026-10-19".parse().unwrap();
        let office = Actor::command_line();
        add_plan_version(&fresh.db, &field.clock, &office, weekly().as_str(), "plan.toml", day).unwrap();
        field.clock.set(at("2026-11-03T09:00:00Z"));
        let all = due(&field);
        let week = all.iter().find(|due| due.kind.as_str() == "week").unwrap();
        assert_eq!(labels(week), ["2026-W43", "2026-W44"]);
    });
}

#[test]
fn every_open_period_is_estimated_as_its_run_will_pay() {
    databases::each(|fresh| {
        let field = company(&fresh.db);
        field.busy_month();
        let preview = LivePreview::new(fresh.db.clone(), field.clock.clone());
        preview.look();
        assert!(preview.refresh().unwrap());
        let shown = preview.look().unwrap();
        let open: Vec<&str> = shown.estimate.previews.iter().map(|open| open.period.label.as_str()).collect();
        assert_eq!(open, ["2026-W41", "2026-10", "2026-Q4"]);
        let ranks = shown.estimate.of_ranks().unwrap();
        assert_eq!(ranks.period.label, "2026-10");
        field.clock.set(at("2026-10-13T09:00:00Z"));
        let run = field.committed("2026-W41");
        assert_eq!(shown.estimate.previews[0].total_minor, run.earned_minor);
        assert!(run.earned_minor > 0);

        let closest = ranks.closest(None, 0, 10);
        assert_eq!(closest.len(), 3, "customers have no next rank");
        assert_eq!(ranks.next_ranks().iter().map(|(_, count)| count).sum::<usize>(), 3);
        let rank = ranks.next_ranks()[0].0.to_owned();
        assert!(closest.len() > ranks.closest(Some(&rank), 1, 10).len());
        assert_eq!(ranks.closest(None, 1, 1), [closest[1].clone()]);
        assert!(closest[0].progress.contains("\"keep\":false"), "{}", closest[0].progress);
    });
}

#[test]
fn a_changed_plan_is_tried_on_runs_of_every_kind_and_no_table_changes() {
    databases::each(|fresh| {
        let field = company(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-03T09:00:00Z"));
        for label in ["2026-W41", "2026-W42", "2026-W43", "2026-10"] {
            field.committed(label);
        }
        let before = contents(fresh);
        let tried = |source: &str, periods: (&str, &str)| {
            simulate(&fresh.db, source, "plan.toml", periods, &mut |_, _, _| true).unwrap().report
        };
        let same = tried(&weekly(), ("2026-W41", "2026-10"));
        let labels: Vec<&str> = same.periods.iter().map(|period| period.label.as_str()).collect();
        assert_eq!(labels, ["2026-W41", "2026-W42", "2026-W43", "2026-10"]);
        assert!(same.total.before_minor > 0 && same.total.before_minor == same.total.after_minor, "{same:?}");
        // The orders are in the week and in the month; their volume counts once.
        assert_eq!(same.total.cv, same.periods[3].figures.cv);
        assert_eq!(same.kinds_without_run.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(), ["quarter"]);

        let doubled = tried(&weekly().replace("rate = \"10%\"", "rate = \"20%\""), ("2026-W41", "2026-W41"));
        assert_eq!(doubled.periods.len(), 1, "one label is its period alone");
        assert_eq!(doubled.total.after_minor, 2 * doubled.total.before_minor);

        let months = tried(UNILEVEL, ("2026-W41", "2026-10"));
        assert_eq!(months.periods.iter().filter(|period| period.is_left_out).count(), 3);
        assert_eq!(months.periods[0].figures.after_minor, 0, "the plan has no weeks");
        assert_eq!(months.periods[3].figures.after_minor, same.periods[3].figures.after_minor);
        assert_eq!(contents(fresh), before, "a simulation writes nothing");
    });
}

#[test]
fn the_console_offers_every_kind_and_warns_about_their_order() {
    let console = Console::new();
    let office = Actor::command_line();
    let day = "2026-01-01".parse().unwrap();
    add_plan_version(&console.db, &console.clock, &office, weekly().as_str(), "plan.toml", day).unwrap();
    console.clock.set(at("2026-10-05T09:00:00Z"));
    {
        let field = Field::over(&console.db, console.clock.clone());
        field.busy_month();
    }
    console.clock.set(at("2026-11-03T09:00:00Z"));
    console.sign_in(Role::Finance);
    let page = console.get("/commissions");
    for words in [
        "Freeze and calculate 2026-W41",
        "3 more weeks are over after it",
        "Freeze and calculate 2026-10",
        "run them first, because October 2026",
        "Quarter 4 of 2026",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let today = console.get("/");
    for words in ["Calculate Week 41 of 2026", "Calculate October 2026", "5 to 11 October 2026"] {
        assert!(today.contains(words), "{words} in {today}");
    }
    {
        let field = Field { db: &console.db, clock: console.clock.clone() };
        field.committed("2026-W41");
        field.committed("2026-10");
    }
    let all = console.get("/commissions");
    assert!(all.contains("R-2026-W41-1") && all.contains("R-2026-10-1") && all.contains("Weeks"), "{all}");
    let weeks = console.get("/commissions?kind=week");
    assert!(weeks.contains("R-2026-W41-1") && !weeks.contains("R-2026-10-1"));
    let run = console.get("/commissions/R-2026-W41-1");
    assert!(run.contains("Week 41 of 2026 run") && run.contains("5 to 11 October 2026"), "{run}");
    assert!(console.get("/what-if").contains("optgroup label=\"Weeks\""));

    // Members and orders that paid nothing are found, and each has its reason.
    let nothing = console.get("/commissions/R-2026-W41-1/members?paid=nothing");
    assert!(nothing.contains("/members/M-4/why"), "{nothing}");
    let orders = console.get("/commissions/R-2026-W41-1/orders");
    let unpaid = console.get("/commissions/R-2026-W41-1/orders?paid=nothing");
    let number = |page: &str| page.split("/R-2026-W41-1/orders/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(orders.matches("Where it went").count() > unpaid.matches("Where it went").count());
    let story = console.get(&format!("/commissions/R-2026-W41-1/orders/{}", number(&unpaid)));
    for words in ["Weekly rebate", "For whom it counts", "pays 0.00"] {
        assert!(story.contains(words), "{words} in {story}");
    }
    let order = console.get(&format!("/orders/{}", number(&orders)));
    assert!(order.contains("Where its volume went"), "{order}");

    console.preview.refresh().unwrap();
    let closest = console.get("/members/closest");
    assert!(closest.contains("to achieve") && closest.contains("an estimate as of"), "{closest}");
}
