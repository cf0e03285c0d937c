//! Over which periods a volume adds up.

use chrono::Datelike;

use crate::domain::calendar::Day;

/// Over which periods a volume adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// So many, the present one included.
    Periods(u16),
    /// All.
    All,
    /// Those of the calendar's quarter in which the present one ends, up to it.
    Quarter,
    /// The same of the calendar's year.
    Year,
}

impl Window {
    /// The name of the quarter or year in which a day lies.
    pub fn stretch(self, day: Day) -> Option<String> {
        match self {
            Self::Quarter => Some(format!("{}-Q{}", day.date().year(), day.date().month0() / 3 + 1)),
            Self::Year => Some(day.date().year().to_string()),
            Self::Periods(_) | Self::All => None,
        }
    }
}
