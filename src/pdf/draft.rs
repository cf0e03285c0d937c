//! A document while it is drawn: pages with their content, the glyphs it uses, its structure.
//!
//! Lengths count from the top left corner of the page.

use super::fonts::{Fonts, Style};
use super::paper::{Length, Paper};
use super::shape::{Glyph, Shaped, Shaper, wrap};
use super::structure::{NodeId, Role, Structure};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A colour of the printed page, dark enough or light enough to be told apart in greyscale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink(pub u8, pub u8, pub u8);

/// A font as a page names it: face, and ready-made subset or (`None`) this document's own.
pub(super) type FontKey = (usize, Option<usize>);

/// Glyphs outside the ready-made subsets, in order of first use.
#[derive(Default)]
pub(super) struct OwnGlyphs {
    /// Glyph and text.
    pub glyphs: Vec<(u16, String)>,
    places: BTreeMap<u16, u16>,
}

/// One page.
#[derive(Default)]
pub(super) struct Page {
    /// Content operators.
    pub content: String,
    /// The nodes that own the marks 0, 1, 2 …
    pub owners: Vec<NodeId>,
    mark: Option<Mark>,
    /// Whether a text of this mark ended without a space or a hyphen.
    wants_space: bool,
    ink: Option<Ink>,
    font: Option<(FontKey, Length)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Node(NodeId),
    Decoration,
}

/// The document so far.
pub(super) struct Draft<'f> {
    shaper: Shaper<'f>,
    pub paper: Paper,
    pub pages: Vec<Page>,
    pub structure: Structure,
    pub used: BTreeSet<FontKey>,
    pub own: BTreeMap<usize, OwnGlyphs>,
    decoration: bool,
}

impl<'f> Draft<'f> {
    pub fn new(fonts: &'f Fonts, paper: Paper) -> Self {
        Self {
            shaper: Shaper::new(fonts),
            paper,
            pages: vec![Page::default()],
            structure: Structure::new(),
            used: BTreeSet::new(),
            own: BTreeMap::new(),
            decoration: false,
        }
    }

