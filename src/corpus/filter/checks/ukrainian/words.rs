//! The Cyrillic words of a text, folded, with what stands between them.

use crate::corpus::filter::checks::language::is_cyrillic;
use crate::letters::for_each_lowercase;

/// The Cyrillic words of a text in small letters. All apostrophes are `'`, and hyphens divide words.
pub(super) struct Words {
    folded: String,
    words: Vec<WordPlace>,
}

/// A word of [`Words`].
#[derive(Clone, Copy)]
pub(super) struct WordPlace {
    start: usize,
    end: usize,
    /// Whether only white space or a hyphen stands between this word and the word before it.
    pub(super) is_joined: bool,
    /// Whether it starts with a capital inside a sentence, as names do.
    pub(super) may_be_name: bool,
}

/// Whether a character is an apostrophe: typewriter, typographic or the letter of Unicode.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

impl Words {
    pub(super) fn of(text: &str) -> Words {
        let mut found = Words { folded: String::with_capacity(text.len()), words: Vec::new() };
        let mut characters = text.chars().peekable();
        let (mut starts_sentence, mut is_joined) = (true, false);
        while let Some(c) = characters.next() {
            if !is_cyrillic(c) {
                match c {
                    '.' | '!' | '?' | '…' | ':' | '\n' => starts_sentence = true,
                    _ if c.is_alphanumeric() => starts_sentence = false,
                    _ => {}
                }
                is_joined &= c.is_whitespace() && c != '\n' || matches!(c, '-' | '‑');
                continue;
            }
            let start = found.folded.len();
            let starts_upper = c.is_uppercase();
            let mut has_lower = false;
            for_each_lowercase(c, |c| found.folded.push(c));
            while let Some(&next) = characters.peek() {
                if is_cyrillic(next) {
                    has_lower |= next.is_lowercase();
                    for_each_lowercase(next, |c| found.folded.push(c));
                } else if is_apostrophe(next) {
                    found.folded.push('\'');
                } else {
                    break;
                }
                characters.next();
            }
            // An apostrophe at the end is a quotation mark.
            let end = start + found.folded[start..].trim_end_matches('\'').len();
            let may_be_name = starts_upper && has_lower && !starts_sentence;
            found.words.push(WordPlace { start, end, is_joined, may_be_name });
            (starts_sentence, is_joined) = (false, end == found.folded.len());
        }
        found
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, place: WordPlace) -> &str {
        &self.folded[place.start..place.end]
    }

    pub(super) fn places(&self) -> &[WordPlace] {
        &self.words
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (WordPlace, &str)> {
        self.words.iter().map(|&place| (place, self.word(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_know_their_neighbours() {
        let words = Words::of("«П’ять» — так, як Віра. По-перше");
        let folded: Vec<&str> = words.iter().map(|(_, word)| word).collect();
        assert_eq!(folded, ["п'ять", "так", "як", "віра", "по", "перше"]);
        let joined: Vec<bool> = words.places().iter().map(|place| place.is_joined).collect();
        assert_eq!(joined, [false, false, false, true, false, true]);
        let names: Vec<bool> = words.places().iter().map(|place| place.may_be_name).collect();
        assert_eq!(names, [false, false, false, true, false, false]);
    }
}
