//! Escape sequences of programming languages and web addresses: `\u0456`, `\n`, `%D0%BF`, `\x27`.

use std::collections::HashMap;

use super::share_of;
use crate::text::Span;

/// The share of a text's characters that are in escape sequences, 0 to 1.
///
/// An escape sequence that the other text has as well is content, as in a text about a programming
/// language, unless it is part of a word.
pub(in super::super) fn share(text: &str, other: &str) -> f32 {
    let found = escape_sequences(text);
    if found.is_empty() {
        return 0.0;
    }
    let mut in_other: HashMap<&str, usize> = HashMap::new();
    for span in escape_sequences(other).into_iter().filter(|span| !is_in_word(other, span)) {
        *in_other.entry(&other[span]).or_default() += 1;
    }
    let mut is_content = |span: &Span| {
        let left = in_other.get_mut(&text[span.clone()]).filter(|left| **left > 0);
        !is_in_word(text, span) && left.map(|left| *left -= 1).is_some()
    };
    let damaged = found.into_iter().filter(|span| !is_content(span));
    share_of(damaged.map(|span| span.len()).sum(), text)
}

/// The spans of the escape sequences. Percent-encoding in a web address is correct and not counted.
fn escape_sequences(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let is_address = word.contains("://");
        let mut at = 0;
        while let Some(next) = word[at..].find(['\\', '%']) {
            at += next;
            let len = escape_len(&word[at..]);
            if len > 0 && !(is_address && word[at..].starts_with('%')) {
                found.push(start + at..start + at + len);
            }
            at += len.max(1);
        }
        start += word.len();
    }
    found
}

/// Whether an escape sequence stands for a character inside a word: it has letters or other escape
/// sequences on both sides.
fn is_in_word(text: &str, span: &Span) -> bool {
    let is_numeric = |escape: &str| escape.starts_with("\\u") || escape.starts_with("\\x");
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\\');
    is_numeric(&text[span.clone()])
        && joins(text[..span.start].chars().next_back())
        && joins(text[span.end..].chars().next())
}

/// The bytes of the escape sequence that a text begins with, all ASCII; 0 if there is none.
fn escape_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let hex = |from: usize, count: usize| {
        let digits = bytes.get(from..from + count);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    match bytes {
        [b'\\', b'u', ..] if hex(2, 4) => 6,
        [b'\\', b'x', ..] if hex(2, 2) => 4,
        [b'\\', b'"' | b'\\', ..] => 2,
        // The next letter is not lower case: `C:\news` is a path.
        [b'\\', b'n' | b't' | b'r', next, ..] if !next.is_ascii_lowercase() => 2,
        [b'\\', b'n' | b't' | b'r'] => 2,
        // Two encoded bytes at least, of a letter outside ASCII: `100%20` is not encoded.
        [b'%', high, _, b'%', ..] if !high.is_ascii_digit() && hex(1, 2) && hex(4, 2) => {
            let mut len = 6;
            while bytes.get(len) == Some(&b'%') && hex(len + 1, 2) {
                len += 3;
            }
            len
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_counted() {
        for escaped in ["\\u0456\\u0457", "%D0%BF%D1%80", "\\n", "\\x27"] {
            assert_eq!(share(escaped, "x"), 1.0, "{escaped}");
        }
        for none in ["100% of 20%", "C:\\news\\table", "5 % Rabatt", "%1 of %2", ""] {
            assert_eq!(share(none, "x"), 0.0, "{none}");
        }
    }

    #[test]
    fn escape_sequences_in_both_texts_are_content() {
        for (one, other) in [
            ("The second line uses \\u0323 for it.", "Другий рядок має для цього \\u0323."),
            ("\\t: tab", "\\t : Tabulator"),
            ("Ended %s.\\nGo on?", "%s beendet.\\nWeiter?"),
            ("see https://example.org/%D0%BF%D1%80", "тут"),
        ] {
            assert_eq!((share(one, other), share(other, one)), (0.0, 0.0), "{one}");
        }
        for (one, other) in [
            ("It\\u2019s open.", "П\\u2019ять годин."),
            ("Das \\\"Tor\\\" ist zu", "Браму \"Тор\" зачинено"),
            ("\\u0456\\u0457\\u0457", "\\u0456\\u0457\\u0457"),
        ] {
            assert!(share(one, other) > 0.05, "{one}");
        }
    }
}
