//! The words of a text, as the tokenizer and the training of its vocabulary see
//! them.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use crate::text;

/// The mark of a word's start.
const WORD_START: char = '▁';
/// Longer words are cut, so that memory is bounded for a text without spaces.
const LONGEST_WORD: usize = 1024;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordStyle {
    /// Whatever stands between white space, as it is written.
    Spaced,
    /// Runs of letters and digits, in lower case, without marks of stress; runs of
    /// other characters are words of their own. `Їхати`, `(їхати` and `їхати,`
    /// share their pieces, which leaves the vocabulary more room for words.
    Folded,
}

/// Calls `each` with every word of a text, in order; `word` is room for them.
pub(crate) fn words(text: &str, style: WordStyle, word: &mut String, mut each: impl FnMut(&str)) {
    let normal = text::normalize(text);
    let normal: Cow<'_, str> = match is_nfkc_quick(normal.chars()) {
        IsNormalized::Yes => normal.into(),
        _ => normal.nfkc().collect::<String>().into(),
    };
    for part in normal.split_whitespace() {
        match style {
            WordStyle::Spaced => spaced(part, word, &mut each),
            WordStyle::Folded => folded(part, word, &mut each),
        }
    }
}

fn spaced(part: &str, word: &mut String, each: &mut impl FnMut(&str)) {
    let mut rest = part;
    while !rest.is_empty() {
        let mut end = rest.len().min(LONGEST_WORD);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        word.clear();
        word.push(WORD_START);
        word.extend(rest[..end].chars().filter(|c| !c.is_control()));
        rest = &rest[end..];
        each(word);
    }
}

fn folded(part: &str, word: &mut String, each: &mut impl FnMut(&str)) {
    word.clear();
    let mut inside = false;
    let mut chars = part.chars().filter(|c| !c.is_control() && !is_stress(*c)).peekable();
    while let Some(c) = chars.next() {
        // Within Ukrainian words (`п'ять`); not before the `s` of a genitive.
        let joins = c == '\'' && inside && chars.peek().is_some_and(|&c| is_cyrillic(c));
        let letter = joins || c.is_alphanumeric();
        if (letter != inside || word.len() >= LONGEST_WORD) && !word.is_empty() {
            each(word);
            word.clear();
        }
        if letter && word.is_empty() {
            word.push(WORD_START);
        }
        inside = letter;
        match c.is_lowercase() {
            true => word.push(c),
            false => word.extend(c.to_lowercase().filter(|c| !is_stress(*c))),
        }
    }
    if !word.is_empty() {
        each(word);
    }
}

/// Combining accents; what belongs to a letter has been composed with it.
fn is_stress(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, style: WordStyle) -> Vec<String> {
        let mut all = Vec::new();
        words(text, style, &mut String::new(), |word| all.push(word.to_string()));
        all
    }

    #[test]
    fn words_between_spaces() {
        assert_eq!(of(" «Їхати», каже ", WordStyle::Spaced), ["▁«Їхати»,", "▁каже"]);
    }

    #[test]
    fn folded_words_are_without_case_stress_and_punctuation() {
        let words = of("«Ї́хати», об’єкт — the dog's COVID-19.", WordStyle::Folded);
        let expected = [
            "«",
            "▁їхати",
            "»,",
            "▁об'єкт",
            "—",
            "▁the",
            "▁dog",
            "'",
            "▁s",
            "▁covid",
            "-",
            "▁19",
            ".",
        ];
        assert_eq!(words, expected);
        assert!(of(" \u{301}\u{200b} ", WordStyle::Folded).is_empty());
    }

    #[test]
    fn long_words_are_cut() {
        for style in [WordStyle::Spaced, WordStyle::Folded] {
            let words = of(&"ї".repeat(100_000), style);
            assert!(words.iter().all(|word| word.len() <= LONGEST_WORD + 8));
            let letters = words.iter().flat_map(|word| word.chars()).filter(|c| *c == 'ї').count();
            assert_eq!(letters, 100_000);
        }
    }
}
