//! The end of the set-up: what is done, what is left for later.

use askama::Template;
use rocket::State;

use super::steps::{Frame, read};
use crate::actions::set_up::STILL_OPEN;
use crate::store::settings;
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, NoFields, Signed};
use crate::web::reply::{Fault, Page, SeeOther};
use crate::web::view::filters;

#[derive(Template)]
#[template(path = "web/begin/finish.html")]
struct Finish {
    frame: Frame,
}

#[rocket::get("/begin/finish")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let known = app.blocking(|app| app.db.read(read)).await?;
    Page::of(&Finish { frame: Frame::of(who.shell, &known, "/begin/finish") })
}

#[rocket::post("/begin/finish", data = "<_form>")]
pub async fn submit(
    _who: Signed<ManageCompany>,
    app: &State<App>,
    _form: Checked<NoFields>,
) -> Result<SeeOther, Fault> {
    app.blocking(|app| {
        let now = app.clock.now();
        app.db.write(|tx| settings::put(tx, STILL_OPEN, "", now))
    })
    .await?;
    Ok(SeeOther::to("/").saying("The set-up is finished. What is left for later stands here, on Today."))
}
