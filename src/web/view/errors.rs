//! What is wrong with the fields of a form, for its template.

use crate::actions::{ActionFault, FieldFault};
use crate::web::reply::Fault;

/// What is wrong, field by field.
#[derive(Debug, Clone, Default)]
pub struct Errors(Vec<FieldFault>);

impl Errors {
    /// Nothing is wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// What an action found wrong; a refusal stands at the field `field`. Anything else is a fault.
    pub fn from_action(fault: ActionFault, field: &'static str) -> Result<Self, Fault> {
        match fault {
            ActionFault::Invalid(faults) => Ok(Self(faults)),
            ActionFault::Refused(message) => Ok(Self(vec![FieldFault::new(field, message)])),
            ActionFault::Store(fault) => Err(fault.into()),
        }
    }

    /// What is wrong with this field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|fault| fault.field == field).map(|fault| fault.message.as_str())
    }

    /// Whether anything is wrong.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// All of it, as (field, message).
    pub fn list(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|fault| (fault.field, fault.message.as_str())).collect()
    }
}
