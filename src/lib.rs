//! Mainstay: the back office that a direct-selling company installs on its own server.

pub mod domain;
pub mod mail;
pub mod pdf;
pub mod plan;
pub mod store;
