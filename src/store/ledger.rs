//! The ledger: accounts and transfers, append-only. See the migration for what the database enforces.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::schema::{ledger_accounts, ledger_transfers};
use super::{Conn, StoreResult, ids, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{AccountId, MemberId, RunId, StaffId, TransferId};
use crate::domain::ledger::{AccountKind, TransferKind};
use crate::domain::money::Currency;

/// An account. Those of the company itself have member id 0.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_accounts, treat_none_as_default_value = false)]
pub struct Account {
    /// Row id.
    pub id: AccountId,
    /// What it stands for.
    pub kind: AccountKind,
    /// Whose it is, or id 0 for the company's.
    pub member_id: MemberId,
    /// Its currency.
    pub currency: Currency,
    /// Code of the wallet; empty for an account that is none.
    pub wallet: String,
}

/// A transfer from one account to another.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_transfers, treat_none_as_default_value = false)]
pub struct Transfer {
    /// Row id.
    pub id: TransferId,
    /// Why money moved.
    pub kind: TransferKind,
    /// The account that gives.
    pub from_account_id: AccountId,
    /// The account that receives.
    pub to_account_id: AccountId,
    /// How much, greater than zero.
    pub amount_minor: i64,
    /// In which currency; both accounts have it.
    pub currency: Currency,
    /// The run that led to it, or id 0.
    pub run_id: RunId,
    /// What people call the cause, such as a run's number.
    pub reference: String,
    /// The day it counts.
    pub on_day: Day,
    /// When it was written.
    pub posted_at: Moment,
    /// By whom; 0 for the command line.
    pub posted_by: StaffId,
    /// Unique: the same money is never moved twice.
    pub idempotency_key: String,
}

/// An entry of a member's account with the balance after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The transfer.
    pub transfer: Transfer,
    /// Positive where the member's balance grew.
    pub amount_minor: i64,
    /// The balance after it.
    pub balance_minor: i64,
}

/// The accounts of one kind and currency for these members, made where they are missing.
pub fn accounts(
    tx: &mut Conn,
    kind: AccountKind,
    currency: Currency,
    members: &[MemberId],
) -> StoreResult<HashMap<MemberId, AccountId>> {
    wallets(tx, kind, "", currency, members)
}

/// The same for the accounts of a wallet.
pub fn wallets(
    tx: &mut Conn,
    kind: AccountKind,
    wallet: &str,
    currency: Currency,
    members: &[MemberId],
) -> StoreResult<HashMap<MemberId, AccountId>> {
    let mut found: HashMap<MemberId, AccountId> = HashMap::with_capacity(members.len());
    for chunk in members.chunks(900) {
        let rows: Vec<(MemberId, AccountId)> = ledger_accounts::table
            .filter(ledger_accounts::kind.eq(kind))
            .filter(ledger_accounts::wallet.eq(wallet))
            .filter(ledger_accounts::currency.eq(currency))
            .filter(ledger_accounts::member_id.eq_any(chunk))
            .select((ledger_accounts::member_id, ledger_accounts::id))
            .load(tx)?;
        found.extend(rows);
    }
    let missing: Vec<Account> = members
        .iter()
        .filter(|member| !found.contains_key(*member))
        .map(|member| Account {
            id: AccountId(ids::next()),
            kind,
            member_id: *member,
            currency,
            wallet: wallet.to_owned(),
        })
        .collect();
    insert_all!(tx, ledger_accounts::table, &missing)?;
    found.extend(missing.into_iter().map(|account| (account.member_id, account.id)));
    Ok(found)
}

/// Appends transfers. A second transfer with the same idempotency key is refused by the database.
pub fn append(tx: &mut Conn, transfers: &[Transfer]) -> StoreResult<()> {
    Ok(insert_all!(tx, ledger_transfers::table, transfers)?)
}

/// A member's entries, oldest first, with the balance after each. No account: no entries.
pub fn list_of_member(conn: &mut Conn, member: MemberId, currency: Currency) -> StoreResult<Vec<Entry>> {
    let account: Option<AccountId> = ledger_accounts::table
        .filter(ledger_accounts::kind.eq(AccountKind::Payable))
        .filter(ledger_accounts::member_id.eq(member))
        .filter(ledger_accounts::currency.eq(currency))
        .select(ledger_accounts::id)
        .first(conn)
        .optional()?;
    let Some(account) = account else { return Ok(Vec::new()) };
    let transfers: Vec<Transfer> = ledger_transfers::table
        .filter(ledger_transfers::from_account_id.eq(account).or(ledger_transfers::to_account_id.eq(account)))
        .order(ledger_transfers::id)
        .select(Transfer::as_select())
        .load(conn)?;
    let mut balance = 0_i64;
    Ok(transfers
        .into_iter()
        .map(|transfer| {
            let amount = if transfer.to_account_id == account { transfer.amount_minor } else { -transfer.amount_minor };
            balance = balance.saturating_add(amount);
            Entry { transfer, amount_minor: amount, balance_minor: balance }
        })
        .collect())
}

