//! One form for texts that look the same.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Normalises a text for embedding and comparison.
///
/// * The result is in Unicode normalisation form C.
/// * A run of white space, including non-breaking spaces, becomes one space; there is none at the
///   ends.
/// * `ʼ`, `’` and other apostrophes become `'`.
/// * Soft hyphens, zero-width characters, direction marks and byte-order marks are removed.
///
/// Spans always refer to the original text, never to this form.
///
/// ```
/// use bitext::text::normalize;
///
/// assert_eq!(normalize(" п\u{2bc}ять\u{a0}\n яблук "), "п'ять яблук");
/// assert_eq!(normalize("Zu\u{ad}cker"), "Zucker");
/// assert_eq!(normalize("\u{feff}\u{200b} "), "");
/// ```
pub fn normalize(text: &str) -> String {
    let text = normalize_chars(text);
    match is_nfc_quick(text.chars().filter(|c| !is_composed(*c))) {
        IsNormalized::Yes => text,
        _ => text.nfc().collect(),
    }
}

/// Whether [`normalize`] leaves nothing of a text.
///
/// ```
/// assert!(bitext::text::is_blank(" \u{a0}\u{200b}\n"));
/// assert!(!bitext::text::is_blank("."));
/// ```
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// [`normalize`] without composition.
fn normalize_chars(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending_space = false;
    for c in text.chars() {
        let Some(c) = normalize_char(c) else { continue };
        if c.is_whitespace() {
            pending_space = !out.is_empty();
            continue;
        }
        if pending_space {
            out.push(' ');
            pending_space = false;
        }
        out.push(c);
    }
    out
}

/// Whether a character is known not to change in NFC, alone or beside any other: an ASCII character, a
/// Latin letter with a mark, or a letter of Ukrainian.
fn is_composed(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{400}'..='\u{45f}' | '\u{490}' | '\u{491}')
}

/// The character that [`normalize`] puts in place of another, or `None` if it removes it. White
/// space and composition depend on the neighbours and are not handled here.
pub(crate) fn normalize_char(c: char) -> Option<char> {
    if is_invisible(c) {
        return None;
    }
    Some(if is_apostrophe(c) { '\'' } else { c })
}

/// Soft hyphens, zero-width spaces and joiners, direction marks, word joiners, byte-order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Characters used as an apostrophe in English and Ukrainian.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\u{2bc}' | '\u{2019}' | '\u{2018}' | '\u{2b9}' | '\u{201b}' | '\u{ff07}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_composed_and_white_space_is_folded() {
        assert_eq!(normalize("u\u{308}ber"), "über");
        assert_eq!(normalize("й"), "й");
        assert_eq!(normalize("don’t\u{202f}stop\r\n\r\nnow"), "don't stop now");
        assert_eq!(normalize(""), "");
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        for text in ["a\u{300}\u{ad}\u{301} b", "п’ять", "\u{feff}x\u{2028}y"] {
            assert_eq!(normalize(&normalize(text)), normalize(text));
        }
    }
}
