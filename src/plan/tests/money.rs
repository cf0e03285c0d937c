//! What runs remember, wallets, rounding of sums, legs and limits: slow and obvious, against the engine.

#![allow(clippy::format_push_string, reason = "cases are written line by line")]

use proptest::prelude::*;

use super::world::{differences, members, october, order, plan, result};
use crate::plan::case;
use crate::plan::explain::{Question, explain};

fn label(week: usize) -> String {
    format!("2026-W{:02}", week + 10)
}

const OWN: &str =
    "[volumes.bv]\nof = \"cv\"\nscope = \"own\"\n[binary.team]\nvolume = \"bv\"\nqualified = \"always\"\n";

fn paid(amount: &str) -> String {
    format!(
        "[[bonuses]]\ncode = \"pairs\"\nearner = \"always\"\nsource = \"members\"\nwalk = \"own\"\namount = \"{amount}\"\n"
    )
}

/// A power leg against the others over weeks; each leg keeps its own carry.
fn legs_slowly(weeks: &[Vec<i64>]) -> String {
    let legs = weeks[0].len();
    let names: Vec<String> = (0..legs).map(|leg| format!("L{leg}")).collect();
    let mut text =
        format!("members Top, {}\n", names.iter().map(|n| format!("{n} < Top")).collect::<Vec<_>>().join(", "));
    let mut carry = vec![0_i64; legs];
    for (week, new) in weeks.iter().enumerate() {
        text += &format!("period {}\n", label(week));
        for (leg, volume) in new.iter().enumerate().filter(|(_, volume)| **volume > 0) {
            text += &format!("order L{leg} {volume}\n");
            carry[leg] += volume;
        }
        let mut order: Vec<usize> = (0..legs).collect();
        order.sort_by_key(|leg| std::cmp::Reverse(carry[*leg]));
        let others: i64 = order[1..].iter().map(|leg| carry[*leg]).sum();
        let matched = carry[order[0]].min(others);
        text += &if matched > 0 { format!("Top pairs 0 {matched}.00\n") } else { "nothing Top\n".to_owned() };
        carry[order[0]] -= matched;
        let mut left = matched;
        for leg in &order[1..] {
            let part = carry[*leg].min(left);
            carry[*leg] -= part;
            left -= part;
        }
        for (leg, carried) in carry.iter().enumerate() {
            text += &format!("state L{leg} week:carry:team:leg {carried}\n");
        }
    }
    text
}

