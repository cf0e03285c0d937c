//! The outbox: one durable row per recipient. A delivery takes messages under a lease; only the lease's holder may
//! note what became of them. A lease that ran out (its holder was killed) gives its messages back.

use std::collections::HashSet;

use diesel::prelude::*;

use super::schema::messages;
use super::{Conn, StoreError, StoreResult, ids, insert_all};
use crate::domain::calendar::Moment;
use crate::domain::ids::{MemberId, MessageId, StatementId};
use crate::domain::message::{MessageKind, MessageStatus};

/// The longest answer of a relay that is kept, in characters.
const ANSWER_LIMIT: usize = 500;

/// A message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub struct Message {
    /// Row id.
    pub id: MessageId,
    /// What it was made with, such as the number of a run.
    pub batch: String,
    /// What it carries.
    pub kind: MessageKind,
    /// The recipient.
    pub member_id: MemberId,
    /// The statement it carries; 0 where it carries none.
    pub statement_id: StatementId,
    /// The recipient's address when the message was made.
    pub to_address: String,
    /// The recipient's name when the message was made.
    pub to_name: String,
    /// The header's Message-ID without brackets; the same for every try.
    pub message_id: String,
    /// State.
    pub status: MessageStatus,
    /// Tries so far.
    pub attempts: i32,
    /// Not before this moment.
    pub next_try_at: Moment,
    /// Who holds it; 0 for nobody.
    pub lease_token: i64,
    /// Until when.
    pub leased_until: Moment,
    /// The last thing the relay or we said about it.
    pub answer: String,
    /// When it was made; also the Date in its header, so that every try gives the same bytes.
    pub created_at: Moment,
    /// When it was taken over by the relay; 0 before.
    pub sent_at: Moment,
}

impl Message {
    /// A new message that waits for its turn, or is suppressed if there is no address.
    pub fn queued(
        kind: MessageKind,
        batch: &str,
        message_id: &str,
        to_address: &str,
        to_name: &str,
        at: Moment,
    ) -> Self {
        let has_address = !to_address.trim().is_empty();
        Self {
            id: MessageId(ids::next()),
            batch: batch.to_owned(),
            kind,
            member_id: MemberId(0),
            statement_id: StatementId(0),
            to_address: to_address.trim().to_owned(),
            to_name: to_name.to_owned(),
            message_id: message_id.to_owned(),
            status: if has_address { MessageStatus::Queued } else { MessageStatus::Suppressed },
            attempts: 0,
            next_try_at: at,
            lease_token: 0,
            leased_until: Moment(0),
            answer: if has_address { String::new() } else { "the member has no email address".to_owned() },
            created_at: at,
            sent_at: Moment(0),
        }
    }
}

/// The right of one delivery to the messages it has claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(i64);

