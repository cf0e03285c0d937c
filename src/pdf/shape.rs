//! From a text to a row of glyphs: direction, shaping and the choice of face for each character.

use super::fonts::{Fonts, Style};
use std::cell::RefCell;
use std::collections::HashMap;
use unicode_bidi::{Level, ParagraphBidiInfo};

/// A text set in one line, left to right on the paper. Lengths in thousandths of an em.
#[derive(Debug, Clone, Default)]
pub(super) struct Shaped {
    /// The glyphs in visual order.
    pub glyphs: Vec<Glyph>,
    /// The whole advance.
    pub width: i64,
}

impl Shaped {
    /// The same, set a hundredth of an em tighter, as large bold texts are.
    pub fn tightened(mut self) -> Self {
        for glyph in &mut self.glyphs {
            glyph.shift -= 10;
            self.width -= 10;
        }
        self
    }
}

/// One glyph at its place.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// Face, as numbered in [`Fonts`].
    pub face: usize,
    /// Glyph of that face.
    pub id: u16,
    /// What the next glyph is moved by beyond this one's own width (kerning).
    pub shift: i64,
    /// Offset of this glyph alone.
    pub offset: (i64, i64),
    /// The characters it stands for, where shaping decided that; empty for a plain glyph.
    pub text: String,
}

/// Sets texts, and remembers those that took shaping: names come again and again in one document.
pub(super) struct Shaper<'f> {
    pub fonts: &'f Fonts,
    known: RefCell<HashMap<(Style, String), Shaped>>,
}

impl<'f> Shaper<'f> {
    pub fn new(fonts: &'f Fonts) -> Self {
        Self { fonts, known: RefCell::default() }
    }

    /// Sets a text in one line. Control characters are dropped.
    pub fn shape(&self, text: &str, style: Style) -> Shaped {
        if let Some(plain) = plain(self.fonts, text, style) {
            return plain;
        }
        let key = (style, text.to_owned());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let shaped = shaped(self.fonts, text, style);
        self.known.borrow_mut().insert(key, shaped.clone());
        shaped
    }
}

/// The way of nearly every text: glyph by glyph from the face's tables.
fn plain(fonts: &Fonts, text: &str, style: Style) -> Option<Shaped> {
    let number = style as usize;
    let table = fonts.face(number)?.plain.as_ref()?;
    let mut out = Shaped { glyphs: Vec::with_capacity(text.len()), width: 0 };
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let id = table.glyph(letter)?;
        let width = table.width(id);
        let shift = letters.peek().map_or(0, |next| table.kerning(letter, *next));
        out.width += width + shift;
        // Outside the ready-made subsets a glyph must bring its text along.
        let text = if table.slot(id).is_some() { String::new() } else { letter.to_string() };
        out.glyphs.push(Glyph { face: number, id, shift, offset: (0, 0), text });
    }
    Some(out)
}

fn shaped(fonts: &Fonts, text: &str, style: Style) -> Shaped {
    let text: String = text
        .chars()
        .map(|letter| if letter.is_whitespace() && letter != '\u{A0}' { ' ' } else { letter })
        .filter(|letter| !letter.is_control() && !is_direction_mark(*letter))
        .collect();
    let bidi = ParagraphBidiInfo::new(&text, Some(Level::ltr()));
    let (levels, runs) = bidi.visual_runs(0..text.len());
    let mut out = Shaped::default();
    for run in runs {
        let backwards = levels.get(run.start).is_some_and(Level::is_rtl);
        let mut parts = by_face(fonts, &text[run], style);
        if backwards {
            parts.reverse();
        }
        for (face, part) in parts {
            shape_part(fonts, face, part, backwards, &mut out);
        }
    }
    out
}

/// Marks that steer direction have done their work and have no shape of their own.
const fn is_direction_mark(letter: char) -> bool {
    matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{AD}' | '\u{FEFF}')
}

/// Cuts a run where the face changes. Spaces and combining marks stay with what they follow.
fn by_face<'a>(fonts: &Fonts, run: &'a str, style: Style) -> Vec<(usize, &'a str)> {
    let mut parts: Vec<(usize, &str)> = Vec::new();
    let (mut start, mut current) = (0, None);
    for (at, letter) in run.char_indices() {
        let joins = letter == ' ' || is_joining(letter);
        let face = match current {
            Some(face) if joins => face,
            _ => fonts.face_for(letter, style).unwrap_or(Style::Regular as usize),
        };
        if current.is_some_and(|before| before != face) {
            parts.push((current.unwrap_or(0), &run[start..at]));
            start = at;
        }
        current = Some(face);
    }
    if let Some(face) = current {
        parts.push((face, &run[start..]));
    }
    parts
}

const fn is_joining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{3099}' | '\u{309A}')
}

fn shape_part(fonts: &Fonts, number: usize, part: &str, backwards: bool, out: &mut Shaped) {
    let Some(face) = fonts.face(number) else { return };
    let Some(shaper) = face.bytes().and_then(|bytes| rustybuzz::Face::from_slice(bytes, face.index)) else { return };
    let em = i64::from(shaper.units_per_em()).max(1);
    let scaled = |units: i32| (i64::from(units) * 1000 + em / 2).div_euclid(em);
    let mut buffer = rustybuzz::UnicodeBuffer::new();
    buffer.push_str(part);
    buffer.set_direction(if backwards { rustybuzz::Direction::RightToLeft } else { rustybuzz::Direction::LeftToRight });
    buffer.guess_segment_properties();
    let glyphs = rustybuzz::shape(&shaper, &[], buffer);
    let infos = glyphs.glyph_infos();
    for (at, (info, place)) in infos.iter().zip(glyphs.glyph_positions()).enumerate() {
        let id = u16::try_from(info.glyph_id).unwrap_or(0);
        let own = shaper.glyph_hor_advance(ttf_parser::GlyphId(id)).map_or(0, i32::from);
        let (width, advance) = (scaled(own), scaled(place.x_advance));
        let first_of_cluster = at == 0 || infos[at - 1].cluster != info.cluster;
        let text = if id == 0 {
            '\u{FFFD}'.to_string()
        } else if first_of_cluster {
            cluster_text(part, infos, info.cluster)
        } else {
            String::new()
        };
        out.width += advance;
        out.glyphs.push(Glyph {
            face: number,
            id,
            shift: advance - width,
            offset: (scaled(place.x_offset), scaled(place.y_offset)),
            text,
        });
    }
}

