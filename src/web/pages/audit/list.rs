//! The entries, newest first, with filters that stand in the address.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::domain::ids::{AuditId, StaffId};
use crate::store::StoreError;
use crate::store::audit::{self, Filter, Stored};
use crate::store::staff::{self, Staff};
use crate::web::App;
use crate::web::guards::{Signed, ViewAudit};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters, place};

/// Entries on a page.
const PAGE: i64 = 50;

/// What is asked for.
#[derive(FromForm, Default)]
pub struct Asked {
    by: Option<i64>,
    action: Option<String>,
    kind: Option<String>,
    object: Option<String>,
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "web/audit/list.html")]
struct List {
    shell: Shell,
    entries: Vec<Stored>,
    people: Vec<Staff>,
    actions: Vec<String>,
    kinds: Vec<String>,
    filter: Filter,
    older: Option<String>,
}

impl List {
    fn is_by(&self, person: &Staff) -> bool {
        self.filter.actor_id == Some(person.id)
    }

    fn is_action(&self, action: &str) -> bool {
        self.filter.action.as_deref() == Some(action)
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.filter.object_kind.as_deref() == Some(kind)
    }

    fn is_filtered(&self) -> bool {
        Filter { before: None, ..self.filter.clone() } != Filter::default()
    }
}

#[rocket::get("/audit?<asked..>")]
pub async fn list(who: Signed<ViewAudit>, app: &State<App>, asked: Asked) -> Result<Page, Fault> {
    let told = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = Filter {
        actor_id: asked.by.filter(|id| *id != 0).map(StaffId),
        action: told(asked.action),
        object_kind: told(asked.kind),
        object: told(asked.object),
        before: asked.before.map(AuditId),
    };
    let looked = filter.clone();
    let (entries, people, (actions, kinds)) = app
        .blocking(move |app| {
            app.db
                .read(|c| Ok::<_, StoreError>((audit::list(c, &looked, PAGE + 1)?, staff::list(c)?, audit::words(c)?)))
        })
        .await?;
    let mut entries = entries;
    let more = entries.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    entries.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let older = entries.last().filter(|_| more).map(|last| address(&filter, last.id));
    Page::of(&List { shell: who.shell, entries, people, actions, kinds, filter, older })
}

/// The address of the entries before this one, with the same filters.
fn address(filter: &Filter, before: AuditId) -> String {
    let mut parts = vec![format!("before={before}")];
    if let Some(id) = filter.actor_id {
        parts.push(format!("by={id}"));
    }
    for (name, value) in [("action", &filter.action), ("kind", &filter.object_kind), ("object", &filter.object)] {
        if let Some(value) = value {
            parts.push(format!("{name}={}", rocket::http::RawStr::new(value).percent_encode()));
        }
    }
    format!("/audit?{}", parts.join("&"))
}
