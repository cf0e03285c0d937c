//! The list of members: search, filters in the address, order, pages.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::super::standing::Standing;
use crate::domain::calendar::Day;
use crate::domain::country;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Currency;
use crate::store::member_list::{self, IdPage, MemberFilter, MemberOrder, MemberRow};
use crate::store::{Conn, StoreResult, Total, members};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Address, Chip, Choice, Pager, Person, ROWS, Shell, capital, filters, short_day, status_badge};

/// What the address asks for; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Asked {
    q: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    rank: Option<String>,
    country: Option<String>,
    from: Option<String>,
    until: Option<String>,
    sort: Option<String>,
    page: Option<i64>,
}

/// A line of the list.
struct Row {
    person: Person,
    country: String,
    status: (&'static str, &'static str),
    kind: String,
    rank: String,
    sponsor: Option<Person>,
    pv: String,
    gv: String,
    earned: String,
    own: String,
    joined: String,
}

#[derive(Template)]
#[template(path = "web/members/list.html")]
struct List {
    shell: Shell,
    everybody: i64,
    q: String,
    address: Address,
    sort: &'static str,
    chips: Vec<Chip>,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    ranks: Vec<Choice>,
    country: String,
    from: String,
    until: String,
    rows: Vec<Row>,
    pager: Pager,
    /// Period of the last run and its number.
    run: Option<(String, String)>,
    currency: String,
    this_month: String,
    month_start: String,
}

#[rocket::get("/members?<asked..>")]
pub async fn list(who: Signed<View>, app: &State<App>, asked: Asked) -> Result<Page, Fault> {
    let today = who.shell.today;
    let found = app.blocking(move |app| app.db.read(|c| load(c, &asked, today))).await?;
    Page::of(&view(who.shell, found))
}

/// What the page shows.
struct Loaded {
    standing: Standing,
    filter: MemberFilter,
    order: MemberOrder,
    everybody: i64,
    total: Total,
    page: i64,
    rows: Vec<MemberRow>,
}

fn load(conn: &mut Conn, asked: &Asked, today: Day) -> StoreResult<Loaded> {
    let standing = Standing::load(conn, today)?;
    let run = standing.run.as_ref().map(|(run, _)| run.id);
    let filter = filter_of(asked);
    let order = match (asked.sort.as_deref(), run) {
        (Some("number"), _) => MemberOrder::Number,
        (Some("joined"), _) => MemberOrder::Joined,
        (Some("earned"), Some(run)) => MemberOrder::Earned(run),
        _ => MemberOrder::Name,
    };
    let everybody = members::count(conn)?;
    let IdPage { ids, total, page } = member_list::page(conn, &filter, order, asked.page.unwrap_or(1), ROWS)?;
    let rows = member_list::rows(conn, &ids, run, today.month_start())?;
    Ok(Loaded { standing, filter, order, everybody, total, page, rows })
}

fn filter_of(asked: &Asked) -> MemberFilter {
    let text = |value: &Option<String>| value.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let day = |value: &Option<String>| value.as_deref().and_then(|text| text.trim().parse().ok());
    MemberFilter {
        words: text(&asked.q).map(|words| words.chars().take(100).collect()).unwrap_or_default(),
        kind: asked.kind.as_deref().and_then(|word| word.parse().ok()),
        status: asked.status.as_deref().and_then(|word| word.parse().ok()),
        rank: text(&asked.rank),
        country: text(&asked.country).map(|code| code.to_uppercase()),
        joined_from: day(&asked.from),
        joined_until: day(&asked.until),
    }
}

