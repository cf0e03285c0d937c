//! The account of whoever is signed in.

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
