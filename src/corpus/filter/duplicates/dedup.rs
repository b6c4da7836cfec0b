//! Exact and near duplicates, found by keys.
//!
//! In: the texts of a pair. Out: [`DedupKeys`]; two pairs with a key in common are duplicates. A
//! [`Deduplicator`] keeps the keys of a stream of pairs.
//!
//! Near duplicates are found by MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of
//! Massive Datasets*, chapter 3).

use std::collections::HashSet;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::super::reason::{Reason, Reasons};
use super::sketch::{MIN_HASHES, Sketch, least_of_all};
use super::template::Template;
use crate::Language;
use crate::setters::setters;

/// Which texts of a pair must be repeated for the pair to be a duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DuplicateSides {
    /// One of its texts is enough.
    Either,
    /// Both texts together, or all texts of a row in three languages.
    Both,
}

/// Which pairs are duplicates.
///
/// In TOML and JSON, `false` switches one kind of duplicates off:
///
/// ```
/// use bitext::corpus::filter::{DedupConfig, DuplicateSides};
///
/// let config: DedupConfig = serde_json::from_str(r#"{"exact": "either", "near": false}"#)?;
/// assert_eq!((config.exact, config.near), (Some(DuplicateSides::Either), None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DedupConfig {
    /// Which texts an exact duplicate repeats. Differences in white space, apostrophes and invisible
    /// characters are ignored. Default: both.
    #[serde(with = "side")]
    pub exact: Option<DuplicateSides>,
    /// Which texts a near duplicate repeats nearly; see [`DedupKeys::near`]. Default: both. The command
    /// `bitext filter` has it off by default.
    #[serde(with = "side")]
    pub near: Option<DuplicateSides>,
    /// Whether a row is a copy of an earlier one if their texts differ in names and numbers only; see
    /// [`DedupKeys::renamed`]. Off by default, because such rows may be wanted: in reference manuals, one
    /// pair in 400 is such a copy of another one, and in weather reports most are.
    pub renamed: bool,
}

setters! { DedupConfig {
    ///
    /// ```
    /// use bitext::corpus::filter::{DedupConfig, DuplicateSides};
    ///
    /// let config = DedupConfig::default().with_exact(DuplicateSides::Either).with_near(None);
    /// assert_eq!((config.exact, config.near), (Some(DuplicateSides::Either), None));
    /// ```
    with_exact: exact = into Option<DuplicateSides>;
    with_near: near = into Option<DuplicateSides>;
    with_renamed: renamed = bool;
} }

impl Default for DedupConfig {
    fn default() -> DedupConfig {
        DedupConfig {
            exact: Some(DuplicateSides::Both),
            near: Some(DuplicateSides::Both),
            renamed: false,
        }
    }
}

impl DedupConfig {
    /// Finds no duplicates.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{DedupConfig, Deduplicator};
    ///
    /// let keys = DedupConfig::off().keys(&[(Language::ENGLISH, "Twice.")]);
    /// let mut seen = Deduplicator::default();
    /// assert!(seen.check(&keys).is_empty() && seen.check(&keys).is_empty());
    /// assert!(seen.is_empty());
    /// ```
    pub fn off() -> DedupConfig {
        DedupConfig { exact: None, near: None, renamed: false }
    }

    /// The keys of a pair, or of the texts of a row in three languages.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::DedupConfig;
    ///
    /// let keys = |text| DedupConfig::default().keys(&[(Language::ENGLISH, text)]);
    /// assert_eq!(keys("The ferry’s  bell").exact, keys(" The ferry's bell\n").exact);
    /// assert_ne!(keys("The ferry's bell").exact, keys("the ferry's bell").exact);
    /// assert_eq!(keys("The ferry's bell").near, keys("the ferry's bell!").near);
    /// ```
    pub fn keys(&self, texts: &[(Language, &str)]) -> DedupKeys {
        let sketches: Vec<Sketch> =
            texts.iter().map(|(language, text)| Sketch::new(*language, text)).collect();
        self.keys_of(&sketches.iter().collect::<Vec<_>>())
    }

    /// The keys of texts whose sketches are known, for sentences that are in several pairs.
    #[doc(hidden)]
    pub fn keys_of(&self, texts: &[&Sketch]) -> DedupKeys {
        let mut keys = DedupKeys::default();
        match self.exact {
            None => {}
            Some(DuplicateSides::Both) => keys.exact.push(exact_key(texts)),
            Some(DuplicateSides::Either) => {
                keys.exact.extend(texts.iter().map(|&text| exact_key(&[text])));
            }
        }
        match self.near {
            None => {}
            Some(DuplicateSides::Both) => keys.near.extend(near_keys(texts)),
            Some(DuplicateSides::Either) => {
                keys.near.extend(texts.iter().flat_map(|&text| near_keys(&[text])));
            }
        }
        if self.renamed {
            keys.renamed = renamed_key(texts);
        }
        keys
    }
}

