//! Finds texts that repeat an excluded one.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
#[cfg(feature = "build")]
use xxhash_rust::xxh3::xxh3_64;

use super::hashes::{ExcludedHashes, TextHashes, telling_sentences};
use super::ngrams::{DEFAULT_NGRAM_WORDS, NGRAM_WORDS, Tokens};
use crate::corpus::filter::duplicates::{HeldOutTexts, Sketch};
use crate::text::is_blank;
use crate::{Error, Language, Result};

/// How a text repeats an excluded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExcludedMatch {
    /// The text is an excluded text, or a sentence of one.
    Exact,
    /// It is nearly the same: see [`HeldOutTexts`](crate::corpus::filter::HeldOutTexts) for how near.
    Near,
    /// One of its sentences is an excluded text, or a sentence of one, or nearly.
    Sentence,
    /// It has a run of words (an n-gram) of an excluded text.
    Ngram,
}

impl ExcludedMatch {
    /// The name in files: `exact`, `near`, `sentence` or `ngram`.
    ///
    /// ```
    /// use bitext::corpus::filter::ExcludedMatch;
    ///
    /// assert_eq!(ExcludedMatch::Ngram.code(), "ngram");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            ExcludedMatch::Exact => "exact",
            ExcludedMatch::Near => "near",
            ExcludedMatch::Sentence => "sentence",
            ExcludedMatch::Ngram => "ngram",
        }
    }
}

/// An excluded text that another text repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExcludedHit<'a> {
    /// The name of its test set.
    pub set: &'a str,
    /// Its line or row in the test set.
    pub line: u64,
    /// How the text repeats it.
    pub kind: ExcludedMatch,
}

/// Texts of test sets, each with the name of the set and the line there. It finds texts that repeat one of
/// them, in the same language. Regions do not count: `en-GB` is compared with `en`.
///
/// A row is contaminated if a text of one of its languages is found; the test set may have only that
/// language. [`ExcludedMatch`] says what is found. Sentences inside a longer text are compared if they have
/// at least six words, because shorter ones occur in unrelated texts. N-grams have 13 words by default, and
/// their digits count. In languages that are written without spaces, such as Chinese, two characters are a
/// word.
///
/// ```
/// use bitext::{Language, corpus::filter::{ExcludedMatch, ExcludedTexts}};
///
/// let mut excluded = ExcludedTexts::default();
/// assert!(excluded.is_empty());
/// excluded.add("news-test", 1, Language::GERMAN, "Die Fähre fährt wieder ab dem 14. März.");
/// let hit = excluded.find(Language::GERMAN, "Die Fähre fährt wieder, ab dem 14. März").unwrap();
/// assert_eq!((hit.set, hit.line, hit.kind), ("news-test", 1, ExcludedMatch::Near));
/// let document = "Gute Nachrichten aus Hov! Die Fähre fährt wieder ab dem 14. März. Alle freuen sich.";
/// let hit = excluded.find(Language::GERMAN, document).unwrap();
/// assert_eq!(hit.kind, ExcludedMatch::Sentence);
/// assert_eq!(excluded.find(Language::GERMAN, "Die Brücke ist gesperrt."), None);
/// ```
///
/// # Memory
///
/// A text takes about 700 bytes, and 20 to 40 for each n-gram.
#[derive(Clone, Debug)]
pub struct ExcludedTexts {
    ngram_words: usize,
    /// The name of each test set, and the number of its texts.
    sets: Vec<(String, usize)>,
    /// The texts, and the sentences of longer ones.
    texts: HeldOutTexts,
    /// For each of `texts`, its place.
    places: Vec<Place>,
    /// For each n-gram, the first of `texts` with it.
    ngrams: HashMap<u64, u32, FxBuildHasher>,
}

/// Where a text is from.
#[derive(Clone, Copy, Debug)]
struct Place {
    set: u32,
    line: u64,
}

impl Default for ExcludedTexts {
    fn default() -> ExcludedTexts {
        ExcludedTexts {
            ngram_words: DEFAULT_NGRAM_WORDS,
            sets: Vec::new(),
            texts: HeldOutTexts::default(),
            places: Vec::new(),
            ngrams: HashMap::default(),
        }
    }
}

impl ExcludedTexts {
    /// The words of an n-gram by default.
    pub const DEFAULT_NGRAM_WORDS: usize = DEFAULT_NGRAM_WORDS;

