//! The only place that knows Diesel and SQL. One file per table family; SQLite and Postgres behind
//! one code path. Diesel's types do not leave this folder.

pub mod audit;
mod columns;
mod conn;
mod db;
mod error;
pub mod ids;
pub mod links;
pub mod members;
mod migrate;
pub mod orders;
pub mod products;
mod schema;
pub mod settings;
mod url;

pub use conn::Conn;
pub(crate) use conn::{each, insert_all};
pub use db::Db;
pub use error::{StoreError, StoreResult};
pub use url::{DatabaseUrl, DatabaseUrlFault};
