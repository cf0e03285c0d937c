//! The only place that knows Diesel and SQL. One file per table family; SQLite and Postgres behind
//! one code path. Diesel's types do not leave this folder.

pub mod attributes;
pub mod audit;
mod columns;
mod conn;
pub mod counters;
mod db;
mod error;
pub mod figures;
pub mod genealogy;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod ledger;
pub mod lines;
pub mod links;
pub mod member_list;
mod member_words;
pub mod members;
pub mod messages;
mod migrate;
pub mod order_list;
pub mod orders;
pub mod periods;
pub mod plans;
mod presence;
pub mod products;
pub mod run_list;
pub mod runs;
mod schema;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod simulations;
mod sql;
pub mod staff;
pub mod statements;
mod tallies;
mod url;

pub use conn::Conn;
pub(crate) use conn::{each, insert_all};
pub use db::Db;
pub use error::{StoreError, StoreResult};
pub use presence::Presence;
pub use sql::{COUNTED, Total};
pub use url::{DatabaseUrl, DatabaseUrlFault};
