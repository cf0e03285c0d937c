//! The faces a document is set in: `DejaVu` Sans from the program itself, other scripts from font files.
//!
//! A character that no face has is printed as a box and reported by [`Fonts::missing`]; it never stops a document.

use super::embed::Embedded;
use super::objects::Packed;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Where other scripts are looked for when nothing else is configured, first found first used: the packages
/// `fonts-noto-cjk` and `fonts-noto-core` of Debian and Ubuntu, and their like on Fedora, Arch and Alpine.
pub const DEFAULT_FONT_FILES: &[&str] = &[
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansBengali-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansGurmukhi-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansGujarati-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansTamil-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansTelugu-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansKannada-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMalayalam-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansSinhala-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansLao-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansKhmer-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMyanmar-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansEthiopic-Regular.ttf",
];

/// Which of the built-in faces a text asks for. The number is the face's place in [`Fonts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Style {
    /// `DejaVu` Sans.
    Regular = 0,
    /// `DejaVu` Sans Bold.
    Bold = 1,
    /// `DejaVu` Sans Mono Bold, for codes.
    Code = 2,
}

/// All faces, ready to measure and to embed. Make one for the process and share it.
pub struct Fonts {
    faces: Vec<Face>,
}

/// One face, with what is needed to set plain text without shaping.
pub(super) struct Face {
    data: FontData,
    /// Face within a collection file.
    pub index: u32,
    /// Present on the built-in faces.
    pub plain: Option<Plain>,
}

enum FontData {
    BuiltIn(&'static [u8]),
    File { path: PathBuf, bytes: OnceLock<Option<Vec<u8>>> },
}

/// Tables for scripts that need no shaping: Latin, Greek, Cyrillic and signs.
pub(super) struct Plain {
    /// Glyph of each character below U+2300; 0 where it needs shaping or isn't there.
    glyphs: Vec<u16>,
    /// Advance of each glyph in thousandths of an em.
    widths: Vec<i64>,
    /// Kerning between two ASCII characters, in thousandths of an em.
    kerning: Vec<i64>,
    /// Where each glyph is found among the ready-made subsets.
    slots: Vec<Option<Slot>>,
    /// The ready-made subsets, each finished on first use.
    blocks: Vec<Block>,
}

/// A place in a ready-made subset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Which subset.
    pub block: usize,
    /// Character id within it.
    pub cid: u16,
}

/// A ready-made subset: a fixed repertoire, finished once.
struct Block {
    glyphs: Vec<(u16, char)>,
    finished: OnceLock<Embedded>,
}

/// First and last character of the ranges of each ready-made subset. Every statement needs the first; the others
/// are Western and Central European letters, Greek and Cyrillic.
const BLOCKS: &[&[(u32, u32)]] = &[
    &[(0x20, 0x7E), (0xA0, 0xA0), (0xB7, 0xB7), (0xD7, 0xD7), (0x2010, 0x2026), (0x20AC, 0x20AC), (0x2212, 0x2212)],
    &[(0xA1, 0xAC), (0xAE, 0x17F)],
    &[(0x384, 0x3CE)],
    &[(0x400, 0x45F)],
];

/// Further characters that need no shaping but are too rare for a ready-made subset: Vietnamese, African and
/// Indian transcription, signs.
const RARE: &[(u32, u32)] = &[(0x180, 0x2FF), (0x1E00, 0x1EFF), (0x202F, 0x205E), (0x20A0, 0x20BF), (0x2100, 0x22FF)];

/// The verification code's alphabet.
const CODE_BLOCKS: &[&[(u32, u32)]] = &[&[(0x2D, 0x2D), (0x30, 0x39), (0x41, 0x5A)]];

const PLAIN_END: u32 = 0x2300;

impl Fonts {
    /// The built-in faces and the font files of [`DEFAULT_FONT_FILES`] that exist here.
    pub fn new() -> Self {
        Self::with_files(DEFAULT_FONT_FILES.iter().map(|path| (PathBuf::from(path), 0)))
    }

    /// The built-in faces and, for what they lack, these font files in this order, each with the number of the
    /// face within the file. A file is read when a character first needs it; one that can't be read is passed over.
    pub fn with_files(files: impl IntoIterator<Item = (PathBuf, u32)>) -> Self {
        let built_in = |bytes: &'static [u8], blocks: &[&[(u32, u32)]]| Face {
            data: FontData::BuiltIn(bytes),
            index: 0,
            plain: Plain::new(bytes, blocks),
        };
        let mut faces = vec![
            built_in(dejavu::sans::regular(), BLOCKS),
            built_in(dejavu::sans::bold(), BLOCKS),
            built_in(dejavu::sans_mono::bold(), CODE_BLOCKS),
        ];
        faces.extend(files.into_iter().filter(|(path, _)| path.exists()).take(200).map(|(path, index)| Face {
            data: FontData::File { path, bytes: OnceLock::new() },
            index,
            plain: None,
        }));
        Self { faces }
    }

    /// The same with the configured font files before those of [`DEFAULT_FONT_FILES`].
    pub fn with_configured(files: &[PathBuf]) -> Self {
        let first = files.iter().map(|path| (path.clone(), 0));
        Self::with_files(first.chain(DEFAULT_FONT_FILES.iter().map(|path| (PathBuf::from(path), 0))))
    }

    /// The characters of a text that no face has, each once, in order of appearance.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for letter in text.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()) {
            if self.face_for(letter, Style::Regular).is_none() && !missing.contains(&letter) {
                missing.push(letter);
            }
        }
        missing
    }

    pub(super) fn face(&self, number: usize) -> Option<&Face> {
        self.faces.get(number)
    }

    /// The number of the first face that has this character: the style's own, then regular, then the files.
    pub(super) fn face_for(&self, letter: char, style: Style) -> Option<usize> {
        let own = style as usize;
        let others = (0..self.faces.len()).filter(|number| *number != own && *number != 1 && *number != 2);
        std::iter::once(own).chain(others).find(|number| self.faces[*number].has(letter))
    }
}

