//! What one member earned in a run: every line, by bonus.

use std::collections::HashMap;

use askama::Template;
use rocket::State;

use super::show::Head;
use crate::domain::ids::MemberId;
use crate::store::lines::Line;
use crate::store::members::Member;
use crate::store::runs::{RunMember, RunTotal};
use crate::store::{StoreError, lines, members, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// The lines of one bonus.
struct Group {
    name: String,
    about: String,
    lines: Vec<Line>,
    sum_minor: i64,
}

#[derive(Template)]
#[template(path = "web/commissions/member.html")]
struct MemberLines {
    shell: Shell,
    head: Head,
    member: Member,
    standing: Option<RunMember>,
    groups: Vec<Group>,
    /// Bonuses that paid nothing: code and name.
    nothing: Vec<(String, String)>,
    people: HashMap<MemberId, Member>,
}

#[rocket::get("/commissions/<number>/members/<member>")]
pub async fn show(who: Signed<View>, app: &State<App>, number: String, member: String) -> Result<Page, Fault> {
    let me = who.staff.id;
    let (head, member, standing, groups, nothing, people) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let member =
                    members::find_by_number(c, &member)?.ok_or_else(|| StoreError::not_found("member", &member))?;
                let standing = runs::find_member(c, head.run.id, member.id)?;
                let all = lines::list_of_member(c, head.run.id, member.id)?;
                let mut ids: Vec<MemberId> =
                    all.iter().map(|line| line.from_member_id).filter(|id| id.0 != 0).collect();
                ids.sort_unstable();
                ids.dedup();
                let people = members::list_by_ids(c, &ids)?.into_iter().map(|m| (m.id, m)).collect();
                let totals = runs::list_totals(c, head.run.id)?;
                let paid = |total: &&RunTotal| all.iter().any(|line| line.bonus == total.bonus);
                let nothing = totals.iter().filter(|total| !paid(total));
                let nothing = nothing.map(|total| (total.bonus.clone(), total.name.clone())).collect();
                let groups = group(all, &totals);
                Ok::<_, StoreError>((head, member, standing, groups, nothing, people))
            })
        })
        .await?;
    Page::of(&MemberLines { shell: who.shell, head, member, standing, groups, nothing, people })
}

fn group(all: Vec<Line>, totals: &[RunTotal]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in all {
        let total = totals.iter().find(|total| total.bonus == line.bonus);
        let name = total.map_or(line.bonus.clone(), |total| total.name.clone());
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => {
                group.sum_minor += line.amount_minor;
                group.lines.push(line);
            }
            None => groups.push(Group {
                name,
                about: total.map(|total| total.about.clone()).unwrap_or_default(),
                sum_minor: line.amount_minor,
                lines: vec![line],
            }),
        }
    }
    groups
}
