//! Properties of characters, with shortcuts for Latin and Cyrillic letters: the standard library
//! searches its tables for every letter outside of ASCII.

/// Whether a character is a letter: [`char::is_alphabetic`].
#[inline]
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' => true,
        '\0'..='\u{7f}' => false,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' => true,
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        _ => c.is_alphabetic(),
    }
}

/// Whether a character is a letter or a number: [`char::is_alphanumeric`].
#[inline]
pub(crate) fn is_letter_or_number(c: char) -> bool {
    match c {
        '0'..='9' => true,
        '\0'..='\u{7f}' => c.is_ascii_alphabetic(),
        _ => is_letter(c) || c.is_numeric(),
    }
}

/// Calls `each` with the characters of the lowercase form: [`char::to_lowercase`].
#[inline]
pub(crate) fn for_each_lowercase(c: char, mut each: impl FnMut(char)) {
    match c {
        '\0'..='\u{7f}' => each(c.to_ascii_lowercase()),
        // Lowercase already.
        '\u{430}'..='\u{45f}' | '\u{df}'..='\u{ff}' => each(c),
        _ => c.to_lowercase().for_each(each),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortcuts_agree_with_the_standard_library() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_letter_or_number(c), c.is_alphanumeric(), "{c:?}");
            let mut lower = Vec::new();
            for_each_lowercase(c, |c| lower.push(c));
            assert!(c.to_lowercase().eq(lower), "{c:?}");
        }
    }
}
