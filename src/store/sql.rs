//! Queries that are put together from conditions, for lists with filters. Values are always bound,
//! in the order in which they appear: the two databases number them differently otherwise.

use diesel::query_builder::BoxedSqlQuery;
use diesel::query_builder::SqlQuery;
use diesel::sql_types::{BigInt, Integer, Text};

use super::Conn;

type Backend = <Conn as diesel::Connection>::Backend;

/// A value that can be bound.
pub(super) enum Value {
    Text(String),
    Integer(i32),
    BigInt(i64),
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::BigInt(value)
    }
}

/// A query under construction. Column names and words of SQL come from the program, never from people.
#[derive(Default)]
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
    has_where: bool,
}

impl Sql {
    /// Begins with this text.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Appends text.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends the place of a value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Begins one more condition.
    pub(super) fn and(&mut self, text: &str) -> &mut Self {
        self.text.push_str(if self.has_where { " AND " } else { " WHERE " });
        self.has_where = true;
        self.push(text)
    }

    /// The finished query.
    pub(super) fn query<'f>(self) -> BoxedSqlQuery<'f, Backend, SqlQuery> {
        let mut query = diesel::sql_query(self.text).into_boxed::<Backend>();
        for value in self.values {
            query = match value {
                Value::Text(value) => query.bind::<Text, _>(value),
                Value::Integer(value) => query.bind::<Integer, _>(value),
                Value::BigInt(value) => query.bind::<BigInt, _>(value),
            };
        }
        query
    }
}

/// A number that a query found.
#[derive(diesel::QueryableByName)]
pub(super) struct Found {
    /// The number.
    #[diesel(sql_type = BigInt)]
    pub(super) found: i64,
}

/// The most rows that a filtered list counts exactly; beyond, it says "more than".
pub const COUNTED: i64 = 10_000;

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The number, at most [`COUNTED`] where `is_more`.
    pub count: i64,
    /// There are more than `count`.
    pub is_more: bool,
}

impl Total {
    /// What a count that stopped after one more than [`COUNTED`] means.
    pub(super) fn capped(found: i64) -> Self {
        Self { count: found.min(COUNTED), is_more: found > COUNTED }
    }

    /// A number that is exact.
    pub(super) fn exact(count: i64) -> Self {
        Self { count, is_more: false }
    }
}
