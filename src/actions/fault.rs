//! Why an action was not done. Whatever the reason: nothing was changed.

use crate::store::StoreError;

/// A fault of one input field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name, as in the form and in the import's mapping.
    pub field: &'static str,
    /// What is wrong and how to put it right.
    pub message: String,
}

impl FieldFault {
    /// A fault of a field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

/// Why an action was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActionFault {
    /// Some fields are wrong; all of them are named.
    #[error("{}", .0.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldFault>),
    /// A rule of the field forbids it in the present state.
    #[error("{0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ActionFault {
    /// One field is wrong.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault::new(field, message)])
    }

    /// A rule forbids it.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(message.into())
    }
}

impl From<super::token::NoRandomness> for ActionFault {
    fn from(fault: super::token::NoRandomness) -> Self {
        Self::Refused(fault.to_string())
    }
}
