//! The first page after signing in.

use askama::Template;

use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

#[derive(Template)]
#[template(path = "web/today.html")]
struct Today {
    shell: Shell,
    heading: String,
}

#[rocket::get("/")]
pub fn show(who: Signed<View>) -> Result<Page, Fault> {
    let heading = who.shell.today.date().format("%A %-d %B").to_string();
    Page::of(&Today { shell: who.shell, heading })
}
