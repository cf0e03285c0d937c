//! Large shapes: long chains must cost no more than bushy trees, and the stack must hold.

use super::world::{october, result};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::plan::{Amounts, CheckedPlan, Measured, Snapshot, SnapshotMember, SnapshotOrder, starter};

/// `count` members, each below the one that `parent` names, each with an order of `volume(at)` points.
pub fn field(count: i64, parent: impl Fn(i64) -> i64, volume: impl Fn(i64) -> i64) -> Snapshot {
    let mut snapshot = october();
    for at in 0..count {
        let above = (at > 0).then(|| MemberId(parent(at)));
        snapshot.members.push(SnapshotMember {
            id: MemberId(at),
            number: format!("M-{at:08}").into(),
            kind: MemberKind::Distributor,
            status: MemberStatus::Active,
            joined: super::world::day("2020-01-01"),
            enroller: above.into(),
            sponsor: above.into(),
            placement: None,
            highest_rank: None,
            forced_rank: None,
            market: "".into(),
            person: None.into(),
            orders_before: 0,
            attributes: [].into(),
        });
        let volume = Volume(volume(at) * 10_000);
        snapshot.orders.push(SnapshotOrder {
            id: OrderId(at),
            number: format!("O-{at:08}").into(),
            line: "".into(),
            buyer: MemberId(at),
            day: snapshot.period.first.plus(i32::try_from(at % 28).unwrap()),
            order_type: OrderType::Standard,
            amounts: Amounts { qv: volume, cv: volume, paid_minor: volume.0 / 100, wholesale_minor: volume.0 / 100 },
            measures: Measured::default(),
        });
    }
    snapshot
}

#[test]
fn a_chain_of_a_hundred_thousand_where_nobody_in_between_may_earn() {
    let text = starter::UNILEVEL.replace("compression = \"standard\"", "compression = \"dynamic\"");
    let plan = CheckedPlan::read(&text, "p.toml").unwrap();
    let chain = field(100_000, |at| at - 1, |at| if at < 3 { 5_000 } else { 10 });
    let found = result(&plan, &chain);
    let team: Vec<_> =
        found.rows(&chain).filter(|row| row.bonus == "team" && row.from == Some(MemberId(99_999))).collect();
    assert_eq!(team.iter().map(|row| (row.member.0, row.level)).collect::<Vec<_>>(), [(2, 1)]);
    let line = &found.lines[team[0].index];
    let (passed, more) = found.climbs.passed(line);
    assert_eq!((passed.len(), more), (16, 99_980));
}

#[test]
fn a_star_of_a_hundred_thousand() {
    let plan = CheckedPlan::read(starter::UNILEVEL, "p.toml").unwrap();
    let star = field(100_000, |_| 0, |_| 100);
    let found = result(&plan, &star);
    assert_eq!(found.bonuses[2].amount_minor, 99_999 * 800);
}
