//! The first part: letterhead, whom it is for, the equation, bonuses, account and rank progress.

use super::Totals;
use super::sheet::{ACCENT, ACCENT_SOFT, BLACK, FAINT, HAIR, HAIRLINE, HEADING, SOFT, Sheet, baseline, width};
use super::table::{Cell, Column, Item, Table};
use super::view::{Account, Progress, Requirement};
use super::words::grouped;
use crate::domain::money;
use crate::pdf::fonts::Style;
use crate::pdf::paper::{Length, mm};
use crate::pdf::shape::Shaped;
use crate::pdf::structure::Role;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

pub(super) fn draw(sheet: &mut Sheet<'_, '_>, totals: &Totals) {
    letterhead(sheet);
    address(sheet);
    equation(sheet, totals);
    section(sheet, sheet.words.by_bonus, by_bonus(sheet, totals));
    if let Some(account) = &sheet.view.account {
        section(sheet, sheet.words.account, account_table(sheet, account, totals.balance));
    }
    if let Some(progress) = &sheet.view.progress {
        let title = format!("{} {}", sheet.words.how_close, progress.next_rank);
        section(sheet, &title, progress_table(sheet, progress));
    }
}

/// A heading and its table, together on a new page where they would otherwise be torn apart needlessly.
fn section(sheet: &mut Sheet<'_, '_>, title: &str, table: Table) {
    let whole = HEADING + table.height();
    let torn = sheet.room() < whole && whole < sheet.full_room() / 2;
    if torn || sheet.room() < HEADING + table.least_height() {
        sheet.turn();
    }
    sheet.draft.open(Role::Section);
    sheet.heading(title);
    table.draw(sheet);
    sheet.draft.close();
    sheet.y += sheet.gap;
}

fn letterhead(sheet: &mut Sheet<'_, '_>) {
    let (view, words, top) = (sheet.view, sheet.words, sheet.y);
    sheet.draft.brand((sheet.left, top), mm(900));
    let (left, right) = (sheet.left + mm(1200), sheet.right);
    sheet.draft.open(Role::Heading1);
    let title = sheet.shape(words.title, Style::Bold).tightened();
    let title_start = right - width(&title, 15_000);
    sheet.draft.text((title_start, top + baseline(15_000, 1150)), &title, 15_000, BLACK);
    let period = sheet.draft.line(&view.period.label, Style::Regular, 10_000, mm(8000));
    let at = (right - width(&period, 10_000), top + 17_250 + baseline(10_000, 1400));
    sheet.draft.text(at, &period, 10_000, SOFT);
    sheet.draft.close();
    sheet.draft.open(Role::Paragraph);
    let room = title_start - left - mm(600);
    let (name, size) = sheet.draft.fitted(&view.company.name, Style::Bold, (11_000, 8000), room);
    sheet.draft.text((left, top + baseline(11_000, 1300)), &name.tightened(), size, BLACK);
    let address = view.company.address.join(", ");
    let address = sheet.draft.line(&address, Style::Regular, 7750, room);
    sheet.draft.text((left, top + 14_300 + baseline(8750, 1300)), &address, 7750, SOFT);
    sheet.draft.close();
    sheet.y = top + 31_250 + sheet.gap;
}

/// The address at the left, the facts of the statement at the right.
fn address(sheet: &mut Sheet<'_, '_>) {
    let view = sheet.view;
    let top = sheet.y + mm(300);
    let facts_left = sheet.right - mm(10_000);
    let room = facts_left - mm(800) - sheet.left;
    let mut y = top;
    sheet.draft.open(Role::Paragraph);
    let mut lines = sheet.wrap(&full_name(&view.member.name), Style::Bold, 8750, room, 2);
    for part in view.member.address.iter().take(6).chain(std::iter::once(&view.member.country)) {
        if !part.is_empty() {
            lines.extend(sheet.wrap(part, Style::Regular, 8750, room, 2));
        }
    }
    for shaped in &lines {
        sheet.draft.text((sheet.left, y + baseline(8750, 1400)), shaped, 8750, BLACK);
        y += 12_250;
    }
    sheet.draft.close();
    sheet.y = y.max(facts(sheet, facts_left, top)) + sheet.gap;
}

