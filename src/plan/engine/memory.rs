//! What runs remember from one period to the next: numbers of members by key.
//!
//! Keys are words that stay the same over versions of a plan: `held:Gold`, `carry:team:left`. What the
//! plan does not ask for is carried on untouched.

mod days;
mod waiting;

use std::collections::{BTreeMap, HashMap};

pub use days::{Dated, first_day};
pub use waiting::{CapKeys, HoldKeys, Ledger, Owners, Payouts, Place, Waits, above};

use super::fault::RunFault;
use super::field::Field;
use super::standing::{Standing, rank_number};
use super::values::At;
use super::volumes::in_places;
use crate::domain::calendar::Day;
use crate::domain::run::PeriodKind;
use crate::plan::checked::{BonusSource, CheckedPlan, VolumeDef};
use crate::plan::expr::{Num, Remembered};
use crate::plan::result::EarningLine;
use crate::plan::snapshot::{PeriodSpan, Snapshot, StateEntry};

/// Whether what is remembered under a key is a volume, in ten-thousandths of a point.
pub fn is_volume(key: &str) -> bool {
    let kind = |kind: &PeriodKind| key.strip_prefix(kind.as_str())?.strip_prefix(':');
    let key = PeriodKind::ALL.iter().find_map(kind).unwrap_or(key);
    ["carry:", "position:", "volume:", "since:", "dated:", "was:", "remembered:"]
        .iter()
        .any(|start| key.starts_with(start))
}

/// For how long what was paid within longer periods is remembered, in days.
const WITHIN: i32 = 400;

/// Numbers of members by index; members without one are left out.
pub type Numbers = Vec<(u32, i64)>;

/// The memory of the previous run, and what becomes of it.
pub struct Memory {
    /// What the previous run left and nobody has asked for yet.
    former: BTreeMap<String, Numbers>,
    /// What the next run will find.
    next: BTreeMap<String, Numbers>,
    /// Ranks (their places) that the plan follows over periods of this kind.
    held: Vec<u16>,
    /// Ranks whose periods of this kind are counted.
    counted: Vec<u16>,
    /// The same of ranks that runs over periods of other kinds followed and counted.
    elsewhere: [Vec<(u16, PeriodKind)>; 2],
    /// Whether the plan asks for ranks of the previous run.
    former_ranks: bool,
    /// Per rank of the plan, per member: periods held in a row until the previous run. Empty if not followed.
    before: Vec<Vec<u32>>,
    /// How often one-time bonuses were paid: member, bonus, rank.
    once: HashMap<(u32, u16, u16), i64>,
    members: usize,
    period: PeriodSpan,
    /// What this run takes back of bonuses, by place and member.
    taken_back: HashMap<(u16, u32), i64>,
}

impl Memory {
    /// Reads what the previous run left.
    pub fn new(plan: &CheckedPlan, field: &Field, snapshot: &Snapshot) -> Self {
        let mut former: BTreeMap<String, Numbers> = BTreeMap::new();
        for entry in &snapshot.state {
            if let (Some(member), Some(key)) =
                (field.find(entry.member), snapshot.state_keys.get(usize::from(entry.key)))
            {
                former.entry(key.clone()).or_default().push((member, entry.value));
            }
        }
        let Followed { held, counted, elsewhere, former_ranks } = followed(plan, snapshot.period.kind);
        let mut memory = Self {
            former,
            next: BTreeMap::new(),
            before: vec![Vec::new(); plan.ranks.len()],
            held,
            counted,
            elsewhere,
            former_ranks,
            once: HashMap::new(),
            members: field.len(),
            period: snapshot.period.clone(),
            taken_back: HashMap::new(),
        };
        for rank in memory.held.clone() {
            let column = memory.column(&format!("held:{}", plan.ranks[usize::from(rank)].code));
            memory.before[usize::from(rank)] = column.into_iter().map(|n| u32::try_from(n).unwrap_or(0)).collect();
        }
        for (place, bonus) in (0_u16..).zip(&plan.bonuses) {
            for (rank, row) in plan.ranks.iter().enumerate() {
                for (member, paid) in memory.take(&format!("once:{}:{}", bonus.code, row.code)) {
                    memory.once.insert((member, place, u16::try_from(rank).unwrap_or(u16::MAX)), paid);
                }
            }
        }
        memory
    }

