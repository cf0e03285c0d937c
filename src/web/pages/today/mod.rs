//! Today: what needs a person now.

mod figures;
mod needs;
mod show;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![show::show]
}
