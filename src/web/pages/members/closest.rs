//! How close everybody is to the next rank, who misses least first: from the estimate of the open period.

use std::collections::HashMap;

use askama::Template;
use rocket::State;

use super::progress::Progress;
use crate::domain::ids::MemberId;
use crate::domain::period;
use crate::store::members::{self, Member};
use crate::store::{StoreResult, Total};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Address, Pager, Person, ROWS, Shell, filters, page_of, time_of};

/// A member on the way to a rank.
struct Row {
    person: Person,
    paid_rank: String,
    progress: Progress,
}

/// A rank that somebody can reach next.
struct Choice {
    name: String,
    href: String,
    count: usize,
    is_current: bool,
}

/// The list, where there is an estimate.
struct Found {
    period: String,
    as_of: String,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "web/members/closest.html")]
struct Closest {
    shell: Shell,
    /// `None` until the first estimate is made.
    found: Option<Found>,
}

#[rocket::get("/members/closest?<rank>&<page>")]
pub async fn show(who: Signed<View>, app: &State<App>, rank: Option<String>, page: Option<i64>) -> Result<Page, Fault> {
    let shell = who.shell;
    let Some(shown) = app.look_ahead().filter(|shown| shown.estimate.of_ranks().is_some()) else {
        return Page::of(&Closest { shell, found: None });
    };
    let Some(preview) = shown.estimate.of_ranks() else { return Page::of(&Closest { shell, found: None }) };
    let ranks = preview.next_ranks();
    let rank = rank.filter(|name| ranks.iter().any(|(known, _)| known == name));
    let everybody: usize = ranks.iter().map(|(_, count)| count).sum();
    let chosen = ranks.iter().find(|(name, _)| Some(*name) == rank.as_deref()).map_or(everybody, |(_, count)| *count);
    let total = Total { count: i64::try_from(chosen).unwrap_or(i64::MAX), is_more: false };
    let page = page_of(page, total);
    let skip = usize::try_from((page - 1) * ROWS).unwrap_or(0);
    let near = preview.closest(rank.as_deref(), skip, usize::try_from(ROWS).unwrap_or(50));
    let ids: Vec<MemberId> = near.iter().map(|member| member.id).collect();
    let people =
        app.blocking(move |app| app.db.read(|c| -> StoreResult<Vec<Member>> { members::list_by_ids(c, &ids) })).await?;
    let people: HashMap<MemberId, Member> = people.into_iter().map(|member| (member.id, member)).collect();
    let row = |member: crate::actions::preview::MemberPreview| {
        let person = Person::of(people.get(&member.id)?);
        Some(Row { person, paid_rank: member.paid_rank, progress: Progress::read(&member.progress)? })
    };
    let address = Address::new("/members/closest");
    let here = rank.as_ref().map_or_else(|| address.clone(), |rank| address.with("rank", rank));
    let all =
        Choice { name: "All".to_owned(), href: address.to_string(), count: everybody, is_current: rank.is_none() };
    let choice = |(name, count): &(&str, usize)| Choice {
        name: (*name).to_owned(),
        href: address.with("rank", name).to_string(),
        count: *count,
        is_current: rank.as_deref() == Some(name),
    };
    let found = Found {
        period: period::name(&preview.period.label),
        as_of: time_of(&shown, shell.zone),
        choices: std::iter::once(all).chain(ranks.iter().map(choice)).collect(),
        rows: near.into_iter().filter_map(row).collect(),
        pager: Pager::new(&here, page, total),
    };
    Page::of(&Closest { shell, found: Some(found) })
}
