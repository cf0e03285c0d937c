//! A table that flows over pages: heads repeat, a group never starts on a page's last line, the total stays
//! with the last row.

use super::sheet::{ACCENT, BLACK, FAINT, HAIR, HAIRLINE, RULE, SOFT, Sheet, TRACK, baseline, width};
use crate::pdf::draft::Ink;
use crate::pdf::fonts::Style;
use crate::pdf::paper::{Length, mm};
use crate::pdf::shape::Shaped;
use crate::pdf::structure::Role;

/// Space at each side of a cell.
const SIDE: Length = mm(160);
const HEAD_SIZE: Length = 7250;
/// The narrowest the flexible column gets before the table is set smaller.
const NARROW: Length = mm(3400);

/// A column.
pub(super) struct Column {
    pub head: String,
    /// Set against the right edge, as figures are.
    pub end: bool,
    /// Its least width; `None` takes what the others leave.
    pub least: Option<Length>,
}

impl Column {
    pub fn text(head: &str, least: Length) -> Self {
        Self { head: head.to_owned(), end: false, least: Some(least) }
    }

    pub fn rest(head: &str) -> Self {
        Self { head: head.to_owned(), end: false, least: None }
    }

    pub fn figures(head: impl Into<String>, least: Length) -> Self {
        Self { head: head.into(), end: true, least: Some(least) }
    }
}

/// What stands in a cell.
pub(super) struct Cell {
    pub text: String,
    pub style: Style,
    pub ink: Ink,
    /// A smaller line below.
    pub below: String,
    /// The head of its row.
    pub heads: bool,
    /// A bar of so many thousandths. Decoration: the figures beside it say the same.
    pub bar: Option<i64>,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Regular, ink: BLACK, below: String::new(), heads: false, bar: None }
    }

    pub fn empty() -> Self {
        Self::new("")
    }

    pub fn soft(text: impl Into<String>) -> Self {
        Self { ink: SOFT, ..Self::new(text) }
    }

    pub fn bold(text: impl Into<String>) -> Self {
        Self { style: Style::Bold, ..Self::new(text) }
    }

    /// The head of a row.
    pub fn head(text: impl Into<String>) -> Self {
        Self { style: Style::Bold, heads: true, ..Self::new(text) }
    }
}

/// A row, or the head of a group of rows.
pub(super) enum Item {
    Row(Vec<Cell>),
    Group {
        name: String,
        /// Said at the right: a plain and a bold text.
        aside: (String, String),
    },
}

/// A whole table.
pub(super) struct Table {
    pub columns: Vec<Column>,
    pub items: Vec<Item>,
    /// The total: the first cell spans what the figures leave.
    pub total: Option<(String, Vec<String>)>,
    pub size: Length,
    /// Space above and below a row's text.
    pub pad: Length,
    /// What is said beside a group that goes on on a new page.
    pub continued: &'static str,
}

struct Set {
    cells: Vec<(Vec<Shaped>, Vec<Shaped>)>,
    height: Length,
}

impl Table {
    /// The height of the head and the first row or two: what must fit below a heading.
    pub fn least_height(&self) -> Length {
        head_height() + 3 * (self.size * 14 / 10 + 2 * self.pad) + self.size * 14 / 10
    }

    /// An upper estimate of the whole height, where every row takes one line and its smaller line.
    pub fn height(&self) -> Length {
        let row = self.row_height(1);
        let below = |cells: &[Cell]| cells.iter().any(|cell| !cell.below.is_empty());
        let items: Length = self
            .items
            .iter()
            .map(|item| match item {
                Item::Row(cells) if below(cells) => row + 10_500,
                Item::Row(_) => row,
                Item::Group { .. } => row + mm(100),
            })
            .sum();
        head_height() + items + if self.total.is_some() { row + mm(135) } else { 0 }
    }

    fn row_height(&self, lines: usize) -> Length {
        self.size * 14 / 10 * i64::try_from(lines).unwrap_or(1) + 2 * self.pad + HAIRLINE
    }

