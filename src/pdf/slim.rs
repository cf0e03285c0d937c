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