/// The facts in two columns, each below a hairline. Gives the end of the last.
fn facts(sheet: &mut Sheet<'_, '_>, left: Length, top: Length) -> Length {
    let (view, words) = (sheet.view, sheet.words);
    let mut facts = vec![
        (words.statement, view.number.clone()),
        (words.member, view.member.number.clone()),
        (words.issued, words.long_day(view.issued_on)),
        (words.period, words.days(&view.period)),
    ];
    facts.extend(view.paid_as.clone().map(|rank| (words.paid_as, rank)));
    facts.push((words.plan, view.plan.clone()));
    let page = sheet.draft.pages.len() - 1;
    let mut y = top;
    for pair in facts.chunks(2) {
        let mut lines_of_pair = 1;
        for ((name, value), x) in pair.iter().zip([left, left + mm(5250)]) {
            let mut size = 8000;
            let mut value_lines = sheet.wrap(value, Style::Regular, size, mm(3150), 2);
            if value_lines.len() > 1 {
                size = 7250;
                value_lines = sheet.wrap(value, Style::Regular, size, mm(3150), 3);
            }
            lines_of_pair = lines_of_pair.max(value_lines.len());
            sheet.draft.fill(page, (x, y), (mm(4750), HAIRLINE), HAIR);
            sheet.draft.open(Role::Paragraph);
            sheet.set((x, y + mm(80)), name, Style::Regular, 8000, FAINT);
            let mut line_y = y + mm(80) + baseline(8000, 1400);
            for shaped in &value_lines {
                sheet.draft.text((x + mm(1600), line_y), shaped, size, BLACK);
                line_y += 10_000;
            }
            sheet.draft.close();
        }
        y += mm(140) + 11_200 + 10_000 * (i64::try_from(lines_of_pair).unwrap_or(1) - 1);
    }
    y
}

fn full_name(name: &super::view::Name) -> String {
    match &name.latin {
        Some(latin) => format!("{} ({latin})", name.own),
        None => name.own.clone(),
    }
}

/// A term of the equation, ready to be placed.
struct Term {
    sign: Option<Shaped>,
    label: Shaped,
    amount: Shaped,
    across: Length,
}

const LABEL: Length = 8000;
const AMOUNT: Length = 14_000;
const SIGN: Length = 13_000;
const RESULT: Length = 19_000;
const TERM_GAP: Length = mm(500);
const TERM_HEIGHT: Length = LABEL * 14 / 10 + AMOUNT * 14 / 10;
const RESULT_HEIGHT: Length = mm(500) + 2 * (LABEL * 14 / 10) + 23_000;

/// Earned, plus and minus the parts, is what the member gets: in one row where it fits, else the terms in rows
/// and the result below them.
fn equation(sheet: &mut Sheet<'_, '_>, totals: &Totals) {
    let terms = terms(sheet, totals);
    let equals = sheet.shape("=", Style::Regular);
    let amount = sheet.shape(&currency_text(sheet.view.currency, totals.result), Style::Bold).tightened();
    let lead = width(&equals, SIGN) + TERM_GAP;
    let result = lead + (width(&amount, RESULT) + mm(900)).max(mm(6500));
    let across: Length = terms.iter().map(|term| term.across + TERM_GAP).sum();
    let in_one_row = across + result <= sheet.right - sheet.left;
    let top = sheet.y;
    let mut y = top + HAIRLINE + mm(350);
    let drop = if in_one_row { (RESULT_HEIGHT - TERM_HEIGHT) / 2 } else { 0 };
    let mut x = sheet.left;
    sheet.draft.open(Role::Paragraph);
    for term in &terms {
        if x > sheet.left && x + term.across > sheet.right {
            x = sheet.left;
            y += TERM_HEIGHT + mm(250);
        }
        place(sheet, (x, y + drop), term);
        x += term.across + TERM_GAP;
    }
    if !in_one_row {
        x = sheet.left;
        y += TERM_HEIGHT + mm(400);
    }
    sheet.draft.text((x, y + RESULT_HEIGHT / 2 + SIGN * 35 / 100), &equals, SIGN, FAINT);
    net(sheet, (x + lead, y, RESULT_HEIGHT), &amount);
    sheet.draft.close();
    let end = y + RESULT_HEIGHT + mm(350);
    sheet.rule(top, HAIRLINE, HAIR);
    sheet.rule(end, HAIRLINE, HAIR);
    sheet.y = end + HAIRLINE + sheet.gap;
}

