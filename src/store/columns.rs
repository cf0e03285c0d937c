//! How the domain's values lie in columns: ids and moments as 64-bit integers, days as 32-bit, words as text.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Integer, Text};

use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{
    AccountId, AuditId, ImportId, JobId, LineId, LinkId, MemberId, MessageId, OrderId, OrderLineId, PeriodId,
    PlanVersionId, PriceId, ProductId, RunId, SimulationId, StaffId, StatementId, TransferId,
};
use crate::domain::ledger::{AccountKind, TransferKind};
use crate::domain::measures::Measures;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::message::{MessageKind, MessageStatus};
use crate::domain::money::{Currency, Volume};
use crate::domain::order::{OrderKind, OrderType, PaymentState};
use crate::domain::product::{PriceType, ProductStatus};
use crate::domain::run::{PeriodKind, PeriodStatus, RunStatus};
use crate::domain::staff::Role;
use crate::domain::tree::TreeKind;

macro_rules! number_columns {
    ($sql:ident, $raw:ty: $($name:ty),+ $(,)?) => {$(
        impl AsExpression<$sql> for $name {
            type Expression = Bound<$sql, $raw>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self.0)
            }
        }
        impl AsExpression<$sql> for &$name {
            type Expression = Bound<$sql, $raw>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self.0)
            }
        }
        impl<DB: Backend> ToSql<$sql, DB> for $name
        where
            $raw: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(&self.0, out)
            }
        }
        impl<DB: Backend> FromSql<$sql, DB> for $name
        where
            $raw: FromSql<$sql, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                <$raw as FromSql<$sql, DB>>::from_sql(bytes).map(Self)
            }
        }
        impl<DB: Backend> Queryable<$sql, DB> for $name
        where
            Self: FromSql<$sql, DB>,
        {
            type Row = Self;
            fn build(row: Self::Row) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    )+};
}

number_columns!(
    BigInt, i64: MemberId, ProductId, PriceId, OrderId, OrderLineId, LinkId, PeriodId, PlanVersionId, SimulationId, RunId, LineId,
    AccountId, TransferId, StatementId, MessageId, JobId, ImportId, StaffId, AuditId, Moment, Volume
);
number_columns!(Integer, i32: Day);

macro_rules! word_columns {
    ($($name:ty),+ $(,)?) => {$(
        impl AsExpression<Text> for $name {
            type Expression = Bound<Text, &'static str>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self.as_str())
            }
        }
        impl AsExpression<Text> for &$name {
            type Expression = Bound<Text, &'static str>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self.as_str())
            }
        }
        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<Text, DB>::to_sql(self.as_str(), out)
            }
        }
        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, DB>>::from_sql(bytes)?;
                Ok(text.parse::<Self>()?)
            }
        }
        impl<DB: Backend> Queryable<Text, DB> for $name
        where
            Self: FromSql<Text, DB>,
        {
            type Row = Self;
            fn build(row: Self::Row) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    )+};
}

word_columns!(
    MemberKind,
    MemberStatus,
    OrderKind,
    OrderType,
    PaymentState,
    PriceType,
    ProductStatus,
    PeriodKind,
    PeriodStatus,
    RunStatus,
    Role,
    TreeKind,
    AccountKind,
    TransferKind,
    MessageKind,
    MessageStatus
);

impl AsExpression<Text> for Measures {
    type Expression = Bound<Text, String>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self.to_string())
    }
}
impl AsExpression<Text> for &Measures {
    type Expression = Bound<Text, String>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self.to_string())
    }
}
impl<DB: Backend> FromSql<Text, DB> for Measures
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(<String as FromSql<Text, DB>>::from_sql(bytes)?.parse::<Self>()?)
    }
}
impl<DB: Backend> Queryable<Text, DB> for Measures
where
    Self: FromSql<Text, DB>,
{
    type Row = Self;
    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(row)
    }
}

impl AsExpression<Text> for Currency {
    type Expression = Bound<Text, String>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self.code().to_owned())
    }
}
impl AsExpression<Text> for &Currency {
    type Expression = Bound<Text, String>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self.code().to_owned())
    }
}
impl<DB: Backend> FromSql<Text, DB> for Currency
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(<String as FromSql<Text, DB>>::from_sql(bytes)?.parse::<Self>()?)
    }
}
impl<DB: Backend> Queryable<Text, DB> for Currency
where
    Self: FromSql<Text, DB>,
{
    type Row = Self;
    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(row)
    }
}
