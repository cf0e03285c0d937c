//! Computes every hash of the log again, and says whether it is whole.

use rocket::State;

use crate::store::audit;
use crate::web::App;
use crate::web::guards::{Signed, ViewAudit};
use crate::web::reply::{Fault, SeeOther};

#[rocket::get("/audit/check")]
pub async fn check(who: Signed<ViewAudit>, app: &State<App>) -> Result<SeeOther, Fault> {
    let chain = app.blocking(|app| app.db.read(audit::verify)).await?;
    let on = SeeOther::to("/audit");
    let reader = who.staff.id;
    Ok(match chain.broken_at {
        None => on.saying(format!(
            "The log is whole: {} entries, each fits the one before it. The newest has the hash {}.",
            chain.entries,
            &chain.head[..16]
        )),
        Some(id) => {
            log::error!("the audit log is broken at entry {id}; found by person {reader}");
            on.refusing(format!(
                "The log does not fit at entry {id}: that entry, or one before it, was changed, added or removed \
                 outside of Mainstay. Keep the database as it is and tell whoever is responsible for it."
            ))
        }
    })
}
