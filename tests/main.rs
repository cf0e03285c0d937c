//! All integration tests, in one binary; one module per area.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a step of a test that fails stops the test")]

mod browser;
mod cli;
mod databases;
mod demo;
mod disk;
mod field;
mod import;
mod inputs;
mod install;
mod journey;
mod mail;
mod office;
mod periods;
mod plan;
mod plans;
mod preview;
mod read_models;
mod roles;
mod runs;
mod store;
mod tidy;
mod watchdog;
mod web;
