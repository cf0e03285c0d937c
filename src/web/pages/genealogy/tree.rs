//! The tree below one member, with the way up.

use std::collections::HashSet;

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::super::standing::Standing;
use super::branches::{Branch, FRONTLINE, Opening, branches};
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::tree::TreeKind;
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreError, StoreResult, genealogy};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Address, Person, Shell, capital, filters, segment, short_day, status_badge};

/// Levels that the address may open at once.
const DEEPEST: u32 = 4;
/// Uplines shown at the top and next to the member; those between are counted.
const TOP: usize = 2;
const NEAR: usize = 4;

/// What the address asks for.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Asked {
    tree: Option<String>,
    on: Option<String>,
    levels: Option<u32>,
    open: Vec<String>,
    shut: Vec<String>,
    from: Option<i64>,
}

/// A row of the table.
pub struct Row {
    person: Person,
    level: u32,
    /// The classes of the lines beside it.
    lines: Vec<&'static str>,
    /// Opens or closes the row; `None` where nobody stands below.
    turn: Option<String>,
    is_open: bool,
    is_top: bool,
    status: (&'static str, &'static str),
    kind: Option<String>,
    rank: String,
    active: &'static str,
    pv: String,
    gv: String,
    frontline: i64,
    group: String,
    joined: String,
    left_out: i64,
    centre: String,
}

/// One of several views of the same.
pub struct Seg {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) is_current: bool,
}

#[derive(Template)]
#[template(path = "web/genealogy/tree.html")]
struct Tree {
    shell: Shell,
    top: Person,
    /// From the top down; `None` stands for those that are left out.
    path: Vec<Option<(Person, String)>>,
    left_out: usize,
    depth: usize,
    group: Option<i64>,
    frontline: i64,
    rows: Vec<Row>,
    trees: Vec<Seg>,
    levels: Vec<Seg>,
    hidden: Vec<(&'static str, String)>,
    on: String,
    is_past: bool,
    run: Option<(String, String)>,
    shown: String,
    next: Option<(i64, String)>,
    previous: Option<String>,
    reset: String,
}

/// What is stored.
struct Loaded {
    top: Member,
    uplines: Vec<Member>,
    depth: usize,
    standing: Standing,
    rows: Vec<Branch>,
    opening: Opening,
    has_placement: bool,
}

#[rocket::get("/genealogy/<number>?<asked..>")]
pub async fn tree(who: Signed<View>, app: &State<App>, number: String, asked: Asked) -> Result<Page, Fault> {
    let today = who.shell.today;
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &number, &asked, today))).await?;
    Page::of(&view(who.shell, &loaded))
}

fn load(c: &mut Conn, number: &str, asked: &Asked, today: Day) -> StoreResult<Loaded> {
    let top =
        members::find_by_number(c, number)?.ok_or_else(|| StoreError::not_found("member with the number", number))?;
    let some = |numbers: &[String]| numbers.iter().take(200).cloned().collect::<HashSet<_>>();
    let opening = Opening {
        tree: asked.tree.as_deref().and_then(|word| word.parse().ok()).unwrap_or(TreeKind::Sponsor),
        day: asked.on.as_deref().and_then(|text| text.parse().ok()).unwrap_or(today),
        levels: asked.levels.unwrap_or(1).clamp(1, DEEPEST),
        open: some(&asked.open),
        shut: some(&asked.shut),
        offset: asked.from.unwrap_or(0).max(0),
    };
    let above = genealogy::uplines(c, opening.tree, top.id, opening.day)?;
    let mut shown: Vec<MemberId> = above.iter().take(NEAR).copied().collect();
    shown.extend(above.iter().skip(NEAR.max(above.len().saturating_sub(TOP))));
    let found = members::list_by_ids(c, &shown)?;
    let standing = Standing::load(c, today)?;
    let run = standing.run.as_ref().map(|(run, _)| run.id);
    Ok(Loaded {
        uplines: shown.iter().filter_map(|id| found.iter().find(|member| member.id == *id).cloned()).collect(),
        depth: above.len(),
        rows: branches(c, &top, &opening, run)?,
        has_placement: genealogy::is_used(c, TreeKind::Placement)?,
        top,
        standing,
        opening,
    })
}

/// The address of this view without what is opened by hand.
fn address_of(number: &str, opening: &Opening, today: Day) -> Address {
    Address::new(format!("/genealogy/{}", segment(number)))
        .with("tree", if opening.tree == TreeKind::Sponsor { "" } else { opening.tree.as_str() })
        .with("on", if opening.day == today { String::new() } else { opening.day.to_string() })
        .with("levels", if opening.levels == 1 { String::new() } else { opening.levels.to_string() })
}

/// The same with everything that is opened and closed by hand, one of them turned.
fn turned(base: &Address, opening: &Opening, number: &str, level: u32) -> Address {
    let flip = |set: &HashSet<String>, is_this: bool| {
        let mut numbers: Vec<String> = set.iter().filter(|known| *known != number).cloned().collect();
        if is_this && !set.contains(number) {
            numbers.push(number.to_owned());
        }
        numbers.sort_unstable();
        numbers
    };
    let by_itself = level < opening.levels;
    let mut address = base.clone();
    for open in flip(&opening.open, !by_itself) {
        address = address.and("open", open);
    }
    for shut in flip(&opening.shut, by_itself) {
        address = address.and("shut", shut);
    }
    if opening.offset > 0 { address.and("from", opening.offset) } else { address }
}

