//! Orders: the list, one order with what it paid, placing, payment and return.

mod give_back;
mod list;
mod payment;
mod place;
mod show;
pub(crate) mod words;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![
        list::list,
        place::show,
        place::submit,
        show::show,
        payment::record,
        give_back::show,
        give_back::submit
    ]
}
