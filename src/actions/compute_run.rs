//! Computes a frozen run: loads the snapshot and the pinned plan, calls the pure engine, and stores
//! every line with its trace. The input is frozen and the plan pinned: calculating again would give the
//! same bytes, so a new calculation begins with a new run.

use rust_decimal::Decimal;

use super::ActionFault;
use super::freeze_run::{count, unpacked};
use super::line_copy::LineCopy;
use crate::clock::Clock;
use crate::domain::ids::{LineId, MemberId, OrderId, RunId};
use crate::domain::money::Rounding;
use crate::domain::run::RunStatus;
use crate::domain::staff::Actor;
use crate::plan::{self, CheckedPlan, RunResult, Snapshot, both};
use crate::store::audit::{self, Entry};
use crate::store::lines::OfOrder;
use crate::store::runs::{self, Run, RunException, RunMember, RunState, RunTotal};
use crate::store::wallets::{self, RunWallet};
use crate::store::{Conn, Db, StoreError, StoreResult, lines, plans};
use crate::text::hex;

/// Lines stored in one transaction, and between two reports of progress.
const BATCH: usize = 50_000;

/// Computes and stores. `progress` is told what is done, of how much, and what is being done; it
/// returns whether to go on.
///
/// # Errors
/// Refused when the run is past calculation or was stopped; faults of the engine by name. Nothing is
/// written then.
pub fn compute_run(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    id: RunId,
    progress: &mut dyn FnMut(u64, u64, &str) -> bool,
) -> Result<Run, ActionFault> {
    db.give_memory_back()?;
    let (run, snapshot, plan) = db.read(|conn| load(conn, id))?;
    let mut asked_to_stop = false;
    let result = plan::run(&plan, &snapshot, &mut |at: plan::Progress| {
        asked_to_stop |= !progress(u64::from(at.number), u64::from(at.of), at.step);
    })
    .map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let total = result.lines.len() as u64;
    let mut go_on = |done: u64| {
        if !asked_to_stop && progress(done, total, "storing lines") {
            return Ok(());
        }
        Err(ActionFault::refused("The calculation was stopped; the run is frozen as before"))
    };
    go_on(0)?;
    db.write(|tx| clear(tx, id))?;
    // The input is compared with its hash while the database takes the lines: they are nobody's before the last step.
    let (hash, own) = both(2, || snapshot.hash(), || store_lines(db, id, &result, &snapshot, &mut go_on));
    refuse_unless_intact(&run, hash)?;
    let own = own?;
    db.write(|tx| finish(tx, clock, actor, &run, own, &result, &snapshot))
}

/// Stores the lines, a transaction for each batch. The next batch is written out on another thread while the database
/// takes the one before. Returns the first line.
fn store_lines(
    db: &Db,
    id: RunId,
    result: &RunResult,
    snapshot: &Snapshot,
    go_on: &mut dyn FnMut(u64) -> Result<(), ActionFault>,
) -> Result<Option<LineId>, ActionFault> {
    let mut copy = LineCopy::new(id, result, snapshot);
    let (mut done, mut own) = (0, None);
    ahead(std::iter::from_fn(|| copy.next_batch(BATCH)), |batch| {
        write_own(db, id, own, |tx| {
            lines::insert(tx, &batch.lines)?;
            lines::insert_clawbacks(tx, &batch.clawbacks)
        })?;
        own = own.or_else(|| batch.first());
        done += batch.len() as u64;
        go_on(done)
    })?;
    write_own(db, id, own, |tx| lines::insert_rules(tx, copy.rules()))?;
    let pairs = copy.into_of_orders();
    let of_order = |lines: &[(OrderId, LineId)]| OfOrder::new(id, lines[0].0, lines.iter().map(|(_, line)| *line));
    let batches = batches(pairs.chunk_by(|a, b| a.0 == b.0).map(of_order));
    ahead(batches, |batch| write_own(db, id, own, |tx| lines::insert_of_orders(tx, &batch)))?;
    Ok(own)
}

/// Makes each next piece on another thread while the one before is taken, and no further ones ahead: pieces are large. After
/// a fault no more are made.
fn ahead<T: Send, E>(pieces: impl Iterator<Item = T> + Send, take: impl FnMut(T) -> Result<(), E>) -> Result<(), E> {
    let (ready, made) = std::sync::mpsc::sync_channel(0);
    std::thread::scope(|scope| {
        // Nobody takes a piece any more once one failed.
        scope.spawn(move || pieces.into_iter().map_while(|piece| ready.send(piece).ok()).count());
        made.into_iter().try_for_each(take)
    })
}

/// Rows by the batch.
fn batches<T>(mut rows: impl Iterator<Item = T>) -> impl Iterator<Item = Vec<T>> {
    std::iter::from_fn(move || Some(rows.by_ref().take(BATCH).collect::<Vec<T>>()).filter(|batch| !batch.is_empty()))
}

