//! Imports an uploaded file. Payload: where the upload lies and how it is to be imported, as JSON.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Ended, Task};
use crate::actions::import::{ImportFault, ImportInput, import};
use crate::clock::Clock;
use crate::domain::ids::JobId;
use crate::domain::staff::Actor;
use crate::sheet::Mapping;
use crate::store::{Conn, Db, StoreResult, jobs};

/// The kind of the job.
pub const KIND: &str = "import";
/// The folder of uploads below the data folder.
pub const FOLDER: &str = "uploads";

/// An uploaded file with its mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The folder below the data folder, a random name; it holds `file.csv` and `mapping.toml`.
    pub folder: String,
    /// What the person calls the file.
    pub file_name: String,
    /// Check every row and write no member, product or order.
    pub is_dry_run: bool,
    /// Let rows that differ change names and addresses.
    pub update: bool,
    /// The name of the person, for the audit log.
    pub person: String,
    /// The network address of the person, for the audit log.
    pub address: String,
}

impl Upload {
    /// Where the upload lies.
    pub fn folder(&self, uploads: &Path) -> PathBuf {
        uploads.join(&self.folder)
    }
}

/// Asks for the import.
pub fn enqueue(tx: &mut Conn, upload: &Upload, actor: &Actor, clock: &Clock) -> StoreResult<JobId> {
    let payload = serde_json::to_string(upload).unwrap_or_default();
    let verb = if upload.is_dry_run { "Check" } else { "Import" };
    let title = format!("{verb} {}", upload.file_name);
    jobs::enqueue(tx, KIND, &payload, &title, actor.id, clock.now())
}

/// Does it. The upload goes away afterwards.
pub fn handle(db: &Db, clock: &Clock, uploads: &Path, task: &Task<'_>, payload: &str) -> Ended {
    let Ok(upload) = serde_json::from_str::<Upload>(payload) else {
        return Ended::Failed("the job does not say what to import".to_owned());
    };
    let folder = upload.folder(uploads);
    let ended = import_upload(db, clock, &folder, task, &upload);
    // A job that goes on later, here or with another worker that took it over, still needs the upload.
    let is_over = match ended {
        Ended::Later(..) => false,
        Ended::Stopped(_) => db.read(|c| jobs::get(c, task.job().id)).is_ok_and(|job| job.stop_requested),
        Ended::Done(_) | Ended::Failed(_) => true,
    };
    if is_over && let Err(fault) = std::fs::remove_dir_all(&folder) {
        log::warn!("an uploaded file could not be removed: {fault}");
    }
    ended
}

fn import_upload(db: &Db, clock: &Clock, folder: &Path, task: &Task<'_>, upload: &Upload) -> Ended {
    let mapping_text = match std::fs::read_to_string(folder.join("mapping.toml")) {
        Ok(text) => text,
        Err(fault) => return Ended::Failed(format!("the uploaded mapping is gone ({fault}); upload it again")),
    };
    let mapping = match Mapping::read(&mapping_text, "mapping") {
        Ok(mapping) => mapping,
        Err(fault) => return Ended::Failed(fault.to_string()),
    };
    let path = folder.join("file.csv");
    let input = ImportInput {
        mapping: &mapping,
        mapping_text: &mapping_text,
        path: &path,
        file_name: &upload.file_name,
        is_dry_run: upload.is_dry_run,
        update: upload.update,
    };
    let actor = Actor::person(task.job().created_by, upload.person.clone(), upload.address.clone());
    let done = import(db, clock, &actor, &input, &mut |progress| {
        let note = format!("{} rows, {} rejected", progress.rows, progress.rejected);
        task.report(progress.permille.into(), 1000, &note) && !task.is_ending()
    });
    match done {
        Ok(report) => {
            let i = report.import;
            Ended::Done(format!(
                "{} rows: {} created, {} changed, {} unchanged, {} left out, {} rejected",
                i.rows_read, i.rows_created, i.rows_updated, i.rows_unchanged, i.rows_skipped, i.rows_rejected
            ))
        }
        Err(ImportFault::Stopped) if task.is_ending() => {
            Ended::Later(clock.now(), "goes on when the program starts again".to_owned())
        }
        Err(ImportFault::Stopped) => {
            Ended::Stopped("Stopped; what came in stays. Upload the same file again to go on".to_owned())
        }
        Err(fault) => Ended::Failed(fault.to_string()),
    }
}
