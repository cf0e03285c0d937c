//! Makes a TrueType subset smaller: only the tables a viewer needs, and outlines without hinting programs.
//!
//! Hinting serves screens of few pixels; on paper and on today's screens it changes nothing but the size, which
//! it doubles.

use ttf_parser::{RawFace, Tag};

const NEEDED: [&[u8; 4]; 6] = [b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"];

/// The font again, smaller. `None` where a table is missing or cut short.
pub(super) fn font(font: &RawFace<'_>) -> Option<Vec<u8>> {
    let [glyf, head, hhea, hmtx, loca, maxp] = NEEDED.map(|tag| font.table(Tag::from_bytes(tag)));
    let mut head = head?.to_vec();
    let (glyf, loca) = outlines(glyf?, loca?, word(&head, 50)? != 0)?;
    // Offsets are always written in the long form.
    head.get_mut(50..52)?.copy_from_slice(&[0, 1]);
    let tables: [&[u8]; 6] = [&glyf, &head, hhea?, hmtx?, &loca, maxp?];
    Some(assemble(&tables))
}

fn assemble(tables: &[&[u8]; 6]) -> Vec<u8> {
    // Version 1, six tables, and the search range that follows from six.
    let mut out = vec![0, 1, 0, 0, 0, 6, 0, 64, 0, 2, 0, 32];
    let mut offset = out.len() + tables.len() * 16;
    for (tag, table) in NEEDED.iter().zip(tables) {
        out.extend(*tag);
        for number in [checksum(table), long(offset), long(table.len())] {
            out.extend(number.to_be_bytes());
        }
        offset += table.len().next_multiple_of(4);
    }
    for table in tables {
        out.extend(*table);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// Outlines without hinting programs, and where each starts.
fn outlines(glyf: &[u8], loca: &[u8], long_offsets: bool) -> Option<(Vec<u8>, Vec<u8>)> {
    let starts: Vec<usize> = if long_offsets {
        loca.chunks_exact(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]) as usize).collect()
    } else {
        loca.chunks_exact(2).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])) * 2).collect()
    };
    let mut out = Vec::with_capacity(glyf.len());
    let mut places = Vec::with_capacity(starts.len() * 4);
    for pair in starts.windows(2) {
        places.extend(long(out.len()).to_be_bytes());
        let outline = glyf.get(pair[0]..pair[1])?;
        if !outline.is_empty() {
            let contours = i16::from_be_bytes([outline[0], *outline.get(1)?]);
            match usize::try_from(contours) {
                Ok(contours) => simple(outline, contours, &mut out)?,
                Err(_) => composite(outline, &mut out)?,
            }
            out.resize(out.len().next_multiple_of(4), 0);
        }
    }
    places.extend(long(out.len()).to_be_bytes());
    Some((out, places))
}

/// Header and contour ends, no program, points.
fn simple(outline: &[u8], contours: usize, out: &mut Vec<u8>) -> Option<()> {
    let ends = 10 + contours * 2;
    let program = usize::from(word(outline, ends)?);
    out.extend(outline.get(..ends)?);
    out.extend([0, 0]);
    out.extend(outline.get(ends + 2 + program..)?);
    Some(())
}

/// Header and components; the flag that announces a program is cleared.
fn composite(outline: &[u8], out: &mut Vec<u8>) -> Option<()> {
    const WORDS: u16 = 0x1;
    const SCALE: u16 = 0x8;
    const MORE: u16 = 0x20;
    const TWO_SCALES: u16 = 0x40;
    const MATRIX: u16 = 0x80;
    const PROGRAM: u16 = 0x100;
    out.extend(outline.get(..10)?);
    let mut at = 10;
    loop {
        let flags = word(outline, at)?;
        let arguments = if flags & WORDS == 0 { 2 } else { 4 };
        let transform = match flags {
            flags if flags & SCALE != 0 => 2,
            flags if flags & TWO_SCALES != 0 => 4,
            flags if flags & MATRIX != 0 => 8,
            _ => 0,
        };
        let end = at + 4 + arguments + transform;
        out.extend((flags & !PROGRAM).to_be_bytes());
        out.extend(outline.get(at + 2..end)?);
        at = end;
        if flags & MORE == 0 {
            return Some(());
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

fn long(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn checksum(table: &[u8]) -> u32 {
    table.chunks(4).fold(0_u32, |sum, chunk| {
        let mut four = [0; 4];
        four[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(four))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[derive(Default)]
    struct Path(String);

    impl ttf_parser::OutlineBuilder for Path {
        fn move_to(&mut self, x: f32, y: f32) {
            let _ = write!(self.0, "M{x} {y} ");
        }
        fn line_to(&mut self, x: f32, y: f32) {
            let _ = write!(self.0, "L{x} {y} ");
        }
        fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
            let _ = write!(self.0, "Q{x1} {y1} {x} {y} ");
        }
        fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
            let _ = write!(self.0, "C{x1} {y1} {x2} {y2} {x} {y} ");
        }
        fn close(&mut self) {
            self.0.push('Z');
        }
    }

    fn path(face: &ttf_parser::Face<'_>, glyph: u16) -> String {
        let mut path = Path::default();
        face.outline_glyph(ttf_parser::GlyphId(glyph), &mut path);
        path.0
    }

    #[test]
    fn outlines_stay_as_they_were_and_the_file_gets_smaller() {
        let bytes = dejavu::sans::regular();
        let whole = ttf_parser::Face::parse(bytes, 0).unwrap();
        let letters = "AgéŐñǵЖώ%§@ớ ";
        let glyphs: Vec<u16> = letters.chars().map(|letter| whole.glyph_index(letter).unwrap().0).collect();
        let order = subsetter::GlyphRemapper::new_from_glyphs(&glyphs);
        let subset = subsetter::subset(bytes, 0, &order).unwrap();
        let slim = font(&RawFace::parse(&subset, 0).unwrap()).unwrap();
        assert!(slim.len() * 2 < subset.len(), "{} of {}", slim.len(), subset.len());
        let face = ttf_parser::Face::parse(&slim, 0).unwrap();
        for (glyph, letter) in glyphs.iter().zip(letters.chars()) {
            let new = order.get(*glyph).unwrap();
            assert_eq!(path(&face, new), path(&whole, *glyph), "{letter}");
            assert_eq!(path(&face, new).is_empty(), letter == ' ');
        }
    }

    #[test]
    fn a_font_that_is_cut_short_is_refused() {
        assert!(outlines(&[0, 1, 0, 0], &[0, 0, 0, 2], false).is_none());
        assert!(outlines(&[0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 5], false).is_none());
    }
}
