//! Sentences that a side has twice.

use std::collections::HashSet;

use crate::{Language, RuleSplitter};

/// Words of the shortest sentence that counts. Shorter ones are repeated on purpose: *No. No.*
const MIN_WORDS: usize = 3;

/// The share of a text's letters and digits that are in sentences which the text has had before, 0 to 1.
/// Case and punctuation are ignored.
pub(super) fn share(language: Language, text: &str) -> f32 {
    let (mut seen, mut doubled, mut all) = (HashSet::new(), 0, 0);
    for segment in RuleSplitter::default().segments(language, text) {
        let lower = segment.text.to_lowercase();
        let words: Vec<String> = lower
            .split_whitespace()
            .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect())
            .filter(|word: &String| !word.is_empty())
            .collect();
        let size: usize = words.iter().map(|word| word.chars().count()).sum();
        all += size;
        if words.len() >= MIN_WORDS && !seen.insert(words) {
            doubled += size;
        }
    }
    if all == 0 { 0.0 } else { doubled as f32 / all as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_that_occurred_before_are_counted() {
        let share = |text: &str| share(Language::ENGLISH, text);
        assert_eq!(share("The ferry runs again. It is green."), 0.0);
        assert_eq!(share("The ferry runs. The ferry runs!"), 0.5);
        assert_eq!(share("It is old. It rains a lot here. It is old."), 7.0 / 29.0);
        assert_eq!(share("No. No. Yes, yes. Yes, yes."), 0.0);
        assert_eq!(share(""), 0.0);
    }
}
