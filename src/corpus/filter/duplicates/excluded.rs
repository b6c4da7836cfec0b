//! Texts that training data must not contain, such as those of public test sets.

#[cfg(feature = "build")]
use xxhash_rust::xxh3::xxh3_64;

use super::held_out::HeldOutTexts;
use super::sketch::Sketch;
use crate::Language;
use crate::text::is_blank;

/// Texts of test sets, each with the name of the set. It finds texts that equal one of them, or nearly: see
/// [`HeldOutTexts`] for how near.
///
/// A row is contaminated if the text of one of its languages is found; the test set may have only that
/// language. Regions do not count: `en-GB` is compared with `en`.
///
/// ```
/// use bitext::{Language, corpus::filter::ExcludedTexts};
///
/// let mut excluded = ExcludedTexts::default();
/// assert!(excluded.is_empty());
/// excluded.add("news-test", Language::GERMAN, "Die Fähre fährt wieder ab dem 14. März.");
/// let found = excluded.find(Language::GERMAN, "Die Fähre fährt wieder, ab dem 14. März");
/// assert_eq!(found, Some("news-test"));
/// assert_eq!(excluded.find(Language::GERMAN, "Die Brücke ist gesperrt."), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExcludedTexts(Vec<(String, HeldOutTexts)>);

impl ExcludedTexts {
    /// Adds a text of a test set. A blank text is ignored.
    pub fn add(&mut self, set: &str, language: Language, text: &str) {
        if is_blank(text) {
            return;
        }
        let known = self.0.iter().position(|(name, _)| name == set);
        let at = known.unwrap_or_else(|| {
            self.0.push((set.to_string(), HeldOutTexts::default()));
            self.0.len() - 1
        });
        self.0[at].1.add(language.base(), text);
    }

    /// The name of the first test set that has a text, or nearly.
    pub fn find(&self, language: Language, text: &str) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        self.find_sketch(&Sketch::new(language.base(), text))
    }

    /// The same for a text whose sketch is known.
    pub(crate) fn find_sketch(&self, text: &Sketch) -> Option<&str> {
        let (name, _) = self.0.iter().find(|(_, texts)| texts.holds_sketch(text))?;
        Some(name)
    }

    /// The test sets, each with the number of its different texts.
    ///
    /// ```
    /// use bitext::{Language, corpus::filter::ExcludedTexts};
    ///
    /// let mut excluded = ExcludedTexts::default();
    /// excluded.add("news-test", Language::ENGLISH, "The ferry runs again.");
    /// assert!(excluded.sets().eq([("news-test", 1)]));
    /// ```
    pub fn sets(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, texts)| (name.as_str(), texts.len()))
    }

    /// Whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A hash of the texts, regardless of their order. `None` without texts.
    #[cfg(feature = "build")]
    pub(crate) fn fingerprint(&self) -> Option<String> {
        let mut hashes: Vec<u128> =
            self.0.iter().flat_map(|(_, texts)| texts.exact_hashes()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        (!hashes.is_empty()).then(|| format!("{:016x}", xxh3_64(&bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_their_language_alone() {
        let mut excluded = ExcludedTexts::default();
        excluded.add("one", Language::ENGLISH, "The ferry at Belvarn runs again.");
        excluded.add("two", Language::GERMAN, "Die Fähre fährt wieder.");
        excluded.add("two", Language::GERMAN, " \u{a0}");
        let british: Language = "en-GB".parse().unwrap();
        assert_eq!(excluded.find(british, "The ferry at Belvarn  runs again"), Some("one"));
        assert_eq!(excluded.find(Language::GERMAN, "The ferry at Belvarn runs again."), None);
        assert_eq!(excluded.find(Language::GERMAN, "Die Fähre fährt wieder."), Some("two"));
        assert!(excluded.sets().eq([("one", 1), ("two", 1)]));
    }

    #[cfg(feature = "build")]
    #[test]
    fn the_fingerprint_depends_on_the_texts_and_not_on_their_order() {
        let of = |texts: &[&str]| {
            let mut excluded = ExcludedTexts::default();
            texts.iter().for_each(|text| excluded.add("set", Language::ENGLISH, text));
            excluded.fingerprint()
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["One ferry.", "Two ferries."]), of(&["Two ferries.", "One ferry."]));
        assert_ne!(of(&["One ferry."]), of(&["Two ferries."]));
    }
}
