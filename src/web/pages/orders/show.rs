//! One order: its lines, when it counts, what came back, and what it paid to whom.

use askama::Template;
use rocket::State;

use super::words;
use crate::domain::calendar::Day;
use crate::domain::ids::ProductId;
use crate::domain::money::rate_text;
use crate::domain::order::{OrderKind, PaymentState};
use crate::domain::period;
use crate::domain::run::PeriodStatus;
use crate::plan::BaseKind;
use crate::store::members::{self, Member};
use crate::store::order_list::{self, Earning};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::periods::Period;
use crate::store::runs::Run;
use crate::store::{Conn, StoreError, StoreResult};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Person, Shell, capital, filters, segment, short_day};

/// What is stored.
struct Loaded {
    order: Order,
    buyer: Member,
    through: Option<Member>,
    lines: Vec<OrderLine>,
    skus: Vec<(ProductId, String)>,
    returns: Vec<Order>,
    originals: Vec<Order>,
    periods: Vec<(Period, Option<Run>)>,
    earnings: Vec<Earning>,
}

struct LineRow {
    name: String,
    sku: String,
    product: String,
    quantity: i64,
    price: String,
    amount: String,
    qv: String,
    cv: String,
    measures: String,
}

/// What one run paid on the order.
struct Paid {
    run: String,
    href: String,
    status: String,
    rows: Vec<PaidRow>,
    total: String,
}

struct PaidRow {
    earner: Person,
    href: String,
    bonus: String,
    level: String,
    base: String,
    rate: String,
    amount: String,
    is_negative: bool,
}

#[derive(Template)]
#[template(path = "web/orders/show.html")]
struct Show {
    shell: Shell,
    number: String,
    href: String,
    buyer: Person,
    /// Through whom it came, besides the buyer.
    through: Option<Person>,
    badge: (&'static str, &'static str),
    kind: &'static str,
    is_return: bool,
    ordered: String,
    currency: String,
    lines: Vec<LineRow>,
    total: String,
    wholesale: String,
    qv: String,
    cv: String,
    /// Further volumes by name; empty for most orders.
    measures: String,
    counts: Option<String>,
    /// Period, its state, and the run's number and address.
    periods: Vec<(String, String, Option<(String, String)>)>,
    linked: Vec<(String, String, String, String)>,
    paid: Vec<Paid>,
    /// What the payment may become: word, label, whether it is the main button.
    steps: Vec<(&'static str, &'static str, bool)>,
    may_return: bool,
}

#[rocket::get("/orders/<number>")]
pub async fn show(who: Signed<View>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &number))).await?;
    Page::of(&view(who.shell, &loaded))
}

fn load(c: &mut Conn, number: &str) -> StoreResult<Loaded> {
    let order = find(c, number)?;
    let lines = orders::list_lines(c, order.id)?;
    let products: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
    Ok(Loaded {
        buyer: members::get(c, order.member_id)?,
        through: Some(order.through_id).filter(|id| id.0 != 0).map(|id| members::get(c, id)).transpose()?,
        skus: order_list::skus(c, &products)?,
        returns: orders::list_returns_of(c, order.id)?,
        originals: order_list::originals(c, order.id)?,
        periods: if order.commission_on == Day::FOREVER {
            Vec::new()
        } else {
            order_list::periods_of(c, order.commission_on)?
        },
        earnings: order_list::earnings(c, order.id)?,
        order,
        lines,
    })
}

/// The order with this number, or a fault that names it.
pub(super) fn find(c: &mut Conn, number: &str) -> StoreResult<Order> {
    orders::find_by_number(c, number)?.ok_or_else(|| StoreError::not_found("order with the number", number))
}

