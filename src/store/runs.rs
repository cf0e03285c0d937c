//! Runs: their state, their frozen input, and what they found about members and bonuses.
//! The lines themselves are in [`super::lines`].

use diesel::prelude::*;

use super::schema::{run_breakage, run_exceptions, run_inputs, run_members, run_state, run_totals, runs};
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::Moment;
use crate::domain::ids::{MemberId, OrderId, PeriodId, PlanVersionId, RunId, StaffId};
use crate::domain::money::{Currency, Volume};
use crate::domain::run::RunStatus;

/// A run as stored. Moments that have not come are [`Moment::NEVER`], people who have not acted id 0.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = runs, treat_none_as_default_value = false)]
pub struct Run {
    /// Row id.
    pub id: RunId,
    /// The number people read, such as `R-2026-10-1`.
    pub number: String,
    /// The period that it pays.
    pub period_id: PeriodId,
    /// The plan version that it is pinned to.
    pub plan_version_id: PlanVersionId,
    /// How far it is.
    pub status: RunStatus,
    /// Currency of all amounts.
    pub currency: Currency,
    /// SHA-256 of the frozen input, in hex.
    pub input_hash: String,
    /// SHA-256 of the result, in hex; empty until it is calculated.
    pub result_hash: String,
    /// Members in the input.
    pub member_count: i64,
    /// Orders in the input.
    pub order_count: i64,
    /// Earning lines.
    pub line_count: i64,
    /// Members with a line.
    pub payee_count: i64,
    /// Things to look at.
    pub exception_count: i64,
    /// Commissionable volume of the period.
    pub cv: Volume,
    /// Sum of all lines, clawbacks included.
    pub earned_minor: i64,
    /// Sum of the clawback lines, negative or zero.
    pub clawback_minor: i64,
    /// What nobody qualified for.
    pub breakage_minor: i64,
    /// When the input was frozen.
    pub frozen_at: Moment,
    /// By whom.
    pub frozen_by: StaffId,
    /// When the lines were computed.
    pub calculated_at: Moment,
    /// When it was reviewed.
    pub reviewed_at: Moment,
    /// By whom.
    pub reviewed_by: StaffId,
    /// When it was approved.
    pub approved_at: Moment,
    /// By whom; never the reviewer.
    pub approved_by: StaffId,
    /// When it was committed.
    pub committed_at: Moment,
    /// By whom.
    pub committed_by: StaffId,
    /// When it was thrown away.
    pub discarded_at: Moment,
    /// By whom.
    pub discarded_by: StaffId,
}

/// What a run found out about one member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = run_members, treat_none_as_default_value = false)]
pub struct RunMember {
    /// The run.
    pub run_id: RunId,
    /// The member.
    pub member_id: MemberId,
    /// Personal volume.
    pub pv: Volume,
    /// Group volume.
    pub gv: Volume,
    /// Whether the plan's activity condition is met.
    pub is_active: bool,
    /// Code of the rank earned; empty for none.
    pub rank: String,
    /// Code of the rank paid on; empty for none.
    pub paid_rank: String,
    /// Code of the best rank ever; empty for none.
    pub highest_rank: String,
    /// Everybody below in the sponsor tree.
    pub downline_count: i64,
    /// Earning lines.
    pub line_count: i64,
    /// Their sum.
    pub earned_minor: i64,
    /// The way to the next rank, as JSON; empty when there is none.
    pub progress: String,
}

/// What one bonus paid in a run.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = run_totals, treat_none_as_default_value = false)]
pub struct RunTotal {
    /// The run.
    pub run_id: RunId,
    /// Code of the bonus.
    pub bonus: String,
    /// Its name for people.
    pub name: String,
    /// What it pays, in one line.
    pub about: String,
    /// The rule of the plan.
    pub rule: String,
    /// Its place in the plan.
    pub position: i32,
    /// Earning lines.
    pub line_count: i64,
    /// Members with a line.
    pub member_count: i64,
    /// Their sum.
    pub amount_minor: i64,
    /// What nobody qualified for.
    pub breakage_minor: i64,
}

