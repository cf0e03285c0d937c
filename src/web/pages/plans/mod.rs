//! Plans: the versions of the compensation plan, each with its text, what the check says, and its life from
//! draft to retirement; two of them side by side.

mod activate;
mod cases;
mod compare;
mod list;
mod outcome;
mod show;
mod what_if;
mod write;

use rocket::{Route, routes};

use crate::domain::plan_version::PlanState;

/// The pages.
pub fn routes() -> Vec<Route> {
    routes![
        list::list,
        show::show,
        show::file,
        write::begin,
        write::add,
        write::open,
        write::save,
        activate::activate,
        activate::discard,
        cases::show,
        cases::submit,
        compare::show,
        what_if::list,
        what_if::ask,
        outcome::show,
        outcome::json,
        outcome::members
    ]
}

/// The word and the badge of a state.
const fn badge(state: PlanState) -> (&'static str, &'static str) {
    match state {
        PlanState::Draft => ("Draft", "b-warn"),
        PlanState::Coming => ("Coming", "b-info"),
        PlanState::Active => ("Active", "b-pos"),
        PlanState::Retired => ("Retired", ""),
    }
}