/// The keys of a pair. Two pairs with an exact key in common are exact duplicates; two pairs with a near
/// key in common are near duplicates.
///
/// Keys are the same on every machine, and in every release with the same
/// [`FORMAT`](Deduplicator::FORMAT).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DedupKeys {
    /// One key of both texts together, or one key of each: XXH3 with 128 bits of the language codes and the
    /// [normalized](crate::text::normalize) texts.
    pub exact: Vec<u128>,
    /// Keys of both texts together, or of each.
    ///
    /// Two pairs are near duplicates if all of these hold:
    ///
    /// * The texts have the same numbers in the same order, and equally many negations.
    /// * At least one text has the same words in both pairs. Only letter case, punctuation and spaces
    ///   differ. So two pairs that differ in a word on both sides are different.
    /// * The texts together have most runs of four characters in common. With the share *s* of all runs in
    ///   common, two pairs have a key in common with probability 1 - (1 - s⁸)⁶: 0.97 at *s* = 0.9,
    ///   0.67 at 0.8, and 0.02 at 0.5.
    ///
    /// A single text is a near duplicate of another one with the same words, numbers and negations.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::DedupConfig;
    ///
    /// let keys = |en, de| DedupConfig::default().keys(&[(Language::ENGLISH, en), (Language::GERMAN, de)]).near;
    /// let first = keys("The ferry runs again from 14 March.", "Die Fähre fährt ab 14. März wieder.");
    /// let near = |en, de| keys(en, de).iter().any(|key| first.contains(key));
    /// assert!(near("The ferry runs again from 14 March!", "Die Fähre fährt ab dem 14. März wieder."));
    /// assert!(!near("The ferry runs again from 21 March.", "Die Fähre fährt ab 21. März wieder."));
    /// assert!(!near("The train runs again from 14 March.", "Der Zug fährt ab 14. März wieder."));
    /// ```
    pub near: Vec<u64>,
    /// A key of what remains of all texts together without numbers and names, which are words with a capital
    /// letter inside a sentence. `None` if [`DedupConfig::renamed`] is off, if a text is hardly more than
    /// names and numbers, and if no text has four other words. In German, names look like other nouns, so
    /// that the key also needs a text in another language.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::DedupConfig;
    ///
    /// let config = DedupConfig::default().with_renamed(true);
    /// let key = |en, de| config.keys(&[(Language::ENGLISH, en), (Language::GERMAN, de)]).renamed;
    /// let first = key("The mayor of Hov opened the school.", "Der Rat von Hov eröffnete die Schule.");
    /// assert!(first.is_some());
    /// let copy = key("The mayor of Belvarn opened the school.", "Der Rat von Belvarn eröffnete die Schule.");
    /// assert_eq!(first, copy);
    /// let other = key("The mayor of Hov closed the school.", "Der Rat von Hov schloss die Schule.");
    /// assert_ne!(first, other);
    /// ```
    pub renamed: Option<u64>,
}

/// Bands of the MinHash signature. Each gives one near key for each text of a pair.
const DEDUP_BANDS: usize = 6;
/// Hashes in a band. With six bands of eight hashes, two pairs are likely found from a similarity of about
/// 0.8 on: (1/6)^(1/8).
const HASHES_PER_DEDUP_BAND: usize = MIN_HASHES / DEDUP_BANDS;

/// The exact key of texts together.
fn exact_key(texts: &[&Sketch]) -> u128 {
    let bytes: Vec<u8> = texts.iter().flat_map(|text| text.exact.to_le_bytes()).collect();
    xxh3_128(&bytes)
}

/// The near keys of texts together: six for each text, or one for a single text.
fn near_keys(texts: &[&Sketch]) -> Vec<u64> {
    let claims: Vec<u8> = texts.iter().flat_map(|text| text.claims.to_le_bytes()).collect();
    let claims = xxh3_64_with_seed(&claims, 0);
    let key = |text: usize, band: u64| {
        let parts = [text as u64, texts[text].words, claims, band];
        xxh3_64_with_seed(&parts.map(u64::to_le_bytes).concat(), 0)
    };
    if texts.len() == 1 {
        return vec![key(0, 0)];
    }
    let bands = bands(&least_of_all(texts));
    (0..texts.len()).flat_map(|text| bands.map(|band| key(text, band))).collect()
}

/// The key of the templates of texts together.
fn renamed_key(texts: &[&Sketch]) -> Option<u64> {
    let templates: Vec<Template> = texts.iter().map(|text| text.template).collect::<Option<_>>()?;
    let bytes: Vec<u8> = templates.iter().flat_map(|one| one.hash.to_le_bytes()).collect();
    let is_telling = texts.len() > 1 && templates.iter().any(|one| one.is_telling);
    is_telling.then(|| xxh3_64_with_seed(&bytes, 0))
}

