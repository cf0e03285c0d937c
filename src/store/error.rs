//! What can go wrong with the database, named so that a person can act on it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A fault of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No row with this id or number.
    #[error("there is no {kind} {key}")]
    NotFound {
        /// The kind of thing, in the field's word.
        kind: &'static str,
        /// The id or number that was asked for.
        key: String,
    },
    /// Somebody else was faster: the row is no longer in the state that the change needs.
    #[error("{0} was changed by somebody else meanwhile; look at it again and repeat the step if it is still needed")]
    Conflict(String),
    /// A value that must be unique is there already.
    #[error("the value is taken already ({0})")]
    Taken(String),
    /// The database cannot be reached.
    #[error("the database {url} cannot be reached: {reason}")]
    Unreachable {
        /// The address with its password masked.
        url: String,
        /// What the database or the system said.
        reason: String,
    },
    /// All connections are in use.
    #[error("all connections to the database are busy; try again in a moment")]
    Busy,
    /// No space left where the database writes.
    #[error("the disk of the database is full; nothing was changed. Free some space and repeat the step")]
    DiskFull,
    /// The disk refused, which is what a disk does that is full to the last byte, or that fails.
    #[error(
        "the disk of the database did not take or give what was asked of it ({0}). If it is full, free some space and \
         repeat the step; otherwise look for faults of the disk in the system's journal"
    )]
    DiskRefused(String),
    /// The database was written by a newer program.
    #[error(
        "the database was made by a newer version of Mainstay (it knows the schema {newest}, this program {ours}); start that version or newer"
    )]
    NewerSchema {
        /// The newest migration in the database.
        newest: String,
        /// The newest migration of this program.
        ours: String,
    },
    /// Stored text that no longer means anything to this program.
    #[error("the database holds a value that this version does not understand: {0}")]
    Corrupt(String),
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(String),
}

/// What the store returns.
pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// Nothing of this kind has this key.
    pub fn not_found(kind: &'static str, key: impl std::fmt::Display) -> Self {
        Self::NotFound { kind, key: key.to_string() }
    }
}

impl From<DieselError> for StoreError {
    fn from(fault: DieselError) -> Self {
        match fault {
            DieselError::NotFound => Self::not_found("row", "of that key"),
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Taken(info.constraint_name().unwrap_or_else(|| info.message()).to_owned())
            }
            DieselError::DatabaseError(kind, info) => {
                let message = info.message();
                if message.contains("disk is full") || message.contains("No space left") {
                    Self::DiskFull
                } else if message.contains("disk I/O error") {
                    Self::DiskRefused(message.to_owned())
                } else if message.contains("database is locked") {
                    Self::Busy
                } else if matches!(kind, DatabaseErrorKind::ClosedConnection) {
                    Self::Unreachable { url: "in use".to_owned(), reason: message.to_owned() }
                } else {
                    Self::Database(message.to_owned())
                }
            }
            other => Self::Database(other.to_string()),
        }
    }
}
