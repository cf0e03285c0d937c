//! A password, chosen through the link that an owner gave.

mod choose;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![choose::show, choose::submit]
}
