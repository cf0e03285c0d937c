//! The first steps after the set-up link: look at the server, choose a plan, try the mail, bring members in,
//! invite a second person. What is done is read from the data, so that one may stop and come back.

mod finish;
mod mail;
mod members;
mod people;
mod plan;
mod server;
mod steps;

use rocket::Route;

pub use steps::is_open;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![
        steps::begin,
        server::show,
        plan::show,
        plan::submit,
        mail::show,
        mail::submit,
        members::show,
        people::show,
        finish::show,
        finish::submit
    ]
}
