//! Sketches: hashes of a text that duplicates are found by.
//!
//! A sketch has a hash of the normalized text, and a MinHash signature: of many hash functions, the least
//! hash over all runs of four characters. The share of equal hashes in two signatures estimates the share of
//! runs that both texts have.

use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

use super::template::Template;
use crate::Language;
use crate::split_mix::SplitMix64;
use crate::text::{Number, normalize, numbers};

/// Hash functions of a signature.
pub(in crate::corpus::filter) const MIN_HASHES: usize = 48;
/// Characters of a run (a shingle).
const SHINGLE_CHARACTERS: usize = 4;

/// The hashes of a text, computed once and used for each pair that the text is in; 240 bytes.
///
/// They are the same on every machine, and in every release with the same
/// [`FORMAT`](super::Deduplicator::FORMAT).
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::filter::{DedupConfig, Sketch};
///
/// let english = Sketch::new(Language::ENGLISH, "The bridge is closed.");
/// let german = Sketch::new(Language::GERMAN, "Die Brücke ist gesperrt.");
/// let config = DedupConfig::default();
/// let texts = [
///     (Language::ENGLISH, "The bridge is closed."),
///     (Language::GERMAN, "Die Brücke ist gesperrt."),
/// ];
/// assert_eq!(config.keys_of(&[&english, &german]), config.keys(&texts));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// A hash of the language and the normalized text.
    pub(in crate::corpus::filter) exact: u128,
    /// The MinHash signature of the folded text.
    pub(in crate::corpus::filter) least: [u32; MIN_HASHES],
    /// A hash of the letters and digits. Case, punctuation and spaces are ignored.
    pub(super) words: u64,
    /// A hash of the numbers and of the count of negations.
    pub(super) claims: u64,
    /// What remains of the text without names and numbers, if that is something.
    pub(super) template: Option<Template>,
}

impl Sketch {
    /// The sketch of a text.
    pub fn new(language: Language, text: &str) -> Sketch {
        let text = normalize(text);
        let folded = fold(&text);
        Sketch {
            exact: exact(language, &text),
            least: least(language, &folded.shingled),
            words: xxh3_64_with_seed(folded.words.as_bytes(), 0),
            claims: claims(language, &text, &folded.words),
            template: Template::new(language, &text),
        }
    }
}

/// A hash of the language and a normalized text.
fn exact(language: Language, text: &str) -> u128 {
    let mut hasher = Xxh3::new();
    hasher.update(language.code().as_bytes());
    hasher.update(&[0]);
    hasher.update(text.as_bytes());
    hasher.digest128()
}

/// The signature of several texts together.
pub(super) fn least_of_all(sketches: &[&Sketch]) -> [u32; MIN_HASHES] {
    let mut least = [u32::MAX; MIN_HASHES];
    for sketch in sketches {
        for (kept, hash) in least.iter_mut().zip(sketch.least) {
            *kept = (*kept).min(hash);
        }
    }
    least
}

/// The MinHash signature of a folded text.
///
/// The hash functions are independent. A family of linear functions is faster, but its minima are
/// correlated: of pairs with a similarity of 0.8, it found one half and not two thirds.
fn least(language: Language, folded: &str) -> [u32; MIN_HASHES] {
    let mut least = [u32::MAX; MIN_HASHES];
    let seed = xxh3_64_with_seed(language.code().as_bytes(), 0);
    let starts: Vec<usize> =
        folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    let last = starts.len().saturating_sub(SHINGLE_CHARACTERS).max(1);
    for at in 0..last {
        let end = starts[(at + SHINGLE_CHARACTERS).min(starts.len() - 1)];
        let hash = xxh3_64_with_seed(&folded.as_bytes()[starts[at]..end], seed);
        for (way, kept) in least.iter_mut().enumerate() {
            *kept = (*kept).min((mix(hash, way as u64) >> 32) as u32);
        }
    }
    least
}

/// The hash function number `way` of a hash.
fn mix(hash: u64, way: u64) -> u64 {
    SplitMix64::number_at(hash, way)
}

/// The words of a text in small letters, with a space between them; empty if it has no letters and digits.
pub(in crate::corpus::filter) fn fold_words(text: &str) -> String {
    let text = normalize(text);
    if text.contains(char::is_alphanumeric) { fold(&text).words } else { String::new() }
}

/// A text without the differences that near duplicates may have.
struct Folded {
    /// In small letters, with one `0` for each number and one space for anything else. A text without
    /// letters and digits is unchanged.
    shingled: String,
    /// The same with all digits.
    words: String,
}

fn fold(text: &str) -> Folded {
    let (mut shingled, mut words) =
        (String::with_capacity(text.len()), String::with_capacity(text.len()));
    for c in text.chars() {
        if c.is_numeric() {
            if !shingled.ends_with('0') {
                shingled.push('0');
            }
            words.push(c);
        } else if c.is_alphabetic() {
            shingled.extend(c.to_lowercase());
            words.extend(c.to_lowercase());
        } else if c != '\'' {
            for folded in [&mut shingled, &mut words] {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
        }
    }
    for folded in [&mut shingled, &mut words] {
        folded.truncate(folded.trim_end().len());
        if folded.is_empty() {
            *folded = text.to_string();
        }
    }
    Folded { shingled, words }
}

/// Negations by language.
#[rustfmt::skip]
const NEGATIONS: [(&str, &[&str]); 3] = [
    ("en", &[
        "cannot", "neither", "never", "no", "nobody", "none", "nor", "not", "nothing", "nowhere",
        "without",
    ]),
    ("uk", &[
        "ані", "без", "жоден", "жодна", "жодне", "жодного", "жодної", "жодному", "жодним", "жодних",
        "жодні", "жодній", "жодну", "не", "нема", "немає", "ні", "ніде", "ніколи", "нікого", "нікому",
        "ніким", "нікуди", "ніхто", "нічим", "нічого", "нічому", "ніщо",
    ]),
    ("de", &[
        "kein", "keine", "keinem", "keinen", "keiner", "keinerlei", "keines", "nein", "nicht",
        "nichts", "nie", "niemals", "niemand", "niemandem", "niemanden", "nirgends", "nirgendwo",
        "ohne", "weder",
    ]),
];

/// A hash of the numbers in their order and of the count of negations. Texts that differ in these say
/// different things.
fn claims(language: Language, text: &str, folded: &str) -> u64 {
    let list = NEGATIONS.iter().find(|(code, _)| *code == language.primary());
    let words = list.map_or(&[][..], |(_, words)| words);
    // The folded text has `isnt` for `isn't`.
    let contracted = |word: &str| {
        language.primary() == "en" && word.ends_with("nt") && {
            const VERBS: [&str; 20] = [
                "aint", "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt",
                "havent", "isnt", "mightnt", "mustnt", "neednt", "shant", "shouldnt", "wasnt",
                "werent", "wont", "wouldnt",
            ];
            VERBS.contains(&word)
        }
    };
    let denies = |word: &&str| words.contains(word) || contracted(word);
    let negations = folded.split(' ').filter(denies).count() as u64;
    let numbers = numbers(language, text);
    let keys = numbers.iter().map(Number::key).chain([negations]);
    xxh3_64_with_seed(&keys.flat_map(u64::to_le_bytes).collect::<Vec<u8>>(), 0)
}