/// Writes something of a calculation, unless another one of the same run came between.
fn write_own(
    db: &Db,
    id: RunId,
    own: Option<LineId>,
    write: impl Fn(&mut Conn) -> StoreResult<()>,
) -> Result<(), ActionFault> {
    db.write(|tx| {
        refuse_unless_own(tx, id, own)?;
        Ok(write(tx)?)
    })
}

/// Removes what a calculation that was cut off may have left.
fn clear(tx: &mut Conn, id: RunId) -> Result<(), ActionFault> {
    refuse_unless_frozen(&runs::get_locked(tx, id)?)?;
    lines::delete_of_run(tx, id)?;
    Ok(runs::delete_result(tx, id)?)
}

/// The last step makes the run calculated: until then its lines are nobody's. Several transactions
/// before it let others write meanwhile.
fn finish(
    tx: &mut Conn,
    clock: &Clock,
    actor: &Actor,
    run: &Run,
    own: Option<LineId>,
    result: &RunResult,
    snapshot: &Snapshot,
) -> Result<Run, ActionFault> {
    refuse_unless_own(tx, run.id, own)?;
    if lines::count_of_run(tx, run.id)? != count(result.lines.len()) {
        return Err(twice(run));
    }
    store_rest(tx, run.id, result)?;
    let new = summed(run, result, snapshot, clock)?;
    runs::update_status(tx, run.status, &new)?;
    audit::append(
        tx,
        &Entry {
            at: clock.now(),
            actor,
            action: "calculate-run",
            object_kind: "run",
            object_id: run.id.0,
            object: &run.number,
            before: "",
            after: &format!(
                "{} lines, {} {}, result {}",
                new.line_count,
                new.currency.plain(new.earned_minor),
                new.currency,
                new.result_hash
            ),
        },
    )?;
    Ok(new)
}

/// Refuses when another calculation of the run came between: it removes all lines first, so those that are
/// there belong to one calculation only. `own` is the first line that this one stored.
fn refuse_unless_own(tx: &mut Conn, id: RunId, own: Option<LineId>) -> Result<(), ActionFault> {
    let run = runs::get_locked(tx, id)?;
    refuse_unless_frozen(&run)?;
    let is_own = match own {
        Some(line) => lines::is_stored(tx, line)?,
        None => !lines::is_any_of_run(tx, id)?,
    };
    if is_own { Ok(()) } else { Err(twice(&run)) }
}

fn twice(run: &Run) -> ActionFault {
    ActionFault::refused(format!("The run {} is being calculated twice at once; start it again", run.number))
}

fn refuse_unless_frozen(run: &Run) -> Result<(), ActionFault> {
    if run.status == RunStatus::Frozen {
        return Ok(());
    }
    let message =
        format!("The run {} is {}; discard it and freeze the period again to calculate anew", run.number, run.status);
    Err(ActionFault::refused(message))
}

fn load(conn: &mut Conn, id: RunId) -> Result<(Run, Snapshot, CheckedPlan), ActionFault> {
    let run = runs::get(conn, id)?;
    refuse_unless_frozen(&run)?;
    let (snapshot, plan) = unproven_input(conn, &run)?;
    conn.give_memory_back()?;
    Ok((run, snapshot, plan))
}

/// The frozen input of a run, as it was hashed, and its pinned plan.
pub(super) fn input(conn: &mut Conn, run: &Run) -> Result<(Snapshot, CheckedPlan), ActionFault> {
    let (snapshot, plan) = unproven_input(conn, run)?;
    refuse_unless_intact(run, snapshot.hash())?;
    Ok((snapshot, plan))
}

fn refuse_unless_intact(run: &Run, hash: [u8; 32]) -> Result<(), ActionFault> {
    if hex(&hash) == run.input_hash {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!("the frozen input of run {} does not match its hash", run.number)).into())
}

/// The same before it is compared with its hash.
fn unproven_input(conn: &mut Conn, run: &Run) -> Result<(Snapshot, CheckedPlan), ActionFault> {
    let bytes = unpacked(&runs::get_input(conn, run.id)?)?;
    let snapshot = Snapshot::from_bytes(&bytes).map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let version = plans::get(conn, run.plan_version_id)?;
    let plan =
        CheckedPlan::read(&version.source, &version.name).map_err(|faults| ActionFault::refused(faults.to_string()))?;
    Ok((snapshot, plan))
}

