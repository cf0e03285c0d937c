//! Who holds a word anywhere in name, number or address: asked of the index of three letters in a row that SQLite keeps
//! beside the members. It has no answer for words of one or two letters. On Postgres the planner uses such an index by
//! itself, where the server has one. Reads only.

use diesel::RunQueryDsl as _;

use super::sql::{Found, Sql};
use super::{Conn, StoreResult};
use crate::domain::ids::MemberId;
use crate::text;

/// The letters that a word must have.
const SHORTEST: usize = 3;

/// The words that somebody looks for, folded as the members' search text is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// Those that the index answers, as its question; empty where there are none.
    question: String,
    /// Those that are too short for it.
    pub(super) short: Vec<String>,
    /// All of them.
    pub(super) all: Vec<String>,
}

impl Words {
    /// The words of a text that somebody typed.
    pub(super) fn of(typed: &str) -> Self {
        let all: Vec<String> =
            text::folded(typed).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let (long, short): (Vec<&String>, Vec<&String>) = all.iter().partition(|word| word.chars().count() >= SHORTEST);
        let quoted: Vec<String> = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        Self { question: quoted.join(" AND "), short: short.into_iter().cloned().collect(), all }
    }

    /// The members who hold every word that is long enough, at most `limit` and in no particular order; `None` where
    /// the index is not to be asked.
    pub(super) fn holders(&self, conn: &mut Conn, limit: i64) -> StoreResult<Option<Vec<MemberId>>> {
        if self.question.is_empty() || conn.is_postgres() {
            return Ok(None);
        }
        let mut query = Sql::new("SELECT rowid AS found FROM member_words WHERE member_words MATCH ");
        query.bind(self.question.as_str()).push(" LIMIT ").bind(limit);
        let found: Vec<Found> = query.query().load(conn)?;
        Ok(Some(found.into_iter().map(|row| MemberId(row.found)).collect()))
    }

    /// Begins a query over members `m` that goes through the holders of the words that are long enough.
    pub(super) fn through_holders(&self) -> Sql {
        let mut query =
            Sql::new("SELECT m.id AS found FROM member_words CROSS JOIN members m ON m.id = member_words.rowid");
        query.and("member_words MATCH ").bind(self.question.as_str());
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_are_not_asked_of_the_index_and_marks_are_not_its_language() {
        let words = Words::of("Ng  Kővári-9 a\"OR");
        assert_eq!(words.question, r#""kovari-9" AND "a""or""#);
        assert_eq!(words.short, ["ng"]);
        assert_eq!(words.all, ["ng", "kovari-9", "a\"or"]);
        assert_eq!(Words::of(" ").question, "");
    }
}
