//! A change against an earlier figure: arrow, percent, and the word for readers.

use std::fmt;

/// A change in tenths of a percent; `None` when there was nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delta(Option<i64>);

impl Delta {
    /// The change from `before` to `now`.
    pub fn of(now: i64, before: i64) -> Self {
        if before <= 0 {
            return Self(None);
        }
        let tenths = (i128::from(now) - i128::from(before)) * 1000 / i128::from(before);
        Self(i64::try_from(tenths).ok())
    }
}

impl fmt::Display for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(tenths) = self.0 else { return f.write_str("–") };
        let (class, icon, word, judged) = match tenths.signum() {
            1 => (" d-good", "up", "up ", ", better"),
            -1 => (" d-bad", "down", "down ", ", worse"),
            _ => ("", "same", "", ""),
        };
        let size = tenths.abs();
        write!(
            f,
            "<span class=\"delta{class}\">{}<span class=\"vh\">{word}</span>{}.{}%<span class=\"vh\">{judged}</span></span>",
            super::Icon::named(icon),
            size / 10,
            size % 10
        )
    }
}

impl askama::filters::HtmlSafe for Delta {}

#[cfg(test)]
mod tests {
    use super::Delta;

    #[test]
    fn a_change_says_its_direction_in_words_too() {
        assert!(Delta::of(1038, 1000).to_string().contains("up </span>3.8%<span class=\"vh\">, better"));
        assert!(Delta::of(976, 1000).to_string().contains("down </span>2.4%<span class=\"vh\">, worse"));
        assert_eq!(Delta::of(5, 0).to_string(), "–");
    }
}