impl Default for Fonts {
    fn default() -> Self {
        Self::new()
    }
}

impl Face {
    /// The font file's bytes; `None` where the file can't be read or isn't a font.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.data {
            FontData::BuiltIn(bytes) => Some(bytes),
            FontData::File { path, bytes } => bytes
                .get_or_init(|| {
                    let bytes = std::fs::read(path).ok()?;
                    ttf_parser::Face::parse(&bytes, self.index).is_ok().then_some(bytes)
                })
                .as_deref(),
        }
    }

    fn has(&self, letter: char) -> bool {
        if let Some(plain) = &self.plain
            && plain.glyph(letter).is_some()
        {
            return true;
        }
        self.parsed().is_some_and(|face| face.glyph_index(letter).is_some_and(|glyph| glyph.0 != 0))
    }

    pub fn parsed(&self) -> Option<ttf_parser::Face<'_>> {
        ttf_parser::Face::parse(self.bytes()?, self.index).ok()
    }

    /// The finished ready-made subset `block`.
    pub fn block(&self, block: usize) -> Option<&Embedded> {
        let found = self.plain.as_ref()?.blocks.get(block)?;
        if found.finished.get().is_none() {
            let glyphs = found.glyphs.iter().map(|(glyph, letter)| (*glyph, letter.to_string()));
            let finished = Embedded::new(self, &glyphs.collect::<Vec<_>>(), Packed::small)?;
            let _ = found.finished.set(finished);
        }
        found.finished.get()
    }
}

impl Plain {
    fn new(bytes: &[u8], blocks: &[&[(u32, u32)]]) -> Option<Self> {
        let face = ttf_parser::Face::parse(bytes, 0).ok()?;
        let em = i64::from(face.units_per_em());
        let widths = (0..face.number_of_glyphs())
            .map(|glyph| {
                let advance = i64::from(face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0));
                (advance * 1000 + em / 2) / em
            })
            .collect::<Vec<_>>();
        let mut plain = Self {
            glyphs: vec![0; PLAIN_END as usize],
            slots: vec![None; widths.len()],
            kerning: kerning(&face),
            widths,
            blocks: Vec::new(),
        };
        for (block, ranges) in blocks.iter().enumerate() {
            let letters = ranges.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32);
            let mut glyphs = Vec::new();
            for letter in letters {
                let Some(glyph) = face.glyph_index(letter).map(|glyph| glyph.0).filter(|glyph| *glyph != 0) else {
                    continue;
                };
                plain.glyphs[letter as usize] = glyph;
                let slot = &mut plain.slots[usize::from(glyph)];
                if slot.is_none() {
                    glyphs.push((glyph, letter));
                    *slot = u16::try_from(glyphs.len()).ok().map(|cid| Slot { block, cid });
                }
            }
            plain.blocks.push(Block { glyphs, finished: OnceLock::new() });
        }
        for letter in RARE.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32) {
            let glyph = face.glyph_index(letter).map_or(0, |glyph| glyph.0);
            if plain.glyphs[letter as usize] == 0 {
                plain.glyphs[letter as usize] = glyph;
            }
        }
        Some(plain)
    }

    /// The glyph of a character that can be set without shaping.
    pub fn glyph(&self, letter: char) -> Option<u16> {
        self.glyphs.get(letter as usize).copied().filter(|glyph| *glyph != 0)
    }

    pub fn width(&self, glyph: u16) -> i64 {
        self.widths.get(usize::from(glyph)).copied().unwrap_or(0)
    }

    pub fn kerning(&self, left: char, right: char) -> i64 {
        if left.is_ascii() && right.is_ascii() {
            self.kerning.get(left as usize * 128 + right as usize).copied().unwrap_or(0)
        } else {
            0
        }
    }

    pub fn slot(&self, glyph: u16) -> Option<Slot> {
        self.slots.get(usize::from(glyph)).copied().flatten()
    }
}

fn kerning(face: &ttf_parser::Face<'_>) -> Vec<i64> {
    let mut pairs = vec![0; 128 * 128];
    let em = i64::from(face.units_per_em());
    let Some(table) = face.tables().kern else { return pairs };
    let letters: Vec<(usize, ttf_parser::GlyphId)> =
        (0x21_u8..0x7F).filter_map(|c| Some((usize::from(c), face.glyph_index(char::from(c))?))).collect();
    for subtable in table.subtables.into_iter().filter(|table| table.horizontal && !table.variable) {
        for (left, left_glyph) in &letters {
            for (right, right_glyph) in &letters {
                if let Some(value) = subtable.glyphs_kerning(*left_glyph, *right_glyph) {
                    pairs[left * 128 + right] += i64::from(value) * 1000 / em;
                }
            }
        }
    }
    pairs
}
