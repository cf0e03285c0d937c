//! One member: figures of the last run, the way to the next rank, earnings, orders, account, history.

use askama::Template;
use rocket::State;

use super::super::standing::Standing;
use super::progress::Progress;
use crate::actions::company;
use crate::actions::preview::Preview;
use crate::domain::calendar::Day;
use crate::domain::company::Company;
use crate::domain::country;
use crate::domain::ids::MemberId;
use crate::domain::money::Currency;
use crate::domain::period;
use crate::domain::tree::TreeKind;
use crate::jobs::live_preview::Shown;
use crate::store::audit::{self, Stored};
use crate::store::ledger;
use crate::store::members::{self, Member};
use crate::store::order_list::{self, OrderFilter};
use crate::store::orders::Order;
use crate::store::runs::{Run, RunMember};
use crate::store::statements::Statement;
use crate::store::{
    Conn, StoreError, StoreResult, Total, attributes, genealogy, links, member_list, statements, wallets,
};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::pages::orders::words as order_words;
use crate::web::reply::{Fault, Page};
use crate::web::view::{Person, Shell, capital, filters, segment, short_day, status_badge, time_of};

/// How many orders, statements, entries and events a profile shows.
const SHOWN: usize = 10;
/// Uplines shown at the top and next to the member; those between are counted.
const TOP: usize = 2;
const NEAR: usize = 5;

/// What is stored about the member.
struct Loaded {
    member: Member,
    standing: Standing,
    company: Company,
    uplines: Vec<Member>,
    depth: usize,
    enroller: Option<Member>,
    /// The member who owns this position, and the other positions of this one.
    owner: Option<Member>,
    positions: Vec<(String, String)>,
    /// What the member has besides, today: name and value.
    besides: Vec<(String, String)>,
    sponsored: Vec<Since>,
    frontline: i64,
    own_qv: crate::domain::money::Volume,
    runs: Vec<(Run, String, RunMember)>,
    orders: Vec<(Order, Member)>,
    order_total: Total,
    statements: Vec<Statement>,
    entries: Vec<ledger::Entry>,
    wallets: Vec<(String, i64)>,
    events: Vec<Stored>,
}

/// A sponsor of the past or present.
struct Since {
    from: Day,
    until: Day,
    reason: String,
    parent: Option<Member>,
}

#[derive(Template)]
#[template(path = "web/members/profile.html")]
struct Profile {
    shell: Shell,
    person: Person,
    status: (&'static str, &'static str),
    kind: String,
    rank: String,
    highest: String,
    joined: String,
    place: String,
    this_month: String,
    month_start: String,
    own_qv: String,
    /// The last run's period, its number and the figures.
    figures: Option<Figures>,
    progress: Option<Progress>,
    /// The open period so far that says where the member stands, with its own way to the next rank.
    so_far: Option<SoFar>,
    earnings: Vec<EarningRow>,
    orders: Vec<OrderRow>,
    order_count: String,
    orders_href: String,
    statements: Vec<StatementRow>,
    statement_count: usize,
    entries: Vec<EntryRow>,
    balance: String,
    /// Wallets by name, and what is in them.
    wallets: Vec<(String, String)>,
    currency: Currency,
    /// From the top; `None` stands for those that are left out.
    upline: Vec<Upline>,
    depth: usize,
    genealogy_href: String,
    enroller: Option<Person>,
    owner: Option<Person>,
    positions: Vec<(String, String, String)>,
    besides: Vec<(String, String)>,
    history: Vec<(String, Option<Person>, String)>,
    frontline: i64,
    facts: Vec<(&'static str, String)>,
    events: Vec<Stored>,
    sees_audit: bool,
    may_edit: bool,
    may_order: bool,
}

struct Figures {
    period: String,
    href: String,
    pv: String,
    gv: String,
    is_active: bool,
    group: i64,
    earned: String,
    lines: i64,
}

/// The estimate of an open period for this member.
struct SoFar {
    period: String,
    kind: &'static str,
    as_of: String,
    /// The other open periods: name, what would be earned, personal volume.
    others: Vec<(String, String, String)>,
    pv: String,
    gv: String,
    is_active: bool,
    paid_rank: String,
    earned: String,
    progress: Option<Progress>,
}

struct EarningRow {
    period: String,
    href: String,
    run: String,
    rank: String,
    pv: String,
    gv: String,
    amount: String,
    lines: i64,
}

struct OrderRow {
    number: String,
    href: String,
    day: String,
    kind: String,
    amount: String,
    is_negative: bool,
    cv: String,
    badge: (&'static str, &'static str),
}

struct StatementRow {
    number: String,
    href: String,
    earned: String,
    closing: String,
    issued: String,
}

struct EntryRow {
    day: String,
    kind: String,
    reference: String,
    amount: String,
    is_negative: bool,
    balance: String,
}

struct Upline {
    person: Option<Person>,
    rank: String,
    left_out: usize,
}

#[rocket::get("/members/<number>")]
pub async fn show(who: Signed<View>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let today = who.shell.today;
    let sees_audit = who.shell.may("view-audit");
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &number, today, sees_audit))).await?;
    let so_far = app.look_ahead().and_then(|shown| so_far(&shown, &loaded, &who.shell));
    Page::of(&Profile { so_far, ..view(who.shell, loaded, sees_audit) })
}

