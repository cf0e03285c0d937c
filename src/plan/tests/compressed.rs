//! Trees without those who do not count, volumes over them, and sides that are matched before ranks.

use proptest::prelude::*;

use super::properties::any_field;
use super::world::{lines, plan, result};
use crate::plan::explain::{Question, explain};
use crate::plan::{CheckedPlan, case};

const COMPRESSED: &str = r#"
    [trees.counted]
    of = "sponsor"
    only = "pv >= 150"
    [volumes.two]
    of = "qv"
    scope = "organisation"
    tree = "counted"
    depth = 2
    include_own = false
    [[bonuses]]
    code = "volume"
    earner = "always"
    source = "members"
    walk = "own"
    amount = "two"
    [[bonuses]]
    code = "count"
    earner = "always"
    source = "members"
    walk = "own"
    amount = "frontline(always, counted) + 1000 * downline(always, counted)"
    [[bonuses]]
    code = "leg"
    earner = "always"
    source = "members"
    walk = "own"
    amount = "leg(two, 1)"
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn compressed_trees_are_those_of_the_reference(snapshot in any_field()) {
        let members = &snapshot.members;
        let bought = |at: usize| -> i64 {
            snapshot.orders.iter().filter(|order| order.buyer == members[at].id).map(|order| order.amounts.qv.0 / 100).sum()
        };
        let volume: Vec<i64> = (0..members.len()).map(bought).collect();
        let above = |at: usize| {
            let id = members[at].sponsor.get().or(members[at].enroller.get())?;
            members.iter().position(|member| member.id == id)
        };
        let counted_above = |at: usize| {
            let mut next = above(at);
            while let Some(above_it) = next.filter(|next| volume[*next] < 15_000) {
                next = above(above_it);
            }
            next
        };
        let below = |at: usize| (0..members.len()).filter(|member| counted_above(*member) == Some(at)).collect::<Vec<_>>();
        let stays = |at: &usize| volume[*at] >= 15_000;
        let two = |at: usize| -> i64 {
            below(at).iter().map(|child| volume[*child] + below(*child).iter().map(|next| volume[*next]).sum::<i64>()).sum()
        };
        let all = |at: usize| {
            let (mut found, mut next) = (0, below(at));
            while let Some(member) = next.pop() {
                found += i64::from(stays(&member));
                next.extend(below(member));
            }
            found
        };
        let mut expected = Vec::new();
        for (at, member) in members.iter().enumerate().filter(|(_, member)| member.kind.may_earn()) {
            let near = i64::try_from(below(at).iter().filter(|child| stays(child)).count()).unwrap();
            let leg = below(at).into_iter().filter(stays).map(two).max().unwrap_or(0);
            for (code, cents) in [("volume", two(at)), ("count", 100 * (near + 1000 * all(at))), ("leg", leg)] {
                if cents != 0 {
                    expected.push(format!("{} {code} 0 {}", member.number, snapshot.currency.plain(cents)));
                }
            }
        }
        let mut found = lines(&result(&plan(COMPRESSED), &snapshot), &snapshot);
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn sides_matched_before_ranks_are_the_same_as_after(snapshot in any_field()) {
        let with = |qualified: &str| {
            let plan = plan(&format!(
                r#"
                [volumes.bv]
                of = "cv"
                scope = "own"
                [binary.team]
                volume = "bv"
                qualified = "{qualified}"
                limit = 100
                carry_limit = 60
                [[bonuses]]
                code = "pairs"
                earner = "always"
                source = "members"
                walk = "own"
                base = "team.matched"
                rate = "10%"
                "#
            ));
            assert_eq!(plan.pairs[0].early, !qualified.contains("rank"));
            let found = result(&plan, &snapshot);
            (lines(&found, &snapshot), found.state_keys, found.state)
        };
        prop_assert_eq!(with("pv >= 10"), with("pv >= 10 and rank_number = 0"));
    }
}

fn explained(plan: &CheckedPlan, field: &str, member: &str) -> String {
    let cases = case::read(field, "field").unwrap_or_else(|faults| panic!("{faults}"));
    let question = Question { member: Some(member), order: None, bonus: Some("b") };
    explain(plan, &cases[0].snapshot(plan), question).unwrap().nodes.last().unwrap().tree()
}

#[test]
fn counts_are_explained_with_everything_that_they_say() {
    for earner in [
        "enrolled(active, left) >= 1",
        "downline(active, right) >= 1",
        "heads(active, 2, placement) >= 1",
        "downline(active, 3, enroller) >= 1",
        "frontline(pv >= my.pv) >= 1",
        "sum(heads(active), pv) >= 1",
        "sponsor.pv >= 5",
        "sponsor.market = enroller.market and pv > 7",
    ] {
        let bonus = "code = \"b\"\nsource = \"members\"\nwalk = \"own\"\namount = 1\n";
        let plan = plan(&format!("[[bonuses]]\n{bonus}earner = \"{earner}\"\n"));
        let told = explained(&plan, "members A, B < A\norder B 1", "B");
        assert!(told.contains(earner), "{earner}:\n{told}");
    }
}
