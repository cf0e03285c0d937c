//! The demo company: made up, of any size, always the same for the same seed.
//!
//! The generator is pure: it reads no clock, no database and no randomness but its own. What it makes
//! goes into a database through the same doors as a real company's data.

mod basket;
mod cast;
mod catalogue;
mod dice;
mod field;
mod folder;
mod make;
mod nations;
mod person;
mod runs;
mod sales;
mod writer;

pub use catalogue::{CATALOGUE, Product};
pub use field::{Field, Node};
pub use folder::{Folder, FolderFault, Found};
pub use make::{DemoFault, Made, STAFF, ZONE, make};
pub use person::Person;
pub use sales::{Line, Order, Sales};
pub use writer::{Writer, Written};

use crate::domain::calendar::Day;

/// Full months of orders before the month that is still open.
pub const MONTHS_OF_ORDERS: u32 = 14;

/// What the demo company is made from. Equal values make equal companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// How many members.
    pub members: u32,
    /// The seed of everything made up.
    pub seed: u64,
    /// The day up to which the company has lived; its month is open.
    pub today: Day,
}

impl Recipe {
    /// The months that orders fall into, as first and last day, the oldest first. The last one is
    /// open and ends today.
    pub fn months(&self) -> Vec<(Day, Day)> {
        let mut months = vec![(self.today.month_start(), self.today)];
        for _ in 0..MONTHS_OF_ORDERS {
            let end = months[0].0.plus(-1);
            months.insert(0, (end.month_start(), end));
        }
        months
    }
}
