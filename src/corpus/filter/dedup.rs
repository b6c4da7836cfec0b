//! What came before: exact and near duplicates, by keys.

use std::collections::HashSet;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::reason::{Reason, Reasons};
use super::sketch::{self, MIN_HASHES, Sketch};
use crate::Language;
use crate::setters::setters;

/// Which texts of a pair must have come before for it to be a duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DuplicateSides {
    /// Any of them, each by itself.
    Either,
    /// All of them, together.
    Both,
}

/// How duplicates are told.
///
/// As text, `false` stands for none:
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
    /// Which texts must have come before as they are, white space, apostrophes
    /// and invisible characters aside. Default both.
    #[serde(with = "side")]
    pub exact: Option<DuplicateSides>,
    /// Which texts must have come before nearly as they are: [`near_keys`].
    /// Default both; `bitext filter` has it off by default.
    #[serde(with = "side")]
    pub near: Option<DuplicateSides>,
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
} }

impl Default for DedupConfig {
    fn default() -> DedupConfig {
        DedupConfig { exact: Some(DuplicateSides::Both), near: Some(DuplicateSides::Both) }
    }
}

impl DedupConfig {
    /// No duplicate is told.
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
        DedupConfig { exact: None, near: None }
    }

    /// The keys of a pair, or of the texts of three languages.
    pub fn keys(&self, texts: &[(Language, &str)]) -> DedupKeys {
        let all: Vec<Sketch> =
            texts.iter().map(|(language, text)| Sketch::new(*language, text)).collect();
        self.keys_of(&all.iter().collect::<Vec<_>>())
    }

    /// The same of texts whose sketches are at hand, as where a sentence is in several pairs.
    pub fn keys_of(&self, texts: &[&Sketch]) -> DedupKeys {
        let exact = |texts: &[&Sketch]| sketch::exact_key_of(texts.iter().map(|text| text.exact));
        let mut keys = DedupKeys::default();
        match self.exact {
            None => {}
            Some(DuplicateSides::Both) => keys.exact.push(exact(texts)),
            Some(DuplicateSides::Either) => {
                keys.exact.extend(texts.iter().map(|&text| exact(&[text])))
            }
        }
        match self.near {
            None => {}
            Some(DuplicateSides::Both) => keys.near.extend(near_keys_of(texts)),
            Some(DuplicateSides::Either) => {
                keys.near.extend(texts.iter().flat_map(|&text| near_keys_of(&[text])));
            }
        }
        keys
    }
}

/// What a pair is known by. Two pairs with an exact key in common are exact
/// duplicates, two with a near key in common near ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DedupKeys {
    /// One key for both sides together, or one for each.
    pub exact: Vec<u128>,
    /// [`near_keys`] of both sides together, or of each.
    pub near: Vec<u64>,
}

/// The key of texts as they are: XXH3 with 128 bits of each language's code and
/// [normalized](crate::text::normalize) text. It is the same on every machine and in every release that has
/// the same [`FORMAT`](Deduplicator::FORMAT).
///
/// ```
/// use bitext::{Language, corpus::filter::exact_key};
///
/// let key = |text| exact_key(&[(Language::ENGLISH, text)]);
/// assert_eq!(key("The ferry’s  bell"), key(" The ferry's bell\n"));
/// assert_ne!(key("The ferry's bell"), key("the ferry's bell"));
/// ```
pub fn exact_key(texts: &[(Language, &str)]) -> u128 {
    sketch::exact_key(texts)
}

/// DedupKeys of a text.
const KEYS_PER_TEXT: usize = 6;
/// Least hashes that a key is made of.
const HASHES_PER_KEY: usize = MIN_HASHES / KEYS_PER_TEXT;

/// DedupKeys of which two rows that are nearly the same have one in common.
///
/// Two rows are nearly the same if all of these hold:
///
/// * Their texts have the same numbers in the same order, and equally many negations.
/// * One text, at least, has the same words in both rows: only letter case, punctuation and spaces
///   differ. So rows that differ in a word on both sides, another noun or name, are different.
/// * Together, the texts have most of their runs of four characters in common. With the
///   share *s* of all runs in common, two rows have a key in common with probability
///   1 - (1 - s⁸)⁶: .97 at .9, .67 at .8, .02 at .5.
///
/// A text by itself is nearly the same as another if it has the same words.
///
/// The last condition is MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, *Mining
/// of Massive Datasets*, chapter 3): the runs of the folded texts are hashed in 48 ways, the least
/// hash of each way kept, and each eight in a row make a key. For the others, hashes of what must be
/// the same are a part of each key. There are six keys for each text, and one if there is one text.
///
/// ```
/// use bitext::{Language, corpus::filter::near_keys};
///
/// let keys = |en, de| near_keys(&[(Language::ENGLISH, en), (Language::GERMAN, de)]);
/// let first = keys("The ferry runs again from 14 March.", "Die Fähre fährt ab 14. März wieder.");
/// let near = |en, de| keys(en, de).iter().any(|key| first.contains(key));
/// assert!(near("The ferry runs again from 14 March!", "Die Fähre fährt ab dem 14. März wieder."));
/// assert!(!near("The ferry runs again from 21 March.", "Die Fähre fährt ab 21. März wieder."));
/// assert!(!near("The train runs again from 14 March.", "Der Zug fährt ab 14. März wieder."));
/// ```
pub fn near_keys(texts: &[(Language, &str)]) -> Vec<u64> {
    let all: Vec<Sketch> =
        texts.iter().map(|(language, text)| Sketch::new(*language, text)).collect();
    near_keys_of(&all.iter().collect::<Vec<_>>())
}