    /// Draws the table at the sheet's cursor and moves the cursor below it.
    pub fn draw(mut self, sheet: &mut Sheet<'_, '_>) {
        let edges = self.fit(sheet);
        sheet.draft.open(Role::Table);
        sheet.draft.open(Role::Head);
        self.draw_head(sheet, &edges);
        sheet.draft.close();
        sheet.draft.open(Role::Body);
        let mut group: Option<&str> = None;
        for (at, item) in self.items.iter().enumerate() {
            match item {
                Item::Row(cells) => {
                    let set = self.set(sheet, cells, &edges);
                    let last = at + 1 == self.items.len();
                    let after = if last && self.total.is_some() { self.total_height() } else { 0 };
                    if sheet.room() < set.height + after {
                        self.turn(sheet, &edges, group);
                    }
                    self.draw_row(sheet, cells, &set, &edges);
                }
                Item::Group { name, aside } => {
                    if sheet.room() < self.group_room(sheet, at, &edges) {
                        self.turn(sheet, &edges, None);
                    }
                    sheet.draft.open(Role::Row);
                    self.draw_group(sheet, name, Some(aside));
                    sheet.draft.close();
                    group = Some(name);
                }
            }
        }
        sheet.draft.close();
        if let Some((name, figures)) = &self.total {
            self.draw_total(sheet, name, figures, &edges);
        }
        sheet.draft.close();
    }

    /// The right edges of the columns. Sets the table smaller where the figures leave the texts too little room.
    fn fit(&mut self, sheet: &Sheet<'_, '_>) -> Vec<Length> {
        let across = sheet.right - sheet.left;
        let mut natural: Vec<i64> = vec![0; self.columns.len()];
        let rows = self.items.iter().filter_map(|item| match item {
            Item::Row(cells) => Some(cells),
            Item::Group { .. } => None,
        });
        for cells in rows {
            for ((cell, column), most) in cells.iter().zip(&self.columns).zip(&mut natural) {
                if column.least.is_some() && !cell.text.is_empty() {
                    *most = (*most).max(sheet.shape(&cell.text, cell.style).width);
                }
            }
        }
        if let Some((_, figures)) = &self.total {
            let first = natural.len() - figures.len();
            for (figure, most) in figures.iter().zip(&mut natural[first..]) {
                *most = (*most).max(sheet.shape(figure, Style::Bold).width);
            }
        }
        let heads: Vec<Length> =
            self.columns.iter().map(|column| width(&sheet.shape(&column.head, Style::Regular), HEAD_SIZE)).collect();
        // Figures are never broken. Where they leave the texts too little room, long texts wrap sooner, then
        // the table is set smaller.
        let sizes = [8250, 7750, 7250, 6750, 6250, 5750, 5250].into_iter().filter(|size| *size < self.size);
        let tries: Vec<(Length, i64)> =
            [(self.size, 3), (self.size, 6)].into_iter().chain(sizes.map(|size| (size, 6))).collect();
        for (size, share) in tries {
            self.size = size;
            let widths = self.widths(&natural, &heads, across / share);
            if across - widths.iter().flatten().sum::<Length>() >= NARROW {
                return edges(sheet.left, &widths, across);
            }
        }
        edges(sheet.left, &self.widths(&natural, &heads, across / 8), across)
    }

    /// The width that each column needs; `None` for the one that takes the rest. Texts take `most` and then wrap.
    fn widths(&self, natural: &[i64], heads: &[Length], most: Length) -> Vec<Option<Length>> {
        let last = self.columns.len() - 1;
        let columns = self.columns.iter().zip(natural).zip(heads).enumerate();
        let width = |(at, ((column, natural), head)): (usize, ((&Column, &i64), &Length))| {
            let most = if column.end { Length::MAX } else { most };
            let sides = if at == 0 || at == last { SIDE } else { 2 * SIDE };
            let needed = (natural * self.size / 1000 + 1).min(most).max(*head) + sides;
            column.least.map(|least| least.max(needed))
        };
        columns.map(width).collect()
    }

