//! A line of a case as words with their places, and the faults of words.

use super::Word;
use crate::plan::fault::Fault;

/// The words of a line that begins at byte `start` of the file, without its comment.
pub fn split(line: &str, start: usize) -> Vec<Word<'_>> {
    let mut out = Vec::new();
    let mut rest = 0;
    for piece in line.split(char::is_whitespace) {
        if piece.starts_with('#') {
            break;
        }
        if !piece.is_empty() {
            out.push(Word { text: piece, start: start + rest });
        }
        // The whitespace behind a piece may take several bytes; there is none at the end of the line.
        rest += piece.len();
        rest += line[rest..].chars().next().map_or(0, char::len_utf8);
    }
    out
}

/// Splits words further at signs, each of which becomes a word of its own.
pub fn split_signs<'a>(words: &[Word<'a>], signs: &[char]) -> Vec<Word<'a>> {
    let mut out = Vec::new();
    for word in words {
        let mut from = 0;
        for (at, sign) in word.text.match_indices(signs) {
            out.extend((from < at).then(|| Word { text: &word.text[from..at], start: word.start + from }));
            out.push(Word { text: sign, start: word.start + at });
            from = at + sign.len();
        }
        out.extend((from < word.text.len()).then(|| Word { text: &word.text[from..], start: word.start + from }));
    }
    out
}

impl Word<'_> {
    /// A fault of this word.
    pub fn fault(&self, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { span: self.span(), message: message.into(), help: help.into() }
    }

    /// The word read as a value that says itself what is wrong with it.
    pub fn value<T>(&self) -> Result<T, Fault>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        self.text.parse().map_err(|fault: T::Err| self.fault(fault.to_string(), ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_their_places_and_comments_are_left_out() {
        let text = "  order\u{3000}Ä 100 # of gold";
        let words = split(text, 7);
        let shown: Vec<(&str, usize)> = words.iter().map(|word| (word.text, word.start)).collect();
        assert_eq!(shown, [("order", 9), ("Ä", 17), ("100", 20)]);
        assert!(words.iter().all(|word| &text[word.start - 7..word.span().end - 7] == word.text));
    }

    #[test]
    fn signs_are_words_of_their_own() {
        let words = split("A, B<A @C", 0);
        let shown: Vec<(&str, usize)> =
            split_signs(&words, &[',', '<', '@']).iter().map(|word| (word.text, word.start)).collect();
        assert_eq!(shown, [("A", 0), (",", 1), ("B", 3), ("<", 4), ("A", 5), ("@", 7), ("C", 8)]);
    }
}