fn terms(sheet: &Sheet<'_, '_>, totals: &Totals) -> Vec<Term> {
    let term = |sign: Option<&str>, label: &str, minor: i64| {
        let sign = sign.map(|sign| sheet.shape(sign, Style::Regular));
        let label = sheet.draft.line(label, Style::Regular, LABEL, mm(5500));
        let amount = sheet.shape(&sheet.view.currency.grouped(minor), Style::Bold).tightened();
        let lead = sign.as_ref().map_or(0, |sign| width(sign, SIGN) + TERM_GAP);
        let across = lead + width(&label, LABEL).max(width(&amount, AMOUNT));
        Term { sign, label, amount, across }
    };
    let parts = sheet.view.summary.parts.iter().map(|part| {
        let sign = if part.amount_minor < 0 { "−" } else { "+" };
        term(Some(sign), &part.label, part.amount_minor.saturating_abs())
    });
    std::iter::once(term(None, sheet.words.you_earned, totals.earned)).chain(parts).collect()
}

fn place(sheet: &mut Sheet<'_, '_>, (mut x, y): (Length, Length), term: &Term) {
    if let Some(sign) = &term.sign {
        sheet.draft.text((x, y + TERM_HEIGHT / 2 + SIGN * 35 / 100), sign, SIGN, FAINT);
        x += width(sign, SIGN) + TERM_GAP;
    }
    sheet.draft.text((x, y + baseline(LABEL, 1400)), &term.label, LABEL, SOFT);
    sheet.draft.text((x, y + LABEL * 14 / 10 + baseline(AMOUNT, 1400)), &term.amount, AMOUNT, BLACK);
}

/// The result in its field, the one thing that may be seen from across the room.
fn net(sheet: &mut Sheet<'_, '_>, (x, y, height): (Length, Length, Length), amount: &Shaped) {
    let (page, right) = (sheet.draft.pages.len() - 1, sheet.right);
    sheet.draft.fill(page, (x, y), (right - x, height), ACCENT_SOFT);
    sheet.draft.fill(page, (x, y), (mm(100), height), ACCENT);
    let left = x + mm(500);
    let room = right - left - mm(400);
    let summary = &sheet.view.summary;
    let note = summary.note.as_deref().unwrap_or_default();
    let mut at = y + mm(250) + if note.is_empty() { 5_600 } else { 0 };
    let label = sheet.draft.line(&summary.label, Style::Regular, 8000, room);
    sheet.draft.text((left, at + baseline(8000, 1400)), &label, 8000, SOFT);
    at += 11_200;
    let size = if width(amount, RESULT) > room { SIGN } else { RESULT };
    sheet.draft.text((left, at + baseline(19_000, 1210)), amount, size, BLACK);
    at += 23_000;
    let note = sheet.draft.line(note, Style::Regular, 8000, room);
    sheet.draft.text((left, at + baseline(8000, 1400)), &note, 8000, SOFT);
}

/// `€312.13`, `−€5.00`; the code where the currency has no sign of its own.
fn currency_text(currency: money::Currency, minor: i64) -> String {
    let amount = currency.grouped(minor);
    let (minus, digits) = amount.strip_prefix('−').map_or(("", amount.as_str()), |digits| ("−", digits));
    match currency.code() {
        "EUR" => format!("{minus}€{digits}"),
        "GBP" => format!("{minus}£{digits}"),
        "JPY" => format!("{minus}¥{digits}"),
        "USD" => format!("{minus}${digits}"),
        code => format!("{minus}{digits} {code}"),
    }
}