    /// From where to where a cell's text may go.
    fn span(sheet: &Sheet<'_, '_>, edges: &[Length], column: usize) -> (Length, Length) {
        let start = if column == 0 { sheet.left } else { edges[column - 1] + SIDE };
        let end = if column + 1 == edges.len() { sheet.right } else { edges[column] - SIDE };
        (start, end)
    }

    fn draw_head(&self, sheet: &mut Sheet<'_, '_>, edges: &[Length]) {
        sheet.draft.open(Role::Row);
        let y = sheet.y + mm(100) + baseline(HEAD_SIZE, 1400);
        for (at, column) in self.columns.iter().enumerate() {
            sheet.draft.open(Role::ColumnHead);
            let (start, end) = Self::span(sheet, edges, at);
            let shaped = sheet.shape(&column.head, Style::Regular);
            let x = if column.end { end - width(&shaped, HEAD_SIZE) } else { start };
            sheet.draft.text((x, y), &shaped, HEAD_SIZE, FAINT);
            sheet.draft.close();
        }
        sheet.draft.close();
        sheet.y += head_height();
    }

    fn turn(&self, sheet: &mut Sheet<'_, '_>, edges: &[Length], group: Option<&str>) {
        sheet.rule(sheet.y, HAIRLINE, HAIR);
        sheet.turn();
        let before = sheet.draft.quiet(true);
        self.draw_head(sheet, edges);
        if let Some(name) = group {
            self.draw_group(sheet, &format!("{name}, {}", self.continued), None);
        }
        sheet.draft.quiet(before);
    }

    fn set(&self, sheet: &Sheet<'_, '_>, cells: &[Cell], edges: &[Length]) -> Set {
        let (mut out, mut tallest) = (Vec::with_capacity(cells.len()), self.size * 14 / 10);
        for (at, cell) in cells.iter().enumerate() {
            let (start, end) = Self::span(sheet, edges, at);
            let lines = if cell.text.is_empty() {
                Vec::new()
            } else if self.columns[at].end {
                vec![sheet.shape(&cell.text, cell.style)]
            } else {
                sheet.wrap(&cell.text, cell.style, self.size, end - start, 4)
            };
            let below = if cell.below.is_empty() {
                Vec::new()
            } else {
                sheet.wrap(&cell.below, Style::Regular, 7500, end - start, 3)
            };
            let height = i64::try_from(lines.len()).unwrap_or(1) * (self.size * 14 / 10)
                + i64::try_from(below.len()).unwrap_or(0) * 10_500;
            tallest = tallest.max(height);
            out.push((lines, below));
        }
        Set { cells: out, height: tallest + 2 * self.pad + HAIRLINE }
    }

    fn draw_row(&self, sheet: &mut Sheet<'_, '_>, cells: &[Cell], set: &Set, edges: &[Length]) {
        sheet.rule(sheet.y, HAIRLINE, HAIR);
        sheet.draft.open(Role::Row);
        let top = sheet.y + HAIRLINE + self.pad;
        for (at, (cell, (lines, below))) in cells.iter().zip(&set.cells).enumerate() {
            sheet.draft.open(if cell.heads { Role::RowHead } else { Role::Cell });
            let (start, end) = Self::span(sheet, edges, at);
            let mut y = top;
            for shaped in lines {
                let x = if self.columns[at].end { end - width(shaped, self.size) } else { start };
                sheet.draft.text((x, y + baseline(self.size, 1400)), shaped, self.size, cell.ink);
                y += self.size * 14 / 10;
            }
            for shaped in below {
                sheet.draft.text((start, y + baseline(7500, 1400)), shaped, 7500, SOFT);
                y += 10_500;
            }
            if let Some(filled) = cell.bar {
                let (page, y) = (sheet.draft.pages.len() - 1, top + (self.size * 14 / 10 - mm(200)) / 2);
                sheet.draft.fill(page, (start, y), (end - start, mm(200)), TRACK);
                sheet.draft.fill(page, (start, y), ((end - start) * filled / 1000, mm(200)), ACCENT);
            }
            sheet.draft.close();
        }
        sheet.draft.close();
        sheet.y += set.height;
    }

