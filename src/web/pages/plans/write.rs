//! Writing a draft: as text or as a file, checked on saving, with every fault and its place.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;
use rocket::fs::TempFile;
use rocket::tokio::io::AsyncReadExt as _;

use crate::actions::plan_draft::{self, Typed};
use crate::actions::{ActionFault, FieldFault};
use crate::plan::{check_report, starter};
use crate::store::{Conn, StoreResult, periods, plans};
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters};

/// The longest plan file.
const MAX_BYTES: u64 = 1_000_000;

#[derive(Template)]
#[template(path = "web/plans/write.html")]
struct Write {
    shell: Shell,
    /// The number of the draft; `None` for a new one.
    version: Option<i32>,
    /// SHA-256 of the text that the form began with.
    seen: String,
    typed: Typed,
    errors: Errors,
    /// What the check printed, where the plan has faults.
    report: String,
}

#[derive(FromForm)]
pub struct Sent<'r> {
    source: String,
    cases: String,
    from_day: String,
    seen: String,
    file: TempFile<'r>,
}

#[rocket::get("/plans/new?<from>")]
pub async fn begin(who: Signed<ManageRuns>, app: &State<App>, from: Option<i32>) -> Result<Page, Fault> {
    let tomorrow = who.shell.today.month_end().plus(1);
    let typed = app
        .blocking(move |app| {
            app.db.read(|c: &mut Conn| -> StoreResult<Typed> {
                let model = match from {
                    Some(version) => Some(plans::get_by_version(c, version)?),
                    None => plans::list(c)?.into_iter().next(),
                };
                let (source, cases) = model
                    .map_or_else(|| (starter::UNILEVEL.to_owned(), String::new()), |model| (model.source, model.cases));
                let from_day = tomorrow.max(periods::first_open_day(c)?).to_string();
                Ok(Typed { source, cases, from_day })
            })
        })
        .await?;
    Page::of(&Write::of(who.shell, None, String::new(), typed))
}

#[rocket::get("/plans/<version>/edit")]
pub async fn open(who: Signed<ManageRuns>, app: &State<App>, version: i32) -> Result<Page, Fault> {
    let stored = app.blocking(move |app| app.db.read(|c| plans::get_by_version(c, version))).await?;
    if !stored.is_draft() {
        return Err(Fault::refused(format!(
            "version {version} is activated and never changes; write a new draft from it"
        )));
    }
    let typed = Typed { source: stored.source, cases: stored.cases, from_day: stored.from_day.to_string() };
    Page::of(&Write::of(who.shell, Some(version), stored.sha256, typed))
}

#[rocket::post("/plans/new", data = "<form>")]
pub async fn add(who: Signed<ManageRuns>, app: &State<App>, form: Checked<Sent<'_>>) -> Result<Reply, Fault> {
    store(who, app, form.0, None).await
}

#[rocket::post("/plans/<version>/edit", data = "<form>")]
pub async fn save(
    who: Signed<ManageRuns>,
    app: &State<App>,
    version: i32,
    form: Checked<Sent<'_>>,
) -> Result<Reply, Fault> {
    store(who, app, form.0, Some(version)).await
}

async fn store(
    who: Signed<ManageRuns>,
    app: &State<App>,
    sent: Sent<'_>,
    version: Option<i32>,
) -> Result<Reply, Fault> {
    let seen = sent.seen.clone();
    let typed = match text_of(sent).await? {
        Ok(typed) => typed,
        Err((typed, fault)) => {
            let page =
                Write { errors: Errors::from_action(fault, "file")?, ..Write::of(who.shell, version, seen, typed) };
            return Ok(Page::invalid(&page)?.into());
        }
    };
    let actor = who.actor();
    let (given, begun) = (typed.clone(), seen.clone());
    let done = app
        .blocking(move |app| {
            Ok::<_, Fault>(match version {
                None => plan_draft::add(&app.db, &app.clock, &actor, &given),
                Some(version) => plan_draft::edit(&app.db, &app.clock, &actor, version, &begun, &given),
            })
        })
        .await?;
    match done {
        Ok(stored) => {
            let said = format!("Version {} is saved as a draft; a second person activates it.", stored.version);
            Ok(SeeOther::to(format!("/plans/{}", stored.version)).saying(said).into())
        }
        Err(ActionFault::Invalid(faults)) => {
            let report = check_report(&typed.source, "plan.toml");
            let told = faults.iter().find(|fault| fault.field == "cases").map(|fault| fault.message.clone());
            let faults = faults.into_iter().map(|fault| shortened(fault, report.faults)).collect();
            let errors = Errors::from_action(ActionFault::Invalid(faults), "source")?;
            let report = if report.faults > 0 { report.text } else { told.unwrap_or_default() };
            Ok(Page::invalid(&Write { errors, report, ..Write::of(who.shell, version, seen, typed) })?.into())
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The whole report stands below the text; the field says how much it is.
fn shortened(fault: FieldFault, faults: usize) -> FieldFault {
    match (fault.field, faults) {
        ("cases", _) => FieldFault::new("cases", "The cases have faults; they stand below the text"),
        ("source", 1) => FieldFault::new("source", "The plan has a fault; it stands below the text"),
        ("source", _) => FieldFault::new("source", format!("The plan has {faults} faults; they stand below the text")),
        _ => fault,
    }
}

/// The text that was typed, or that of the file where one was chosen.
async fn text_of(sent: Sent<'_>) -> Result<Result<Typed, (Typed, ActionFault)>, Fault> {
    let typed = Typed { source: sent.source, cases: sent.cases, from_day: sent.from_day };
    if sent.file.len() == 0 {
        return Ok(Ok(typed));
    }
    let refused = |typed, message: &str| Ok(Err((typed, ActionFault::field("file", message))));
    if sent.file.len() > MAX_BYTES {
        return refused(typed, "A plan file has at most 1 MB; check that it is the right file");
    }
    let mut bytes = Vec::new();
    let mut opened = sent.file.open().await.map_err(Fault::unexpected)?;
    opened.read_to_end(&mut bytes).await.map_err(Fault::unexpected)?;
    match String::from_utf8(bytes) {
        Ok(source) => Ok(Ok(Typed { source, ..typed })),
        Err(_) => refused(typed, "The file is not UTF-8 text; save it in that encoding"),
    }
}

impl Write {
    fn of(shell: Shell, version: Option<i32>, seen: String, typed: Typed) -> Self {
        Self { shell, version, seen, typed, errors: Errors::none(), report: String::new() }
    }
}
