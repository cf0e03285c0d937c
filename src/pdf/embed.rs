//! A subset of a face, finished for embedding: compressed once, copied into every document that uses it.

use super::fonts::Face;
use super::slim;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use std::fmt::Write as _;
use std::io::Write as _;

/// A finished subset. Character id *n* + 1 is the *n*-th glyph it was made from; 0 is the box.
#[derive(Debug, Clone)]
pub(super) struct Embedded {
    base_font: String,
    program: Stream,
    descriptor: Dictionary,
    subtype: &'static str,
    widths: Vec<Object>,
    to_unicode: Stream,
}

impl Embedded {
    /// Makes the subset of these glyphs, each with the text it stands for. `None` where the face is broken.
    pub fn new(face: &Face, glyphs: &[(u16, String)]) -> Option<Self> {
        let (bytes, parsed) = (face.bytes()?, face.parsed()?);
        let mut order = subsetter::GlyphRemapper::new();
        for (glyph, _) in glyphs {
            order.remap(*glyph);
        }
        let subset = subsetter::subset(bytes, face.index, &order).ok()?;
        let outlines = ttf_parser::RawFace::parse(&subset, 0).ok()?;
        let em = i64::from(parsed.units_per_em());
        let scaled = |units: i64| units * 1000 / em;
        let widths = std::iter::once(0).chain(glyphs.iter().map(|(glyph, _)| *glyph)).map(|glyph| {
            let advance = i64::from(parsed.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0));
            Object::Integer((advance * 1000 + em / 2) / em)
        });
        let name = post_script_name(&parsed);
        let base_font = format!("{}+{name}", tag(&name, glyphs));
        let area = parsed.global_bounding_box();
        let descriptor = dictionary! {
            "Type" => "FontDescriptor",
            "FontName" => Object::Name(base_font.clone().into_bytes()),
            "Flags" => 4,
            "FontBBox" => [area.x_min, area.y_min, area.x_max, area.y_max]
                .map(|edge| Object::Integer(scaled(i64::from(edge)))).to_vec(),
            "ItalicAngle" => 0,
            "Ascent" => scaled(i64::from(parsed.ascender())),
            "Descent" => scaled(i64::from(parsed.descender())),
            "CapHeight" => scaled(i64::from(parsed.capital_height().unwrap_or(parsed.ascender()))),
            "StemV" => 80,
        };
        let compact_outlines = outlines.table(ttf_parser::Tag::from_bytes(b"CFF "));
        let (program, subtype) = if let Some(table) = compact_outlines {
            (packed(dictionary! { "Subtype" => "CIDFontType0C" }, table), "CIDFontType0")
        } else {
            let slim = slim::font(&outlines)?;
            let length = i64::try_from(slim.len()).unwrap_or(0);
            (packed(dictionary! { "Length1" => length }, &slim), "CIDFontType2")
        };
        Some(Self {
            base_font,
            program,
            descriptor,
            subtype,
            widths: vec![Object::Integer(0), Object::Array(widths.collect())],
            to_unicode: packed(Dictionary::new(), to_unicode(glyphs).as_bytes()),
        })
    }

    /// Puts the font into a document and gives its object.
    pub fn add_to(&self, document: &mut Document) -> ObjectId {
        let program = document.add_object(self.program.clone());
        let mut descriptor = self.descriptor.clone();
        descriptor.set(if self.subtype == "CIDFontType0" { "FontFile3" } else { "FontFile2" }, program);
        let descriptor = document.add_object(descriptor);
        let mut descendant = dictionary! {
            "Type" => "Font",
            "Subtype" => self.subtype,
            "BaseFont" => Object::Name(self.base_font.clone().into_bytes()),
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::String(b"Adobe".to_vec(), StringFormat::Literal),
                "Ordering" => Object::String(b"Identity".to_vec(), StringFormat::Literal),
                "Supplement" => 0,
            },
            "FontDescriptor" => descriptor,
            "DW" => 1000,
            "W" => self.widths.clone(),
        };
        if self.subtype == "CIDFontType2" {
            descendant.set("CIDToGIDMap", "Identity");
        }
        let descendant = document.add_object(descendant);
        let to_unicode = document.add_object(self.to_unicode.clone());
        document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type0",
            "BaseFont" => Object::Name(self.base_font.clone().into_bytes()),
            "Encoding" => "Identity-H",
            "DescendantFonts" => vec![Object::Reference(descendant)],
            "ToUnicode" => to_unicode,
        })
    }
}

/// A stream, deflated.
pub(super) fn packed(mut dictionary: Dictionary, content: &[u8]) -> Stream {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
    match encoder.write_all(content).and_then(|()| encoder.finish()) {
        Ok(packed) => {
            dictionary.set("Filter", "FlateDecode");
            Stream::new(dictionary, packed)
        }
        // Writing into memory does not fail; were it to, the plain content is as good.
        Err(_) => Stream::new(dictionary, content.to_vec()),
    }
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
