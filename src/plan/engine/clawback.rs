//! Lines of earlier runs taken back for goods that came back, at the original rates.
//!
//! What a line gives back is counted from the whole: after a return, the part of the line that must
//! be gone is rounded once, and what earlier returns took already is subtracted. So the last return
//! of an order leaves exactly nothing, however many returns there were.
//!
//! First come the lines on the order; then, in the order in which a run pays, the lines on the amounts of those, and what
//! limits and holds let wait of them: what still waits is taken there, and what a later run paid out is followed into
//! that run, for that is where others were paid on it.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use super::bonuses::Paid;
use super::caps;
use super::fault::RunFault;
use super::memory::{HoldKeys, Ledger, Memory, Place};
use super::rates::{Rates, Scale};
use super::standing::Standing;
use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::{Currency, Rounding, Volume};
use crate::domain::run::PeriodKind;
use crate::plan::checked::{BonusSource, Cap, CheckedPlan, Excess, Step};
use crate::plan::result::{BaseKind, EarningLine, LineKind, Source, Taken};
use crate::plan::snapshot::{Amounts, OriginalLine, Snapshot, Takeback};

/// The lines, and the codes of bonuses that the present plan does not have any more.
pub struct Clawbacks {
    /// The lines, by day and number of the return.
    pub lines: Vec<EarningLine>,
    /// What they take back.
    pub taken: Vec<Taken>,
    /// Bonuses after the plan's own.
    pub former: Vec<String>,
}

/// What a run paid a member under a bonus: the code, the kind of run and the last day of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key<'a> {
    bonus: &'a str,
    kind: PeriodKind,
    member: u32,
    day: Day,
}

/// How much of an amount a return takes back: of what was paid, and of what it was before limits cut it.
#[derive(Debug, Clone, Copy, Default)]
struct Back {
    paid: i64,
    uncut: i64,
}

/// Goods that a line was paid on, as they stand with a return.
#[derive(Clone, Copy)]
struct Goods<'a> {
    /// Returned in all, this return included.
    after: Amounts,
    /// By this return.
    now: &'a Amounts,
    /// As they were paid on.
    total: &'a Amounts,
}

