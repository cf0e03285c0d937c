//! Everything comes back: whatever was held, carried over, limited, matched, taxed and shared on the way, nobody has
//! anything left of it and nobody owes anything.

#![allow(clippy::format_push_string, reason = "cases are written line by line")]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::world::plan;
use crate::plan::{CheckedPlan, case};

/// What there may be in a plan besides a bonus on orders and a match on it: where it stands, and the text.
const PARTS: [&str; 14] = [
    "[[bonuses]]\ncode = \"match2\"\nearner = \"always\"\nsource = \"bonuses\"\nof = [\"match\"]\non_matches = true\n\
     walk = \"sponsor\"\nrate = [\"33%\", \"11%\"]\n",
    "[[bonuses]]\ncode = \"tax\"\nearner = \"always\"\nsource = \"bonuses\"\nof = [\"team\", \"match\"]\nwalk = \"own\"\n\
     rate = \"-7%\"\n",
    "[[bonuses]]\ncode = \"share\"\nearner = \"always\"\nsource = \"bonuses\"\nof = [\"team\"]\nwalk = \"sponsor\"\n\
     rate = \"21%\"\nfrom_source = true\n",
    "[[bonuses]]\ncode = \"levy\"\nearner = \"always\"\nsource = \"bonuses\"\nof = [\"share\"]\nwalk = \"own\"\n\
     rate = \"-9%\"\n",
    "[[caps]]\nname = \"carried\"\nof = [\"team\"]\nlimit = \"9\"\nexcess = \"carried\"\n",
    "[[caps]]\nname = \"both\"\nof = [\"team\", \"match\"]\nlimit = \"11\"\nexcess = \"carried\"\n",
    "[[caps]]\nname = \"person\"\nof = [\"match\"]\nlimit = \"3\"\nper = \"person\"\nexcess = \"carried\"\n",
    "[[caps]]\nname = \"lost\"\nof = [\"team\"]\nlimit = \"14\"\n",
    "[[caps]]\nname = \"all\"\nof = [\"team\", \"match\"]\nlimit = \"12.34\"\n",
    "[[holds]]\nname = \"team\"\nof = [\"team\"]\nminimum = \"10\"\n",
    "[[holds]]\nname = \"match\"\nof = [\"match\"]\nuntil = \"pv >= 40\"\n",
    "[[holds]]\nname = \"two\"\nof = [\"team\", \"match\"]\nminimum = \"12\"\nper = \"person\"\n",
    "[[holds]]\nname = \"every\"\nminimum = \"8\"\n",
    "[[bonuses]]\ncode = \"refund\"\nearner = \"always\"\nsource = \"bonuses\"\nof = [\"tax\"]\nwalk = \"sponsor\"\n\
     rate = \"-40%\"\n",
];

fn text(parts: u16, held: u8) -> String {
    // What a limit cuts off amounts that waited is not known by order (17.2).
    let lost = parts >> 7 & 3 != 0;
    let (parts, held) = if lost { (parts & !0b111_0000, 0) } else { (parts, held) };
    let until = ["", "hold_until = \"pv >= 60\"\n", "hold_until = \"bonus(team) >= 10\"\n"][usize::from(held % 3)];
    let mut text = format!(
        "[[bonuses]]\ncode = \"team\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"sponsor\"\nbase = \"cv\"\n\
         rate = [\"10%\", \"3.3%\"]\n{until}[[bonuses]]\ncode = \"match\"\nearner = \"pv >= 20\"\nsource = \"bonuses\"\n\
         of = [\"team\"]\nwalk = \"sponsor\"\nrate = [\"50%\", \"25%\"]\n"
    );
    let chosen = |part: usize| parts >> part & 1 == 1;
    for (at, part) in PARTS.iter().enumerate() {
        // A levy needs a share, and a refund a tax.
        if chosen(at) && (at != 3 || chosen(2)) && (at != 13 || chosen(1)) {
            text += part;
        }
    }
    text
}

/// An order: who buys, for how many cents, and in how many parts and after how many periods it comes back.
type Bought = (u8, u32, Vec<(u8, u8)>);

/// A case in which every order comes back by the end. Some of its periods are weeks, whose runs let amounts wait apart.
fn field(months: &[Vec<Bought>], weeks: u16) -> String {
    let mut text = "members Q, S < Q, A < S, A2 < Q, B < A, C < A, D < A2\nperson A2 A\n".to_owned();
    let buyers = ["Q", "S", "A", "A2", "B", "C", "D"];
    let last = months.len() + 4;
    let mut returns: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut number = 0;
    for month in 0..last {
        text += &match weeks >> month & 1 {
            0 => format!("period 2026-{:02}\n", month + 1),
            _ => format!("period 2026-W{:02}\n", 4 * month + 5),
        };
        for (buyer, cents, parts) in months.get(month).into_iter().flatten() {
            number += 1;
            let buyer = buyers[usize::from(*buyer) % buyers.len()];
            text += &format!("order {buyer} {}.{:02} number o{number}\n", cents / 100, cents % 100);
            let mut left = *cents;
            let mut when = month;
            for (share, wait) in parts {
                when = (when + usize::from(*wait)).min(last - 1);
                let part = cents * u32::from(*share) / 400;
                if when > month && part > 0 && part < left {
                    left -= part;
                    let back = format!("return o{number} {}.{:02}\n", part / 100, part % 100);
                    returns.entry(when).or_default().push(back);
                }
            }
            when = (when + 1).min(last - 1);
            returns.entry(when).or_default().push(format!("return o{number}\n"));
        }
        for back in returns.remove(&month).unwrap_or_default() {
            text += &back;
        }
    }
    text
}

/// What everybody has after all periods, and what waits.
fn left(plan: &CheckedPlan, field: &str) -> Vec<String> {
    let cases = case::read(field, "field").unwrap_or_else(|faults| panic!("{faults}\n{field}"));
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut waits = Vec::new();
    for (snapshot, result) in cases[0].periods(plan) {
        for row in result.rows(&snapshot) {
            *sums.entry((row.member_number.to_owned(), row.bonus.to_owned())).or_default() += row.amount_minor;
        }
        let said =
            |key: &str| ["held", "waits", "above"].iter().any(|word| key.trim_start_matches("week:").starts_with(word));
        let keys = result.state.iter().map(|entry| (&result.state_keys[usize::from(entry.key)], entry));
        let told = keys.filter(|(key, _)| said(key) && !key.contains("-out:"));
        waits = told.map(|(key, entry)| format!("{key} {:?} {}", entry.member, entry.value)).collect();
    }
    let sums = sums.into_iter().filter(|(_, sum)| *sum != 0);
    sums.map(|((member, bonus), sum)| format!("{member} {bonus} {sum}")).chain(waits).collect()
}

fn months() -> impl Strategy<Value = Vec<Vec<Bought>>> {
    let parts = prop::collection::vec((1_u8..200, 0_u8..3), 0..4);
    prop::collection::vec(prop::collection::vec((any::<u8>(), 100_u32..25_000, parts), 0..5), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_left_of_goods_that_all_came_back(months in months(), weeks: u16, parts in 0_u16..16_384, held: u8) {
        let text = text(parts, held);
        prop_assert_eq!(left(&plan(&text), &field(&months, weeks & (weeks >> 8))), Vec::<String>::new(), "{}", text);
    }
}