    /// No texts yet, to be compared by n-grams of so many words, 5 to 100.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for another number.
    ///
    /// ```
    /// use bitext::{Language, corpus::filter::ExcludedTexts};
    ///
    /// let mut excluded = ExcludedTexts::with_ngram_words(8)?;
    /// assert_eq!(excluded.ngram_words(), 8);
    /// let text = "The ferry at Belvarn will run again from 14 March, the town said.";
    /// excluded.add("news-test", 1, Language::ENGLISH, text);
    /// assert!(excluded.find(Language::ENGLISH, "So the ferry at Belvarn will run again from June.").is_some());
    /// assert!(ExcludedTexts::with_ngram_words(2).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_ngram_words(words: usize) -> Result<ExcludedTexts> {
        check_ngram_words(words)?;
        Ok(ExcludedTexts { ngram_words: words, ..ExcludedTexts::default() })
    }

    /// The words of an n-gram.
    pub fn ngram_words(&self) -> usize {
        self.ngram_words
    }

    /// Adds the text of a line of a test set; lines count from 1. A blank text is ignored. Of equal texts,
    /// the first one counts.
    pub fn add(&mut self, set: &str, line: u64, language: Language, text: &str) {
        if !is_blank(text) {
            let set = self.add_set(set);
            self.add_hashes(set, line, &ExcludedHashes::new(language, text, self.ngram_words));
        }
    }

    /// The index of a set in `sets`.
    pub(super) fn add_set(&mut self, name: &str) -> usize {
        // A set is the last one, unless sets are mixed.
        let known = self.sets.iter().rposition(|(known, _)| known == name);
        known.unwrap_or_else(|| {
            self.sets.push((name.to_string(), 0));
            self.sets.len() - 1
        })
    }

    pub(super) fn add_hashes(&mut self, set: usize, line: u64, hashes: &ExcludedHashes) {
        let Ok(set_number) = u32::try_from(set) else { return };
        let place = Place { set: set_number, line };
        let Some(number) = self.add_text(place, &hashes.whole) else { return };
        self.sets[set].1 += 1;
        for sentence in &hashes.sentences {
            self.add_text(place, sentence);
        }
        for ngram in &hashes.ngrams {
            self.ngrams.entry(*ngram).or_insert(number);
        }
    }

    /// Adds a text, and returns its number if it is new.
    fn add_text(&mut self, place: Place, hashes: &TextHashes) -> Option<u32> {
        let number = self.texts.insert(hashes.exact, &hashes.near)?;
        self.places.push(place);
        Some(number)
    }

    /// The first excluded text that a text repeats. A text in several test sets is found in the first one.
    pub fn find(&self, language: Language, text: &str) -> Option<ExcludedHit<'_>> {
        if self.is_empty() {
            return None;
        }
        self.find_sketched(&Sketch::new(language.base(), text), language.base(), text)
    }

    /// The same for a text whose sketch in this language is known.
    #[doc(hidden)]
    pub fn find_sketched(
        &self,
        sketch: &Sketch,
        language: Language,
        text: &str,
    ) -> Option<ExcludedHit<'_>> {
        if self.is_empty() {
            return None;
        }
        if language != language.base() {
            return self.find(language, text);
        }
        let hashes = TextHashes::from(sketch);
        let (number, kind) = match self.texts.search(hashes.exact, &hashes.near) {
            Some((number, true)) => (number, ExcludedMatch::Exact),
            Some((number, false)) => (number, ExcludedMatch::Near),
            None => match self.find_sentence(language, text) {
                Some(number) => (number, ExcludedMatch::Sentence),
                None => (self.find_ngram(language, text)?, ExcludedMatch::Ngram),
            },
        };
        let place = self.places.get(number as usize)?;
        let (set, _) = self.sets.get(place.set as usize)?;
        Some(ExcludedHit { set, line: place.line, kind })
    }

    fn find_sentence(&self, language: Language, text: &str) -> Option<u32> {
        telling_sentences(language, text).into_iter().find_map(|sentence| {
            let hashes = TextHashes::from(&Sketch::new(language, sentence));
            self.texts.search(hashes.exact, &hashes.near).map(|(number, _)| number)
        })
    }

    fn find_ngram(&self, language: Language, text: &str) -> Option<u32> {
        if self.ngrams.is_empty() {
            return None;
        }
        let tokens = Tokens::new(language, text);
        tokens.ngrams(self.ngram_words).find_map(|ngram| self.ngrams.get(&ngram).copied())
    }

    /// The test sets, each with the number of its different texts. A text of several sets is counted in the
    /// first one.
    ///
    /// ```
    /// use bitext::{Language, corpus::filter::ExcludedTexts};
    ///
    /// let mut excluded = ExcludedTexts::default();
    /// excluded.add("news-test", 1, Language::ENGLISH, "The ferry runs again.");
    /// assert!(excluded.sets().eq([("news-test", 1)]));
    /// ```
    pub fn sets(&self) -> impl Iterator<Item = (&str, usize)> {
        self.sets.iter().map(|(name, texts)| (name.as_str(), *texts))
    }

    /// Whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// A hash of the texts, regardless of their order, and of the length of n-grams. `None` without texts.
    #[cfg(feature = "build")]
    pub(crate) fn fingerprint(&self) -> Option<String> {
        let mut hashes: Vec<u128> = self.texts.exact_hashes().collect();
        hashes.sort_unstable();
        let bytes = hashes.iter().flat_map(|hash| hash.to_le_bytes());
        let bytes: Vec<u8> = bytes.chain(self.ngram_words.to_le_bytes()).collect();
        (!hashes.is_empty()).then(|| format!("{:016x}", xxh3_64(&bytes)))
    }
}

