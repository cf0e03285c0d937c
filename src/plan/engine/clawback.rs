//! Lines of earlier runs taken back for goods that came back, at the original rates.
//!
//! What a line gives back is counted from the whole: after a return, the part of the line that must
//! be gone is rounded once, and what earlier returns took already is subtracted. So the last return
//! of an order leaves exactly nothing, however many returns there were.

use std::collections::HashMap;

use super::fault::RunFault;
use super::field::Field;
use super::rates::Rates;
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::{Rounding, Volume};
use crate::plan::checked::CheckedPlan;
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

/// What returns of this period have done so far.
struct Books<'a> {
    plan: &'a CheckedPlan,
    field: &'a Field,
    rates: &'a mut Rates,
    note: u16,
    returned: HashMap<OrderId, Amounts>,
    /// Per line: base and amount taken in this run.
    taken: HashMap<LineId, (i64, i64)>,
    out: Clawbacks,
}

/// Takes back every line of every takeback.
pub fn take_back(
    plan: &CheckedPlan,
    field: &Field,
    snapshot: &Snapshot,
    rates: &mut Rates,
    notes: &mut Vec<String>,
) -> Result<Clawbacks, RunFault> {
    let note = u16::try_from(notes.len()).unwrap_or(u16::MAX);
    notes.push("taken back at the original rate".to_owned());
    let mut order: Vec<u32> = (0_u32..).take(snapshot.takebacks.len()).collect();
    let at = |place: u32| &snapshot.takebacks[place as usize];
    order.sort_by_key(|place| {
        let takeback = at(*place);
        (takeback.day, takeback.return_number.as_str(), takeback.original_number.as_str())
    });
    let out = Clawbacks { lines: Vec::new(), taken: Vec::new(), former: Vec::new() };
    let mut books = Books { plan, field, rates, note, returned: HashMap::new(), taken: HashMap::new(), out };
    for place in order {
        books.one(at(place), place).ok_or_else(|| RunFault::overflow("an amount to take back"))??;
    }
    Ok(books.out)
}

