//! Differences, generations and matched sides once more, slow and obvious, against the engine over many small fields.

use proptest::prelude::*;

use super::world::{members, october, order, plan, result};
use crate::plan::{RunResult, Snapshot};

type Parents = Vec<Option<usize>>;

fn name(at: usize) -> String {
    format!("M{at:02}")
}

/// A field of `parents` with an order of each member's volume; ranks by volume: from 20 on A, from 40 on B.
fn field(parents: &Parents, volumes: &[u32]) -> Snapshot {
    let mut snapshot = october();
    for (at, parent) in parents.iter().enumerate() {
        let text = parent.map_or(name(at), |parent| format!("{} < {}", name(at), name(parent)));
        members(&mut snapshot, &text);
    }
    for (at, volume) in volumes.iter().enumerate().filter(|(_, volume)| **volume > 0) {
        order(&mut snapshot, &name(at), &volume.to_string());
    }
    snapshot
}

fn rank(volume: u32) -> usize {
    usize::from(volume >= 20) + usize::from(volume >= 40)
}

const RANKS: &str = r#"
    [[ranks]]
    code = "A"
    needs = "pv >= 20"
    [[ranks]]
    code = "B"
    needs = "pv >= 40"
"#;

fn uplines(parents: &Parents, of: usize) -> Vec<usize> {
    let mut out = Vec::new();
    let mut at = parents[of];
    while let Some(member) = at {
        out.push(member);
        at = parents[member];
    }
    out
}

/// Lines as (member, buyer, level, cents), in order.
type Lines = Vec<(usize, usize, usize, i64)>;