    pub fn fonts(&self) -> &'f Fonts {
        self.shaper.fonts
    }

    pub fn shape(&self, text: &str, style: Style) -> Shaped {
        self.shaper.shape(text, style)
    }

    /// Breaks a text set in `size` to a width; at most `most` lines, at least one.
    pub fn wrap(&self, text: &str, style: Style, size: Length, room: Length, most: usize) -> Vec<Shaped> {
        wrap(&self.shaper, text, style, room * 1000 / size, most)
    }

    /// One line, cut with an ellipsis where it is too long.
    pub fn line(&self, text: &str, style: Style, size: Length, room: Length) -> Shaped {
        self.wrap(text, style, size, room, 1).swap_remove(0)
    }

    /// One line, set smaller down to `least` where it is too long, cut only then.
    pub fn fitted(&self, text: &str, style: Style, (size, least): (Length, Length), room: Length) -> (Shaped, Length) {
        let mut size = size;
        if text.len() < 300 {
            let wanted = self.shape(text, style).width;
            while size > least && wanted * size / 1000 > room {
                size -= 250;
            }
        }
        (self.line(text, style, size, room), size)
    }

    pub fn add_page(&mut self) {
        self.pages.push(Page::default());
    }

    /// Opens a part of the structure. Decoration has none.
    pub fn open(&mut self, role: Role) {
        self.open_wide(role, 1);
    }

    /// Opens a cell that spans columns.
    pub fn open_wide(&mut self, role: Role, columns: usize) {
        if !self.decoration {
            self.structure.open(role, i64::try_from(columns).unwrap_or(1));
        }
    }

    pub fn close(&mut self) {
        if !self.decoration {
            self.structure.close();
        }
    }

    /// Switches decoration on or off and says what it was.
    pub fn quiet(&mut self, decoration: bool) -> bool {
        std::mem::replace(&mut self.decoration, decoration)
    }

    /// Draws what a screen reader should pass over: repeated heads, rules, page numbers.
    pub fn decorate<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.decoration, true);
        let out = draw(self);
        self.decoration = before;
        out
    }

    /// Sets a shaped text with its baseline's left end at `x`, `y` of page `page`.
    pub fn text_on(&mut self, page: usize, (x, y): (Length, Length), text: &Shaped, size: Length, ink: Ink) {
        if text.glyphs.is_empty() {
            return;
        }
        self.mark(page);
        let top = self.paper.size().1;
        let out = &mut self.pages[page];
        out.set_ink(ink);
        out.content.push_str("BT ");
        number(&mut out.content, x);
        number(&mut out.content, top - y);
        out.content.push_str("Td ");
        let mut open = false;
        // Texts of one part that stand apart on the paper must not run together in a screen reader.
        let mut apart = std::mem::take(&mut out.wants_space);
        for glyph in &text.glyphs {
            let (key, cid) = place(self.shaper.fonts, &mut self.own, glyph);
            if out.font != Some((key, size)) {
                close_row(&mut out.content, &mut open);
                self.used.insert(key);
                out.font = Some((key, size));
                let _ = write!(out.content, "/{} ", font_name(key));
                number(&mut out.content, size);
                out.content.push_str("Tf ");
            }
            if glyph.offset.1 != 0 {
                close_row(&mut out.content, &mut open);
                number(&mut out.content, glyph.offset.1 * size / 1000);
                out.content.push_str("Ts ");
            }
            if !open {
                out.content.push_str("[<");
                open = true;
            }
            if std::mem::take(&mut apart)
                && let Some((space, width)) = space_of(self.shaper.fonts, key)
            {
                hex(&mut out.content, space);
                let _ = write!(out.content, ">{width}<");
            }
            if glyph.offset.0 != 0 {
                let _ = write!(out.content, ">{}<", -glyph.offset.0);
            }
            hex(&mut out.content, cid);
            if glyph.shift != 0 || glyph.offset.0 != 0 {
                let _ = write!(out.content, ">{}<", glyph.offset.0 - glyph.shift);
            }
            if glyph.offset.1 != 0 {
                close_row(&mut out.content, &mut open);
                out.content.push_str("0 Ts ");
            }
        }
        close_row(&mut out.content, &mut open);
        out.content.push_str("ET\n");
        out.wants_space = text.glyphs.last().is_some_and(|glyph| !joins_next(self.shaper.fonts, glyph));
    }

    pub fn text(&mut self, at: (Length, Length), text: &Shaped, size: Length, ink: Ink) {
        self.text_on(self.pages.len() - 1, at, text, size, ink);
    }

    /// Fills a rectangle. It is decoration: nothing may be said by it alone.
    pub fn fill(&mut self, page: usize, (x, y): (Length, Length), (width, height): (Length, Length), ink: Ink) {
        self.decorate(|draft| draft.mark(page));
        let top = self.paper.size().1;
        let out = &mut self.pages[page];
        out.set_ink(ink);
        for length in [x, top - y - height, width, height] {
            number(&mut out.content, length);
        }
        out.content.push_str("re f\n");
    }

    /// Places the company's mark, `size` wide and high.
    pub fn brand(&mut self, (x, y): (Length, Length), size: Length) {
        let page = self.pages.len() - 1;
        self.decorate(|draft| draft.mark(page));
        let top = self.paper.size().1;
        let out = &mut self.pages[page].content;
        out.push_str("q ");
        number(out, size);
        out.push_str("0 0 ");
        number(out, size);
        number(out, x);
        number(out, top - y - size);
        out.push_str("cm /Brand Do Q\n");
    }

    /// Closes the last mark of every page.
    pub fn finish(&mut self) {
        for page in &mut self.pages {
            if page.mark.take().is_some() {
                page.content.push_str("EMC\n");
            }
        }
    }

    fn mark(&mut self, number: usize) {
        let wanted = if self.decoration { Mark::Decoration } else { Mark::Node(self.structure.current()) };
        let page = &mut self.pages[number];
        if page.mark == Some(wanted) {
            return;
        }
        if page.mark.is_some() {
            page.content.push_str("EMC\n");
        }
        page.mark = Some(wanted);
        page.wants_space = false;
        match wanted {
            Mark::Decoration => page.content.push_str("/Artifact BMC\n"),
            Mark::Node(node) => {
                let mark = page.owners.len();
                let _ = writeln!(page.content, "/{} <</MCID {mark}>> BDC", self.structure.role_name(node));
                page.owners.push(node);
                self.structure.attach(node, number, i64::try_from(mark).unwrap_or(0));
            }
        }
    }
}

