//! What a result tells about who was passed over, against what the walks note themselves while somebody looks on.

use proptest::prelude::*;

use super::fault::RunFault;
use super::found::Items;
use super::run_watched;
use super::walk::Walker;
use super::watch::Watch;
use crate::plan::Snapshot;
use crate::plan::result::{EarningLine, Passed, Source};
use crate::plan::tests::world::{members, october, order, plan};

/// A line: bonus, member, source and level, members and orders by place in the snapshot.
type Name = (u16, u32, Source, u16, Option<u32>);

/// Everybody noted, per line.
#[derive(Default)]
struct Notes(Vec<(Name, Vec<Passed>)>);

impl Watch for Notes {
    fn walk(&mut self, walker: &Walker<'_>, items: &Items<'_>) -> Result<(), RunFault> {
        let field = walker.standing.field;
        let place = |index: u32| field.place[index as usize];
        for item in &items.all()? {
            let (found, notes) = walker.trace(item)?;
            for (line, before) in found.lines.iter().zip(notes.before) {
                let passed = before.into_iter().map(|who| Passed { member: place(who.member), ..who }).collect();
                self.0.push((name(line, place, |index| field.orders.place[index as usize]), passed));
            }
        }
        Ok(())
    }
}

fn name(line: &EarningLine, place: impl Fn(u32) -> u32, order: impl Fn(u32) -> u32) -> Name {
    let source = match line.source() {
        Source::Order(index) => Source::Order(order(index)),
        other => other,
    };
    (line.bonus, place(line.member), source, line.level, line.from().map(place))
}

fn field(parents: &[Option<usize>], volumes: &[u32]) -> Snapshot {
    let mut snapshot = october();
    let name = |at: usize| format!("M{at:02}");
    for (at, parent) in parents.iter().enumerate() {
        let left = if volumes[at] % 7 == 6 { "!" } else { "" };
        members(&mut snapshot, &parent.map_or(name(at), |parent| format!("{}{left} < {}", name(at), name(parent))));
    }
    for (at, volume) in volumes.iter().take(parents.len()).enumerate().filter(|(_, volume)| **volume > 0) {
        order(&mut snapshot, &name(at), &volume.to_string());
    }
    snapshot
}

const WALKS: [&str; 8] = [
    r#"{ tree = "sponsor" }"#,
    r#"{ tree = "sponsor", first_level = 0, levels = "all" }"#,
    r#"{ tree = "sponsor", compression = "standard" }"#,
    r#"{ tree = "sponsor", compression = "standard", first_level = 2, skip = "pv < 15" }"#,
    r#"{ tree = "sponsor", compression = "dynamic" }"#,
    r#"{ tree = "sponsor", compression = "dynamic", first_level = 2 }"#,
    r#"{ tree = "sponsor", generations = "paid_rank >= B" }"#,
    r#"{ tree = "sponsor", generations = "peer" }"#,
];

fn text(walk: &str) -> String {
    format!(
        "[status]\nactive = \"pv >= 10\"\n[[ranks]]\ncode = \"A\"\nneeds = \"pv >= 20\"\n[[ranks]]\ncode = \"B\"\n\
         needs = \"pv >= 40\"\n[[bonuses]]\ncode = \"team\"\nsource = \"orders\"\nwalk = {walk}\nbase = \"cv\"\n\
         rate = {{ unranked = [\"5%\"], A = [\"5%\", \"4%\"], B = [\"5%\", \"4%\", \"3%\"] }}\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whoever_the_walks_note_is_told_of_the_line(
        above in proptest::collection::vec(any::<proptest::sample::Index>(), 1..40),
        volumes in proptest::collection::vec(0_u32..60, 40),
    ) {
        let parents: Vec<Option<usize>> =
            above.iter().enumerate().map(|(at, above)| (at > 0).then(|| above.index(at))).collect();
        let snapshot = field(&parents, &volumes);
        for walk in WALKS {
            let plan = plan(&text(walk));
            let mut notes = Notes::default();
            let result = run_watched(&plan, &snapshot, 1, &mut |_| {}, &mut notes).unwrap();
            prop_assert_eq!(result.lines.len(), notes.0.len());
            for line in result.lines.iter() {
                let own = name(line, |place| place, |order| order);
                let noted = notes.0.iter().find(|(name, _)| *name == own);
                let (told, more) = result.climbs.passed(line);
                prop_assert_eq!(noted.map(|(_, passed)| passed), Some(&told), "{} {:?}", walk, own);
                prop_assert!(more == 0 || told.len() == 16);
            }
        }
    }
}
