//! A new import: a file and its mapping. The mapping and the columns are checked at once, the rows by a job.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;
use rocket::fs::TempFile;

use crate::actions::{ActionFault, FieldFault, token};
use crate::jobs::import_file::{self, Upload};
use crate::sheet::{Mapping, Rows};
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters};

/// The longest mapping file.
const MAX_MAPPING_BYTES: u64 = 64 * 1024;

#[derive(Template)]
#[template(path = "web/imports/upload.html")]
struct New {
    shell: Shell,
    errors: Errors,
}

#[derive(FromForm)]
pub struct Typed<'r> {
    file: TempFile<'r>,
    mapping: TempFile<'r>,
    check: bool,
    update: bool,
}

#[rocket::get("/imports/new")]
pub fn show(who: Signed<ManageField>) -> Result<Page, Fault> {
    Page::of(&New { shell: who.shell, errors: Errors::none() })
}

#[rocket::post("/imports/new", data = "<form>")]
pub async fn submit(who: Signed<ManageField>, app: &State<App>, form: Checked<Typed<'_>>) -> Result<Reply, Fault> {
    let Checked(mut typed) = form;
    let mut faults = Vec::new();
    if typed.file.len() == 0 {
        faults.push(FieldFault::new("file", "Choose a CSV file"));
    }
    if typed.mapping.len() == 0 {
        faults.push(FieldFault::new("mapping", "Choose the mapping file that says which column means what"));
    } else if typed.mapping.len() > MAX_MAPPING_BYTES {
        faults.push(FieldFault::new("mapping", "A mapping file is at most 64 KB; was the CSV file chosen here?"));
    }
    let folder = token::new()?;
    let at = app.settings.folder(import_file::FOLDER).join(&folder);
    if faults.is_empty() {
        std::fs::create_dir_all(&at).map_err(Fault::unexpected)?;
        typed.file.copy_to(at.join("file.csv")).await.map_err(Fault::unexpected)?;
        typed.mapping.copy_to(at.join("mapping.toml")).await.map_err(Fault::unexpected)?;
        let text = std::fs::read(at.join("mapping.toml")).map_err(Fault::unexpected)?;
        let read = String::from_utf8(text).map_err(|_| "The mapping file is not UTF-8 text".to_owned());
        let name = typed.mapping.raw_name().map_or("mapping", |name| name.as_str().unwrap_or("mapping")).to_owned();
        match read.and_then(|text| Mapping::read(&text, &name).map_err(|fault| fault.to_string())) {
            Err(message) => faults.push(FieldFault::new("mapping", message)),
            // What no row could survive is told here, before the job that reads them.
            Ok(mapping) => {
                let opened = Rows::open(&at.join("file.csv"), &file_name(&typed.file), &mapping.file);
                if let Err(fault) = opened.and_then(|rows| rows.require(mapping.needed_columns())) {
                    faults.push(FieldFault::new("file", fault.to_string()));
                }
            }
        }
        if !faults.is_empty() {
            std::fs::remove_dir_all(&at).map_err(Fault::unexpected)?;
        }
    }
    if !faults.is_empty() {
        return Ok(Page::invalid(&New {
            shell: who.shell,
            errors: Errors::from_action(ActionFault::Invalid(faults), "file")?,
        })?
        .into());
    }
    let actor = who.actor();
    let upload = Upload {
        folder,
        file_name: file_name(&typed.file),
        is_dry_run: typed.check,
        update: typed.update,
        person: actor.name.clone(),
        address: actor.address.clone(),
    };
    let said = format!("{} is uploaded; its rows are read now", upload.file_name);
    app.blocking(move |app| app.db.write(|tx| import_file::enqueue(tx, &upload, &actor, &app.clock))).await?;
    app.wake();
    Ok(SeeOther::to("/imports").saying(said).into())
}

/// The name that the person's computer gives the file, without folders and control characters.
fn file_name(file: &TempFile<'_>) -> String {
    let raw = file.raw_name().map(|name| name.dangerous_unsafe_unsanitized_raw().as_str()).unwrap_or_default();
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if plain.trim().is_empty() { "upload.csv".to_owned() } else { plain }
}