fn by_bonus(sheet: &Sheet<'_, '_>, totals: &Totals) -> Table {
    let (view, words) = (sheet.view, sheet.words);
    let currency = view.currency;
    let previous = view.period.previous.as_ref().filter(|_| totals.previous.is_some());
    let mut columns = vec![Column::rest(words.bonus), Column::figures(words.lines, mm(2000))];
    if let Some(previous) = previous {
        columns.push(Column::figures(format!("{previous}, {currency}"), mm(3260)));
    }
    columns.push(Column::figures(format!("{}, {currency}", view.period.short), mm(2520)));
    let or_dash = |minor: Option<i64>| minor.map_or("–".to_owned(), |minor| currency.grouped(minor));
    let items = view.bonuses.iter().zip(&totals.bonuses).map(|(bonus, amount)| {
        let mut cells =
            vec![Cell { below: bonus.rule.clone(), ..Cell::head(&bonus.name) }, Cell::new(grouped(bonus.lines.len()))];
        if previous.is_some() {
            cells.push(Cell::soft(or_dash(bonus.previous_minor)));
        }
        let amount = if bonus.lines.is_empty() { None } else { Some(*amount) };
        cells.push(Cell::new(or_dash(amount)));
        Item::Row(cells)
    });
    let mut figures = vec![grouped(totals.lines)];
    if previous.is_some() {
        figures.push(or_dash(totals.previous));
    }
    figures.push(currency.grouped(totals.earned));
    Table {
        columns,
        items: items.collect(),
        total: Some((format!("{} {}", words.earned_in, view.period.short), figures)),
        size: 8250,
        pad: mm(100),
        continued: words.continued,
    }
}

fn account_table(sheet: &Sheet<'_, '_>, account: &Account, closing: i64) -> Table {
    let (words, currency) = (sheet.words, sheet.view.currency);
    let columns = vec![
        Column::text(words.date, mm(1350)),
        Column::rest(words.entry),
        Column::text(words.reference, mm(3400)),
        Column::figures(format!("{}, {currency}", words.money_in), mm(1750)),
        Column::figures(format!("{}, {currency}", words.money_out), mm(1750)),
        Column::figures(format!("{}, {currency}", words.balance), mm(2200)),
    ];
    let mut balance = account.opening_minor;
    let mut items = vec![Item::Row(vec![
        Cell::new(words.short_day(account.opened_on)),
        Cell::head(words.carried_over),
        Cell::empty(),
        Cell::empty(),
        Cell::empty(),
        Cell::new(currency.grouped(balance)),
    ])];
    for entry in &account.entries {
        balance = balance.saturating_add(entry.amount_minor);
        let size = Cell::new(currency.grouped(entry.amount_minor.saturating_abs()));
        let (money_in, money_out) = if entry.amount_minor < 0 { (Cell::empty(), size) } else { (size, Cell::empty()) };
        items.push(Item::Row(vec![
            Cell::new(words.short_day(entry.on)),
            Cell::head(&entry.text),
            Cell::soft(&entry.reference),
            money_in,
            money_out,
            Cell::new(currency.grouped(balance)),
        ]));
    }
    let title = format!("{} {}", words.balance_on, words.long_day(account.closed_on));
    Table {
        columns,
        items,
        total: Some((title, vec![currency.grouped(closing)])),
        size: 8250,
        pad: mm(100),
        continued: words.continued,
    }
}

fn progress_table(sheet: &Sheet<'_, '_>, progress: &Progress) -> Table {
    let words = sheet.words;
    let columns = vec![
        Column::rest(words.requirement),
        Column::figures(words.needed, mm(2600)),
        Column::figures(sheet.view.period.short.clone(), mm(2400)),
        Column::text("", mm(4200)),
        Column::text(words.result, mm(3300)),
    ];
    let items = progress.requirements.iter().map(|requirement| {
        let result = if requirement.met {
            Cell::new(words.met)
        } else if requirement.have < requirement.need {
            let missing = with_unit(requirement.need - requirement.have, &requirement.unit);
            Cell::bold(format!("{missing} {}", words.short))
        } else {
            Cell::bold(words.not_met)
        };
        Item::Row(vec![
            Cell::head(&requirement.name),
            Cell::soft(with_unit(requirement.need, &requirement.unit)),
            Cell::new(with_unit(requirement.have, &requirement.unit)),
            Cell { bar: Some(filled(requirement)), ..Cell::empty() },
            result,
        ])
    });
    Table { columns, items: items.collect(), total: None, size: 8250, pad: mm(100), continued: words.continued }
}

fn with_unit(number: Decimal, unit: &str) -> String {
    let number = money::grouped(number.normalize());
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// How much of the bar is filled, in thousandths.
fn filled(requirement: &Requirement) -> i64 {
    let share = requirement.have.checked_div(requirement.need).unwrap_or(Decimal::ONE);
    let thousandths = share.clamp(Decimal::ZERO, Decimal::ONE) * Decimal::ONE_THOUSAND;
    thousandths.to_i64().unwrap_or(0)
}
