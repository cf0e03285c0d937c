//! Sign in: check the password and open a session, or say no without saying why.

use super::{password, token};
use crate::clock::Clock;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::sessions::{self, Session};
use crate::store::{Db, StoreError, staff};

/// Seconds without a request after which a session ends.
pub const IDLE_SECONDS: i64 = 8 * 3600;
/// Seconds after which a session ends whatever happens.
pub const SESSION_SECONDS: i64 = 12 * 3600;

/// What the person typed, and where from.
#[derive(Debug, Clone)]
pub struct Input {
    /// The address for mail that names the account.
    pub email: String,
    /// The password.
    pub password: String,
    /// The network address of the request.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInFault {
    /// No such account, a wrong password, or an account that may not sign in: never told apart.
    #[error("the email or the password is not right")]
    Wrong,
    /// No randomness for a session.
    #[error(transparent)]
    Token(#[from] token::NoRandomness),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens a session; returns its token, which is told to nobody but the browser.
pub fn sign_in(db: &Db, clock: &Clock, input: &Input) -> Result<String, SignInFault> {
    let email = input.email.trim().to_lowercase();
    let found = db.read(|c| staff::find_by_email(c, &email))?;
    // Always one hash, so that time does not tell which accounts exist.
    let fits = password::fits(&input.password, found.as_ref().map_or("", |person| &person.password_hash));
    let now = clock.now();
    let Some(person) = found.filter(|person| fits && person.is_active) else {
        let actor = Actor { name: "Unknown".to_owned(), address: input.address.clone(), ..Actor::system("sign-in") };
        let tried: String = email.chars().take(120).collect();
        db.write(|tx| {
            let entry = Entry {
                at: now,
                actor: &actor,
                action: "refuse-sign-in",
                object_kind: "staff",
                object_id: 0,
                object: &tried,
                before: "",
                after: "",
            };
            audit::append(tx, &entry)
        })?;
        return Err(SignInFault::Wrong);
    };
    let token = token::new()?;
    let session = Session {
        token_hash: token::hash(&token),
        staff_id: person.id,
        csrf: token::new()?,
        created_at: now,
        seen_at: now,
        expires_at: now.plus_seconds(SESSION_SECONDS),
        address: input.address.clone(),
        agent: input.agent.chars().take(200).collect(),
    };
    let actor = Actor::person(person.id, person.name.clone(), input.address.clone());
    db.write(|tx| {
        // The hash took a while: meanwhile the password may have been changed or the account closed.
        let stored = staff::get_locked(tx, person.id)?;
        if !stored.is_active || stored.password_hash != person.password_hash {
            return Err(SignInFault::Wrong);
        }
        sessions::delete_ended(tx, now, now.plus_seconds(-IDLE_SECONDS))?;
        sessions::insert(tx, &session)?;
        staff::update_signed_in(tx, person.id, now)?;
        let entry = Entry {
            at: now,
            actor: &actor,
            action: "sign-in",
            object_kind: "staff",
            object_id: person.id.0,
            object: &person.email,
            before: "",
            after: "",
        };
        Ok(audit::append(tx, &entry)?)
    })?;
    Ok(token)
}
