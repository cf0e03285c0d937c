//! From a finished draft to the bytes of the file. Nothing in them depends on a clock or on chance.

use super::draft::{Draft, font_name};
use super::embed::{Embedded, packed};
use crate::domain::calendar::Day;
use lopdf::xref::XrefType;
use lopdf::{Dictionary, Document, Object, SaveOptions, Stream, StringFormat, dictionary};
use sha2::{Digest, Sha256};

/// What is said about the document as a whole.
pub(super) struct About<'a> {
    pub title: &'a str,
    pub author: &'a str,
    pub subject: &'a str,
    /// BCP 47 tag.
    pub language: &'a str,
    /// The creation date.
    pub on: Day,
}

/// Assembles and writes the file. `brand` is the drawing that [`Draft::brand`] places.
pub(super) fn write(mut draft: Draft<'_>, about: &About<'_>, brand: &Stream) -> std::io::Result<Vec<u8>> {
    draft.finish();
    let mut document = Document::with_version("1.7");
    let resources = resources(&draft, &mut document, brand);
    let pages_id = document.new_object_id();
    let (width, height) = draft.paper.size();
    let box_of_page: Vec<Object> = [0, 0, width, height].iter().map(|edge| decimal((edge + 5) / 10)).collect();
    let mut page_ids = Vec::with_capacity(draft.pages.len());
    let mut hash = Sha256::new();
    for (page, number) in draft.pages.iter().zip(0_i64..) {
        hash.update(page.content.as_bytes());
        let content = document.add_object(packed(Dictionary::new(), page.content.as_bytes()));
        page_ids.push(document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages_id, "MediaBox" => box_of_page.clone(), "Resources" => resources,
            "Contents" => content, "StructParents" => number, "Tabs" => "S",
        }));
    }
    document.set_object(
        pages_id,
        dictionary! {
            "Type" => "Pages", "Count" => i64::try_from(page_ids.len()).unwrap_or(0),
            "Kids" => page_ids.iter().map(|id| Object::Reference(*id)).collect::<Vec<_>>(),
        },
    );
    let owners: Vec<_> = draft.pages.iter().map(|page| page.owners.clone()).collect();
    let structure = draft.structure.add_to(&mut document, &page_ids, &owners);
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => pages_id, "StructTreeRoot" => structure, "Lang" => text(about.language),
        "MarkInfo" => dictionary! { "Marked" => true },
        "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
    });
    let created = about.on.date().format("D:%Y%m%d000000Z").to_string();
    let info = document.add_object(dictionary! {
        "Title" => text(about.title), "Author" => text(about.author), "Subject" => text(about.subject),
        "Creator" => text("Mainstay"), "Producer" => text("Mainstay"), "CreationDate" => text(&created),
        "ModDate" => text(&created),
    });
    hash.update(about.title.as_bytes());
    let identity = Object::String(hash.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    document.trailer.set("ID", vec![identity.clone(), identity]);
    save(&mut document)
}

fn resources(draft: &Draft<'_>, document: &mut Document, brand: &Stream) -> lopdf::ObjectId {
    let mut fonts = Dictionary::new();
    for key in &draft.used {
        let (number, block) = *key;
        let Some(face) = draft.fonts().face(number) else { continue };
        let font = match block {
            Some(block) => face.block(block).map(|ready| ready.add_to(document)),
            None => {
                draft.own.get(&number).and_then(|own| Embedded::new(face, &own.glyphs)).map(|own| own.add_to(document))
            }
        };
        if let Some(font) = font {
            fonts.set(font_name(*key), font);
        }
    }
    let brand = document.add_object(brand.clone());
    document.add_object(dictionary! { "Font" => fonts, "XObject" => dictionary! { "Brand" => brand } })
}

fn save(document: &mut Document) -> std::io::Result<Vec<u8>> {
    document.reference_table.cross_reference_type = XrefType::CrossReferenceStream;
    let options = SaveOptions::builder().use_object_streams(true).use_xref_streams(true).max_objects_per_stream(200);
    let mut bytes = Vec::with_capacity(128 * 1024);
    document.save_with_options(&mut bytes, options.compression_level(6).build())?;
    Ok(bytes)
}

/// A text of the file: plain where ASCII, else UTF-16.
fn text(content: &str) -> Object {
    if content.is_ascii() {
        return Object::String(content.as_bytes().to_vec(), StringFormat::Literal);
    }
    let units = std::iter::once(0xFEFF).chain(content.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

#[expect(clippy::cast_precision_loss, reason = "page sizes are far below the precision of f32")]
fn decimal(hundredths: i64) -> Object {
    if hundredths % 100 == 0 { Object::Integer(hundredths / 100) } else { Object::Real(hundredths as f32 / 100.0) }
}
