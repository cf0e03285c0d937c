//! The catalogue with the prices of today.

use askama::Template;
use rocket::State;

use crate::actions::company;
use crate::domain::money::Volume;
use crate::domain::product::{PriceType, ProductStatus};
use crate::store::{StoreResult, products};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters, segment};

struct Row {
    sku: String,
    href: String,
    name: String,
    is_active: bool,
    /// Retail, preferred and wholesale price.
    prices: Vec<String>,
    qv: String,
    cv: String,
}

#[derive(Template)]
#[template(path = "web/products/list.html")]
struct List {
    shell: Shell,
    currency: String,
    rows: Vec<Row>,
}

#[rocket::get("/products")]
pub async fn list(who: Signed<View>, app: &State<App>) -> Result<Page, Fault> {
    let today = who.shell.today;
    let (currency, rows) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let currency = company::load(c)?.currency;
                let prices = products::list_prices_on(c, currency, today)?;
                let rows = products::list(c)?.into_iter().map(|product| {
                    let of = |price_type| prices.get(&(product.id, price_type));
                    let told = |price_type| of(price_type).map(|price| currency.grouped(price.price_minor));
                    let any = of(PriceType::Wholesale).or(of(PriceType::Retail)).or(of(PriceType::Preferred));
                    let volume = |volume: Option<Volume>| volume.map_or_else(|| "–".to_owned(), Volume::grouped);
                    Row {
                        href: format!("/products/{}", segment(&product.sku)),
                        prices: [PriceType::Retail, PriceType::Preferred, PriceType::Wholesale]
                            .into_iter()
                            .map(|price_type| told(price_type).unwrap_or_else(|| "–".to_owned()))
                            .collect(),
                        qv: volume(any.map(|price| price.qv)),
                        cv: volume(any.map(|price| price.cv)),
                        is_active: product.status == ProductStatus::Active,
                        sku: product.sku.clone(),
                        name: product.name.clone(),
                    }
                });
                StoreResult::Ok((currency.code().to_owned(), rows.collect()))
            })
        })
        .await?;
    Page::of(&List { shell: who.shell, currency, rows })
}
