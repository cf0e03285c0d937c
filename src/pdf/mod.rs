//! Documents for paper: a view struct goes in, the bytes of a PDF come out.
//!
//! Decides nothing about amounts, rights or words of the plan, and knows no database, clock or file name
//! except the font files it is given.

mod draft;
mod embed;
mod file;
mod fonts;
mod objects;
mod paper;
mod shape;
mod slim;
pub mod statement;
mod structure;

pub use fonts::{DEFAULT_FONT_FILES, Fonts};
pub use paper::Paper;
