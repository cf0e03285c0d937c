//! What becomes of amounts after they are earned: limits, amounts that wait, and wallets that take a part.

use super::Excess;
use crate::domain::words::words;
use crate::plan::expr::{Cond, Num};

words! {
    /// How amounts above a common limit are reduced.
    Reduction, "way to reduce" {
        /// Every amount by the same factor.
        ProRata = "pro-rata",
        /// Those of the lowest paid ranks first.
        LowestRank = "lowest-rank",
        /// The last ones, by day and number of the order.
        LastCome = "last-come",
        /// The run stops with a fault.
        Stop = "stop",
    }
}

words! {
    /// Which amounts a cap counts together.
    CapPer, "cap" {
        /// Each member's.
        Member = "member",
        /// Those of all positions of a person.
        Person = "person",
        /// Everybody's.
        Company = "company",
        /// Each member's on one day.
        Day = "day",
        /// What each member gets from one order.
        Order = "order",
        /// What each member gets from the orders or amounts of one other member.
        Source = "source",
        /// What each member gets from one of its legs.
        Leg = "leg",
    }
}

words! {
    /// What a wallet holds.
    WalletKind, "kind of wallet" {
        /// Money that belongs to the member, put aside.
        Money = "money",
        /// Credit, such as for goods: nothing that is owed in money.
        Credit = "credit",
    }
}

/// A limit on what a set of bonuses pays.
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// How messages and traces call it.
    pub name: String,
    /// Which bonuses (their places).
    pub of: Vec<u16>,
    /// The most, in whole units of the currency: about a member, or the same for all.
    pub limit: Num,
    /// Which amounts count together.
    pub per: CapPer,
    /// How amounts are reduced.
    pub reduction: Reduction,
    /// What becomes of the rest.
    pub excess: Excess,
}

/// Amounts of several bonuses that wait together until there is enough of them, or until a condition is met.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// How messages and traces call it.
    pub name: String,
    /// Which bonuses (their places).
    pub of: Vec<u16>,
    /// What they come to at least, with what is held, in whole units of the currency.
    pub minimum: Option<Num>,
    /// What else must be met.
    pub until: Option<Cond>,
    /// Whose amounts count together: a member's or a person's.
    pub per: CapPer,
}

impl Hold {
    /// Its name as traces have it, told from that of a limit.
    pub fn note(&self) -> String {
        format!("hold “{}”", self.name)
    }

    /// Calls `see` with every number in its expressions.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        self.minimum.iter().for_each(|minimum| minimum.numbers(see));
        self.until.iter().for_each(|until| until.numbers(see));
    }
}

/// An account beside the one that is paid out, which a part of what members are paid goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Wallet {
    /// Code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it holds.
    pub kind: WalletKind,
    /// From which bonuses (their places).
    pub of: Vec<u16>,
    /// Which share of what they pay.
    pub share: Num,
    /// The most that goes there from one run, in whole units of the currency.
    pub limit: Option<Num>,
}

impl Wallet {
    /// Calls `see` with every number in its expressions.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        self.share.numbers(see);
        self.limit.iter().for_each(|limit| limit.numbers(see));
    }
}
