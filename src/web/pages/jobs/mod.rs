//! Jobs: what runs in the background, how far it is, and what it said when it ended.

mod list;
mod show;
mod stop;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![list::list, show::show, stop::stop]
}
