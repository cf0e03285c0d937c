//! What waits, from which runs it is, and which later runs paid it out: goods that come back must know it.
//!
//! Keys, after the kind of the runs: `held-amount:BONUS` and `waits:HOLD:BONUS` are what waits in all; `held-since:…` and
//! `waits-since:…` since when, as the last day of the first run that holds some of it; `held-out:…:DAY` and
//! `waits-out:…:DAY` the same of what the run that ended on the day paid out. `above:CAP` is what a limit carried over in
//! all, `above-of:PER:CAP:BONUS:DAY` what of it the run that ended on the day put there, paid out or not, and
//! `above-out:PER:CAP:BONUS:DAY` what the run that ended on the day paid out of it, the oldest first.

use std::collections::{BTreeMap, HashMap};

use super::{Memory, Numbers, WITHIN, own_key};
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::run::PeriodKind;
use crate::plan::checked::{Bonus, Cap, CapPer, CheckedPlan, Hold};
use crate::plan::engine::fault::RunFault;
use crate::plan::snapshot::StateEntry;

/// Numbers by member.
type Column = BTreeMap<u32, i64>;

/// The keys of a bonus's amounts that wait.
pub struct HoldKeys {
    /// What waits.
    all: String,
    since: String,
    out: String,
}

impl HoldKeys {
    /// Of a bonus with a condition of its own.
    pub fn of_bonus(bonus: &Bonus) -> Self {
        let key = |word: &str| format!("{word}:{}", bonus.code);
        Self { all: key("held-amount"), since: key("held-since"), out: key("held-out") }
    }

    /// Of a bonus that waits together with others.
    pub fn of_hold(hold: &Hold, bonus: &Bonus) -> Self {
        let key = |word: &str| format!("{word}:{}:{}", hold.name, bonus.code);
        Self { all: key("waits"), since: key("waits-since"), out: key("waits-out") }
    }
}

/// What waits of a bonus, by member, while a run decides about it.
pub struct Waits {
    /// How much.
    pub all: Vec<i64>,
    since: Vec<i64>,
    released: Numbers,
    today: i64,
}

impl Waits {
    /// The line that takes off what is to wait, or pays what waited.
    pub fn settle(&mut self, member: usize, sum: i64, met: bool) -> Result<i64, RunFault> {
        let (all, since) = (&mut self.all[member], &mut self.since[member]);
        if met {
            let since = std::mem::take(since);
            if since != 0 {
                self.released.push((u32::try_from(member).unwrap_or(u32::MAX), since));
            }
            return Ok(std::mem::take(all));
        }
        *all = all.checked_add(sum).ok_or_else(|| RunFault::overflow("what is held"))?;
        if *all == 0 {
            *since = 0;
        } else if *since == 0 {
            *since = self.today;
        }
        Ok(-sum)
    }
}

/// The keys of what a limit carried over.
pub struct CapKeys {
    of: String,
    out: String,
}

/// The key of what a limit carried over in all.
pub fn above(cap: &Cap) -> String {
    format!("above:{}", cap.name)
}

impl CapKeys {
    /// Of a limit, whose first bonus has the lines that take off and pay out.
    pub fn new(plan: &CheckedPlan, cap: &Cap) -> Self {
        let bonus = cap.of.first().map_or("", |bonus| plan.bonuses[usize::from(*bonus)].code.as_str());
        let key = |word: &str| format!("{word}:{}:{}:{bonus}:", cap.per.as_str(), cap.name);
        Self { of: key("above-of"), out: key("above-out") }
    }
}

/// What a limit carried over for an owner: what each run put there, by its last day, and what each run paid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    of: BTreeMap<Day, i64>,
    out: BTreeMap<Day, i64>,
}

impl Carried {
    /// Where what a run put there is now: paid out by the run that ended on a day, or still waiting.
    pub fn parts(&self, day: Day) -> Vec<(Option<Day>, i64)> {
        let mut before: i64 = self.of.range(..day).map(|(_, amount)| amount).sum();
        let mut own = self.of.get(&day).copied().unwrap_or(0);
        let mut parts = Vec::new();
        for (on, paid) in &self.out {
            let older = before.min(*paid);
            before -= older;
            let part = own.min(paid - older);
            own -= part;
            if part > 0 {
                parts.push((Some(*on), part));
            }
        }
        if own > 0 {
            parts.push((None, own));
        }
        parts
    }

