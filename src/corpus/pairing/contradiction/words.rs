//! The words of a text, and which of them may be names.

use crate::Language;

/// Words: letters, optionally followed by digits, with apostrophes inside.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    placed_words(text).map(|(_, word)| word)
}

/// The same words, each with the byte offset of its start.
fn placed_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let apostrophe = ['\'', '’', 'ʼ'];
    let inside = move |c: char| c.is_alphanumeric() || apostrophe.contains(&c);
    let mut start = 0;
    text.split_inclusive(move |c| !inside(c)).filter_map(move |part| {
        let at = start;
        start += part.len();
        let word = part.trim_end_matches(|c| !inside(c));
        let trimmed = word.trim_start_matches(apostrophe);
        let at = at + word.len() - trimmed.len();
        let word = trimmed.trim_end_matches(apostrophe);
        word.starts_with(char::is_alphabetic).then_some((at, word))
    })
}

/// The words of a text that may be names: capitalised words inside a sentence, words with digits such as
/// `A380`, and Latin words in Ukrainian.
pub(super) fn names(language: Language, text: &str) -> Vec<&str> {
    let upper = |word: &str| word.starts_with(char::is_uppercase);
    let is_long = |word: &&str| word.chars().nth(3).is_some();
    // In a title in title case, capitals mark no names.
    let is_title = language.primary() == "en" && {
        let (mut all, mut capitals) = (0, 0);
        for word in words(text).filter(is_long) {
            all += 1;
            capitals += usize::from(upper(word));
        }
        all > 2 && capitals * 2 > all
    };
    let is_latin = |word: &str| {
        language.primary() == "uk" && word.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let is_code = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.contains(|c: char| c.is_ascii_digit())
    };
    // At the start of a sentence or quotation, every word has a capital.
    let is_start = |before: &str| {
        let last = before.trim_end().chars().next_back();
        last.is_none_or(|c| ".:!?…\"“”„«(–—-•*".contains(c))
    };
    let name = |(at, word): (usize, &'_ str)| {
        let inside = || !is_title && !is_start(&text[..at]);
        word.chars().nth(2).is_some()
            && (is_latin(word) || is_code(word) || (upper(word) && inside()))
    };
    placed_words(text).filter(|word| name(*word)).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Language = Language::ENGLISH;
    const UK: Language = Language::UKRAINIAN;
    const DE: Language = Language::GERMAN;

    #[test]
    fn names_have_capitals_inside_a_sentence_or_digits() {
        let of = |language, text| names(language, text);
        assert_eq!(
            of(EN, "Then Harrow asked: Why is it so? “Ask Ann,” he said."),
            ["Harrow", "Ann"]
        );
        assert_eq!(of(EN, "The Best Phones Of The Year Compared"), [""; 0]);
        assert_eq!(of(EN, "A380 is larger than the A320."), ["A380", "A320"]);
        assert_eq!(of(UK, "Запустіть docker у Києві"), ["docker", "Києві"]);
        assert_eq!(of(DE, "Die Fähre nach Belvarn"), ["Fähre", "Belvarn"]);
    }

    #[test]
    fn words_have_their_byte_offsets() {
        let text = " 'Об'єкт' 12km a-b";
        let words: Vec<(usize, &str)> = placed_words(text).collect();
        assert!(words.iter().all(|(at, word)| text[*at..].starts_with(word)), "{words:?}");
        let words: Vec<&str> = words.into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, ["Об'єкт", "a", "b"]);
    }
}
