//! Commits an approved run: writes the ledger, the statements and the ranks, and closes the period,
//! all in one transaction. From here on nothing of it changes.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::review_run::step;
use super::{ActionFault, company};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::{AccountId, MemberId, RunId, StatementId, TransferId};
use crate::domain::ledger::{AccountKind, TransferKind};
use crate::domain::run::{PeriodStatus, RunStatus};
use crate::domain::staff::Actor;
use crate::store::ledger::{self, Transfer};
use crate::store::periods::{self, Period};
use crate::store::runs::{self, Run};
use crate::store::statements::{self, Statement};
use crate::store::wallets::{self, RunWallet};
use crate::store::{Conn, Db, ids, lines, members};

/// Letters and digits of a verification code: none that look alike.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Commits the run.
///
/// # Errors
/// Refused unless the run is approved; when somebody else was faster, the store says so.
pub fn commit_run(db: &Db, clock: &Clock, actor: &Actor, id: RunId) -> Result<Run, ActionFault> {
    db.write(|tx| {
        let old = runs::get_locked(tx, id)?;
        if old.status != RunStatus::Approved {
            let message = format!("The run {} is {}; only an approved run can be committed", old.number, old.status);
            return Err(ActionFault::refused(message));
        }
        let now = clock.now();
        let today = company::load(tx)?.zone.day_of(now);
        let period = periods::get(tx, old.period_id)?;
        let sums = lines::sum_by_member(tx, id)?;
        refuse_unless_whole(tx, &old, &sums)?;
        let opening = ledger::list_balances(tx, old.currency)?;
        post(tx, clock, actor, &old, &sums, today)?;
        let split = wallets::list_of_run(tx, id)?;
        fill_wallets(tx, clock, actor, &old, &split, today)?;
        let rows = issue(tx, &old, &period, &sums, &split, &opening, today)?;
        statements::insert(tx, &rows)?;
        let ranks = runs::list_rank_changes(tx, id)?;
        members::update_ranks(tx, &ranks, now)?;
        periods::update_status(tx, period.id, PeriodStatus::Frozen, PeriodStatus::Committed)?;
        let run = Run { status: RunStatus::Committed, committed_at: now, committed_by: actor.id, ..old.clone() };
        step(tx, actor, clock, &old, &run, "commit-run")?;
        Ok(run)
    })
}

/// Refuses to pay anything but what was calculated, reviewed and approved.
fn refuse_unless_whole(tx: &mut Conn, run: &Run, sums: &[(MemberId, i64, i64)]) -> Result<(), ActionFault> {
    let sum = |part: fn(&(MemberId, i64, i64)) -> i64| sums.iter().map(|of| i128::from(part(of))).sum::<i128>();
    let clawback = sum(|(_, _, clawback)| *clawback);
    let total = sum(|(_, earned, _)| *earned) + clawback;
    let is_whole = lines::count_of_run(tx, run.id)? == run.line_count
        && total == i128::from(run.earned_minor)
        && clawback == i128::from(run.clawback_minor);
    if is_whole {
        return Ok(());
    }
    Err(ActionFault::refused(format!(
        "The lines of run {} are not the ones that were approved; discard it and freeze the period again",
        run.number
    )))
}

/// Moves each payee's earnings from the company's expense to the member's account, and clawbacks back.
fn post(
    tx: &mut Conn,
    clock: &Clock,
    actor: &Actor,
    run: &Run,
    sums: &[(MemberId, i64, i64)],
    today: Day,
) -> Result<(), ActionFault> {
    let company = MemberId(0);
    let expense = ledger::accounts(tx, AccountKind::Expense, run.currency, &[company])?[&company];
    let payees: Vec<MemberId> = sums.iter().map(|(member, _, _)| *member).collect();
    let payable = ledger::accounts(tx, AccountKind::Payable, run.currency, &payees)?;
    let transfer = |member: MemberId, kind: TransferKind, amount: i64| {
        let account: AccountId = payable[&member];
        let (from, to) = if amount > 0 { (expense, account) } else { (account, expense) };
        (amount != 0).then(|| Transfer {
            id: TransferId(ids::next()),
            kind,
            from_account_id: from,
            to_account_id: to,
            amount_minor: amount.abs(),
            currency: run.currency,
            run_id: run.id,
            reference: run.number.clone(),
            on_day: today,
            posted_at: clock.now(),
            posted_by: actor.id,
            idempotency_key: format!("{}/{kind}/{member}", run.number),
        })
    };
    let transfers: Vec<Transfer> = sums
        .iter()
        .flat_map(|(member, earned, clawback)| {
            [transfer(*member, TransferKind::Earned, *earned), transfer(*member, TransferKind::Clawback, *clawback)]
        })
        .flatten()
        .collect();
    Ok(ledger::append(tx, &transfers)?)
}