fn load(c: &mut Conn, number: &str, today: Day, sees_audit: bool) -> StoreResult<Loaded> {
    let member =
        members::find_by_number(c, number)?.ok_or_else(|| StoreError::not_found("member with the number", number))?;
    let standing = Standing::load(c, today)?;
    let company = company::load(c)?;
    let above = genealogy::uplines(c, TreeKind::Sponsor, member.id, today)?;
    let mut shown: Vec<MemberId> = above.iter().take(NEAR).copied().collect();
    shown.extend(above.iter().skip(NEAR.max(above.len().saturating_sub(TOP))));
    let found = members::list_by_ids(c, &shown)?;
    let in_order = |id: &MemberId| found.iter().find(|upline| upline.id == *id).cloned();
    let enroller = links::find_parent(c, TreeKind::Enroller, member.id)?;
    let enroller = enroller.map(|id| members::get(c, id)).transpose()?;
    let past = links::history(c, member.id)?;
    let filter = OrderFilter { member: Some(member.id), ..OrderFilter::default() };
    let mut events = Vec::new();
    if sees_audit {
        events = audit::list_of_object(c, "member", member.id.0, 20)?;
    }
    Ok(Loaded {
        uplines: shown.iter().filter_map(in_order).collect(),
        depth: above.len(),
        enroller,
        owner: Some(member.person_id).filter(|owner| owner.0 != 0).map(|owner| members::get(c, owner)).transpose()?,
        positions: members::list_positions(c, member.id)?,
        besides: besides(c, member.id, today)?,
        sponsored: sponsors(c, past)?,
        frontline: links::count_frontline(c, TreeKind::Sponsor, member.id)?,
        own_qv: member_list::own_volumes(c, &[member.id], today.month_start())?
            .remove(&member.id)
            .unwrap_or(crate::domain::money::Volume::ZERO),
        runs: member_list::history(c, member.id)?,
        orders: order_list::list(c, &filter, 0, 10)?,
        order_total: order_list::count(c, &filter)?,
        statements: statements::list_of_member(c, member.id)?,
        entries: ledger::list_of_member(c, member.id, company.currency)?,
        wallets: in_wallets(c, member.id, company.currency)?,
        events,
        member,
        standing,
        company,
    })
}

/// What the member has in each wallet, by the wallet's name.
fn in_wallets(c: &mut Conn, member: MemberId, currency: Currency) -> StoreResult<Vec<(String, i64)>> {
    let balances = ledger::list_wallets(c, member, currency)?;
    balances.into_iter().map(|(wallet, balance)| Ok((wallets::name_of(c, &wallet)?, balance))).collect()
}

/// What holds today of what the member has besides.
fn besides(c: &mut Conn, member: MemberId, today: Day) -> StoreResult<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for said in attributes::list_of(c, &[member])?.into_iter().filter(|said| said.from_day <= today) {
        found.retain(|(name, _)| *name != said.name);
        found.extend((!said.value.is_empty()).then_some((said.name, said.value)));
    }
    Ok(found)
}

