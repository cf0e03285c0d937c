//! What of each member's earnings a run puts into wallets.

use diesel::prelude::*;

use super::schema::run_wallets;
use super::{Conn, StoreResult, insert_all};
use crate::domain::ids::{MemberId, RunId};

/// What a run puts into a wallet of a member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = run_wallets, treat_none_as_default_value = false)]
pub struct RunWallet {
    /// The run.
    pub run_id: RunId,
    /// The member.
    pub member_id: MemberId,
    /// Code of the wallet.
    pub wallet: String,
    /// Its name for people.
    pub name: String,
    /// `money` or `credit`.
    pub kind: String,
    /// How much; negative where more was taken back than paid.
    pub amount_minor: i64,
}

/// Inserts what a run puts into wallets.
pub fn insert(tx: &mut Conn, rows: &[RunWallet]) -> StoreResult<()> {
    Ok(insert_all!(tx, run_wallets::table, rows)?)
}

/// Removes what was computed for a run that is not committed.
pub fn delete_of_run(tx: &mut Conn, run: RunId) -> StoreResult<()> {
    diesel::delete(run_wallets::table.filter(run_wallets::run_id.eq(run))).execute(tx)?;
    Ok(())
}

/// What a run puts into wallets, by member and wallet.
pub fn list_of_run(conn: &mut Conn, run: RunId) -> StoreResult<Vec<RunWallet>> {
    Ok(run_wallets::table
        .filter(run_wallets::run_id.eq(run))
        .order((run_wallets::member_id, run_wallets::wallet))
        .select(RunWallet::as_select())
        .load(conn)?)
}

/// What a run puts into the wallets of one member, by wallet.
pub fn list_of_member(conn: &mut Conn, run: RunId, member: MemberId) -> StoreResult<Vec<RunWallet>> {
    Ok(run_wallets::table
        .filter(run_wallets::run_id.eq(run))
        .filter(run_wallets::member_id.eq(member))
        .order(run_wallets::wallet)
        .select(RunWallet::as_select())
        .load(conn)?)
}

/// The name of a wallet as the newest run called it, or its code.
pub fn name_of(conn: &mut Conn, wallet: &str) -> StoreResult<String> {
    let found: Option<String> = run_wallets::table
        .filter(run_wallets::wallet.eq(wallet))
        .order(run_wallets::run_id.desc())
        .select(run_wallets::name)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or_else(|| wallet.to_owned()))
}