    /// A key of the period's kind: runs of weeks and of months remember apart.
    fn own(&self, key: &str) -> String {
        own_key(self.period.kind, key)
    }

    /// What runs over periods of another kind left under a key, as a column. It stays for them.
    fn column_in(&self, kind: PeriodKind, key: &str) -> Vec<i64> {
        let mut column = vec![0; self.members];
        for (member, value) in self.former.get(&own_key(kind, key)).into_iter().flatten() {
            column[*member as usize] = *value;
        }
        column
    }

    /// Takes what the previous run of this kind left under a key.
    pub fn take(&mut self, key: &str) -> Numbers {
        self.former.remove(&self.own(key)).unwrap_or_default()
    }

    /// The same as a column over all members.
    pub fn column(&mut self, key: &str) -> Vec<i64> {
        let mut column = vec![0; self.members];
        for (member, value) in self.take(key) {
            column[member as usize] = value;
        }
        column
    }

    /// Leaves numbers for the next run; zeros are left out.
    pub fn keep(&mut self, key: &str, numbers: impl IntoIterator<Item = (u32, i64)>) {
        let numbers: Numbers = numbers.into_iter().filter(|(_, value)| *value != 0).collect();
        let key = self.own(key);
        if numbers.is_empty() {
            self.next.remove(&key);
        } else {
            self.next.insert(key, numbers);
        }
    }

    /// Leaves a column for the next run.
    pub fn keep_column(&mut self, key: &str, column: &[i64]) {
        self.keep(key, (0_u32..).zip(column.iter().copied()));
    }

    /// Adds to a volume's own numbers those of the earlier periods that it looks at, and remembers the new ones.
    /// `None` on overflow.
    pub fn window(&mut self, volume: &VolumeDef, column: &mut [i64]) -> Option<()> {
        let key = |back: u16| format!("volume:{}:{back}", volume.name);
        match volume.periods {
            1 => {}
            u16::MAX => {
                for (member, earlier) in self.take(&key(0)) {
                    let slot = &mut column[member as usize];
                    *slot = slot.checked_add(earlier)?;
                }
                self.keep_column(&key(0), column);
            }
            periods => {
                let now = column.to_vec();
                for back in (1..periods).rev() {
                    let earlier = self.take(&key(back));
                    for (member, value) in &earlier {
                        let slot = &mut column[*member as usize];
                        *slot = slot.checked_add(*value)?;
                    }
                    if back + 1 < periods {
                        self.keep(&key(back + 1), earlier);
                    }
                }
                self.keep_column(&key(1), &now);
            }
        }
        Some(())
    }

    /// Fills in the ranks that the last run which judged them found, in runs of another kind.
    fn recall_judged(&self, standing: &mut Standing<'_>) {
        let plan = standing.plan;
        if plan.ranks_period.is_none_or(|kind| kind == self.period.kind) {
            return;
        }
        standing.judged = vec![(0, 0); self.members];
        for (number, rank) in (1_u16..).zip(&plan.ranks) {
            for (member, _) in self.former.get(&format!("judged:{}", rank.code)).into_iter().flatten() {
                standing.judged[*member as usize].0 = number;
            }
            for (member, _) in self.former.get(&format!("judged-paid:{}", rank.code)).into_iter().flatten() {
                standing.judged[*member as usize].1 = number;
            }
        }
    }

