//! Small fields for tests, written as text, and their results as text.

use std::collections::BTreeMap;

use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::domain::run::PeriodKind;
use crate::plan::{
    Amounts, CheckedPlan, Measured, PeriodSpan, RunResult, Snapshot, SnapshotMember, SnapshotOrder, case, run,
};

/// A day written as 2026-10-31.
pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// An empty October 2026 in euros.
pub fn october() -> Snapshot {
    Snapshot {
        period: PeriodSpan {
            label: "2026-10".into(),
            kind: PeriodKind::Month,
            first: day("2026-10-01"),
            last: day("2026-10-31"),
        },
        currency: "EUR".parse().unwrap(),
        measures: Vec::new(),
        attributes: Vec::new(),
        members: Vec::new(),
        orders: Vec::new(),
        through: BTreeMap::new(),
        takebacks: Vec::new(),
        on_amounts: Vec::new(),
        state_keys: Vec::new(),
        state: Vec::new(),
    }
}

/// Adds members: `B < A` stands below A in both trees, `c ~ A` is a retail customer of A, `X < A / B`
/// has the sponsor A and the enroller B, `T! < A` is terminated.
pub fn members(snapshot: &mut Snapshot, text: &str) {
    for part in text.split_whitespace().collect::<Vec<_>>().join(" ").split(", ") {
        let customer = part.contains('~');
        let (name, above) = part.split_once(['<', '~']).map_or((part, None), |(name, above)| (name, Some(above)));
        let (sponsor, enroller) = above.map_or((None, None), |above| {
            above.split_once('/').map_or((Some(above), Some(above)), |(a, b)| (Some(a), Some(b)))
        });
        let id = |name: &str| number(snapshot, name.trim());
        let (sponsor, enroller) = (sponsor.map(id), enroller.map(id));
        let terminated = name.contains('!');
        snapshot.members.push(SnapshotMember {
            id: MemberId(i64::try_from(snapshot.members.len()).unwrap() + 1),
            number: name.trim().trim_end_matches('!').into(),
            kind: if customer { MemberKind::Retail } else { MemberKind::Distributor },
            status: if terminated { MemberStatus::Terminated } else { MemberStatus::Active },
            joined: day("2020-01-01"),
            enroller: enroller.into(),
            sponsor: sponsor.filter(|_| !customer).into(),
            placement: None,
            highest_rank: None,
            forced_rank: None,
            market: "".into(),
            person: None.into(),
            orders_before: 0,
            attributes: [].into(),
        });
    }
}

/// The id of a member.
pub fn number(snapshot: &Snapshot, name: &str) -> MemberId {
    snapshot.members.iter().find(|member| *member.number == *name).unwrap_or_else(|| panic!("no member {name}")).id
}

/// Adds an order of `buyer` with the same QV and CV, paid at the same number of euros.
pub fn order(snapshot: &mut Snapshot, buyer: &str, volume: &str) -> usize {
    let volume: Volume = volume.parse().unwrap();
    let at = snapshot.orders.len() + 1;
    snapshot.orders.push(SnapshotOrder {
        id: OrderId(i64::try_from(at).unwrap()),
        number: format!("O-{at:03}").into(),
        line: "".into(),
        buyer: number(snapshot, buyer),
        day: day("2026-10-15"),
        order_type: OrderType::Standard,
        amounts: Amounts { qv: volume, cv: volume, paid_minor: volume.0 / 100, wholesale_minor: volume.0 * 3 / 400 },
        measures: Measured::default(),
    });
    at - 1
}

/// Reads a plan with the usual head before it.
pub fn plan(text: &str) -> CheckedPlan {
    let text = format!("[plan]\nname = \"Test\"\ncurrency = \"EUR\"\n{text}");
    CheckedPlan::read(&text, "test.toml").unwrap_or_else(|faults| panic!("{faults}"))
}

/// Plays the cases of a text; what differs as `line: what: expected / got`.
pub fn differences(text: &str, field: &str) -> Vec<String> {
    let plan = plan(text);
    let cases = case::read(field, "field").unwrap_or_else(|faults| panic!("{faults}"));
    let all = cases.iter().flat_map(|case| case.run(&plan).differences);
    all.map(|d| format!("{}: {}: {} / {}", d.line, d.what, d.expected, d.got)).collect()
}

/// Runs a plan over a snapshot.
pub fn result(plan: &CheckedPlan, snapshot: &Snapshot) -> RunResult {
    run(plan, snapshot, &mut |_| {}).unwrap()
}

/// Lines as `member bonus level amount`, one each.
pub fn lines(result: &RunResult, snapshot: &Snapshot) -> Vec<String> {
    let show = |row: crate::plan::LineRow<'_>| {
        format!("{} {} {} {}", row.member_number, row.bonus, row.level, result.currency.plain(row.amount_minor))
    };
    result.rows(snapshot).map(show).collect()
}
