//! The audit log: who did what to what, append-only. Each entry carries the hash of the one before
//! it, so that an edit, an insertion, a removal or a new order breaks the chain.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::schema::audit_log;
use super::{Conn, StoreResult, ids};
use crate::domain::calendar::Moment;
use crate::domain::ids::{AuditId, StaffId};
use crate::domain::staff::Actor;

/// The hash before the first entry.
const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: &'a Actor,
    /// What was done, a verb with a hyphen where needed: `enroll`, `approve-run`, `sign-in`.
    pub action: &'a str,
    /// The kind of thing it was done to: `member`, `run`, `staff`.
    pub object_kind: &'a str,
    /// The row it was done to; 0 when there is none.
    pub object_id: i64,
    /// The thing as people call it, such as `M-10482`.
    pub object: &'a str,
    /// The facts before, readable by people; empty when there were none. Never a secret.
    pub before: &'a str,
    /// The facts after.
    pub after: &'a str,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Stored {
    /// Its number in the order of the chain.
    pub id: AuditId,
    /// When.
    pub at: Moment,
    /// The person; 0 when none.
    pub actor_id: StaffId,
    /// The name at that time.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The kind of thing.
    pub object_kind: String,
    /// The row; 0 when none.
    pub object_id: i64,
    /// The thing as people call it.
    pub object: String,
    /// The facts before.
    pub before: String,
    /// The facts after.
    pub after: String,
    /// Where the request came from.
    pub address: String,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// Appends an entry in the caller's transaction.
pub fn append(tx: &mut Conn, entry: &Entry<'_>) -> StoreResult<()> {
    if let Conn::Postgres(inner) = tx {
        // Two transactions that appended to the same head would fork the chain.
        diesel::sql_query("SELECT pg_advisory_xact_lock(7215002)").execute(inner)?;
    }
    let head: Option<(i64, String)> =
        audit_log::table.order(audit_log::id.desc()).select((audit_log::id, audit_log::hash)).first(tx).optional()?;
    let (last_id, previous_hash) = head.unwrap_or_else(|| (0, START.to_owned()));
    let mut row = Stored {
        // Another node's clock may run ahead of ours; the chain's order must not depend on it.
        id: AuditId(ids::next().max(last_id + 1)),
        at: entry.at,
        actor_id: entry.actor.id,
        actor: entry.actor.name.clone(),
        action: entry.action.to_owned(),
        object_kind: entry.object_kind.to_owned(),
        object_id: entry.object_id,
        object: entry.object.to_owned(),
        before: entry.before.to_owned(),
        after: entry.after.to_owned(),
        address: entry.actor.address.clone(),
        previous_hash,
        hash: String::new(),
    };
    row.hash = hash_of(&row);
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(row.id),
            audit_log::at.eq(row.at),
            audit_log::actor_id.eq(row.actor_id),
            audit_log::actor.eq(row.actor),
            audit_log::action.eq(row.action),
            audit_log::object_kind.eq(row.object_kind),
            audit_log::object_id.eq(row.object_id),
            audit_log::object.eq(row.object),
            audit_log::before.eq(row.before),
            audit_log::after.eq(row.after),
            audit_log::address.eq(row.address),
            audit_log::previous_hash.eq(row.previous_hash),
            audit_log::hash.eq(row.hash),
        ))
        .execute(tx)?;
    Ok(())
}

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what this person did.
    pub actor_id: Option<StaffId>,
    /// Only this action.
    pub action: Option<String>,
    /// Only things of this kind.
    pub object_kind: Option<String>,
    /// Only this thing, as people call it.
    pub object: Option<String>,
    /// Only before this entry (for the next page).
    pub before: Option<AuditId>,
}

/// The newest entries first, at most `limit`.
pub fn list(conn: &mut Conn, filter: &Filter, limit: i64) -> StoreResult<Vec<Stored>> {
    let mut query = audit_log::table.into_boxed();
    if let Some(actor) = filter.actor_id {
        query = query.filter(audit_log::actor_id.eq(actor));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_log::action.eq(action));
    }
    if let Some(kind) = &filter.object_kind {
        query = query.filter(audit_log::object_kind.eq(kind));
    }
    if let Some(object) = &filter.object {
        query = query.filter(audit_log::object.eq(object));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_log::id.lt(before));
    }
    Ok(query.order(audit_log::id.desc()).limit(limit).load(conn)?)
}

/// The newest entry about anything but these kinds of thing; 0 when there is none. The chain's numbers rise, so a
/// higher one says that something changed.
pub fn newest_but(conn: &mut Conn, kinds: &[&str]) -> StoreResult<AuditId> {
    let newest: Option<AuditId> = audit_log::table
        .filter(audit_log::object_kind.ne_all(kinds))
        .order(audit_log::id.desc())
        .select(audit_log::id)
        .first(conn)
        .optional()?;
    Ok(newest.unwrap_or(AuditId(0)))
}

