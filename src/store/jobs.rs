//! Jobs: background work as rows, so that it survives a restart. A worker holds a job by a lease with
//! a token; whoever lost the lease can no longer write.

use diesel::prelude::*;

use super::schema::jobs;
use super::{Conn, StoreError, StoreResult, ids, insert_all};
use crate::domain::calendar::Moment;
use crate::domain::ids::{JobId, StaffId};

/// A job as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub struct Job {
    /// Row id.
    pub id: JobId,
    /// Which work, such as `calculate-run`.
    pub kind: String,
    /// What it works on, as JSON.
    pub payload: String,
    /// What people call it.
    pub title: String,
    /// `queued`, `running`, `done`, `failed` or `stopped`.
    pub status: String,
    /// How much is done.
    pub done: i64,
    /// Of how much; 0 while it is not known.
    pub total: i64,
    /// What it is doing, or what it said when it ended.
    pub note: String,
    /// Not before this moment.
    pub run_at: Moment,
    /// How often it was begun.
    pub attempts: i32,
    /// Who holds it; grows with each lease.
    pub lease_token: i64,
    /// Until when.
    pub leased_until: Moment,
    /// Whether somebody asked it to stop.
    pub stop_requested: bool,
    /// Who asked for it; 0 for the program itself.
    pub created_by: StaffId,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it was begun first.
    pub started_at: Moment,
    /// When it ended.
    pub finished_at: Moment,
}

/// Seconds that a lease lasts unless it is renewed: work of a dead process is taken over after it.
pub const LEASE_SECONDS: i64 = 30;

/// Asks for a job. The same kind and payload that is queued or running already is not doubled: its id
/// is returned.
pub fn enqueue(tx: &mut Conn, kind: &str, payload: &str, title: &str, by: StaffId, at: Moment) -> StoreResult<JobId> {
    let waiting = jobs::table
        .filter(jobs::kind.eq(kind))
        .filter(jobs::payload.eq(payload))
        .filter(jobs::status.eq_any(["queued", "running"]))
        .select(jobs::id)
        .first(tx)
        .optional()?;
    if let Some(id) = waiting {
        return Ok(id);
    }
    let job = Job {
        id: JobId(ids::next()),
        kind: kind.to_owned(),
        payload: payload.to_owned(),
        title: title.to_owned(),
        status: "queued".to_owned(),
        done: 0,
        total: 0,
        note: String::new(),
        run_at: at,
        attempts: 0,
        lease_token: 0,
        leased_until: Moment::NEVER,
        stop_requested: false,
        created_by: by,
        created_at: at,
        started_at: Moment::NEVER,
        finished_at: Moment::NEVER,
    };
    insert_all!(tx, jobs::table, std::slice::from_ref(&job))?;
    Ok(job.id)
}

/// Takes the oldest job that is due, or one whose worker is gone, and leases it.
pub fn claim(tx: &mut Conn, kinds: &[&str], now: Moment) -> StoreResult<Option<Job>> {
    // The type of the query differs by database.
    macro_rules! due {
        () => {
            jobs::table
                .filter(jobs::kind.eq_any(kinds))
                .filter(
                    jobs::status
                        .eq("queued")
                        .and(jobs::run_at.le(now))
                        .or(jobs::status.eq("running").and(jobs::leased_until.lt(now))),
                )
                .order((jobs::run_at, jobs::id))
                .select(Job::as_select())
        };
    }
    let found: Option<Job> = match tx {
        Conn::Sqlite(inner) => due!().first(inner).optional()?,
        Conn::Postgres(inner) => due!().for_update().skip_locked().first(inner).optional()?,
    };
    let Some(mut job) = found else { return Ok(None) };
    job.status = "running".to_owned();
    job.lease_token += 1;
    job.attempts += 1;
    job.leased_until = now.plus_seconds(LEASE_SECONDS);
    if !job.started_at.is_set() {
        job.started_at = now;
    }
    diesel::update(jobs::table.find(job.id))
        .set((
            jobs::status.eq(&job.status),
            jobs::lease_token.eq(job.lease_token),
            jobs::attempts.eq(job.attempts),
            jobs::leased_until.eq(job.leased_until),
            jobs::started_at.eq(job.started_at),
        ))
        .execute(tx)?;
    Ok(Some(job))
}

