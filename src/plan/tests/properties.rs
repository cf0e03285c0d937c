//! What must hold for every field: order of input, threads, ids, scale, nothing from nothing.

use proptest::prelude::*;

use super::world::{members, october, order, result};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::money::Volume;
use crate::plan::{CheckedPlan, Snapshot, run_on, starter};

fn unilevel() -> CheckedPlan {
    CheckedPlan::read(starter::UNILEVEL, "unilevel.toml").unwrap()
}

/// A field from random choices: parent, enroller, customer or not, orders.
fn field(choices: &[(u8, u8, bool, Vec<u32>)]) -> Snapshot {
    let mut snapshot = october();
    let mut distributors: Vec<String> = Vec::new();
    for (at, (sponsor, enroller, customer, _)) in choices.iter().enumerate() {
        let name = format!("M{at:02}");
        let pick = |choice: u8| distributors[usize::from(choice) % distributors.len()].clone();
        if distributors.is_empty() {
            members(&mut snapshot, &name);
        } else if *customer {
            members(&mut snapshot, &format!("{name} ~ {}", pick(*enroller)));
        } else {
            members(&mut snapshot, &format!("{name} < {} / {}", pick(*sponsor), pick(*enroller)));
        }
        if !customer || distributors.is_empty() {
            distributors.push(name);
        }
    }
    for (at, (.., volumes)) in choices.iter().enumerate() {
        for volume in volumes {
            order(&mut snapshot, &format!("M{at:02}"), &format!("{}.{:02}", volume / 100, volume % 100));
        }
    }
    snapshot
}

fn any_field() -> impl Strategy<Value = Snapshot> {
    let orders = prop::collection::vec(1_u32..40_000, 0..3);
    prop::collection::vec((any::<u8>(), any::<u8>(), prop::bool::weighted(0.3), orders), 1..24)
        .prop_map(|all| field(&all))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn order_of_input_ids_and_threads_change_nothing(snapshot in any_field(), turn in any::<usize>()) {
        let plan = unilevel();
        let expected = result(&plan, &snapshot);
        let mut shuffled = snapshot.clone();
        let (members, orders) = (shuffled.members.len(), shuffled.orders.len());
        shuffled.members.rotate_left(turn % members);
        shuffled.members.reverse();
        shuffled.orders.rotate_left(turn.checked_rem(orders).unwrap_or(0));
        for member in &mut shuffled.members {
            for id in [Some(&mut member.id), member.sponsor.as_mut(), member.enroller.as_mut()].into_iter().flatten() {
                *id = MemberId(1_000_003 - 7 * id.0);
            }
        }
        for order in &mut shuffled.orders {
            order.buyer = MemberId(1_000_003 - 7 * order.buyer.0);
            order.id = OrderId(9_999 - order.id.0);
        }
        prop_assert_eq!(shuffled.hash(), snapshot.hash());
        let again = run_on(&plan, &shuffled, 3, &mut |_| {}).unwrap();
        prop_assert_eq!(again.hash, expected.hash);
        prop_assert_eq!(again.total_minor, expected.total_minor);
    }

    #[test]
    fn orders_of_nothing_pay_nothing_and_lines_add_up(snapshot in any_field()) {
        let plan = unilevel();
        let paid = result(&plan, &snapshot);
        let lines: i64 = paid.lines.iter().map(|line| line.amount_minor).sum();
        prop_assert_eq!(lines, paid.total_minor);
        prop_assert_eq!(paid.members.iter().map(|member| member.earned_minor).sum::<i64>(), lines);
        prop_assert_eq!(paid.bonuses.iter().map(|bonus| bonus.amount_minor).sum::<i64>(), lines);
        let mut nothing = snapshot;
        for order in &mut nothing.orders {
            order.amounts = crate::plan::Amounts::default();
        }
        prop_assert_eq!(result(&plan, &nothing).total_minor, 0);
    }

    #[test]
    fn ten_times_the_commissionable_volume_pays_ten_times_as_much(snapshot in any_field()) {
        let plan = unilevel();
        // Whole points and rates in percent: nothing to round, and ranks read another volume.
        let mut one = snapshot;
        for order in &mut one.orders {
            order.amounts.cv = Volume(order.amounts.cv.0 / 10_000 * 1_000_000);
            order.amounts.paid_minor = order.amounts.paid_minor / 100 * 10_000;
        }
        let mut ten = one.clone();
        for order in &mut ten.orders {
            order.amounts.cv.0 *= 10;
            order.amounts.paid_minor *= 10;
        }
        prop_assert_eq!(result(&plan, &ten).total_minor, result(&plan, &one).total_minor * 10);
    }

    #[test]
    fn a_snapshot_is_read_back_and_damage_is_noticed(snapshot in any_field(), at in any::<usize>()) {
        let bytes = snapshot.to_bytes();
        let read = Snapshot::from_bytes(&bytes);
        prop_assert_eq!(read.as_ref(), Ok(&snapshot));
        prop_assert!(Snapshot::from_bytes(&bytes[..at % bytes.len()]).is_err());
    }

    #[test]
    fn reading_a_plan_never_panics(cuts in prop::collection::vec((any::<prop::sample::Index>(), ".{0,12}"), 1..6)) {
        let mut text: Vec<char> = starter::UNILEVEL.chars().collect();
        for (at, insert) in cuts {
            let at = at.index(text.len());
            let end = (at + insert.chars().count() * 2).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(faults) = CheckedPlan::read(&text, "p.toml") {
            prop_assert!(!faults.list.is_empty());
            prop_assert!(faults.to_string().contains("p.toml:"));
        }
    }

    #[test]
    fn expressions_never_panic(text in "[a-z0-9 ()<>=+*/.,%-]{0,60}") {
        let plan = format!("[plan]\nname = \"x\"\ncurrency = \"EUR\"\n[status]\nactive = '{text}'\n");
        let _ = CheckedPlan::read(&plan, "p.toml").map_err(|faults| faults.to_string());
    }
}
