//! Typed row ids: 63-bit, time-ordered, made by us so that batch inserts know them.
//! People never see them; they read numbers such as `M-10482`.

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