fn store_rest(tx: &mut Conn, id: RunId, result: &RunResult) -> Result<(), ActionFault> {
    let mut line_counts = vec![0_i64; result.members.len()];
    for line in result.lines.iter() {
        line_counts[line.member as usize] += 1;
    }
    let members = result.members.iter().zip(&line_counts);
    let rows = members.map(|(member, lines)| run_member(id, result, member, *lines));
    ahead(batches(rows), |batch| runs::insert_members(tx, &batch))?;
    let totals: Result<Vec<RunTotal>, ActionFault> =
        result.bonuses.iter().zip(0..).map(|(bonus, position)| run_total(id, result, bonus, position)).collect();
    runs::insert_totals(tx, &totals?)?;
    let exceptions: Vec<RunException> = result
        .exceptions
        .iter()
        .zip(1..)
        .map(|(exception, position)| RunException {
            run_id: id,
            position,
            severity: exception.severity.as_str().to_owned(),
            code: exception.code.to_owned(),
            member_id: exception.member.unwrap_or(MemberId(0)),
            order_id: exception.order.unwrap_or(OrderId(0)),
            message: exception.text.clone(),
        })
        .collect();
    runs::insert_exceptions(tx, &exceptions)?;
    let state: Vec<RunState> = result
        .state
        .iter()
        .map(|entry| RunState {
            run_id: id,
            member_id: entry.member,
            key: result.state_keys[usize::from(entry.key)].clone(),
            value: entry.value,
        })
        .collect();
    runs::insert_state(tx, &state)?;
    Ok(wallets::insert(tx, &run_wallets(id, result))?)
}

fn run_wallets(id: RunId, result: &RunResult) -> Vec<RunWallet> {
    let row = |split: &plan::Split| {
        let wallet = &result.wallets[usize::from(split.wallet)];
        RunWallet {
            run_id: id,
            member_id: result.members[split.member as usize].id,
            wallet: wallet.code.clone(),
            name: wallet.name.clone(),
            kind: wallet.kind.as_str().to_owned(),
            amount_minor: split.amount_minor,
        }
    };
    result.splits.iter().map(row).collect()
}

fn run_member(id: RunId, result: &RunResult, member: &plan::MemberResult, lines: i64) -> RunMember {
    let code = |rank: Option<u16>| rank.map(|at| result.ranks[usize::from(at)].code.clone()).unwrap_or_default();
    RunMember {
        run_id: id,
        member_id: member.id,
        pv: member.pv,
        gv: member.gv,
        is_active: member.active,
        rank: code(member.rank),
        paid_rank: code(member.paid_rank),
        highest_rank: code(member.highest_rank),
        downline_count: i64::from(member.downline),
        line_count: lines,
        earned_minor: member.earned_minor,
        progress: progress_json(result, member),
    }
}

/// The way to the next rank: `{"rank": name, "keep": bool, "needs": [[label, need, have, met], …]}`; to keep it where
/// the member was paid on it before and the plan has other needs for that.
pub(super) fn progress_json(result: &RunResult, member: &plan::MemberResult) -> String {
    let Some(next) = member.next_rank else { return String::new() };
    let first = next.first as usize;
    let need = |need: &plan::Requirement| {
        let label = result.labels[usize::from(need.label)].as_str();
        (label, need.need.normalize().to_string(), need.have.normalize().to_string(), need.met)
    };
    let progress = Progress {
        rank: &result.ranks[usize::from(next.rank)].name,
        keep: next.keeps,
        needs: result.requirements[first..first + usize::from(next.count)].iter().map(need).collect(),
    };
    serde_json::to_string(&progress).unwrap_or_default()
}

#[derive(serde::Serialize)]
struct Progress<'a> {
    rank: &'a str,
    keep: bool,
    needs: Vec<(&'a str, String, String, bool)>,
}

fn run_total(id: RunId, result: &RunResult, bonus: &plan::BonusTotal, position: i32) -> Result<RunTotal, ActionFault> {
    Ok(RunTotal {
        run_id: id,
        bonus: bonus.code.clone(),
        name: bonus.name.clone(),
        about: bonus.about.clone(),
        rule: bonus.rule.clone(),
        position,
        line_count: i64::from(bonus.lines),
        member_count: i64::from(bonus.members),
        amount_minor: bonus.amount_minor,
        breakage_minor: minor(result, bonus.breakage)?,
    })
}

fn minor(result: &RunResult, amount: Decimal) -> Result<i64, ActionFault> {
    result.currency.round(amount, Rounding::HalfUp).map_err(|fault| ActionFault::refused(fault.to_string()))
}

fn summed(run: &Run, result: &RunResult, snapshot: &Snapshot, clock: &Clock) -> Result<Run, ActionFault> {
    let mut breakage = 0_i64;
    for bonus in &result.bonuses {
        breakage = breakage.saturating_add(minor(result, bonus.breakage)?);
    }
    Ok(Run {
        status: RunStatus::Calculated,
        result_hash: hex(&result.hash),
        line_count: count(result.lines.len()),
        payee_count: count(result.payees()),
        exception_count: count(result.exceptions.len()),
        member_count: count(snapshot.members.len()),
        cv: result.total_cv,
        earned_minor: result.total_minor,
        clawback_minor: result.clawback_minor,
        breakage_minor: breakage,
        calculated_at: clock.now(),
        ..run.clone()
    })
}
