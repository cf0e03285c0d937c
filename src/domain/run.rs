//! Periods and runs: their states, which only go forward, and who may take each step.

use super::calendar::Day;
use super::ids::StaffId;
use super::period_calendar::Calendar;
use super::words::words;

words! {
    /// How long the periods of a kind are.
    PeriodKind, "period kind" {
        /// A calendar day.
        Day = "day",
        /// Monday to Sunday.
        Week = "week",
        /// The first fifteen days of a month, or the rest.
        HalfMonth = "half-month",
        /// A calendar month.
        Month = "month",
        /// Four weeks; the first ones of a year begin with week 1. A 53rd week belongs to the last ones.
        FourWeeks = "four-weeks",
        /// A stretch of the company's own, such as three weeks of one catalogue.
        Campaign = "campaign",
        /// Three calendar months.
        Quarter = "quarter",
        /// A calendar year.
        Year = "year",
    }
}

impl PeriodKind {
    /// The period that a label names: its kind, first and last day. Labels are `2026-10-31`, `2026-W44`,
    /// `2026-10-A` and `2026-10-B` (halves), `2026-10`, `2026-P11` (four weeks), `2026-Q4` and `2026`. Weeks begin on
    /// Monday, years in January; a plan may have another [`Calendar`].
    pub fn of_label(label: &str) -> Option<(Self, Day, Day)> {
        Calendar::default().period(label)
    }
}

words! {
    /// Whether orders may still fall into a period.
    PeriodStatus, "period status" {
        /// Takes orders.
        Open = "open",
        /// Its inputs are frozen by a run; late orders go to the next open day.
        Frozen = "frozen",
        /// A run over it is committed; closed for good.
        Committed = "committed",
    }
}

words! {
    /// The states of a run. They only go forward; before the commit a run may be discarded and repeated.
    RunStatus, "run status" {
        /// The inputs are copied and hashed.
        Frozen = "frozen",
        /// The lines are computed and stored.
        Calculated = "calculated",
        /// Somebody looked at totals and exceptions.
        Reviewed = "reviewed",
        /// A second person approved the sum.
        Approved = "approved",
        /// In the ledger; never changes again.
        Committed = "committed",
        /// Thrown away before the commit.
        Discarded = "discarded",
    }
}

impl RunStatus {
    /// Whether a run may go from this state to `next`.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Frozen, Self::Calculated)
                | (Self::Calculated, Self::Reviewed)
                | (Self::Reviewed, Self::Approved)
                | (Self::Approved, Self::Committed)
                | (Self::Frozen | Self::Calculated | Self::Reviewed | Self::Approved, Self::Discarded)
        )
    }

    /// Whether the run holds its period: neither committed nor discarded.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Frozen | Self::Calculated | Self::Reviewed | Self::Approved)
    }
}

/// Why a run may not be approved by this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRefused {
    /// The run has not been reviewed, or is past approval.
    #[error("the run is {0}; only a reviewed run can be approved")]
    NotReviewed(RunStatus),
    /// Four eyes: who reviewed a run may not approve it too.
    #[error("the same person reviewed this run; a second person must approve it")]
    SamePerson,
}

/// Four eyes on money: a reviewed run may be approved by anybody but the reviewer.
pub fn may_approve(status: RunStatus, reviewed_by: Option<StaffId>, approver: StaffId) -> Result<(), ApprovalRefused> {
    if status != RunStatus::Reviewed {
        return Err(ApprovalRefused::NotReviewed(status));
    }
    match reviewed_by {
        Some(reviewer) if reviewer != approver => Ok(()),
        _ => Err(ApprovalRefused::SamePerson),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_name_periods_of_every_kind() {
        for (label, kind, first, last) in [
            ("2026-10-31", "day", "2026-10-31", "2026-10-31"),
            ("2026-W01", "week", "2025-12-29", "2026-01-04"),
            ("2026-W53", "week", "2026-12-28", "2027-01-03"),
            ("2026-02-A", "half-month", "2026-02-01", "2026-02-15"),
            ("2026-02-B", "half-month", "2026-02-16", "2026-02-28"),
            ("2024-02", "month", "2024-02-01", "2024-02-29"),
            ("2026-P01", "four-weeks", "2025-12-29", "2026-01-25"),
            ("2026-P13", "four-weeks", "2026-11-30", "2027-01-03"),
            ("2026-Q4", "quarter", "2026-10-01", "2026-12-31"),
            ("2026", "year", "2026-01-01", "2026-12-31"),
        ] {
            let (found, from, to) = PeriodKind::of_label(label).unwrap();
            assert_eq!((found.as_str(), from.to_string().as_str(), to.to_string().as_str()), (kind, first, last));
        }
        for label in [
            "",
            "26",
            "2026-",
            "2026-1",
            "2026-13",
            "2025-W53",
            "2026-W1",
            "2026-Q5",
            "2026-P14",
            "2026-10-C",
            "2026-10-32",
            "+026",
            "2026-Ä",
        ] {
            assert_eq!(PeriodKind::of_label(label), None, "{label}");
        }
    }

    #[test]
    fn states_only_go_forward_and_the_end_states_are_final() {
        for (i, from) in RunStatus::ALL.iter().enumerate() {
            for (j, to) in RunStatus::ALL.iter().enumerate() {
                if from.may_become(*to) {
                    assert!(j > i, "{from} -> {to} goes back");
                }
            }
        }
        for end in [RunStatus::Committed, RunStatus::Discarded] {
            assert!(RunStatus::ALL.iter().all(|to| !end.may_become(*to)));
        }
    }

    #[test]
    fn the_reviewer_may_not_approve() {
        let (ann, ben) = (StaffId(1), StaffId(2));
        assert_eq!(may_approve(RunStatus::Reviewed, Some(ann), ben), Ok(()));
        assert_eq!(may_approve(RunStatus::Reviewed, Some(ann), ann), Err(ApprovalRefused::SamePerson));
        assert_eq!(may_approve(RunStatus::Reviewed, None, ann), Err(ApprovalRefused::SamePerson));
        assert_eq!(
            may_approve(RunStatus::Calculated, Some(ann), ben),
            Err(ApprovalRefused::NotReviewed(RunStatus::Calculated))
        );
    }
}
