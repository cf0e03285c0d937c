//! TOML with the kinds of its words marked, line by line, for pages that show a plan.

/// A piece of a line and the class of its colour; empty for plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'t> {
    /// `c` comment, `h` head, `k` key, `s` text, `n` number, date or flag.
    pub class: &'static str,
    /// The text.
    pub text: &'t str,
}

/// Marks every line of a TOML text.
pub fn toml(text: &str) -> Vec<Vec<Piece<'_>>> {
    let mut open = None;
    text.lines().map(|line| Line { rest: line, pieces: Vec::new() }.read(&mut open)).collect()
}

/// A line being read.
struct Line<'t> {
    rest: &'t str,
    pieces: Vec<Piece<'t>>,
}

impl<'t> Line<'t> {
    /// `open` is the quote of a text over several lines that an earlier line began.
    fn read(mut self, open: &mut Option<&'static str>) -> Vec<Piece<'t>> {
        if let Some(quote) = *open {
            let end = self.rest.find(quote).map(|at| at + quote.len());
            self.take("s", end.unwrap_or(self.rest.len()));
            if end.is_none() {
                return self.pieces;
            }
            *open = None;
        } else if self.rest.trim_start().starts_with('[') && !self.rest.contains('=') && self.rest.contains(']') {
            let end = self.rest.rfind(']').map_or(self.rest.len(), |at| at + 1);
            let head = self.rest.find('#').map_or(end, |comment| comment.min(end));
            self.take("h", head);
        } else {
            self.key();
        }
        while !self.rest.is_empty() {
            self.value(open);
        }
        self.pieces
    }

    /// The key before the sign of equality, if the line begins with one.
    fn key(&mut self) {
        let plain = |c: char| c.is_alphanumeric() || "_-. \t".contains(c);
        let end = self.rest.find(|c: char| !plain(c)).unwrap_or(self.rest.len());
        if self.rest[end..].starts_with('=') {
            self.take("k", end);
        }
    }

    fn value(&mut self, open: &mut Option<&'static str>) {
        let Some(first) = self.rest.chars().next() else { return };
        match first {
            '#' => self.take("c", self.rest.len()),
            '"' | '\'' => self.text(open),
            '0'..='9' | '+' | '-' => self.run("n", |c| c.is_alphanumeric() || "+-._:".contains(c)),
            _ if first.is_alphabetic() => self.word(),
            _ => self.run("", |c| !(c.is_alphanumeric() || "#\"'+-".contains(c))),
        }
    }

    fn text(&mut self, open: &mut Option<&'static str>) {
        for quote in ["\"\"\"", "'''"] {
            if let Some(inner) = self.rest.strip_prefix(quote) {
                let end = inner.find(quote).map(|at| at + 2 * quote.len());
                if end.is_none() {
                    *open = Some(quote);
                }
                return self.take("s", end.unwrap_or(self.rest.len()));
            }
        }
        let quote = if self.rest.starts_with('"') { '"' } else { '\'' };
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == quote && !escaped;
            escaped = quote == '"' && *c == '\\' && !escaped;
            closes
        });
        self.take("s", end.map_or(self.rest.len(), |(at, _)| at + 1));
    }

    /// A key of a table in braces, or `true` and `false`.
    fn word(&mut self) {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(self.rest.len());
        let is_key = self.rest[end..].trim_start().starts_with('=');
        self.take(if is_key { "k" } else { "n" }, end);
    }

    fn run(&mut self, class: &'static str, belongs: impl Fn(char) -> bool) {
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[first..].find(|c: char| !belongs(c)).map_or(self.rest.len(), |at| first + at);
        self.take(class, end);
    }

    fn take(&mut self, class: &'static str, end: usize) {
        let (text, rest) = self.rest.split_at(end);
        if !text.is_empty() {
            self.pieces.push(Piece { class, text });
        }
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Vec<String> {
        let piece = |piece: &Piece<'_>| {
            let (class, text) = (piece.class, piece.text);
            if class.is_empty() { text.to_owned() } else { format!("<{class}:{text}>") }
        };
        toml(text).iter().map(|line| line.iter().map(piece).collect::<String>()).collect()
    }

    #[test]
    fn kinds_are_marked() {
        let text = "[[ranks]] # one\ncode = \"A \\\" # b\" # two\nneeds = [\n    { label = 'x', if = \"pv >= 1\" },\n]\nvalid_from = 2026-01-01\nheld = 3\non = true";
        assert_eq!(
            marked(text),
            [
                "<h:[[ranks]]> <c:# one>",
                "<k:code >= <s:\"A \\\" # b\"> <c:# two>",
                "<k:needs >= [",
                "    { <k:label> = <s:'x'>, <k:if> = <s:\"pv >= 1\"> },",
                "]",
                "<k:valid_from >= <n:2026-01-01>",
                "<k:held >= <n:3>",
                "<k:on >= <n:true>",
            ]
        );
    }

    #[test]
    fn texts_go_over_lines_and_nothing_is_lost() {
        assert_eq!(
            marked("a = \"\"\"x\ny # no\nz\"\"\" # yes"),
            ["<k:a >= <s:\"\"\"x>", "<s:y # no>", "<s:z\"\"\"> <c:# yes>"]
        );
        for text in [crate::plan::starter::UNILEVEL, "broken \" text\n= ü[[ '\n\"\"\"never", "a=[1,\n2]\n", "é=\"ß\"#"]
        {
            let joined: Vec<String> =
                toml(text).iter().map(|line| line.iter().map(|piece| piece.text).collect()).collect();
            assert_eq!(joined, text.lines().collect::<Vec<_>>());
        }
    }
}
