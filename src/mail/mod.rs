//! Mail: a view struct in, the bytes of a message out, and the ways by which bytes leave the house
//! (a relay by SMTP, or a Maildir for trials). Knows no database, no clock and no configuration file:
//! whoever sends says when it is and what the target is.

pub mod connection;
pub mod extensions;
pub mod mailbox;
pub mod maildir;
pub mod relay;
pub mod reply;
pub mod retry;
pub mod statement;
pub mod target;
pub mod tls;
pub mod transport;
pub mod trial;
pub mod wire;
