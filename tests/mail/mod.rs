//! Mail: relays of every temper, the outbox on both databases, and the way from one to the other.

mod delivery;
mod outbox;
mod program;
mod relays;
mod witness;
