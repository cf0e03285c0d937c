//! The member's account on a statement: the balance before the run, what the run moved, the balance after it.

use std::collections::HashMap;

use super::StatementBook;
use crate::actions::ActionFault;
use crate::domain::ledger::TransferKind;
use crate::domain::period;
use crate::pdf::statement::view;
use crate::store::statements::Statement;
use crate::store::wallets::{self, RunWallet};
use crate::store::{Conn, ledger};

/// The equation at the top: earned and carried over, without what goes into wallets, make the balance.
pub(super) fn summary(
    conn: &mut Conn,
    book: &StatementBook,
    statement: &Statement,
) -> Result<view::Summary, ActionFault> {
    let own = wallets::list_of_member(conn, book.run.id, statement.member_id)?;
    let part = |row: RunWallet| view::SummaryPart { label: row.name, amount_minor: -row.amount_minor };
    let wallets = own.into_iter().map(part);
    let carried = view::SummaryPart { label: "Carried over".to_owned(), amount_minor: statement.opening_minor };
    Ok(view::Summary {
        parts: std::iter::once(carried).filter(|part| part.amount_minor != 0).chain(wallets).collect(),
        label: if statement.closing_minor < 0 { "You owe, set off against what you earn next" } else { "Your balance" }
            .to_owned(),
        note: None,
    })
}

/// Opening balance, the entries of this run, closing balance. Later entries belong to later statements.
pub(super) fn view(conn: &mut Conn, book: &StatementBook, statement: &Statement) -> Result<view::Account, ActionFault> {
    let name = period::short_name(&book.period.label);
    let names: HashMap<String, String> = wallets::list_of_member(conn, book.run.id, statement.member_id)?
        .into_iter()
        .map(|row| (row.wallet, row.name))
        .collect();
    let entries = ledger::list_of_member(conn, statement.member_id, book.run.currency)?
        .into_iter()
        .filter(|entry| entry.transfer.run_id == book.run.id)
        .map(|entry| view::Entry {
            on: entry.transfer.on_day,
            text: match entry.transfer.kind {
                TransferKind::Earned => format!("Earned in {name}"),
                TransferKind::Clawback => "Commission on returned goods taken back".to_owned(),
                TransferKind::PaidOut => "Paid out".to_owned(),
                TransferKind::Wallet => {
                    let wallet = entry.transfer.idempotency_key.split('/').rev().nth(1).unwrap_or_default();
                    names.get(wallet).map_or_else(|| wallet.to_owned(), |name| format!("Into {name}"))
                }
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
