//! Whether a request that changes something was made by a page of this console.

use rocket::Request;
use rocket::http::Method;

use crate::web::app::App;

/// Whether the method may change something.
pub fn is_unsafe(request: &Request<'_>) -> bool {
    !matches!(request.method(), Method::Get | Method::Head | Method::Options)
}

/// Whether the browser says that the request comes from this console. A request without either header
/// was not made by a browser of this decade; the form's token still decides.
pub fn is_own(request: &Request<'_>, app: &App) -> bool {
    let headers = request.headers();
    if headers.get_one("Sec-Fetch-Site").is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let Some(origin) = headers.get_one("Origin") else { return true };
    let host = request.host().map(ToString::to_string).unwrap_or_default();
    let of_host = |scheme: &str| origin.strip_prefix(scheme).is_some_and(|rest| !host.is_empty() && rest == host);
    origin == app.settings.public_url || of_host("https://") || of_host("http://")
}
