//! What a person may do, and whether the person may sign in.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions;
use crate::domain::ids::StaffId;
use crate::domain::staff::Role;
use crate::store::staff::{self, Staff};
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters};

#[derive(Template)]
#[template(path = "web/staff/edit.html")]
struct Edit {
    shell: Shell,
    person: Staff,
    role: Role,
    is_active: bool,
    errors: Errors,
}

#[derive(FromForm)]
pub struct Typed {
    role: String,
    #[field(default = false)]
    is_active: bool,
}

#[rocket::get("/staff/<id>")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>, id: i64) -> Result<Page, Fault> {
    let person = app.blocking(move |app| app.db.read(|c| staff::get(c, StaffId(id)))).await?;
    let (role, is_active) = (person.role, person.is_active);
    Page::of(&Edit { shell: who.shell, person, role, is_active, errors: Errors::none() })
}

#[rocket::post("/staff/<id>", data = "<form>")]
pub async fn submit(
    who: Signed<ManageCompany>,
    app: &State<App>,
    id: i64,
    form: Checked<Typed>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let role: Role = typed.role.parse().map_err(Fault::refused)?;
    let is_active = typed.is_active;
    let actor = who.actor();
    let done = app
        .blocking(move |app| {
            let edited = actions::staff::edit(&app.db, &app.clock, &actor, StaffId(id), role, is_active);
            Ok::<_, Fault>((app.db.read(|c| staff::get(c, StaffId(id)))?, edited))
        })
        .await?;
    match done {
        (_, Ok(person)) => Ok(SeeOther::to("/staff").saying(format!("{} is stored.", person.name)).into()),
        (person, Err(fault)) => {
            let errors = Errors::from_action(fault, "role")?;
            Ok(Page::invalid(&Edit { shell: who.shell, person, role, is_active, errors })?.into())
        }
    }
}
