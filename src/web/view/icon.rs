//! Icons: 16-pixel line drawings, inline, coloured by the text around them.

use std::fmt;

/// Drawings by name.
const DRAWINGS: &[(&str, &str)] = &[
    ("check", r#"<path d="M3 8.5 6.5 12 13 4.5"/>"#),
    ("cross", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
    ("plus", r#"<path d="M8 3v10M3 8h10"/>"#),
    ("menu", r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#),
    ("search", r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>"#),
    ("calendar", r#"<path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v2.5M10.5 2v2.5"/>"#),
    ("open", r#"<path d="M3.5 6 8 10.5 12.5 6"/>"#),
    ("next", r#"<path d="M6 3.5 10.5 8 6 12.5"/>"#),
    ("previous", r#"<path d="M10 3.5 5.5 8l4.5 4.5"/>"#),
    ("up", r#"<path d="M8 13V3M4 7l4-4 4 4"/>"#),
    ("down", r#"<path d="M8 3v10M4 9l4 4 4-4"/>"#),
    ("same", r#"<path d="M3 8h10M10 5l3 3-3 3"/>"#),
    ("sort", r#"<path d="m5 6 3-3 3 3M5 10l3 3 3-3"/>"#),
    ("download", r#"<path d="M8 2.5v8M4.5 7.2 8 10.5l3.5-3.3M3 13.5h10"/>"#),
    ("mail", r#"<path d="M1.8 3.5h12.4v9H1.8zM2 4l6 5 6-5"/>"#),
    ("send", r#"<path d="M14 2 7.2 8.8M14 2 9.7 14l-2.5-5.2L2 6.3z"/>"#),
    ("box", r#"<path d="M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6"/>"#),
    ("stop", r#"<path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.7M8 11v.01"/>"#),
    ("warn", r#"<path d="M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.7v.01"/>"#),
    ("info", r#"<circle cx="8" cy="8" r="6"/><path d="M8 7.5v3.5M8 5v.01"/>"#),
    ("refresh", r#"<path d="M13 8a5 5 0 0 1-9 3M3 8a5 5 0 0 1 9-3M12.3 2.3V5H9.6M3.7 13.7V11h2.7"/>"#),
    ("chart", r#"<path d="M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6"/>"#),
    ("person", r#"<circle cx="8" cy="5" r="2.5"/><path d="M3 13.5c.5-3 2.500-4.500 5-4.500s4.500 1.500 5 4.500"/>"#),
    ("file", r#"<path d="M4 2h5.500L12.500 5v9H4zM9.500 2v3h3"/>"#),
    ("tree", r#"<path d="M2.5 2.5h4v3h-4zM9.5 6.5h4v3h-4zM9.5 11.5h4v2.5h-4zM4.5 5.5v7.3h5M4.5 8h5"/>"#),
    ("more", r#"<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.4"/>"#),
];

/// An icon; it is decoration, the word stands beside it or in a label.
#[derive(Debug, Clone, Copy)]
pub struct Icon(&'static str);

impl Icon {
    /// The icon of this name; an unknown name draws nothing.
    pub fn named(name: &str) -> Self {
        Self(DRAWINGS.iter().find(|(known, _)| *known == name).map_or("", |(_, drawing)| drawing))
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<svg class="i" viewBox="0 0 16 16" aria-hidden="true">{}</svg>"#, self.0)
    }
}

impl askama::filters::HtmlSafe for Icon {}
