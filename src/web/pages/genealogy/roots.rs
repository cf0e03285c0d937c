//! Those who stand on top of a tree: where every look at it begins.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::super::standing::Standing;
use super::tree::Seg;
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::tree::TreeKind;
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreResult, Total, genealogy, member_list};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Address, Pager, Person, ROWS, Shell, capital, filters, page_of, segment, status_badge};

/// What the address asks for.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Asked {
    tree: Option<String>,
    q: Option<String>,
    page: Option<i64>,
}

/// A member without anybody above.
struct Row {
    person: Person,
    href: String,
    status: (&'static str, &'static str),
    kind: String,
    frontline: i64,
    group: String,
}

#[derive(Template)]
#[template(path = "web/genealogy/roots.html")]
struct Roots {
    shell: Shell,
    trees: Vec<Seg>,
    rows: Vec<Row>,
    total: i64,
    pager: Pager,
    missing: String,
}

/// What is stored.
struct Loaded {
    tree: TreeKind,
    rows: Vec<(Member, i64, Option<i64>)>,
    total: i64,
    page: i64,
    has_placement: bool,
    found: Option<String>,
}

#[rocket::get("/genealogy?<asked..>")]
pub async fn roots(who: Signed<View>, app: &State<App>, asked: Asked) -> Result<Reply, Fault> {
    let today = who.shell.today;
    let q = asked.q.clone().unwrap_or_default();
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &asked, today))).await?;
    if let Some(number) = loaded.found {
        return Ok(SeeOther::to(format!("/genealogy/{}", segment(&number))).into());
    }
    Page::of(&view(who.shell, loaded, &q)).map(Reply::from)
}

fn load(c: &mut Conn, asked: &Asked, today: Day) -> StoreResult<Loaded> {
    let tree = asked.tree.as_deref().and_then(|word| word.parse().ok()).unwrap_or(TreeKind::Sponsor);
    let number = asked.q.as_deref().map(str::trim).filter(|number| !number.is_empty());
    let found = number.map(|number| members::find_by_number(c, number)).transpose()?.flatten();
    let asked_page = asked.page.unwrap_or(1).max(1);
    let (tops, total) = genealogy::roots(c, tree, (asked_page - 1) * ROWS, ROWS)?;
    let ids: Vec<MemberId> = tops.iter().map(|member| member.id).collect();
    let frontlines = genealogy::count_frontlines(c, tree, &ids, today)?;
    let standing = Standing::load(c, today)?;
    let results = member_list::results(c, &ids, standing.run.map(|(run, _)| run.id))?;
    Ok(Loaded {
        tree,
        rows: tops
            .into_iter()
            .map(|member| {
                let frontline = frontlines.get(&member.id).copied().unwrap_or(0);
                let group = results.get(&member.id).map(|result| result.downline_count);
                (member, frontline, group)
            })
            .collect(),
        total,
        page: page_of(Some(asked_page), Total { count: total, is_more: false }),
        has_placement: genealogy::is_used(c, TreeKind::Placement)?,
        found: found.map(|member| member.number),
    })
}

fn view(shell: Shell, loaded: Loaded, q: &str) -> Roots {
    let address = Address::new("/genealogy")
        .with("tree", if loaded.tree == TreeKind::Sponsor { "" } else { loaded.tree.as_str() });
    let mut kinds = vec![TreeKind::Sponsor, TreeKind::Enroller];
    if loaded.has_placement {
        kinds.push(TreeKind::Placement);
    }
    Roots {
        trees: kinds
            .into_iter()
            .map(|kind| Seg {
                label: capital(kind.as_str()),
                href: address.with("tree", if kind == TreeKind::Sponsor { "" } else { kind.as_str() }).to_string(),
                is_current: kind == loaded.tree,
            })
            .collect(),
        pager: Pager::new(&address, loaded.page, Total { count: loaded.total, is_more: false }),
        total: loaded.total,
        missing: q.trim().chars().take(60).collect(),
        rows: loaded
            .rows
            .into_iter()
            .map(|(member, frontline, group)| {
                let person = Person::of(&member);
                Row {
                    href: Address::new(format!("/genealogy/{}", segment(&member.number)))
                        .with("tree", if loaded.tree == TreeKind::Sponsor { "" } else { loaded.tree.as_str() })
                        .to_string(),
                    status: status_badge(member.status),
                    kind: capital(member.kind.as_str()),
                    frontline,
                    group: group.map_or_else(|| "–".to_owned(), |size| crate::domain::money::grouped(size.into())),
                    person,
                }
            })
            .collect(),
        shell,
    }
}
