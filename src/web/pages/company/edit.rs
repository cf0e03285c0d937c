//! Name, address, currency and time zone of the company.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions::company::{self, Typed};
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters, zones};

#[derive(Template)]
#[template(path = "web/company/edit.html")]
struct Edit {
    shell: Shell,
    typed: Typed,
    errors: Errors,
    zones: Vec<&'static str>,
}

#[derive(FromForm)]
pub struct Fields {
    company_name: String,
    company_address: String,
    company_email: String,
    currency: String,
    zone: String,
}

#[rocket::get("/company")]
pub fn show(who: Signed<ManageCompany>) -> Result<Page, Fault> {
    let typed = who.shell.company.as_ref().map(Typed::from).unwrap_or_default();
    Page::of(&Edit { shell: who.shell, typed, errors: Errors::none(), zones: zones() })
}

#[rocket::post("/company", data = "<form>")]
pub async fn submit(who: Signed<ManageCompany>, app: &State<App>, form: Checked<Fields>) -> Result<Reply, Fault> {
    let Checked(fields) = form;
    let typed = Typed {
        name: fields.company_name,
        address: fields.company_address,
        email: fields.company_email,
        currency: fields.currency,
        zone: fields.zone,
    };
    let (actor, asked) = (who.actor(), typed.clone());
    let done = app.blocking(move |app| Ok::<_, Fault>(company::edit(&app.db, &app.clock, &actor, &asked))).await?;
    match done {
        Ok(()) => Ok(SeeOther::to("/company").saying("The company’s settings are stored.").into()),
        Err(fault) => {
            let errors = Errors::from_action(fault, "company_name")?;
            Ok(Page::invalid(&Edit { shell: who.shell, typed, errors, zones: zones() })?.into())
        }
    }
}
