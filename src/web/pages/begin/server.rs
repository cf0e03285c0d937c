//! Looks at the machine: the database, the data folder, the web address, the mail settings.

use askama::Template;
use rocket::State;

use super::steps::{Frame, read};
use crate::jobs::deliver_mail;
use crate::store::{StoreResult, settings};
use crate::web::App;
use crate::web::guards::{ManageCompany, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::filters;

/// What was looked at.
struct Check {
    name: &'static str,
    text: String,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "web/begin/server.html")]
struct Server {
    frame: Frame,
    checks: Vec<Check>,
}

#[rocket::get("/begin/server")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let (known, checks) = app
        .blocking(|app| {
            let known = app.db.read(read)?;
            StoreResult::Ok((known, vec![database(app)?, folder(app), address(app), mail(app)]))
        })
        .await?;
    Page::of(&Server { frame: Frame::of(who.shell, &known, "/begin/server"), checks })
}

fn database(app: &App) -> StoreResult<Check> {
    let began = app.clock.now();
    app.db.write(|tx| settings::put(tx, "setup.checked_at", &began.0.to_string(), began))?;
    let read = app.db.read(|c| settings::find(c, "setup.checked_at"))?;
    let millis = (app.clock.now().0 - began.0) / 1000;
    let text = format!("{}, written and read back in {millis} ms", app.db.url());
    Ok(Check { name: "Database", text, is_good: read.is_some() })
}

fn folder(app: &App) -> Check {
    let folder = app.settings.folder("tmp");
    let probe = folder.join("setup-probe");
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    let (text, is_good) = match written {
        Ok(()) => (format!("{} can be written", app.settings.data_dir.display()), true),
        Err(fault) => (format!("{}: {fault}; check owner and free space", folder.display()), false),
    };
    Check { name: "Data folder", text, is_good }
}

fn address(app: &App) -> Check {
    let url = &app.settings.public_url;
    let is_near = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|near| url.starts_with(near));
    let (text, is_good) = if url.starts_with("https://") {
        (format!("{url}, encrypted"), true)
    } else if is_near {
        (format!("{url}, reached from this machine only"), true)
    } else {
        (
            format!(
                "{url} is not encrypted, passwords can be read on the way; put a proxy with HTTPS in front of it and set public_url"
            ),
            false,
        )
    };
    Check { name: "Web address", text, is_good }
}

fn mail(app: &App) -> Check {
    let (text, is_good) = match deliver_mail::target(&app.settings).and_then(|_| deliver_mail::sender(&app.settings)) {
        Ok(sender) => (format!("goes out as {}; try it in a later step", sender.address), true),
        Err(reason) => (reason, false),
    };
    Check { name: "Outgoing mail", text, is_good }
}
