//! All integration tests, in one binary; one module per area.

mod cli;
mod tidy;
