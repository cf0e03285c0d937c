//! What volumes over days of the calendar remember: sums since a day, or of each day that is still in reach.
//!
//! Keys are `since:NAME:2026-10-01` and `dated:NAME:2026-10-17`.

use std::collections::HashMap;

use super::{Memory, Numbers};
use crate::domain::calendar::Day;
use crate::plan::checked::{CheckedPlan, Reach, VolumeDef};

/// What a run's orders add up for each member on each day.
pub type Dated = HashMap<(i32, u32), i64>;

/// The first day that a volume looks at in a run that ends on a day; `None` where it adds up periods.
pub fn first_day(plan: &CheckedPlan, volume: &VolumeDef, last: Day) -> Option<Day> {
    match volume.reach? {
        // Between two campaigns there is nothing to add up.
        Reach::Within(kind) => Some(plan.calendar.around(kind, last).map_or(last.plus(1), |(first, _)| first)),
        Reach::Days(days) => Some(last.plus(1 - i32::from(days))),
    }
}

impl Memory {
    /// Adds what earlier runs added up since a day, and remembers the sum. Sums since other days are over.
    /// `None` on overflow.
    pub fn since(&mut self, volume: &str, first: Day, column: &mut [i64]) -> Option<()> {
        let start = format!("since:{volume}:");
        let key = format!("{start}{first}");
        let earlier = self.take(&key);
        add(column, &earlier)?;
        let over = self.own(&start);
        self.former.retain(|key, _| !key.starts_with(&over));
        self.keep_column(&key, column);
        Some(())
    }

    /// Adds what earlier runs added up on each day from the first one on, and remembers this run's days. The next run
    /// ends a day later at least, so the first day is over. `None` on overflow.
    pub fn dated(&mut self, volume: &str, first: Day, found: Dated, column: &mut [i64]) -> Option<()> {
        let start = self.own(&format!("dated:{volume}:"));
        let day_of = |key: &str| key.strip_prefix(&start).and_then(|day| day.parse::<Day>().ok());
        for (key, numbers) in &self.former {
            if day_of(key).is_some_and(|day| day >= first) {
                add(column, numbers)?;
            }
        }
        self.former.retain(|key, _| day_of(key).is_none_or(|day| day > first));
        let mut found: Vec<((i32, u32), i64)> = found.into_iter().collect();
        found.sort_unstable_by_key(|(place, _)| *place);
        for day in found.chunk_by(|(one, _), (next, _)| one.0 == next.0) {
            let on = day.first().map_or(first, |((on, _), _)| Day(*on));
            if on > first {
                let key = format!("dated:{volume}:{on}");
                self.keep(&key, day.iter().map(|((_, member), value)| (*member, *value)));
            }
        }
        Some(())
    }
}

fn add(column: &mut [i64], earlier: &Numbers) -> Option<()> {
    for (member, value) in earlier {
        let slot = &mut column[*member as usize];
        *slot = slot.checked_add(*value)?;
    }
    Some(())
}