    /// Fills in what earlier runs found: ranks, the ranks' history, volumes, what bonuses paid.
    pub fn recall(&mut self, standing: &mut Standing<'_>) {
        let plan = standing.plan;
        self.recall_judged(standing);
        if self.former_ranks {
            for rank in &plan.ranks {
                for (member, _) in self.take(&format!("paid:{}", rank.code)) {
                    standing.former[member as usize] = rank_number(plan, &rank.code);
                }
            }
        }
        for (place, rank) in plan.ranks.iter().enumerate().filter(|(_, rank)| rank.grace > 0) {
            standing.missed[place] = self.column(&format!("missed:{}", rank.code));
        }
        standing.history = vec![Vec::new(); plan.ranks.len()];
        for rank in self.counted.clone() {
            let column = self.column(&format!("earned:{}", plan.ranks[usize::from(rank)].code));
            standing.history[usize::from(rank)] = column.into_iter().map(i64::cast_unsigned).collect();
        }
        let [held, counted] = &self.elsewhere;
        let code = |rank: u16| &plan.ranks[usize::from(rank)].code;
        let found = |(rank, kind): &(u16, PeriodKind), key: &str| {
            ((*rank, *kind), self.column_in(*kind, &format!("{key}:{}", code(*rank))))
        };
        standing.elsewhere.held = held.iter().map(|of| found(of, "held")).collect();
        standing.elsewhere.history = counted.iter().map(|of| found(of, "earned")).collect();
        for (place, back) in looked_back(plan) {
            let remembered = &plan.remembered[usize::from(place)];
            // Everything up to the oldest one asked for is there, so that it can move back by one.
            for back in 1..=back {
                let column = self.was(remembered, back);
                standing.before.insert((place, back), column);
            }
        }
        standing.resting = plan.remembered.iter().map(|remembered| self.rests(remembered)).collect();
        for bonus in leftovers(plan) {
            let column = self.take(&format!("leftover:{}", plan.bonuses[usize::from(bonus)].code));
            standing.leftover_before[usize::from(bonus)] = column.iter().map(|(_, value)| value).sum();
        }
        let (within, ever) = paid_before(plan);
        for bonus in ever {
            standing.ever[usize::from(bonus)] = self.shared(&format!("ever:{}", plan.bonuses[usize::from(bonus)].code));
        }
        for (bonus, kind) in within {
            let (first, last) = match kind {
                Some(kind) => {
                    plan.calendar.around(kind, self.period.last).unwrap_or((self.period.last, self.period.last))
                }
                None => (self.period.first, self.period.last),
            };
            let mut column = vec![0_i64; self.members];
            let start = format!("within:{}:", plan.bonuses[usize::from(bonus)].code);
            for (key, numbers) in self.former.range(start.clone()..) {
                let Some(day) = key.strip_prefix(&start).and_then(|day| day.parse::<Day>().ok()) else {
                    break;
                };
                for (member, value) in numbers.iter().filter(|_| day >= first && day <= last) {
                    let slot = &mut column[*member as usize];
                    *slot = slot.saturating_add(*value);
                }
            }
            standing.within.insert((bonus, kind), column);
        }
    }

    /// Whether a number stands still in runs of this kind.
    fn rests(&self, remembered: &Remembered) -> bool {
        remembered.period.is_some_and(|kind| kind != self.period.kind)
    }

    /// What a number was so many periods ago. A number that moves in runs of one kind is read by runs of every kind.
    fn was(&mut self, remembered: &Remembered, back: u16) -> Vec<i64> {
        let key = key_of(remembered, back);
        let kind = remembered.period.unwrap_or(self.period.kind);
        let key = own_key(kind, &key);
        let mut column = vec![remembered.start; self.members];
        let numbers = if self.rests(remembered) { self.former.get(&key).cloned() } else { self.former.remove(&key) };
        for (member, value) in numbers.unwrap_or_default() {
            column[member as usize] = value;
        }
        column
    }

    /// Leaves what a number is for the next run. Where it does not start at zero, zeros are told too.
    fn remember_number(&mut self, remembered: &Remembered, back: u16, column: &[i64]) {
        let key = key_of(remembered, back);
        if remembered.start == 0 {
            self.keep_column(&key, column);
        } else {
            let key = self.own(&key);
            self.next.insert(key, (0_u32..).zip(column.iter().copied()).collect());
        }
    }

    /// Takes what the previous run of any kind left under a key, as a column.
    pub fn shared(&mut self, key: &str) -> Vec<i64> {
        let mut column = vec![0; self.members];
        for (member, value) in self.former.remove(key).unwrap_or_default() {
            column[member as usize] = value;
        }
        column
    }

    /// Leaves a column for the next run of any kind.
    pub fn keep_shared(&mut self, key: String, column: &[i64]) {
        self.next.insert(key, (0_u32..).zip(column.iter().copied()).filter(|(_, value)| *value != 0).collect());
    }

    /// Fills in for how long, this period included, each followed rank is held.
    pub fn hold(&self, standing: &mut Standing<'_>) {
        standing.held = vec![Vec::new(); self.before.len()];
        for rank in &self.held {
            let before = &self.before[usize::from(*rank)];
            let now = before.iter().zip(&standing.paid).map(|(before, paid)| if paid > rank { before + 1 } else { 0 });
            standing.held[usize::from(*rank)] = now.collect();
        }
    }

