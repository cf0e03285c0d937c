//! The objects of a PDF file, written one after another: streams as they are, small objects packed together.

use std::fmt::Write as _;
use std::io::Write as _;

/// The number of an object.
pub(super) type Id = usize;

/// Content, deflated.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    filter: &'static str,
    bytes: Vec<u8>,
}

impl Packed {
    /// Made once and copied often: as small as it gets.
    pub fn small(content: &[u8]) -> Self {
        Self::at(9, content)
    }

    /// Made for one document: quick. A tenth larger than it could be, at a quarter of the time.
    pub fn quick(content: &[u8]) -> Self {
        Self::at(2, content)
    }

    fn at(level: u32, content: &[u8]) -> Self {
        let room = Vec::with_capacity(content.len() / 2 + 64);
        let mut encoder = flate2::write::ZlibEncoder::new(room, flate2::Compression::new(level));
        match encoder.write_all(content).and_then(|()| encoder.finish()) {
            Ok(bytes) => Self { filter: "/Filter/FlateDecode", bytes },
            // Writing into memory does not fail; were it to, the plain content is as good.
            Err(_) => Self { filter: "", bytes: content.to_vec() },
        }
    }
}

enum Place {
    /// Reserved, not written yet.
    Nowhere,
    At(usize),
    Packed {
        stream: Id,
        index: usize,
    },
}

/// A file while it is written.
pub(super) struct Objects {
    bytes: Vec<u8>,
    places: Vec<Place>,
    /// Small objects that wait to be packed: their numbers with offsets, and their text.
    index: String,
    waiting: String,
    count: usize,
    stream: Id,
}

/// So many small objects go into one stream. A reader unpacks a stream as a whole.
const MOST_PACKED: usize = 500;

impl Objects {
    pub fn new() -> Self {
        let mut bytes = Vec::with_capacity(128 * 1024);
        // The four letters beyond ASCII say that the file is binary.
        bytes.extend(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
        let places = vec![Place::Nowhere];
        Self { bytes, places, index: String::new(), waiting: String::new(), count: 0, stream: 0 }
    }

    /// A number for an object that is written later.
    pub fn reserve(&mut self) -> Id {
        self.places.push(Place::Nowhere);
        self.places.len() - 1
    }

    /// Writes a small object.
    pub fn put(&mut self, id: Id, write: impl FnOnce(&mut String)) {
        if self.count == 0 {
            self.stream = self.reserve();
        }
        let _ = write!(self.index, "{id} {} ", self.waiting.len());
        write(&mut self.waiting);
        self.waiting.push('\n');
        self.places[id] = Place::Packed { stream: self.stream, index: self.count };
        self.count += 1;
        if self.count == MOST_PACKED {
            self.pack();
        }
    }

    /// Writes a small object and gives its number.
    pub fn add(&mut self, write: impl FnOnce(&mut String)) -> Id {
        let id = self.reserve();
        self.put(id, write);
        id
    }

    /// Writes a stream and gives its number. `entries` are those of its dictionary beside length and filter.
    pub fn add_stream(&mut self, entries: &str, content: &Packed) -> Id {
        let id = self.reserve();
        self.write_stream(id, entries, content);
        id
    }

    fn write_stream(&mut self, id: Id, entries: &str, content: &Packed) {
        self.places[id] = Place::At(self.bytes.len());
        let head = format!("{id} 0 obj\n<<{entries}{}/Length {}>>\nstream\n", content.filter, content.bytes.len());
        self.bytes.extend(head.as_bytes());
        self.bytes.extend(&content.bytes);
        self.bytes.extend(b"\nendstream\nendobj\n");
    }

    fn pack(&mut self) {
        let (index, waiting) = (std::mem::take(&mut self.index), std::mem::take(&mut self.waiting));
        let entries = format!("/Type/ObjStm/N {}/First {}", self.count, index.len());
        let content = Packed::quick((index + &waiting).as_bytes());
        self.write_stream(self.stream, &entries, &content);
        self.count = 0;
    }

    /// Ends the file: the table of places, and where it is.
    pub fn finish(mut self, root: Id, info: Id, identity: &[u8]) -> Vec<u8> {
        if self.count > 0 {
            self.pack();
        }
        let (table, start) = (self.reserve(), self.bytes.len());
        self.places[table] = Place::At(start);
        let mut rows = Vec::with_capacity(self.places.len() * 7);
        for place in &self.places {
            let (kind, first, second) = match place {
                Place::Nowhere => (0, 0, 0xFFFF),
                Place::At(offset) => (1, *offset, 0),
                Place::Packed { stream, index } => (2, *stream, *index),
            };
            rows.push(kind);
            rows.extend(u32::try_from(first).unwrap_or(u32::MAX).to_be_bytes());
            rows.extend(u16::try_from(second).unwrap_or(u16::MAX).to_be_bytes());
        }
        let mut entries = format!("/Type/XRef/W[1 4 2]/Size {}/Root {root} 0 R/Info {info} 0 R", self.places.len());
        let mut name = String::new();
        for byte in identity {
            let _ = write!(name, "{byte:02X}");
        }
        let _ = write!(entries, "/ID[<{name}><{name}>]");
        self.write_stream(table, &entries, &Packed::quick(&rows));
        self.bytes.extend(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        self.bytes
    }
}

/// A text of the file: plain where ASCII, else UTF-16.
pub(super) fn text(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 2);
    if content.chars().all(|letter| matches!(letter, ' '..='~')) {
        out.push('(');
        for letter in content.chars() {
            if matches!(letter, '(' | ')' | '\\') {
                out.push('\\');
            }
            out.push(letter);
        }
        out.push(')');
    } else {
        out.push_str("<FEFF");
        for unit in content.encode_utf16() {
            let _ = write!(out, "{unit:04X}");
        }
        out.push('>');
    }
    out
}