/// Pairs one by one: the first one ever takes two of one side and one of the other.
fn first_pairs_slowly(weeks: &[(i64, i64)]) -> String {
    let mut text = "members Top, L < Top @ Top left, R < Top @ Top right\n".to_owned();
    let (mut left, mut right, mut ever) = (0, 0, 0);
    for (week, new) in weeks.iter().enumerate() {
        text += &format!("period {}\n", label(week));
        for (name, volume) in [("L", new.0), ("R", new.1)] {
            text += &if volume > 0 { format!("order {name} {volume}\n") } else { String::new() };
        }
        (left, right) = (left + new.0, right + new.1);
        let mut pairs = 0;
        loop {
            let (strong, weak) = if ever + pairs == 0 { (2, 1) } else { (1, 1) };
            let (high, low) = if left >= right { (&mut left, &mut right) } else { (&mut right, &mut left) };
            if *high < strong || *low < weak {
                break;
            }
            (*high, *low) = (*high - strong, *low - weak);
            pairs += 1;
        }
        ever += pairs;
        text += &if pairs > 0 { format!("Top pairs 0 {pairs}.00\n") } else { "nothing Top\n".to_owned() };
        text += &format!("state Top week:carry:team:left {left}\nstate Top week:carry:team:right {right}\n");
        text += &format!("state Top week:position:team {ever}\n");
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_power_leg_is_matched_as_the_reference_does(
        weeks in prop::collection::vec(prop::collection::vec(0_i64..60, 4), 1..5),
    ) {
        let text = format!("{OWN}sides = \"power-leg\"\ntree = \"sponsor\"\n{}", paid("team.matched"));
        prop_assert_eq!(differences(&text, &legs_slowly(&weeks)), Vec::<String>::new());
    }

    #[test]
    fn the_first_pair_takes_more_as_in_the_reference(
        weeks in prop::collection::vec((0_i64..5, 0_i64..5), 1..6),
    ) {
        let how = "match = \"cycles\"\nstrong = 1\nweak = 1\nfirst = { strong = 2, weak = 1 }\n";
        let text = format!("{OWN}{how}{}", paid("team.cycles"));
        prop_assert_eq!(differences(&text, &first_pairs_slowly(&weeks)), Vec::<String>::new());
    }

    #[test]
    fn streaks_and_banks_are_what_a_notebook_says(months in prop::collection::vec(0_i64..300, 1..9)) {
        let text = r#"
            [remembered.streak]
            start = 1
            next = "if(pv >= 100, before(streak) + 1, 0)"
            [remembered.bank]
            next = "before(bank) + pv - if(streak >= 3, before(bank) + pv, 0)"
            [[bonuses]]
            code = "out"
            earner = "streak >= 3"
            source = "members"
            walk = "own"
            amount = "before(bank) + pv"
        "#;
        let mut field = "members A\n".to_owned();
        let (mut streak, mut bank) = (1, 0);
        for (month, volume) in months.iter().enumerate() {
            field += &format!("period 2026-{:02}\n", month + 1);
            field += &if *volume > 0 { format!("order A {volume}\n") } else { String::new() };
            streak = if *volume >= 100 { streak + 1 } else { 0 };
            bank += volume;
            field += &if streak >= 3 { format!("A out 0 {bank}.00\n") } else { "nothing A\n".to_owned() };
            bank = if streak >= 3 { 0 } else { bank };
            field += &format!("value A streak {streak}\nvalue A bank {bank}\n");
        }
        prop_assert_eq!(differences(text, &field), Vec::<String>::new());
    }

    #[test]
    fn wallets_take_exact_parts_and_leave_the_rest(
        volumes in prop::collection::vec(-500_i64..5_000, 1..6), first in 0_u32..60, second in 0_u32..40,
    ) {
        let text = format!(
            "[[bonuses]]\ncode = \"own\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\n\
             rate = \"7.7%\"\n[[wallets]]\ncode = \"a\"\nshare = \"{first}%\"\n[[wallets]]\ncode = \"b\"\nshare = \"{second}%\"\n"
        );
        let mut snapshot = october();
        for (at, volume) in volumes.iter().enumerate().filter(|(_, volume)| **volume != 0) {
            members(&mut snapshot, &format!("M{at}"));
            order(&mut snapshot, &format!("M{at}"), &volume.to_string());
        }
        let result = result(&plan(&text), &snapshot);
        for (place, member) in result.members.iter().enumerate() {
            let of = |wallet: u16| {
                let it = |split: &&crate::plan::Split| split.member as usize == place && split.wallet == wallet;
                result.splits.iter().find(it).map_or(0, |split| split.amount_minor)
            };
            for (wallet, share) in [(0, first), (1, second)] {
                let exact = member.earned_minor * i64::from(share);
                prop_assert!((of(wallet) * 100 - exact).abs() < 100, "{} of {exact}/100", of(wallet));
            }
            let rest = member.earned_minor - of(0) - of(1);
            let exact = member.earned_minor * i64::from(100 - first - second);
            prop_assert!((rest * 100 - exact).abs() < 100);
        }
    }

    #[test]
    fn rounded_sums_are_the_sums_rounded(
        cents in prop::collection::vec(1_i64..900, 1..9), total: bool, down: bool,
    ) {
        let (of, how) = (if total { "total" } else { "bonus" }, if down { "down" } else { "half-up" });
        let bonus = |code: &str, rate: &str| format!(
            "[[bonuses]]\ncode = \"{code}\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\nrate = \"{rate}\"\n"
        );
        let text = format!("rounding = \"{how}\"\nrounding_of = \"{of}\"\n{}{}", bonus("a", "3%"), bonus("b", "0.7%"));
        let mut snapshot = october();
        members(&mut snapshot, "M");
        for cent in &cents {
            order(&mut snapshot, "M", &format!("{}.{:02}", cent / 100, cent % 100));
        }
        let result = result(&plan(&text), &snapshot);
        let sum: i64 = cents.iter().sum();
        let round = |thousandths: i64| if down { thousandths / 1_000 } else { (thousandths + 500) / 1_000 };
        let expected = if total { round(sum * 37) } else { round(sum * 30) + round(sum * 7) };
        prop_assert_eq!(result.total_minor, expected);
        for line in result.lines.iter() {
            let rate = if line.bonus == 0 { 30 } else { 7 };
            let exact = line.base / 100 * rate;
            prop_assert!((line.amount_minor * 1_000 - exact).abs() < 1_000);
        }
    }

    #[test]
    fn a_limit_per_source_is_met_by_every_source(orders in prop::collection::vec((0_usize..3, 1_i64..300), 1..12)) {
        let text = "[[bonuses]]\ncode = \"team\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"sponsor\"\nbase = \"cv\"\n\
                    rate = \"10%\"\n[[caps]]\nper = \"source\"\nlimit = 25\n";
        let mut snapshot = october();
        members(&mut snapshot, "A, B0 < A, B1 < A, B2 < A");
        let mut sums = [0_i64; 3];
        for (who, volume) in &orders {
            order(&mut snapshot, &format!("B{who}"), &volume.to_string());
            sums[*who] += volume * 10;
        }
        let result = result(&plan(text), &snapshot);
        let expected: i64 = sums.iter().map(|sum| (*sum).min(2_500)).sum();
        prop_assert_eq!(result.total_minor, expected);
    }
}

#[test]
fn explanations_tell_what_is_remembered_where_money_goes_and_how_legs_are_matched() {
    let text = format!(
        "[remembered.points]\nnext = \"before(points) + pv\"\n{OWN}sides = \"power-leg\"\ntree = \"sponsor\"\n{}\
         [[wallets]]\ncode = \"shop\"\nname = \"Shop credit\"\nkind = \"credit\"\nshare = \"25%\"\n",
        paid("team.matched")
    );
    let plan = plan(&text);
    let field = "members Top, A < Top, B < Top, C < Top\ncarry Top remembered:points 50\norder Top 10\norder A 90\norder B 40\norder C 20\n";
    let cases = case::read(field, "field").unwrap_or_else(|faults| panic!("{faults}"));
    let asked = Question { member: Some("Top"), order: None, bonus: Some("pairs") };
    let told = explain(&plan, &cases[0].snapshot(&plan), asked).unwrap().tree();
    for part in [
        "remembered: points 60 (before: 50)",
        "team: power leg 90, all other legs 60, matched 60",
        "goes into wallets: Shop credit 15.00; to be paid out: 45.00",
    ] {
        assert!(told.contains(part), "{part} in\n{told}");
    }
}

#[test]
fn what_a_plan_remembers_and_splits_is_compared_in_words() {
    let before = "[remembered.points]\nstart = 0\nnext = \"before(points) + pv\"\n[[wallets]]\ncode = \"shop\"\nshare = \"25%\"\n";
    let after = "[remembered.points]\nnext = \"before(points) + gv\"\n[[wallets]]\ncode = \"shop\"\nshare = \"30%\"\nkind = \"credit\"\n";
    let said: Vec<String> =
        crate::plan::diff::diff(("a", before), ("b", after)).unwrap().into_iter().map(|change| change.text).collect();
    assert_eq!(
        said,
        [
            "Remembered points: next changes from “before(points) + pv” to “before(points) + gv”",
            "Wallet shop: share rises from 25% to 30%",
            "Wallet shop: kind changes from money to credit",
        ]
    );
}