    /// How often a one-time bonus has been paid to a member for a rank.
    pub fn times_paid(&self, member: u32, bonus: u16, rank: u16) -> i64 {
        self.once.get(&(member, bonus, rank)).copied().unwrap_or(0)
    }

    /// Notes that a one-time bonus is paid so often, or passed by for good.
    pub fn pay(&mut self, member: u32, bonus: u16, rank: u16, times: i64) {
        self.once.insert((member, bonus, rank), times);
    }

    /// Notes which ranks are paid on, and how much of their grace is used.
    fn remember_paid_ranks(&mut self, standing: &Standing<'_>) {
        for (place, rank) in (1_u16..).zip(&standing.plan.ranks) {
            let paid = standing.paid.iter().enumerate().filter(|(_, paid)| **paid == place);
            let numbers: Numbers = paid.map(|(member, _)| (u32::try_from(member).unwrap_or(u32::MAX), 1)).collect();
            self.keep(&format!("paid:{}", rank.code), numbers);
            if rank.grace > 0 {
                let missed = |member: usize| {
                    let missed = standing.rank[member] < place && standing.paid[member] >= place;
                    if missed { standing.missed[usize::from(place) - 1][member] + 1 } else { 0 }
                };
                let column: Vec<i64> = (0..self.members).map(missed).collect();
                self.keep_column(&format!("missed:{}", rank.code), &column);
            }
        }
    }

    /// Notes what this run found, for the next one.
    fn remember(&mut self, standing: &Standing<'_>, snapshot: &Snapshot) -> Result<(), RunFault> {
        let plan = standing.plan;
        for rank in self.held.clone() {
            let held = standing.held[usize::from(rank)].iter().map(|periods| i64::from(*periods));
            self.keep(&format!("held:{}", plan.ranks[usize::from(rank)].code), (0_u32..).zip(held));
        }
        for rank in self.counted.clone() {
            let history = &standing.history[usize::from(rank)];
            let now = history
                .iter()
                .zip(&standing.rank)
                .map(|(history, earned)| ((history << 1 | u64::from(*earned > rank)) & (u64::MAX >> 1)).cast_signed());
            self.keep(&format!("earned:{}", plan.ranks[usize::from(rank)].code), (0_u32..).zip(now));
        }
        if plan.ranks_period == Some(self.period.kind) {
            for (number, rank) in (1_u16..).zip(&plan.ranks) {
                for (key, ranks) in [("judged", &standing.rank), ("judged-paid", &standing.paid)] {
                    let those =
                        (0_u32..).zip(ranks).filter(|(_, rank)| **rank == number).map(|(member, _)| (member, 1));
                    let key = format!("{key}:{}", rank.code);
                    self.former.remove(&key);
                    self.next.insert(key, those.collect());
                }
            }
        }
        if self.former_ranks {
            self.remember_paid_ranks(standing);
        }
        for (place, back) in looked_back(plan) {
            let remembered = &plan.remembered[usize::from(place)];
            if self.rests(remembered) {
                continue;
            }
            for back in 1..back {
                if let Some(column) = standing.before.get(&(place, back)) {
                    self.remember_number(remembered, back + 1, column);
                }
            }
            let mut column = Vec::with_capacity(self.members);
            for member in 0..self.members {
                let now = standing.number(&remembered.num, member, At::MEMBER).ok().and_then(in_places);
                // What is only looked back at may have no value for somebody; what is kept must have one.
                column.push(now.or((!remembered.kept).then_some(0)).ok_or_else(|| RunFault::Arithmetic {
                    place: format!("what is remembered as {}", remembered.name),
                    member: standing.field.number(snapshot, member).to_owned(),
                })?);
            }
            self.remember_number(remembered, 1, &column);
        }
        // What is the company's is remembered with the first member: the sum over all members is read.
        let first = standing.field.by_number.iter().position(|number| *number == 0);
        let first = first.and_then(|first| u32::try_from(first).ok());
        for bonus in leftovers(plan) {
            let left = first.map(|first| (first, standing.leftover[usize::from(bonus)]));
            self.keep(&format!("leftover:{}", plan.bonuses[usize::from(bonus)].code), left);
        }
        self.remember_paid(standing);
        Ok(())
    }

    /// Notes what this run takes back.
    pub fn note_taken(&mut self, lines: &[EarningLine]) {
        for line in lines {
            let slot = self.taken_back.entry((line.bonus, line.member)).or_default();
            *slot = slot.saturating_add(line.amount_minor);
        }
    }

