//! Outgoing mail: where it goes, and a test message with the relay's answer.

use askama::Template;
use rocket::State;

use super::steps::{Frame, Known, MAIL_TRIED, read};
use crate::jobs::deliver_mail;
use crate::jobs::trial_mail::send_trial_mail;
use crate::mail::mailbox::Mailbox;
use crate::mail::target::MailTarget;
use crate::store::settings;
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, NoFields, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Shell, filters};

#[derive(Template)]
#[template(path = "web/begin/mail.html")]
struct Mail {
    frame: Frame,
    /// Where mail goes and who sends it, or what is missing.
    route: Result<(String, String), String>,
    to: String,
    tried: bool,
    trouble: Option<String>,
}

fn page(app: &App, shell: Shell, known: &Known, to: String, trouble: Option<String>) -> Mail {
    let route = deliver_mail::target(&app.settings).and_then(|target| {
        let sender = deliver_mail::sender(&app.settings)?;
        let place = match target {
            MailTarget::Smtp(smtp) => format!("{}, port {}", smtp.host, smtp.port),
            MailTarget::Maildir(path) => format!("the folder {}", path.display()),
        };
        Ok((place, sender.address))
    });
    Mail { frame: Frame::of(shell, known, "/begin/mail"), route, to, tried: known.mail_tried.is_some(), trouble }
}

#[rocket::get("/begin/mail")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let known = app.blocking(|app| app.db.read(read)).await?;
    Page::of(&page(app, who.shell, &known, who.staff.email, None))
}

#[rocket::post("/begin/mail", data = "<_form>")]
pub async fn submit(who: Signed<ManageCompany>, app: &State<App>, _form: Checked<NoFields>) -> Result<Reply, Fault> {
    let company = who.shell.company_name().to_owned();
    let to = Mailbox { name: who.staff.name.clone(), address: who.staff.email.clone() };
    let (known, sent) = app
        .blocking(move |app| {
            let sent = send_trial_mail(&app.settings, &app.clock, &company, to);
            if let Ok(receipt) = &sent {
                let now = app.clock.now();
                app.db.write(|tx| settings::put(tx, MAIL_TRIED, receipt, now))?;
            }
            Ok::<_, Fault>((app.db.read(read)?, sent))
        })
        .await?;
    match sent {
        Ok(receipt) => {
            let said = format!("The message to {} was taken: {receipt}", who.staff.email);
            Ok(SeeOther::to("/begin/mail").saying(said).into())
        }
        Err(trouble) => Ok(Page::invalid(&page(app, who.shell, &known, who.staff.email, Some(trouble)))?.into()),
    }
}
