//! Staff: who may sign in, and what each may do.

mod edit;
mod invite;
mod link;
mod list;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![list::list, invite::show, invite::submit, edit::show, edit::submit, link::renew]
}
