//! Genealogy: the trees as tables that open branch by branch.

mod branches;
mod roots;
mod tree;

use rocket::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![roots::roots, tree::tree]
}
