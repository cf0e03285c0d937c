//! The public page that tells whether the code of a statement is genuine, and whose it is.

use askama::Template;
use rocket::State;
use rocket::http::Status;

use crate::domain::money::Currency;
use crate::store::statements::Statement;
use crate::store::{StoreError, members, runs, statements};
use crate::web::App;
use crate::web::guards::Visitor;
use crate::web::reply::{Fault, Page};
use crate::web::view::{Gate, filters};

/// A genuine statement: enough to compare with the paper in hand, nothing more.
struct Genuine {
    statement: Statement,
    member_number: String,
    currency: Currency,
}

#[derive(Template)]
#[template(path = "web/statements/verify.html")]
struct Verify {
    gate: Gate,
    code: String,
    genuine: Option<Genuine>,
}

#[rocket::get("/verify?<code>")]
pub async fn show(visitor: Visitor, app: &State<App>, code: Option<&str>) -> Result<Page, Fault> {
    let code: String = code.unwrap_or_default().trim().chars().take(40).collect();
    if !code.is_empty()
        && let Err(seconds) = app.throttle.take(&format!("verify {}", visitor.address), app.clock.now())
    {
        return Err(Fault::new(
            Status::TooManyRequests,
            "Too many tries",
            format!("Wait {seconds} seconds and try again."),
        ));
    }
    let looked_for = code.to_uppercase();
    let genuine = app
        .blocking(move |app| {
            app.db.read(|c| {
                let Some(statement) = statements::find_by_code(c, &looked_for)? else { return Ok(None) };
                let member_number = members::get(c, statement.member_id)?.number;
                let currency = runs::get(c, statement.run_id)?.currency;
                Ok::<_, StoreError>(Some(Genuine { statement, member_number, currency }))
            })
        })
        .await?;
    Page::of(&Verify { gate: visitor.gate, code, genuine })
}
