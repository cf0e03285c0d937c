//! Versions of the compensation plan: drafts until a second person activates them.

use super::calendar::Day;
use super::ids::StaffId;
use super::words::words;

words! {
    /// Where a version stands on a day.
    PlanState, "state of a plan" {
        /// Being written; no run uses it.
        Draft = "draft",
        /// Activated; its first day is still to come.
        Coming = "coming",
        /// The one that applies.
        Active = "active",
        /// Another one applies since.
        Retired = "retired",
    }
}

/// Why a version may not be activated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActivationRefused {
    /// It has been activated already.
    #[error("it is activated already; write a new draft to change it")]
    NotADraft,
    /// Nobody is named.
    #[error("a plan is activated by a person; sign in")]
    Nobody,
    /// Four eyes: who wrote a draft may not activate it.
    #[error("the same person wrote this draft last; a second person must activate it")]
    SamePerson,
    /// The period of the day is frozen or committed.
    #[error("{given} lies in a period that is closed; the first day that is open is {open}")]
    Closed {
        /// The day that was given.
        given: Day,
        /// The first day that can be.
        open: Day,
    },
    /// The plan says itself from when it may pay.
    #[error("the plan says that it is valid from {valid}; choose that day or a later one")]
    TooEarly {
        /// What the plan says.
        valid: Day,
    },
}

/// What decides whether a version may be activated.
#[derive(Debug, Clone, Copy)]
pub struct Activation {
    /// Whether it is a draft still.
    pub is_draft: bool,
    /// Who wrote it last.
    pub written_by: StaffId,
    /// Who activates it.
    pub activator: StaffId,
    /// From which day on it shall apply.
    pub from_day: Day,
    /// The first day of the field that no run has closed.
    pub open_from: Day,
    /// From when the plan says that it may pay.
    pub valid_from: Option<Day>,
}

impl Activation {
    /// Four eyes, and no effect on what is closed.
    pub fn judge(self) -> Result<(), ActivationRefused> {
        if !self.is_draft {
            return Err(ActivationRefused::NotADraft);
        }
        if self.activator.0 == 0 {
            return Err(ActivationRefused::Nobody);
        }
        if self.activator == self.written_by {
            return Err(ActivationRefused::SamePerson);
        }
        if self.from_day < self.open_from {
            return Err(ActivationRefused::Closed { given: self.from_day, open: self.open_from });
        }
        match self.valid_from {
            Some(valid) if self.from_day < valid => Err(ActivationRefused::TooEarly { valid }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_person_activates_a_draft_for_days_that_are_open() {
        let good = Activation {
            is_draft: true,
            written_by: StaffId(1),
            activator: StaffId(2),
            from_day: Day(100),
            open_from: Day(100),
            valid_from: Some(Day(100)),
        };
        assert_eq!(good.judge(), Ok(()));
        assert_eq!(Activation { valid_from: None, ..good }.judge(), Ok(()));
        assert_eq!(Activation { written_by: StaffId(0), ..good }.judge(), Ok(()), "the command line wrote it");
        let refused = |activation: Activation| activation.judge().unwrap_err();
        assert_eq!(refused(Activation { is_draft: false, ..good }), ActivationRefused::NotADraft);
        assert_eq!(refused(Activation { activator: StaffId(1), ..good }), ActivationRefused::SamePerson);
        assert_eq!(refused(Activation { activator: StaffId(0), ..good }), ActivationRefused::Nobody);
        let closed = ActivationRefused::Closed { given: Day(99), open: Day(100) };
        assert_eq!(refused(Activation { from_day: Day(99), ..good }), closed);
        let early = ActivationRefused::TooEarly { valid: Day(101) };
        assert_eq!(refused(Activation { valid_from: Some(Day(101)), ..good }), early);
    }
}