/// The sponsors so far, newest first; empty where there was only one.
fn sponsors(c: &mut Conn, past: Vec<links::Link>) -> StoreResult<Vec<Since>> {
    let past: Vec<links::Link> = past.into_iter().filter(|link| link.tree == TreeKind::Sponsor).collect();
    if past.len() < 2 {
        return Ok(Vec::new());
    }
    let ids: Vec<MemberId> = past.iter().map(|link| link.parent_id).collect();
    let found = members::list_by_ids(c, &ids)?;
    Ok(past
        .into_iter()
        .map(|link| Since {
            from: link.from_day,
            until: link.until_day,
            reason: link.reason,
            parent: found.iter().find(|member| member.id == link.parent_id).cloned(),
        })
        .collect())
}

fn view(shell: Shell, mut loaded: Loaded, sees_audit: bool) -> Profile {
    let events = std::mem::take(&mut loaded.events);
    let Loaded { member, standing, company, .. } = &loaded;
    let today = shell.today;
    let person = Person::of(member);
    let in_run = standing.run.as_ref().and_then(|(run, label)| {
        let (_, _, result) = loaded.runs.iter().find(|(known, _, _)| known.id == run.id)?;
        Some((run, label, result))
    });
    Profile {
        status: status_badge(member.status),
        kind: capital(member.kind.as_str()),
        rank: standing.rank(&member.rank),
        highest: standing.rank(&member.highest_rank),
        joined: member.joined_on.date().format("%-d %B %Y").to_string(),
        place: place(member),
        this_month: today.date().format("%B %Y").to_string(),
        month_start: today.month_start().to_string(),
        own_qv: loaded.own_qv.grouped(),
        figures: in_run.map(|(run, label, result)| figures(run, label, result, &person)),
        progress: in_run.and_then(|(_, _, result)| Progress::read(&result.progress)),
        so_far: None,
        earnings: loaded.runs.iter().map(|row| earning_row(row, standing, &person)).take(24).collect(),
        orders: loaded.orders.iter().map(|(order, _)| order_row(order, today)).collect(),
        order_count: crate::web::view::written_total(loaded.order_total),
        orders_href: format!("/orders?member={}", segment(&person.number)),
        statements: loaded
            .statements
            .iter()
            .take(SHOWN)
            .map(|statement| statement_row(statement, company.currency, today))
            .collect(),
        statement_count: loaded.statements.len(),
        entries: loaded
            .entries
            .iter()
            .rev()
            .take(SHOWN)
            .map(|entry| entry_row(entry, company.currency, today))
            .collect(),
        wallets: loaded.wallets.iter().map(|(name, sum)| (name.clone(), company.currency.grouped(*sum))).collect(),
        balance: company.currency.grouped(loaded.entries.last().map_or(0, |entry| entry.balance_minor)),
        currency: company.currency,
        upline: upline(&loaded),
        depth: loaded.depth,
        genealogy_href: format!("/genealogy/{}", segment(&person.number)),
        enroller: loaded.enroller.as_ref().map(Person::of),
        owner: loaded.owner.as_ref().map(Person::of),
        positions: loaded.positions.iter().map(|(number, name)| position(number, name)).collect(),
        besides: loaded.besides.clone(),
        history: loaded.sponsored.iter().map(|since| history_row(since, today)).collect(),
        frontline: loaded.frontline,
        facts: facts(member),
        events,
        sees_audit,
        may_edit: shell.may("manage-field"),
        may_order: shell.may("manage-field") && member.status == crate::domain::member::MemberStatus::Active,
        person,
        shell,
    }
}

fn so_far(shown: &Shown, loaded: &Loaded, shell: &Shell) -> Option<SoFar> {
    let main = shown.estimate.of_ranks().or_else(|| shown.estimate.previews.last())?;
    let found = main.member(loaded.member.id)?;
    let others = shown.estimate.previews.iter().filter(|other| other.period != main.period);
    let other = |other: &Preview| {
        let found = other.member(loaded.member.id)?;
        let earned = other.currency.grouped(found.earned_minor);
        Some((period::name(&other.period.label), earned, found.pv.grouped()))
    };
    Some(SoFar {
        period: period::name(&main.period.label),
        kind: main.period.kind.words().0,
        others: others.filter_map(other).collect(),
        as_of: time_of(shown, shell.zone),
        pv: found.pv.grouped(),
        gv: found.gv.grouped(),
        is_active: found.is_active,
        earned: main.currency.grouped(found.earned_minor),
        progress: Progress::read(&found.progress),
        paid_rank: found.paid_rank,
    })
}

