//! One product: name and state, prices with their days, and the form for the next price.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions::add_product::{ProductEdit, edit_product};
use crate::actions::plan_names;
use crate::actions::set_price::{NewPrice, set_price};
use crate::actions::{ActionFault, FieldFault};
use crate::domain::calendar::Day;
use crate::domain::product::{PriceType, ProductStatus};
use crate::store::products::{self, Price, Product};
use crate::store::{Conn, StoreResult};
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed, View};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Choice, Errors, Shell, capital, filters, segment, short_day};

/// A price as it was typed.
#[derive(Debug, Clone, FromForm)]
pub struct TypedPrice {
    price_type: String,
    price: String,
    qv: String,
    cv: String,
    #[field(default = String::new())]
    measures: String,
    from_day: String,
}

/// Name and state as they were typed.
#[derive(Debug, Clone, FromForm)]
pub struct TypedProduct {
    name: String,
    #[field(default = String::new())]
    line: String,
    status: String,
}

struct Row {
    price_type: String,
    price: String,
    qv: String,
    cv: String,
    measures: String,
    from: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "web/products/show.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    sku: String,
    href: String,
    title: String,
    is_active: bool,
    rows: Vec<Row>,
    name: String,
    line: String,
    /// Names of further volumes that plans have.
    measures: Vec<String>,
    measures_hint: String,
    statuses: Vec<Choice>,
    typed: TypedPrice,
    types: Vec<Choice>,
    may_edit: bool,
}

#[rocket::get("/products/<sku>")]
pub async fn show(who: Signed<View>, app: &State<App>, sku: String) -> Result<Page, Fault> {
    let today = who.shell.today;
    let loaded = app.blocking(move |app| app.db.read(|c| load(c, &sku, today))).await?;
    let typed = empty(who.shell.today);
    Page::of(&page(who.shell, loaded, Errors::none(), None, typed))
}

#[rocket::post("/products/<sku>", data = "<form>")]
pub async fn edit(
    who: Signed<ManageField>,
    app: &State<App>,
    sku: String,
    form: Checked<TypedProduct>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let status: ProductStatus = typed.status.parse().map_err(Fault::refused)?;
    let (actor, today) = (who.actor(), who.shell.today);
    let edit = ProductEdit { name: typed.name.clone(), line: typed.line.clone(), status };
    let (loaded, result) = app
        .blocking(move |app| {
            let result = edit_product(&app.db, &app.clock, &actor, &sku, &edit);
            StoreResult::Ok((app.db.read(|c| load(c, &sku, today))?, result))
        })
        .await?;
    match result {
        Ok(product) => Ok(SeeOther::to(href(&product.sku)).saying("The product is saved.").into()),
        Err(fault) => {
            let errors = Errors::from_action(fault, "name")?;
            let empty = empty(who.shell.today);
            Page::invalid(&page(who.shell, loaded, errors, Some(typed), empty)).map(Reply::from)
        }
    }
}

#[rocket::post("/products/<sku>/prices", data = "<form>")]
pub async fn price(
    who: Signed<ManageField>,
    app: &State<App>,
    sku: String,
    form: Checked<TypedPrice>,
) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let read = read(&typed);
    let (actor, today) = (who.actor(), who.shell.today);
    let (loaded, result) = app
        .blocking(move |app| {
            let result = read.and_then(|new| set_price(&app.db, &app.clock, &actor, &sku, &new));
            StoreResult::Ok((app.db.read(|c| load(c, &sku, today))?, result))
        })
        .await?;
    match result {
        Ok(price) => {
            let said = format!(
                "The {} price is {} {} from {}.",
                price.price_type,
                price.currency.grouped(price.price_minor),
                price.currency,
                price.from_day
            );
            Ok(SeeOther::to(href(&loaded.0.sku)).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "price")?;
            Page::invalid(&page(who.shell, loaded, errors, None, typed)).map(Reply::from)
        }
    }
}

fn read(typed: &TypedPrice) -> Result<NewPrice, ActionFault> {
    let price_type = typed.price_type.parse().map_err(|_| ActionFault::field("price_type", "Choose who pays it"))?;
    let day = typed.from_day.trim();
    let from_day: Option<Day> = match day.parse() {
        Ok(day) => Some(day),
        Err(_) if day.is_empty() => None,
        Err(fault) => return Err(ActionFault::Invalid(vec![FieldFault::new("from_day", fault.to_string())])),
    };
    let TypedPrice { price, qv, cv, measures, .. } = typed.clone();
    Ok(NewPrice { price_type, price, qv, cv, measures, from_day })
}

fn empty(today: Day) -> TypedPrice {
    TypedPrice {
        price_type: PriceType::Retail.to_string(),
        price: String::new(),
        qv: String::new(),
        cv: String::new(),
        measures: String::new(),
        from_day: today.to_string(),
    }
}

fn href(sku: &str) -> String {
    format!("/products/{}", segment(sku))
}

/// The product, its prices, and the names of further volumes that plans have.
type Loaded = (Product, Vec<Price>, Vec<String>);

fn load(c: &mut Conn, sku: &str, today: Day) -> StoreResult<Loaded> {
    let product = products::get_by_sku(c, sku)?;
    let prices = products::list_prices(c, product.id)?;
    Ok((product, prices, plan_names::load(c, today)?.measures))
}

/// How further volumes are written.
fn measures_hint(names: &[String]) -> String {
    let first = names.first().map_or("bp", String::as_str);
    format!("Those of the plan: {}. Written with their names, such as {first}=80.", names.join(", "))
}

fn page(
    shell: Shell,
    (product, prices, measures): Loaded,
    errors: Errors,
    edited: Option<TypedProduct>,
    typed: TypedPrice,
) -> Show {
    let today = shell.today;
    let in_force = |price: &Price| {
        let later = |other: &&Price| {
            (other.price_type, other.currency) == (price.price_type, price.currency)
                && other.from_day <= today
                && other.from_day > price.from_day
        };
        price.from_day <= today && !prices.iter().any(|other| later(&other))
    };
    let rows = prices.iter().map(|price| Row {
        price_type: capital(price.price_type.as_str()),
        price: format!("{} {}", price.currency.grouped(price.price_minor), price.currency),
        qv: price.qv.grouped(),
        cv: price.cv.grouped(),
        measures: price.measures.to_string(),
        from: short_day(price.from_day, today),
        state: if price.from_day > today {
            "to come"
        } else if in_force(price) {
            "in force"
        } else {
            "past"
        },
    });
    let (name, line, status) = match edited {
        Some(edited) => (edited.name, edited.line, edited.status.parse().unwrap_or(product.status)),
        None => (product.name.clone(), product.line.clone(), product.status),
    };
    let chosen = typed.price_type.parse().ok();
    Show {
        rows: rows.collect(),
        href: href(&product.sku),
        is_active: product.status == ProductStatus::Active,
        statuses: Choice::list(ProductStatus::ALL, |status| (status.as_str(), capital(status.as_str())), Some(&status)),
        types: Choice::list(PriceType::ALL, |kind| (kind.as_str(), capital(kind.as_str())), chosen.as_ref()),
        may_edit: shell.may("manage-field"),
        sku: product.sku,
        title: product.name,
        shell,
        errors,
        name,
        line,
        measures_hint: measures_hint(&measures),
        measures,
        typed,
    }
}
