//! How long the engine needs for one month: `cargo bench --bench plan -- [MEMBERS] [natural|chain|star]`.
//!
//! The field is made up by a fixed rule, so that everybody measures the same: 1.2 orders a member,
//! the starter plan with dynamic compression, one thread and two.

use std::time::Instant;

use mainstay::domain::calendar::Day;
use mainstay::domain::ids::{MemberId, OrderId};
use mainstay::domain::member::{MemberKind, MemberStatus};
use mainstay::domain::money::Volume;
use mainstay::domain::order::OrderType;
use mainstay::domain::run::PeriodKind;
use mainstay::plan::{Amounts, CheckedPlan, PeriodSpan, Snapshot, SnapshotMember, SnapshotOrder, run_on, starter};

/// Numbers that look random and are always the same (xorshift).
struct Dice(u64);

impl Dice {
    /// A number from 0 to `sides` - 1.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 1).cast_signed() % sides.max(1)
    }
}

fn sponsor(shape: &str, member: i64, dice: &mut Dice) -> i64 {
    match shape {
        "chain" => member - 1,
        "star" => 0,
        // Two thirds join below somebody recent, the others anywhere.
        _ => match (dice.roll(member), dice.roll(member), dice.roll(3)) {
            (a, _, 0) => a,
            (a, b, _) => a.max(b),
        },
    }
}

fn field(count: i64, shape: &str) -> Snapshot {
    let mut dice = Dice(42);
    let first: Day = "2026-10-01".parse().unwrap_or(Day(0));
    let mut members = Vec::new();
    for at in 0..count {
        let above = (at > 0).then(|| MemberId(sponsor(shape, at, &mut dice)));
        let customer = shape == "natural" && at > 10 && dice.roll(10) < 4;
        members.push(SnapshotMember {
            id: MemberId(at),
            number: format!("M-{at:08}"),
            kind: if customer { MemberKind::Retail } else { MemberKind::Distributor },
            status: if dice.roll(20) == 0 { MemberStatus::Inactive } else { MemberStatus::Active },
            joined: first.plus(-i32::try_from(dice.roll(800)).unwrap_or(0)),
            enroller: above,
            sponsor: above,
            placement: None,
            highest_rank: None,
            forced_rank: None,
            market: String::new(),
            person: None,
        });
    }
    let order = |at: i64, dice: &mut Dice| {
        let volume = Volume((20 + dice.roll(200)) * 10_000);
        SnapshotOrder {
            id: OrderId(at),
            number: format!("SF-{at:08}"),
            line: String::new(),
            buyer: MemberId(dice.roll(count)),
            day: first.plus(i32::try_from(at * 31 / (count * 6 / 5)).unwrap_or(0)),
            order_type: OrderType::Standard,
            amounts: Amounts { qv: volume, cv: volume, paid_minor: volume.0 / 80, wholesale_minor: volume.0 / 100 },
        }
    };
    let orders = (0..count * 6 / 5).map(|at| order(at, &mut dice)).collect();
    let period = PeriodSpan { label: "2026-10".to_owned(), kind: PeriodKind::Month, first, last: first.month_end() };
    let currency = "EUR".parse().unwrap_or_else(|fault| panic!("{fault}"));
    Snapshot { period, currency, members, orders, takebacks: Vec::new(), state_keys: Vec::new(), state: Vec::new() }
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let count = given.first().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let shape = given.get(1).map_or("natural", String::as_str);
    let text = starter::UNILEVEL.replace("compression = \"standard\"", "compression = \"dynamic\"");
    let plan = CheckedPlan::read(&text, "unilevel.toml").unwrap_or_else(|faults| panic!("{faults}"));
    let snapshot = field(count, shape);
    println!("{count} members ({shape}), {} orders", snapshot.orders.len());
    for threads in [1, 2] {
        let start = Instant::now();
        let result = run_on(&plan, &snapshot, threads, &mut |_| {}).unwrap_or_else(|fault| panic!("{fault}"));
        let run = start.elapsed();
        let start = Instant::now();
        let tracer = result.tracer(&snapshot);
        let mut trace = String::new();
        for row in result.rows(&snapshot) {
            tracer.write(row.index, &mut trace);
        }
        let after = start.elapsed();
        let lines = result.lines.len();
        println!("{threads} threads: run {run:?}, {lines} lines, their traces {after:?} ({} bytes)", trace.len());
    }
}