fn place(member: &Member) -> String {
    let country = country::name_of(&member.country);
    let parts = [member.city.as_str(), country];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

fn figures(run: &Run, label: &str, result: &RunMember, person: &Person) -> Figures {
    Figures {
        period: period::name(label),
        href: run_href(run, person),
        pv: result.pv.grouped(),
        gv: result.gv.grouped(),
        is_active: result.is_active,
        group: result.downline_count,
        earned: run.currency.grouped(result.earned_minor),
        lines: result.line_count,
    }
}

fn run_href(run: &Run, person: &Person) -> String {
    format!("/commissions/{}/members/{}", segment(&run.number), segment(&person.number))
}

fn earning_row((run, label, result): &(Run, String, RunMember), standing: &Standing, person: &Person) -> EarningRow {
    EarningRow {
        period: period::name(label),
        href: run_href(run, person),
        run: run.number.clone(),
        rank: standing.rank(&result.paid_rank),
        pv: result.pv.grouped(),
        gv: result.gv.grouped(),
        amount: run.currency.grouped(result.earned_minor),
        lines: result.line_count,
    }
}

fn order_row(order: &Order, today: Day) -> OrderRow {
    OrderRow {
        href: format!("/orders/{}", segment(&order.number)),
        number: order.number.clone(),
        day: short_day(order.ordered_on, today),
        kind: order_words::kind(order).to_owned(),
        amount: format!("{} {}", order.currency.grouped(order.paid_minor), order.currency),
        is_negative: order.paid_minor < 0,
        cv: order.cv.grouped(),
        badge: order_words::payment_badge(order.payment),
    }
}

fn statement_row(statement: &Statement, currency: Currency, today: Day) -> StatementRow {
    StatementRow {
        href: format!("/statements/{}.pdf", segment(&statement.number)),
        number: statement.number.clone(),
        earned: currency.grouped(statement.earned_minor),
        closing: currency.grouped(statement.closing_minor),
        issued: short_day(statement.issued_on, today),
    }
}

fn entry_row(entry: &ledger::Entry, currency: Currency, today: Day) -> EntryRow {
    EntryRow {
        day: short_day(entry.transfer.on_day, today),
        kind: capital(&entry.transfer.kind.as_str().replace('-', " ")),
        reference: entry.transfer.reference.clone(),
        amount: currency.grouped(entry.amount_minor),
        is_negative: entry.amount_minor < 0,
        balance: currency.grouped(entry.balance_minor),
    }
}

/// From the top down to the sponsor; who stands between the two ends is only counted.
fn upline(loaded: &Loaded) -> Vec<Upline> {
    let left_out = loaded.depth - loaded.uplines.len().min(loaded.depth);
    let line = |member: &Member| Upline {
        person: Some(Person::of(member)),
        rank: loaded.standing.rank(&member.rank),
        left_out: 0,
    };
    let mut lines: Vec<Upline> = loaded.uplines.iter().rev().map(line).collect();
    if left_out > 0 {
        let at = lines.len().saturating_sub(NEAR);
        lines.insert(at, Upline { person: None, rank: String::new(), left_out });
    }
    lines
}

fn history_row(since: &Since, today: Day) -> (String, Option<Person>, String) {
    let until = if since.until == Day::FOREVER { "today".to_owned() } else { short_day(since.until, today) };
    let dates = format!("{} to {until}", short_day(since.from, today));
    (dates, since.parent.as_ref().map(Person::of), since.reason.clone())
}

/// Address, name and number of a position.
fn position(number: &str, name: &str) -> (String, String, String) {
    (format!("/members/{}", segment(number)), name.to_owned(), number.to_owned())
}

fn facts(member: &Member) -> Vec<(&'static str, String)> {
    let dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let town = format!("{} {}", member.postal_code, member.city);
    let address: Vec<&str> = [member.street.as_str(), town.trim(), country::name_of(&member.country)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    vec![
        ("Email", dash(&member.email)),
        ("Phone", dash(&member.phone)),
        ("Language", dash(&member.language)),
        ("Address", dash(&address.join(", "))),
    ]
}
