//! Text that people search for, and names as people write them or mistype them. Knows no store and no page.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form in which text is stored and looked up for searching: without accents, in lower case,
/// runs of white space as one space. `"Zsófia  KŐVÁRI"` → `"zsofia kovari"`.
pub fn folded(text: &str) -> String {
    let bare: String =
        text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).map(plain_letter).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters that carry their mark inside and do not decompose.
const fn plain_letter(c: char) -> char {
    match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        'ı' => 'i',
        other => other,
    }
}

/// A pattern for SQL `LIKE … ESCAPE '\'` that finds `needle` anywhere.
pub fn like_anywhere(needle: &str) -> String {
    let mut pattern = String::with_capacity(needle.len() + 2);
    pattern.push('%');
    for c in needle.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The known name that is nearest to the given one, whatever its case, if it is near enough to be a slip.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    known
        .into_iter()
        .map(|name| (distance(&given, &name.to_lowercase()), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 3)
        .map(|(_, name)| name)
}

/// The number of letters to insert, delete or replace to turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Text as it may stand on a terminal: what would move its cursor, change its colours or turn the direction of
/// writing is shown as `\u{1b}`. Line ends and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unseen(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// JSON as it may stand on a terminal: the same characters, which stand in its texts only, in its own writing.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unseen(c) { out.extend([format!("\\u{:04x}", u32::from(c))]) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Whether a terminal obeys a character instead of showing it.
pub fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() && c != '\n' && c != '\t'
}

/// The beginning of a text that is too long to be repeated in a message.
pub fn shortened(text: &str) -> Cow<'_, str> {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_moves_a_terminal() {
        assert_eq!(visible("a\tb\nÄ佐"), "a\tb\nÄ佐");
        assert_eq!(visible("\u{1b}[31m\u{7}\r\u{202e}x"), "\\u{1b}[31m\\u{7}\\u{d}\\u{202e}x");
        let text = visible_json("\"\u{202e}\u{9b}\"").into_owned();
        assert_eq!(text, "\"\\u202e\\u009b\"");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "\u{202e}\u{9b}");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shortened("Ä"), "Ä");
        assert_eq!(shortened(&"Ä".repeat(5_000)), format!("{}…", "Ä".repeat(80)));
    }

    #[test]
    fn names_are_found_without_accents_and_in_any_case() {
        assert_eq!(folded("Zsófia  KŐVÁRI-Németh"), "zsofia kovari-nemeth");
        assert_eq!(folded("Nguyễn Thị Phương Thảo"), "nguyen thi phuong thao");
        assert_eq!(folded("Łukasz Ørsted"), "lukasz orsted");
        assert_eq!(folded("佐藤 美咲"), "佐藤 美咲");
    }

    #[test]
    fn what_people_type_is_never_a_pattern() {
        assert_eq!(like_anywhere(r"50%_\"), r"%50\%\_\\%");
    }
}
