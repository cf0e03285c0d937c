//! Search from every page: a number opens its thing, anything else looks for members.

use rocket::http::RawStr;
use rocket::{Route, State};

use crate::store::{StoreError, members, orders};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, SeeOther};

#[rocket::get("/search?<q>")]
async fn search(_who: Signed<View>, app: &State<App>, q: Option<String>) -> Result<SeeOther, Fault> {
    let asked: String = q.unwrap_or_default().trim().chars().take(200).collect();
    let number = asked.to_uppercase();
    let found = app
        .blocking(move |app| {
            app.db.read(|c| {
                if let Some(member) = members::find_by_number(c, &number)? {
                    return Ok::<_, StoreError>(Some(format!("/members/{}", encoded(&member.number))));
                }
                Ok(orders::find_by_number(c, &number)?.map(|order| format!("/orders/{}", encoded(&order.number))))
            })
        })
        .await?;
    Ok(SeeOther::to(found.unwrap_or_else(|| format!("/members?q={}", encoded(&asked)))))
}

fn encoded(text: &str) -> String {
    RawStr::new(text).percent_encode().to_string()
}

/// The routes.
pub fn routes() -> Vec<Route> {
    rocket::routes![search]
}
