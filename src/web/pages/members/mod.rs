//! Members: the list, one member, enrolment and changes.

mod besides;
mod closest;
mod edit;
mod enrol;
mod form;
mod list;
mod profile;
mod progress;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![
        list::list,
        closest::show,
        profile::show,
        enrol::show,
        enrol::submit,
        edit::show,
        edit::submit,
        besides::show,
        besides::attribute,
        besides::rank
    ]
}
