//! Pure values and rules of the field: no clock, no environment, no database, no randomness, no locale.

pub mod calendar;
pub mod company;
pub mod country;
pub mod ids;
pub mod ledger;
pub mod measures;
pub mod member;
pub mod message;
pub mod money;
pub mod order;
pub mod period;
pub mod period_calendar;
pub mod plan_version;
pub mod product;
pub mod run;
pub mod staff;
pub mod tree;
pub(crate) mod words;
