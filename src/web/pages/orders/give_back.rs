//! The form that takes goods of an order back.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::show::find;
use crate::actions::return_order::{self, ReturnedLines};
use crate::actions::{ActionFault, FieldFault};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::{Conn, StoreResult};
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters, segment};

/// The fields as they were typed: for each line how many pieces.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Typed {
    line: Vec<i32>,
    pieces: Vec<String>,
}

/// A line that can come back.
struct Row {
    line_no: i32,
    name: String,
    sold: i64,
    left: i64,
    amount: String,
    typed: String,
}

#[derive(Template)]
#[template(path = "web/orders/give_back.html")]
struct GiveBack {
    shell: Shell,
    number: String,
    href: String,
    currency: String,
    errors: Errors,
    rows: Vec<Row>,
}

#[rocket::get("/orders/<number>/return")]
pub async fn show(who: Signed<ManageField>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &number))).await?;
    Page::of(&page(who.shell, loaded, Errors::none(), &<Typed as Default>::default()))
}

#[rocket::post("/orders/<number>/return", data = "<form>")]
pub async fn submit(
    who: Signed<ManageField>,
    app: &State<App>,
    number: String,
    form: Checked<Typed>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let read = read(&typed);
    let actor = who.actor();
    let (loaded, result) = app
        .blocking(move |app| {
            let loaded = app.db.read(|c| load(c, &number))?;
            let result = match read {
                Ok(lines) => return_order::return_order(&app.db, &app.clock, &actor, loaded.0.id, &lines),
                Err(faults) => Err(ActionFault::Invalid(faults)),
            };
            StoreResult::Ok((loaded, result))
        })
        .await?;
    match result {
        Ok(back) => {
            let said = format!("{} takes back goods of {}.", back.number, loaded.0.number);
            Ok(SeeOther::to(format!("/orders/{}", segment(&back.number))).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "lines")?;
            Page::invalid(&page(who.shell, loaded, errors, &typed)).map(Reply::from)
        }
    }
}

fn read(typed: &Typed) -> Result<ReturnedLines, Vec<FieldFault>> {
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    for (line, pieces) in typed.line.iter().zip(&typed.pieces) {
        let pieces = pieces.trim();
        if pieces.is_empty() {
            continue;
        }
        match pieces.parse::<i64>() {
            Ok(number) => lines.push((*line, number)),
            Err(_) => faults.push(FieldFault::new(
                "lines",
                format!("Line {line}: “{pieces}” is not a number of pieces; write a whole number"),
            )),
        }
    }
    if faults.is_empty() { Ok(lines) } else { Err(faults) }
}

/// The order, its lines, and what came back of it so far.
type Loaded = (Order, Vec<OrderLine>, Vec<OrderLine>);

fn load(c: &mut Conn, number: &str) -> StoreResult<Loaded> {
    let order = find(c, number)?;
    let lines = orders::list_lines(c, order.id)?;
    let back = orders::list_lines_returning(c, &[order.id])?.into_iter().map(|(_, line)| line).collect();
    Ok((order, lines, back))
}

fn page(shell: Shell, (order, lines, back): Loaded, errors: Errors, typed: &Typed) -> GiveBack {
    let mut gone: Vec<(crate::domain::ids::ProductId, i64, i64)> = Vec::new();
    for line in &back {
        match gone.iter_mut().find(|(product, price, _)| (*product, *price) == (line.product_id, line.unit_price_minor))
        {
            Some((_, _, pieces)) => *pieces -= line.quantity,
            None => gone.push((line.product_id, line.unit_price_minor, -line.quantity)),
        }
    }
    let rows = lines
        .iter()
        .map(|line| {
            let came = gone
                .iter_mut()
                .find(|(product, price, _)| (*product, *price) == (line.product_id, line.unit_price_minor))
                .map_or(0, |(_, _, pieces)| {
                    let of_this = (*pieces).min(line.quantity);
                    *pieces -= of_this;
                    of_this
                });
            let at = typed.line.iter().position(|number| *number == line.line_no);
            Row {
                line_no: line.line_no,
                name: line.name.clone(),
                sold: line.quantity,
                left: line.quantity - came,
                amount: order.currency.grouped(line.amount_minor),
                typed: at.and_then(|at| typed.pieces.get(at)).cloned().unwrap_or_default(),
            }
        })
        .collect();
    GiveBack {
        href: format!("/orders/{}", segment(&order.number)),
        currency: order.currency.code().to_owned(),
        number: order.number,
        shell,
        errors,
        rows,
    }
}
