//! The mark in the letterhead: a sprig in one stroke width, as a drawing of its own.

use crate::pdf::file::Form;
use crate::pdf::objects::Packed;
use printpdf::{Color, Line, LineCapStyle, LineJoinStyle, LinePoint, Mm, Op, PdfDocument, PdfPage, PdfSaveOptions};
use printpdf::{Point, Pt, Rgb};

/// The mark on a field of 28 × 28: the stem, then the leaves as pairs of curves (start, then three points each).
const STEM: [(f32, f32); 4] = [(14.0, 26.0), (14.0, 17.0), (14.0, 10.0), (14.0, 2.0)];
const LEAVES: [[(f32, f32); 7]; 3] = [
    [(14.0, 9.0), (10.0, 8.0), (8.0, 5.5), (7.5, 2.5), (11.5, 3.0), (13.5, 5.5), (14.0, 9.0)],
    [(14.0, 16.5), (9.5, 15.7), (7.0, 13.2), (6.2, 9.7), (10.7, 10.0), (13.5, 12.5), (14.0, 16.5)],
    [(14.0, 23.5), (9.7, 22.8), (7.2, 20.6), (6.3, 17.2), (10.5, 17.4), (13.4, 19.6), (14.0, 23.5)],
];
const FIELD: f32 = 28.0;

/// The mark as a form of one unit width and height.
pub(super) fn mark() -> Form {
    let petrol = Color::Rgb(Rgb::new(0.0, 0.349, 0.42, None));
    let mut ops = vec![
        Op::SetOutlineColor { col: petrol },
        Op::SetOutlineThickness { pt: Pt(1.3) },
        Op::SetLineCapStyle { cap: LineCapStyle::Round },
        Op::SetLineJoinStyle { join: LineJoinStyle::Round },
        Op::DrawLine { line: curve(&STEM, false) },
    ];
    for leaf in &LEAVES {
        ops.push(Op::DrawLine { line: curve(leaf, false) });
        ops.push(Op::DrawLine { line: curve(leaf, true) });
    }
    let mut drawing = PdfDocument::new("mark");
    drawing.with_pages(vec![PdfPage::new(Mm(10.0), Mm(10.0), ops)]);
    let options = PdfSaveOptions { optimize: false, ..PdfSaveOptions::default() };
    let file = printpdf::serialize::to_lopdf_doc(&drawing, &options, &mut Vec::new());
    let content = file.page_iter().next().map(|page| file.get_page_content(page)).unwrap_or_default();
    let unit = "0.035714";
    let entries = format!("/Type/XObject/Subtype/Form/BBox[0 0 {FIELD} {FIELD}]/Matrix[{unit} 0 0 {unit} 0 0]");
    (entries, Packed::small(&content))
}

/// A curve through the points, mirrored to the other side of the stem where asked. PDF counts upwards.
fn curve(points: &[(f32, f32)], mirrored: bool) -> Line {
    let place = |(index, (x, y)): (usize, &(f32, f32))| LinePoint {
        p: Point { x: Pt(if mirrored { FIELD - x } else { *x }), y: Pt(FIELD - y) },
        bezier: index % 3 != 0,
    };
    Line { points: points.iter().enumerate().map(place).collect(), is_closed: false }
}
