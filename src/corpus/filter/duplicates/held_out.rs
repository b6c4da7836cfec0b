//! Held-out texts: texts of a test or development set that training data must not contain.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use rustc_hash::FxBuildHasher;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::sketch::{MIN_HASHES, Sketch};
use crate::Language;

/// Bands of the MinHash signature; texts are compared if they have one in common.
const HELD_OUT_BANDS: usize = 12;
/// Hashes in a band.
const HASHES_PER_HELD_OUT_BAND: usize = MIN_HASHES / HELD_OUT_BANDS;
/// Equal hashes of the 48 from which two texts are near duplicates. [`HeldOutTexts`] has the probabilities.
const MIN_EQUAL_HASHES: usize = 31;
/// Ends a chain of texts with the same band.
const NO_TEXT: u32 = u32::MAX;

/// The texts of a test or development set. It finds other texts that equal one of them, or nearly.
///
/// Two texts are near duplicates if 31 of their 48 MinHash hashes are equal. Let *s* be the share of runs of
/// four characters that both texts have. Then a text is found with probability 0.996 at *s* = 0.8, 0.8 at
/// 0.7, 0.3 at 0.6, and 0.03 at 0.5. This finds more than [`DedupKeys::near`](super::DedupKeys::near),
/// because the hashes themselves are compared; numbers and negations are ignored. A text takes about 650
/// bytes.
///
/// # Speed
///
/// Only texts that share a band of four hashes are compared, about 15 ns each. Texts of one template that
/// differ only in numbers are stored once. If names or titles make up half of a template, up to a third of the
/// stored texts may be compared.
///
/// ```
/// use bitext::{Language, corpus::filter::HeldOutTexts};
///
/// let mut test = HeldOutTexts::default();
/// test.add(Language::ENGLISH, "The ferry at Belvarn will run again from 14 March, the town said.");
/// let holds = |text| test.holds(Language::ENGLISH, text);
/// assert!(holds("The ferry in Belvarn will run again from 21 March, the town said"));
/// assert!(!holds("The ferry at Belvarn was painted green and white by the children."));
/// ```
#[derive(Clone, Debug, Default)]
pub struct HeldOutTexts {
    /// The number of each text by its exact hash, in the order in which they were added.
    exact: HashMap<[u64; 2], u32, FxBuildHasher>,
    /// Hashes of the signatures in `texts`; each signature is stored once.
    known: HashSet<u128, FxBuildHasher>,
    /// The signatures.
    texts: Vec<[u32; MIN_HASHES]>,
    /// For each signature, the number of its first text.
    numbers: Vec<u32>,
    /// The last text with each band.
    last: HashMap<u64, u32, FxBuildHasher>,
    /// For each text and band, the previous text with the same band, or [`NO_TEXT`].
    before: Vec<[u32; HELD_OUT_BANDS]>,
}

impl HeldOutTexts {
    /// Adds a text.
    pub fn add(&mut self, language: Language, text: &str) {
        self.add_sketch(&Sketch::new(language, text));
    }

    /// Adds a text whose sketch is known.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{HeldOutTexts, Sketch};
    ///
    /// let sketch = |text| Sketch::new(Language::ENGLISH, text);
    /// let mut test = HeldOutTexts::default();
    /// test.add_sketch(&sketch("The ferry will run again."));
    /// assert!(test.holds_sketch(&sketch("The ferry will  run again.")));
    /// assert!(!test.holds_sketch(&sketch("The bridge is closed.")));
    /// ```
    #[doc(hidden)]
    pub fn add_sketch(&mut self, text: &Sketch) {
        self.insert(text.exact, &text.least);
    }

