//! Typed row ids: 63-bit, time-ordered, made by us so that batch inserts know them.
//! People never see them; they read numbers such as `M-10482`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A member of the field.
    MemberId,
    /// A product of the catalogue.
    ProductId,
    /// One price of a product.
    PriceId,
    /// An order or a return.
    OrderId,
    /// One line of an order.
    OrderLineId,
    /// A dated link between a member and the parent in one tree.
    LinkId,
    /// A stretch of time that is paid together.
    PeriodId,
    /// A stored version of a compensation plan.
    PlanVersionId,
    /// One try of a plan on periods that are over.
    SimulationId,
    /// One calculation of a plan over a period.
    RunId,
    /// One earning line.
    LineId,
    /// An account of the ledger.
    AccountId,
    /// A transfer between two accounts of the ledger.
    TransferId,
    /// A statement of one member for one run.
    StatementId,
    /// A message to one recipient.
    MessageId,
    /// A piece of background work.
    JobId,
    /// One import of one file.
    ImportId,
    /// A person of the company's staff.
    StaffId,
    /// An entry of the audit log.
    AuditId,
}

/// Things by id. Ids are our own numbers, so no hash that withstands attackers is needed.
pub type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// Ids, each once.
pub type IdSet<K> = HashSet<K, BuildHasherDefault<IdHasher>>;

/// Spreads one number over 64 bits.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value.cast_unsigned());
    }
}
