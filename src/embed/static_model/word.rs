//! Splits a text into words, for the tokenizer and for the training of its vocabulary.

use std::sync::LazyLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use crate::text::normalize_char;

/// Marks the start of a word, as in SentencePiece vocabularies.
pub(super) const WORD_START: char = '▁';
/// Longer words are split, so that memory is bounded for a text without spaces.
const MAX_WORD_BYTES: usize = 1024;

/// What counts as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordStyle {
    /// A run of characters without white space, as it is written.
    Spaced,
    /// A run of letters and digits, in lowercase and without stress marks, or a run of other
    /// characters. `Їхати`, `(їхати` and `їхати,` then share their pieces, which leaves more room in
    /// the vocabulary.
    Folded,
}

/// Calls `each` with every word of a text, in order. `word` is a buffer that calls can share.
///
/// The words are those of the text after [`crate::text::normalize`] and NFKC. Neither combines
/// characters across white space, so that each run of other characters is normalised alone. Nearly
/// all runs need no normalisation.
pub(crate) fn words(text: &str, style: WordStyle, word: &mut String, mut each: impl FnMut(&str)) {
    let kinds = &*FREQUENT_KINDS;
    let mut clean = String::new();
    let mut part = |part: &str, plain: bool| {
        if plain && style == WordStyle::Folded {
            folded(part.chars().map(|c| (c, kinds.of(c))), word, &mut each);
            return;
        }
        clean.clear();
        let chars = part.chars().filter_map(normalize_char);
        if plain {
            clean.extend(chars);
        } else {
            clean.extend(chars.nfkc());
        }
        // NFKC may introduce white space.
        for part in clean.split_whitespace() {
            match style {
                WordStyle::Spaced => spaced(part, word, &mut each),
                WordStyle::Folded => {
                    folded(part.chars().map(|c| (c, CharacterKind::of(c))), word, &mut each);
                }
            }
        }
    };
    let (mut start, mut plain) = (0, true);
    for (at, c) in text.char_indices() {
        let kind = kinds.of(c);
        if kind.is(SPACE) {
            if start < at {
                part(&text[start..at], plain);
            }
            (start, plain) = (at + c.len_utf8(), true);
        }
        plain &= !kind.is(UNKNOWN);
    }
    if start < text.len() {
        part(&text[start..], plain);
    }
}

/// The role of a character in a folded word.
#[derive(Clone, Copy)]
struct CharacterKind {
    /// The lowercase character, unless `SEVERAL` or `DROPPED` is set.
    lower: char,
    flags: u8,
}

/// A letter or digit.
const LETTER: u8 = 1;
const CYRILLIC: u8 = 2;
const APOSTROPHE: u8 = 4;
/// Removed.
const DROPPED: u8 = 8;
/// The lowercase form is not a single character.
const SEVERAL: u8 = 16;
const SPACE: u8 = 32;
/// Normalisation may replace it by others.
const UNKNOWN: u8 = 64;

impl CharacterKind {
    /// The kind of a character of a normalised text.
    fn of(c: char) -> CharacterKind {
        let mut flags = 0;
        for (flag, is) in [
            (LETTER, c.is_alphanumeric()),
            (CYRILLIC, is_cyrillic(c)),
            (APOSTROPHE, c == '\''),
            (DROPPED, c.is_control() || is_stress(c)),
        ] {
            flags |= if is { flag } else { 0 };
        }
        let mut lower = lower(c);
        match (lower.next(), lower.next()) {
            (Some(lower), None) => CharacterKind { lower, flags },
            _ => CharacterKind { lower: c, flags: flags | SEVERAL },
        }
    }

    /// The kind of a character of any text.
    fn of_raw(c: char) -> CharacterKind {
        let only = |flags| CharacterKind { lower: c, flags };
        match normalize_char(c) {
            None => only(DROPPED),
            Some(c) if c.is_whitespace() => only(SPACE),
            Some(c)
                if canonical_combining_class(c) == 0
                    && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes =>
            {
                CharacterKind::of(c)
            }
            Some(_) => only(UNKNOWN),
        }
    }

