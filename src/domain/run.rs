//! Periods and runs: their states, which only go forward, and who may take each step.

use super::calendar::{Day, month_of_label, week_of_label};
use super::ids::StaffId;
use super::words::words;

words! {
    /// How long the periods of a kind are.
    PeriodKind, "period kind" {
        /// Monday to Sunday.
        Week = "week",
        /// A calendar month.
        Month = "month",
    }
}

impl PeriodKind {
    /// First and last day of the period of this kind that a label names.
    pub fn span(self, label: &str) -> Option<(Day, Day)> {
        match self {
            Self::Week => week_of_label(label),
            Self::Month => month_of_label(label),
        }
    }

    /// Kind, first and last day of the period that a label such as `2026-10` or `2026-W41` names.
    pub fn of_label(label: &str) -> Option<(Self, Day, Day)> {
        Self::ALL.iter().find_map(|kind| kind.span(label).map(|(first, last)| (*kind, first, last)))
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
