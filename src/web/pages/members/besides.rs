//! What plans may ask about a member besides the account: attributes with the days from which they hold, and ranks
//! that somebody has set for a period.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions::plan_names::{self, PlanNames};
use crate::actions::set_attribute::{NewAttribute, set_attribute};
use crate::actions::set_rank::{NewRank, set_rank};
use crate::actions::{ActionFault, FieldFault};
use crate::domain::calendar::Day;
use crate::store::attributes::{self, ForcedRank, MemberAttribute};
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreError, StoreResult};
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed, View};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Choice, Errors, Person, Shell, filters, short_day};

/// An attribute as it was typed.
#[derive(Debug, Clone, Default, FromForm)]
pub struct TypedAttribute {
    name: String,
    value: String,
    from_day: String,
}

/// A rank for a period as it was typed.
#[derive(Debug, Clone, Default, FromForm)]
pub struct TypedRank {
    period: String,
    rank: String,
    reason: String,
}

/// What is stored, and what plans ask for.
struct Loaded {
    member: Member,
    names: PlanNames,
    said: Vec<MemberAttribute>,
    set: Vec<ForcedRank>,
}

/// An attribute that a plan asks for or that the member has.
struct AttributeRow {
    name: String,
    /// Its value today; empty for none.
    value: String,
    /// What values it has.
    wanted: String,
    /// What was or will be said for other days.
    others: Vec<String>,
}

struct RankRow {
    period: String,
    rank: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "web/members/besides.html")]
struct Besides {
    shell: Shell,
    person: Person,
    errors: Errors,
    attributes: Vec<AttributeRow>,
    ranks: Vec<RankRow>,
    typed: TypedAttribute,
    typed_rank: TypedRank,
    names: Vec<Choice>,
    rank_choices: Vec<Choice>,
    may_edit: bool,
}

#[rocket::get("/members/<number>/plan")]
pub async fn show(who: Signed<View>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let today = who.shell.today;
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &number, today))).await?;
    Page::of(&page(who.shell, &loaded, Errors::none(), None, None))
}

#[rocket::post("/members/<number>/attributes", data = "<form>")]
pub async fn attribute(
    who: Signed<ManageField>,
    app: &State<App>,
    number: String,
    form: Checked<TypedAttribute>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let (actor, today, read) = (who.actor(), who.shell.today, read(&typed));
    let (loaded, result) = app
        .blocking(move |app| {
            let member = app.db.read(|c| load(c, &number, today))?.member.id;
            let result = read.and_then(|new| set_attribute(&app.db, &app.clock, &actor, member, &new));
            StoreResult::Ok((app.db.read(|c| load(c, &number, today))?, result))
        })
        .await?;
    match result {
        Ok(()) => {
            let said = format!("{} of {} is noted.", typed.name, loaded.member.number);
            Ok(SeeOther::to(href(&loaded)).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "name")?;
            Page::invalid(&page(who.shell, &loaded, errors, Some(typed), None)).map(Reply::from)
        }
    }
}

#[rocket::post("/members/<number>/ranks", data = "<form>")]
pub async fn rank(
    who: Signed<ManageField>,
    app: &State<App>,
    number: String,
    form: Checked<TypedRank>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let (actor, today) = (who.actor(), who.shell.today);
    let TypedRank { period, rank, reason } = typed.clone();
    let new = NewRank { period, rank, reason };
    let (loaded, result) = app
        .blocking(move |app| {
            let member = app.db.read(|c| load(c, &number, today))?.member.id;
            let result = set_rank(&app.db, &app.clock, &actor, member, &new);
            StoreResult::Ok((app.db.read(|c| load(c, &number, today))?, result))
        })
        .await?;
    match result {
        Ok(()) => {
            let said = format!("The rank of {} for {} is noted.", loaded.member.number, typed.period.trim());
            Ok(SeeOther::to(href(&loaded)).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "rank")?;
            Page::invalid(&page(who.shell, &loaded, errors, None, Some(typed))).map(Reply::from)
        }
    }
}

fn read(typed: &TypedAttribute) -> Result<NewAttribute, ActionFault> {
    let day = typed.from_day.trim();
    let from_day: Option<Day> = match day.parse() {
        Ok(day) => Some(day),
        Err(_) if day.is_empty() => None,
        Err(fault) => return Err(ActionFault::Invalid(vec![FieldFault::new("from_day", fault.to_string())])),
    };
    Ok(NewAttribute { name: typed.name.clone(), value: typed.value.clone(), from_day })
}

fn href(loaded: &Loaded) -> String {
    format!("{}/plan", Person::of(&loaded.member).href())
}

fn load(c: &mut Conn, number: &str, today: Day) -> StoreResult<Loaded> {
    let member =
        members::find_by_number(c, number)?.ok_or_else(|| StoreError::not_found("member with the number", number))?;
    Ok(Loaded {
        names: plan_names::load(c, today)?,
        said: attributes::list_of(c, &[member.id])?,
        set: attributes::list_ranks_of(c, member.id)?,
        member,
    })
}

/// What the plans ask for, then whatever else is stored.
fn attribute_rows(loaded: &Loaded, today: Day) -> Vec<AttributeRow> {
    let Loaded { names, said, .. } = loaded;
    let mut all: Vec<&str> = names.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    for said in said {
        if !all.contains(&said.name.as_str()) {
            all.push(&said.name);
        }
    }
    let row = |name: &str| {
        let own: Vec<&MemberAttribute> = said.iter().filter(|said| said.name == name).collect();
        let now = own.iter().rposition(|said| said.from_day <= today);
        let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        let told =
            |said: &MemberAttribute| format!("{} from {}", or_none(&said.value), short_day(said.from_day, today));
        let others =
            own.iter().enumerate().filter(|(at, _)| Some(*at) != now || own.len() > 1).map(|(_, said)| told(said));
        AttributeRow {
            name: name.to_owned(),
            value: now.map(|at| own[at].value.clone()).unwrap_or_default(),
            wanted: names.attribute(name).map_or("no plan asks for it".to_owned(), |known| known.kind.wanted()),
            others: others.collect(),
        }
    };
    all.into_iter().map(row).collect()
}

fn page(
    shell: Shell,
    loaded: &Loaded,
    errors: Errors,
    typed: Option<TypedAttribute>,
    typed_rank: Option<TypedRank>,
) -> Besides {
    let today = shell.today;
    let typed = typed.unwrap_or_else(|| TypedAttribute { from_day: today.to_string(), ..Default::default() });
    let typed_rank = typed_rank.unwrap_or_else(|| TypedRank { period: today.month_label(), ..Default::default() });
    let names = loaded.names.attributes.iter().map(|attribute| attribute.name.as_str());
    let ranks = loaded.names.ranks.iter().map(String::as_str);
    Besides {
        person: Person::of(&loaded.member),
        attributes: attribute_rows(loaded, today),
        ranks: loaded
            .set
            .iter()
            .map(|set| RankRow { period: set.period_label.clone(), rank: set.rank.clone(), reason: set.reason.clone() })
            .collect(),
        names: choices(names, &typed.name),
        rank_choices: choices(ranks, &typed_rank.rank),
        may_edit: shell.may("manage-field"),
        shell,
        errors,
        typed,
        typed_rank,
    }
}

fn choices<'a>(all: impl Iterator<Item = &'a str>, chosen: &str) -> Vec<Choice> {
    let choice = |text: &str| Choice { value: text.to_owned(), label: text.to_owned(), is_chosen: text == chosen };
    all.map(choice).collect()
}