fn view(shell: Shell, loaded: &Loaded) -> Tree {
    let Loaded { top, opening, standing, .. } = loaded;
    let today = shell.today;
    let base = address_of(&top.number, opening, today);
    let first = loaded.rows.first();
    let frontline = first.map_or(0, |row| row.frontline);
    let shown_to = opening.offset + first.map_or(0, |row| (row.frontline - row.left_out).max(0));
    let ahead = frontline - opening.offset - FRONTLINE;
    let next = (ahead > 0).then(|| (ahead.min(FRONTLINE), base.with("from", opening.offset + FRONTLINE).to_string()));
    let previous = (opening.offset > 0).then(|| {
        let before = (opening.offset - FRONTLINE).max(0);
        base.with("from", if before == 0 { String::new() } else { before.to_string() }).to_string()
    });
    let (path, left_out) = path(loaded, &base);
    Tree {
        path,
        left_out,
        depth: loaded.depth,
        group: first.and_then(|row| row.result.as_ref()).map(|result| result.downline_count),
        frontline,
        rows: loaded.rows.iter().map(|row| row_view(row, loaded, &base, today)).collect(),
        trees: trees(loaded, &base),
        levels: (1..=DEEPEST)
            .map(|levels| Seg {
                label: levels.to_string(),
                href: base.with("levels", if levels == 1 { String::new() } else { levels.to_string() }).to_string(),
                is_current: opening.levels == levels,
            })
            .collect(),
        hidden: base.without("on").asked().to_vec(),
        on: opening.day.to_string(),
        is_past: opening.day != today,
        run: standing.run.as_ref().and_then(|(run, _)| Some((standing.period()?, run.number.clone()))),
        shown: shown(opening.offset, shown_to, frontline),
        next,
        previous,
        reset: base.without("on").to_string(),
        top: Person::of(top),
        shell,
    }
}

fn shown(offset: i64, to: i64, of: i64) -> String {
    let grouped = |number: i64| crate::domain::money::grouped(number.into());
    if of == 0 {
        "Nobody stands directly below.".to_owned()
    } else {
        format!("{}–{} of {} directly below.", grouped(offset + 1), grouped(to.max(offset + 1)), grouped(of))
    }
}

fn trees(loaded: &Loaded, base: &Address) -> Vec<Seg> {
    let mut kinds = vec![TreeKind::Sponsor, TreeKind::Enroller];
    if loaded.has_placement {
        kinds.push(TreeKind::Placement);
    }
    kinds
        .into_iter()
        .map(|kind| Seg {
            label: capital(kind.as_str()),
            href: base.with("tree", if kind == TreeKind::Sponsor { "" } else { kind.as_str() }).to_string(),
            is_current: loaded.opening.tree == kind,
        })
        .collect()
}

/// The way from the top down to the member; who stands between the two ends is only counted.
fn path(loaded: &Loaded, base: &Address) -> (Vec<Option<(Person, String)>>, usize) {
    let left_out = loaded.depth - loaded.uplines.len().min(loaded.depth);
    let step = |member: &Member| Some((Person::of(member), centred(base, &member.number)));
    let mut path: Vec<_> = loaded.uplines.iter().rev().map(step).collect();
    if left_out > 0 {
        path.insert(path.len().saturating_sub(NEAR), None);
    }
    (path, left_out)
}

/// The same view with another member on top.
fn centred(base: &Address, number: &str) -> String {
    base.moved_to(format!("/genealogy/{}", segment(number))).to_string()
}

fn row_view(row: &Branch, loaded: &Loaded, base: &Address, today: Day) -> Row {
    let dash = || "–".to_owned();
    let member = &row.member;
    let result = row.result.as_ref();
    let may_earn = member.kind.may_earn();
    let depth = row.last.len();
    let lines = row.last.iter().enumerate().map(|(index, is_last)| match (index + 1 == depth, is_last) {
        (true, true) => "g g-arm g-last",
        (true, false) => "g g-arm",
        (false, true) => "g g-none",
        (false, false) => "g",
    });
    Row {
        level: row.level,
        lines: lines.collect(),
        turn: (row.frontline > 0).then(|| turned(base, &loaded.opening, &member.number, row.level).to_string()),
        is_open: row.is_open,
        is_top: row.level == 0,
        status: status_badge(member.status),
        kind: (!may_earn).then(|| format!("{} customer", capital(member.kind.as_str()))),
        rank: loaded.standing.rank(result.map_or(member.rank.as_str(), |result| result.paid_rank.as_str())),
        active: result.filter(|_| may_earn).map_or("–", |result| if result.is_active { "Yes" } else { "No" }),
        pv: result.map_or_else(dash, |result| result.pv.grouped()),
        gv: result.filter(|_| may_earn).map_or_else(dash, |result| result.gv.grouped()),
        frontline: row.frontline,
        group: result
            .filter(|_| may_earn)
            .map_or_else(dash, |result| crate::domain::money::grouped(result.downline_count.into())),
        joined: short_day(member.joined_on, today),
        left_out: if row.level == 0 { 0 } else { row.left_out },
        centre: centred(base, &member.number),
        person: Person::of(member),
    }
}
