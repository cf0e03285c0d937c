//! A subset of a face, finished for embedding: compressed once, copied into every document that uses it.

use super::fonts::Face;
use super::objects::{Id, Objects, Packed};
use super::slim;
use std::fmt::Write as _;

/// A finished subset. Character id *n* + 1 is the *n*-th glyph it was made from; 0 is the box.
#[derive(Debug, Clone)]
pub(super) struct Embedded {
    base_font: String,
    /// The outlines, and what their stream's dictionary says of them.
    program: (String, Packed),
    /// The descriptor's entries, up to the reference to the outlines.
    descriptor: String,
    /// The descendant font's entries, up to the reference to the descriptor.
    descendant: String,
    to_unicode: Packed,
}

impl Embedded {
    /// Makes the subset of these glyphs, each with the text it stands for. `None` where the face is broken.
    pub fn new(face: &Face, glyphs: &[(u16, String)], pack: fn(&[u8]) -> Packed) -> Option<Self> {
        let (bytes, parsed) = (face.bytes()?, face.parsed()?);
        let mut order = subsetter::GlyphRemapper::new();
        for (glyph, _) in glyphs {
            order.remap(*glyph);
        }
        let subset = subsetter::subset(bytes, face.index, &order).ok()?;
        let outlines = ttf_parser::RawFace::parse(&subset, 0).ok()?;
        let compact = outlines.table(ttf_parser::Tag::from_bytes(b"CFF "));
        let program = match compact {
            Some(table) => ("/Subtype/CIDFontType0C".to_owned(), pack(table)),
            None => slim::font(&outlines).map(|slim| (format!("/Length1 {}", slim.len()), pack(&slim)))?,
        };
        let name = post_script_name(&parsed);
        let base_font = format!("{}+{name}", tag(&name, glyphs));
        let reference = if compact.is_some() { "FontFile3" } else { "FontFile2" };
        let kind = if compact.is_some() { "CIDFontType0" } else { "CIDFontType2/CIDToGIDMap/Identity" };
        Some(Self {
            descriptor: format!("{}/{reference}", descriptor(&parsed, &base_font)),
            descendant: format!(
                "/Type/Font/Subtype/{kind}/BaseFont/{base_font}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)\
                 /Supplement 0>>/DW 1000/W[0[{}]]/FontDescriptor",
                widths(&parsed, glyphs)
            ),
            base_font,
            program,
            to_unicode: pack(to_unicode(glyphs).as_bytes()),
        })
    }

    /// Puts the font into a file and gives its object.
    pub fn add_to(&self, file: &mut Objects) -> Id {
        let program = file.add_stream(&self.program.0, &self.program.1);
        let to_unicode = file.add_stream("", &self.to_unicode);
        let mut part = |entries: &str, reference: Id| {
            file.add(|out| {
                let _ = write!(out, "<<{entries} {reference} 0 R>>");
            })
        };
        let descriptor = part(&self.descriptor, program);
        let descendant = part(&self.descendant, descriptor);
        let name = &self.base_font;
        let font = format!(
            "/Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]/ToUnicode"
        );
        part(&font, to_unicode)
    }
}

fn descriptor(face: &ttf_parser::Face<'_>, base_font: &str) -> String {
    let em = i64::from(face.units_per_em());
    let scaled = |units: i16| i64::from(units) * 1000 / em;
    let area = face.global_bounding_box();
    let edges = [area.x_min, area.y_min, area.x_max, area.y_max].map(|edge| scaled(edge).to_string()).join(" ");
    format!(
        "/Type/FontDescriptor/FontName/{base_font}/Flags 4/FontBBox[{edges}]/ItalicAngle 0/Ascent {}/Descent {}\
         /CapHeight {}/StemV 80",
        scaled(face.ascender()),
        scaled(face.descender()),
        scaled(face.capital_height().unwrap_or(face.ascender()))
    )
}

fn widths(face: &ttf_parser::Face<'_>, glyphs: &[(u16, String)]) -> String {
    let em = i64::from(face.units_per_em());
    let mut out = String::new();
    for glyph in std::iter::once(0).chain(glyphs.iter().map(|(glyph, _)| *glyph)) {
        let advance = i64::from(face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0));
        let _ = write!(out, "{} ", (advance * 1000 + em / 2) / em);
    }
    out
}

fn post_script_name(face: &ttf_parser::Face<'_>) -> String {
    let found = face
        .names()
        .into_iter()
        .filter(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME)
        .find_map(|name| name.to_string());
    let name: String =
        found.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect();
    if name.is_empty() { "Font".to_owned() } else { name }
}

/// Six capital letters that name this subset: the same glyphs give the same letters.
fn tag(name: &str, glyphs: &[(u16, String)]) -> String {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let bytes = name.bytes().chain(glyphs.iter().flat_map(|(glyph, _)| glyph.to_be_bytes()));
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    let mut letters = String::new();
    for _ in 0..6 {
        letters.push(char::from(b'A' + u8::try_from(hash % 26).unwrap_or(0)));
        hash /= 26;
    }
    letters
}

/// The map from character ids back to text, by which text is copied and searched.
fn to_unicode(glyphs: &[(u16, String)]) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) \
         /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let known: Vec<(usize, &str)> =
        std::iter::once("\u{FFFD}").chain(glyphs.iter().map(|(_, text)| text.as_str())).enumerate().collect();
    let known: Vec<(usize, &str)> = known.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    for part in known.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", part.len());
        for (cid, text) in part {
            let _ = write!(map, "<{cid:04X}> <");
            for unit in text.encode_utf16() {
                let _ = write!(map, "{unit:04X}");
            }
            map.push_str(">\n");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend");
    map
}
