//! Draws the statements of a run, on two threads, and hands them over in the order of their numbers.

use super::StatementBook;
use crate::actions::ActionFault;
use crate::domain::ids::{RunId, StatementId};
use crate::pdf::statement::StatementPress;
use crate::pdf::{Fonts, Paper};
use crate::store::Db;
use crate::store::statements::{self, Statement};

/// So many statements are drawn before they are handed over.
const BATCH: usize = 64;

/// Draws one statement: the file's name and its bytes.
pub fn draw_one(
    db: &Db,
    id: StatementId,
    fonts: &Fonts,
    paper: Paper,
    public_url: &str,
) -> Result<(String, Vec<u8>), ActionFault> {
    db.read(|conn| {
        let statement = statements::get(conn, id)?;
        let book = StatementBook::load(conn, statement.run_id, public_url)?;
        let view = book.view(conn, &statement)?;
        let bytes =
            StatementPress::new(fonts, paper).render(&view).map_err(|fault| ActionFault::refused(fault.to_string()))?;
        Ok((file_name(&statement), bytes))
    })
}

/// Draws every statement of a committed run. `take` is given the file's name, its bytes, how many are
/// done and of how many; it returns whether to go on.
///
/// # Errors
/// Refused unless the run is committed; the store's faults. What was handed over before is complete.
pub fn draw_all(
    db: &Db,
    run: RunId,
    fonts: &Fonts,
    paper: Paper,
    public_url: &str,
    take: &mut dyn FnMut(&str, &[u8], usize, usize) -> Result<bool, ActionFault>,
) -> Result<usize, ActionFault> {
    let (book, all) = db.read(|conn| {
        let book = StatementBook::load(conn, run, public_url)?;
        let all = statements::list_of_run(conn, run)?;
        Ok::<_, ActionFault>((book, all))
    })?;
    let press = StatementPress::new(fonts, paper);
    let mut done = 0;
    for batch in all.chunks(BATCH) {
        for (statement, bytes) in batch.iter().zip(draw(db, &book, &press, batch)?) {
            done += 1;
            if !take(&file_name(statement), &bytes, done, all.len())? {
                return Ok(done);
            }
        }
    }
    Ok(done)
}

/// Draws a batch on two threads; the results are in the order of the batch.
fn draw(
    db: &Db,
    book: &StatementBook,
    press: &StatementPress<'_>,
    batch: &[Statement],
) -> Result<Vec<Vec<u8>>, ActionFault> {
    let one_half = |statements: &[Statement]| -> Result<Vec<Vec<u8>>, ActionFault> {
        let views: Result<Vec<_>, ActionFault> =
            db.read(|conn| statements.iter().map(|statement| book.view(conn, statement)).collect());
        views?
            .iter()
            .map(|view| press.render(view).map_err(|fault| ActionFault::refused(format!("{}: {fault}", view.number))))
            .collect()
    };
    let (first, second) = batch.split_at(batch.len().div_ceil(2));
    std::thread::scope(|scope| {
        let other = scope.spawn(|| one_half(second));
        let mut drawn = one_half(first)?;
        let other =
            other.join().map_err(|_| ActionFault::refused("A statement could not be drawn; the log says which"))?;
        drawn.extend(other?);
        Ok(drawn)
    })
}

/// The name of a statement's file.
pub fn file_name(statement: &Statement) -> String {
    let safe: String = statement
        .number
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' })
        .collect();
    format!("{safe}.pdf")
}
