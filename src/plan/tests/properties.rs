//! What must hold for every field: order of input, threads, ids, scale, nothing from nothing.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::documentation::blocks;
use super::world::{members, october, order, plan, result};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::money::Volume;
use crate::plan::fault::{Fault, Faults};
use crate::plan::{Amounts, CheckedPlan, RunResult, Snapshot, SnapshotOrder, case, run_on, starter};

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

/// Any small field, with a binary placement tree in the order of enrolment.
pub fn any_field() -> impl Strategy<Value = Snapshot> {
    let orders = prop::collection::vec(1_u32..40_000, 0..3);
    prop::collection::vec((any::<u8>(), any::<u8>(), prop::bool::weighted(0.3), orders), 1..24).prop_map(|all| {
        let mut snapshot = field(&all);
        let ids: Vec<MemberId> = snapshot.members.iter().map(|member| member.id).collect();
        for (at, member) in snapshot.members.iter_mut().enumerate().skip(1) {
            member.placement = Some((ids[(at - 1) / 2], u8::from(at % 2 == 0)));
        }
        snapshot
    })
}

/// Every plan of the documentation and of published examples, without its head.
fn sources() -> Vec<&'static str> {
    let files = [
        include_str!("../../../docs/plan-language.md"),
        include_str!("../../../tests/plan/published/unilevel.md"),
        include_str!("../../../tests/plan/published/binary.md"),
        include_str!("../../../tests/plan/published/differences.md"),
        include_str!("../../../tests/plan/published/pools.md"),
    ];
    files.iter().flat_map(|file| blocks(file)).filter(|(kind, _)| *kind == "plan").map(|(_, text)| text).collect()
}

/// The same, checked.
pub fn published() -> &'static [CheckedPlan] {
    static PLANS: OnceLock<Vec<CheckedPlan>> = OnceLock::new();
    PLANS.get_or_init(|| sources().into_iter().map(plan).collect())
}

/// The same field in another order and with other ids.
fn shuffled(snapshot: &Snapshot, turn: usize) -> Snapshot {
    let mut shuffled = snapshot.clone();
    let (members, orders) = (shuffled.members.len(), shuffled.orders.len());
    shuffled.members.rotate_left(turn % members);
    shuffled.members.reverse();
    shuffled.orders.rotate_left(turn.checked_rem(orders).unwrap_or(0));
    let other = |id: MemberId| MemberId(1_000_003 - 7 * id.0);
    for member in &mut shuffled.members {
        member.id = other(member.id);
        member.sponsor = member.sponsor.get().map(other).into();
        member.enroller = member.enroller.get().map(other).into();
        member.placement = member.placement.map(|(above, side)| (other(above), side));
    }
    for order in &mut shuffled.orders {
        order.buyer = other(order.buyer);
        order.id = OrderId(9_999 - order.id.0);
    }
    shuffled
}

/// A field as the text of a case.
fn as_case(snapshot: &Snapshot) -> String {
    let number = |id: MemberId| &snapshot.members.iter().find(|member| member.id == id).unwrap().number;
    let mut lines = vec!["period 2026-10".to_owned()];
    for member in &snapshot.members {
        let enroller = member.enroller.get().map(number);
        let above = match (member.sponsor.get().map(number), enroller) {
            (Some(sponsor), Some(enroller)) => format!(" < {sponsor} / {enroller}"),
            (None, Some(enroller)) => format!(" ~ {enroller}"),
            _ => String::new(),
        };
        lines.push(format!("members {}{above}", member.number));
    }
    for order in &snapshot.orders {
        let Amounts { qv, paid_minor, wholesale_minor, .. } = order.amounts;
        let money = |minor| snapshot.currency.plain(minor);
        let (paid, wholesale) = (money(paid_minor), money(wholesale_minor));
        let (buyer, number) = (number(order.buyer), &order.number);
        lines.push(format!("order {buyer} {qv} paid {paid} wholesale {wholesale} number {number}"));
    }
    lines.join("\n") + "\n"
}

