//! First-run set-up through the one-time link.

mod form;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![form::show, form::submit]
}
