//! Records what became of an order's payment.

use rocket::State;
use rocket::form::FromForm;

use super::show::find;
use super::words;
use crate::actions::{ActionFault, record_payment};
use crate::domain::order::PaymentState;
use crate::web::App;
use crate::web::guards::{Checked, ManageField, Signed};
use crate::web::reply::{Fault, SeeOther};
use crate::web::view::segment;

/// Which button was pressed.
#[derive(FromForm)]
pub struct Pressed {
    to: String,
}

#[rocket::post("/orders/<number>/payment", data = "<form>")]
pub async fn record(
    who: Signed<ManageField>,
    app: &State<App>,
    number: String,
    form: Checked<Pressed>,
) -> Result<SeeOther, Fault> {
    let to: PaymentState = form.0.to.parse().map_err(Fault::refused)?;
    let actor = who.actor();
    let back = SeeOther::to(format!("/orders/{}", segment(&number)));
    let result = app
        .blocking(move |app| {
            let order = app.db.read(|c| find(c, &number))?;
            Ok::<_, Fault>(record_payment::record_payment(&app.db, &app.clock, &actor, order.id, to))
        })
        .await?;
    match result {
        Ok(day) => {
            let state = words::payment_badge(to).0.to_lowercase();
            let counts = day.map(|day| format!(" It counts on {day}.")).unwrap_or_default();
            Ok(back.saying(format!("The order is recorded as {state}.{counts}")))
        }
        Err(ActionFault::Store(fault)) => Err(fault.into()),
        Err(fault) => Ok(back.refusing(format!("Nothing was changed. {fault}."))),
    }
}
