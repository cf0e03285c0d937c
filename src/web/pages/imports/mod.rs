//! Imports: files that were read, what came of their rows, and the upload of a new one.

mod list;
mod rejects;
mod show;
mod upload;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![list::list, upload::show, upload::submit, show::show, rejects::download]
}