pub(super) fn check_ngram_words(words: usize) -> Result<()> {
    if NGRAM_WORDS.contains(&words) {
        return Ok(());
    }
    let (least, most) = (NGRAM_WORDS.start(), NGRAM_WORDS.end());
    Err(Error::config("ngram_words", format!("must be {least} to {most}, got {words}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "The ferry that links the two banks of the river Ouda will stop for a whole month, \
                        because its engine has to be replaced.";

    fn found(
        excluded: &ExcludedTexts,
        language: Language,
        text: &str,
    ) -> Option<(String, u64, ExcludedMatch)> {
        let hit = excluded.find(language, text)?;
        Some((hit.set.to_string(), hit.line, hit.kind))
    }

    #[test]
    fn texts_are_found_in_their_language_alone() {
        let mut excluded = ExcludedTexts::default();
        excluded.add("one", 3, Language::ENGLISH, "The ferry at Belvarn runs again.");
        excluded.add("two", 1, Language::GERMAN, "Die Fähre fährt wieder.");
        excluded.add("two", 2, Language::GERMAN, " \u{a0}");
        let british: Language = "en-GB".parse().unwrap();
        let hit = |set: &str, line, kind| Some((set.to_string(), line, kind));
        let text = "The ferry at Belvarn  runs again";
        assert_eq!(found(&excluded, british, text), hit("one", 3, ExcludedMatch::Near));
        assert_eq!(found(&excluded, Language::GERMAN, text), None);
        let text = "Die Fähre fährt wieder.";
        assert_eq!(found(&excluded, Language::GERMAN, text), hit("two", 1, ExcludedMatch::Exact));
        assert!(excluded.sets().eq([("one", 1), ("two", 1)]));
    }

    #[test]
    fn runs_of_thirteen_words_are_found_in_longer_texts() {
        let mut excluded = ExcludedTexts::default();
        excluded.add("one", 7, Language::ENGLISH, LONG);
        let words: Vec<&str> = LONG.split(' ').collect();
        let text = |count: usize| {
            format!(
                "As we heard, {} and so on, said the man in the harbour office.",
                words[3..3 + count].join(" ")
            )
        };
        let hit = Some(("one".to_string(), 7, ExcludedMatch::Ngram));
        assert_eq!(found(&excluded, Language::ENGLISH, &text(13)), hit);
        assert_eq!(found(&excluded, Language::ENGLISH, &text(12)), None);
        let mut shorter = ExcludedTexts::with_ngram_words(12).unwrap();
        shorter.add("one", 7, Language::ENGLISH, LONG);
        assert_eq!(found(&shorter, Language::ENGLISH, &text(12)), hit);
    }

    #[test]
    fn short_sentences_are_found_among_others_if_they_are_telling() {
        let mut excluded = ExcludedTexts::default();
        let bridge = "The old stone bridge at Belvarn is green again since spring.";
        excluded.add("one", 1, Language::ENGLISH, bridge);
        excluded.add("one", 2, Language::ENGLISH, "Yes, of course.");
        excluded.add(
            "one",
            3,
            Language::ENGLISH,
            "He came late. Nobody had waited for the old captain. Rain fell.",
        );
        let inside = |sentence: &str| {
            let text = format!("Nothing new here. {sentence} The town has no money for it.");
            found(&excluded, Language::ENGLISH, &text).map(|(_, line, kind)| (line, kind))
        };
        let hit = |line| Some((line, ExcludedMatch::Sentence));
        assert_eq!(inside(bridge), hit(1));
        assert_eq!(inside(&bridge.replace("at", "in")), hit(1));
        assert_eq!(inside("Yes, of course."), None);
        assert_eq!(inside("Nobody had waited for the old captain."), hit(3));
        assert_eq!(inside("He came late."), None);
        let alone = found(&excluded, Language::ENGLISH, "Nobody had waited for the old captain.");
        assert_eq!(alone.unwrap().2, ExcludedMatch::Exact);
        assert!(excluded.find(Language::ENGLISH, "Yes, of course.").is_some());
    }

    #[cfg(feature = "build")]
    #[test]
    fn the_fingerprint_depends_on_the_texts_and_not_on_their_order() {
        let of = |texts: &[&str]| {
            let mut excluded = ExcludedTexts::default();
            texts.iter().for_each(|text| excluded.add("set", 1, Language::ENGLISH, text));
            excluded.fingerprint()
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["One ferry.", "Two ferries."]), of(&["Two ferries.", "One ferry."]));
        assert_ne!(of(&["One ferry."]), of(&["Two ferries."]));
        let mut other = ExcludedTexts::with_ngram_words(8).unwrap();
        other.add("set", 1, Language::ENGLISH, "One ferry.");
        assert_ne!(of(&["One ferry."]), other.fingerprint());
    }
}