impl Lease {
    /// A lease that nobody else has.
    pub fn new() -> Self {
        Self(ids::next())
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts messages into the outbox. A Message-ID that is there already is refused with the whole batch.
pub fn insert(tx: &mut Conn, rows: &[Message]) -> StoreResult<()> {
    Ok(insert_all!(tx, messages::table, rows)?)
}

/// Takes up to `limit` messages that are due, those tried before first, then the oldest, under a lease that ends at `until`.
pub fn claim(tx: &mut Conn, lease: Lease, now: Moment, until: Moment, limit: i64) -> StoreResult<Vec<Message>> {
    let mut ids: Vec<MessageId> = Vec::new();
    // One state after the other, so that each look-up walks the index in order and stops at the limit.
    for status in [MessageStatus::Deferred, MessageStatus::Queued] {
        let due = messages::table
            .filter(messages::status.eq(status))
            .filter(messages::next_try_at.le(now))
            .order((messages::next_try_at, messages::id))
            .limit(limit - i64::try_from(ids.len()).unwrap_or(limit))
            .select(messages::id);
        // On SQLite the transaction is the only writer; on Postgres others pass over what we are taking.
        let found: Vec<MessageId> = match tx {
            Conn::Sqlite(conn) => due.load(conn)?,
            Conn::Postgres(conn) => due.for_update().skip_locked().load(conn)?,
        };
        ids.extend(found);
    }
    diesel::update(messages::table.filter(messages::id.eq_any(&ids)))
        .set((
            messages::status.eq(MessageStatus::Leased),
            messages::lease_token.eq(lease.0),
            messages::leased_until.eq(until),
        ))
        .execute(tx)?;
    Ok(messages::table
        .filter(messages::id.eq_any(&ids))
        .order((messages::next_try_at, messages::id))
        .select(Message::as_select())
        .load(tx)?)
}

/// Prolongs a lease; gives how many messages it still holds.
pub fn extend(tx: &mut Conn, lease: Lease, until: Moment) -> StoreResult<usize> {
    let held = messages::status.eq(MessageStatus::Leased).and(messages::lease_token.eq(lease.0));
    Ok(diesel::update(messages::table.filter(held)).set(messages::leased_until.eq(until)).execute(tx)?)
}

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Taken over at this moment.
    Sent(Moment),
    /// To be tried again at this moment.
    Deferred(Moment),
    /// Never again.
    Failed,
}

/// Notes what a try came to.
///
/// # Errors
/// `Conflict` when the lease does not hold the message any more.
pub fn mark(tx: &mut Conn, id: MessageId, lease: Lease, mark: Mark, answer: &str) -> StoreResult<()> {
    let answer: String = answer.chars().take(ANSWER_LIMIT).collect();
    let (status, next_try_at, sent_at) = match mark {
        Mark::Sent(at) => (MessageStatus::Sent, at, at),
        Mark::Deferred(until) => (MessageStatus::Deferred, until, Moment(0)),
        Mark::Failed => (MessageStatus::Failed, Moment(0), Moment(0)),
    };
    let held = messages::status.eq(MessageStatus::Leased).and(messages::lease_token.eq(lease.0));
    let changed = diesel::update(messages::table.filter(messages::id.eq(id)).filter(held))
        .set((
            messages::status.eq(status),
            messages::next_try_at.eq(next_try_at),
            messages::sent_at.eq(sent_at),
            messages::answer.eq(answer),
            messages::attempts.eq(messages::attempts + 1),
            messages::lease_token.eq(0),
            messages::leased_until.eq(Moment(0)),
        ))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("message {id}"))) }
}

/// Gives back what a lease still holds, as if it had never been taken.
pub fn release(tx: &mut Conn, lease: Lease) -> StoreResult<usize> {
    let held = messages::status.eq(MessageStatus::Leased).and(messages::lease_token.eq(lease.0));
    Ok(diesel::update(messages::table.filter(held))
        .set((
            messages::status.eq(MessageStatus::Queued),
            messages::lease_token.eq(0),
            messages::leased_until.eq(Moment(0)),
        ))
        .execute(tx)?)
}

/// Gives back the messages of leases that ran out before `limit`, to be sent from `now` on. It counts as a try, so that a message which kills its
/// delivery each time does not live for ever.
pub fn recover(tx: &mut Conn, limit: Moment, now: Moment) -> StoreResult<usize> {
    let lost = messages::status.eq(MessageStatus::Leased).and(messages::leased_until.lt(limit));
    Ok(diesel::update(messages::table.filter(lost))
        .set((
            messages::status.eq(MessageStatus::Queued),
            messages::attempts.eq(messages::attempts + 1),
            messages::next_try_at.eq(now),
            messages::answer.eq("the delivery that held it was cut off"),
            messages::lease_token.eq(0),
            messages::leased_until.eq(Moment(0)),
        ))
        .execute(tx)?)
}

/// When there is something to do next: a message is due, or a lease runs out.
pub fn next_due_at(conn: &mut Conn) -> StoreResult<Option<Moment>> {
    let mut soonest: Vec<Moment> = Vec::new();
    for status in [MessageStatus::Queued, MessageStatus::Deferred] {
        let of_status = messages::table.filter(messages::status.eq(status)).order(messages::next_try_at);
        soonest.extend(of_status.select(messages::next_try_at).first::<Moment>(conn).optional()?);
    }
    let held = messages::table.filter(messages::status.eq(MessageStatus::Leased)).order(messages::leased_until);
    soonest.extend(held.select(messages::leased_until).first::<Moment>(conn).optional()?);
    Ok(soonest.into_iter().min())
}

