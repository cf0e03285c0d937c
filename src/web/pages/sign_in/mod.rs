//! Sign in and out.

mod form;
mod leave;

pub use form::session;
use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![form::show, form::submit, leave::leave]
}
