//! The rejected rows of an import as CSV: line, reason, and the columns of the file.

use rocket::State;
use rocket::http::ContentType;

use crate::actions::import::write_rejects;
use crate::domain::ids::ImportId;
use crate::store::imports;
use crate::web::App;
use crate::web::guards::{ManageField, Signed};
use crate::web::reply::{Download, Fault};

#[rocket::get("/imports/<id>/rejected.csv")]
pub async fn download(who: Signed<ManageField>, app: &State<App>, id: i64) -> Result<Download, Fault> {
    drop(who);
    let id = ImportId(id);
    let (name, bytes) = app
        .blocking(move |app| {
            let import = app.db.read(|c| imports::get(c, id)).map_err(Fault::from)?;
            let mut bytes = Vec::new();
            write_rejects(&app.db, &[id], &mut bytes).map_err(Fault::unexpected)?;
            Ok::<_, Fault>((import.file_name, bytes))
        })
        .await?;
    let stem = name.strip_suffix(".csv").unwrap_or(&name);
    Ok(Download { name: format!("{stem}-rejected.csv"), kind: ContentType::CSV, bytes })
}