fn view(shell: Shell, loaded: &Loaded) -> Show {
    let Loaded { order, .. } = loaded;
    let today = shell.today;
    let may_manage = shell.may("manage-field");
    let is_sale = order.kind == OrderKind::Sale;
    let linked = loaded.originals.iter().map(|original| ("Came from", original));
    let linked = linked.chain(loaded.returns.iter().map(|back| ("Came back", back)));
    Show {
        href: href(order),
        number: order.number.clone(),
        buyer: Person::of(&loaded.buyer),
        through: loaded.through.as_ref().map(Person::of),
        badge: words::payment_badge(order.payment),
        kind: words::kind(order),
        is_return: !is_sale,
        ordered: filters::moment_written(order.ordered_at, shell.zone),
        currency: order.currency.code().to_owned(),
        lines: loaded.lines.iter().map(|line| line_row(line, loaded)).collect(),
        total: order.currency.grouped(order.paid_minor),
        wholesale: order.currency.grouped(order.wholesale_minor),
        qv: order.qv.grouped(),
        cv: order.cv.grouped(),
        measures: order.measures.to_string(),
        counts: (order.commission_on != Day::FOREVER).then(|| short_day(order.commission_on, today)),
        periods: loaded.periods.iter().map(period_row).collect(),
        linked: linked
            .map(|(word, other)| {
                let amount = format!("{} {}", other.currency.grouped(other.paid_minor), other.currency);
                (word.to_owned(), other.number.clone(), href(other), amount)
            })
            .collect(),
        paid: paid(loaded),
        steps: if may_manage { steps(order.payment) } else { Vec::new() },
        may_return: may_manage && is_sale && order.payment == PaymentState::Paid,
        shell,
    }
}

fn href(order: &Order) -> String {
    format!("/orders/{}", segment(&order.number))
}

fn line_row(line: &OrderLine, loaded: &Loaded) -> LineRow {
    let currency = loaded.order.currency;
    let sku = loaded.skus.iter().find(|(id, _)| *id == line.product_id).map(|(_, sku)| sku.clone()).unwrap_or_default();
    LineRow {
        name: line.name.clone(),
        product: format!("/products/{}", segment(&sku)),
        sku,
        quantity: line.quantity,
        price: currency.grouped(line.unit_price_minor),
        amount: currency.grouped(line.amount_minor),
        qv: line.qv.grouped(),
        cv: line.cv.grouped(),
        measures: line.measures.to_string(),
    }
}

fn period_row((period, run): &(Period, Option<Run>)) -> (String, String, Option<(String, String)>) {
    let state = match period.status {
        PeriodStatus::Open => "open, may still change",
        PeriodStatus::Frozen => "being calculated",
        PeriodStatus::Committed => "committed",
    };
    let run = run.as_ref().map(|run| (run.number.clone(), format!("/commissions/{}", segment(&run.number))));
    (period::name(&period.label), state.to_owned(), run)
}

/// The lines that the order led to, run by run.
fn paid(loaded: &Loaded) -> Vec<Paid> {
    let mut runs: Vec<Paid> = Vec::new();
    let mut sums: Vec<i64> = Vec::new();
    for earning in &loaded.earnings {
        let known = runs.iter().position(|paid| paid.run == earning.run.number);
        let at = known.unwrap_or_else(|| {
            runs.push(Paid {
                run: earning.run.number.clone(),
                href: format!("/commissions/{}", segment(&earning.run.number)),
                status: capital(earning.run.status.as_str()),
                rows: Vec::new(),
                total: String::new(),
            });
            sums.push(0);
            runs.len() - 1
        });
        sums[at] = sums[at].saturating_add(earning.line.amount_minor);
        runs[at].total = format!("{} {}", earning.run.currency.grouped(sums[at]), earning.run.currency);
        runs[at].rows.push(paid_row(earning));
    }
    runs
}

fn paid_row(earning: &Earning) -> PaidRow {
    let Earning { line, run, member, bonus } = earning;
    let kind = line.base_kind.parse::<BaseKind>();
    let base = kind.map_or_else(|_| String::new(), |kind| kind.shown(line.base, run.currency));
    PaidRow {
        earner: Person::of(member),
        href: format!("/commissions/{}/members/{}#line-{}", segment(&run.number), segment(&member.number), line.id),
        bonus: bonus.clone(),
        level: if line.level == 0 { "own".to_owned() } else { line.level.to_string() },
        base,
        rate: rate(&line.rate),
        amount: run.currency.grouped(line.amount_minor),
        is_negative: line.amount_minor < 0,
    }
}

/// `0.05` → `5%`.
fn rate(stored: &str) -> String {
    stored.parse::<rust_decimal::Decimal>().map_or_else(|_| stored.to_owned(), rate_text)
}

fn steps(payment: PaymentState) -> Vec<(&'static str, &'static str, bool)> {
    let all = [
        (PaymentState::Cancelled, "Cancel the order", false),
        (PaymentState::Declined, "Record as declined", false),
        (PaymentState::Paid, "Record as paid", true),
    ];
    all.into_iter()
        .filter(|(next, _, _)| payment.may_become(*next))
        .map(|(next, label, is_main)| (next.as_str(), label, is_main))
        .collect()
}
