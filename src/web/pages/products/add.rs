//! The form that adds a product.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use crate::actions::add_product::add_product;
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters, segment};

/// The fields as they were typed.
#[derive(Debug, Clone, FromForm)]
pub struct Typed {
    sku: String,
    name: String,
    #[field(default = String::new())]
    line: String,
}

#[derive(Template)]
#[template(path = "web/products/add.html")]
struct Add {
    shell: Shell,
    errors: Errors,
    sku: String,
    name: String,
    line: String,
}

#[rocket::get("/products/new")]
pub fn show(who: Signed<ManageField>) -> Result<Page, Fault> {
    let none = String::new;
    Page::of(&Add { shell: who.shell, errors: Errors::none(), sku: none(), name: none(), line: none() })
}

#[rocket::post("/products", data = "<form>")]
pub async fn submit(who: Signed<ManageField>, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(Typed { sku, name, line }) = form;
    let actor = who.actor();
    let typed = (sku.clone(), name.clone(), line.clone());
    let result = app
        .blocking(move |app| Ok::<_, Fault>(add_product(&app.db, &app.clock, &actor, &typed.0, &typed.1, &typed.2)))
        .await?;
    match result {
        Ok(product) => {
            let said = format!("{} is in the catalogue. Give it a price.", product.name);
            Ok(SeeOther::to(format!("/products/{}", segment(&product.sku))).saying(said).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "sku")?;
            Page::invalid(&Add { shell: who.shell, errors, sku, name, line }).map(Reply::from)
        }
    }
}
