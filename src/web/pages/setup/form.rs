//! The first owner and the company, in one form.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;
use rocket::http::{CookieJar, Status};

use super::super::sign_in::session;
use crate::actions::ActionFault;
use crate::actions::set_up::{self, Input};
use crate::actions::sign_in;
use crate::web::App;
use crate::web::guards::{Agent, Checked, Visitor};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Gate, filters, zones};

#[derive(Template)]
#[template(path = "web/setup/form.html")]
struct SetUp {
    gate: Gate,
    link: String,
    typed: Typed,
    errors: Errors,
    zones: Vec<&'static str>,
}

#[derive(FromForm, Default)]
pub struct Typed {
    link: String,
    name: String,
    email: String,
    password: String,
    again: String,
    company_name: String,
    company_address: String,
    company_email: String,
    currency: String,
    zone: String,
}

fn expired() -> Fault {
    Fault::new(
        Status::Gone,
        "This link is used up",
        "A set-up link works once, for 30 minutes, and only while nobody can sign in. Restart the server to get a new \
         one; it is printed when the server starts and stands in its journal.",
    )
}

#[rocket::get("/set-up?<link>")]
pub async fn show(visitor: Visitor, app: &State<App>, link: Option<String>) -> Result<Page, Fault> {
    let link = link.unwrap_or_default();
    let asked = link.clone();
    if !app.blocking(move |app| set_up::link_is_good(&app.db, &app.clock, &asked)).await? {
        return Err(expired());
    }
    let typed = Typed { currency: "EUR".to_owned(), ..Default::default() };
    Page::of(&SetUp { gate: visitor.gate, link, typed, errors: Errors::none(), zones: zones() })
}

#[rocket::post("/set-up", data = "<form>")]
pub async fn submit(
    visitor: Visitor,
    app: &State<App>,
    agent: Agent,
    cookies: &CookieJar<'_>,
    form: Checked<Typed>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let input = Input {
        name: typed.name.clone(),
        email: typed.email.clone(),
        password: typed.password.clone(),
        again: typed.again.clone(),
        company_name: typed.company_name.clone(),
        company_address: typed.company_address.clone(),
        company_email: typed.company_email.clone(),
        currency: typed.currency.clone(),
        zone: typed.zone.clone(),
    };
    let (link, address) = (typed.link.clone(), visitor.address.clone());
    let good = app.blocking({
        let link = link.clone();
        move |app| set_up::link_is_good(&app.db, &app.clock, &link)
    });
    if !good.await? {
        return Err(expired());
    }
    let asked = link.clone();
    let done =
        app.blocking(move |app| Ok::<_, Fault>(set_up::set_up(&app.db, &app.clock, &address, &asked, &input))).await?;
    match done {
        Ok(()) => {
            let first = sign_in::Input {
                email: typed.email,
                password: typed.password,
                address: visitor.address,
                agent: agent.0,
            };
            let signed = app.blocking(move |app| Ok::<_, Fault>(sign_in::sign_in(&app.db, &app.clock, &first))).await?;
            let Ok(token) = signed else {
                return Ok(SeeOther::to("/sign-in").saying("The company is set up. Sign in to begin.").into());
            };
            cookies.add(session(app, token));
            Ok(SeeOther::to("/begin/server").saying("The company is set up, and you are signed in.").into())
        }
        Err(ActionFault::Refused(_)) => Err(expired()),
        Err(fault) => {
            let errors = Errors::from_action(fault, "name")?;
            Ok(Page::invalid(&SetUp { gate: visitor.gate, link, typed, errors, zones: zones() })?.into())
        }
    }
}