    /// Notes what bonuses paid, less what was taken back, for `paid_within(…)` and `paid_ever(…)`.
    fn remember_paid(&mut self, standing: &Standing<'_>) {
        let plan = standing.plan;
        let (within, ever) = paid_before(plan);
        let mut within: Vec<u16> = within.into_iter().map(|(bonus, _)| bonus).collect();
        within.dedup();
        let paid = |bonus: u16, member: u32| {
            let amount = standing.amounts[usize::from(bonus)].get(member as usize).copied().unwrap_or(0);
            amount.saturating_add(self.taken_back.get(&(bonus, member)).copied().unwrap_or(0))
        };
        for bonus in ever {
            let column = (0_u32..).zip(&standing.ever[usize::from(bonus)]);
            let now = column.map(|(member, ever)| (member, ever.saturating_add(paid(bonus, member))));
            let numbers: Numbers = now.filter(|(_, value)| *value != 0).collect();
            self.next.insert(format!("ever:{}", plan.bonuses[usize::from(bonus)].code), numbers);
        }
        for bonus in within {
            let start = format!("within:{}:", plan.bonuses[usize::from(bonus)].code);
            let members = (0_u32..).take(self.members);
            let numbers: Numbers =
                members.map(|member| (member, paid(bonus, member))).filter(|(_, value)| *value != 0).collect();
            // A run over another kind of period that ended on the same day may have paid too.
            let key = format!("{start}{}", self.period.last);
            let mut sums: BTreeMap<u32, i64> = self.former.remove(&key).unwrap_or_default().into_iter().collect();
            for (member, value) in numbers {
                let sum = sums.entry(member).or_default();
                *sum = sum.saturating_add(value);
            }
            self.next.insert(key, sums.into_iter().filter(|(_, value)| *value != 0).collect());
            let oldest = self.period.last.plus(-WITHIN);
            self.former.retain(|key, _| {
                let day = key.strip_prefix(&start).and_then(|day| day.parse::<Day>().ok());
                day.is_none_or(|day| day >= oldest)
            });
        }
    }

    /// The state for the next run: keys by name, entries by number of the member and key.
    pub fn state(
        mut self,
        standing: &Standing<'_>,
        snapshot: &Snapshot,
    ) -> Result<(Vec<String>, Vec<StateEntry>), RunFault> {
        let plan = standing.plan;
        self.remember(standing, snapshot)?;
        let mut once: BTreeMap<String, Numbers> = BTreeMap::new();
        for ((member, bonus, rank), times) in std::mem::take(&mut self.once) {
            let (bonus, rank) = (&plan.bonuses[usize::from(bonus)].code, &plan.ranks[usize::from(rank)].code);
            once.entry(format!("once:{bonus}:{rank}")).or_default().push((member, times));
        }
        for (key, numbers) in once {
            self.keep(&key, numbers);
        }
        let mut all = self.former;
        all.append(&mut self.next);
        all.retain(|_, numbers| !numbers.is_empty());
        let mut entries = Vec::new();
        let keys: Vec<String> = all.keys().cloned().collect();
        for (key, values) in (0_u16..).zip(all.into_values()) {
            entries.extend(values.into_iter().map(|(member, value)| (member, key, value)));
        }
        let field = standing.field;
        entries.sort_unstable_by_key(|(member, key, value)| (field.by_number[*member as usize], *key, *value));
        let place = |member: u32| field.place[member as usize] as usize;
        let entry = |(member, key, value)| StateEntry { member: snapshot.members[place(member)].id, key, value };
        Ok((keys, entries.into_iter().map(entry).collect()))
    }
}

/// Which ranks a run must follow.
struct Followed {
    /// Ranks of one-time bonuses and of `held(…)` in this kind of period.
    held: Vec<u16>,
    /// Ranks of `earned_in(…)` in this kind of period.
    counted: Vec<u16>,
    /// The same in other kinds of periods.
    elsewhere: [Vec<(u16, PeriodKind)>; 2],
    /// Whether ranks of the previous run matter.
    former_ranks: bool,
}

