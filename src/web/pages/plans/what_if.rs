//! What-if: the simulations that were asked for, and a form for the next one.

use std::collections::HashMap;

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions::{ActionFault, simulate};
use crate::domain::ids::StaffId;
use crate::domain::period;
use crate::domain::run::PeriodKind;
use crate::jobs;
use crate::store::periods::Period;
use crate::store::plans::{self, PlanVersion};
use crate::store::simulations::{self, Simulation};
use crate::store::{Conn, StoreResult, staff};
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed, View};
use crate::web::reply::{Fault, Page, SeeOther};
use crate::web::view::{Shell, capital, filters};

/// Simulations that the page lists.
const SHOWN: i64 = 50;
/// Periods that the form begins with.
const PERIODS: usize = 3;

#[derive(Template)]
#[template(path = "web/plans/what_if.html")]
struct WhatIf {
    shell: Shell,
    versions: Vec<PlanVersion>,
    /// The committed periods by kind.
    periods: Vec<Group>,
    chosen: Option<i32>,
    /// The periods that the form begins with.
    first: String,
    last: String,
    rows: Vec<Simulation>,
    names: HashMap<StaffId, String>,
}

/// The committed periods of one kind, the oldest first.
struct Group {
    kind: PeriodKind,
    name: String,
    labels: Vec<String>,
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
    // Months where there are any.
    let begun = periods.iter().find(|group| group.kind == PeriodKind::Month).or_else(|| periods.last());
    let labels = begun.map(|group| group.labels.as_slice()).unwrap_or_default();
    let first = labels.get(labels.len().saturating_sub(PERIODS)).cloned().unwrap_or_default();
    let last = labels.last().cloned().unwrap_or_default();
    Page::of(&WhatIf { shell: who.shell, versions, periods, chosen: version, first, last, rows, names })
}

type Loaded = (Vec<PlanVersion>, Vec<Group>, Vec<Simulation>, HashMap<StaffId, String>);

fn load(conn: &mut Conn) -> StoreResult<Loaded> {
    Ok((
        plans::list(conn)?,
        groups(conn)?,
        simulations::list(conn, SHOWN)?,
        staff::list(conn)?.into_iter().map(|person| (person.id, person.name)).collect(),
    ))
}

fn groups(conn: &mut Conn) -> StoreResult<Vec<Group>> {
    let mut periods: Vec<Period> = simulate::committed(conn)?.into_iter().map(|(period, _)| period).collect();
    periods.sort_by_key(|period| (period.kind, period.first_day));
    let mut groups: Vec<Group> = Vec::new();
    for period in periods {
        match groups.last_mut().filter(|group| group.kind == period.kind) {
            Some(group) => group.labels.push(period.label),
            None => groups.push(Group {
                kind: period.kind,
                name: capital(period.kind.words().1),
                labels: vec![period.label],
            }),
        }
    }
    Ok(groups)
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
    fn name_of(&self, label: &str) -> String {
        period::name(label)
    }

    #[expect(clippy::unused_self, reason = "templates call methods of the page")]
    fn periods_of(&self, row: &Simulation) -> String {
        span(row)
    }
}

/// The periods of a simulation as people say them.
pub(super) fn span(row: &Simulation) -> String {
    if row.first_period == row.last_period {
        period::name(&row.first_period)
    } else {
        format!("{} to {}", period::name(&row.first_period), period::name(&row.last_period))
    }
}