impl Page {
    fn set_ink(&mut self, ink: Ink) {
        if self.ink != Some(ink) {
            self.ink = Some(ink);
            for part in [ink.0, ink.1, ink.2] {
                number(&mut self.content, i64::from(part) * 1000 / 255);
            }
            self.content.push_str("rg ");
        }
    }
}

/// The space of a font, and its width.
fn space_of(fonts: &Fonts, (face, block): FontKey) -> Option<(u16, i64)> {
    let plain = fonts.face(face)?.plain.as_ref()?;
    let glyph = plain.glyph(' ')?;
    let slot = plain.slot(glyph).filter(|slot| Some(slot.block) == block)?;
    Some((slot.cid, plain.width(glyph)))
}

/// Whether a text that ends like this joins what follows: after a space or a hyphen.
fn joins_next(fonts: &Fonts, glyph: &Glyph) -> bool {
    let plain = fonts.face(glyph.face).and_then(|face| face.plain.as_ref());
    plain.is_some_and(|plain| [' ', '-'].iter().any(|letter| plain.glyph(*letter) == Some(glyph.id)))
}

fn place(fonts: &Fonts, own: &mut BTreeMap<usize, OwnGlyphs>, glyph: &Glyph) -> (FontKey, u16) {
    let plain = glyph.text.is_empty().then(|| fonts.face(glyph.face)?.plain.as_ref()?.slot(glyph.id)).flatten();
    if let Some(slot) = plain {
        return ((glyph.face, Some(slot.block)), slot.cid);
    }
    let own = own.entry(glyph.face).or_default();
    if glyph.id == 0 {
        return ((glyph.face, None), 0);
    }
    let cid = *own.places.entry(glyph.id).or_insert_with(|| {
        own.glyphs.push((glyph.id, String::new()));
        u16::try_from(own.glyphs.len()).unwrap_or(0)
    });
    if let Some((_, text)) = own.glyphs.get_mut(usize::from(cid) - 1).filter(|(_, text)| text.is_empty()) {
        text.clone_from(&glyph.text);
    }
    ((glyph.face, None), cid)
}

/// The resource name of a font: `F0a` is the first subset of face 0, `F3` the document's own of face 3.
pub(super) fn font_name((face, block): FontKey) -> String {
    let letter = block.and_then(|block| u8::try_from(block).ok()).map(|block| char::from(b'a' + block));
    format!("F{face}{}", letter.map(String::from).unwrap_or_default())
}

fn close_row(out: &mut String, open: &mut bool) {
    if *open {
        out.push_str(">]TJ ");
        *open = false;
    }
}

fn hex(out: &mut String, cid: u16) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for shift in [12, 8, 4, 0] {
        out.push(char::from(DIGITS[usize::from(cid >> shift & 15)]));
    }
}

/// Thousandths as a number of at most two decimals, and a space.
pub(super) fn number(out: &mut String, thousandths: i64) {
    let hundredths = (thousandths + 5).div_euclid(10);
    if hundredths < 0 {
        out.push('-');
    }
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let _ = match part {
        0 => write!(out, "{whole} "),
        part if part % 10 == 0 => write!(out, "{whole}.{} ", part / 10),
        part => write!(out, "{whole}.{part:02} "),
    };
}