/// What a run over a kind of period must follow. Ranks are counted in the kind that is named, or in which they are
/// judged, or in each kind of its own.
fn followed(plan: &CheckedPlan, own: PeriodKind) -> Followed {
    let (mut held, mut counted): (Vec<u16>, Vec<u16>) = (Vec::new(), Vec::new());
    let mut elsewhere: [Vec<(u16, PeriodKind)>; 2] = [Vec::new(), Vec::new()];
    let judged = plan.ranks_period.unwrap_or(own);
    plan.numbers(&mut |num| {
        let (rank, kind, way) = match num {
            Num::Held(rank) => (*rank, judged, 0),
            Num::HeldIn(rank, kind) => (*rank, *kind, 0),
            Num::Earned(rank, _) => (*rank, judged, 1),
            Num::EarnedIn(rank, _, kind) => (*rank, *kind, 1),
            _ => return,
        };
        match (kind == own, way) {
            (true, 0) => held.push(rank),
            (true, _) => counted.push(rank),
            (false, way) => elsewhere[way].push((rank, kind)),
        }
    });
    for bonus in plan.bonuses.iter().filter(|bonus| matches!(bonus.source, BonusSource::Ranks { .. })) {
        let ranks = bonus.rates.iter().filter_map(|row| row.rank);
        match judged {
            judged if judged == own => held.extend(ranks),
            judged => elsewhere[0].extend(ranks.map(|rank| (rank, judged))),
        }
    }
    for ranks in [&mut held, &mut counted] {
        ranks.sort_unstable();
        ranks.dedup();
    }
    let kept = plan.ranks.iter().any(|rank| rank.grace > 0 || rank.maintain.is_some());
    Followed { held, counted, elsewhere, former_ranks: kept || plan.former_ranks }
}

/// The key of a kind of runs: those of weeks and of months remember apart.
fn own_key(kind: PeriodKind, key: &str) -> String {
    if kind == PeriodKind::Month { key.to_owned() } else { format!("{kind}:{key}") }
}

/// The key under which runs over a kind of period keep a number of the plan; `None` where it has none of this name.
pub fn remembered_key(plan: &CheckedPlan, name: &str, kind: PeriodKind) -> Option<String> {
    let kept = plan.remembered.iter().find(|known| known.kept && known.name == name)?;
    Some(own_key(kept.period.unwrap_or(kind), &key_of(kept, 1)))
}

/// The key under which a number is remembered as it was so many periods ago.
fn key_of(remembered: &Remembered, back: u16) -> String {
    let name = &remembered.name;
    match back {
        1 if remembered.kept => format!("remembered:{name}"),
        _ if remembered.kept => format!("remembered:{name}:{back}"),
        _ => format!("was:{name}:{back}"),
    }
}

/// What is asked for as it was, with the oldest period each is asked for.
fn looked_back(plan: &CheckedPlan) -> Vec<(u16, u16)> {
    let kept = (0_u16..).zip(&plan.remembered).filter(|(_, remembered)| remembered.kept);
    let mut oldest: BTreeMap<u16, u16> = kept.map(|(place, _)| (place, 1)).collect();
    plan.numbers(&mut |num| {
        if let Num::Before(place, back) = num {
            let slot = oldest.entry(*place).or_default();
            *slot = (*slot).max(*back);
        }
    });
    oldest.into_iter().collect()
}

/// Pools of `leftover_before(…)`.
fn leftovers(plan: &CheckedPlan) -> Vec<u16> {
    let mut pools = Vec::new();
    plan.numbers(&mut |num| {
        if let Num::LeftoverBefore(bonus) = num {
            pools.push(*bonus);
        }
    });
    pools.sort_unstable();
    pools.dedup();
    pools
}

/// A bonus and the kind of period within which it is asked what it paid; the run's own where there is none.
type Within = (u16, Option<PeriodKind>);

/// Bonuses of `paid_within(…)` and of `paid_ever(…)`.
fn paid_before(plan: &CheckedPlan) -> (Vec<Within>, Vec<u16>) {
    let (mut within, mut ever): (Vec<Within>, Vec<u16>) = (Vec::new(), Vec::new());
    plan.numbers(&mut |num| match num {
        Num::PaidWithin(bonus, kind) => within.push((*bonus, *kind)),
        Num::PaidEver(bonus) => ever.push(*bonus),
        _ => {}
    });
    within.sort_unstable_by_key(|(bonus, kind)| (*bonus, kind.map(PeriodKind::as_str)));
    within.dedup();
    ever.sort_unstable();
    ever.dedup();
    (within, ever)
}
