//! Products: the catalogue, one product with its prices.

mod add;
mod list;
mod show;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![list::list, add::show, add::submit, show::show, show::edit, show::price]
}
