//! Ask a job to stop.

use rocket::State;

use crate::actions::ActionFault;
use crate::actions::stop_job::stop_job;
use crate::domain::ids::JobId;
use crate::web::App;
use crate::web::guards::{Checked, ManageField, NoFields, Signed};
use crate::web::reply::{Fault, SeeOther};

#[rocket::post("/jobs/<id>/stop", data = "<_form>")]
pub async fn stop(
    who: Signed<ManageField>,
    app: &State<App>,
    id: i64,
    _form: Checked<NoFields>,
) -> Result<SeeOther, Fault> {
    let actor = who.actor();
    let done = app.blocking(move |app| Ok::<_, Fault>(stop_job(&app.db, &app.clock, &actor, JobId(id)))).await?;
    let on = SeeOther::to(format!("/jobs/{id}"));
    match done {
        Ok(()) => Ok(on.saying("The job was asked to stop; it ends at the next safe point.")),
        Err(ActionFault::Refused(message)) => Ok(on.warning(message)),
        Err(fault) => Err(fault.into()),
    }
}
