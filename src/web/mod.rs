//! The console: pages from templates, complete without JavaScript. Rocket's types do not leave this folder.
//!
//! # How to add a page
//!
//! 1. `src/web/pages/<noun>/<verb>.rs`: one handler (GET and POST of one form may share a file).
//! 2. First parameter: who may, `who: Signed<View>` (or `ManageField`, `ManageRuns`, `ViewAudit`, `ManageCompany`).
//!    A page for everybody takes `Visitor` and must be named in `tests/web.rs`.
//! 3. Work with the database inside `app.blocking(move |app| app.db.read(|c| …)).await?`; writes only through an action.
//! 4. A template struct with a field `shell: Shell` (`who.shell`), `#[template(path = "web/<noun>/<verb>.html")]`,
//!    whose file begins `{% extends "web/layout.html" %}` and fills the blocks title, crumbs, head, main.
//!    `use crate::web::view::filters;` brings `money`, `volume`, `count`, `day`, `moment`, `icon`.
//! 5. Return `Result<Page, Fault>`: `Page::of(&template)`. A form returns `Result<Reply, Fault>`:
//!    `Page::invalid(&template)` with the values kept, or `SeeOther::to("/…").saying("Saved.")`.
//! 6. A form is `data = "<form>"`, `form: Checked<MyForm>`; its HTML carries
//!    `<input type="hidden" name="csrf" value="{{ shell.csrf }}">`. Its text fields are `String`s; the action judges them.
//! 7. Refusals of an action: `.map_err(Fault::refused)`, or back to the form. Add `From<YourFault> for Fault` in your page.
//! 8. Name the handler in `pages/<noun>/mod.rs`, `pub fn routes()`, and that in `pages/mod.rs`.

mod app;
pub mod assets;
mod catchers;
pub mod guards;
mod headers;
pub mod pages;
pub mod reply;
mod serve;
mod throttle;
pub mod view;

pub use app::App;
pub use serve::{ServeFault, rocket, serve};
