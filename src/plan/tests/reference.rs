//! Level commission once more, slow and obvious, against the engine over thousands of small fields.

use proptest::prelude::*;

use super::world::{members, october, order, plan, result};
use crate::plan::{RunResult, Snapshot};

/// A field of `parents` (each stands below an earlier member or at the top) with personal volumes.
/// Member 0 is M00; volumes below 10 are inactive, from 20 on rank A (one level), from 40 on B (three).
fn field(parents: &[Option<usize>], volumes: &[u32]) -> Snapshot {
    let mut snapshot = october();
    for (at, parent) in parents.iter().enumerate() {
        let text = parent.map_or(format!("M{at:02}"), |parent| format!("M{at:02} < M{parent:02}"));
        members(&mut snapshot, &text);
    }
    for (at, volume) in volumes.iter().enumerate() {
        if *volume > 0 {
            order(&mut snapshot, &format!("M{at:02}"), &volume.to_string());
        }
    }
    snapshot
}

const RATES: [i64; 3] = [5, 4, 3];

/// Who gets how many cents on which level for an order of `volume` by `buyer`, and the breakage in hundredths of a point.
fn by_hand(mode: &str, parents: &[Option<usize>], volumes: &[u32], buyer: usize) -> (Vec<(usize, usize, i64)>, i64) {
    let active = |m: usize| volumes[m] >= 10;
    let levels = |m: usize| if volumes[m] >= 40 { 3 } else { usize::from(volumes[m] >= 20) };
    let volume = i64::from(volumes[buyer]);
    let mut upline = Vec::new();
    let mut at = parents[buyer];
    while let Some(member) = at {
        upline.push(member);
        at = parents[member];
    }
    if mode == "standard" {
        upline.retain(|member| active(*member));
    }
    let (mut paid, mut lost) = (Vec::new(), 0);
    let mut left = upline.into_iter();
    for level in 1..=3 {
        let next =
            if mode == "dynamic" { left.by_ref().find(|m| active(*m) && levels(*m) >= level) } else { left.next() };
        match next.filter(|m| active(*m) && levels(*m) >= level) {
            Some(member) => paid.push((member, level, volume * RATES[level - 1])),
            None => lost += volume * RATES[level - 1],
        }
        // Dynamic compression that finds nobody for a level has gone up to the root in vain, but who
        // was passed over may still be right for the next level: look again from the last one paid.
        if mode == "dynamic" && next.is_none() {
            let lowest = paid.last().map_or(buyer, |(member, ..)| *member);
            let mut rest = Vec::new();
            let mut at = parents[lowest];
            while let Some(member) = at {
                rest.push(member);
                at = parents[member];
            }
            left = rest.into_iter();
        }
    }
    (paid, lost)
}

fn compare(mode: &str, parents: &[Option<usize>], volumes: &[u32]) -> (RunResult, Snapshot) {
    let plan = plan(&format!(
        r#"
        [status]
        active = "pv >= 10"
        [[ranks]]
        code = "A"
        needs = "pv >= 20"
        [[ranks]]
        code = "B"
        needs = "pv >= 40"
        [[bonuses]]
        code = "team"
        source = "orders"
        walk = {{ tree = "sponsor", compression = "{mode}" }}
        base = "cv"
        rate = {{ A = ["5%"], B = ["5%", "4%", "3%"] }}
        "#
    ));
    let snapshot = field(parents, volumes);
    let result = result(&plan, &snapshot);
    let mut expected = Vec::new();
    let mut lost = 0;
    for buyer in (0..parents.len()).filter(|buyer| volumes[*buyer] > 0) {
        let (paid, missed) = by_hand(mode, parents, volumes, buyer);
        expected.extend(paid.into_iter().map(|(member, level, cents)| (member, buyer, level, cents)));
        lost += missed;
    }
    expected.sort_unstable();
    let place = |number: &str| number[1..].parse::<usize>().unwrap();
    let mut found: Vec<_> = result
        .rows(&snapshot)
        .map(|row| {
            let from = snapshot.members.iter().find(|member| Some(member.id) == row.from).unwrap();
            (place(row.member_number), place(&from.number), usize::from(row.level), row.amount_minor)
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{mode}");
    assert_eq!(result.bonuses[0].breakage, rust_decimal::Decimal::new(lost, 2).normalize(), "{mode}");
    (result, snapshot)
}

/// Parents before children; where `chain` is low, long lines come out.
fn parents(choices: &[(u8, u8)]) -> Vec<Option<usize>> {
    let below = |(at, (chain, pick)): (usize, &(u8, u8))| match (at, chain) {
        (0, _) | (_, 255) => None,
        (_, 0..120) => Some(at - 1),
        _ => Some(usize::from(*pick) % at),
    };
    choices.iter().enumerate().map(below).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    #[test]
    fn the_engine_pays_as_the_reference_does(
        shape in prop::collection::vec((any::<u8>(), any::<u8>(), prop::sample::select(vec![0_u32, 5, 10, 20, 40, 55])), 1..14),
    ) {
        let (choices, volumes): (Vec<_>, Vec<_>) = shape.into_iter().map(|(a, b, volume)| ((a, b), volume)).unzip();
        let parents = parents(&choices);
        for mode in ["none", "standard", "dynamic"] {
            compare(mode, &parents, &volumes);
        }
    }
}
