//! Sign out: end one session of a person, or all but one.

use crate::domain::calendar::Moment;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::{Db, StoreResult, sessions};

/// Ends the session with this hash, if it is the actor's own.
pub fn sign_out(db: &Db, at: Moment, actor: &Actor, token_hash: &str) -> StoreResult<bool> {
    db.write(|tx| {
        let ended = sessions::delete(tx, actor.id, token_hash)?;
        if ended {
            audit::append(tx, &entry(at, actor, "sign-out", ""))?;
        }
        Ok(ended)
    })
}

/// Ends every session of the actor but this one; returns how many.
pub fn sign_out_elsewhere(db: &Db, at: Moment, actor: &Actor, keep: &str) -> StoreResult<usize> {
    db.write(|tx| {
        let ended = sessions::delete_of_staff(tx, actor.id, keep)?;
        if ended > 0 {
            audit::append(tx, &entry(at, actor, "sign-out-elsewhere", &format!("{ended} sessions")))?;
        }
        Ok(ended)
    })
}

fn entry<'a>(at: Moment, actor: &'a Actor, action: &'a str, after: &'a str) -> Entry<'a> {
    Entry { at, actor, action, object_kind: "staff", object_id: actor.id.0, object: &actor.name, before: "", after }
}
