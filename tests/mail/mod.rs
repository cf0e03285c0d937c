//! Mail through a real SMTP conversation with a scripted server.

mod relays;
pub mod witness;
