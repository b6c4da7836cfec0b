//! One form for texts that look the same.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Normalises a text for embedding and comparison.
///
/// NFC; runs of white space (non-breaking spaces included) become one space
/// and none at the ends; `ʼ`, `’` and other apostrophes become `'`; soft
/// hyphens, zero-width marks and byte-order marks vanish. Spans always refer
/// to the original, never to this form.
///
/// ```
/// use bitext::text::normalize;
///
/// assert_eq!(normalize(" п\u{2bc}ять\u{a0}\n яблук "), "п'ять яблук");
/// assert_eq!(normalize("Zu\u{ad}cker"), "Zucker");
/// assert_eq!(normalize("\u{feff}\u{200b} "), "");
/// ```
pub fn normalize(text: &str) -> String {
    let cleaned = clean(text);
    match is_nfc_quick(cleaned.chars()) {
        IsNormalized::Yes => cleaned,
        _ => cleaned.nfc().collect(),
    }
}

/// Whether nothing is left of a text when it is normalised.
///
/// ```
/// assert!(bitext::text::is_blank(" \u{a0}\u{200b}\n"));
/// assert!(!bitext::text::is_blank("."));
/// ```
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending_space = false;
    for c in text.chars() {
        let Some(c) = cleaned(c) else { continue };
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

/// What stands for a character in [`normalize`], white space and composition aside.
pub(crate) fn cleaned(c: char) -> Option<char> {
    match c {
        _ if is_invisible(c) => None,
        _ if is_apostrophe(c) => Some('\''),
        _ => Some(c),
    }
}

/// Soft hyphen, zero-width space and joiners, direction marks, word joiner,
/// byte-order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Characters that stand for the apostrophe in English and Ukrainian text.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\u{2bc}' | '\u{2019}' | '\u{2018}' | '\u{2b9}' | '\u{201b}' | '\u{ff07}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composes_and_folds() {
        assert_eq!(normalize("u\u{308}ber"), "über");
        assert_eq!(normalize("й"), "й");
        assert_eq!(normalize("don’t\u{202f}stop\r\n\r\nnow"), "don't stop now");
        assert_eq!(normalize(""), "");
    }

    #[test]
    fn is_idempotent() {
        for text in ["a\u{300}\u{ad}\u{301} b", "п’ять", "\u{feff}x\u{2028}y"] {
            assert_eq!(normalize(&normalize(text)), normalize(text));
        }
    }
}
