//! `Visitor`: anybody. For the few pages that are open to everybody; their forms carry a token too,
//! which the visitor's browser keeps in a cookie.

use rocket::Request;
use rocket::http::{Cookie, Method, SameSite};
use rocket::request::{FromRequest, Outcome};

use super::{FormToken, Refusal, client_address, cookie_name, origin};
use crate::actions::{company, token};
use crate::web::app::App;
use crate::web::view::{Gate, Message, Theme};

/// Anybody.
#[derive(Debug)]
pub struct Visitor {
    /// What stands around the page.
    pub gate: Gate,
    /// Where the request comes from.
    pub address: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        match welcome(request).await {
            Ok(visitor) => Outcome::Success(visitor),
            Err(refusal) => Outcome::Error(refusal.keep(request)),
        }
    }
}

async fn welcome(request: &Request<'_>) -> Result<Visitor, Refusal> {
    let app = request.rocket().state::<App>().ok_or(Refusal::Unavailable)?;
    if origin::is_unsafe(request) && !origin::is_own(request, app) {
        return Err(Refusal::Form);
    }
    let company = app
        .blocking(|app| app.db.read(company::find))
        .await
        .map_err(|_| Refusal::Unavailable)?
        .map_or_else(String::new, |company| company.name);
    let csrf = form_token(request, app)?;
    FormToken::set(request, &csrf);
    let message = if request.method() == Method::Get { Message::take(request.cookies()) } else { None };
    let host = app.settings.public_url.split_once("://").map_or("", |(_, host)| host).to_owned();
    let gate = Gate { csrf, theme: Theme::chosen(request.cookies()), message, company_name: company, host };
    Ok(Visitor { gate, address: client_address(request) })
}

/// The visitor's token, made at the first visit.
fn form_token(request: &Request<'_>, app: &App) -> Result<String, Refusal> {
    let secure = app.settings.secure_cookies;
    let name = cookie_name("form", secure);
    if let Some(known) = request.cookies().get(&name)
        && known.value().len() == 64
    {
        return Ok(known.value().to_owned());
    }
    let fresh = token::new().map_err(|_| Refusal::Unavailable)?;
    let cookie = Cookie::build((name, fresh.clone())).path("/").http_only(true).secure(secure);
    request.cookies().add(cookie.same_site(SameSite::Strict));
    Ok(fresh)
}
