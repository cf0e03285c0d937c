//! The form that enrols a member.

use askama::Template;
use rocket::State;

use super::form::Typed;
use crate::actions::ActionFault;
use crate::actions::enroll;
use crate::domain::country;
use crate::domain::member::MemberKind;
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Choice, Errors, Shell, capital, filters, segment};

#[derive(Template)]
#[template(path = "web/members/enrol.html")]
struct Enrol {
    shell: Shell,
    errors: Errors,
    typed: Typed,
    kinds: Vec<Choice>,
    countries: Vec<Choice>,
}

#[rocket::get("/members/new?<sponsor>")]
pub fn show(who: Signed<ManageField>, sponsor: Option<String>) -> Result<Page, Fault> {
    let typed = Typed {
        kind: MemberKind::Distributor.to_string(),
        sponsor: sponsor.unwrap_or_default(),
        joined_on: who.shell.today.to_string(),
        ..Typed::default()
    };
    Page::of(&page(who.shell, Errors::none(), typed))
}

#[rocket::post("/members", data = "<form>")]
pub async fn submit(who: Signed<ManageField>, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let (new, unread) = typed.read();
    let actor = who.actor();
    let result = app
        .blocking(move |app| {
            Ok::<_, Fault>(if unread.is_empty() {
                enroll::enroll(&app.db, &app.clock, &actor, &new)
            } else {
                Err(ActionFault::Invalid([unread, enroll::text_faults(&new)].concat()))
            })
        })
        .await?;
    match result {
        Ok(member) => {
            let said = format!("{} is enrolled as {}.", member.name, member.number);
            Ok(SeeOther::to(format!("/members/{}", segment(&member.number))).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "name")?;
            Page::invalid(&page(who.shell, errors, typed)).map(Reply::from)
        }
    }
}

fn page(shell: Shell, errors: Errors, typed: Typed) -> Enrol {
    Enrol { kinds: kinds(&typed.kind), countries: countries(&typed.country), shell, errors, typed }
}

/// The kinds to choose from.
pub(super) fn kinds(chosen: &str) -> Vec<Choice> {
    let chosen = chosen.parse().ok();
    let told = |kind: &MemberKind| match kind {
        MemberKind::Distributor => (kind.as_str(), "Distributor".to_owned()),
        MemberKind::Preferred | MemberKind::Retail => (kind.as_str(), format!("{} customer", capital(kind.as_str()))),
    };
    Choice::list(MemberKind::ALL, told, chosen.as_ref())
}

/// The countries to choose from; a code that is none of them stays as it is.
pub(super) fn countries(chosen: &str) -> Vec<Choice> {
    let mut list: Vec<Choice> = country::list()
        .map(|(code, name)| Choice { value: code.to_owned(), label: name.to_owned(), is_chosen: code == chosen })
        .collect();
    list.sort_by_cached_key(|choice| crate::text::folded(&choice.label));
    if !chosen.is_empty() && !list.iter().any(|choice| choice.is_chosen) {
        list.insert(0, Choice { value: chosen.to_owned(), label: chosen.to_owned(), is_chosen: true });
    }
    list
}
