//! Properties of the characters of a sentence, without a model: numbers, names, and the
//! punctuation at its ends.

use xxhash_rust::xxh3::xxh3_64;

use crate::Language;
use crate::align::features::name_key::{NameKeyBuffers, name_key};
use crate::letters::{for_each_lowercase, is_letter, is_letter_or_number};
use crate::text::{Number, numbers};

/// Fewest words of a copy. Names, titles and commands of fewer words are often the same in both
/// languages.
const MIN_WORDS: usize = 4;

/// The surface features of one sentence.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::align) struct Surface {
    /// Keys of its numbers, sorted, without duplicates.
    pub(in crate::align) numbers: Vec<u64>,
    /// Keys of its longer words by their consonants, sorted, without duplicates.
    pub(in crate::align) words: Vec<u64>,
    /// Whether it ends in a question mark.
    pub(in crate::align) question_mark: bool,
    /// Whether it ends in a sentence-final mark.
    pub(in crate::align) final_mark: bool,
    /// Whether it starts with a quotation mark or a dash.
    pub(in crate::align) opening_quote: bool,
    /// Whether it is known as a line around articles on websites.
    pub(in crate::align) boilerplate: bool,
    /// The key of its text, if it is running text.
    pub(in crate::align) copy_key: Option<u64>,
}

impl Surface {
    pub(in crate::align) fn of(language: Language, text: &str) -> Surface {
        let mut numbers: Vec<u64> = numbers(language, text).iter().map(Number::key).collect();
        let mut buffers = NameKeyBuffers::default();
        let mut words: Vec<u64> = text
            .split(|c: char| !is_letter(c) && !matches!(c, '\'' | '’' | 'ʼ'))
            .filter_map(|word| name_key(language, word, &mut buffers).map(xxh3_64))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        words.sort_unstable();
        words.dedup();
        let closing = |c: char| c.is_whitespace() || "\"'”“’»«)]›‹".contains(c);
        let last = text.trim_end_matches(closing).chars().next_back();
        let first = text.trim_start().chars().next();
        Surface {
            numbers,
            words,
            question_mark: last == Some('?'),
            final_mark: last.is_some_and(|c| ".?!…:;".contains(c)),
            boilerplate: crate::split::is_boilerplate_line(language, text),
            copy_key: copy_key(text),
            opening_quote: first.is_some_and(|c| "\"“„«»–—-‚‘'".contains(c)),
        }
    }
}

/// A number that two sentences share if they are the same running text, regardless of case, spaces and
/// punctuation. `None` for a short text or a title.
fn copy_key(text: &str) -> Option<u64> {
    let mut folded = String::with_capacity(text.len() + 1);
    let (mut words, mut start_low, mut inside) = (0, 0, false);
    for c in text.chars() {
        if !is_letter_or_number(c) {
            if inside {
                folded.push(' ');
            }
            inside = false;
            continue;
        }
        if !inside {
            inside = true;
            words += 1;
            start_low += usize::from(c.is_lowercase());
        }
        for_each_lowercase(c, |c| folded.push(c));
    }
    if inside {
        folded.push(' ');
    }
    let is_running_text = words >= MIN_WORDS && 2 * start_low > words;
    is_running_text.then(|| xxh3_64(folded.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_has_a_key_and_titles_have_none() {
        let key = copy_key("The ferry will sail again on Monday.");
        assert!(key.is_some());
        assert_eq!(key, copy_key("„The ferry will sail  again on monday“"));
        assert_ne!(key, copy_key("The ferry will sail again on Tuesday."));
        for title in
            ["GNU General Public License Version 3", "sudo apt install", "", "12 13 14 15 16"]
        {
            assert_eq!(copy_key(title), None, "{title}");
        }
    }

    #[test]
    fn punctuation_is_found_inside_closing_quotes_and_brackets() {
        let marks = |text: &str| {
            let surface = Surface::of(Language::ENGLISH, text);
            (surface.question_mark, surface.final_mark, surface.opening_quote)
        };
        assert_eq!(marks("Why?"), (true, true, false));
        assert_eq!(marks(" „Warum?“ "), (true, true, true));
        assert_eq!(marks("«Чому?»"), (true, true, true));
        assert_eq!(marks("– So it is."), (false, true, true));
        assert_eq!(marks("A headline"), (false, false, false));
        assert_eq!(marks("(He asked why?)"), (true, true, false));
        assert_eq!(marks("Wait…"), (false, true, false));
        assert_eq!(marks(""), (false, false, false));
        assert_eq!(marks(" \u{a0}"), (false, false, false));
    }
}