/// Something that a reviewer should look at.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = run_exceptions, treat_none_as_default_value = false)]
pub struct RunException {
    /// The run.
    pub run_id: RunId,
    /// Its place in the list.
    pub position: i32,
    /// `note` or `warning`.
    pub severity: String,
    /// A stable word for the kind.
    pub code: String,
    /// The member concerned, or id 0.
    pub member_id: MemberId,
    /// The order concerned, or id 0.
    pub order_id: OrderId,
    /// One sentence for people.
    pub message: String,
}

/// What the next run must know about a member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = run_state, treat_none_as_default_value = false)]
pub struct RunState {
    /// The run.
    pub run_id: RunId,
    /// The member.
    pub member_id: MemberId,
    /// What is remembered; only the engine knows the meaning.
    pub key: String,
    /// Its value.
    pub value: i64,
}

/// Inserts a run. The database refuses a second one that is not discarded for the same period.
pub fn insert(tx: &mut Conn, run: &Run) -> StoreResult<()> {
    Ok(insert_all!(tx, runs::table, std::slice::from_ref(run))?)
}

/// The run with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: RunId) -> StoreResult<Run> {
    runs::table
        .find(id)
        .select(Run::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("run", id))
}

/// The run with this number, or a fault that names it.
pub fn get_by_number(conn: &mut Conn, number: &str) -> StoreResult<Run> {
    runs::table
        .filter(runs::number.eq(number))
        .select(Run::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("run", number))
}

/// All runs, newest first.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<Run>> {
    Ok(runs::table.order(runs::id.desc()).select(Run::as_select()).load(conn)?)
}

/// How many runs wait for a step that this person may take: review, approval by somebody else, commit.
pub fn count_waiting(conn: &mut Conn, person: StaffId) -> StoreResult<i64> {
    let others = runs::status.eq(RunStatus::Reviewed).and(runs::reviewed_by.ne(person));
    Ok(runs::table
        .filter(runs::status.eq_any([RunStatus::Calculated, RunStatus::Approved]).or(others))
        .count()
        .get_result(conn)?)
}

/// The runs of a period, newest first, discarded ones included.
pub fn list_of_period(conn: &mut Conn, period: PeriodId) -> StoreResult<Vec<Run>> {
    Ok(runs::table.filter(runs::period_id.eq(period)).order(runs::id.desc()).select(Run::as_select()).load(conn)?)
}

/// The run with this id; nobody else takes it by this until the transaction ends.
pub fn get_locked(tx: &mut Conn, id: RunId) -> StoreResult<Run> {
    tx.lock_row("runs", id.0)?;
    get(tx, id)
}

/// Takes a run forward: stores the whole row if the stored one still has the state `from`.
pub fn update_status(tx: &mut Conn, from: RunStatus, run: &Run) -> StoreResult<()> {
    let changed =
        diesel::update(runs::table.filter(runs::id.eq(run.id)).filter(runs::status.eq(from))).set(run).execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("run {}", run.number))) }
}

/// Bytes of the frozen input in one part; a part stays well below what either database takes at once.
const PART: usize = 8 * 1024 * 1024;

/// Stores the frozen input.
pub fn insert_input(tx: &mut Conn, run: RunId, bytes: &[u8]) -> StoreResult<()> {
    for (part, chunk) in (0_i32..).zip(bytes.chunks(PART)) {
        diesel::insert_into(run_inputs::table)
            .values((run_inputs::run_id.eq(run), run_inputs::part.eq(part), run_inputs::bytes.eq(chunk)))
            .execute(tx)?;
    }
    Ok(())
}

/// The frozen input as it was stored.
pub fn get_input(conn: &mut Conn, run: RunId) -> StoreResult<Vec<u8>> {
    let parts: Vec<Vec<u8>> = run_inputs::table
        .filter(run_inputs::run_id.eq(run))
        .order(run_inputs::part)
        .select(run_inputs::bytes)
        .load(conn)?;
    Ok(parts.concat())
}

