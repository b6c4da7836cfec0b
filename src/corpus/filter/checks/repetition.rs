//! Repetition within a text, as machine translation and broken pages have it.

use std::collections::HashSet;

/// The share of a text that repeats an earlier part, 0 to 1.
///
/// This is the larger of two shares: of runs of three words that occurred before, and of characters after
/// the fifth equal one in a row. A text of three to five words is compared by single words, a shorter one
/// by characters alone.
pub(super) fn share(text: &str) -> f32 {
    /// Equal characters in a row that are not a repetition: `.....` is an ellipsis.
    const MAX_EQUAL_CHARACTERS: usize = 5;
    /// Words of the shortest text that is compared by runs of words.
    const MIN_WORDS_FOR_RUNS: usize = 6;
    /// Words of a run.
    const RUN_WORDS: usize = 3;
    let (mut run, mut all, mut in_rows) = (0, 0, 0);
    let mut last = None;
    for c in text.chars() {
        run = if Some(c) == last { run + 1 } else { 1 };
        last = Some(c);
        all += 1;
        // Spaces may be layout.
        if run > MAX_EQUAL_CHARACTERS && !c.is_whitespace() {
            in_rows += 1;
        }
    }
    let rows = in_rows as f32 / all.max(1) as f32;
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let repeated = |width: usize| {
        let mut seen = HashSet::new();
        let runs = words.windows(width);
        let count = runs.len();
        let distinct = runs.filter(|run| seen.insert(*run)).count();
        (count - distinct) as f32 / count.max(1) as f32
    };
    let said = match words.len() {
        0..3 => 0.0,
        3..MIN_WORDS_FOR_RUNS => repeated(1),
        _ => repeated(RUN_WORDS),
    };
    rows.max(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_words_and_characters_are_counted() {
        assert_eq!(share("The bridge is closed until Monday."), 0.0);
        assert!(share("the ferry the ferry the ferry the ferry the ferry") > 0.6);
        assert!(share("ha ha ha ha") > 0.7);
        assert!(share("Wait..............................") > 0.7);
        assert!(share("Holy, holy, holy is the name that they gave to this old place") < 0.1);
        assert_eq!(share(""), 0.0);
    }
}
