//! Ranks judged over several trees, against a slow and obvious reference, and at size.

use proptest::prelude::*;

use super::large::field as large_field;
use super::properties::any_field;
use super::world::{members, october, order, plan, result};
use crate::domain::ids::MemberId;
use crate::plan::Snapshot;

const PLAN: &str = r#"
    [[ranks]]
    code = "One"
    needs = "pv >= 150"
    [[ranks]]
    code = "Two"
    needs = "enrolled(rank >= One) >= 1 and heads(rank >= One, placement) >= 2"
    [[ranks]]
    code = "Three"
    needs = "legs(rank >= Two, placement) >= 1 and downline(rank >= One, 2, placement) >= 2 and sum(heads(rank >= One, 2), pv) >= 100"
    [[ranks]]
    code = "Four"
    needs = "enrolled(rank >= One, left) + enrolled(rank >= One, right) >= 2 and enrolled_legs(rank >= One, placement) = 1"
    [[ranks]]
    code = "Five"
    needs = "downline(rank >= One, left) >= 2 and downline(rank >= One, right) = 1"
"#;

/// Members by number.
struct Reference<'a> {
    snapshot: &'a Snapshot,
    volume: Vec<i64>,
}

impl Reference<'_> {
    fn below(&self, above: usize, of: impl Fn(usize) -> Option<MemberId>) -> Vec<usize> {
        let id = self.snapshot.members[above].id;
        (0..self.snapshot.members.len()).filter(|member| of(*member) == Some(id)).collect()
    }

    fn placed(&self, above: usize) -> Vec<usize> {
        self.below(above, |member| {
            let member = &self.snapshot.members[member];
            member.placement.map(|(above, _)| above).or(member.enroller.get().filter(|_| !member.kind.may_earn()))
        })
    }

    fn sponsored(&self, above: usize) -> Vec<usize> {
        self.below(above, |member| {
            let member = &self.snapshot.members[member];
            member.sponsor.get().or(member.enroller.get().filter(|_| !member.kind.may_earn()))
        })
    }

    fn enrolled(&self, above: usize) -> Vec<usize> {
        let kind = |member: &usize| self.snapshot.members[*member].kind.may_earn();
        self.below(above, |member| self.snapshot.members[member].enroller.get()).into_iter().filter(kind).collect()
    }

    fn all(&self, above: usize, levels: usize) -> Vec<usize> {
        if levels == 0 {
            return Vec::new();
        }
        self.placed(above)
            .into_iter()
            .flat_map(|member| [vec![member], self.all(member, levels - 1)].concat())
            .collect()
    }

    fn heads(&self, below: &[usize], generation: usize, next: &dyn Fn(usize) -> Vec<usize>) -> Vec<usize> {
        let mut out = Vec::new();
        for member in below {
            match (self.rank(*member) >= 1, generation) {
                (true, 1) => out.push(*member),
                (true, _) => out.extend(self.heads(&next(*member), generation - 1, next)),
                _ => out.extend(self.heads(&next(*member), generation, next)),
            }
        }
        out
    }

    fn rank(&self, member: usize) -> usize {
        if !self.snapshot.members[member].kind.may_earn() {
            return 0;
        }
        let one = |member: &usize| self.rank(*member) >= 1;
        let has = |members: Vec<usize>| members.iter().any(|member| self.rank(*member) >= 2);
        let mut rank = usize::from(self.volume[member] >= 150);
        if self.enrolled(member).iter().any(one)
            && self.heads(&self.placed(member), 1, &|member| self.placed(member)).len() >= 2
        {
            rank = 2;
        }
        let leaders = self.heads(&self.sponsored(member), 2, &|member| self.sponsored(member));
        if has(self.all(member, 99))
            && self.all(member, 2).iter().filter(|member| one(member)).count() >= 2
            && leaders.iter().map(|member| self.volume[*member]).sum::<i64>() >= 100
        {
            rank = 3;
        }
        let legs: Vec<Vec<usize>> =
            self.placed(member).iter().map(|leg| [vec![*leg], self.all(*leg, 99)].concat()).collect();
        let of = |leg: &Vec<usize>| self.enrolled(member).iter().filter(|who| leg.contains(who) && one(who)).count();
        if legs.iter().map(of).sum::<usize>() >= 2 && legs.iter().filter(|leg| of(leg) > 0).count() == 1 {
            rank = 4;
        }
        let side = |side: u8| {
            let head = |leg: &Vec<usize>| &self.snapshot.members[leg[0]];
            let on =
                |leg: &&Vec<usize>| head(leg).kind.may_earn() && head(leg).placement.is_some_and(|(_, on)| on == side);
            legs.iter().filter(on).flatten().filter(|who| one(who)).count()
        };
        if side(0) >= 2 && side(1) == 1 {
            rank = 5;
        }
        rank
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn ranks_over_three_trees_are_those_of_the_reference(mut snapshot in any_field(), big in prop::collection::vec(any::<bool>(), 24)) {
        snapshot.orders.clear();
        let mut volume = vec![0; snapshot.members.len()];
        for (at, member) in snapshot.members.clone().iter().enumerate().filter(|(at, _)| big[*at]) {
            order(&mut snapshot, &member.number, "200");
            volume[at] = 200;
        }
        let found = result(&plan(PLAN), &snapshot);
        let reference = Reference { snapshot: &snapshot, volume };
        for (at, member) in snapshot.members.iter().enumerate() {
            let rank = reference.rank(at);
            let code = ["", "One", "Two", "Three", "Four", "Five"][rank];
            let rank = found.members[at].rank;
            prop_assert_eq!(rank.map_or("", |rank| found.ranks[usize::from(rank)].code.as_str()), code, "{}", member.number);
        }
    }
}

