//! Plans that pay by the week and by the month.

use std::collections::HashMap;

use super::*;

const WEEKS_AND_MONTHS: &str = r#"
[plan]
name = "Weeks and months"
currency = "EUR"
[placement]
width = 2
[volumes.bv]
of = "cv"
scope = "own"
[volumes.all]
of = "cv"
scope = "company"
[[ranks]]
code = "Builder"
needs = "gv >= 100"
[binary.team]
volume = "bv"
qualified = "always"
period = "week"
[[bonuses]]
code = "pairs"
earner = "always"
period = "week"
source = "members"
walk = "own"
base = "team.matched"
rate = "10%"
[[bonuses]]
code = "stairs"
earner = "always"
period = "month"
source = "orders"
walk = { tree = "sponsor", difference = true, own_rate = false }
base = "cv"
rate = { unranked = "2%", Builder = "7%" }
[[bonuses]]
code = "pool"
earner = "always"
period = "month"
source = "pool"
pool = "3% * all"
shares = "1 + paid_ever(pairs)"
[[caps]]
per = "company"
limit = "40% * all"
"#;

#[test]
fn weeks_and_months_hand_their_memory_on_in_both_databases() {
    let mut all = Vec::new();
    for fresh in databases::all() {
        let field = Field::new(&fresh.db);
        let start = Day::from_ymd(2026, 10, 1).unwrap();
        add_plan_version(field.db, &field.clock, &ann(), WEEKS_AND_MONTHS, "plan.toml", start).unwrap();
        for number in ["M-5", "M-6"] {
            field.enroll("M-1", number, MemberKind::Distributor);
        }
        field.order("M-2", 10);
        field.order("M-5", 4);
        field.clock.set(at("2026-10-12T09:00:00Z"));
        let first = field.committed("2026-W41");
        field.order("M-5", 4);
        field.clock.set(at("2026-10-19T09:00:00Z"));
        let second = field.committed("2026-W42");
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let month = field.committed("2026-10");
        // M-2 and M-5 stand left and right below M-1: four pieces match each week, and six, then two are carried.
        let rows = |run: &Run| field.db.read(|c| runs::list_state(c, run.id)).unwrap();
        let left = |run: &Run| rows(run).iter().find(|row| row.key == "week:carry:team:left").map(|row| row.value);
        let piece = 12 * 10_000;
        assert_eq!((left(&first), left(&second), left(&month)), (Some(6 * piece), Some(2 * piece), Some(2 * piece)));
        assert_eq!(first.earned_minor, second.earned_minor);
        assert!(month.earned_minor > 0, "{month:?}");
        assert_eq!(check_ledger(field.db).unwrap(), []);
        all.push([first, second, month].map(|run| (run.input_hash, run.result_hash)));
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
}

/// The same ten per cent twice: each week, and each month.
const TWICE: &str = r#"
[plan]
name = "Twice"
currency = "EUR"
[[bonuses]]
code = "weekly"
earner = "always"
period = "week"
source = "orders"
walk = "enroller"
base = "cv"
rate = ["10%"]
[[bonuses]]
code = "monthly"
earner = "always"
period = "month"
source = "orders"
walk = "enroller"
base = "cv"
rate = ["10%"]
"#;

#[test]
fn goods_that_come_back_bit_by_bit_are_taken_back_once_by_weeks_and_months() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let start = Day::from_ymd(2026, 10, 1).unwrap();
        add_plan_version(field.db, &field.clock, &ann(), TWICE, "plan.toml", start).unwrap();
        let order = field.order("M-3", 8);
        let mut sums: HashMap<String, i64> = HashMap::new();
        let mut commit = |day: &str, label: &str| {
            field.clock.set(at(day));
            let run = field.committed(label);
            let rows = fresh.db.read(|c| lines::list_of_run(c, run.id)).unwrap();
            assert!(rows.iter().all(|line| line.amount_minor != 0), "{label}: a line of nothing");
            for line in rows {
                *sums.entry(line.bonus).or_default() += line.amount_minor;
            }
            ["weekly", "monthly"].map(|bonus| sums.get(bonus).copied().unwrap_or(0))
        };
        let back = |day: &str, pieces: i64| {
            field.clock.set(at(day));
            return_order(&fresh.db, &field.clock, &ann(), order.id, &vec![(1, pieces)]).unwrap();
        };
        assert_eq!(commit("2026-10-12T09:00:00Z", "2026-W41"), [960, 0]);
        back("2026-10-14T09:00:00Z", 4);
        assert_eq!(commit("2026-10-19T09:00:00Z", "2026-W42"), [480, 0]);
        // The month pays on what is left of the order; the week after it takes back of both.
        assert_eq!(commit("2026-11-02T09:00:00Z", "2026-10"), [480, 480]);
        back("2026-11-03T09:00:00Z", 2);
        assert_eq!(commit("2026-11-09T09:00:00Z", "2026-W45"), [240, 240]);
        back("2026-11-10T09:00:00Z", 2);
        assert_eq!(commit("2026-12-02T09:00:00Z", "2026-11"), [0, 0]);
        assert_eq!(commit("2026-12-08T09:00:00Z", "2026-W46"), [0, 0]);
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
    });
}

#[test]
fn a_plan_is_run_over_the_kinds_of_periods_that_it_names_and_no_others() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let refused = |label: &str| refusal(freeze_run(field.db, &field.clock, &ann(), label));
        for label in ["2026-W41", "2026-10-05", "2026-10-A"] {
            let said = refused(label);
            assert!(said.contains("is run over months"), "{label}: {said}");
        }
        assert!(refused("2026-W41").starts_with("2026-W41 is of the kind “week”"), "{}", refused("2026-W41"));
        // Nothing is left of the periods that were refused.
        assert!(field.db.read(mainstay::store::periods::list).unwrap().is_empty());
        let start = Day::from_ymd(2026, 10, 1).unwrap();
        add_plan_version(field.db, &field.clock, &ann(), TWICE, "plan.toml", start).unwrap();
        assert!(refused("2026-10-05").contains("is run over weeks and months"));
        field.committed("2026-W41");
        field.committed("2026-10");
        assert_eq!(check_ledger(field.db).unwrap(), []);
    });
}