fn found(result: &RunResult, snapshot: &Snapshot) -> Lines {
    let place = |number: &str| number[1..].parse::<usize>().unwrap();
    let mut lines: Lines = result
        .rows(snapshot)
        .map(|row| {
            let from = snapshot.members.iter().find(|member| Some(member.id) == row.from).unwrap();
            (place(row.member_number), place(&from.number), usize::from(row.level), row.amount_minor)
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// Rates in per cent by rank: nothing, 5, 12.
const PERCENT: [i64; 3] = [0, 5, 12];

fn differences(parents: &Parents, volumes: &[u32], first: usize, own: bool, minimum: i64, most: usize) -> Lines {
    let mut lines = Vec::new();
    for buyer in (0..parents.len()).filter(|buyer| volumes[*buyer] > 0) {
        let volume = i64::from(volumes[buyer]);
        let rate = |member: usize| PERCENT[rank(volumes[member])];
        let (mut seen, mut paid) = (0, 0);
        if first == 0 && rate(buyer) > 0 {
            lines.push((buyer, buyer, 0, volume * rate(buyer)));
            paid += 1;
        }
        if first == 0 || own {
            seen = rate(buyer);
        }
        for (steps, member) in (1..).zip(uplines(parents, buyer)) {
            if paid == most {
                break;
            }
            let share = if rate(member) > 0 { (rate(member) - seen).max(minimum) } else { 0 };
            if share > 0 && steps >= first {
                lines.push((member, buyer, steps, volume * share));
                paid += 1;
            }
            seen = seen.max(rate(member));
        }
    }
    lines.sort_unstable();
    lines
}

fn generations(parents: &Parents, volumes: &[u32], first: usize, own: bool) -> Lines {
    const RATES: [i64; 3] = [4, 3, 2];
    let mut lines = Vec::new();
    for buyer in (0..parents.len()).filter(|buyer| volumes[*buyer] > 0) {
        let head = |member: usize| rank(volumes[member]) == 2;
        let mut heads = usize::from(own && head(buyer));
        if first == 0 && rank(volumes[buyer]) >= 1 {
            lines.push((buyer, buyer, 0, i64::from(volumes[buyer]) * RATES[0]));
        }
        for member in uplines(parents, buyer) {
            if rank(volumes[member]) >= 1 && heads < RATES.len() {
                lines.push((member, buyer, heads + first, i64::from(volumes[buyer]) * RATES[heads]));
            }
            heads += usize::from(head(member));
        }
    }
    lines.sort_unstable();
    lines
}

fn peers(parents: &Parents, volumes: &[u32], rates: &[i64], own: bool) -> Lines {
    let mut lines = Vec::new();
    for buyer in (0..parents.len()).filter(|buyer| volumes[*buyer] > 0) {
        let rank = |member: usize| rank(volumes[member]);
        let mut below: Vec<usize> = if own { vec![buyer] } else { Vec::new() };
        for member in uplines(parents, buyer) {
            let peers = below.iter().filter(|other| rank(**other) >= rank(member)).count();
            if rank(member) >= 1 && peers < rates.len() {
                lines.push((member, buyer, peers + 1, i64::from(volumes[buyer]) * rates[peers]));
            }
            below.push(member);
        }
    }
    lines.sort_unstable();
    lines
}

fn parents(choices: &[(u8, u8)]) -> Parents {
    let below = |(at, (chain, pick)): (usize, &(u8, u8))| match (at, chain) {
        (0, _) | (_, 255) => None,
        (_, 0..140) => Some(at - 1),
        _ => Some(usize::from(*pick) % at),
    };
    choices.iter().enumerate().map(below).collect()
}

fn shapes() -> impl Strategy<Value = (Parents, Vec<u32>)> {
    let volume = prop::sample::select(vec![0_u32, 5, 20, 25, 40, 60]);
    prop::collection::vec((any::<u8>(), any::<u8>(), volume), 1..14).prop_map(|shape| {
        let (choices, volumes): (Vec<_>, Vec<_>) = shape.into_iter().map(|(a, b, volume)| ((a, b), volume)).unzip();
        (parents(&choices), volumes)
    })
}

fn bonus(walk: &str, rate: &str) -> String {
    format!(
        "{RANKS}\n[[bonuses]]\ncode = \"way\"\nearner = \"pv >= 20\"\nsource = \"orders\"\n\
         walk = {{ tree = \"sponsor\", {walk} }}\nbase = \"cv\"\nrate = {rate}\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn differences_are_paid_as_the_reference_does(
        (parents, volumes) in shapes(), first in 0_usize..3, own: bool, minimum in 0_i64..4, most in 1_usize..4,
    ) {
        let minimal = if minimum > 0 { format!(", minimum = \"{minimum}%\"") } else { String::new() };
        let walk = format!("difference = true, first_level = {first}, own_rate = {own}, levels = {most}{minimal}");
        let plan = plan(&bonus(&walk, "{ A = \"5%\", B = \"12%\" }"));
        let snapshot = field(&parents, &volumes);
        prop_assert_eq!(
            found(&result(&plan, &snapshot), &snapshot),
            differences(&parents, &volumes, first, own, minimum, most)
        );
    }

    #[test]
    fn generations_are_paid_as_the_reference_does((parents, volumes) in shapes(), first in 0_usize..2, own: bool) {
        let walk = format!("generations = \"paid_rank >= B\", first_level = {first}, own_head = {own}");
        let plan = plan(&bonus(&walk, "[\"4%\", \"3%\", \"2%\"]"));
        let snapshot = field(&parents, &volumes);
        prop_assert_eq!(found(&result(&plan, &snapshot), &snapshot), generations(&parents, &volumes, first, own));
    }

    #[test]
    fn peers_end_groups_as_in_the_reference((parents, volumes) in shapes(), own: bool, two: bool) {
        let walk = format!("generations = \"peer\", own_head = {own}");
        let (text, rates): (_, &[i64]) = if two { ("[\"4%\", \"1%\"]", &[4, 1]) } else { ("\"4%\"", &[4]) };
        let plan = plan(&bonus(&walk, text));
        let snapshot = field(&parents, &volumes);
        prop_assert_eq!(found(&result(&plan, &snapshot), &snapshot), peers(&parents, &volumes, rates, own));
    }

    #[test]
    fn a_pool_is_paid_out_to_the_cent(shares in prop::collection::vec(0_u32..50, 1..12), amount in 0_u32..100_000) {
        let text = "[[bonuses]]\ncode = \"pool\"\nearner = \"always\"\nsource = \"pool\"\nshares = \"pv\"\n";
        let plan = plan(&format!("{text}pool = \"{}.{:02}\"\n", amount / 100, amount % 100));
        let snapshot = field(&vec![None; shares.len()], &shares);
        let result = result(&plan, &snapshot);
        let whole: i64 = shares.iter().map(|share| i64::from(*share)).sum();
        let expected = if whole == 0 { 0 } else { i64::from(amount) };
        prop_assert_eq!(result.total_minor, expected);
        for row in result.rows(&snapshot) {
            let share = i64::from(shares[row.member_number[1..].parse::<usize>().unwrap()]);
            let exact = i64::from(amount) * share;
            prop_assert!((row.amount_minor * whole - exact).abs() < whole, "{} of {exact}/{whole}", row.amount_minor);
        }
    }

    #[test]
    fn a_company_limit_is_met_to_the_cent((parents, volumes) in shapes(), limit in 0_u32..3_000) {
        let reduce = ["pro-rata", "lowest-rank", "last-come"][limit as usize % 3];
        let cap = format!("[[caps]]\nper = \"company\"\nlimit = \"{}.{:02}\"\nreduce = \"{reduce}\"\n", limit / 100, limit % 100);
        let text = bonus("levels = \"all\"", "[\"10%\", \"5%\"]");
        let snapshot = field(&parents, &volumes);
        let free = result(&plan(&text), &snapshot);
        let capped = result(&plan(&format!("{text}{cap}")), &snapshot);
        prop_assert_eq!(capped.total_minor, free.total_minor.min(i64::from(limit)));
        for (before, after) in free.lines.iter().zip(capped.lines.iter()) {
            prop_assert!(after.amount_minor >= 0 && after.amount_minor <= before.amount_minor);
        }
    }
}
