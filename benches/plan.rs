//! The engine by itself: `cargo bench --bench plan -- [MEMBERS] [SHAPE] [PLAN]`.
//!
//! SHAPE is `natural`, `chain`, `wide`, `binary` or `comb`; PLAN is `seven` (seven levels with dynamic
//! compression, beside a hand-written loop over flat arrays) or `hybrid` (ranks, unilevel, generations,
//! matching, binary and a pool). The field is made up by a fixed rule, about one order a member, so that
//! everybody measures the same.

mod field;

use std::time::{Duration, Instant};

use mainstay::domain::ids::MemberId;
use mainstay::domain::member::MemberStatus;
use mainstay::plan::{CheckedPlan, run_on};

use field::{SEVEN, field};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HYBRID: &str = r#"
[plan]
name = "Hybrid"
currency = "EUR"
[status]
active = "pv >= 60"
[volumes.bv]
of = "cv"
scope = "own"
[volumes.all]
of = "cv"
scope = "company"
[[ranks]]
code = "Silver"
needs = ["active", "legs(active) >= 2"]
[[ranks]]
code = "Gold"
needs = ["active", "legs(rank >= Silver) >= 2", "gv >= 2000"]
[[ranks]]
code = "Diamond"
needs = ["active", "legs(rank >= Gold) >= 2", "gv >= 20000"]
[binary.team]
volume = "bv"
carry_limit = 100000
[[bonuses]]
code = "unilevel"
source = "orders"
walk = { tree = "sponsor", compression = "dynamic" }
base = "cv"
rate = { unranked = ["5%"], Silver = ["5%", "4%", "3%"], Gold = ["5%", "4%", "3%", "2%", "2%"] }
[[bonuses]]
code = "generation"
earner = "active and paid_rank >= Gold"
source = "orders"
walk = { tree = "sponsor", generations = "paid_rank >= Gold" }
base = "cv"
rate = ["1%", "1%"]
[[bonuses]]
code = "pairs"
source = "members"
walk = "own"
base = "team.matched"
rate = { unranked = "5%", Silver = "8%", Gold = "10%" }
[[bonuses]]
code = "matching"
source = "bonuses"
of = ["unilevel", "pairs"]
walk = { tree = "enroller", compression = "standard" }
rate = { Silver = ["10%"], Gold = ["10%", "5%"] }
[[bonuses]]
code = "pool"
earner = "active and paid_rank >= Gold"
source = "pool"
pool = "2% * all"
shares = "rank_number"
"#;

/// A line of the hand-written loop: member, buyer, order, level, cents.
type Line = (u32, u32, u32, u8, i64);

/// What the plan `seven` pays, by hand for this plan alone: flat arrays, whole numbers, no traces, no names.
fn by_hand(parent: &[u32], able: &[bool], buyer: &[u32], volume: &[i64]) -> Vec<Line> {
    const NONE: u32 = u32::MAX;
    const RATES: [i64; 7] = [5, 4, 4, 3, 3, 2, 2];
    let mut own = vec![0_i64; parent.len()];
    for (buyer, volume) in buyer.iter().zip(volume) {
        own[*buyer as usize] += volume;
    }
    let levels: Vec<u8> = own
        .iter()
        .zip(able)
        .map(|(own, able)| match own / 10_000 {
            _ if !able => 0,
            180.. => 7,
            120.. => 3,
            60.. => 1,
            _ => 0,
        })
        .collect();
    let mut next = vec![vec![NONE; parent.len()]; 7];
    for (level, next) in (0_u8..).zip(&mut next) {
        for member in 0..parent.len() {
            let above = parent[member];
            if above != NONE {
                next[member] = if levels[above as usize] > level { above } else { next[above as usize] };
            }
        }
    }
    let mut lines = Vec::new();
    for ((order, buyer), volume) in (0_u32..).zip(buyer).zip(volume) {
        let mut at = *buyer;
        for (level, rate) in (0_u8..).zip(RATES) {
            let above = next[usize::from(level)][at as usize];
            if above != NONE {
                lines.push((above, *buyer, order, level + 1, (volume * rate + 5_000) / 10_000));
                at = above;
            }
        }
    }
    lines
}

fn fastest(times: usize, mut work: impl FnMut()) -> Duration {
    let one = |()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    std::iter::repeat_n((), times).map(one).min().unwrap_or_default()
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let count: i64 = given.first().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let shape = given.get(1).map_or("natural", String::as_str);
    let seven = given.get(2).is_none_or(|plan| plan == "seven");
    let text = if seven { SEVEN } else { HYBRID };
    let plan = CheckedPlan::read(text, "plan.toml").unwrap_or_else(|faults| panic!("{faults}"));
    let snapshot = field(count, shape);
    println!("{count} members ({shape}), {} orders, {}", snapshot.orders.len(), plan.name);
    let times = if count > 1_000_000 { 1 } else { 3 };
    let mut cents = 0;
    if seven {
        let index = |id: MemberId| u32::try_from(id.0).unwrap_or(u32::MAX);
        let parent: Vec<u32> = snapshot.members.iter().map(|m| m.sponsor.get().map_or(u32::MAX, index)).collect();
        let able: Vec<bool> = snapshot.members.iter().map(|m| m.status == MemberStatus::Active).collect();
        let buyer: Vec<u32> = snapshot.orders.iter().map(|order| index(order.buyer)).collect();
        let volume: Vec<i64> = snapshot.orders.iter().map(|order| order.amounts.cv.0).collect();
        let mut lines = Vec::new();
        let took = fastest(times, || {
            lines = Vec::new();
            lines = by_hand(&parent, &able, &buyer, &volume);
        });
        cents = lines.iter().map(|line| line.4).sum();
        println!("by hand: {took:?}, {} lines, {cents} cents", lines.len());
    }
    let mut hashes = Vec::new();
    for threads in [1, 2] {
        let mut result = None;
        let mut steps: Vec<(&str, Instant)> = Vec::new();
        let took = fastest(times, || {
            result = None;
            steps.clear();
            let progress = &mut |progress: mainstay::plan::Progress| steps.push((progress.step, Instant::now()));
            result = Some(run_on(&plan, &snapshot, threads, progress).unwrap_or_else(|fault| panic!("{fault}")));
            steps.push(("end", Instant::now()));
        });
        let Some(result) = result else { return };
        let parts: Vec<String> =
            steps.windows(2).map(|pair| format!("{} {:?}", pair[0].0, pair[1].1 - pair[0].1)).collect();
        println!("engine, {threads} threads: {took:?}, {} lines ({})", result.lines.len(), parts.join(", "));
        assert!(!seven || result.total_minor == cents, "{} cents", result.total_minor);
        hashes.push(result.hash);
    }
    assert_eq!(hashes[0], hashes[1], "one thread and two give the same bytes");
    println!("peak memory of it all: {}", field::peak_memory());
}