/// The balance of every member with an account in the currency: `(member, balance)`.
pub fn list_balances(conn: &mut Conn, currency: Currency) -> StoreResult<HashMap<MemberId, i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        member_id: i64,
        #[diesel(sql_type = BigInt)]
        balance: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT a.member_id AS member_id, CAST(SUM(e.amount_minor) AS BIGINT) AS balance \
         FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id \
         WHERE a.kind = '{}' AND a.currency = '{currency}' GROUP BY a.member_id",
        AccountKind::Payable
    ))
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (MemberId(row.member_id), row.balance)).collect())
}

/// What a member has in wallets: code of the wallet and balance, by code.
pub fn list_wallets(conn: &mut Conn, member: MemberId, currency: Currency) -> StoreResult<Vec<(String, i64)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        wallet: String,
        #[diesel(sql_type = BigInt)]
        balance: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT a.wallet AS wallet, CAST(SUM(e.amount_minor) AS BIGINT) AS balance \
         FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id \
         WHERE a.kind = '{}' AND a.currency = '{currency}' AND a.member_id = {} GROUP BY a.wallet ORDER BY a.wallet",
        AccountKind::Wallet,
        member.0
    ))
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.wallet, row.balance)).collect())
}

/// Sum over all accounts per currency; each must be zero.
pub fn sums_by_currency(conn: &mut Conn) -> StoreResult<Vec<(String, i64)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        currency: String,
        #[diesel(sql_type = BigInt)]
        total: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT currency, CAST(SUM(amount_minor) AS BIGINT) AS total FROM ledger_entries GROUP BY currency ORDER BY currency",
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.currency, row.total)).collect())
}

/// One committed run whose ledger does not say what its lines say.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct RunDifference {
    /// The run's number.
    #[diesel(sql_type = Text)]
    pub number: String,
    /// What the run's row says.
    #[diesel(sql_type = BigInt)]
    pub run_minor: i64,
    /// What its lines add up to.
    #[diesel(sql_type = BigInt)]
    pub lines_minor: i64,
    /// How many lines it says it has.
    #[diesel(sql_type = BigInt)]
    pub run_lines: i64,
    /// How many it has.
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
    /// What the ledger moved for it.
    #[diesel(sql_type = BigInt)]
    pub ledger_minor: i64,
}

/// Committed runs whose row, lines and ledger transfers do not agree.
pub fn list_run_differences(conn: &mut Conn) -> StoreResult<Vec<RunDifference>> {
    Ok(diesel::sql_query(
        "SELECT number, run_minor, lines_minor, run_lines, lines, ledger_minor FROM ( \
           SELECT r.number AS number, r.earned_minor AS run_minor, r.line_count AS run_lines, \
             (SELECT COUNT(*) FROM earning_lines l WHERE l.run_id = r.id) AS lines, \
             CAST(COALESCE((SELECT SUM(l.amount_minor) FROM earning_lines l WHERE l.run_id = r.id), 0) AS BIGINT) AS lines_minor, \
             CAST(COALESCE((SELECT SUM(CASE WHEN a.kind = 'member-payable' THEN t.amount_minor ELSE -t.amount_minor END) \
               FROM ledger_transfers t JOIN ledger_accounts a ON a.id = t.to_account_id WHERE t.run_id = r.id AND t.kind <> 'wallet'), 0) AS BIGINT) AS ledger_minor \
           FROM runs r WHERE r.status = 'committed') AS sums \
         WHERE run_minor <> lines_minor OR run_minor <> ledger_minor OR run_lines <> lines ORDER BY number",
    )
    .load(conn)?)
}

/// Statements whose closing balance is not the opening balance plus what was earned and did not go into wallets, or whose earned
/// amount is not what the ledger moved: their numbers.
pub fn list_wrong_statements(conn: &mut Conn) -> StoreResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        number: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT s.number AS number FROM statements s \
         LEFT JOIN run_members m ON m.run_id = s.run_id AND m.member_id = s.member_id \
         WHERE s.closing_minor <> s.opening_minor + s.earned_minor - COALESCE((SELECT SUM(w.amount_minor) FROM run_wallets w \
           WHERE w.run_id = s.run_id AND w.member_id = s.member_id), 0) OR m.earned_minor IS NULL OR m.earned_minor <> s.earned_minor \
         ORDER BY s.number LIMIT 100",
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

/// How many transfers a run led to.
pub fn count_transfers(conn: &mut Conn, run: RunId) -> StoreResult<i64> {
    Ok(ledger_transfers::table.filter(ledger_transfers::run_id.eq(run)).count().get_result(conn)?)
}