    /// Takes away something that a run put there, paid out by now or not.
    pub fn take(&mut self, day: Day, paid: Option<Day>, amount: i64) {
        let less = |column: &mut BTreeMap<Day, i64>, day: Day| {
            if let Some(left) = column.get_mut(&day) {
                *left -= amount;
            }
            column.retain(|_, left| *left != 0);
        };
        less(&mut self.of, day);
        if let Some(paid) = paid {
            less(&mut self.out, paid);
        }
    }

    /// Notes what a run puts there, and what it pays out of `all` that waits. What nobody knows the run of goes first.
    pub fn run(&mut self, day: Day, [put, pay]: [i64; 2], all: i64) {
        let known = self.of.values().sum::<i64>() - self.out.values().sum::<i64>();
        let paid = pay - (all - known).clamp(0, pay);
        for (column, amount) in [(&mut self.of, put), (&mut self.out, paid)] {
            if amount != 0 {
                *column.entry(day).or_default() += amount;
            }
        }
    }

    /// Forgets runs before a day.
    fn forget(&mut self, oldest: Day) {
        let old: Vec<Day> = self.of.range(..oldest).map(|(day, _)| *day).collect();
        for day in old {
            for (paid, amount) in self.parts(day) {
                self.take(day, paid, amount);
            }
        }
    }
}

/// What a limit carried over, by owner.
pub type Owners = HashMap<u32, Carried>;

impl Memory {
    fn today(&self) -> Day {
        self.period.last
    }

    /// Numbers of runs of a kind under the keys that begin so and end with a day.
    fn dated_keys(&self, kind: PeriodKind, start: &str) -> Vec<(Day, String)> {
        let start = own_key(kind, start);
        let keys = self.former.range(start.clone()..).map(|(key, _)| key).take_while(|key| key.starts_with(&start));
        keys.filter_map(|key| Some((key[start.len()..].parse().ok()?, key.clone()))).collect()
    }

    fn column_of(&self, key: &str) -> Column {
        self.former.get(key).into_iter().flatten().copied().collect()
    }

    fn put_back(&mut self, key: String, column: Column) {
        let numbers: Numbers = column.into_iter().filter(|(_, value)| *value != 0).collect();
        if numbers.is_empty() {
            self.former.remove(&key);
        } else {
            self.former.insert(key, numbers);
        }
    }

    /// Takes what waits of a bonus.
    pub fn waits(&mut self, keys: &HoldKeys) -> Waits {
        let (all, since) = (self.column(&keys.all), self.column(&keys.since));
        Waits { all, since, released: Vec::new(), today: i64::from(self.today().0) }
    }

    /// Leaves what waits for the next run, and since when what this run paid out had waited if anybody pays on it.
    pub fn keep_waits(&mut self, keys: &HoldKeys, waits: Waits, is_read: bool) {
        self.keep_column(&keys.all, &waits.all);
        self.keep_column(&keys.since, &waits.since);
        let start = format!("{}:", keys.out);
        let oldest = self.today().plus(-WITHIN);
        for (_, key) in self.dated_keys(self.period.kind, &start).into_iter().filter(|(day, _)| *day < oldest) {
            self.former.remove(&key);
        }
        if is_read {
            self.keep(&format!("{start}{}", self.today()), waits.released);
        }
    }

    /// Takes what a limit carried over in earlier runs of this kind, run by run.
    pub fn carried(&mut self, keys: &CapKeys) -> Owners {
        let owners = self.carried_in(self.period.kind, keys);
        for start in [&keys.of, &keys.out] {
            for (_, key) in self.dated_keys(self.period.kind, start) {
                self.former.remove(&key);
            }
        }
        owners
    }

    /// The same of runs of any kind; it stays.
    fn carried_in(&self, kind: PeriodKind, keys: &CapKeys) -> Owners {
        let mut owners = Owners::new();
        for (day, key) in self.dated_keys(kind, &keys.of) {
            for (owner, amount) in self.former.get(&key).into_iter().flatten() {
                owners.entry(*owner).or_default().of.insert(day, *amount);
            }
        }
        for (day, key) in self.dated_keys(kind, &keys.out) {
            for (owner, amount) in self.former.get(&key).into_iter().flatten() {
                owners.entry(*owner).or_default().out.insert(day, *amount);
            }
        }
        owners
    }

