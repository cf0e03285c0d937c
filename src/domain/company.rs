//! The company that this installation belongs to.

use super::calendar::Zone;
use super::money::Currency;

/// What the company is called, and what its figures are kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The name, as it stands on statements and letters.
    pub name: String,
    /// The postal address, lines separated by line breaks; may be empty.
    pub address: String,
    /// Where members write to; may be empty.
    pub email: String,
    /// The currency of the ledger and of every run.
    pub currency: Currency,
    /// The time zone that decides on which day something happened.
    pub zone: Zone,
}
