//! Statements: the list, the PDF, and the public page that tells whether a code is genuine.

mod list;
mod pdf;
mod send_again;
mod verify;

use rocket::{Route, routes};

/// The pages.
pub fn routes() -> Vec<Route> {
    routes![list::list, pdf::pdf, send_again::send_again, verify::show]
}