/// Renews the lease and says how far the work is. Returns whether somebody asked it to stop.
///
/// # Errors
/// [`StoreError::Conflict`] when the lease was lost: the worker must end without writing anything more.
pub fn renew(tx: &mut Conn, job: &Job, done: i64, total: i64, note: &str, now: Moment) -> StoreResult<bool> {
    let changed = diesel::update(held(job))
        .set((
            jobs::done.eq(done),
            jobs::total.eq(total),
            jobs::note.eq(note),
            jobs::leased_until.eq(now.plus_seconds(LEASE_SECONDS)),
        ))
        .execute(tx)?;
    lost_unless(changed, job)?;
    Ok(jobs::table.find(job.id).select(jobs::stop_requested).first(tx)?)
}

/// Ends a job as `done`, `failed` or `stopped`, with what people should know.
pub fn finish(tx: &mut Conn, job: &Job, status: &str, note: &str, now: Moment) -> StoreResult<()> {
    let changed = diesel::update(held(job))
        .set((jobs::status.eq(status), jobs::note.eq(note), jobs::finished_at.eq(now)))
        .execute(tx)?;
    lost_unless(changed, job)
}

/// Puts a job back, to be begun again at a moment: after a passing fault, or because the process ends. That is an
/// orderly end: the count of its beginnings starts anew.
pub fn put_back(tx: &mut Conn, job: &Job, note: &str, run_at: Moment) -> StoreResult<()> {
    let changed = diesel::update(held(job))
        .set((jobs::status.eq("queued"), jobs::note.eq(note), jobs::run_at.eq(run_at), jobs::attempts.eq(0)))
        .execute(tx)?;
    lost_unless(changed, job)
}

/// Of the newest jobs of a kind those that wait, run or failed, the newest first.
pub fn list_open_of_kind(conn: &mut Conn, kind: &str) -> StoreResult<Vec<Job>> {
    let newest: Vec<Job> =
        jobs::table.filter(jobs::kind.eq(kind)).order(jobs::id.desc()).limit(5).select(Job::as_select()).load(conn)?;
    Ok(newest.into_iter().filter(|job| ["queued", "running", "failed"].contains(&job.status.as_str())).collect())
}

/// Asks a job to stop. One that has not begun is stopped at once. Returns whether there was anything to stop.
pub fn request_stop(tx: &mut Conn, id: JobId, now: Moment) -> StoreResult<bool> {
    let queued = diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(jobs::status.eq("queued")))
        .set((jobs::status.eq("stopped"), jobs::finished_at.eq(now), jobs::note.eq("Stopped before it began")))
        .execute(tx)?;
    let running = diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(jobs::status.eq("running")))
        .set(jobs::stop_requested.eq(true))
        .execute(tx)?;
    Ok(queued + running > 0)
}

/// The job with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: JobId) -> StoreResult<Job> {
    jobs::table
        .find(id)
        .select(Job::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("job", id))
}

/// The newest jobs first.
pub fn list(conn: &mut Conn, limit: i64, offset: i64) -> StoreResult<Vec<Job>> {
    Ok(jobs::table.order(jobs::id.desc()).limit(limit).offset(offset).select(Job::as_select()).load(conn)?)
}

/// How many jobs there are.
pub fn count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(jobs::table.count().get_result(conn)?)
}

/// The newest job of a kind with this payload, if there ever was one.
pub fn find_latest(conn: &mut Conn, kind: &str, payload: &str) -> StoreResult<Option<Job>> {
    Ok(jobs::table
        .filter(jobs::kind.eq(kind))
        .filter(jobs::payload.eq(payload))
        .order(jobs::id.desc())
        .select(Job::as_select())
        .first(conn)
        .optional()?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn held(job: &Job) -> _ {
    let id: i64 = job.id.0;
    let token: i64 = job.lease_token;
    jobs::table.filter(jobs::id.eq(id)).filter(jobs::lease_token.eq(token)).filter(jobs::status.eq("running"))
}

fn lost_unless(changed: usize, job: &Job) -> StoreResult<()> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("job {}", job.id))) }
}

/// Renews the lease alone. Returns whether somebody asked the job to stop.
pub fn extend(tx: &mut Conn, job: &Job, now: Moment) -> StoreResult<bool> {
    let changed = diesel::update(held(job)).set(jobs::leased_until.eq(now.plus_seconds(LEASE_SECONDS))).execute(tx)?;
    lost_unless(changed, job)?;
    Ok(jobs::table.find(job.id).select(jobs::stop_requested).first(tx)?)
}