    fn draw_group(&self, sheet: &mut Sheet<'_, '_>, name: &str, aside: Option<&(String, String)>) {
        sheet.rule(sheet.y, RULE, BLACK);
        let y = sheet.y + RULE + mm(150) + baseline(self.size, 1400);
        sheet.draft.open_wide(Role::RowHead, self.columns.len() - 2);
        let shaped = sheet.wrap(name, Style::Bold, self.size, (sheet.right - sheet.left) * 2 / 3, 1).swap_remove(0);
        sheet.draft.text((sheet.left, y), &shaped, self.size, BLACK);
        sheet.draft.close();
        if let Some((plain, bold)) = aside {
            sheet.draft.open_wide(Role::Cell, 2);
            let bold = sheet.shape(bold, Style::Bold);
            let plain = sheet.shape(plain, Style::Regular);
            let x = sheet.right - width(&bold, self.size);
            sheet.draft.text((x - width(&plain, self.size), y), &plain, self.size, BLACK);
            sheet.draft.text((x, y), &bold, self.size, BLACK);
            sheet.draft.close();
        }
        sheet.y += self.group_height();
    }

    fn group_height(&self) -> Length {
        RULE + mm(150) + self.size * 14 / 10 + self.pad
    }

    /// A group's head and its first two rows, or all of them where there are fewer.
    fn group_room(&self, sheet: &Sheet<'_, '_>, at: usize, edges: &[Length]) -> Length {
        let rows = self.items[at + 1..].iter().take(2).map_while(|item| match item {
            Item::Row(cells) => Some(self.set(sheet, cells, edges).height),
            Item::Group { .. } => None,
        });
        let total = if at + 3 >= self.items.len() { self.total_height() } else { 0 };
        self.group_height() + rows.sum::<Length>() + total
    }

    fn total_height(&self) -> Length {
        RULE + 2 * self.pad + self.size * 14 / 10 + mm(100)
    }

    fn draw_total(&self, sheet: &mut Sheet<'_, '_>, name: &str, figures: &[String], edges: &[Length]) {
        sheet.rule(sheet.y, RULE, BLACK);
        sheet.draft.open(Role::Foot);
        sheet.draft.open(Role::Row);
        let y = sheet.y + RULE + self.pad + baseline(self.size, 1400);
        let first = edges.len() - figures.len();
        sheet.draft.open_wide(Role::RowHead, first);
        let end = Self::span(sheet, edges, first - 1).1;
        let shaped = sheet.wrap(name, Style::Bold, self.size, end - sheet.left, 1).swap_remove(0);
        sheet.draft.text((sheet.left, y), &shaped, self.size, BLACK);
        sheet.draft.close();
        for (figure, at) in figures.iter().zip(first..) {
            sheet.draft.open(Role::Cell);
            let shaped = sheet.shape(figure, Style::Bold);
            sheet.draft.text(
                (Self::span(sheet, edges, at).1 - width(&shaped, self.size), y),
                &shaped,
                self.size,
                BLACK,
            );
            sheet.draft.close();
        }
        sheet.draft.close();
        sheet.draft.close();
        sheet.y += self.total_height();
        sheet.rule(sheet.y - mm(100), mm(33), BLACK);
        sheet.rule(sheet.y - mm(33), mm(33), BLACK);
    }
}

const fn head_height() -> Length {
    mm(200) + HEAD_SIZE * 14 / 10
}

fn edges(left: Length, widths: &[Option<Length>], across: Length) -> Vec<Length> {
    let rest = (across - widths.iter().flatten().sum::<Length>()).max(mm(1000));
    let edge = |edge: &mut Length, width: &Option<Length>| {
        *edge += width.unwrap_or(rest);
        Some(*edge)
    };
    widths.iter().scan(left, edge).collect()
}
