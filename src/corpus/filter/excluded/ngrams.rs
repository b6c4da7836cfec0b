//! Hashes of runs of words (n-grams), by which a long text is compared with others.

use std::ops::RangeInclusive;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::Language;
use crate::corpus::filter::duplicates::fold_words;

/// Words of an n-gram by default. 13 is what the authors of GPT-3 used (Brown et al. 2020, appendix C), and
/// many after them.
pub const DEFAULT_NGRAM_WORDS: usize = 13;

/// Words of an n-gram that can be chosen. With fewer, common phrases would be hits.
pub const NGRAM_WORDS: RangeInclusive<usize> = 5..=100;

/// Words that a sentence must have for a row to be rejected because it contains the sentence among others.
///
/// Measured on 57,000 sentences of 20 unrelated corpora in English, Ukrainian and German (`eval` of the
/// evaluation data): the share of sentences that two corpora have in common is 7 % for one word, 0.1 % for
/// three, 0.03 % for five (one sentence), and 0 for six to fifteen.
pub const MIN_SENTENCE_WORDS: usize = 6;

/// Characters that count as a word in a language that is written without spaces. A translation into Chinese
/// or Japanese has one and a half to two characters for each English word. Not measured.
const CHARACTERS_PER_WORD: usize = 2;

/// Languages that are written without spaces between words.
const WITHOUT_SPACES: [&str; 9] = ["bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh"];

/// A text as n-grams see it: its letters and digits in small letters, with a space between words. In a
/// language without spaces, each character is a token.
pub struct Tokens {
    seed: u64,
    folded: String,
    /// Where each token begins and ends in `folded`.
    spans: Vec<(usize, usize)>,
    tokens_per_word: usize,
}

impl Tokens {
    pub fn new(language: Language, text: &str) -> Tokens {
        let language = language.base();
        let seed = xxh3_64_with_seed(language.code().as_bytes(), 0);
        let folded = fold_words(text);
        if WITHOUT_SPACES.contains(&language.primary()) {
            let folded = folded.replace(' ', "");
            let spans = folded.char_indices().map(|(at, c)| (at, at + c.len_utf8())).collect();
            return Tokens { seed, folded, spans, tokens_per_word: CHARACTERS_PER_WORD };
        }
        let mut spans = Vec::new();
        let mut start = 0;
        for word in folded.split(' ') {
            if !word.is_empty() {
                spans.push((start, start + word.len()));
            }
            start += word.len() + 1;
        }
        Tokens { seed, folded, spans, tokens_per_word: 1 }
    }

    /// Whether the text has as many words as a sentence needs to be told from others.
    pub fn is_telling(&self) -> bool {
        self.spans.len() >= MIN_SENTENCE_WORDS * self.tokens_per_word
    }

    /// A hash of each run of so many words.
    pub fn ngrams(&self, words: usize) -> impl Iterator<Item = u64> {
        let runs = self.spans.windows(words.max(1) * self.tokens_per_word);
        runs.map(|run| {
            let (start, end) = (run[0].0, run[run.len() - 1].1);
            xxh3_64_with_seed(&self.folded.as_bytes()[start..end], self.seed)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::split_mix::SplitMix64;

    /// Whether two texts have a run of words in common, compared word by word.
    fn naive(one: &str, other: &str, words: usize, by_character: bool) -> bool {
        let tokens = |text: &str| -> Vec<String> {
            let small = text.to_lowercase();
            if by_character {
                let letters = small.chars().filter(|c| c.is_alphanumeric());
                return letters.map(String::from).collect();
            }
            let words = small.split(|c: char| !c.is_alphanumeric());
            words.filter(|word| !word.is_empty()).map(str::to_string).collect()
        };
        let (one, other) = (tokens(one), tokens(other));
        let length = if by_character { 2 * words } else { words };
        one.windows(length).any(|run| other.windows(length).any(|other| run == other))
    }

    fn common(language: Language, one: &str, other: &str, words: usize) -> bool {
        let known: HashSet<u64> = Tokens::new(language, one).ngrams(words).collect();
        Tokens::new(language, other).ngrams(words).any(|ngram| known.contains(&ngram))
    }

    #[test]
    fn common_runs_are_those_of_a_naive_comparison() {
        let mut seed = 0;
        let mut below = |most: u64| {
            seed += 1;
            SplitMix64::number_at(23, seed) % most
        };
        let mut hits = [0; 2];
        for round in 0..4000 {
            let chinese = round % 2 == 1;
            let marks = [" ", ", ", " – ", ".\n", "  "];
            // Few different words, so that long runs are common.
            let mut text = || -> String {
                let words = ["Ferry", "fähre", "12", "Ї", "a", "port"];
                let signs = ["船", "港", "水"];
                let count = below(24);
                let mut text = String::new();
                for _ in 0..count {
                    let word = if chinese {
                        signs[below(3) as usize]
                    } else if below(2) == 0 {
                        words[below(6) as usize]
                    } else {
                        "the"
                    };
                    text.push_str(word);
                    if !chinese || below(4) == 0 {
                        text.push_str(marks[below(5) as usize]);
                    }
                }
                text
            };
            let (one, other) = (text(), text());
            let language = if chinese { "zh".parse().unwrap() } else { Language::GERMAN };
            let words = if chinese { 2 } else { 4 };
            let expected = naive(&one, &other, words, chinese);
            assert_eq!(common(language, &one, &other, words), expected, "{one:?} {other:?}");
            hits[usize::from(expected)] += 1;
        }
        assert!(hits[0] > 500 && hits[1] > 500, "{hits:?}");
    }

    #[test]
    fn case_marks_and_apostrophes_do_not_count_but_digits_do() {
        let text = "The ferry’s bell rang at noon on 12 May.";
        assert!(common(Language::ENGLISH, text, "THE FERRY'S BELL (rang) at noon", 6));
        assert!(!common(Language::ENGLISH, text, "at noon on 13 May", 5));
        assert!(common(Language::ENGLISH, text, "at noon on 12 May", 5));
        assert!(!common(Language::ENGLISH, text, "at noon on 12", 5));
        assert_eq!(Tokens::new(Language::ENGLISH, "").ngrams(5).count(), 0);
        assert_eq!(Tokens::new(Language::ENGLISH, "— * — * — * —").ngrams(5).count(), 0);
    }

    #[test]
    fn six_words_or_twelve_characters_are_telling() {
        let telling =
            |language: &str, text: &str| Tokens::new(language.parse().unwrap(), text).is_telling();
        assert!(telling("en", "The bridge is closed for repair."));
        assert!(!telling("en", "What are you doing here?"));
        assert!(telling("zh", "渡轮将于三月重新开始航行了。"));
        assert!(!telling("ja", "橋は閉鎖されている"));
    }
}