/// What returns of this period have done so far.
struct Books<'a> {
    standing: &'a Standing<'a>,
    plan: &'a CheckedPlan,
    rates: &'a mut Rates,
    memory: &'a Memory,
    ledger: Ledger,
    /// Sentences for lines that take back, and for those that leave to a member what is taken from what waits, or let
    /// more wait.
    notes: [u16; 3],
    /// Lines on the amounts of other bonuses, by these.
    on_amounts: HashMap<Key<'a>, Vec<&'a OriginalLine>>,
    /// Bonuses that read the amounts of another one before a limit cuts these.
    early: HashSet<(&'a str, &'a str)>,
    /// Bonuses whose lines limits cut.
    cut: HashSet<&'a str>,
    /// What came back of whole orders (`None`), and of their product lines.
    returned: HashMap<(OrderId, Option<&'a str>), Amounts>,
    /// Per line: base and amount taken in this run.
    taken: HashMap<LineId, (i64, i64)>,
    /// The return that is dealt with: its place and itself.
    now: (u32, &'a Takeback),
    /// What it takes back so far.
    back: BTreeMap<Key<'a>, Back>,
    out: Clawbacks,
}

fn overflow() -> RunFault {
    RunFault::overflow("an amount to take back")
}

/// Takes back every line of every takeback.
pub fn take_back(standing: &Standing<'_>, snapshot: &Snapshot, paid: &mut Paid) -> Result<Clawbacks, RunFault> {
    let mut note = |text: &str| {
        paid.notes.push(text.to_owned());
        u16::try_from(paid.notes.len() - 1).unwrap_or(u16::MAX)
    };
    let notes = [
        note("taken back at the original rate"),
        note("taken from what was held for the same bonus"),
        note("held with the other amounts of that run"),
    ];
    let mut order: Vec<(u32, &Takeback)> = (0_u32..).zip(&snapshot.takebacks).collect();
    order.sort_by_key(|(_, takeback)| {
        (takeback.day, takeback.return_number.as_str(), takeback.original_number.as_str())
    });
    let Some(first) = order.first().copied() else {
        return Ok(Clawbacks { lines: Vec::new(), taken: Vec::new(), former: Vec::new() });
    };
    let plan = standing.plan;
    let mut books = Books {
        standing,
        plan,
        rates: &mut paid.rates,
        memory: &paid.memory,
        ledger: Ledger::default(),
        notes,
        on_amounts: HashMap::new(),
        early: early_readers(plan),
        cut: plan.caps.iter().filter(|cap| cuts(cap)).flat_map(|cap| codes(plan, &cap.of)).collect(),
        returned: HashMap::new(),
        taken: HashMap::new(),
        now: first,
        back: BTreeMap::new(),
        out: Clawbacks { lines: Vec::new(), taken: Vec::new(), former: Vec::new() },
    };
    books.sort_in(&snapshot.on_amounts);
    for now in order {
        books.now = now;
        books.one(now.1)?;
    }
    let Books { ledger, out, .. } = books;
    ledger.close(&mut paid.memory);
    Ok(out)
}

/// Whether a limit makes lines smaller.
fn cuts(cap: &Cap) -> bool {
    cap.excess == Excess::Lost
}

fn codes<'p>(plan: &'p CheckedPlan, places: &'p [u16]) -> impl Iterator<Item = &'p str> {
    places.iter().map(|place| plan.bonuses[usize::from(*place)].code.as_str())
}

/// Who reads whose amounts before a limit cuts these.
fn early_readers(plan: &CheckedPlan) -> HashSet<(&str, &str)> {
    let mut early = HashSet::new();
    for (at, step) in plan.order.iter().enumerate() {
        let Step::Bonus(place) = step else { continue };
        let reader = &plan.bonuses[usize::from(*place)];
        let BonusSource::Amounts(of, _) = &reader.source else { continue };
        for step in &plan.order[at..] {
            let Step::Cap(cap) = step else { continue };
            let cap = &plan.caps[usize::from(*cap)];
            let cut = of.iter().filter(|place| cuts(cap) && cap.of.contains(place)).copied().collect::<Vec<_>>();
            early.extend(cut.iter().map(|place| (&*reader.code, &*plan.bonuses[usize::from(*place)].code)));
        }
    }
    early
}

impl<'a> Books<'a> {
    /// Sorts in lines on the amounts of other bonuses.
    fn sort_in(&mut self, lines: &'a [OriginalLine]) {
        let mut lines: Vec<&OriginalLine> = lines.iter().filter(|line| line.base != 0 && self.pays(line)).collect();
        lines.sort_by_key(|line| self.key(line));
        for line in lines {
            let member = line.from.and_then(|from| self.standing.field.find(from));
            if let (Some(bonus), Some(member)) = (line.on.as_deref(), member) {
                let key = Key { bonus, kind: line.kind, member, day: line.ended };
                self.on_amounts.entry(key).or_default().push(line);
            }
        }
    }

    /// Whether a line pays something, or paid something before limits.
    fn pays(&self, line: &OriginalLine) -> bool {
        line.amount_minor != 0 || self.cut.contains(line.bonus.as_str())
    }

    fn one(&mut self, takeback: &'a Takeback) -> Result<(), RunFault> {
        self.back.clear();
        self.of_order(takeback)?;
        let plan = self.plan;
        for step in &plan.order {
            match step {
                Step::Bonus(place) => {
                    let bonus = &plan.bonuses[usize::from(*place)];
                    for (key, back) in self.backs(|_| true) {
                        for (key, back) in self.on(key, back, Some(&bonus.code))? {
                            self.add(key, back)?;
                        }
                    }
                    if bonus.hold_until.is_some() {
                        self.held(*place, &HoldKeys::of_bonus(bonus))?;
                    }
                }
                Step::Cap(place) if !cuts(&plan.caps[usize::from(*place)]) => {
                    self.carried(&plan.caps[usize::from(*place)])?;
                }
                Step::Hold(place) => {
                    let hold = &plan.holds[usize::from(*place)];
                    for place in &hold.of {
                        self.held(*place, &HoldKeys::of_hold(hold, &plan.bonuses[usize::from(*place)]))?;
                    }
                }
                Step::Cap(_) | Step::Larger(_) => {}
            }
        }
        self.former_bonuses()
    }

    /// Amounts that are taken back, and how much of each.
    fn backs(&self, which: impl Fn(&Key<'_>) -> bool) -> Vec<(Key<'a>, Back)> {
        self.back.iter().filter(|(key, _)| which(key)).map(|(key, back)| (*key, *back)).collect()
    }

    fn add(&mut self, key: Key<'a>, more: Back) -> Result<(), RunFault> {
        let back = self.back.entry(key).or_default();
        back.paid = back.paid.checked_add(more.paid).ok_or_else(overflow)?;
        back.uncut = back.uncut.checked_add(more.uncut).ok_or_else(overflow)?;
        Ok(())
    }

    /// Lines on the order.
    fn of_order(&mut self, takeback: &'a Takeback) -> Result<(), RunFault> {
        let whole = self.goods(takeback, None, [&takeback.before, &takeback.now, &takeback.total])?;
        let mut parts = HashMap::new();
        for part in &takeback.parts {
            let name = part.line.as_str();
            parts.insert(name, self.goods(takeback, Some(name), [&part.before, &part.now, &part.total])?);
        }
        let original = |line: &&OriginalLine| line.on.is_none() && self.pays(line) && !self.is_counterpart(line);
        let mut lines: Vec<&OriginalLine> = takeback.lines.iter().filter(original).collect();
        lines.sort_by_key(|line| self.key(line));
        for line in lines {
            let goods = takeback.part_of(line).and_then(|part| parts.get(part.line.as_str())).unwrap_or(&whole);
            let (base, target, whole) = self.due(line, goods).ok_or_else(overflow)?;
            let before = self.taken_of(line).ok_or_else(overflow)?;
            let amount = target.checked_sub(before.1).ok_or_else(overflow)?;
            // Never more than was paid, and never less than nothing; of a deduction it is given back.
            let amount = if line.amount_minor < 0 { amount.min(0) } else { amount.max(0) };
            let back = self.take(line, whole, before, (base, amount))?;
            for (key, back) in self.line(line, base, back)? {
                self.add(key, back)?;
            }
        }
        Ok(())
    }

    /// Adds up what came back of goods: of a product line, or of the whole order.
    fn goods(
        &mut self,
        takeback: &'a Takeback,
        line: Option<&'a str>,
        [before, now, total]: [&'a Amounts; 3],
    ) -> Result<Goods<'a>, RunFault> {
        let returned = self.returned.entry((takeback.original_order, line)).or_insert(*before);
        *returned = plus(returned, now).ok_or_else(overflow)?;
        Ok(Goods { after: *returned, now, total })
    }

    /// What of a line's base comes back now, how much of its amount must be gone in all, and the whole of its base.
    fn due(&self, line: &OriginalLine, goods: &Goods<'_>) -> Option<(i64, i64, i64)> {
        let (after, total) = (minus(&goods.after, &line.unpaid)?, minus(goods.total, &line.unpaid)?);
        let (returned, total, now) = shares(line.base_kind, self.plan.currency, [&after, &total, goods.now])?;
        let target = part(line.amount_minor, returned, total, self.plan.rounding)?;
        if line.base_kind == BaseKind::Fixed {
            return Some((now, target, line.amount_minor));
        }
        // A run over another kind of period may have taken the line back for this return already.
        let open = returned.checked_sub(self.taken_of(line)?.0)?;
        Some((now.min(open.max(0)), target, total))
    }

    /// Whether a line took from somebody what another line gave: that one brings it back.
    fn is_counterpart(&self, line: &OriginalLine) -> bool {
        line.base < 0 && self.plan.bonuses.iter().any(|bonus| bonus.code == line.bonus && bonus.from_source)
    }

    /// Lines on an amount that comes back, of one bonus or of all. What is taken back of them.
    fn on(&mut self, key: Key<'a>, back: Back, only: Option<&str>) -> Result<Vec<(Key<'a>, Back)>, RunFault> {
        let lines = self.on_amounts.get(&key).into_iter().flatten();
        let lines: Vec<&OriginalLine> =
            lines.copied().filter(|line| only.is_none_or(|only| only == line.bonus)).collect();
        let mut taken = Vec::new();
        for line in lines {
            let base = if self.early.contains(&(&*line.bonus, key.bonus)) { back.uncut } else { back.paid };
            if base == 0 {
                continue;
            }
            let before = self.taken_of(line).ok_or_else(overflow)?;
            let gone = before.0.checked_add(base).ok_or_else(overflow)?;
            let target = part(line.amount_minor, gone, line.base, self.plan.rounding).ok_or_else(overflow)?;
            let amount = target.checked_sub(before.1).ok_or_else(overflow)?;
            let back = self.take(line, line.base, before, (base, amount))?;
            taken.extend(self.line(line, base, back)?);
        }
        Ok(taken)
    }

    /// How much of a line's base and amount earlier runs and this one have taken back.
    fn taken_of(&self, line: &OriginalLine) -> Option<(i64, i64)> {
        let (base, amount) = self.taken.get(&line.id).copied().unwrap_or_default();
        Some((line.base_taken.checked_add(base)?, line.taken_minor.checked_add(amount)?))
    }

    /// An order of lines that is the same in every database.
    fn key<'l>(&self, line: &'l OriginalLine) -> (Option<u32>, &'l str, u16, Option<u32>, [i64; 2], &'l str) {
        let field = self.standing.field;
        let rank = |id| field.find(id).map(|index| field.by_number[index as usize]);
        let amounts = [line.base, line.amount_minor];
        (rank(line.member), &line.bonus, line.level, line.from.and_then(rank), amounts, &line.line)
    }

    /// Notes what is taken of a line, of whose base `whole` is the whole and `before` was taken before.
    fn take(
        &mut self,
        line: &OriginalLine,
        whole: i64,
        before: (i64, i64),
        (base, amount): (i64, i64),
    ) -> Result<Back, RunFault> {
        let taken = self.taken.entry(line.id).or_insert((0, 0));
        taken.0 = taken.0.checked_add(base).ok_or_else(overflow)?;
        taken.1 = taken.1.checked_add(amount).ok_or_else(overflow)?;
        let mut back = Back { paid: amount, uncut: amount };
        if self.cut.contains(line.bonus.as_str()) {
            let uncut = self.uncut(line).ok_or_else(overflow)?;
            let (from, by) = if line.base_kind == BaseKind::Fixed { (before.1, amount) } else { (before.0, base) };
            let gone = |gone: Option<i64>| part(uncut, gone?, whole, self.plan.rounding);
            let (gone, earlier) = (gone(from.checked_add(by)), gone(Some(from)));
            back.uncut =
                gone.zip(earlier).and_then(|(gone, earlier)| gone.checked_sub(earlier)).ok_or_else(overflow)?;
        }
        Ok(back)
    }

    /// What a line was before limits: they leave its base and its rate.
    fn uncut(&self, line: &OriginalLine) -> Option<i64> {
        if line.base_kind == BaseKind::Fixed {
            return Some(line.base);
        }
        let scale = Scale::new(self.plan, line.base_kind, false);
        scale.amount(&scale.factor(line.rate)?, line.base, 0)
    }

    /// Writes the line that takes back, and says whose amounts are less for it.
    fn line(&mut self, line: &'a OriginalLine, base: i64, back: Back) -> Result<Vec<(Key<'a>, Back)>, RunFault> {
        let fixed = line.base_kind == BaseKind::Fixed;
        if back.paid == 0 && (base == 0 || fixed) {
            return Ok(Vec::new());
        }
        let field = self.standing.field;
        let (place, takeback) = self.now;
        let unknown = || RunFault::UnknownPayee { order: takeback.return_number.clone() };
        let member = field.find(line.member).ok_or_else(unknown)?;
        let from = line.from.and_then(|from| field.find(from));
        let bonus = self.bonus(&line.bonus)?;
        let on = line.on.as_deref().map(|on| self.bonus(on)).transpose()?;
        let rate = if fixed { Decimal::new(-back.paid, self.plan.currency.places()) } else { line.rate };
        let made = EarningLine {
            base: if fixed { -back.paid } else { base.checked_neg().ok_or_else(overflow)? },
            amount_minor: back.paid.checked_neg().ok_or_else(overflow)?,
            rate: self.rates.place(rate).ok_or_else(overflow)?,
            level: line.level,
            note: self.notes[0],
            kind: LineKind::Clawback,
            base_kind: line.base_kind,
            ..EarningLine::blank(member, bonus)
        };
        let made = made.of(from).on_amounts(on);
        self.write(made, Taken { line: Some(line.id), takeback: place })?;
        let key = Key { bonus: &line.bonus, kind: line.kind, member, day: line.ended };
        let mut taken = vec![(key, back)];
        // Where a bonus takes what it pays from its source, the source gets back what this line takes.
        let from_source = self.plan.bonuses.get(usize::from(bonus)).is_some_and(|bonus| bonus.from_source);
        if let Some(source) = from.filter(|from| from_source && *from != member) {
            // A limit cuts what somebody gets, and never what the source gives.
            let (base, amount_minor) = (-made.base, back.uncut);
            let given = EarningLine { member: source, base, amount_minor, ..made };
            self.write(given.of(Some(member)).on_amounts(None), Taken { line: None, takeback: place })?;
            taken.push((Key { member: source, ..key }, Back { paid: -back.paid, uncut: -back.uncut }));
        }
        Ok(taken)
    }

    fn write(&mut self, line: EarningLine, taken: Taken) -> Result<(), RunFault> {
        let place = u32::try_from(self.out.taken.len()).map_err(|_| overflow())?;
        self.out.taken.push(taken);
        self.out.lines.push(line.from_source(Source::Takeback(place)));
        Ok(())
    }

    /// What comes back of amounts that wait is taken there and left to the member, and what a later run paid out comes
    /// back of that run.
    fn held(&mut self, place: u16, keys: &HoldKeys) -> Result<(), RunFault> {
        let code = self.plan.bonuses[usize::from(place)].code.as_str();
        for (key, back) in self.backs(|key| key.bonus == code) {
            match self.ledger.waited(self.memory, keys, (key.kind, key.member, key.day), back.paid) {
                Place::Waits(part) => self.leave(place, key, part)?,
                Place::Paid(day) => {
                    self.back.remove(&key);
                    self.add(Key { day, ..key }, back)?;
                }
                Place::Nowhere => {}
            }
        }
        Ok(())
    }

    /// The same of amounts that a limit carried over: they are its first bonus's.
    fn carried(&mut self, cap: &'a Cap) -> Result<(), RunFault> {
        let Some(first) = cap.of.first().copied() else { return Ok(()) };
        let bonus = self.plan.bonuses[usize::from(first)].code.as_str();
        let owners = caps::owners(self.standing, cap.per);
        let limited: HashSet<&str> = codes(self.plan, &cap.of).collect();
        let mut sums: BTreeMap<(PeriodKind, u32, Day), i64> = BTreeMap::new();
        for (key, back) in self.backs(|key| limited.contains(key.bonus)) {
            let sum = sums.entry((key.kind, owners[key.member as usize], key.day)).or_default();
            *sum = sum.checked_add(back.paid).ok_or_else(overflow)?;
        }
        for ((kind, member, day), sum) in sums {
            let key = Key { bonus, kind, member, day };
            for (paid, part) in self.ledger.above(self.memory, (self.plan, cap), (kind, member, day), sum) {
                match paid {
                    None => self.leave(first, key, part)?,
                    Some(paid) => {
                        self.add(key, Back { paid: -part, uncut: -part })?;
                        self.add(Key { day: paid, ..key }, Back { paid: part, uncut: part })?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Leaves to a member what was taken from what waits.
    fn leave(&mut self, bonus: u16, key: Key<'a>, amount: i64) -> Result<(), RunFault> {
        if amount == 0 {
            return Ok(());
        }
        let rate = self.rates.place(Decimal::new(amount, self.plan.currency.places())).ok_or_else(overflow)?;
        let note = self.notes[if amount > 0 { 1 } else { 2 }];
        let (base, amount_minor, kind) = (amount, amount, LineKind::Clawback);
        let line = EarningLine { base, amount_minor, rate, note, kind, ..EarningLine::blank(key.member, bonus) };
        self.write(line, Taken { line: None, takeback: self.now.0 })?;
        self.add(key, Back { paid: -amount, uncut: -amount })
    }

    /// Lines of bonuses that the plan does not have any more, and what was paid on those.
    fn former_bonuses(&mut self) -> Result<(), RunFault> {
        let plan = self.plan;
        let is_own = |code: &str| plan.bonuses.iter().any(|bonus| bonus.code == code);
        let lines = self.on_amounts.values().flatten();
        let mut former: Vec<&str> = lines.map(|line| line.bonus.as_str()).filter(|code| !is_own(code)).collect();
        former.sort_unstable();
        former.dedup();
        let mut open = Vec::new();
        for code in former {
            for (key, back) in self.backs(|_| true) {
                open.extend(self.on(key, back, Some(code))?);
            }
        }
        while let Some((key, back)) = open.pop() {
            open.extend(self.on(key, back, None)?);
        }
        Ok(())
    }

    /// The place of a bonus, the plan's own first, then those that only earlier plans had.
    fn bonus(&mut self, code: &str) -> Result<u16, RunFault> {
        let own = self.plan.bonuses.iter().position(|bonus| bonus.code == code);
        let place = own.unwrap_or_else(|| {
            let former = self.out.former.iter().position(|known| known == code).unwrap_or_else(|| {
                self.out.former.push(code.to_owned());
                self.out.former.len() - 1
            });
            self.plan.bonuses.len() + former
        });
        u16::try_from(place).map_err(|_| overflow())
    }
}

/// Of a line's base: returned in all, the original order's whole, returned now.
fn shares(kind: BaseKind, currency: Currency, [after, total, now]: [&Amounts; 3]) -> Option<(i64, i64, i64)> {
    let four_places = 10_i64.checked_pow(Volume::PLACES.saturating_sub(currency.places()))?;
    let of = |amounts: &Amounts| match kind {
        BaseKind::Cv => Some(amounts.cv.0),
        BaseKind::Qv => Some(amounts.qv.0),
        BaseKind::Points if amounts.cv.0 != 0 || total.cv.0 != 0 => Some(amounts.cv.0),
        BaseKind::Points | BaseKind::Money => amounts.paid_minor.checked_mul(four_places),
        BaseKind::Paid | BaseKind::Fixed | BaseKind::Amount => Some(amounts.paid_minor),
        BaseKind::Margin => amounts.paid_minor.checked_sub(amounts.wholesale_minor),
    };
    Some((of(after)?, of(total)?, of(now)?))
}

/// The part of an amount that stands for `returned` of `total`; all of it at the end.
fn part(amount: i64, returned: i64, total: i64, rounding: Rounding) -> Option<i64> {
    let (returned, total) = if total < 0 { (returned.checked_neg()?, total.checked_neg()?) } else { (returned, total) };
    if returned >= total {
        return Some(amount);
    }
    rounding.divide(i128::from(amount).checked_mul(i128::from(returned.max(0)))?, i128::from(total))
}

fn minus(a: &Amounts, b: &Amounts) -> Option<Amounts> {
    Some(Amounts {
        qv: Volume(a.qv.0.checked_sub(b.qv.0)?),
        cv: Volume(a.cv.0.checked_sub(b.cv.0)?),
        paid_minor: a.paid_minor.checked_sub(b.paid_minor)?,
        wholesale_minor: a.wholesale_minor.checked_sub(b.wholesale_minor)?,
    })
}

fn plus(a: &Amounts, b: &Amounts) -> Option<Amounts> {
    Some(Amounts {
        qv: a.qv.plus(b.qv).ok()?,
        cv: a.cv.plus(b.cv).ok()?,
        paid_minor: a.paid_minor.checked_add(b.paid_minor)?,
        wholesale_minor: a.wholesale_minor.checked_add(b.wholesale_minor)?,
    })
}
