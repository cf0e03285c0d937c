//! The form behind the link: a password, twice.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;
use rocket::http::Status;

use crate::actions::{ActionFault, staff};
use crate::web::App;
use crate::web::guards::{Checked, Visitor};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Gate, filters};

#[derive(Template)]
#[template(path = "web/password/choose.html")]
struct Choose {
    gate: Gate,
    link: String,
    name: String,
    email: String,
    errors: Errors,
}

#[derive(FromForm)]
pub struct Typed {
    link: String,
    password: String,
    again: String,
}

fn expired() -> Fault {
    Fault::new(
        Status::Gone,
        "This link is used up",
        "A link to choose a password works once, for 24 hours. Ask an owner of the company for a new one.",
    )
}

#[rocket::get("/password?<link>")]
pub async fn show(visitor: Visitor, app: &State<App>, link: Option<String>) -> Result<Page, Fault> {
    let link = link.unwrap_or_default();
    let asked = link.clone();
    let person = app.blocking(move |app| staff::person_of_link(&app.db, &app.clock, &asked)).await?;
    let person = person.ok_or_else(expired)?;
    let page = Choose { gate: visitor.gate, link, name: person.name, email: person.email, errors: Errors::none() };
    Page::of(&page)
}

#[rocket::post("/password", data = "<form>")]
pub async fn submit(visitor: Visitor, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(Typed { link, password, again }) = form;
    let (asked, address) = (link.clone(), visitor.address.clone());
    let done = app
        .hashing(move |app| {
            let person = staff::person_of_link(&app.db, &app.clock, &asked)?.ok_or_else(expired)?;
            let chosen = staff::choose_password(&app.db, &app.clock, &address, &asked, &password, &again);
            Ok::<_, Fault>((person, chosen))
        })
        .await?;
    match done {
        (_, Ok(_)) => Ok(SeeOther::to("/sign-in").saying("The password is stored. Sign in with it.").into()),
        (_, Err(ActionFault::Refused(_))) => Err(expired()),
        (person, Err(fault)) => {
            let errors = Errors::from_action(fault, "password")?;
            let page = Choose { gate: visitor.gate, link, name: person.name, email: person.email, errors };
            Ok(Page::invalid(&page)?.into())
        }
    }
}