    /// Leaves what a limit carried over for the next run.
    pub fn keep_carried(&mut self, keys: &CapKeys, owners: Owners) {
        let oldest = self.today().plus(-WITHIN);
        for (key, column) in columns(keys, owners, oldest) {
            self.keep(&key, column);
        }
    }
}

/// What is remembered of owners, by key.
fn columns(keys: &CapKeys, owners: Owners, oldest: Day) -> BTreeMap<String, Column> {
    let mut columns: BTreeMap<String, Column> = BTreeMap::new();
    for (owner, mut carried) in owners {
        carried.forget(oldest);
        for (start, amounts) in [(&keys.of, carried.of), (&keys.out, carried.out)] {
            for (day, amount) in amounts {
                columns.entry(format!("{start}{day}")).or_default().insert(owner, amount);
            }
        }
    }
    columns
}

/// What waits of a bonus while goods come back.
struct Waiting {
    keys: [String; 2],
    all: Column,
    since: Column,
    /// By the last day of the run that paid out: since when what it paid out had waited.
    out: Vec<(Day, Column)>,
}

/// What a limit carried over while goods come back.
struct Above {
    all: (String, Column),
    keys: CapKeys,
    owners: Owners,
}

/// Everything that waits, as the last runs of each kind left it, while goods come back.
#[derive(Default)]
pub struct Ledger {
    waiting: BTreeMap<(PeriodKind, String), Waiting>,
    above: BTreeMap<(PeriodKind, String), Above>,
}

/// Where an amount is that was taken off to wait.
pub enum Place {
    /// It still waits: so much of it is taken there.
    Waits(i64),
    /// The run that ended on a day paid it out.
    Paid(Day),
    /// It never waited.
    Nowhere,
}

impl Ledger {
    /// Where `amount` of what a run paid a member under a bonus is now. What still waits is taken at once.
    pub fn waited(
        &mut self,
        memory: &Memory,
        keys: &HoldKeys,
        (kind, member, day): (PeriodKind, u32, Day),
        amount: i64,
    ) -> Place {
        let waiting = self.waiting.entry((kind, keys.all.clone())).or_insert_with(|| {
            let [all, since] = [&keys.all, &keys.since].map(|key| own_key(kind, key));
            let out = memory.dated_keys(kind, &format!("{}:", keys.out));
            Waiting {
                all: memory.column_of(&all),
                since: memory.column_of(&since),
                out: out.into_iter().map(|(day, key)| (day, memory.column_of(&key))).collect(),
                keys: [all, since],
            }
        });
        if waiting.since.get(&member).is_some_and(|since| i64::from(day.0) >= *since) {
            let all = waiting.all.entry(member).or_default();
            // Never more than there is; what is given back waits with the rest.
            let part = if *all > 0 { amount.min(*all) } else { amount.max(*all) };
            *all -= part;
            if *all == 0 {
                waiting.since.remove(&member);
            }
            return Place::Waits(part);
        }
        let since = |column: &Column| column.get(&member).is_some_and(|since| i64::from(day.0) >= *since);
        let paid = waiting.out.iter().find(|(on, column)| *on >= day && since(column));
        paid.filter(|(on, _)| *on > day).map_or(Place::Nowhere, |(on, _)| Place::Paid(*on))
    }

    /// Where `amount` of what a run paid an owner under a limit is now: what still waits is taken at once, and then what
    /// later runs paid out of it, the oldest first. The rest was paid at once.
    pub fn above(
        &mut self,
        memory: &Memory,
        (plan, cap): (&CheckedPlan, &Cap),
        (kind, owner, day): (PeriodKind, u32, Day),
        amount: i64,
    ) -> Vec<(Option<Day>, i64)> {
        let key = above(cap);
        let above = self.above.entry((kind, key.clone())).or_insert_with(|| {
            let (keys, all) = (CapKeys::new(plan, cap), own_key(kind, &key));
            Above { owners: memory.carried_in(kind, &keys), all: (all.clone(), memory.column_of(&all)), keys }
        });
        let Some(carried) = above.owners.get_mut(&owner) else { return Vec::new() };
        let (waits, paid): (Vec<_>, Vec<_>) = carried.parts(day).into_iter().partition(|(paid, _)| paid.is_none());
        let (mut left, mut taken) = (amount, Vec::new());
        for (on, part) in waits.into_iter().chain(paid) {
            let part = part.min(left);
            if part > 0 {
                left -= part;
                carried.take(day, on, part);
                taken.push((on, part));
                if on.is_none() {
                    *above.all.1.entry(owner).or_default() -= part;
                }
            }
        }
        taken
    }

