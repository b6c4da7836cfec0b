//! What a text is compared by: a key of it as it is, and the least hashes of its runs of
//! characters.

use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed, xxh3_128};

use crate::Language;
use crate::text::{Number, normalize, numbers};

/// Least hashes of a text.
pub(super) const MIN_HASHES: usize = 48;
/// Characters of a shingle.
const SHINGLE_CHARACTERS: usize = 4;

/// What duplicates of a text are told by, made once and used for each pair that the text is in.
///
/// It is the same on every machine and in every release that has the same
/// [`FORMAT`](super::Deduplicator::FORMAT). 224 bytes.
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
    pub(super) exact: u128,
    pub(super) least: [u32; MIN_HASHES],
    /// A hash of the letters and figures, case, marks and spaces aside.
    pub(super) words: u64,
    /// A hash of the numbers and of how many negations there are.
    pub(super) claims: u64,
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
        }
    }
}

/// Of a normalised text.
fn exact(language: Language, text: &str) -> u128 {
    let mut hasher = Xxh3::new();
    hasher.update(language.code().as_bytes());
    hasher.update(&[0]);
    hasher.update(text.as_bytes());
    hasher.digest128()
}

/// The key of texts as they are.
pub(super) fn exact_key_of(keys: impl Iterator<Item = u128>) -> u128 {
    let bytes: Vec<u8> = keys.flat_map(u128::to_le_bytes).collect();
    xxh3_128(&bytes)
}

/// The key of texts, without the hashes that their sketches have.
pub(super) fn exact_key(texts: &[(Language, &str)]) -> u128 {
    exact_key_of(texts.iter().map(|(language, text)| exact(*language, &normalize(text))))
}

/// The least hashes of texts taken together.
pub(super) fn together(sketches: &[&Sketch]) -> [u32; MIN_HASHES] {
    let mut least = [u32::MAX; MIN_HASHES];
    for sketch in sketches {
        for (kept, hash) in least.iter_mut().zip(sketch.least) {
            *kept = (*kept).min(hash);
        }
    }
    least
}

/// The least hash, in each of so many ways, of the runs of characters of a folded text. The ways
/// are hashes of their own: a family of linear ones is faster, but its minima go together, and of pairs
/// alike by .8 it found half and not two thirds.
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

/// A hash in another way: the finaliser of splitmix64.
fn mix(hash: u64, way: u64) -> u64 {
    let mut z = hash.wrapping_add(way.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A text without what is of no account.
struct Folded {
    /// Small letters, figures as one `0`, all else as one space. A text without letters and figures
    /// stays as it is.
    shingled: String,
    /// The same with the figures as they stand.
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

/// Words that deny.
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

/// A hash of what a text's truth turns on: its numbers in their order, and how many negations it
/// has.
fn claims(language: Language, text: &str, folded: &str) -> u64 {
    let list = NEGATIONS.iter().find(|(code, _)| *code == language.primary());
    let words = list.map_or(&[][..], |(_, words)| words);
    // `isn't` is `isnt` here.
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
