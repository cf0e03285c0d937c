//! Mail: a view struct in, the bytes of a message out, and the ways by which bytes leave the house
//! (a relay by SMTP, or a Maildir for trials). Knows no database, no clock and no configuration file:
//! whoever sends says when it is and what the target is.

pub mod mailbox;
pub mod statement;