/// A hash of each band of a signature.
fn bands(least: &[u32; MIN_HASHES]) -> [u64; DEDUP_BANDS] {
    std::array::from_fn(|band| {
        let rows = &least[band * HASHES_PER_DEDUP_BAND..(band + 1) * HASHES_PER_DEDUP_BAND];
        let bytes: Vec<u8> = rows.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        xxh3_64_with_seed(&bytes, band as u64 + 1)
    })
}

/// Finds duplicates in a stream of pairs; the first of equal pairs is kept.
///
/// The keys of a duplicate are not stored. So in a chain of small changes, each pair is compared with the
/// first one.
///
/// # Memory
///
/// It stores keys and no texts. An exact key takes 16 bytes and a near key 8, plus one byte each and free
/// space in the hash table. With the default [`DedupConfig`], each kept pair takes 130 to 260 bytes, so 100
/// million pairs need 13 to 26 GB. Exact keys alone take 20 to 40 bytes per pair. For larger corpora, sort
/// the pairs by key, or partition them by exact key.
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::filter::{DedupConfig, Deduplicator, Reason};
///
/// let config = DedupConfig::default();
/// let mut seen = Deduplicator::default();
/// let mut check = |english, german| {
///     let texts = [(Language::ENGLISH, english), (Language::GERMAN, german)];
///     seen.check(&config.keys(&texts))
/// };
/// assert!(check("The bridge is closed.", "Die Brücke ist gesperrt.").is_empty());
/// assert!(check("The bridge is closed.", "Sie ist zu.").is_empty());
/// assert!(check("The  bridge is closed.", "Sie ist zu.").contains(Reason::Duplicate));
/// assert!(check("the bridge is closed", "Sie ist zu").contains(Reason::NearDuplicate));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Deduplicator {
    exact: HashSet<u128, FxBuildHasher>,
    near: HashSet<u64, FxBuildHasher>,
    renamed: HashSet<u64, FxBuildHasher>,
}

impl Deduplicator {
    /// The version of the keys. Do not compare keys of different versions.
    pub const FORMAT: u32 = 3;

    /// Checks whether a pair is a duplicate, and stores its keys if it is not. An exact duplicate is not
    /// reported as a near duplicate too, nor a near duplicate as a renamed copy.
    pub fn check(&mut self, keys: &DedupKeys) -> Reasons {
        let mut reasons = Reasons::default();
        if keys.exact.iter().any(|key| self.exact.contains(key)) {
            reasons.insert(Reason::Duplicate);
        } else if keys.near.iter().any(|key| self.near.contains(key)) {
            reasons.insert(Reason::NearDuplicate);
        } else if keys.renamed.is_some_and(|key| self.renamed.contains(&key)) {
            reasons.insert(Reason::RenamedCopy);
        } else {
            self.exact.extend(&keys.exact);
            self.near.extend(&keys.near);
            self.renamed.extend(keys.renamed);
        }
        reasons
    }

    /// The number of stored keys.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{DedupConfig, Deduplicator};
    ///
    /// let keys = DedupConfig::default().keys(&[(Language::ENGLISH, "The ferry runs again.")]);
    /// let mut seen = Deduplicator::default();
    /// seen.check(&keys);
    /// seen.check(&keys);
    /// assert_eq!(seen.len(), keys.exact.len() + keys.near.len());
    /// ```
    pub fn len(&self) -> usize {
        self.exact.len() + self.near.len() + self.renamed.len()
    }

