//! The lines of one statement, grouped by bonus; clawbacks stand together as adjustments.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::StatementBook;
use super::book::name;
use crate::actions::ActionFault;
use crate::domain::ids::MemberId;
use crate::pdf::statement::view;
use crate::plan::BaseKind;
use crate::store::lines::{self, Line};
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreError};

/// What earned lines of this kind are called in the store.
const EARNED: &str = "earned";

/// The bonuses of a member's statement, in the plan's order, adjustments last.
pub(super) fn bonuses(
    conn: &mut Conn,
    book: &StatementBook,
    member: MemberId,
) -> Result<Vec<view::Bonus>, ActionFault> {
    let own = lines::list_of_member(conn, book.run.id, member)?;
    let before = match &book.previous {
        Some((run, _)) => Some(lines::list_of_member(conn, run.id, member)?),
        None => None,
    };
    let mut ids: Vec<MemberId> = own.iter().map(|line| line.from_member_id).filter(|id| id.0 != 0).collect();
    ids.sort_unstable();
    ids.dedup();
    let people: HashMap<MemberId, Member> = members::list_by_ids(conn, &ids)?.into_iter().map(|m| (m.id, m)).collect();
    let sum = |wanted: &dyn Fn(&Line) -> bool| {
        before.as_ref().map(|lines| lines.iter().filter(|line| wanted(line)).map(|line| line.amount_minor).sum())
    };
    let mut bonuses = Vec::with_capacity(book.totals.len() + 1);
    for total in &book.totals {
        let is_it = |line: &Line| line.bonus == total.bonus && line.kind == EARNED;
        let lines: Result<Vec<view::Line>, ActionFault> =
            own.iter().filter(|line| is_it(line)).map(|line| line_view(book, line, &people)).collect();
        bonuses.push(view::Bonus {
            name: total.name.clone(),
            rule: total.about.clone(),
            previous_minor: sum(&is_it).filter(|sum: &i64| *sum != 0),
            lines: lines?,
        });
    }
    let taken_back: Result<Vec<view::Line>, ActionFault> =
        own.iter().filter(|line| line.kind != EARNED).map(|line| line_view(book, line, &people)).collect();
    let previous_minor = sum(&|line: &Line| line.kind != EARNED).filter(|sum: &i64| *sum != 0);
    bonuses.push(view::Bonus {
        name: "Adjustments".to_owned(),
        rule: "Commission on goods that came back, at the rate it was paid".to_owned(),
        previous_minor,
        lines: taken_back?,
    });
    bonuses.retain(|bonus| !bonus.lines.is_empty() || bonus.previous_minor.is_some());
    Ok(bonuses)
}

fn line_view(book: &StatementBook, line: &Line, people: &HashMap<MemberId, Member>) -> Result<view::Line, ActionFault> {
    let from = people.get(&line.from_member_id).map(name);
    Ok(view::Line {
        on: line.on_day,
        source: line.source.clone(),
        from: from.unwrap_or_else(|| view::Name::plain(line.because.clone())),
        level: u32::try_from(line.level).ok().filter(|level| *level > 0),
        basis: basis(book, line)?,
        amount_minor: line.amount_minor,
    })
}

fn basis(book: &StatementBook, line: &Line) -> Result<Option<view::Basis>, ActionFault> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of earning line {}", line.id));
    let kind: BaseKind = line.base_kind.parse().map_err(|_| corrupt("base"))?;
    if kind == BaseKind::Fixed {
        return Ok(None);
    }
    let rate: Decimal = line.rate.parse().map_err(|_| corrupt("rate"))?;
    Ok(Some(view::Basis { of: kind.to_decimal(line.base, book.run.currency), rate }))
}
