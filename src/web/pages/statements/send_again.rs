//! Sends mails again that did not arrive: the one of a statement, or all of a run.

use rocket::State;
use rocket::form::FromForm;

use crate::actions::queue_mail_again::{Which, queue_mail_again};
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed};
use crate::web::reply::{Fault, SeeOther};

/// Which mails, and the page to go back to.
#[derive(FromForm)]
pub struct Typed {
    /// A statement; empty for all.
    statement: String,
    /// The run of which all are meant; empty for every run.
    run: String,
    /// The query of the list.
    back: String,
}

#[rocket::post("/statements/send-again", data = "<form>")]
pub async fn send_again(who: Signed<ManageRuns>, app: &State<App>, form: Checked<Typed>) -> Result<SeeOther, Fault> {
    let Checked(typed) = form;
    let (actor, statement, run) = (who.actor(), typed.statement, typed.run);
    let done = app
        .blocking(move |app| {
            let which = match (statement.as_str(), run.as_str()) {
                ("", "") => Which::All,
                ("", run) => Which::Batch(run),
                (statement, _) => Which::Statement(statement),
            };
            queue_mail_again(&app.db, &app.clock, &actor, which)
        })
        .await?;
    app.wake();
    let to = if typed.back.starts_with("/statements?") { typed.back } else { "/statements".to_owned() };
    let back = SeeOther::to(to);
    let mails = |count: usize| if count == 1 { "1 mail".to_owned() } else { format!("{count} mails") };
    Ok(match (done.queued, done.without_address) {
        (0, 0) => back.warning("Nothing was to be sent again: the mail is under way or arrived."),
        (0, _) => back.refusing("The member has no email address; fill it in on the member\u{2019}s page first."),
        (queued, 0) if app.settings.smtp.is_none() => {
            back.warning(format!("In the queue again: {}. No mail relay is configured yet.", mails(queued)))
        }
        (queued, 0) => back.saying(format!("{} will be sent again.", mails(queued))),
        (queued, without) => {
            back.warning(format!("{} will be sent again; {without} members have no address.", mails(queued)))
        }
    })
}