    fn is(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The kinds of frequent characters: Latin and Cyrillic letters, dashes and quotes.
struct KindTable(Vec<CharacterKind>);

const FIRST_OTHER_LETTER: u32 = 0x530;
const PUNCTUATION_RANGE: std::ops::Range<u32> = 0x2000..0x2070;

static FREQUENT_KINDS: LazyLock<KindTable> = LazyLock::new(|| {
    KindTable(
        (0..FIRST_OTHER_LETTER)
            .chain(PUNCTUATION_RANGE)
            .filter_map(char::from_u32)
            .map(CharacterKind::of_raw)
            .collect(),
    )
});

impl KindTable {
    fn of(&self, c: char) -> CharacterKind {
        let at = match u32::from(c) {
            code @ 0..FIRST_OTHER_LETTER => code,
            code if PUNCTUATION_RANGE.contains(&code) => {
                code - PUNCTUATION_RANGE.start + FIRST_OTHER_LETTER
            }
            _ if c.is_whitespace() => return CharacterKind { lower: c, flags: SPACE },
            _ => return CharacterKind { lower: c, flags: UNKNOWN },
        };
        self.0[at as usize]
    }
}

fn spaced(part: &str, word: &mut String, each: &mut impl FnMut(&str)) {
    let mut rest = part;
    while !rest.is_empty() {
        let mut end = rest.len().min(MAX_WORD_BYTES);
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

fn folded(
    chars: impl Iterator<Item = (char, CharacterKind)> + Clone,
    word: &mut String,
    each: &mut impl FnMut(&str),
) {
    word.clear();
    let mut inside = false;
    let mut chars = chars.filter(|(_, kind)| !kind.is(DROPPED));
    while let Some((c, kind)) = chars.next() {
        // An apostrophe is part of a Ukrainian word (`п'ять`), but not of an English one (`dog's`).
        let joins = kind.is(APOSTROPHE)
            && inside
            && chars.clone().next().is_some_and(|(_, kind)| kind.is(CYRILLIC));
        let letter = joins || kind.is(LETTER);
        if (letter != inside || word.len() >= MAX_WORD_BYTES) && !word.is_empty() {
            each(word);
            word.clear();
        }
        if letter && word.is_empty() {
            word.push(WORD_START);
        }
        inside = letter;
        if kind.is(SEVERAL) {
            word.extend(lower(c));
        } else {
            word.push(kind.lower);
        }
    }
    if !word.is_empty() {
        each(word);
    }
}

fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().filter(|c| !is_stress(*c))
}

/// Combining accents. Accents that belong to a letter were composed with it before.
fn is_stress(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str, style: WordStyle) -> Vec<String> {
        let mut all = Vec::new();
        words(text, style, &mut String::new(), |word| all.push(word.to_string()));
        all
    }

    /// The words by a simple algorithm, which normalises the whole text first.
    fn simple_words(text: &str, style: WordStyle) -> Vec<String> {
        let mut all = Vec::new();
        let normal: String = crate::text::normalize(text).nfkc().collect();
        for part in normal.split_whitespace() {
            if style == WordStyle::Spaced {
                spaced(part, &mut String::new(), &mut |word| all.push(word.to_string()));
                continue;
            }
            let chars = part.chars().filter(|c| !c.is_control() && !is_stress(*c));
            let chars: Vec<char> = chars.collect();
            let mut word: Option<(bool, String)> = None;
            for (at, &c) in chars.iter().enumerate() {
                let inside = word.as_ref().is_some_and(|(letters, _)| *letters);
                let next = chars.get(at + 1);
                let joins = c == '\'' && inside && next.is_some_and(|&c| is_cyrillic(c));
                let letter = joins || c.is_alphanumeric();
                match &mut word {
                    Some((letters, word)) if *letters == letter => word.extend(lower(c)),
                    _ => {
                        all.extend(word.take().map(|(_, word)| word));
                        let start = if letter { "▁" } else { "" };
                        word = Some((letter, start.chars().chain(lower(c)).collect()));
                    }
                }
            }
            all.extend(word.map(|(_, word)| word));
        }
        all
    }

    /// Characters of all kinds, most of which normalisation changes.
    fn character() -> impl Strategy<Value = char> {
        prop_oneof![
            4 => proptest::char::range(' ', '~'),
            4 => proptest::char::range('\0', '\u{530}'),
            2 => proptest::char::range('а', 'ї'),
            2 => proptest::char::range('\u{300}', '\u{36f}'),
            2 => proptest::char::range('\u{2000}', '\u{2070}'),
            2 => proptest::sample::select(vec![
                ' ', '\'', '’', '\u{2bc}', '\u{ff07}', '…', '№', 'ŉ', 'İ', 'ǅ', '¨', 'ﬁ', '\u{ad}',
                '\u{3000}', 'ﷺ', 'ß', 'ẞ', 'Σ', '한', '\u{1100}', '\u{1161}', '\u{11a8}', '🇺', '🌧',
            ]),
            1 => any::<char>(),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn words_of_random_texts_are_those_of_the_simple_algorithm(
            text in proptest::collection::vec(character(), 0..40),
        ) {
            let text: String = text.into_iter().collect();
            for style in [WordStyle::Spaced, WordStyle::Folded] {
                prop_assert_eq!(of(&text, style), simple_words(&text, style));
            }
        }
    }

    #[test]
    fn words_with_any_character_are_those_of_the_simple_algorithm() {
        for c in '\0'..=char::MAX {
            let text = format!("x{c}'яY {c}");
            for style in [WordStyle::Spaced, WordStyle::Folded] {
                assert_eq!(of(&text, style), simple_words(&text, style), "{:x}", u32::from(c));
            }
        }
    }

    #[test]
    fn spaced_words_are_separated_by_white_space() {
        assert_eq!(of(" «Їхати», каже ", WordStyle::Spaced), ["▁«Їхати»,", "▁каже"]);
    }

    #[test]
    fn folded_words_have_no_case_stress_or_punctuation() {
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
    fn long_words_are_split() {
        for style in [WordStyle::Spaced, WordStyle::Folded] {
            let words = of(&"ї".repeat(100_000), style);
            assert!(words.iter().all(|word| word.len() <= MAX_WORD_BYTES + 8));
            let letters = words.iter().flat_map(|word| word.chars()).filter(|c| *c == 'ї').count();
            assert_eq!(letters, 100_000);
        }
    }
}
