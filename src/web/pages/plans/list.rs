//! All versions of the plan: from when they apply, who wrote and who activated them, which runs rest on them.

use std::collections::HashMap;

use askama::Template;
use rocket::State;

use super::badge;
use crate::domain::calendar::Day;
use crate::domain::ids::StaffId;
use crate::domain::plan_version::PlanState;
use crate::store::plans::{self, PlanVersion};
use crate::store::{Conn, StoreResult, staff};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// A version with what is known about it.
struct Row {
    version: PlanVersion,
    state: PlanState,
    writer: String,
    activator: String,
    /// The last day on which it applies; `None` while no later version takes its place.
    until: Option<Day>,
    /// The runs pinned to it, the newest first.
    runs: Vec<String>,
}

#[derive(Template)]
#[template(path = "web/plans/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
}

#[rocket::get("/plans")]
pub async fn list(who: Signed<View>, app: &State<App>) -> Result<Page, Fault> {
    let today = who.shell.today;
    let rows = app.blocking(move |app| app.db.read(|c| load(c, today))).await?;
    Page::of(&List { shell: who.shell, rows })
}

fn load(conn: &mut Conn, today: Day) -> StoreResult<Vec<Row>> {
    let names: HashMap<StaffId, String> =
        staff::list(conn)?.into_iter().map(|person| (person.id, person.name)).collect();
    let name = |id: StaffId| names.get(&id).map_or("the command line", String::as_str).to_owned();
    let in_force = plans::find_in_force(conn, today)?;
    let pinned = plans::list_runs(conn)?;
    let all = plans::list(conn)?;
    let begins: Vec<(Day, i32)> = all.iter().filter(|v| !v.is_draft()).map(|v| (v.from_day, v.version)).collect();
    let until = |version: &PlanVersion| {
        let own = (version.from_day, version.version);
        let next = begins.iter().filter(|begin| **begin > own).min()?;
        (!version.is_draft()).then(|| next.0.plus(-1))
    };
    let row = |version: PlanVersion| Row {
        until: until(&version),
        state: plans::state(&version, in_force.as_ref(), today),
        writer: name(version.edited_by),
        activator: if version.is_draft() { String::new() } else { name(version.activated_by) },
        runs: pinned.iter().filter(|(id, ..)| *id == version.id).map(|(_, number, _)| number.clone()).collect(),
        version,
    };
    Ok(all.into_iter().map(row).collect())
}

impl Row {
    fn badge(&self) -> (&'static str, &'static str) {
        badge(self.state)
    }

    /// Whether another version took its place on the day on which it would have begun.
    fn never_applies(&self) -> bool {
        self.until.is_some_and(|until| until < self.version.from_day)
    }
}