/// The characters from a cluster's start to the next cluster's start.
fn cluster_text(part: &str, infos: &[rustybuzz::GlyphInfo], cluster: u32) -> String {
    let end = infos.iter().map(|info| info.cluster).filter(|other| *other > cluster).min();
    let (start, end) = (cluster as usize, end.map_or(part.len(), |end| end as usize));
    part.get(start..end).unwrap_or("\u{FFFD}").to_owned()
}

/// Breaks a text into lines of at most `width` (thousandths of an em): after spaces and hyphens, inside a word
/// only where the word alone is too wide. What goes beyond `most` lines is cut off with an ellipsis.
pub(super) fn wrap(shaper: &Shaper<'_>, text: &str, style: Style, width: i64, most: usize) -> Vec<Shaped> {
    if text.len() <= 400 {
        let whole = shaper.shape(text, style);
        if whole.width <= width {
            return vec![whole];
        }
    }
    let mut lines = broken(shaper, text, style, width, most);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while last.chars().count() > 1 && shaper.shape(&format!("{}…", last.trim_end()), style).width > width {
                last.pop();
            }
            *last = format!("{}…", last.trim_end());
        }
    } else {
        keep_company(&mut lines);
    }
    lines.iter().map(|line| shaper.shape(line.trim_end(), style)).collect()
}

/// The lines as texts; at most one more than `most`, which says that something is left over.
fn broken(shaper: &Shaper<'_>, text: &str, style: Style, width: i64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive([' ', '-', '\u{2010}', '\u{2013}', '/', '\n']) {
        if lines.len() > most {
            break;
        }
        let advance = shaper.shape(word.trim_end(), style).width;
        if used > 0 && used + advance > width {
            lines.push(String::new());
            used = 0;
        }
        if advance > width {
            used = break_word(shaper, word, style, (width, used), most, &mut lines);
        } else {
            used += shaper.shape(word, style).width;
            push(&mut lines, word);
        }
    }
    lines
}

/// The last word of a paragraph does not stand alone: it takes the word before it along.
fn keep_company(lines: &mut [String]) {
    let [.., before, last] = lines else { return };
    let words = before.trim_end().matches(' ').count() + 1;
    if last.trim_end().contains(' ') || words < 4 {
        return;
    }
    if let Some(at) = before.trim_end().rfind(' ') {
        let word = before.split_off(at + 1);
        last.insert_str(0, &word);
    }
}

fn break_word(
    shaper: &Shaper<'_>,
    word: &str,
    style: Style,
    (width, mut used): (i64, i64),
    most: usize,
    lines: &mut Vec<String>,
) -> i64 {
    let mut letter_text = [0; 4];
    for letter in word.chars() {
        let letter_text = letter.encode_utf8(&mut letter_text);
        let advance = shaper.shape(letter_text, style).width;
        if used + advance > width && used > 0 && advance > 0 {
            if lines.len() > most {
                return used;
            }
            lines.push(String::new());
            used = 0;
        }
        used += advance;
        push(lines, letter_text);
    }
    used
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Shaped], fonts: &Fonts) -> Vec<String> {
        let plain = fonts.face(0).and_then(|face| face.plain.as_ref()).unwrap();
        let back = |glyph: &Glyph| (' '..='…').find(|letter| plain.glyph(*letter) == Some(glyph.id)).unwrap();
        lines.iter().map(|line| line.glyphs.iter().map(back).collect()).collect()
    }

    #[test]
    fn words_wrap_and_the_last_one_keeps_company() {
        let fonts = Fonts::with_files([]);
        let shaper = Shaper::new(&fonts);
        let lines = wrap(&shaper, "One two three four five six seven", Style::Regular, 15_000, 9);
        assert_eq!(texts(&lines, &fonts), ["One two three four five", "six seven"]);
        let lines = wrap(&shaper, "Abcdefghij", Style::Regular, 2000, 2);
        assert_eq!(texts(&lines, &fonts), ["Abc", "d…"]);
        assert_eq!(wrap(&shaper, "", Style::Regular, 0, 1).len(), 1);
    }

    #[test]
    fn text_from_the_right_is_turned_round_and_joined() {
        let fonts = Fonts::with_files([]);
        let shaper = Shaper::new(&fonts);
        let hebrew = shaper.shape("אב C", Style::Regular);
        assert_eq!(hebrew.glyphs.iter().map(|glyph| glyph.text.as_str()).collect::<Vec<_>>(), ["ב", "א", " ", "C"]);
        let joined = shaper.shape("هه", Style::Regular);
        assert_ne!(joined.glyphs[0].id, joined.glyphs[1].id, "initial and final form are different glyphs");
        assert_eq!(joined.width, joined.glyphs.iter().map(|glyph| advance(&fonts, glyph)).sum::<i64>());
    }

    fn advance(fonts: &Fonts, glyph: &Glyph) -> i64 {
        fonts.face(glyph.face).and_then(|face| face.plain.as_ref()).unwrap().width(glyph.id) + glyph.shift
    }
}
