//! What-if: the simulations that were asked for, and a form for the next one.

use std::collections::HashMap;

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::super::standing::period_name;
use crate::actions::{ActionFault, simulate};
use crate::domain::ids::StaffId;
use crate::jobs;
use crate::store::plans::{self, PlanVersion};
use crate::store::simulations::{self, Simulation};
use crate::store::{Conn, StoreResult, staff};
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed, View};
use crate::web::reply::{Fault, Page, SeeOther};
use crate::web::view::{Shell, filters};

/// Simulations that the page lists.
const SHOWN: i64 = 50;
/// Periods that the form begins with.
const PERIODS: usize = 3;

#[derive(Template)]
#[template(path = "web/plans/what_if.html")]
struct WhatIf {
    shell: Shell,
    versions: Vec<PlanVersion>,
    /// Labels of the committed periods, the oldest first.
    periods: Vec<String>,
    chosen: Option<i32>,
    /// The first period that the form begins with.
    first: String,
    rows: Vec<Simulation>,
    names: HashMap<StaffId, String>,
}

#[derive(FromForm)]
pub struct Wanted {
    version: i32,
    first: String,
    last: String,
}

#[rocket::get("/what-if?<version>")]
pub async fn list(who: Signed<View>, app: &State<App>, version: Option<i32>) -> Result<Page, Fault> {
    let (versions, periods, rows, names) = app.blocking(move |app| app.db.read(load)).await?;
    let first = periods.get(periods.len().saturating_sub(PERIODS)).cloned().unwrap_or_default();
    Page::of(&WhatIf { shell: who.shell, versions, periods, chosen: version, first, rows, names })
}

type Loaded = (Vec<PlanVersion>, Vec<String>, Vec<Simulation>, HashMap<StaffId, String>);

fn load(conn: &mut Conn) -> StoreResult<Loaded> {
    Ok((
        plans::list(conn)?,
        simulate::committed(conn)?.into_iter().map(|(period, _)| period.label).collect(),
        simulations::list(conn, SHOWN)?,
        staff::list(conn)?.into_iter().map(|person| (person.id, person.name)).collect(),
    ))
}

#[rocket::post("/what-if", data = "<form>")]
pub async fn ask(who: Signed<ManageRuns>, app: &State<App>, form: Checked<Wanted>) -> Result<SeeOther, Fault> {
    let Checked(wanted) = form;
    let actor = who.actor();
    let row = app
        .blocking(move |app| {
            app.db.write(|tx| -> Result<Simulation, ActionFault> {
                let Wanted { version, first, last } = &wanted;
                let row = simulate::ask(tx, &app.clock, &actor, *version, first.trim(), last.trim())?;
                jobs::simulate::enqueue(tx, &row, &actor, &app.clock)?;
                Ok(row)
            })
        })
        .await?;
    app.wake();
    Ok(SeeOther::to(format!("/what-if/{}", row.id)))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
impl WhatIf {
    fn name(&self, id: &StaffId) -> &str {
        self.names.get(id).map_or("the command line", String::as_str)
    }

    fn is_chosen(&self, version: &PlanVersion) -> bool {
        self.chosen == Some(version.version)
    }

    #[expect(clippy::unused_self, reason = "templates call methods of the page")]
    fn periods_of(&self, row: &Simulation) -> String {
        span(row)
    }
}

/// The periods of a simulation as people say them.
pub(super) fn span(row: &Simulation) -> String {
    if row.first_period == row.last_period {
        period_name(&row.first_period)
    } else {
        format!("{} to {}", period_name(&row.first_period), period_name(&row.last_period))
    }
}