/// Whether a fault lies within the file.
fn is_within(faults: &Faults, fault: &Fault) -> bool {
    let (line, column) = faults.place(fault);
    let lines: Vec<&str> = faults.text.split('\n').collect();
    fault.span.start <= fault.span.end
        && fault.span.end <= faults.text.len()
        && (1..=lines.len()).contains(&line)
        && (1..=lines[line - 1].chars().count() + 1).contains(&column)
        && !fault.message.is_empty()
}

/// There are faults, all of them lie within the file, and they can be printed.
fn within(faults: &Faults, text: &str) -> Result<(), TestCaseError> {
    prop_assert!(!faults.list.is_empty());
    prop_assert_eq!(&faults.text, text);
    for fault in &faults.list {
        prop_assert!(is_within(faults, fault), "{fault:?}");
    }
    let place = format!("{}:", faults.file);
    prop_assert!(faults.to_string().contains(&place));
    Ok(())
}

/// Something that a plan or a case may hold.
fn token() -> impl Strategy<Value = String> {
    let known = "[ ] [[ ]] { } = , . \" ' # \n - + * / % ( ) < <= >= != and or not if( min( legs( held( 0 1 -1 1.5 999999999999 10% \
                 \"5%\" true null pv gv cv rank Leader active buyer. from. rate base walk where source bonuses ranks \
                 members order return period case some ~ ! @ A B o1 2026-10-01 2026-W41 é 中 \u{feff} \t";
    let known: Vec<String> = known.split(' ').map(str::to_owned).collect();
    prop_oneof![4 => prop::sample::select(known), 1 => ".{0,8}"]
}

