//! Texts that training data must not have.

use std::collections::{HashMap, HashSet};

use rustc_hash::FxBuildHasher;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::sketch::{MIN_HASHES, Sketch};
use crate::Language;

/// Texts are compared where one of so many keys is the same.
const KEYS_PER_TEXT: usize = 12;
const HASHES_PER_KEY: usize = MIN_HASHES / KEYS_PER_TEXT;
/// They are nearly the same where so many of their least hashes are.
const MIN_EQUAL_HASHES: usize = 31;
const NO_TEXT: u32 = u32::MAX;

/// The texts of a test or development set, of which no other may be one, or nearly one.
///
/// Unlike [`near_keys`](super::near_keys), which only are compared with each other, it keeps the
/// 48 least hashes of each text, some 650 bytes in all, finds those that may be alike by twelve keys of
/// four, and counts: two texts are nearly the same where 31 hashes are. With the share *s* of
/// their runs of four characters in common they are told with probability .996 at .8, .8 at
/// .7, .3 at .6, .03 at .5.
///
/// Texts of one template, thousands of them, are mostly alike or differ in figures only, which are
/// the same here, so few are compared. Where a template leaves half of a text to others, names or
/// titles, its texts are not alike, but have keys in common: up to a third of those that
/// were added is compared then, some 15 ns each.
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
    exact: HashSet<u128, FxBuildHasher>,
    /// The least hashes of all texts, hashed: of texts that differ in figures, one is enough.
    known: HashSet<u128, FxBuildHasher>,
    texts: Vec<[u32; MIN_HASHES]>,
    /// By key: the last text that has it.
    last: HashMap<u64, u32, FxBuildHasher>,
    /// By text and key: the text before that has it.
    before: Vec<[u32; KEYS_PER_TEXT]>,
}

impl HeldOutTexts {
    /// Adds a text.
    pub fn add(&mut self, language: Language, text: &str) {
        self.add_sketch(&Sketch::new(language, text));
    }

    /// Adds a text whose sketch is at hand.
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
    pub fn add_sketch(&mut self, text: &Sketch) {
        if !self.exact.insert(text.exact) {
            return;
        }
        let hashes = text.least;
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        if !self.known.insert(xxh3_128(&bytes)) {
            return;
        }
        let Ok(number) = u32::try_from(self.texts.len()) else { return };
        let before = keys(&hashes).map(|key| self.last.insert(key, number).unwrap_or(NO_TEXT));
        self.before.push(before);
        self.texts.push(hashes);
    }

    /// Whether the text is one of those that were added, or nearly one.
    pub fn holds(&self, language: Language, text: &str) -> bool {
        !self.texts.is_empty() && self.holds_sketch(&Sketch::new(language, text))
    }

    /// The same of a text whose sketch is at hand.
    pub fn holds_sketch(&self, text: &Sketch) -> bool {
        if self.exact.contains(&text.exact) {
            return true;
        }
        self.search(&text.least, &mut 0)
    }

    /// Whether one of the texts is alike; counts those that it is compared with.
    fn search(&self, hashes: &[u32; MIN_HASHES], compared: &mut usize) -> bool {
        let mut alike = |other: &[u32; MIN_HASHES]| {
            *compared += 1;
            hashes.iter().zip(other).filter(|(one, other)| one == other).count() >= MIN_EQUAL_HASHES
        };
        keys(hashes).iter().enumerate().any(|(band, key)| {
            let mut next = self.last.get(key).copied();
            while let Some(number) = next {
                if self.texts.get(number as usize).is_some_and(&mut alike) {
                    return true;
                }
                let before = self.before.get(number as usize).map(|before| before[band]);
                next = before.filter(|before| *before != NO_TEXT);
            }
            false
        })
    }

    /// How many different texts there are.
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

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }
}

fn keys(hashes: &[u32; MIN_HASHES]) -> [u64; KEYS_PER_TEXT] {
    std::array::from_fn(|band| {
        let rows = &hashes[band * HASHES_PER_KEY..(band + 1) * HASHES_PER_KEY];
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
    fn what_is_near_is_found_and_nothing_else() {
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
    fn of_many_texts_of_one_template_few_are_compared() {
        // How many a text is compared with, where so many were added.
        let compared = |count: usize| {
            let mut held_out = HeldOutTexts::default();
            for text in reports(count, 5) {
                held_out.add(Language::ENGLISH, &text);
            }
            let (mut compared, mut found) = (0, 0);
            for text in reports(500, 6) {
                let hashes = Sketch::new(Language::ENGLISH, &text).least;
                found += usize::from(held_out.search(&hashes, &mut compared));
            }
            assert!(found > 400, "{count}: {found}");
            compared as f64 / 500.0
        };
        // Of sixteen times as many, sixteen times as many would be if all had to be.
        let (few, many) = (compared(1_000), compared(16_000));
        assert!(many < 100.0 && many < 4.0 * few, "{few}, {many}");
    }

    #[test]
    fn texts_that_differ_in_figures_are_compared_as_one() {
        let mut held_out = HeldOutTexts::default();
        for number in 0..10_000 {
            let text = format!("On day {number} the ferry carried {} cars.", number * 7);
            held_out.add(Language::ENGLISH, &text);
        }
        assert_eq!((held_out.len(), held_out.texts.len()), (10_000, 1));
        let mut compared = 0;
        let other = "On day 7 the ferry carried nobody, and nothing was said of any car.";
        assert!(!held_out.search(&Sketch::new(Language::ENGLISH, other).least, &mut compared));
        assert!(compared <= KEYS_PER_TEXT);
        assert!(held_out.holds(Language::ENGLISH, "On day 77777 the ferry carried 3 cars."));
    }

    #[test]
    fn short_and_empty_texts_are_told_apart() {
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
