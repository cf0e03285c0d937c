//! The ledger's words: accounts and kinds of transfer.
//!
//! A transfer moves one positive amount from one account to another, so every entry has its
//! counter-entry in the same row and the sum over all accounts is zero by construction.

use super::words::words;

words! {
    /// What an account stands for.
    AccountKind, "account kind" {
        /// The company's commission expense.
        Expense = "commission-expense",
        /// What the company owes one member.
        Payable = "member-payable",
        /// What one member has in a wallet of the plan: put aside, or credit for goods.
        Wallet = "member-wallet",
        /// Money that left for the bank.
        Payout = "payout",
    }
}

words! {
    /// Why money moved.
    TransferKind, "transfer kind" {
        /// A member's earnings of a committed run.
        Earned = "earned",
        /// What a committed run took back for returned orders.
        Clawback = "clawback",
        /// A part of a member's earnings that goes into a wallet, or comes back from it.
        Wallet = "wallet",
        /// Money paid out to a member.
        PaidOut = "paid-out",
    }
}
