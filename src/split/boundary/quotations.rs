//! Rules for quotations: whether a speaker follows one, and whether a stop is
//! inside a quoted title.

use super::super::chars::{first_word, is_opening_bracket, is_stop, single_letter};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;
use super::candidates::is_quote;
use super::following::Following;
use super::stop::{Stop, white_space_len};
use crate::text::find;

/// Whether a speaker follows a quotation: a name and a verb of speaking. An
/// apposition (`Lopez, 43,`), a possessive (`Lopez's brother`), and an auxiliary
/// or adverb may lie between them.
pub(super) fn is_speaker(lexicon: &Lexicon, next: &Following<'_>) -> bool {
    const MAX_WORDS: usize = 12;
    const MAX_NAMES: usize = 4;
    /// Nouns after a possessive.
    const MAX_NOUNS: usize = 3;
    /// Auxiliaries and adverbs before the verb.
    const MAX_TAGS: usize = 2;
    if next.word != "I" && next.starts(lexicon) {
        return false;
    }
    let (mut names, mut nouns, mut tags) = (MAX_NAMES, 0, MAX_TAGS);
    let mut apposed = false;
    let mut word = next.word;
    let mut rest = next.rest;
    for _ in 0..MAX_WORDS {
        if is_possessive(word) {
            nouns = MAX_NOUNS;
        }
        if rest.starts_with('.') {
            let short = single_letter(word).is_some() || !lexicon.abbreviation("", word).is_none();
            if !short {
                return false;
            }
            rest = &rest[1..];
        } else if rest.starts_with(',') {
            // In `Lopez, 43, of Ulm, said`, the last comma only closes the apposition.
            rest = match after_apposition(rest) {
                Some(behind) => behind,
                None if apposed => &rest[1..],
                None => return false,
            };
            apposed = true;
        }
        let space = white_space_len(rest);
        rest = &rest[space..];
        word = first_word(rest);
        if space == 0 || word.is_empty() {
            return false;
        }
        let kinds = lexicon.word(word);
        if kinds.has(WordKinds::SAYS) {
            return true;
        }
        let left = if word.starts_with(char::is_uppercase) {
            &mut names
        } else if kinds.has(WordKinds::TAG) || lexicon.lowercase_starts && word.ends_with("ly") {
            &mut tags
        } else {
            &mut nouns
        };
        if *left == 0 {
            return false;
        }
        *left -= 1;
        rest = &rest[word.len()..];
    }
    false
}

/// Whether a word is a possessive such as `Lopez's`.
fn is_possessive(word: &str) -> bool {
    word.ends_with("'s") || word.ends_with("’s")
}

/// The text after an apposition: it begins and ends with a comma and has no stop
/// inside.
fn after_apposition(text: &str) -> Option<&str> {
    const MAX_CHARS: usize = 80;
    let inside = text.strip_prefix(',')?;
    for (at, c) in inside.char_indices().take(MAX_CHARS) {
        match c {
            ',' => return Some(&inside[at + 1..]),
            c if is_stop(c) || matches!(c, ';' | '“' | '”' | '"' | '„' | '«' | '»') => {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// Whether a stop is inside a short quotation that is part of a sentence, such as
/// a title: `The book “Who? Where?” is old.` Such a quotation follows other words
/// and ends with a stop, and a lowercase letter follows it. `quoted` is the
/// position of the last quotation mark before the stop.
pub(super) fn is_inside_title(
    lexicon: &Lexicon,
    text: &str,
    begin: usize,
    quoted: usize,
    stop: &Stop,
) -> bool {
    // Cyrillic letters have two bytes.
    let reach = if lexicon.cyrillic_initials { 2 * MAX_TITLE_BYTES } else { MAX_TITLE_BYTES };
    let near = quoted > begin && stop.start - quoted <= reach && !stop.closes_quote;
    let opens = |before: char| before.is_whitespace() || is_opening_bracket(before);
    if !near || !text[..quoted].ends_with(opens) {
        return false;
    }
    let Some(close) = next_quote(&text[stop.next_start..], reach) else { return false };
    let inside = &text[stop.next_start..stop.next_start + close];
    let behind = &text[stop.next_start + close..];
    let behind = &behind[behind.chars().next().map_or(0, char::len_utf8)..];
    let next = &behind[white_space_len(behind)..];
    let goes_on = next.len() < behind.len() && next.starts_with(char::is_lowercase);
    let stopped = inside.ends_with(is_stop);
    // `«Не хочу. Втомився» тощо`: in Ukrainian, the stop follows the closing mark.
    stopped && (goes_on || behind.starts_with(',')) || lexicon.cyrillic_initials && goes_on
}

/// The most bytes of a quoted title before a stop, and the most after it.
const MAX_TITLE_BYTES: usize = 64;

/// Whether a byte may begin a quotation mark: `"`, `«`, `“`
fn may_start_quote(byte: u8) -> bool {
    (byte == b'"') | (byte == 0xc2) | (byte == 0xe2)
}

/// The position of the first quotation mark within `reach` bytes.
fn next_quote(text: &str, reach: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(reach)];
    let mut at = 0;
    loop {
        at += find(&bytes[at..], may_start_quote)?;
        let mark = text.get(at..).and_then(|rest| rest.chars().next());
        // Only after a stop is `’` a closing mark; elsewhere it is an apostrophe.
        let single = mark == Some('’') && text[..at].ends_with(is_stop);
        if single || mark.is_some_and(is_quote) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn speakers_are_recognised() {
        let lexicon = Lexicon::of(Language::ENGLISH);
        let is_speaker = |text| is_speaker(lexicon, &Following::read(text));
        for text in [
            "Novak said.",
            "Ms. Ana Novak had said.",
            "Novak, 43, of Ulm, quietly added.",
            "Novak's old friend asked.",
            "J. Novak shot back.",
        ] {
            assert!(is_speaker(text), "{text}");
        }
        for text in ["Novak left.", "He said.", "Novak. Hale said.", "Novak, 43; Hale, said."] {
            assert!(!is_speaker(text), "{text}");
        }
    }

    #[test]
    fn stops_inside_titles_are_recognised() {
        let lexicon = Lexicon::of(Language::ENGLISH);
        let inside = |text: &str| {
            let start = text.find(is_stop).unwrap_or(0);
            let quoted = text[..start].rfind(is_quote).unwrap_or(0);
            is_inside_title(lexicon, text, 0, quoted, &Stop::read(lexicon, text, start, true))
        };
        assert!(inside("The song “Why? Why?” is old."));
        assert!(inside("The song \"Why? Why?\" is old."));
        assert!(inside("His blog, ‘Eat. Sleep.’, is old."));
        assert!(!inside("He said, “I came. I saw.” Then he left."));
        assert!(!inside("“I came. I saw,” he said."));
        assert!(!inside("He came. “I saw it,” he said."));
    }
}