fn near_keys_of(texts: &[&Sketch]) -> Vec<u64> {
    let claims: Vec<u8> = texts.iter().flat_map(|text| text.claims.to_le_bytes()).collect();
    let claims = xxh3_64_with_seed(&claims, 0);
    let key = |text: usize, band: u64| {
        let parts = [text as u64, texts[text].words, claims, band];
        xxh3_64_with_seed(&parts.map(u64::to_le_bytes).concat(), 0)
    };
    if texts.len() == 1 {
        return vec![key(0, 0)];
    }
    let bands = bands(&sketch::together(texts));
    (0..texts.len()).flat_map(|text| bands.map(|band| key(text, band))).collect()
}

fn bands(least: &[u32; MIN_HASHES]) -> [u64; KEYS_PER_TEXT] {
    std::array::from_fn(|band| {
        let rows = &least[band * HASHES_PER_KEY..(band + 1) * HASHES_PER_KEY];
        let bytes: Vec<u8> = rows.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        xxh3_64_with_seed(&bytes, band as u64 + 1)
    })
}

/// Tells duplicates in a stream: the first stays.
///
/// It keeps the keys of what came before and no text: an exact key takes 16 bytes, a
/// near one 8, each with one more and up to half of the table free. With the default
/// [`DedupConfig`] that is 130 to 260 bytes for each pair kept, so 100 million pairs need
/// 13 to 26 GB; exact keys alone need 20 to 40 bytes. Beyond that, sort by keys, or part the pairs by exact key.
///
/// What is a duplicate leaves no keys, so that a chain of small changes is
/// measured against its first.
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
}

impl Deduplicator {
    /// Changes when keys are made in another way: do not compare keys of two.
    pub const FORMAT: u32 = 3;

    /// Says whether a pair came before, and remembers it if not. An exact
    /// duplicate is no near one.
    pub fn check(&mut self, keys: &DedupKeys) -> Reasons {
        let mut reasons = Reasons::default();
        if keys.exact.iter().any(|key| self.exact.contains(key)) {
            reasons.insert(Reason::Duplicate);
        } else if keys.near.iter().any(|key| self.near.contains(key)) {
            reasons.insert(Reason::NearDuplicate);
        } else {
            self.exact.extend(&keys.exact);
            self.near.extend(&keys.near);
        }
        reasons
    }

    /// How many keys are kept.
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
        self.exact.len() + self.near.len()
    }

    /// Whether nothing came before.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A side, or `false` for none.
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

    #[test]
    fn keys_do_not_change() {
        let texts = [(EN, "The bridge is closed."), (DE, "Die Brücke ist gesperrt.")];
        // What was stored by an earlier release must be found by a later one, or
        // `FORMAT` be raised.
        assert_eq!(exact_key(&texts), 323809091758331414027199262898997625925);
        assert_eq!(near_keys(&texts)[0], 15044645768456801017);
    }

    #[test]
    fn sides_are_taken_alone_or_together() {
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
        // One text in two languages is not one text.
        assert_ne!(exact_key(&[(EN, "OK")]), exact_key(&[(DE, "OK")]));
        assert_ne!(exact_key(&pair("a", "b")), exact_key(&pair("ab", "")));
    }

    #[test]
    fn near_keys_find_what_is_near() {
        let english = "The ferry that links the two banks of the river stops on 12 May.";
        let german = "Die Fähre zwischen den beiden Ufern des Flusses fährt ab 12. Mai nicht mehr.";
        let keys = |en: &str, de: &str| near_keys(&[(EN, en), (DE, de)]);
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
    fn near_keys_of_one_text_are_those_of_its_words() {
        let keys = |text: &str| near_keys(&[(EN, text)]);
        assert_eq!(keys("The ferry’s bell"), keys("the  FERRY'S bell!"));
        assert_ne!(keys("approved"), keys("not approved"));
        assert_ne!(keys("pump 1"), keys("pump 2"));
        for short in ["", "a", "ab", "–", "1", "..."] {
            assert_eq!(keys(short), keys(short));
        }
        assert_ne!(keys("–"), keys("..."));
    }

    #[test]
    fn rows_that_say_something_else_are_no_duplicates() {
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
