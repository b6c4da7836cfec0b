//! Letters: the share of a text, and the letters that both texts have in common.

use std::collections::HashSet;

use rustc_hash::FxHashMap;

use super::language::without_marks;
use crate::letters::{for_each_lowercase, is_letter};

/// The share of letters in a text's characters, 0 to 1; 1 for a text without characters.
///
/// White space and the repetition of a punctuation mark are ignored. So are words without letters that
/// both texts have, such as version numbers, unless the text has no letters at all.
pub(super) fn letter_share(text: &str, other: &str) -> f32 {
    /// A share that every useful threshold accepts; the other text is not read then.
    const CLEARLY_LETTERS: f32 = 0.5;
    let share = |words: &mut dyn Iterator<Item = &str>| {
        let (mut letters, mut all, mut last) = (0u32, 0u32, None);
        for c in words.flat_map(str::chars) {
            let is_letter = is_letter(c);
            all += u32::from(is_letter || last != Some(c) || c.is_numeric());
            letters += u32::from(is_letter);
            last = Some(c);
        }
        (all > 0).then(|| letters as f32 / all as f32)
    };
    let whole = share(&mut text.split_whitespace()).unwrap_or(1.0);
    if whole == 0.0 || whole >= CLEARLY_LETTERS {
        return whole;
    }
    let others: HashSet<&str> = other.split_whitespace().map(without_marks).collect();
    let only_here = |word: &&str| {
        word.contains(char::is_alphabetic) && !word.contains(char::is_numeric)
            || !(others.contains(without_marks(word)) || without_marks(word).is_empty())
    };
    share(&mut text.split_whitespace().filter(only_here)).unwrap_or(whole).max(whole)
}

/// The share of letter trigrams that both texts have, 0 to 1 (Dice coefficient). Case, digits,
/// punctuation and spaces are ignored. A text without letters has similarity 0 with any other.
pub(super) fn copy_similarity(one: &str, other: &str) -> f32 {
    let folded = |text: &str| -> Vec<char> {
        // With the padding, a text of one letter has trigrams too.
        let mut letters = vec![' ', ' '];
        for c in text.chars().filter(|c| is_letter(*c)) {
            for_each_lowercase(c, |c| letters.push(c));
        }
        if letters.len() == 2 {
            return Vec::new();
        }
        letters.extend([' ', ' ']);
        letters
    };
    let (one, other) = (folded(one), folded(other));
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let mut trigrams: FxHashMap<&[char], i32> = FxHashMap::default();
    one.windows(3).for_each(|trigram| *trigrams.entry(trigram).or_default() += 1);
    let mut common = 0;
    for trigram in other.windows(3) {
        if let Some(left) = trigrams.get_mut(trigram).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    2.0 * common as f32 / (one.len() + other.len() - 4) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_have_the_same_letters() {
        assert_eq!(copy_similarity("The Bridge.", "the bridge"), 1.0);
        assert_eq!(copy_similarity("The bridge", "Міст"), 0.0);
        assert_eq!((copy_similarity("12", "12"), copy_similarity("", "")), (0.0, 0.0));
        let near = copy_similarity("Open the bridge settings now", "Open the bridge setting now");
        assert!(near > 0.9 && near < 1.0, "{near}");
        assert!(copy_similarity("It rained all day.", "Es regnete den ganzen Tag.") < 0.3);
    }

    #[test]
    fn numbers_in_both_texts_do_not_lower_the_share_of_letters() {
        assert_eq!(letter_share("ab 12", "x"), 0.5);
        assert_eq!((letter_share("", "x"), letter_share("–", "x")), (1.0, 0.0));
        assert_eq!(letter_share("12 (5)", "12 (5)"), 0.0);
        let (english, german) =
            ("So: 1.9.0 -> 1.10.0 -> 1.11.0.", "Also: 1.9.0 -> 1.10.0 -> 1.11.0.");
        assert!(letter_share(english, german) > 0.5 && letter_share(german, english) > 0.5);
        assert!(letter_share(english, "x") < 0.3);
        assert!(letter_share("І...", "And...") >= 0.5);
    }
}