    /// Leaves what waits now to the run.
    pub fn close(self, memory: &mut Memory) {
        for Waiting { keys: [all_key, since_key], all, since, .. } in self.waiting.into_values() {
            memory.put_back(all_key, all);
            memory.put_back(since_key, since);
        }
        for ((kind, _), Above { all: (key, all), keys, owners }) in self.above {
            memory.put_back(key, all);
            for start in [&keys.of, &keys.out] {
                for (_, key) in memory.dated_keys(kind, start) {
                    memory.former.remove(&key);
                }
            }
            for (key, column) in columns(&keys, owners, Day(i32::MIN)) {
                memory.put_back(own_key(kind, &key), column);
            }
        }
    }
}

/// What a limit put aside or paid out: by the last day of the run, for whom, under which bonus.
struct OfCap {
    day: Day,
    owner: MemberId,
    bonus: String,
    is_out: bool,
}

/// Which later runs paid out what waited, told from what the last run remembers.
#[derive(Default)]
pub struct Payouts {
    /// Per kind of runs and member: the bonus, since when it had waited, and the day.
    holds: HashMap<(PeriodKind, MemberId), Vec<(String, Day, Day)>>,
    /// Per kind of runs and member; of limits on persons under no member.
    caps: HashMap<(PeriodKind, Option<MemberId>), Vec<OfCap>>,
}

impl Payouts {
    /// Reads what is remembered.
    pub fn of(keys: &[String], state: &[StateEntry]) -> Self {
        let mut payouts = Self::default();
        let told: Vec<Option<Told>> = keys.iter().map(|key| Told::of(key)).collect();
        for entry in state {
            match told.get(usize::from(entry.key)).and_then(Option::as_ref) {
                Some(Told::Hold { kind, bonus, day }) => {
                    let since = Day(i32::try_from(entry.value).unwrap_or(i32::MAX));
                    payouts.holds.entry((*kind, entry.member)).or_default().push((bonus.clone(), since, *day));
                }
                Some(Told::Cap { kind, per, bonus, day, is_out }) => {
                    let owner = (*per != CapPer::Person).then_some(entry.member);
                    let of = OfCap { day: *day, owner: entry.member, bonus: bonus.clone(), is_out: *is_out };
                    payouts.caps.entry((*kind, owner)).or_default().push(of);
                }
                None => {}
            }
        }
        payouts
    }

    /// Whose amounts of which bonus in which run may be less, or paid out, for what a run paid a member under a bonus.
    pub fn of_amount(
        &self,
        (kind, member, day): (PeriodKind, MemberId, Day),
        bonus: &str,
        tell: &mut dyn FnMut(MemberId, &str, Day),
    ) {
        for (code, since, out) in self.holds.get(&(kind, member)).into_iter().flatten() {
            if code == bonus && *since <= day && day <= *out {
                tell(member, code, *out);
            }
        }
        for owner in [Some(member), None] {
            for of in self.caps.get(&(kind, owner)).into_iter().flatten() {
                if if of.is_out { of.day > day } else { of.day == day } {
                    tell(of.owner, &of.bonus, of.day);
                }
            }
        }
    }
}

/// What a key says.
enum Told {
    Hold { kind: PeriodKind, bonus: String, day: Day },
    Cap { kind: PeriodKind, per: CapPer, bonus: String, day: Day, is_out: bool },
}

impl Told {
    fn of(key: &str) -> Option<Self> {
        let of_kind = |kind: &PeriodKind| Some((*kind, key.strip_prefix(kind.as_str())?.strip_prefix(':')?));
        let (kind, own) = PeriodKind::ALL.iter().find_map(of_kind).unwrap_or((PeriodKind::Month, key));
        let (word, rest) = own.split_once(':')?;
        let (rest, day) = rest.rsplit_once(':')?;
        let day = day.parse().ok()?;
        let bonus = || Some(rest.rsplit_once(':')?.1.to_owned());
        match word {
            "held-out" => Some(Self::Hold { kind, bonus: rest.to_owned(), day }),
            "waits-out" => Some(Self::Hold { kind, bonus: bonus()?, day }),
            "above-of" | "above-out" => {
                let per = rest.split_once(':')?.0.parse().ok()?;
                Some(Self::Cap { kind, per, bonus: bonus()?, day, is_out: word == "above-out" })
            }
            _ => None,
        }
    }
}
