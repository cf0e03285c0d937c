//! Commissions: the runs, each with its steps, totals, exceptions, payees, and the reason of every line.

mod export;
mod freeze;
mod list;
mod member;
mod orders;
mod payees;
mod reasons;
mod show;
mod step;
mod why;

use rocket::{Route, routes};

/// The pages.
pub fn routes() -> Vec<Route> {
    routes![
        list::list,
        freeze::freeze,
        show::show,
        show::exceptions,
        step::step,
        payees::list,
        member::show,
        reasons::member,
        reasons::order,
        orders::list,
        why::show,
        export::lines,
        export::zip
    ]
}
