//! What needs a person now, most urgent first. Only what the data says.

use crate::actions::due_runs::{self, DueRuns};
use crate::domain::calendar::Day;
use crate::domain::ids::StaffId;
use crate::domain::message::MessageStatus;
use crate::domain::period;
use crate::domain::run::{PeriodKind, RunStatus};
use crate::domain::staff::Permission;
use crate::store::jobs::Job;
use crate::store::runs::{self, Run};
use crate::store::{Conn, StoreResult, members, messages, periods, plans, staff};
use crate::web::pages::begin;
use crate::web::view::filters::with_sign;

/// One thing to do.
pub struct Need {
    /// The class of its mark: `m-warn`, `m-neg`, `m-info`.
    pub tone: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// What it is.
    pub title: String,
    /// What is known about it.
    pub text: String,
    /// Where it is done.
    pub href: String,
    /// A figure and what it counts.
    pub sum: Option<(String, String)>,
    /// Verb and object.
    pub button: &'static str,
}

/// Who asks, and when.
pub struct Asking {
    /// The person.
    pub staff: StaffId,
    /// The person's role.
    pub role: crate::domain::staff::Role,
    /// The company's day.
    pub today: Day,
}

/// Everything that waits.
pub fn read(conn: &mut Conn, asking: &Asking, recent: &[Job]) -> StoreResult<Vec<Need>> {
    let mut needs = Vec::new();
    if asking.role.grants(Permission::ManageCompany) && begin::is_open(conn)? {
        needs.push(rest_of_set_up());
    }
    if members::count(conn)? == 0 {
        needs.push(first_members());
        if staff::count(conn)? < 2 && asking.role.grants(Permission::ManageCompany) {
            needs.push(second_person());
        }
        return Ok(needs);
    }
    let runs = runs::list(conn)?;
    for run in runs.iter().filter(|run| run.status.is_under_way()) {
        let label = period::short_name(&periods::get(conn, run.period_id)?.label);
        needs.push(of_run(run, &label, asking));
    }
    if asking.role.grants(Permission::ManageRuns) {
        needs.extend(ended_periods(conn, asking.today, &runs)?);
    }
    let failed: Vec<&Job> = recent.iter().filter(|job| job.status == "failed").collect();
    if let Some(latest) = failed.first() {
        needs.push(Need {
            tone: "m-neg",
            icon: "stop",
            title: if failed.len() == 1 { "A job failed".to_owned() } else { format!("{} jobs failed", failed.len()) },
            text: format!("{}: {}", latest.title, latest.note),
            href: format!("/jobs/{}", latest.id),
            sum: None,
            button: "Look at the job",
        });
    }
    needs.extend(mail(conn)?);
    if staff::count(conn)? < 2 && asking.role.grants(Permission::ManageCompany) {
        needs.push(second_person());
    }
    Ok(needs)
}

fn of_run(run: &Run, label: &str, asking: &Asking) -> Need {
    let may = asking.role.grants(Permission::ManageRuns);
    let own = run.reviewed_by == asking.staff;
    let (title, text, button) = match run.status {
        RunStatus::Calculated if may => (format!("Review the {label} commission run"), notes(run), "Review"),
        RunStatus::Reviewed if may && !own => {
            (format!("Approve the {label} commission run"), notes(run), "Review and approve")
        }
        RunStatus::Reviewed => (
            format!("The {label} run waits for a second person"),
            "You reviewed it; somebody else approves it.".to_owned(),
            "Open the run",
        ),
        RunStatus::Approved if may => (
            format!("Commit the {label} commission run"),
            "It is approved; committing writes the ledger and makes the statements.".to_owned(),
            "Commit",
        ),
        _ => (format!("The {label} commission run is under way"), format!("It is {}.", run.status), "Open the run"),
    };
    let sum = run
        .calculated_at
        .is_set()
        .then(|| (with_sign(run.earned_minor, run.currency), format!("{} members", run.payee_count)));
    Need { tone: "m-warn", icon: "check", title, text, href: format!("/commissions/{}", run.number), sum, button }
}