/// Moves what goes into wallets from what the members are owed; what is taken back out of wallets goes the other way.
fn fill_wallets(
    tx: &mut Conn,
    clock: &Clock,
    actor: &Actor,
    run: &Run,
    split: &[RunWallet],
    today: Day,
) -> Result<(), ActionFault> {
    let mut by_wallet: BTreeMap<&str, Vec<&RunWallet>> = BTreeMap::new();
    for row in split {
        by_wallet.entry(&row.wallet).or_default().push(row);
    }
    let mut transfers = Vec::with_capacity(split.len());
    for (wallet, rows) in by_wallet {
        let owners: Vec<MemberId> = rows.iter().map(|row| row.member_id).collect();
        let payable = ledger::accounts(tx, AccountKind::Payable, run.currency, &owners)?;
        let accounts = ledger::wallets(tx, AccountKind::Wallet, wallet, run.currency, &owners)?;
        transfers.extend(rows.iter().filter(|row| row.amount_minor != 0).map(|row| {
            let (owed, own) = (payable[&row.member_id], accounts[&row.member_id]);
            let (from, to) = if row.amount_minor > 0 { (owed, own) } else { (own, owed) };
            Transfer {
                id: TransferId(ids::next()),
                kind: TransferKind::Wallet,
                from_account_id: from,
                to_account_id: to,
                amount_minor: row.amount_minor.abs(),
                currency: run.currency,
                run_id: run.id,
                reference: run.number.clone(),
                on_day: today,
                posted_at: clock.now(),
                posted_by: actor.id,
                idempotency_key: format!("{}/wallet/{wallet}/{}", run.number, row.member_id),
            }
        }));
    }
    Ok(ledger::append(tx, &transfers)?)
}

/// One statement for everybody with a line.
fn issue(
    tx: &mut Conn,
    run: &Run,
    period: &Period,
    sums: &[(MemberId, i64, i64)],
    split: &[RunWallet],
    opening: &HashMap<MemberId, i64>,
    today: Day,
) -> Result<Vec<Statement>, ActionFault> {
    let payees: Vec<MemberId> = sums.iter().map(|(member, _, _)| *member).collect();
    let numbers: HashMap<MemberId, String> =
        members::list_by_ids(tx, &payees)?.into_iter().map(|member| (member.id, member.number)).collect();
    let mut put_aside: HashMap<MemberId, i64> = HashMap::new();
    for row in split {
        *put_aside.entry(row.member_id).or_default() += row.amount_minor;
    }
    sums.iter()
        .map(|(member, earned, clawback)| {
            let number = numbers.get(member).ok_or_else(|| crate::store::StoreError::not_found("member", member))?;
            let opening_minor = opening.get(member).copied().unwrap_or_default();
            let earned_minor = earned + clawback;
            Ok(Statement {
                id: StatementId(ids::next()),
                number: format!("ST-{}-{}", period.label, number),
                run_id: run.id,
                member_id: *member,
                code: verification_code(&run.result_hash, number, earned_minor),
                issued_on: today,
                opening_minor,
                earned_minor,
                closing_minor: opening_minor + earned_minor - put_aside.get(member).copied().unwrap_or_default(),
            })
        })
        .collect()
}

/// Twelve letters and digits that belong to this statement alone, such as `7QKD-M4TX-92RW`.
fn verification_code(result_hash: &str, member: &str, earned_minor: i64) -> String {
    let digest = Sha256::digest(format!("statement/{result_hash}/{member}/{earned_minor}"));
    let letters: Vec<u8> = digest.iter().take(12).map(|byte| CODE_LETTERS[usize::from(byte & 31)]).collect();
    let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&letters[range]).into_owned();
    format!("{}-{}-{}", text(0..4), text(4..8), text(8..12))
}
