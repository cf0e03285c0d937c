//! The list of orders: filters in the address, newest first, pages.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::words;
use crate::domain::calendar::{Day, month_of_label};
use crate::domain::order::{OrderKind, OrderType, PaymentState};
use crate::domain::period as periods;
use crate::store::members::{self, Member};
use crate::store::order_list::{self, OrderFilter};
use crate::store::orders::Order;
use crate::store::{Conn, StoreResult, Total};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{
    Address, Chip, Choice, Pager, Person, ROWS, Shell, capital, filters, page_of, segment, short_day,
};

/// What the address asks for; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Asked {
    q: Option<String>,
    member: Option<String>,
    kind: Option<String>,
    #[field(name = "type")]
    order_type: Option<String>,
    payment: Option<String>,
    period: Option<String>,
    from: Option<String>,
    until: Option<String>,
    page: Option<i64>,
}

/// A line of the list.
struct Row {
    number: String,
    href: String,
    buyer: Person,
    day: String,
    counts: String,
    kind: &'static str,
    amount: String,
    is_negative: bool,
    cv: String,
    badge: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "web/orders/list.html")]
struct List {
    shell: Shell,
    of: Option<Person>,
    q: String,
    member: String,
    period: String,
    from: String,
    until: String,
    chips: Vec<Chip>,
    kinds: Vec<Choice>,
    types: Vec<Choice>,
    payments: Vec<Choice>,
    payment: &'static str,
    rows: Vec<Row>,
    pager: Pager,
    place_href: String,
}

/// What is stored.
struct Loaded {
    filter: OrderFilter,
    member: Option<Member>,
    total: Total,
    page: i64,
    rows: Vec<(Order, Member)>,
    asked: Asked,
}

#[rocket::get("/orders?<asked..>")]
pub async fn list(who: Signed<View>, app: &State<App>, asked: Asked) -> Result<Page, Fault> {
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, asked))).await?;
    Page::of(&view(who.shell, loaded))
}

fn load(c: &mut Conn, asked: Asked) -> StoreResult<Loaded> {
    let text = |value: &Option<String>| value.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let day = |value: &Option<String>| value.as_deref().and_then(|text| text.trim().parse::<Day>().ok());
    let member = text(&asked.member).map(|number| members::find_by_number(c, &number)).transpose()?.flatten();
    let month = asked.period.as_deref().and_then(month_of_label);
    let filter = OrderFilter {
        number: text(&asked.q).unwrap_or_default(),
        member: member.as_ref().map(|member| member.id),
        kind: asked.kind.as_deref().and_then(|word| word.parse().ok()),
        order_type: asked.order_type.as_deref().and_then(|word| word.parse().ok()),
        payment: asked.payment.as_deref().and_then(|word| word.parse().ok()),
        from: month.map(|(first, _)| first).max(day(&asked.from)),
        until: match (month.map(|(_, last)| last), day(&asked.until)) {
            (Some(last), Some(until)) => Some(last.min(until)),
            (last, until) => last.or(until),
        },
    };
    let total = order_list::count(c, &filter)?;
    let page = page_of(asked.page, total);
    let rows = order_list::list(c, &filter, (page - 1) * ROWS, ROWS)?;
    Ok(Loaded { filter, member, total, page, rows, asked })
}

fn view(shell: Shell, loaded: Loaded) -> List {
    let Loaded { filter, member, total, page, rows, asked } = loaded;
    let today = shell.today;
    let period = asked.period.filter(|label| month_of_label(label).is_some()).unwrap_or_default();
    let day = |text: Option<String>| text.filter(|text| text.parse::<Day>().is_ok()).unwrap_or_default();
    let (from, until) = (day(asked.from), day(asked.until));
    let number = member.as_ref().map(|member| member.number.clone()).unwrap_or_default();
    let address = Address::new("/orders")
        .with("q", &filter.number)
        .with("member", &number)
        .with("kind", filter.kind.map(OrderKind::as_str).unwrap_or_default())
        .with("type", filter.order_type.map(OrderType::as_str).unwrap_or_default())
        .with("payment", filter.payment.map(PaymentState::as_str).unwrap_or_default())
        .with("period", &period)
        .with("from", &from)
        .with("until", &until);
    let on = [
        ("q", "Number begins", (!filter.number.is_empty()).then(|| filter.number.clone())),
        ("member", "Member", (!number.is_empty()).then(|| number.clone())),
        ("kind", "Kind", filter.kind.map(|kind| capital(kind.as_str()))),
        ("type", "Type", filter.order_type.map(|kind| words::order_type(kind).to_owned())),
        ("payment", "Payment", filter.payment.map(|payment| words::payment_badge(payment).0.to_owned())),
        ("period", "Ordered in", (!period.is_empty()).then(|| periods::name(&period))),
        ("from", "Ordered from", from.parse().ok().map(|day| short_day(day, today))),
        ("until", "Ordered until", until.parse().ok().map(|day| short_day(day, today))),
    ];
    let chips = on.into_iter().filter_map(|(name, label, value)| Some(Chip::new(&address, name, label, value?)));
    List {
        chips: chips.collect(),
        q: filter.number.clone(),
        kinds: Choice::list(OrderKind::ALL, |kind| (kind.as_str(), capital(kind.as_str())), filter.kind.as_ref()),
        types: Choice::list(
            OrderType::ALL,
            |kind| (kind.as_str(), words::order_type(*kind).to_owned()),
            filter.order_type.as_ref(),
        ),
        payments: Choice::list(
            PaymentState::ALL,
            |state| (state.as_str(), words::payment_badge(*state).0.to_owned()),
            filter.payment.as_ref(),
        ),
        payment: filter.payment.map(PaymentState::as_str).unwrap_or_default(),
        rows: rows.iter().map(|(order, buyer)| row_view(order, buyer, today)).collect(),
        pager: Pager::new(&address, page, total),
        place_href: Address::new("/orders/new").with("member", &number).to_string(),
        of: member.as_ref().map(Person::of),
        member: number,
        period,
        from,
        until,
        shell,
    }
}

fn row_view(order: &Order, buyer: &Member, today: Day) -> Row {
    Row {
        href: format!("/orders/{}", segment(&order.number)),
        number: order.number.clone(),
        buyer: Person::of(buyer),
        day: short_day(order.ordered_on, today),
        counts: if order.commission_on == Day::FOREVER {
            "–".to_owned()
        } else {
            short_day(order.commission_on, today)
        },
        kind: words::kind(order),
        amount: format!("{} {}", order.currency.grouped(order.paid_minor), order.currency),
        is_negative: order.paid_minor < 0,
        cv: order.cv.grouped(),
        badge: words::payment_badge(order.payment),
    }
}
