//! The parts of a checked plan that are about days.

use super::{CheckedPlan, VolumeDef};
use crate::domain::run::PeriodKind;
use crate::plan::expr::{Cond, Num, OrderField};
use crate::plan::snapshot::PeriodSpan;

/// The days that a volume looks at, up to the last one of the run's period, where it does not add up periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of the calendar's period of this kind, so far.
    Within(PeriodKind),
    /// So many.
    Days(u16),
}

impl CheckedPlan {
    /// The period that a label such as `2026-10`, `2026-W41` or `2026-C05` names in the plan's calendar.
    pub fn period(&self, label: &str) -> Option<PeriodSpan> {
        let (kind, first, last) = self.calendar.period(label)?;
        Some(PeriodSpan { label: label.to_owned(), kind, first, last })
    }
}

impl VolumeDef {
    /// Whether it reads whose volume it is: each order may count for some of those above and not for others.
    pub fn reads_member(&self) -> bool {
        let mut reads = false;
        let mut see = |num: &Num| {
            reads |= matches!(num, Num::Order(OrderField::MemberDays | OrderField::MemberMonths) | Num::From(_));
        };
        self.of.numbers(&mut see);
        self.orders.numbers(&mut see);
        let mut see = |cond: &Cond| reads |= matches!(cond, Cond::From(_));
        self.of.conditions(&mut see);
        self.orders.conditions(&mut see);
        reads
    }
}
