//! The form that changes a member. Two editors do not overwrite each other: the second one sees what
//! the first one stored and decides.

use askama::Template;
use rocket::State;
use rocket::http::Status;

use super::enrol::{countries, kinds};
use super::form::Typed;
use crate::actions::edit_member::{self, MemberEdit};
use crate::actions::{ActionFault, FieldFault, enroll};
use crate::domain::ids::MemberId;
use crate::domain::member::MemberStatus;
use crate::domain::tree::TreeKind;
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreError, StoreResult, links};
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Choice, Errors, Person, Shell, filters, status_badge};

#[derive(Template)]
#[template(path = "web/members/edit.html")]
struct Edit {
    shell: Shell,
    person: Person,
    errors: Errors,
    typed: Typed,
    kinds: Vec<Choice>,
    countries: Vec<Choice>,
    statuses: Vec<Choice>,
    /// What somebody else stored meanwhile: field, stored, typed.
    conflict: Vec<(&'static str, String, String)>,
    is_conflict: bool,
}

#[rocket::get("/members/<number>/edit")]
pub async fn show(who: Signed<ManageField>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let (member, above) = app.blocking(move |app| app.db.read(|c| load(c, &number))).await?;
    let typed = above.typed(&member);
    Page::of(&page(who.shell, &member, Errors::none(), typed, None))
}

#[rocket::post("/members/<number>/edit", data = "<form>")]
pub async fn submit(
    who: Signed<ManageField>,
    app: &State<App>,
    number: String,
    form: Checked<Typed>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let (data, mut unread) = typed.read();
    let status = typed.status.parse().unwrap_or_else(|_| {
        unread.push(FieldFault::new("status", "Choose the state of the account"));
        MemberStatus::Active
    });
    let edit = MemberEdit { version: typed.version.parse().unwrap_or(0), status, data, reason: typed.reason.clone() };
    let actor = who.actor();
    let (member, above, result) = app
        .blocking(move |app| {
            let (member, above) = app.db.read(|c| load(c, &number))?;
            let result = if unread.is_empty() {
                edit_member::edit_member(&app.db, &app.clock, &actor, member.id, &edit)
            } else {
                Err(ActionFault::Invalid([unread, enroll::text_faults(&edit.data)].concat()))
            };
            // What is stored now, should somebody else have been faster.
            let (member, above) = match &result {
                Err(ActionFault::Store(StoreError::Conflict(_))) => app.db.read(|c| load(c, &member.number))?,
                _ => (member, above),
            };
            StoreResult::Ok((member, above, result))
        })
        .await?;
    match result {
        Ok(member) => {
            Ok(SeeOther::to(Person::of(&member).href()).saying(format!("{} is saved.", member.number)).into())
        }
        Err(ActionFault::Store(StoreError::Conflict(_))) => {
            let stored = above.typed(&member);
            let conflict = typed.differences(&stored);
            let typed = Typed { version: stored.version, ..typed };
            let page = page(who.shell, &member, Errors::none(), typed, Some(conflict));
            Page::with(Status::Conflict, &page).map(Reply::from)
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "name")?;
            Page::invalid(&page(who.shell, &member, errors, typed, None)).map(Reply::from)
        }
    }
}

/// Numbers of the members that a member belongs to.
struct Above {
    sponsor: String,
    person: String,
}

impl Above {
    fn typed(&self, member: &Member) -> Typed {
        Typed::of(member, &self.sponsor, &self.person)
    }
}

/// The member, its present sponsor and the person who owns it.
fn load(c: &mut Conn, number: &str) -> StoreResult<(Member, Above)> {
    let member =
        members::find_by_number(c, number)?.ok_or_else(|| StoreError::not_found("member with the number", number))?;
    let sponsor = links::find_parent(c, TreeKind::Sponsor, member.id)?;
    let person = Some(member.person_id).filter(|person| person.0 != 0);
    let mut number_of = |id: Option<MemberId>| -> StoreResult<String> {
        Ok(id.map(|id| members::get(c, id)).transpose()?.map(|member| member.number).unwrap_or_default())
    };
    let above = Above { sponsor: number_of(sponsor)?, person: number_of(person)? };
    Ok((member, above))
}

fn page(
    shell: Shell,
    member: &Member,
    errors: Errors,
    typed: Typed,
    conflict: Option<Vec<(&'static str, String, String)>>,
) -> Edit {
    let allowed: Vec<MemberStatus> =
        MemberStatus::ALL.iter().copied().filter(|next| member.status.may_become(*next)).collect();
    let chosen = typed.status.parse().ok();
    Edit {
        person: Person::of(member),
        kinds: kinds(&typed.kind),
        countries: countries(typed.country.trim()),
        statuses: Choice::list(
            &allowed,
            |status| (status.as_str(), status_badge(*status).0.to_owned()),
            chosen.as_ref(),
        ),
        is_conflict: conflict.is_some(),
        conflict: conflict.unwrap_or_default(),
        shell,
        errors,
        typed,
    }
}