/// Removes everything that was computed for a run that is not committed, so that it can be computed again.
pub fn delete_result(tx: &mut Conn, run: RunId) -> StoreResult<()> {
    diesel::delete(run_members::table.filter(run_members::run_id.eq(run))).execute(tx)?;
    diesel::delete(run_totals::table.filter(run_totals::run_id.eq(run))).execute(tx)?;
    diesel::delete(run_breakage::table.filter(run_breakage::run_id.eq(run))).execute(tx)?;
    diesel::delete(run_exceptions::table.filter(run_exceptions::run_id.eq(run))).execute(tx)?;
    diesel::delete(run_state::table.filter(run_state::run_id.eq(run))).execute(tx)?;
    super::wallets::delete_of_run(tx, run)
}

/// Removes the frozen input of a discarded run.
pub fn delete_input(tx: &mut Conn, run: RunId) -> StoreResult<()> {
    diesel::delete(run_inputs::table.filter(run_inputs::run_id.eq(run))).execute(tx)?;
    Ok(())
}

/// Inserts what was found about members.
pub fn insert_members(tx: &mut Conn, rows: &[RunMember]) -> StoreResult<()> {
    Ok(insert_all!(tx, run_members::table, rows)?)
}

/// Inserts the totals of the bonuses.
pub fn insert_totals(tx: &mut Conn, rows: &[RunTotal]) -> StoreResult<()> {
    Ok(insert_all!(tx, run_totals::table, rows)?)
}

/// Inserts the exceptions.
pub fn insert_exceptions(tx: &mut Conn, rows: &[RunException]) -> StoreResult<()> {
    Ok(insert_all!(tx, run_exceptions::table, rows)?)
}

/// Inserts what the next run must know.
pub fn insert_state(tx: &mut Conn, rows: &[RunState]) -> StoreResult<()> {
    Ok(insert_all!(tx, run_state::table, rows)?)
}

/// The totals of the bonuses, in the plan's order.
pub fn list_totals(conn: &mut Conn, run: RunId) -> StoreResult<Vec<RunTotal>> {
    Ok(run_totals::table
        .filter(run_totals::run_id.eq(run))
        .order(run_totals::position)
        .select(RunTotal::as_select())
        .load(conn)?)
}

/// The exceptions, in their order.
pub fn list_exceptions(conn: &mut Conn, run: RunId) -> StoreResult<Vec<RunException>> {
    Ok(run_exceptions::table
        .filter(run_exceptions::run_id.eq(run))
        .order(run_exceptions::position)
        .select(RunException::as_select())
        .load(conn)?)
}

/// What a run remembers for the next one, in no particular order.
pub fn list_state(conn: &mut Conn, run: RunId) -> StoreResult<Vec<RunState>> {
    Ok(run_state::table.filter(run_state::run_id.eq(run)).select(RunState::as_select()).load(conn)?)
}

/// What a run found about one member, if the member was in its input.
pub fn find_member(conn: &mut Conn, run: RunId, member: MemberId) -> StoreResult<Option<RunMember>> {
    Ok(run_members::table.find((run, member)).select(RunMember::as_select()).first(conn).optional()?)
}

/// Everybody with a line or a rank in the run, in no particular order.
pub fn list_members(conn: &mut Conn, run: RunId) -> StoreResult<Vec<RunMember>> {
    Ok(run_members::table.filter(run_members::run_id.eq(run)).select(RunMember::as_select()).load(conn)?)
}

/// Members whose paid rank or highest rank is not what the members' table says: `(member, paid, highest)`.
pub fn list_rank_changes(conn: &mut Conn, run: RunId) -> StoreResult<Vec<(MemberId, String, String)>> {
    use super::schema::members;
    Ok(run_members::table
        .inner_join(members::table.on(members::id.eq(run_members::member_id)))
        .filter(run_members::run_id.eq(run))
        .filter(run_members::paid_rank.ne(members::rank).or(run_members::highest_rank.ne(members::highest_rank)))
        .select((run_members::member_id, run_members::paid_rank, run_members::highest_rank))
        .load(conn)?)
}
