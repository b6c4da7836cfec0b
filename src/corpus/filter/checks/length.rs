//! Lengths: letters and digits, characters, words, and the ratio of both sides.

use crate::Language;
use crate::align::length_factor;

/// Characters that are added to both sides before their lengths are compared, so that short texts may
/// differ more: a word may be twice as long as its translation.
const RATIO_SMOOTHING_CHARACTERS: f32 = 20.0;

/// Counts letters and digits.
pub(super) fn letters_and_digits(text: &str) -> f32 {
    text.chars().filter(|c| c.is_alphanumeric()).count() as f32
}

/// Counts all characters.
pub(super) fn characters(text: &str) -> f32 {
    text.chars().count() as f32
}

/// Counts words: runs without white space that have a letter or a digit.
pub(super) fn words(text: &str) -> f32 {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count() as f32
}

/// The usual length of a text, in characters, relative to an English text with the same content. The
/// values of English, Ukrainian and German are means over the development sets of `reports/filters.md`.
/// Other languages have the value that the aligner starts with.
fn usual_length(language: Language) -> f32 {
    match language.primary() {
        "de" => 1.13,
        "uk" => 1.0,
        _ => length_factor(language),
    }
}

/// How many times longer one side is than usual for a translation of the other, 1 and up.
pub(super) fn length_ratio(source: (Language, &str), target: (Language, &str)) -> f32 {
    let length = |(language, text): (Language, &str)| {
        characters(text) / usual_length(language) + RATIO_SMOOTHING_CHARACTERS
    };
    let (source, target) = (length(source), length(target));
    (source / target).max(target / source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_relative_to_the_language() {
        assert_eq!((letters_and_digits(" -1 a ü! "), words(" -1 a — ü! ")), (3.0, 3.0));
        let pair = |source: &str, target: &str| {
            length_ratio((Language::ENGLISH, source), (Language::UKRAINIAN, target))
        };
        assert_eq!(pair("1234", "абвг"), 1.0);
        assert!(pair("Yes.", "Так, звісно, це так.") < 2.0);
        assert!(pair(&"word ".repeat(20), "слово") > 4.0);
        assert_eq!(pair("", &"а".repeat(20)), 2.0);
    }
}
