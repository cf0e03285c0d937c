//! The member's account on a statement: the balance before the run, what the run moved, the balance after it.

use super::StatementBook;
use crate::actions::ActionFault;
use crate::domain::ledger::TransferKind;
use crate::domain::period;
use crate::pdf::statement::view;
use crate::store::statements::Statement;
use crate::store::{Conn, ledger};

/// The equation at the top: earned and carried over make the balance.
pub(super) fn summary(statement: &Statement) -> view::Summary {
    let carried = view::SummaryPart { label: "Carried over".to_owned(), amount_minor: statement.opening_minor };
    view::Summary {
        parts: if statement.opening_minor == 0 { Vec::new() } else { vec![carried] },
        label: if statement.closing_minor < 0 { "You owe, set off against what you earn next" } else { "Your balance" }
            .to_owned(),
        note: None,
    }
}

/// Opening balance, the entries of this run, closing balance. Later entries belong to later statements.
pub(super) fn view(conn: &mut Conn, book: &StatementBook, statement: &Statement) -> Result<view::Account, ActionFault> {
    let name = period::short_name(&book.period.label);
    let entries = ledger::list_of_member(conn, statement.member_id, book.run.currency)?
        .into_iter()
        .filter(|entry| entry.transfer.run_id == book.run.id)
        .map(|entry| view::Entry {
            on: entry.transfer.on_day,
            text: match entry.transfer.kind {
                TransferKind::Earned => format!("Earned in {name}"),
                TransferKind::Clawback => "Commission on returned goods taken back".to_owned(),
                TransferKind::PaidOut => "Paid out".to_owned(),
            },
            reference: statement.number.clone(),
            amount_minor: entry.amount_minor,
        })
        .collect();
    Ok(view::Account {
        opened_on: book.period.first_day,
        opening_minor: statement.opening_minor,
        entries,
        closed_on: statement.issued_on,
    })
}
