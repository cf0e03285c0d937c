//! The second part: every line with its source and arithmetic, and the notes.

use super::Totals;
use super::sheet::{BLACK, FAINT, HEADING, SOFT, Sheet, baseline};
use super::table::{Cell, Column, Item, Table};
use super::view::{Basis, Name, Note};
use super::words::grouped;
use crate::domain::money;
use crate::pdf::fonts::Style;
use crate::pdf::paper::mm;
use crate::pdf::shape::Shaped;
use crate::pdf::structure::Role;
use rust_decimal::Decimal;

pub(super) fn draw(sheet: &mut Sheet<'_, '_>, totals: &Totals) {
    if totals.lines > 0 {
        let title = sheet.words.all_lines(totals.lines);
        let table = lines(sheet, totals);
        let wanted = HEADING + table.height();
        let fits_here = sheet.room() > wanted.min(sheet.full_room() / 2);
        sheet.draft.open(Role::Section);
        if fits_here {
            sheet.heading(&title);
            sheet.aside = title;
        } else {
            sheet.aside = title;
            sheet.turn();
        }
        table.draw(sheet);
        sheet.draft.close();
        sheet.y += sheet.gap;
    }
    notes(sheet);
}

fn lines(sheet: &Sheet<'_, '_>, totals: &Totals) -> Table {
    let (view, words) = (sheet.view, sheet.words);
    let currency = view.currency;
    let columns = vec![
        Column::text("#", mm(500)),
        Column::text(words.date, mm(1200)),
        Column::text(words.source, mm(2600)),
        Column::rest(words.from),
        Column::figures(words.level, mm(1000)),
        Column::figures(words.basis, mm(2700)),
        Column::figures(format!("{}, {currency}", words.amount), mm(2000)),
        Column::figures(format!("{}, {currency}", words.running), mm(2060)),
    ];
    let mut items = Vec::with_capacity(totals.lines + view.bonuses.len());
    let (mut number, mut running) = (0, 0_i64);
    for (bonus, amount) in view.bonuses.iter().zip(&totals.bonuses).filter(|(bonus, _)| !bonus.lines.is_empty()) {
        let aside = (format!("{}, ", words.count(bonus.lines.len())), currency.grouped(*amount));
        items.push(Item::Group { name: bonus.name.clone(), aside });
        for line in &bonus.lines {
            number += 1;
            running = running.saturating_add(line.amount_minor);
            items.push(Item::Row(vec![
                Cell { ink: FAINT, ..Cell::new(grouped(number)) },
                Cell::new(words.column_day(line.on)),
                Cell::new(&line.source),
                Cell { heads: true, ..Cell::new(name(&line.from)) },
                Cell::new(line.level.map(|level| level.to_string()).unwrap_or_default()),
                Cell::new(line.basis.map(arithmetic).unwrap_or_default()),
                Cell::new(currency.grouped(line.amount_minor)),
                Cell::soft(currency.grouped(running)),
            ]));
        }
    }
    let earned = currency.grouped(totals.earned);
    Table {
        columns,
        items,
        total: Some((format!("{} {}", words.earned_in, view.period.short), vec![earned.clone(), earned])),
        size: 7750,
        pad: mm(62),
        continued: words.continued,
    }
}

fn name(name: &Name) -> String {
    match &name.latin {
        Some(latin) => format!("{} ({latin})", name.own),
        None => name.own.clone(),
    }
}

/// `142.00 × 8.00%`.
fn arithmetic(basis: Basis) -> String {
    let percent = basis.rate.checked_mul(Decimal::ONE_HUNDRED);
    match percent.filter(|_| basis.rate.abs() < Decimal::TWO) {
        Some(percent) => format!("{} × {}%", two_places(basis.of), two_places(percent)),
        None => format!("{} × {}", two_places(basis.of), two_places(basis.rate)),
    }
}

/// At least two decimal places, more only where the number has them, and six at most: a third has no end.
fn two_places(number: Decimal) -> String {
    let mut number = number.round_dp(6).normalize();
    if number.scale() < 2 {
        number.rescale(2);
    }
    money::grouped(number)
}

/// The notes in two columns, kept together.
fn notes(sheet: &mut Sheet<'_, '_>) {
    let gap = mm(800);
    let across = (sheet.right - sheet.left - gap) / 2;
    for pair in sheet.view.notes.chunks(2) {
        let set: Vec<(&Note, Vec<Shaped>)> =
            pair.iter().map(|note| (note, sheet.wrap(&note.text, Style::Regular, 7750, across, 30))).collect();
        let most = set.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        let height = mm(20) + mm(140) + 9_490 + mm(80) + 10_850 * i64::try_from(most).unwrap_or(0);
        if sheet.room() < height {
            sheet.aside.clear();
            sheet.turn();
        }
        let (mut left, page) = (sheet.left, sheet.draft.pages.len() - 1);
        for (note, lines) in set {
            let mut y = sheet.y;
            sheet.draft.fill(page, (left, y), (across, mm(20)), BLACK);
            sheet.draft.open(Role::Section);
            sheet.draft.open(Role::Heading2);
            let heading = sheet.wrap(&note.heading, Style::Bold, 8250, across, 1).swap_remove(0);
            sheet.draft.text((left, y + mm(160) + baseline(8250, 1150)), &heading, 8250, BLACK);
            sheet.draft.close();
            sheet.draft.open(Role::Paragraph);
            y += mm(20) + mm(140) + 9_490 + mm(80);
            for shaped in &lines {
                sheet.draft.text((left, y + baseline(7750, 1400)), shaped, 7750, SOFT);
                y += 10_850;
            }
            sheet.draft.close();
            sheet.draft.close();
            left += across + gap;
        }
        sheet.y += height + sheet.gap;
    }
}
