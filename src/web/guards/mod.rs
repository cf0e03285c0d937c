//! Guards: who may open a page, and whether a form came from us. A handler names them by its parameters.

mod checked;
mod origin;
mod refusal;
mod signed;
mod visitor;

pub use checked::{Checked, NoFields};
pub use refusal::Refusal;
pub use signed::{ManageCompany, ManageField, ManageRuns, Needs, Signed, View, ViewAudit};
pub use visitor::Visitor;

use rocket::Request;

use super::view::Shell;
use crate::web::app::App;

/// The shell of the person who asks, for the pages of faults.
pub struct Around(Option<Shell>);

impl Around {
    /// Who asks, if somebody is signed in.
    pub fn of(request: &Request<'_>) -> Option<Shell> {
        request.local_cache(|| Self(None)).0.clone()
    }

    fn set(request: &Request<'_>, shell: &Shell) {
        request.local_cache(|| Self(Some(shell.clone())));
    }
}

/// The token that a form of this request must carry.
struct FormToken(Option<String>);

impl FormToken {
    fn of<'r>(request: &'r Request<'_>) -> Option<&'r str> {
        request.local_cache(|| Self(None)).0.as_deref()
    }

    fn set(request: &Request<'_>, token: &str) {
        request.local_cache(|| Self(Some(token.to_owned())));
    }
}

/// The name of a cookie; over HTTPS with the prefix that ties it to this host.
fn cookie_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// The name of the session's cookie.
pub fn session_cookie(app: &App) -> String {
    cookie_name("mainstay", app.settings.secure_cookies)
}

/// The address the request came from. A proxy on this machine is believed about whom it speaks for.
pub fn client_address(request: &Request<'_>) -> String {
    let Some(peer) = request.client_ip() else { return String::new() };
    let told = request.headers().get("X-Forwarded-For").last();
    let told = told.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
    if peer.is_loopback() { told.unwrap_or(peer) } else { peer }.to_string()
}

/// What the browser calls itself.
#[derive(Debug)]
pub struct Agent(pub String);

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Agent {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, Self::Error> {
        rocket::request::Outcome::Success(Self(request.headers().get_one("User-Agent").unwrap_or_default().to_owned()))
    }
}
