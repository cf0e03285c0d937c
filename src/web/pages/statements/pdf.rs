//! One statement as a PDF: `/statements/ST-2026-10-M-10482.pdf?paper=letter`.

use rocket::State;
use rocket::http::{ContentType, Status};

use crate::actions::ActionFault;
use crate::actions::statement::export::draw_one;
use crate::pdf::{Fonts, Paper};
use crate::store::statements;
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Download, Fault};

#[rocket::get("/statements/<file>?<paper>")]
pub async fn pdf(_who: Signed<View>, app: &State<App>, file: &str, paper: Option<&str>) -> Result<Download, Fault> {
    let Some(number) = file.strip_suffix(".pdf").map(str::to_owned) else {
        return Err(Fault::of_status(Status::NotFound));
    };
    let paper = if paper == Some("letter") { Paper::Letter } else { Paper::A4 };
    let (name, bytes) = app
        .blocking(move |app| {
            let statement = app.db.read(|c| statements::get_by_number(c, &number))?;
            let fonts = Fonts::with_configured(&app.settings.fonts);
            draw_one(&app.db, statement.id, &fonts, paper, &app.settings.public_url).map_err(|fault: ActionFault| fault)
        })
        .await?;
    Ok(Download { name, kind: ContentType::PDF, bytes })
}
