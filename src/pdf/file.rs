//! From a finished draft to the bytes of the file. Nothing in them depends on a clock or on chance.

use super::draft::{Draft, font_name, number};
use super::embed::Embedded;
use super::objects::{Id, Objects, Packed, text};
use super::structure::NodeId;
use crate::domain::calendar::Day;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

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

/// A drawing that pages may place: its form's dictionary entries, and its content.
pub(super) type Form = (String, Packed);

/// Assembles the file. `brand` is the drawing that [`Draft::brand`] places.
pub(super) fn write(mut draft: Draft<'_>, about: &About<'_>, brand: &Form) -> Vec<u8> {
    draft.finish();
    let mut file = Objects::new();
    let resources = resources(&draft, &mut file, brand);
    let (tree, mut hash) = (file.reserve(), Sha256::new());
    let mut edges = String::new();
    let (width, height) = draft.paper.size();
    for edge in [0, 0, width, height] {
        number(&mut edges, edge);
    }
    let mut pages: Vec<Id> = Vec::with_capacity(draft.pages.len());
    for (index, page) in draft.pages.iter().enumerate() {
        hash.update(page.content.as_bytes());
        let content = file.add_stream("", &Packed::quick(page.content.as_bytes()));
        pages.push(file.add(|out| {
            let _ = write!(
                out,
                "<</Type/Page/Parent {tree} 0 R/MediaBox[{edges}]/Resources {resources} 0 R/Contents {content} 0 R\
                 /StructParents {index}/Tabs/S>>"
            );
        }));
    }
    file.put(tree, |out| {
        let _ = write!(out, "<</Type/Pages/Count {}/Kids[", pages.len());
        for page in &pages {
            let _ = write!(out, "{page} 0 R ");
        }
        out.push_str("]>>");
    });
    let owners: Vec<&[NodeId]> = draft.pages.iter().map(|page| page.owners.as_slice()).collect();
    let structure = draft.structure.add_to(&mut file, &pages, &owners);
    let catalog = file.add(|out| {
        let _ = write!(
            out,
            "<</Type/Catalog/Pages {tree} 0 R/StructTreeRoot {structure} 0 R/Lang{}/MarkInfo<</Marked true>>\
             /ViewerPreferences<</DisplayDocTitle true>>>>",
            text(about.language)
        );
    });
    let info = info(&mut file, about);
    hash.update(about.title.as_bytes());
    file.finish(catalog, info, &hash.finalize()[..16])
}

fn info(file: &mut Objects, about: &About<'_>) -> Id {
    let created = text(&about.on.date().format("D:%Y%m%d000000Z").to_string());
    let (title, author, subject) = (text(about.title), text(about.author), text(about.subject));
    file.add(|out| {
        let _ = write!(
            out,
            "<</Title{title}/Author{author}/Subject{subject}/Creator(Mainstay)/Producer(Mainstay)\
             /CreationDate{created}/ModDate{created}>>"
        );
    })
}

fn resources(draft: &Draft<'_>, file: &mut Objects, (entries, brand): &Form) -> Id {
    let mut fonts = String::new();
    for key in &draft.used {
        let (number, block) = *key;
        let Some(face) = draft.fonts().face(number) else { continue };
        let font = match block {
            Some(block) => face.block(block).map(|ready| ready.add_to(file)),
            None => draft
                .own
                .get(&number)
                .and_then(|own| Embedded::new(face, &own.glyphs, Packed::quick))
                .map(|own| own.add_to(file)),
        };
        if let Some(font) = font {
            let _ = write!(fonts, "/{} {font} 0 R", font_name(*key));
        }
    }
    let brand = file.add_stream(entries, brand);
    file.add(|out| {
        let _ = write!(out, "<</Font<<{fonts}>>/XObject<</Brand {brand} 0 R>>>>");
    })
}