fn notes(run: &Run) -> String {
    match run.exception_count {
        0 => "Nothing unusual was found.".to_owned(),
        1 => "1 exception to read.".to_owned(),
        count => format!("{count} exceptions to read."),
    }
}

/// Periods that are over and that nobody has frozen: the first of each kind. While a run is under way nothing can be
/// frozen, and the run is what needs somebody.
fn ended_periods(conn: &mut Conn, today: Day, runs: &[Run]) -> StoreResult<Vec<Need>> {
    if runs.iter().any(|run| run.status.is_under_way()) {
        return Ok(Vec::new());
    }
    if plans::find_in_force(conn, today)?.is_none() {
        return Ok(vec![Need {
            tone: "m-info",
            icon: "file",
            title: "Add a compensation plan".to_owned(),
            text: "Without a plan in force nothing can be calculated.".to_owned(),
            href: "/plans".to_owned(),
            sum: None,
            button: "Open plans",
        }]);
    }
    Ok(due_runs::list(conn, today)?.iter().filter_map(of_due).collect())
}

fn of_due(due: &DueRuns) -> Option<Need> {
    let next = due.next()?;
    let name = period::name(&next.label);
    let days = if due.kind == PeriodKind::Month || due.kind == PeriodKind::HalfMonth {
        String::new()
    } else {
        format!(" ({})", period::days(next.first, next.last))
    };
    let text = match (due.warning(), due.over.len() - 1) {
        (Some(warning), _) => format!("{warning}."),
        (None, 0) => {
            format!(
                "{name}{days} is over. Freezing copies its orders and members; a run can be repeated until it is approved."
            )
        }
        (None, 1) => format!("{name}{days} is over, and so is the {} after it.", due.kind.words().0),
        (None, more) => format!("{name}{days} is over, and so are the {more} {} after it.", due.kind.words().1),
    };
    let (tone, icon) = if due.waits_for.is_empty() { ("m-info", "calendar") } else { ("m-warn", "warn") };
    let href = "/commissions#h-due".to_owned();
    Some(Need { tone, icon, title: format!("Calculate {name}"), text, href, sum: None, button: "Open commissions" })
}

fn mail(conn: &mut Conn) -> StoreResult<Option<Need>> {
    let states = [MessageStatus::Failed, MessageStatus::Bounced, MessageStatus::Deferred];
    let counts = messages::count_in(conn, &states)?;
    let of = |status| counts.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count);
    let failed = of(MessageStatus::Failed) + of(MessageStatus::Bounced);
    if failed == 0 {
        return Ok(None);
    }
    Ok(Some(Need {
        tone: "m-neg",
        icon: "mail",
        title: if failed == 1 {
            "1 mail was not delivered".to_owned()
        } else {
            format!("{failed} mails were not delivered")
        },
        text: format!("{} more wait for another try.", of(MessageStatus::Deferred)),
        href: "/statements?run=&mail=undelivered".to_owned(),
        sum: None,
        button: "See which, and why",
    }))
}

fn rest_of_set_up() -> Need {
    Need {
        tone: "m-info",
        icon: "check",
        title: "Finish the set-up".to_owned(),
        text: "Server, plan, mail, members, a second person: what is done is remembered.".to_owned(),
        href: "/begin".to_owned(),
        sum: None,
        button: "Go on",
    }
}

fn first_members() -> Need {
    Need {
        tone: "m-info",
        icon: "person",
        title: "Bring your members in".to_owned(),
        text: "Import members, products and orders from CSV files, or enrol the first member by hand.".to_owned(),
        href: "/imports".to_owned(),
        sum: None,
        button: "Import members",
    }
}

fn second_person() -> Need {
    Need {
        tone: "m-info",
        icon: "person",
        title: "Invite a second person".to_owned(),
        text: "A run is approved by somebody else than its reviewer.".to_owned(),
        href: "/staff/invite".to_owned(),
        sum: None,
        button: "Invite a person",
    }
}