/// How many messages are in each state, of one batch or of all; states without a message are left out.
pub fn count_by_status(conn: &mut Conn, batch: Option<&str>) -> StoreResult<Vec<(MessageStatus, i64)>> {
    let counted = messages::table.group_by(messages::status).select((messages::status, diesel::dsl::count_star()));
    let mut counts: Vec<(MessageStatus, i64)> = match batch {
        Some(batch) => counted.filter(messages::batch.eq(batch)).load(conn)?,
        None => counted.load(conn)?,
    };
    counts.sort_unstable();
    Ok(counts)
}

/// How many messages are in each of these states; a state without any is left out. Those that arrived are by far the
/// most: who does not ask for them does not count them.
pub fn count_in(conn: &mut Conn, states: &[MessageStatus]) -> StoreResult<Vec<(MessageStatus, i64)>> {
    Ok(messages::table
        .filter(messages::status.eq_any(states))
        .group_by(messages::status)
        .select((messages::status, diesel::dsl::count_star()))
        .load(conn)?)
}

/// How many messages are due now.
pub fn count_due(conn: &mut Conn, now: Moment) -> StoreResult<i64> {
    Ok(messages::table
        .filter(messages::status.eq_any([MessageStatus::Queued, MessageStatus::Deferred]))
        .filter(messages::next_try_at.le(now))
        .count()
        .get_result(conn)?)
}

/// One message.
pub fn get(conn: &mut Conn, id: MessageId) -> StoreResult<Message> {
    messages::table
        .find(id)
        .select(Message::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("message", id))
}

/// The messages that carried a statement, newest first.
pub fn list_of_statement(conn: &mut Conn, statement: StatementId) -> StoreResult<Vec<Message>> {
    Ok(messages::table
        .filter(messages::statement_id.eq(statement))
        .order(messages::id.desc())
        .select(Message::as_select())
        .load(conn)?)
}

/// The messages in a state, newest first, of one batch or of all, up to `limit`.
pub fn list_by_status(
    conn: &mut Conn,
    batch: Option<&str>,
    status: MessageStatus,
    limit: i64,
) -> StoreResult<Vec<Message>> {
    let found = messages::table.filter(messages::status.eq(status)).order(messages::id.desc()).limit(limit);
    Ok(match batch {
        Some(batch) => found.filter(messages::batch.eq(batch)).select(Message::as_select()).load(conn)?,
        None => found.select(Message::as_select()).load(conn)?,
    })
}

/// The messages that did not arrive and are not under way, oldest first, of one batch or of all.
pub fn list_undelivered(conn: &mut Conn, batch: Option<&str>) -> StoreResult<Vec<Message>> {
    let undelivered: Vec<MessageStatus> =
        MessageStatus::ALL.iter().copied().filter(|status| status.may_be_queued_again()).collect();
    let found = messages::table.filter(messages::status.eq_any(undelivered)).order(messages::id);
    Ok(match batch {
        Some(batch) => found.filter(messages::batch.eq(batch)).select(Message::as_select()).load(conn)?,
        None => found.select(Message::as_select()).load(conn)?,
    })
}

/// Puts a message that was not delivered into the queue again, with a fresh count of tries.
///
/// # Errors
/// `Conflict` when it is queued, under way or sent.
pub fn queue_again(tx: &mut Conn, id: MessageId, to_address: &str, to_name: &str, now: Moment) -> StoreResult<()> {
    let again: Vec<MessageStatus> =
        MessageStatus::ALL.iter().copied().filter(|status| status.may_be_queued_again()).collect();
    let changed = diesel::update(messages::table.filter(messages::id.eq(id)).filter(messages::status.eq_any(again)))
        .set((
            messages::status.eq(MessageStatus::Queued),
            messages::to_address.eq(to_address),
            messages::to_name.eq(to_name),
            messages::attempts.eq(0),
            messages::next_try_at.eq(now),
        ))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("message {id}"))) }
}

/// The statements that a batch has messages for.
pub fn list_statements_of_batch(conn: &mut Conn, batch: &str) -> StoreResult<HashSet<StatementId>> {
    let of_batch = messages::table.filter(messages::batch.eq(batch));
    let ids: Vec<StatementId> = of_batch.select(messages::statement_id).load(conn)?;
    Ok(ids.into_iter().collect())
}
