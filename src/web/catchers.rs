//! What is answered when no handler answers: to the sign-in, or a page that says why.

use rocket::http::{Method, RawStr, Status};
use rocket::{Catcher, Request};

use super::guards::Refusal;
use super::reply::{Fault, SeeOther};

/// Asks to sign in, and comes back afterwards to a page that was only looked at.
#[rocket::catch(401)]
fn sign_in(request: &Request<'_>) -> SeeOther {
    let path = request.uri().to_string();
    if request.method() == Method::Get && path != "/" {
        let next = RawStr::new(&path).percent_encode();
        SeeOther::to(format!("/sign-in?next={next}"))
    } else {
        SeeOther::to("/sign-in")
    }
}

#[rocket::catch(403)]
fn forbidden(request: &Request<'_>) -> Fault {
    Refusal::of(request).map_or_else(|| Fault::of_status(Status::Forbidden), Refusal::fault)
}

/// A handler that panicked.
#[rocket::catch(500)]
fn unexpected() -> Fault {
    Fault::unexpected("a handler stopped")
}

#[rocket::catch(default)]
fn other(status: Status, _request: &Request<'_>) -> Fault {
    Fault::of_status(status)
}

/// Every catcher.
pub fn all() -> Vec<Catcher> {
    rocket::catchers![sign_in, forbidden, unexpected, other]
}
