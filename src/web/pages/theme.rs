//! Theme: light, dark, or as the system has it; kept in a cookie for a year.

use rocket::form::FromForm;
use rocket::http::{Cookie, CookieJar, SameSite};
use rocket::time::Duration;
use rocket::{Route, State};

use super::local_path;
use crate::web::App;
use crate::web::guards::{Checked, Signed, View};
use crate::web::reply::SeeOther;
use crate::web::view::Theme;

#[derive(FromForm)]
struct Choice {
    theme: String,
    back: String,
}

#[rocket::post("/theme", data = "<form>")]
fn choose(_who: Signed<View>, app: &State<App>, cookies: &CookieJar<'_>, form: Checked<Choice>) -> SeeOther {
    let Checked(choice) = form;
    let cookie = Cookie::build((Theme::COOKIE, Theme::of(&choice.theme).as_str()))
        .path("/")
        .http_only(true)
        .secure(app.settings.secure_cookies)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365));
    cookies.add(cookie);
    SeeOther::to(local_path(&choice.back).unwrap_or("/"))
}

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![choose]
}
