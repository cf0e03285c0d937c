//! The sheet: margins, letterhead, footer, and the place where the next part goes.

use super::view::StatementView;
use super::words::Words;
use crate::pdf::draft::{Draft, Ink};
use crate::pdf::fonts::{Fonts, Style};
use crate::pdf::paper::{Length, Paper, mm};
use crate::pdf::shape::Shaped;
use crate::pdf::structure::Role;

pub(super) const BLACK: Ink = Ink(0x13, 0x20, 0x1E);
pub(super) const SOFT: Ink = Ink(0x43, 0x53, 0x50);
pub(super) const FAINT: Ink = Ink(0x5B, 0x6B, 0x68);
pub(super) const HAIR: Ink = Ink(0xD5, 0xDE, 0xDC);
pub(super) const ACCENT: Ink = Ink(0x00, 0x59, 0x6B);
pub(super) const ACCENT_SOFT: Ink = Ink(0xEA, 0xF3, 0xF5);
pub(super) const TRACK: Ink = Ink(0xE3, 0xEA, 0xE8);

/// Thickness of a hairline.
pub(super) const HAIRLINE: Length = mm(20);
/// Thickness of the rule above a total or a group.
pub(super) const RULE: Length = mm(35);

/// Where in a line of text the baseline lies, `height` being the line's height in thousandths of the size.
pub(super) const fn baseline(size: Length, height: i64) -> Length {
    size * height / 2000 + size * 346 / 1000
}

/// The width of a shaped text at a size.
pub(super) const fn width(text: &Shaped, size: Length) -> Length {
    text.width * size / 1000
}

/// The pages and the cursor on them.
pub(super) struct Sheet<'a, 'f> {
    pub draft: Draft<'f>,
    pub view: &'a StatementView,
    pub words: &'static Words,
    pub left: Length,
    pub right: Length,
    /// Where the next part goes.
    pub y: Length,
    /// Space between parts.
    pub gap: Length,
    /// What stands at the right of the running head.
    pub aside: String,
    top: Length,
    bottom: Length,
}

impl<'a, 'f> Sheet<'a, 'f> {
    pub fn new(fonts: &'f Fonts, paper: Paper, view: &'a StatementView, words: &'static Words) -> Self {
        let (width, height) = paper.size();
        let (top, bottom, gap) = match paper {
            Paper::A4 => (mm(1500), mm(2000), mm(650)),
            Paper::Letter => (mm(1200), mm(1900), mm(480)),
        };
        Self {
            draft: Draft::new(fonts, paper),
            view,
            words,
            left: mm(1600),
            right: width - mm(1600),
            y: top,
            gap,
            aside: String::new(),
            top,
            bottom: height - bottom,
        }
    }

    /// What is left of this page.
    pub fn room(&self) -> Length {
        self.bottom - self.y
    }

    /// What a whole page holds below its running head.
    pub fn full_room(&self) -> Length {
        self.bottom - self.top - mm(900) - self.gap
    }

    /// Turns to a new page with its running head.
    pub fn turn(&mut self) {
        self.draft.add_page();
        self.y = self.top;
        let (view, words) = (self.view, self.words);
        let aside = std::mem::take(&mut self.aside);
        self.draft.decorate(|draft| draft.brand((mm(1600), self.top), mm(900)));
        let (left, right, top) = (self.left + mm(1200), self.right, self.top);
        let own = &view.member.name.own;
        let limit = right - left - mm(3500);
        self.draft.decorate(|draft| {
            let title = draft.line(&words.running_title(view), Style::Bold, 11_000, limit).tightened();
            draft.text((left, top + baseline(11_000, 1300)), &title, 11_000, BLACK);
            let number = draft.shape(&format!(", {}", view.member.number), Style::Regular);
            let whom = draft.line(own, Style::Regular, 7750, limit - width(&number, 7750));
            let y = top + 14_300 + baseline(8750, 1300);
            draft.text((left, y), &whom, 7750, SOFT);
            draft.text((left + width(&whom, 7750), y), &number, 7750, SOFT);
            let said = draft.shape(&aside, Style::Regular);
            draft.text((right - width(&said, 10_000), top + baseline(10_000, 1400)), &said, 10_000, SOFT);
        });
        self.aside = aside;
        self.y += mm(900) + self.gap;
    }

    pub fn shape(&self, text: &str, style: Style) -> Shaped {
        self.draft.shape(text, style)
    }

    /// Sets a text with its left end at `x`, in a line that starts at `y`.
    pub fn set(&mut self, (x, y): (Length, Length), text: &str, style: Style, size: Length, ink: Ink) {
        let shaped = self.shape(text, style);
        self.draft.text((x, y + baseline(size, 1400)), &shaped, size, ink);
    }

    /// Breaks a text to a width; at most `most` lines.
    pub fn wrap(&self, text: &str, style: Style, size: Length, room: Length, most: usize) -> Vec<Shaped> {
        self.draft.wrap(text, style, size, room, most)
    }

    /// A rule across the page at `y`.
    pub fn rule(&mut self, y: Length, thickness: Length, ink: Ink) {
        let (page, left, across) = (self.draft.pages.len() - 1, self.left, self.right - self.left);
        self.draft.fill(page, (left, y), (across, thickness), ink);
    }

    /// A heading with its rule. Moves the cursor below it.
    pub fn heading(&mut self, text: &str) {
        self.rule(self.y, mm(60), BLACK);
        self.draft.open(Role::Heading2);
        let shaped = self.wrap(text, Style::Bold, 9500, self.right - self.left, 1).swap_remove(0);
        let y = self.y + mm(200) + baseline(9500, 1150);
        self.draft.text((self.left, y), &shaped, 9500, BLACK);
        self.draft.close();
        self.y += HEADING;
    }

    /// Writes the footer of every page, now that their number is known.
    pub fn close_pages(&mut self) {
        let (pages, height) = (self.draft.pages.len(), self.draft.paper.size().1);
        let top = height - mm(1000) - mm(220) - 11_900;
        let (left, right, view, words) = (self.left, self.right, self.view, self.words);
        self.draft.decorate(|draft| {
            for page in 0..pages {
                draft.fill(page, (left, top), (right - left, HAIRLINE), HAIR);
                let y = top + mm(220) + baseline(8500, 1400);
                let place = format!("{} · {}", view.number, words.page(page + 1, pages));
                let place = draft.shape(&place, Style::Regular);
                let end = right - width(&place, 7500);
                let mut x = left;
                let check_at = words.check_at(&view.company.verify_at);
                for (text, style, size, ink) in [
                    (words.check, Style::Bold, 7500, SOFT),
                    (check_at.as_str(), Style::Regular, 7500, SOFT),
                    (view.code.as_str(), Style::Code, 8500, BLACK),
                ] {
                    let shaped = draft.shape(text, style);
                    draft.text_on(page, (x, y), &shaped, size, ink);
                    x += width(&shaped, size);
                }
                draft.text_on(page, (end, y), &place, 7500, SOFT);
            }
        });
    }
}

/// The height of a heading with its rule.
pub(super) const HEADING: Length = mm(60) + mm(140) + 10_925 + mm(80);