    /// Adds a text by its hashes. Returns its number, from 0, if it is new.
    pub(in crate::corpus::filter) fn insert(
        &mut self,
        exact: u128,
        hashes: &[u32; MIN_HASHES],
    ) -> Option<u32> {
        let number = u32::try_from(self.exact.len()).ok()?;
        match self.exact.entry(halves(exact)) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(free) => free.insert(number),
        };
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        if self.known.insert(xxh3_128(&bytes)) {
            // There are no more signatures than texts.
            let at = self.texts.len() as u32;
            let before = bands(hashes).map(|key| self.last.insert(key, at).unwrap_or(NO_TEXT));
            self.before.push(before);
            self.texts.push(*hashes);
            self.numbers.push(number);
        }
        Some(number)
    }

    /// Whether the text equals one of the held-out texts, or nearly.
    pub fn holds(&self, language: Language, text: &str) -> bool {
        !self.texts.is_empty() && self.holds_sketch(&Sketch::new(language, text))
    }

    /// The same for a text whose sketch is known.
    #[doc(hidden)]
    pub fn holds_sketch(&self, text: &Sketch) -> bool {
        self.search(text.exact, &text.least).is_some()
    }

    /// The number of the text that equals a text with these hashes, or nearly, and whether it equals it.
    pub(in crate::corpus::filter) fn search(
        &self,
        exact: u128,
        hashes: &[u32; MIN_HASHES],
    ) -> Option<(u32, bool)> {
        if let Some(number) = self.exact.get(&halves(exact)) {
            return Some((*number, true));
        }
        let near = self.search_near(hashes, &mut 0)?;
        self.numbers.get(near).map(|number| (*number, false))
    }

    /// The signature that a signature is near to. `compared` counts the comparisons.
    fn search_near(&self, hashes: &[u32; MIN_HASHES], compared: &mut usize) -> Option<usize> {
        let mut alike = |other: &[u32; MIN_HASHES]| {
            *compared += 1;
            hashes.iter().zip(other).filter(|(one, other)| one == other).count() >= MIN_EQUAL_HASHES
        };
        bands(hashes).iter().enumerate().find_map(|(band, key)| {
            let mut next = self.last.get(key).copied();
            while let Some(number) = next {
                let at = number as usize;
                if self.texts.get(at).is_some_and(&mut alike) {
                    return Some(at);
                }
                let before = self.before.get(at).map(|before| before[band]);
                next = before.filter(|before| *before != NO_TEXT);
            }
            None
        })
    }

    /// The hashes of the texts and their languages, in no order.
    #[cfg(feature = "build")]
    pub(in crate::corpus::filter) fn exact_hashes(&self) -> impl Iterator<Item = u128> + '_ {
        self.exact.keys().map(|[high, low]| u128::from(*high) << 64 | u128::from(*low))
    }

    /// A hash of the texts, regardless of their order.
    #[cfg(feature = "build")]
    pub(crate) fn fingerprint(&self) -> String {
        let mut hashes: Vec<u128> = self.exact_hashes().collect();
        hashes.sort_unstable();
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        format!("{:032x}", xxh3_128(&bytes))
    }

    /// The number of different texts.
    ///
    /// ```
    /// use bitext::{Language, corpus::filter::HeldOutTexts};
    ///
    /// let mut test = HeldOutTexts::default();
    /// assert!(test.is_empty());
    /// test.add(Language::ENGLISH, "The ferry runs again.");
    /// test.add(Language::ENGLISH, "The  ferry runs again.");
    /// test.add(Language::GERMAN, "The ferry runs again.");
    /// assert_eq!(test.len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.exact.len()
    }

    /// Whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }
}

/// A hash as two numbers, which take less room in a table.
fn halves(hash: u128) -> [u64; 2] {
    [(hash >> 64) as u64, hash as u64]
}