/// A text with pieces replaced.
fn changed(text: &str, cuts: &[(prop::sample::Index, usize, String)]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (at, gone, put) in cuts {
        let at = at.index(text.len() + 1);
        let end = (at + gone).min(text.len());
        text.splice(at..end, put.chars());
    }
    text.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn order_of_input_ids_and_threads_change_nothing(snapshot in any_field(), turn in any::<usize>()) {
        let plan = unilevel();
        let expected = result(&plan, &snapshot);
        let shuffled = shuffled(&snapshot, turn);
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
            order.amounts = Amounts::default();
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
    fn no_plan_depends_on_the_order_of_input_ids_or_threads(
        snapshot in any_field(),
        turn in any::<usize>(),
        which in any::<prop::sample::Index>(),
    ) {
        let plan = &published()[which.index(published().len())];
        let expected = run_on(plan, &snapshot, 1, &mut |_| {}).map(|found| (found.hash, found.total_minor));
        let again = run_on(plan, &shuffled(&snapshot, turn), 3, &mut |_| {});
        prop_assert_eq!(again.map(|found| (found.hash, found.total_minor)), expected);
    }

    #[test]
    fn an_order_in_two_halves_pays_the_same(snapshot in any_field()) {
        let plan = unilevel();
        // Even points and rates in percent: nothing to round.
        let mut whole = snapshot;
        for order in &mut whole.orders {
            let points = order.amounts.cv.0 / 10_000 * 2_000_000;
            order.amounts = Amounts { qv: Volume(points), cv: Volume(points), paid_minor: points / 100, wholesale_minor: 0 };
        }
        let mut halves = whole.clone();
        for order in &mut halves.orders {
            for part in [&mut order.amounts.qv.0, &mut order.amounts.cv.0, &mut order.amounts.paid_minor] {
                *part /= 2;
            }
        }
        let seconds = halves.orders.iter().map(|order| SnapshotOrder { number: format!("{}-2", order.number).into(), id: OrderId(5_000 + order.id.0), ..order.clone() });
        let seconds: Vec<SnapshotOrder> = seconds.collect();
        halves.orders.extend(seconds);
        let (one, two) = (result(&plan, &whole), result(&plan, &halves));
        let earned = |found: &RunResult| found.members.iter().map(|member| (member.earned_minor, member.rank, member.gv)).collect::<Vec<_>>();
        prop_assert_eq!(earned(&one), earned(&two));
    }

    #[test]
    fn names_mean_nothing(snapshot in any_field()) {
        let plan = unilevel();
        let mut renamed = snapshot.clone();
        for member in &mut renamed.members {
            // Turned round: the last is the first now.
            member.number = format!("Z{:03}", 999 - member.id.0).into();
        }
        let text = starter::UNILEVEL.replace("Builder", "Quartz").replace("\"team\"", "\"crew\"").replace("gv", "team_volume");
        let other = CheckedPlan::read(&text.replace("[volumes.team_volume]", "[volumes.team_volume]\n"), "p.toml");
        let other = other.unwrap_or_else(|faults| panic!("{faults}"));
        let earned = |found: &RunResult| found.members.iter().map(|member| (member.earned_minor, member.rank, member.pv)).collect::<Vec<_>>();
        let expected = earned(&result(&plan, &snapshot));
        prop_assert_eq!(earned(&result(&plan, &renamed)), expected.clone());
        prop_assert_eq!(earned(&result(&other, &snapshot)), expected);
    }

    #[test]
    fn a_case_with_a_full_refund_in_the_next_month_ends_with_nothing(snapshot in any_field()) {
        let plan = unilevel();
        let text = as_case(&snapshot);
        let paid = result(&plan, &snapshot).total_minor;
        let back: Vec<String> = snapshot.orders.iter().map(|order| format!("return {}\n", order.number)).collect();
        let back = back.concat();
        let text = format!("{text}some\ntotal {}\nperiod 2026-11\n{back}some\ntotal {}\n", plan.currency.plain(paid), plan.currency.plain(-paid));
        let cases = case::read(&text, "c").unwrap_or_else(|faults| panic!("{faults}"));
        let differences = cases[0].run(&plan).differences;
        prop_assert!(differences.is_empty(), "{differences:?}\n{text}");
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
            within(&faults, &text)?;
        }
    }

    #[test]
    fn expressions_never_panic(text in "[a-z0-9 ()<>=+*/.,%-]{0,60}") {
        let plan = format!("[plan]\nname = \"x\"\ncurrency = \"EUR\"\n[status]\nactive = '{text}'\n");
        if let Err(faults) = CheckedPlan::read(&plan, "p.toml") {
            within(&faults, &plan)?;
        }
    }

    #[test]
    fn any_bytes_are_a_plan_or_faults_within_the_file(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Err(faults) = CheckedPlan::read(&text, "p.toml") {
            within(&faults, &text)?;
        }
        if let Err(faults) = case::read(&text, "p.cases") {
            within(&faults, &text)?;
        }
    }

    #[test]
    fn changed_plans_are_read_or_refused_with_places(
        which in any::<prop::sample::Index>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, token()), 1..5),
    ) {
        let sources = sources();
        let text = changed(sources[which.index(sources.len())], &cuts);
        let text = format!("[plan]\nname = \"Test\"\ncurrency = \"EUR\"\n{text}");
        match CheckedPlan::read(&text, "p.toml") {
            Err(faults) => within(&faults, &text)?,
            Ok(plan) => {
                let warnings = Faults { file: "p.toml".into(), text: text.clone(), list: plan.warnings.clone() };
                prop_assert!(warnings.list.iter().all(|fault| is_within(&warnings, fault)));
            }
        }
    }

    #[test]
    fn changed_cases_are_read_or_refused_with_places(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, token()), 1..5),
    ) {
        let text = changed(include_str!("../../../templates/plans/unilevel.cases"), &cuts);
        match case::read(&text, "p.cases") {
            Err(faults) => within(&faults, &text)?,
            Ok(cases) => {
                let lines = text.lines().count().max(1);
                let plan = unilevel();
                for difference in cases.iter().flat_map(|case| case.run(&plan).differences) {
                    prop_assert!((1..=lines).contains(&difference.line), "{difference:?}");
                }
            }
        }
    }
}
