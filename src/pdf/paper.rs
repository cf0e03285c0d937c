//! Paper sizes, and the one unit of length: thousandths of a point, as whole numbers.
//!
//! Whole numbers keep the same statement on the same spot on every machine.

/// A length in thousandths of a point (1/72 inch).
pub(super) type Length = i64;

/// The length of hundredths of a millimetre.
pub(super) const fn mm(hundredths: i64) -> Length {
    hundredths * 7200 / 254
}

/// The paper that a document is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Paper {
    /// Width and height.
    pub(super) const fn size(self) -> (Length, Length) {
        match self {
            Self::A4 => (mm(21_000), mm(29_700)),
            Self::Letter => (612_000, 792_000),
        }
    }

    /// The name used in addresses, commands and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }
}

/// A name that is no paper size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a paper size; use a4 or letter")]
pub struct NotAPaper(String);

impl std::str::FromStr for Paper {
    type Err = NotAPaper;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::A4, Self::Letter]
            .into_iter()
            .find(|paper| paper.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| NotAPaper(text.chars().take(40).collect()))
    }
}
