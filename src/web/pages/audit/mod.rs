//! Audit: who did what, when and from where; and whether the log is whole.

mod check;
mod list;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![list::list, check::check]
}