/// A hash of each band of a signature.
fn bands(hashes: &[u32; MIN_HASHES]) -> [u64; HELD_OUT_BANDS] {
    std::array::from_fn(|band| {
        let rows = &hashes[band * HASHES_PER_HELD_OUT_BAND..(band + 1) * HASHES_PER_HELD_OUT_BAND];
        let bytes: Vec<u8> = rows.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        xxh3_64_with_seed(&bytes, band as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of made-up words, and what each becomes when some of its words are replaced.
    fn texts(count: usize, words: usize, replaced: usize) -> Vec<(String, String)> {
        let mut state = 11_u64;
        let mut word = move || -> String {
            let mut letter = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + ((state >> 33) % 26) as u8)
            };
            (0..6).map(|_| letter()).collect()
        };
        let text = |_| {
            let one: Vec<String> = (0..words).map(|_| word()).collect();
            let mut other = one.clone();
            for at in 0..replaced {
                other[at * words / replaced] = word();
            }
            (one.join(" "), other.join(" "))
        };
        (0..count).map(text).collect()
    }

    fn share(one: &str, other: &str) -> f64 {
        let runs = |text: &str| -> HashSet<Vec<u8>> {
            text.as_bytes().windows(4).map(<[u8]>::to_vec).collect()
        };
        let (one, other) = (runs(one), runs(other));
        one.intersection(&other).count() as f64 / one.union(&other).count() as f64
    }

    #[test]
    fn near_duplicates_are_found_and_nothing_else() {
        for (words, replaced, range, found) in [
            (20, 1, 0.91..0.92, 499..=500),
            (22, 2, 0.81..0.83, 495..=500),
            (20, 4, 0.6..0.62, 100..=250),
            (20, 10, 0.22..0.23, 0..=0),
        ] {
            let texts = texts(500, words, replaced);
            let mut held_out = HeldOutTexts::default();
            texts.iter().for_each(|(one, _)| held_out.add(Language::ENGLISH, one));
            assert_eq!(held_out.len(), 500);
            let shares = texts.iter().map(|(one, other)| share(one, other)).sum::<f64>() / 500.0;
            assert!(range.contains(&shares), "{words} {replaced}: {shares}");
            let held = texts.iter().filter(|(_, text)| held_out.holds(Language::ENGLISH, text));
            let held = held.count();
            assert!(found.contains(&held), "{words} {replaced}: {held}");
            assert!(texts.iter().all(|(one, _)| held_out.holds(Language::ENGLISH, one)));
            assert!(!texts.iter().any(|(one, _)| held_out.holds(Language::GERMAN, one)));
        }
    }

    /// Texts of one template with made-up names.
    fn reports(count: usize, seed: u64) -> Vec<String> {
        let mut state = seed;
        let mut below = move |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % most
        };
        let months = ["January", "April", "June", "August", "October", "December"];
        let skies = ["sunny", "cloudy", "light rain", "heavy snow", "fog in the morning"];
        let report = |_| {
            let city: String = (0..8).map(|_| char::from(b'a' + below(26) as u8)).collect();
            let (day, month) = (below(28) + 1, months[below(6) as usize]);
            let (sky, degrees) = (skies[below(5) as usize], below(40));
            format!("Weather in {city} on {day} {month}: {sky}, up to {degrees} degrees.")
        };
        (0..count).map(report).collect()
    }

    #[test]
    fn few_texts_of_one_template_are_compared() {
        // The mean number of comparisons of a text with `count` stored texts.
        let compared = |count: usize| {
            let mut held_out = HeldOutTexts::default();
            for text in reports(count, 5) {
                held_out.add(Language::ENGLISH, &text);
            }
            let (mut compared, mut found) = (0, 0);
            for text in reports(500, 6) {
                let hashes = Sketch::new(Language::ENGLISH, &text).least;
                found += usize::from(held_out.search_near(&hashes, &mut compared).is_some());
            }
            assert!(found > 400, "{count}: {found}");
            compared as f64 / 500.0
        };
        // The number must grow much slower than the number of stored texts.
        let (few, many) = (compared(1_000), compared(16_000));
        assert!(many < 100.0 && many < 4.0 * few, "{few}, {many}");
    }

    #[test]
    fn texts_that_differ_in_numbers_are_stored_once() {
        let mut held_out = HeldOutTexts::default();
        for number in 0..10_000 {
            let text = format!("On day {number} the ferry carried {} cars.", number * 7);
            held_out.add(Language::ENGLISH, &text);
        }
        assert_eq!((held_out.len(), held_out.texts.len()), (10_000, 1));
        let mut compared = 0;
        let other = "On day 7 the ferry carried nobody, and nothing was said of any car.";
        let hashes = Sketch::new(Language::ENGLISH, other).least;
        assert!(held_out.search_near(&hashes, &mut compared).is_none());
        assert!(compared <= HELD_OUT_BANDS);
        assert!(held_out.holds(Language::ENGLISH, "On day 77777 the ferry carried 3 cars."));
    }

    #[test]
    fn short_and_empty_texts_are_distinguished() {
        let mut held_out = HeldOutTexts::default();
        assert!(!held_out.holds(Language::ENGLISH, ""));
        for text in ["", "–", "a", "Yes.", "Yes."] {
            held_out.add(Language::ENGLISH, text);
            assert!(held_out.holds(Language::ENGLISH, text));
        }
        assert_eq!(held_out.len(), 4);
        assert!(!held_out.holds(Language::ENGLISH, "No."));
    }
}
