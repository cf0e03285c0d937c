//! Members: who they are to the company and which changes of state are possible.

use super::words::words;

words! {
    /// What a member is to the company.
    MemberKind, "member kind" {
        /// May earn.
        Distributor = "distributor",
        /// Buys at the preferred price, earns nothing.
        Preferred = "preferred",
        /// Buys at the retail price, earns nothing.
        Retail = "retail",
    }
}

words! {
    /// Where a member stands in the life of an account. Not the plan's "active", which is a matter of a period.
    MemberStatus, "member status" {
        /// May order and, as a distributor, earn.
        Active = "active",
        /// May come back by ordering; earns nothing meanwhile.
        Inactive = "inactive",
        /// Blocked by the company for now; earns nothing.
        Suspended = "suspended",
        /// Left for good; keeps the place in the tree so that history stays true.
        Terminated = "terminated",
    }
}

impl MemberKind {
    /// Whether members of this kind may earn commission and sponsor others.
    pub const fn may_earn(self) -> bool {
        matches!(self, Self::Distributor)
    }
}

impl MemberStatus {
    /// Whether a member may go from this state to `next`. Termination is final: a person who comes
    /// back enrols anew, so that a closed account is never paid again by accident.
    pub const fn may_become(self, next: Self) -> bool {
        !matches!(self, Self::Terminated) || matches!(next, Self::Terminated)
    }

    /// Whether a member in this state may sponsor a new one.
    pub const fn may_sponsor(self) -> bool {
        matches!(self, Self::Active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn termination_is_final_and_every_other_change_is_open() {
        for from in MemberStatus::ALL {
            for to in MemberStatus::ALL {
                let open = *from != MemberStatus::Terminated || *to == MemberStatus::Terminated;
                assert_eq!(from.may_become(*to), open, "{from} -> {to}");
            }
        }
    }

    #[test]
    fn words_round_trip_and_unknown_words_are_named() {
        for kind in MemberKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        let fault = "vip".parse::<MemberKind>().unwrap_err().to_string();
        assert_eq!(fault, "“vip” is not a member kind; use one of: distributor, preferred, retail");
    }
}
