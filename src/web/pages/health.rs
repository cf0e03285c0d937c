//! Health: whether the process answers and reaches its database. Says nothing else.

use rocket::http::Status;
use rocket::{Route, State};

use crate::store::settings;
use crate::web::App;

/// For monitoring and the load balancer; open to everybody.
#[rocket::get("/health")]
async fn health(app: &State<App>) -> (Status, &'static str) {
    match app.blocking(|app| app.db.read(|c| settings::find(c, "company.name"))).await {
        Ok(_) => (Status::Ok, "ok\n"),
        Err(_) => (Status::ServiceUnavailable, "the database does not answer\n"),
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![health]
}
