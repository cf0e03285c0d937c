//! A new link for somebody who forgot the password.

use rocket::State;

use super::invite::Link;
use crate::actions::staff;
use crate::domain::ids::StaffId;
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, NoFields, Signed};
use crate::web::reply::{Fault, Page};

#[rocket::post("/staff/<id>/link", data = "<_form>")]
pub async fn renew(
    who: Signed<ManageCompany>,
    app: &State<App>,
    id: i64,
    _form: Checked<NoFields>,
) -> Result<Page, Fault> {
    let actor = who.actor();
    let (person, link) = app.blocking(move |app| staff::renew_link(&app.db, &app.clock, &actor, StaffId(id))).await?;
    let href = format!("{}/password?link={link}", app.settings.public_url);
    Page::of(&Link { shell: who.shell, name: person.name, href })
}
