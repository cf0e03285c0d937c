//! Mainstay: the back office that a direct-selling company installs on its own server.

pub mod actions;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod jobs;
pub mod log;
pub mod mail;
pub mod pdf;
pub mod plan;
pub mod sheet;
pub mod store;
pub mod text;
pub mod web;
