//! The company's settings.

mod edit;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![edit::show, edit::submit]
}