fn rank(snapshot: &Snapshot, plan: &str) -> Vec<String> {
    let found = result(&super::world::plan(plan), snapshot);
    let code = |rank: Option<u16>| rank.map_or("none".to_owned(), |rank| found.ranks[usize::from(rank)].code.clone());
    found.members.iter().map(|member| code(member.rank)).collect()
}

/// A enrolled B, and stands below B in the sponsor tree; Top enrolled A and stands above both.
const CIRCLE: &str = r#"
    [[ranks]]
    code = "Silver"
    needs = "pv >= 100"
    [[ranks]]
    code = "Gold"
    needs = "enrolled(rank >= Silver) >= 1"
"#;

fn circle() -> Snapshot {
    let mut snapshot = october();
    members(&mut snapshot, "Top, B < Top, A < B / Top, C < A, D < C / B");
    snapshot.members[1].enroller = Some(snapshot.members[2].id).into();
    snapshot
}

#[test]
fn a_link_that_closes_a_circle_counts_by_the_former_rank() {
    let mut snapshot = circle();
    order(&mut snapshot, "B", "100");
    assert_eq!(rank(&snapshot, CIRCLE), ["none", "Silver", "none", "none", "none"]);
    snapshot.state_keys = vec!["paid:Silver".to_owned()];
    snapshot.state = vec![crate::plan::StateEntry { member: snapshot.members[1].id, key: 0, value: 1 }];
    assert_eq!(rank(&snapshot, CIRCLE), ["Gold", "Silver", "Gold", "none", "none"]);
    // Whoever is not on the circle reads this period's ranks.
    order(&mut snapshot, "D", "100");
    assert_eq!(rank(&snapshot, CIRCLE), ["Gold", "Gold", "Gold", "none", "Silver"]);
}

#[test]
fn ranks_of_a_circle_are_remembered_for_the_next_period() {
    let mut snapshot = circle();
    order(&mut snapshot, "B", "100");
    let found = result(&plan(CIRCLE), &snapshot);
    assert_eq!(found.state_keys, ["paid:Silver"]);
}

#[test]
fn a_hundred_thousand_members_whose_trees_run_against_each_other() {
    let count: i64 = 100_000;
    let mut snapshot = large_field(count, |at| at - 1, |at| if at == count - 1 { 100 } else { 1 });
    // The enroller tree goes the other way: everybody but the last is enrolled by the one below.
    for at in 0..snapshot.members.len() {
        snapshot.members[at].enroller = snapshot.members.get(at + 1).map(|below| below.id).into();
    }
    let found = rank(&snapshot, CIRCLE);
    assert_eq!(found.iter().filter(|rank| *rank == "Silver").count(), 1);
    // The other way round: each one is read by the one above in one long line of enrollers beside the sponsors.
    let mut bush = large_field(count, |_| 0, |at| if at == 1 { 100 } else { 1 });
    for at in 1..bush.members.len() {
        bush.members[at].enroller = Some(bush.members.get(at + 1).map_or(bush.members[0].id, |next| next.id)).into();
    }
    let up = r#"
        [[ranks]]
        code = "Silver"
        needs = "pv >= 100 or enrolled(rank >= Silver) >= 1"
    "#;
    let found = rank(&bush, up);
    assert_eq!(found.iter().filter(|rank| *rank == "Silver").count(), usize::try_from(count).unwrap());
}