impl Books<'_> {
    /// `None` on overflow.
    fn one(&mut self, takeback: &Takeback, place: u32) -> Option<Result<(), RunFault>> {
        let earlier = self.returned.get(&takeback.original_order).copied().unwrap_or(takeback.before);
        let after = plus(&earlier, &takeback.now)?;
        self.returned.insert(takeback.original_order, after);
        // Lines on the order, then lines on what those paid, and so on up.
        let mut queue: Vec<(&OriginalLine, i64)> = Vec::new();
        let mut lines: Vec<&OriginalLine> = takeback.lines.iter().filter(|line| line.amount_minor != 0).collect();
        lines.sort_by_key(|line| self.key(line));
        for line in lines.iter().filter(|line| line.on.is_none() && line.amount_minor > 0) {
            let (after, total) = (minus(&after, &line.unpaid)?, minus(&takeback.total, &line.unpaid)?);
            let (returned, total, now) = shares(line.base_kind, &after, &total, &takeback.now)?;
            let target = part(line.amount_minor, returned, total, self.plan.rounding)?;
            // A run over another kind of period may have taken the line back for this return already.
            let open = returned.checked_sub(self.base_taken(line)?)?;
            let now = if line.base_kind == BaseKind::Fixed { now } else { now.min(open.max(0)) };
            let amount = self.take(line, target, now)?;
            if let Err(fault) = self.line(line, takeback, place, now, amount)? {
                return Some(Err(fault));
            }
            queue.push((line, amount));
        }
        let mut next = 0;
        while let Some((paid, amount)) = queue.get(next).copied() {
            next += 1;
            for line in &lines {
                if line.on.as_deref() != Some(&paid.bonus)
                    || line.from != Some(paid.member)
                    || line.base <= 0
                    || amount == 0
                {
                    continue;
                }
                let before = self.base_taken(line)?;
                let target = part(line.amount_minor, before.checked_add(amount)?, line.base, self.plan.rounding)?;
                let taken = self.take(line, target, amount)?;
                if let Err(fault) = self.line(line, takeback, place, amount, taken)? {
                    return Some(Err(fault));
                }
                queue.push((line, taken));
            }
        }
        Some(Ok(()))
    }

    /// How much of a line's base earlier runs and this one have taken back.
    fn base_taken(&self, line: &OriginalLine) -> Option<i64> {
        line.base_taken.checked_add(self.taken.get(&line.id).map_or(0, |taken| taken.0))
    }

    /// An order of lines that is the same in every database.
    fn key<'l>(&self, line: &'l OriginalLine) -> (Option<u32>, &'l str, u16, Option<u32>, i64, i64) {
        let rank = |id| self.field.find(id).map(|index| self.field.by_number[index as usize]);
        (rank(line.member), &line.bonus, line.level, line.from.and_then(rank), line.base, line.amount_minor)
    }

    /// Notes that `target` of a line must be gone in all, and returns what is still to take.
    fn take(&mut self, line: &OriginalLine, target: i64, base: i64) -> Option<i64> {
        let taken = self.taken.entry(line.id).or_insert((0, 0));
        let open = target.checked_sub(line.taken_minor)?.checked_sub(taken.1)?;
        // Of a deduction less than nothing is taken: it is given back.
        let amount = if line.amount_minor < 0 { open.min(0) } else { open.max(0) };
        *taken = (taken.0.checked_add(base)?, taken.1.checked_add(amount)?);
        Some(amount)
    }

    fn line(
        &mut self,
        line: &OriginalLine,
        takeback: &Takeback,
        place: u32,
        base: i64,
        amount: i64,
    ) -> Option<Result<(), RunFault>> {
        let fixed = line.base_kind == BaseKind::Fixed;
        if amount == 0 && (base == 0 || fixed) {
            return Some(Ok(()));
        }
        let unknown = || RunFault::UnknownPayee { order: takeback.return_number.clone() };
        let Some(member) = self.field.find(line.member) else {
            return Some(Err(unknown()));
        };
        let from = line.from.and_then(|from| self.field.find(from));
        let bonus = self.bonus(&line.bonus)?;
        let on = match &line.on {
            Some(on) => Some(self.bonus(on)?),
            None => None,
        };
        let taken = u32::try_from(self.out.taken.len()).ok()?;
        self.out.taken.push(Taken { line: Some(line.id), takeback: place });
        let rate = if fixed { rust_decimal::Decimal::new(-amount, self.plan.currency.places()) } else { line.rate };
        let made = EarningLine {
            base: if fixed { -amount } else { base.checked_neg()? },
            amount_minor: -amount,
            rate: self.rates.place(rate)?,
            level: line.level,
            note: self.note,
            kind: LineKind::Clawback,
            base_kind: line.base_kind,
            ..EarningLine::blank(member, bonus)
        };
        self.out.lines.push(made.of(from).from_source(Source::Takeback(taken)).on_amounts(on));
        self.give_back(bonus, place)?;
        Some(Ok(()))
    }

    /// Where a bonus takes what it pays from its source, the source gets back what the last line takes.
    fn give_back(&mut self, bonus: u16, place: u32) -> Option<()> {
        let from_source = self.plan.bonuses.get(usize::from(bonus)).is_some_and(|bonus| bonus.from_source);
        let Some(line) = self.out.lines.last().filter(|_| from_source).copied() else { return Some(()) };
        let Some(source) = line.from().filter(|from| *from != line.member) else { return Some(()) };
        let taken = u32::try_from(self.out.taken.len()).ok()?;
        self.out.taken.push(Taken { line: None, takeback: place });
        let made = EarningLine {
            member: source,
            base: line.base.checked_neg()?,
            amount_minor: line.amount_minor.checked_neg()?,
            ..line
        };
        self.out.lines.push(made.of(Some(line.member)).from_source(Source::Takeback(taken)));
        Some(())
    }

    /// The place of a bonus, the plan's own first, then those that only earlier plans had.
    fn bonus(&mut self, code: &str) -> Option<u16> {
        let own = self.plan.bonuses.iter().position(|bonus| bonus.code == code);
        let place = own.unwrap_or_else(|| {
            let former = self.out.former.iter().position(|known| known == code).unwrap_or_else(|| {
                self.out.former.push(code.to_owned());
                self.out.former.len() - 1
            });
            self.plan.bonuses.len() + former
        });
        u16::try_from(place).ok()
    }
}

/// Of a line's base: returned in all, the original order's whole, returned now.
fn shares(kind: BaseKind, after: &Amounts, total: &Amounts, now: &Amounts) -> Option<(i64, i64, i64)> {
    let of = |amounts: &Amounts| match kind {
        BaseKind::Cv => Some(amounts.cv.0),
        BaseKind::Qv => Some(amounts.qv.0),
        BaseKind::Points if amounts.cv.0 != 0 || total.cv.0 != 0 => Some(amounts.cv.0),
        BaseKind::Paid | BaseKind::Fixed | BaseKind::Amount | BaseKind::Points | BaseKind::Money => {
            Some(amounts.paid_minor)
        }
        BaseKind::Margin => amounts.paid_minor.checked_sub(amounts.wholesale_minor),
    };
    Some((of(after)?, of(total)?, of(now)?))
}

/// The part of an amount that stands for `returned` of `total`; all of it at the end.
fn part(amount: i64, returned: i64, total: i64, rounding: Rounding) -> Option<i64> {
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