fn view(shell: Shell, found: Loaded) -> List {
    let Loaded { standing, filter, order, everybody, total, page, rows } = found;
    let sort = match order {
        MemberOrder::Name => "name",
        MemberOrder::Number => "number",
        MemberOrder::Joined => "joined",
        MemberOrder::Earned(_) => "earned",
    };
    let address = address_of(&filter, if sort == "name" { "" } else { sort });
    let today = shell.today;
    let currency = standing.run.as_ref().map(|(run, _)| run.currency);
    let chosen_rank = filter.rank.as_deref();
    List {
        everybody,
        q: filter.words.clone(),
        sort,
        chips: chips(&filter, &address, &standing, today),
        kinds: Choice::list(MemberKind::ALL, |kind| (kind.as_str(), capital(kind.as_str())), filter.kind.as_ref()),
        statuses: Choice::list(
            MemberStatus::ALL,
            |status| (status.as_str(), status_badge(*status).0.to_owned()),
            filter.status.as_ref(),
        ),
        ranks: standing
            .ranks
            .iter()
            .map(|(code, name)| Choice {
                value: code.clone(),
                label: name.clone(),
                is_chosen: chosen_rank == Some(code),
            })
            .collect(),
        country: filter.country.clone().unwrap_or_default(),
        from: filter.joined_from.map(|day| day.to_string()).unwrap_or_default(),
        until: filter.joined_until.map(|day| day.to_string()).unwrap_or_default(),
        rows: rows.iter().map(|row| row_view(row, &standing, currency, today)).collect(),
        pager: Pager::new(&address, page, total),
        run: standing.run.as_ref().and_then(|(run, _)| Some((standing.period()?, run.number.clone()))),
        currency: currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
        this_month: today.date().format("%B").to_string(),
        month_start: today.month_start().to_string(),
        address,
        shell,
    }
}

/// The address of the list without the page.
fn address_of(filter: &MemberFilter, sort: &str) -> Address {
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    Address::new("/members")
        .with("q", &filter.words)
        .with("kind", filter.kind.map(MemberKind::as_str).unwrap_or_default())
        .with("status", filter.status.map(MemberStatus::as_str).unwrap_or_default())
        .with("rank", filter.rank.as_deref().unwrap_or_default())
        .with("country", filter.country.as_deref().unwrap_or_default())
        .with("from", day(filter.joined_from))
        .with("until", day(filter.joined_until))
        .with("sort", sort)
}

fn chips(filter: &MemberFilter, address: &Address, standing: &Standing, today: Day) -> Vec<Chip> {
    let on = [
        ("q", "Search", (!filter.words.is_empty()).then(|| filter.words.clone())),
        ("kind", "Kind", filter.kind.map(|kind| capital(kind.as_str()))),
        ("status", "Status", filter.status.map(|status| status_badge(status).0.to_owned())),
        ("rank", "Rank", filter.rank.as_deref().map(|rank| standing.rank(rank))),
        ("country", "Country", filter.country.as_deref().map(|code| country::name_of(code).to_owned())),
        ("from", "Joined from", filter.joined_from.map(|day| short_day(day, today))),
        ("until", "Joined until", filter.joined_until.map(|day| short_day(day, today))),
    ];
    on.into_iter().filter_map(|(name, label, value)| Some(Chip::new(address, name, label, value?))).collect()
}

fn row_view(row: &MemberRow, standing: &Standing, currency: Option<Currency>, today: Day) -> Row {
    let dash = || "–".to_owned();
    let member = &row.member;
    let result = row.result.as_ref();
    let earned = result.zip(currency).filter(|(result, _)| result.line_count > 0);
    Row {
        person: Person::of(member),
        country: country::name_of(&member.country).to_owned(),
        status: status_badge(member.status),
        kind: capital(member.kind.as_str()),
        rank: standing.rank(&member.rank),
        sponsor: row.sponsor.as_ref().map(Person::of),
        pv: result.map_or_else(dash, |result| result.pv.grouped()),
        gv: result.filter(|_| member.kind.may_earn()).map_or_else(dash, |result| result.gv.grouped()),
        earned: earned.map_or_else(dash, |(result, currency)| currency.grouped(result.earned_minor)),
        own: row.own_qv.grouped(),
        joined: short_day(member.joined_on, today),
    }
}
