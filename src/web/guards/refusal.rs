//! Why a guard refused, kept for the page that says so.

use rocket::Request;
use rocket::http::Status;

use crate::domain::staff::{Permission, Role};
use crate::web::reply::Fault;

/// Why a guard refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in.
    SignIn,
    /// The person's role lacks the permission.
    Lacking(Permission),
    /// The form didn't come from this console, or its page is too old.
    Form,
    /// The database didn't answer.
    Unavailable,
}

struct Kept(Option<Refusal>);

impl Refusal {
    /// The status of the answer.
    pub const fn status(self) -> Status {
        match self {
            Self::SignIn => Status::Unauthorized,
            Self::Lacking(_) | Self::Form => Status::Forbidden,
            Self::Unavailable => Status::ServiceUnavailable,
        }
    }

    /// Keeps the refusal for the catcher.
    pub fn keep(self, request: &Request<'_>) -> (Status, Self) {
        request.local_cache(|| Kept(Some(self)));
        (self.status(), self)
    }

    /// The refusal of this request.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        request.local_cache(|| Kept(None)).0
    }

    /// What the person is told.
    pub fn fault(self) -> Fault {
        match self {
            Self::Lacking(permission) => {
                let roles: Vec<&str> =
                    Role::ALL.iter().filter(|role| role.grants(permission)).map(|role| role.as_str()).collect();
                Fault::new(
                    Status::Forbidden,
                    "Your role does not open this",
                    format!("This needs the role {}. Ask an owner of the company for it.", roles.join(" or ")),
                )
            }
            Self::Form => Fault::new(
                Status::Forbidden,
                "The form was not accepted",
                "Nothing was changed. The form came from another site or from a page that is too old. Open the page \
                 again and repeat the step.",
            ),
            Self::SignIn | Self::Unavailable => Fault::of_status(self.status()),
        }
    }
}
