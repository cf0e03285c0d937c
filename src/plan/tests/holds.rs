//! Amounts that wait together: a notebook beside the engine, and what comes before and after them.

#![allow(clippy::format_push_string, reason = "cases are written line by line")]

use proptest::prelude::*;

use super::world::differences;

/// 10% of the own orders and 5% of those of the first level.
const TWO: &str = "[[bonuses]]\ncode = \"own\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\n\
                   rate = \"10%\"\n[[bonuses]]\ncode = \"team\"\nearner = \"always\"\nsource = \"orders\"\n\
                   walk = { tree = \"sponsor\", levels = 1 }\nbase = \"cv\"\nrate = \"5%\"\n";

fn money(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

/// What A and the second position A2 of the same person get, who both sponsor somebody: month by month.
fn notebook(months: &[[i64; 3]], together: bool) -> String {
    let mut field = "members A, B < A, A2, C < A2\nperson A2 A\n".to_owned();
    let mut held = [[0_i64; 2]; 2];
    for (month, [own, first, second]) in (1..).zip(months) {
        field += &format!("period 2026-{month:02}\n");
        for (member, volume) in [("A", own), ("B", first), ("C", second)].iter().filter(|(_, volume)| **volume > 0) {
            field += &format!("order {member} {volume}\n");
        }
        let earned = [[own * 10, first * 5], [0, second * 5]];
        let sum: Vec<i64> = (0..2).map(|at| earned[at].iter().chain(&held[at]).sum()).collect();
        let enough = |at: usize| (if together { sum[0] + sum[1] } else { sum[at] }) >= 2_000;
        for (at, member) in ["A", "A2"].iter().enumerate() {
            let paid = if enough(at) { sum[at] } else { 0 };
            for (bonus, code) in ["own", "team"].iter().enumerate() {
                held[at][bonus] = if enough(at) { 0 } else { held[at][bonus] + earned[at][bonus] };
                field += &format!("state {member} waits:pay:{code} {}\n", held[at][bonus]);
            }
            field += &format!("{member} {}\n", money(paid));
        }
        field += "some\n";
    }
    field
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_waits_is_what_a_notebook_says(
        months in prop::collection::vec([0_i64..150, 0_i64..300, 0_i64..300], 1..9), together: bool,
    ) {
        let per = if together { "person" } else { "member" };
        let text = format!("{TWO}[[holds]]\nname = \"pay\"\nof = [\"own\", \"team\"]\nminimum = 20\nper = \"{per}\"\n");
        prop_assert_eq!(differences(&text, &notebook(&months, together)), Vec::<String>::new());
    }
}

#[test]
fn goods_that_come_back_take_from_what_waits() {
    let text = format!("{TWO}[[holds]]\nname = \"pay\"\nminimum = 20\n");
    let field = "members A, B < A\nperiod 2026-01\norder B 200 number o1\nA team 1 10.00\nA team 0 -10.00\nB own 0 20.00\n\
                 period 2026-02\nreturn o1 120\nA team 1 -6.00\nA team 0 6.00\nB own 0 -12.00\nstate A waits:pay:team 400\n\
                 period 2026-03\norder B 400\nA team 1 20.00\nA team 0 4.00\nB own 0 40.00\n";
    assert_eq!(differences(&text, field), Vec::<String>::new());
}

#[test]
fn a_hold_comes_after_limits_and_before_those_who_read_what_is_paid() {
    let text = format!(
        "{TWO}[[bonuses]]\ncode = \"match\"\nearner = \"always\"\nsource = \"bonuses\"\nof = [\"own\"]\nwalk = \"sponsor\"\n\
         rate = \"50%\"\n[[caps]]\nof = [\"own\", \"match\"]\nlimit = 30\n[[caps]]\nname = \"b\"\nof = [\"own\"]\nlimit = 25\n\
         [[holds]]\nname = \"pay\"\nof = [\"own\"]\nuntil = \"pv >= 100 and bonus(own) >= 20\"\n"
    );
    // The match counts under a limit with what is held, so it reads the amount as it is before both.
    let field = "members A, B < A\norder B 400\nB own 0 25.00\nA team 1 20.00\nA match 1 20.00\nperiod 2026-11\n\
                 order B 90\nB own 0 9.00\nB own 0 -9.00\nA team 1 4.50\nA match 1 4.50\n";
    assert_eq!(differences(&text, field), Vec::<String>::new());
    let alone = text.replace("of = [\"own\", \"match\"]\nlimit = 30", "of = [\"match\"]\nlimit = 30");
    // Outside of limit and hold, it reads what is paid: nothing while it waits.
    let field = "members A, B < A\norder B 90\nB own 0 9.00\nB own 0 -9.00\nA team 1 4.50\nperiod 2026-11\n\
                 order B 150\nB own 0 15.00\nB own 0 9.00\nA team 1 7.50\nA match 1 12.00\n";
    assert_eq!(differences(&alone, field), Vec::<String>::new());
}
