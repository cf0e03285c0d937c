//! The commission statement of one member and run.

mod brand;
mod cover;
mod detail;
mod sheet;
mod specimen;
mod table;
pub mod view;
mod words;

pub use specimen::specimen;
pub use view::{
    Account, Basis, Bonus, Company, Entry, Line, Member, Name, Note, Period, Progress, Requirement, StatementView,
    Summary, SummaryPart,
};

use super::file::{self, About, Form};
use super::fonts::Fonts;
use super::paper::Paper;
use sheet::Sheet;

/// Why a statement could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum StatementFault {
    /// The sum of amounts is beyond 64 bits of minor units.
    #[error("statement {number}: the amounts add up to more than can be stored exactly; check its lines")]
    Overflow {
        /// The statement.
        number: String,
    },
}

/// Prints statements on one paper: everything that is the same for all of them is made once.
///
/// Shared by threads as it is. The same view gives the same bytes, alone or within a run.
pub struct StatementPress<'f> {
    fonts: &'f Fonts,
    paper: Paper,
    brand: Form,
}

impl<'f> StatementPress<'f> {
    /// A press for this paper.
    pub fn new(fonts: &'f Fonts, paper: Paper) -> Self {
        Self { fonts, paper, brand: brand::mark() }
    }

    /// Prints one statement.
    pub fn render(&self, view: &StatementView) -> Result<Vec<u8>, StatementFault> {
        let words = words::of(&view.language);
        let overflow = || StatementFault::Overflow { number: view.number.clone() };
        let totals = Totals::of(view).ok_or_else(overflow)?;
        let mut sheet = Sheet::new(self.fonts, self.paper, view, words);
        cover::draw(&mut sheet, &totals);
        detail::draw(&mut sheet, &totals);
        sheet.close_pages();
        let title = words.file_title(view);
        let about = About {
            title: &title,
            author: &view.company.name,
            subject: &view.number,
            language: words.tag,
            on: view.issued_on,
        };
        Ok(file::write(sheet.draft, &about, &self.brand))
    }
}

/// Prints one statement, as [`StatementPress::render`] does.
pub fn render(view: &StatementView, fonts: &Fonts, paper: Paper) -> Result<Vec<u8>, StatementFault> {
    StatementPress::new(fonts, paper).render(view)
}

/// The sums of a statement.
struct Totals {
    /// Of each bonus.
    bonuses: Vec<i64>,
    earned: i64,
    previous: Option<i64>,
    lines: usize,
    /// What the equation at the top comes to.
    result: i64,
    /// The closing balance.
    balance: i64,
}

impl Totals {
    fn of(view: &StatementView) -> Option<Self> {
        let bonuses: Vec<i64> = view
            .bonuses
            .iter()
            .map(|bonus| sum(bonus.lines.iter().map(|line| line.amount_minor)))
            .collect::<Option<_>>()?;
        let earned = sum(bonuses.iter().copied())?;
        let previous = view.bonuses.iter().any(|bonus| bonus.previous_minor.is_some());
        let previous_sum = sum(view.bonuses.iter().filter_map(|bonus| bonus.previous_minor))?;
        let parts = sum(view.summary.parts.iter().map(|part| part.amount_minor))?;
        let balance = view.account.as_ref().map_or(Some(0), |account| {
            sum(std::iter::once(account.opening_minor).chain(account.entries.iter().map(|e| e.amount_minor)))
        })?;
        Some(Self {
            lines: view.bonuses.iter().map(|bonus| bonus.lines.len()).sum(),
            bonuses,
            earned,
            previous: previous.then_some(previous_sum),
            result: earned.checked_add(parts)?,
            balance,
        })
    }
}

fn sum(mut amounts: impl Iterator<Item = i64>) -> Option<i64> {
    amounts.try_fold(0_i64, i64::checked_add)
}

#[cfg(test)]
mod tests;
