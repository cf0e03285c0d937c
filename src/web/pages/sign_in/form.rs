//! The sign-in form.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;
use rocket::http::{Cookie, CookieJar, SameSite, Status};

use super::super::local_path;
use crate::actions::password;
use crate::actions::sign_in::{self, Input, SignInFault};
use crate::web::App;
use crate::web::guards::{Agent, Checked, Visitor, session_cookie};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Gate, filters};

/// What is said whatever is wrong.
const WRONG: &str = "The email or the password is not right.";
/// No address for mail is longer, in bytes.
const LONGEST_EMAIL: usize = 254;

#[derive(Template)]
#[template(path = "web/sign_in.html")]
struct SignIn {
    gate: Gate,
    next: String,
    email: String,
    error: Option<String>,
}

#[derive(FromForm)]
pub struct Typed {
    email: String,
    password: String,
    next: String,
}

#[rocket::get("/sign-in?<next>")]
pub fn show(visitor: Visitor, next: Option<&str>) -> Result<Page, Fault> {
    let next = next.and_then(local_path).unwrap_or("/").to_owned();
    Page::of(&SignIn { gate: visitor.gate, next, email: String::new(), error: None })
}

#[rocket::post("/sign-in", data = "<form>")]
pub async fn submit(
    visitor: Visitor,
    app: &State<App>,
    agent: Agent,
    cookies: &CookieJar<'_>,
    form: Checked<Typed>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let next = local_path(&typed.next).unwrap_or("/").to_owned();
    let again = |status, error: String| {
        let page =
            SignIn { gate: visitor.gate.clone(), next: next.clone(), email: typed.email.clone(), error: Some(error) };
        Page::with(status, &page).map(Reply::from)
    };
    if typed.email.trim().len() > LONGEST_EMAIL || password::is_too_long(&typed.password) {
        return again(Status::UnprocessableEntity, WRONG.to_owned());
    }
    let now = app.clock.now();
    let account = format!("account {}", typed.email.trim().to_lowercase());
    // The address first: who is slowed down by it takes no tries of other people's accounts.
    let taken = app.throttle.take_address(&visitor.address, now);
    if let Err(seconds) = taken.and_then(|()| app.throttle.take(&account, now)) {
        let error = format!("Too many tries. Wait {seconds} seconds and try again.");
        return again(Status::TooManyRequests, error);
    }
    let input = Input {
        email: typed.email.clone(),
        password: typed.password.clone(),
        address: visitor.address.clone(),
        agent: agent.0,
    };
    let result = app.hashing(move |app| Ok::<_, Fault>(sign_in::sign_in(&app.db, &app.clock, &input))).await?;
    match result {
        Ok(token) => {
            app.throttle.clear(&account);
            cookies.add(session(app, token));
            Ok(SeeOther::to(next).into())
        }
        Err(SignInFault::Wrong) => again(Status::UnprocessableEntity, WRONG.to_owned()),
        Err(SignInFault::Token(fault)) => Err(fault.into()),
        Err(SignInFault::Store(fault)) => Err(fault.into()),
    }
}

/// The session's cookie; it ends with the browser, and on the server earlier.
pub fn session(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((session_cookie(app), token))
        .path("/")
        .http_only(true)
        .secure(app.settings.secure_cookies)
        .same_site(SameSite::Lax)
        .build()
}