    /// Whether no keys are stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// [`DuplicateSides`] as text, or `false` for none.
mod side {
    use super::{Deserialize, Deserializer, DuplicateSides, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Given {
        DuplicateSides(DuplicateSides),
        Flag(bool),
    }

    pub fn serialize<S: Serializer>(
        side: &Option<DuplicateSides>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        side.map_or(Given::Flag(false), Given::DuplicateSides).serialize(out)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<DuplicateSides>, D::Error> {
        match Given::deserialize(input) {
            Ok(Given::DuplicateSides(side)) => Ok(Some(side)),
            Ok(Given::Flag(false)) => Ok(None),
            _ => Err(serde::de::Error::custom("give \"either\", \"both\" or `false`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Language = Language::ENGLISH;
    const DE: Language = Language::GERMAN;

    fn exact(texts: &[(Language, &str)]) -> u128 {
        DedupConfig::default().keys(texts).exact[0]
    }

    fn near(texts: &[(Language, &str)]) -> Vec<u64> {
        DedupConfig::default().keys(texts).near
    }

    #[test]
    fn keys_do_not_change_between_releases() {
        let texts = [(EN, "The bridge is closed."), (DE, "Die Brücke ist gesperrt.")];
        // If these change, raise `FORMAT`: stored keys of earlier releases would not be found.
        let keys = DedupConfig::default().keys(&texts);
        assert_eq!(keys.exact[0], 323809091758331414027199262898997625925);
        assert_eq!(keys.near[0], 15044645768456801017);
    }

    #[test]
    fn sides_are_compared_alone_or_together() {
        let pair = |en, de| [(EN, en), (DE, de)];
        let first = pair("The bridge is closed.", "Die Brücke ist gesperrt.");
        let half = pair("The bridge is closed.", "Hier geht es nicht mehr weiter.");
        let mut config = DedupConfig::default();
        for (side, found) in [(DuplicateSides::Both, false), (DuplicateSides::Either, true)] {
            (config.exact, config.near) = (Some(side), None);
            let mut seen = Deduplicator::default();
            assert!(seen.check(&config.keys(&first)).is_empty());
            assert_eq!(seen.check(&config.keys(&half)).contains(Reason::Duplicate), found);
            (config.exact, config.near) = (None, Some(side));
            let mut seen = Deduplicator::default();
            assert!(seen.check(&config.keys(&first)).is_empty());
            assert_eq!(seen.check(&config.keys(&half)).contains(Reason::NearDuplicate), found);
        }
        assert_eq!(DedupConfig::off().keys(&first), DedupKeys::default());
        // The same text in two languages is two texts.
        assert_ne!(exact(&[(EN, "OK")]), exact(&[(DE, "OK")]));
        assert_ne!(exact(&pair("a", "b")), exact(&pair("ab", "")));
    }

    #[test]
    fn near_keys_find_small_changes_of_form_and_not_of_content() {
        let english = "The ferry that links the two banks of the river stops on 12 May.";
        let german = "Die Fähre zwischen den beiden Ufern des Flusses fährt ab 12. Mai nicht mehr.";
        let keys = |en: &str, de: &str| near(&[(EN, en), (DE, de)]);
        let first = keys(english, german);
        assert_eq!(first.len(), 12);
        let near = |en: &str, de: &str| keys(en, de).iter().any(|key| first.contains(key));
        assert!(near(&english.to_uppercase().replace(' ', "  "), &german.replace('.', "")));
        assert!(near(english, &german.replace("Fähre", "Autofähre")));
        assert!(near(&english.replace("stops", "will stop"), german));
        for (from, to, von, zu) in [
            ("12 May", "13 May", "12. Mai", "13. Mai"),
            ("12 May", "13 May", "12. Mai", "12. Mai"),
            ("stops", "does not stop", "nicht mehr", "weiter"),
            ("stops", "doesn’t stop", "nicht mehr", "nicht mehr"),
            ("ferry", "train", "Fähre", "Bahn"),
            ("two", "green", "beiden", "grünen"),
            ("river", "lake", "Flusses", "Sees"),
        ] {
            assert!(!near(&english.replace(from, to), &german.replace(von, zu)), "{to} {zu}");
        }
        assert!(!near("Nothing of all this was known.", "Davon war nichts bekannt."));
    }

    #[test]
    fn near_keys_of_a_single_text_depend_on_its_words() {
        let keys = |text: &str| near(&[(EN, text)]);
        assert_eq!(keys("The ferry’s bell"), keys("the  FERRY'S bell!"));
        assert_ne!(keys("approved"), keys("not approved"));
        assert_ne!(keys("pump 1"), keys("pump 2"));
        for short in ["", "a", "ab", "–", "1", "..."] {
            assert_eq!(keys(short), keys(short));
        }
        assert_ne!(keys("–"), keys("..."));
    }

    #[test]
    fn pairs_with_another_word_on_both_sides_are_kept() {
        let mut seen = Deduplicator::default();
        let config = DedupConfig::default();
        let mut kept =
            |en: String, de: String| seen.check(&config.keys(&[(EN, &en), (DE, &de)])).is_empty();
        for (number, letter) in ('A'..='Z').enumerate() {
            let english = format!("Turn wheel {letter} to open gate {number}.");
            let german = format!("Drehen Sie am Rad {letter}, um Tor {number} zu öffnen.");
            assert!(kept(english, german), "{letter}");
        }
        for (en, de) in [("bread", "Brot"), ("salt", "Salz"), ("wool", "Wolle"), ("wine", "Wein")] {
            let english = format!("The women of Hov brought {en} to the market of the old town.");
            let german = format!("Die Frauen von Hov brachten {de} auf den Markt der alten Stadt.");
            assert!(kept(english, german), "{en}");
        }
    }
}