/// What happened to one thing, newest first, at most `limit`.
pub fn list_of_object(conn: &mut Conn, kind: &str, id: i64, limit: i64) -> StoreResult<Vec<Stored>> {
    Ok(audit_log::table
        .filter(audit_log::object_kind.eq(kind))
        .filter(audit_log::object_id.eq(id))
        .order(audit_log::id.desc())
        .limit(limit)
        .load(conn)?)
}

/// The actions that occur, and the kinds of things, for the choice of filters.
pub fn words(conn: &mut Conn) -> StoreResult<(Vec<String>, Vec<String>)> {
    let actions = audit_log::table.select(audit_log::action).distinct().order(audit_log::action).load(conn)?;
    let kinds = audit_log::table.select(audit_log::object_kind).distinct().order(audit_log::object_kind).load(conn)?;
    Ok((actions, kinds))
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How many entries were looked at.
    pub entries: u64,
    /// The hash of the newest entry.
    pub head: String,
    /// The first entry that doesn't fit what is before it.
    pub broken_at: Option<AuditId>,
}

/// Computes every hash again, oldest first.
pub fn verify(conn: &mut Conn) -> StoreResult<Chain> {
    let mut chain = Chain { entries: 0, head: START.to_owned(), broken_at: None };
    let mut after = AuditId(i64::MIN);
    loop {
        let rows: Vec<Stored> =
            audit_log::table.filter(audit_log::id.gt(after)).order(audit_log::id).limit(1000).load(conn)?;
        let Some(last) = rows.last() else { return Ok(chain) };
        after = last.id;
        for row in rows {
            chain.entries += 1;
            if row.previous_hash != chain.head || row.hash != hash_of(&row) {
                chain.broken_at = Some(row.id);
                return Ok(chain);
            }
            chain.head = row.hash;
        }
    }
}

/// SHA-256 over every field with its length in front, so that no two entries write the same bytes.
fn hash_of(row: &Stored) -> String {
    let mut hash = Sha256::new();
    let numbers = [row.id.0, row.at.0, row.actor_id.0, row.object_id];
    for number in numbers {
        hash.update(number.to_be_bytes());
    }
    let texts = [
        &row.previous_hash,
        &row.actor,
        &row.action,
        &row.object_kind,
        &row.object,
        &row.before,
        &row.after,
        &row.address,
    ];
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    format!("{:x}", hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{DatabaseUrl, Db, StoreError};
    use diesel::connection::SimpleConnection as _;

    fn filled(dir: &tempfile::TempDir) -> Db {
        let db = Db::open(&DatabaseUrl::Sqlite(dir.path().join("m.db"))).unwrap();
        let actor = Actor::person(StaffId(7), "Ann", "127.0.0.1");
        for (object, after) in [("M-1", "a"), ("M-2", "b"), ("M-3", "c")] {
            let entry = Entry {
                at: Moment(5),
                actor: &actor,
                action: "enroll",
                object_kind: "member",
                object_id: 1,
                object,
                before: "",
                after,
            };
            db.write(|tx| append(tx, &entry)).unwrap();
        }
        db
    }

    #[test]
    fn the_chain_holds_and_the_newest_comes_first() {
        let dir = tempfile::tempdir().unwrap();
        let db = filled(&dir);
        let chain = db.read(verify).unwrap();
        assert_eq!((chain.entries, chain.broken_at), (3, None));
        let rows = db.read(|c| list(c, &Filter::default(), 2)).unwrap();
        assert_eq!(rows.iter().map(|row| row.object.as_str()).collect::<Vec<_>>(), ["M-3", "M-2"]);
        assert_eq!(rows[0].hash, chain.head);
        assert_eq!(rows[0].previous_hash, rows[1].hash);
        let only = Filter { object: Some("M-2".into()), action: Some("enroll".into()), ..Filter::default() };
        assert_eq!(db.read(|c| list(c, &only, 10)).unwrap().len(), 1);
    }

    #[test]
    fn whoever_changes_a_stored_entry_breaks_the_chain_there() {
        let dir = tempfile::tempdir().unwrap();
        let db = filled(&dir);
        let refused: StoreResult<()> =
            db.write(|tx| Ok(tx.batch_execute("UPDATE audit_log SET after = 'x' WHERE object = 'M-2'")?));
        assert!(matches!(refused, Err(StoreError::Database(_))));
        let forced: StoreResult<()> = db.write(|tx| {
            Ok(tx.batch_execute(
                "DROP TRIGGER audit_log_no_update; UPDATE audit_log SET after = 'x' WHERE object = 'M-2'",
            )?)
        });
        forced.unwrap();
        let chain = db.read(verify).unwrap();
        assert_eq!(chain.entries, 2);
        assert!(chain.broken_at.is_some());
    }
}
