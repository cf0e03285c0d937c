//! The account of whoever is signed in: password and sessions.

mod password;
mod sessions;
mod show;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![show::show, password::submit, sessions::end, sessions::end_others]
}
