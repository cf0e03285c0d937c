//! The form that places an order.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::words;
use crate::actions::place_order::{self, NewOrder};
use crate::actions::{ActionFault, FieldFault};
use crate::domain::order::OrderType;
use crate::domain::product::ProductStatus;
use crate::store::products::{self, Product};
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Choice, Errors, Shell, filters, segment};

/// Lines that the form begins with, and that "more lines" adds.
const LINES: usize = 4;
/// The most lines of one order by this form.
const MOST: usize = 100;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Typed {
    member: String,
    #[field(default = String::new())]
    through: String,
    #[field(name = "type")]
    order_type: String,
    #[field(default = false)]
    is_paid: bool,
    sku: Vec<String>,
    quantity: Vec<String>,
    /// More empty lines are asked for, nothing else.
    #[field(default = false)]
    more: bool,
}

#[derive(Template)]
#[template(path = "web/orders/place.html")]
struct Place {
    shell: Shell,
    errors: Errors,
    member: String,
    through: String,
    is_paid: bool,
    types: Vec<Choice>,
    lines: Vec<(String, String)>,
    products: Vec<Product>,
}

#[rocket::get("/orders/new?<member>")]
pub async fn show(who: Signed<ManageField>, app: &State<App>, member: Option<String>) -> Result<Page, Fault> {
    let products = app.blocking(|app| app.db.read(products::list)).await?;
    let typed = Typed { member: member.unwrap_or_default(), ..Default::default() };
    Page::of(&page(who.shell, Errors::none(), &typed, products))
}

#[rocket::post("/orders", data = "<form>")]
pub async fn submit(who: Signed<ManageField>, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    if typed.more {
        let products = app.blocking(|app| app.db.read(products::list)).await?;
        return Page::of(&page(who.shell, Errors::none(), &typed, products)).map(Reply::from);
    }
    let read = read(&typed);
    let actor = who.actor();
    let result = app
        .blocking(move |app| {
            Ok::<_, Fault>(match read {
                Ok(new) => place_order::place_order(&app.db, &app.clock, &actor, &new),
                Err(faults) => Err(ActionFault::Invalid(faults)),
            })
        })
        .await?;
    match result {
        Ok(order) => {
            let said = format!(
                "Order {} over {} {} is placed.",
                order.number,
                order.currency.grouped(order.paid_minor),
                order.currency
            );
            Ok(SeeOther::to(format!("/orders/{}", segment(&order.number))).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "member")?;
            let products = app.blocking(|app| app.db.read(products::list)).await?;
            Page::invalid(&page(who.shell, errors, &typed, products)).map(Reply::from)
        }
    }
}

/// The lines that say anything.
fn lines(typed: &Typed) -> Vec<(String, String)> {
    let quantities = typed.quantity.iter().map(String::as_str).chain(std::iter::repeat(""));
    typed
        .sku
        .iter()
        .zip(quantities)
        .take(MOST)
        .map(|(sku, quantity)| (sku.trim().to_owned(), quantity.trim().to_owned()))
        .filter(|(sku, quantity)| !sku.is_empty() || !quantity.is_empty())
        .collect()
}

fn read(typed: &Typed) -> Result<NewOrder, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let order_type = typed.order_type.parse().unwrap_or_else(|_| {
        faults.push(FieldFault::new("type", "Choose what kind of purchase it is"));
        OrderType::Standard
    });
    let mut wanted = Vec::new();
    for (sku, quantity) in lines(typed) {
        if sku.is_empty() {
            faults.push(FieldFault::new("lines", format!("A line with {quantity} pieces names no product")));
        } else {
            match quantity.parse::<i64>() {
                Ok(pieces) => wanted.push((sku, pieces)),
                Err(_) => faults.push(FieldFault::new(
                    "lines",
                    format!("{sku}: “{quantity}” is not a number of pieces; write a whole number"),
                )),
            }
        }
    }
    if faults.is_empty() {
        let (member, through) = (typed.member.clone(), typed.through.clone());
        Ok(NewOrder { member, through, order_type, is_paid: typed.is_paid, lines: wanted })
    } else {
        Err(faults)
    }
}

fn page(shell: Shell, errors: Errors, typed: &Typed, products: Vec<Product>) -> Place {
    let mut rows = lines(typed);
    let wanted = (rows.len() + 1).max(LINES) + if typed.more { LINES } else { 0 };
    rows.resize(wanted.min(MOST), (String::new(), String::new()));
    let chosen = typed.order_type.parse().unwrap_or(OrderType::Standard);
    Place {
        member: typed.member.clone(),
        through: typed.through.clone(),
        is_paid: typed.is_paid,
        types: Choice::list(OrderType::ALL, |kind| (kind.as_str(), words::order_type(*kind).to_owned()), Some(&chosen)),
        lines: rows,
        products: products.into_iter().filter(|product| product.status == ProductStatus::Active).collect(),
        shell,
        errors,
    }
}
