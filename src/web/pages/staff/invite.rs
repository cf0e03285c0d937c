//! Invite a person: an account without a password, and a link shown once.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions::staff;
use crate::domain::staff::Role;
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, Signed};
use crate::web::reply::{Fault, Page, Reply};
use crate::web::view::{Errors, Shell, filters};

#[derive(Template)]
#[template(path = "web/staff/invite.html")]
struct Invite {
    shell: Shell,
    name: String,
    email: String,
    role: Role,
    errors: Errors,
}

/// The link, shown once.
#[derive(Template)]
#[template(path = "web/staff/link.html")]
pub struct Link {
    pub shell: Shell,
    pub name: String,
    pub href: String,
}

#[derive(FromForm)]
pub struct Typed {
    name: String,
    email: String,
    role: String,
}

#[rocket::get("/staff/invite")]
pub fn show(who: Signed<ManageCompany>) -> Result<Page, Fault> {
    let (name, email) = (String::new(), String::new());
    Page::of(&Invite { shell: who.shell, name, email, role: Role::Finance, errors: Errors::none() })
}

#[rocket::post("/staff/invite", data = "<form>")]
pub async fn submit(who: Signed<ManageCompany>, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let role: Role = typed.role.parse().map_err(Fault::refused)?;
    let (actor, name, email) = (who.actor(), typed.name.clone(), typed.email.clone());
    let done = app
        .blocking(move |app| Ok::<_, Fault>(staff::invite(&app.db, &app.clock, &actor, &name, &email, role)))
        .await?;
    match done {
        Ok((person, link)) => {
            let href = format!("{}/password?link={link}", app.settings.public_url);
            Ok(Page::of(&Link { shell: who.shell, name: person.name, href })?.into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "email")?;
            let page = Invite { shell: who.shell, name: typed.name, email: typed.email, role, errors };
            Ok(Page::invalid(&page)?.into())
        }
    }
}
