//! A field made up by a fixed rule, about one order a member, so that everybody measures the same.

use std::collections::BTreeMap;

use mainstay::domain::calendar::Day;
use mainstay::domain::ids::{MemberId, OrderId};
use mainstay::domain::member::{MemberKind, MemberStatus};
use mainstay::domain::money::Volume;
use mainstay::domain::order::OrderType;
use mainstay::domain::run::PeriodKind;
use mainstay::plan::{Amounts, Measured, PeriodSpan, Snapshot, SnapshotMember, SnapshotOrder};

/// Seven levels with dynamic compression; how many a member is paid depends on its own volume.
pub const SEVEN: &str = r#"
[plan]
name = "Seven levels"
currency = "EUR"
[status]
active = "pv >= 60"
[[ranks]]
code = "One"
needs = "active"
[[ranks]]
code = "Three"
needs = "pv >= 120"
[[ranks]]
code = "Seven"
needs = "pv >= 180"
[[bonuses]]
code = "team"
source = "orders"
walk = { tree = "sponsor", compression = "dynamic" }
base = "cv"
rate = { One = ["5%"], Three = ["5%", "4%", "4%"], Seven = ["5%", "4%", "4%", "3%", "3%", "2%", "2%"] }
"#;

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
        "wide" => 0,
        "binary" => (member - 1) / 2,
        // A chain in which every second member has one recruit who goes no further.
        "comb" => {
            if member % 2 == 0 {
                (member - 2).max(0)
            } else {
                member - 1
            }
        }
        // Two thirds join below somebody recent, the others anywhere.
        _ => match (dice.roll(member), dice.roll(member), dice.roll(3)) {
            (a, _, 0) => a,
            (a, b, _) => a.max(b),
        },
    }
}

/// A field of so many members in a shape: `natural`, `chain`, `wide`, `binary` or `comb`.
pub fn field(count: i64, shape: &str) -> Snapshot {
    let mut dice = Dice(42);
    let first: Day = "2026-10-01".parse().unwrap_or(Day(0));
    let mut members = Vec::new();
    for at in 0..count {
        let above = (at > 0).then(|| MemberId(sponsor(shape, at, &mut dice)));
        let place = (at > 0).then(|| (MemberId((at - 1) / 2), u8::try_from((at - 1) % 2).unwrap_or(0)));
        members.push(SnapshotMember {
            id: MemberId(at),
            number: format!("M-{at:08}").into(),
            kind: MemberKind::Distributor,
            status: if dice.roll(20) == 0 { MemberStatus::Inactive } else { MemberStatus::Active },
            joined: first.plus(-i32::try_from(dice.roll(800)).unwrap_or(0)),
            enroller: above.into(),
            sponsor: above.into(),
            placement: place,
            highest_rank: None,
            forced_rank: None,
            market: "".into(),
            person: None.into(),
            orders_before: 0,
            attributes: [].into(),
        });
    }
    let order = |at: i64, dice: &mut Dice| {
        let volume = Volume((20 + dice.roll(200)) * 10_000);
        SnapshotOrder {
            id: OrderId(at),
            number: format!("SF-{at:08}").into(),
            line: "".into(),
            buyer: MemberId(dice.roll(count)),
            day: first.plus(i32::try_from(at * 31 / count).unwrap_or(0)),
            order_type: OrderType::Standard,
            amounts: Amounts { qv: volume, cv: volume, paid_minor: volume.0 / 80, wholesale_minor: volume.0 / 100 },
            measures: Measured::default(),
        }
    };
    let orders = (0..count).map(|at| order(at, &mut dice)).collect();
    let period = PeriodSpan { label: "2026-10".to_owned(), kind: PeriodKind::Month, first, last: first.month_end() };
    let currency = "EUR".parse().unwrap_or_else(|fault| panic!("{fault}"));
    Snapshot {
        period,
        currency,
        measures: Vec::new(),
        attributes: Vec::new(),
        members,
        orders,
        through: BTreeMap::new(),
        takebacks: Vec::new(),
        on_amounts: Vec::new(),
        state_keys: Vec::new(),
        state: Vec::new(),
    }
}

/// The most memory that this process has held, as Linux counts it.
pub fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0);
    format!("{} MiB", kib / 1024)
}
