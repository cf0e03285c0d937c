//! The steps of the set-up and which of them are done, read from the data.

use rocket::State;

use crate::actions::set_up::STILL_OPEN;
use crate::domain::money::grouped;
use crate::store::{Conn, StoreResult, members, plans, settings, staff};
use crate::web::App;
use crate::web::guards::{ManageCompany, Signed};
use crate::web::reply::{Fault, SeeOther};
use crate::web::view::Shell;

/// The setting that holds when a test message was taken by the relay.
pub const MAIL_TRIED: &str = "setup.mail_tried";

/// What the data says about the set-up.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Name of the newest plan.
    pub plan: Option<String>,
    /// When a test message was taken.
    pub mail_tried: Option<String>,
    /// How many members there are.
    pub members: i64,
    /// How many people may sign in.
    pub people: i64,
}

/// A step, as the list at the side shows it.
pub struct Step {
    pub name: &'static str,
    pub detail: String,
    pub href: &'static str,
    pub is_done: bool,
    pub is_current: bool,
}

/// What stands around the page of a step.
pub struct Frame {
    pub shell: Shell,
    pub steps: Vec<Step>,
    /// Which step this is, from 1.
    pub at: usize,
}

/// Whether the set-up is still open.
pub fn is_open(conn: &mut Conn) -> StoreResult<bool> {
    Ok(settings::find(conn, STILL_OPEN)?.as_deref() == Some("yes"))
}

/// Reads what is known.
pub fn read(conn: &mut Conn) -> StoreResult<Known> {
    Ok(Known {
        plan: plans::list(conn)?.into_iter().max_by_key(|plan| plan.version).map(|plan| plan.name),
        mail_tried: settings::find(conn, MAIL_TRIED)?,
        members: members::count(conn)?,
        people: staff::count(conn)?,
    })
}

impl Frame {
    /// The frame of the step at this address.
    pub fn of(shell: Shell, known: &Known, href: &str) -> Self {
        let company = shell.company.as_ref().map(|company| format!("{}, {}", company.name, company.currency));
        let counted = |count: i64, one: &str, many: &str| match count {
            0 => String::new(),
            1 => format!("1 {one}"),
            count => format!("{} {many}", grouped(count.into())),
        };
        let steps = [
            ("Administrator", shell.name.clone(), "/account", true),
            ("Company", company.unwrap_or_default(), "/company", true),
            ("Server check", String::new(), "/begin/server", true),
            ("Compensation plan", known.plan.clone().unwrap_or_default(), "/begin/plan", known.plan.is_some()),
            (
                "Outgoing mail",
                known.mail_tried.as_ref().map(|_| "tried out".to_owned()).unwrap_or_default(),
                "/begin/mail",
                known.mail_tried.is_some(),
            ),
            ("Members and orders", counted(known.members, "member", "members"), "/begin/members", known.members > 0),
            ("Second person", counted(known.people, "person", "people"), "/begin/people", known.people > 1),
            ("Finish", String::new(), "/begin/finish", false),
        ]
        .map(|(name, detail, place, is_done)| Step {
            name,
            detail,
            href: place,
            is_done,
            is_current: place == href,
        });
        let at = steps.iter().position(|step| step.is_current).map_or(1, |at| at + 1);
        Self { shell, steps: steps.into(), at }
    }

    /// Where the next step is.
    pub fn next(&self) -> &'static str {
        self.steps.get(self.at).map_or("/", |step| step.href)
    }

    /// How many steps there are.
    pub fn count(&self) -> usize {
        self.steps.len()
    }
}

/// The first step that is not done.
#[rocket::get("/begin")]
pub async fn begin(who: Signed<ManageCompany>, app: &State<App>) -> Result<SeeOther, Fault> {
    let known = app.blocking(|app| app.db.read(read)).await?;
    let frame = Frame::of(who.shell, &known, "/begin");
    let first = frame.steps.iter().find(|step| !step.is_done).map_or("/", |step| step.href);
    Ok(SeeOther::to(first))
}
