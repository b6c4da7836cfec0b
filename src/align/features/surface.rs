//! What the letters and figures of a sentence tell without any model: numbers,
//! words that look alike across scripts, and punctuation at the ends.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::Language;
use crate::text::{Number, number_key, numbers};

/// What is kept of one sentence.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::align) struct Surface {
    /// Keys of its numbers, sorted, each once.
    pub(in crate::align) numbers: Vec<u64>,
    /// Keys of its longer words, sorted, each once.
    pub(in crate::align) words: Vec<u64>,
    /// Ends in a question mark; in any sentence-final mark; starts with a quote
    /// or a dash.
    pub(in crate::align) question: bool,
    pub(in crate::align) stop: bool,
    pub(in crate::align) quote: bool,
}

impl Surface {
    pub(in crate::align) fn of(language: Language, text: &str) -> Surface {
        let mut numbers: Vec<u64> = numbers(language, text).iter().map(Number::key).collect();
        let mut sounds = Vec::new();
        let mut words: Vec<u64> = text
            .split(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’' | 'ʼ'))
            .filter_map(|word| skeleton(language, word, &mut sounds).map(xxh3_64))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        words.sort_unstable();
        words.dedup();
        let closing = |c: char| c.is_whitespace() || "\"'”“’»«)]›‹".contains(c);
        let last = text.trim_end_matches(closing).chars().next_back();
        let first = text.trim_start().chars().next();
        Surface {
            numbers,
            words,
            question: last == Some('?'),
            stop: last.is_some_and(|c| ".?!…:;".contains(c)),
            quote: first.is_some_and(|c| "\"“„«»–—-‚‘'".contains(c)),
        }
    }
}

/// The keys of the numbers up to twelve, which texts may well write as words.
fn small_numbers() -> [u64; 13] {
    std::array::from_fn(|number| number_key(&number.to_string(), ""))
}

/// Sounds of a key: enough to tell words apart, few enough to survive endings
/// and spelling.
const SOUNDS: usize = 4;

/// Sounds of a name that are enough to find it in one sentence.
const SHORT_NAME: usize = 2;

/// A word's consonants as sounds that the three languages write alike, without
/// the endings of inflection: Зеленського, Selenskyj and Zelensky are one. Of
/// words with fewer than three such sounds, nothing.
fn skeleton<'s>(language: Language, word: &str, sounds: &'s mut Vec<u8>) -> Option<&'s [u8]> {
    skeleton_of(language, word, sounds, 3)
}

/// The same, or nothing of words with fewer sounds than `least`.
fn skeleton_of<'s>(
    language: Language,
    word: &str,
    sounds: &'s mut Vec<u8>,
    least: usize,
) -> Option<&'s [u8]> {
    if word.len() < 4 {
        return None;
    }
    let word = word.to_lowercase();
    if word.chars().count() < 4 {
        return None;
    }
    let stem = match language.primary() {
        "uk" => strip(&word, &UKRAINIAN_ENDINGS),
        "de" => strip(&word, &["skyjs", "skyj", "skij", "ski", "ens", "en", "es", "s", "n"]),
        _ => strip(&word, &["sky's", "sky’s", "skyi", "skyy", "sky", "ski", "'s", "’s", "s"]),
    };
    sounds.clear();
    let mut push = |sound: u8| {
        if sounds.last() != Some(&sound) {
            sounds.push(sound);
        }
    };
    let mut before = ' ';
    for (at, c) in stem.chars().enumerate() {
        let sound = match c {
            'b' | 'б' => b'b',
            'p' | 'п' => b'p',
            'v' | 'w' | 'f' | 'в' | 'ф' => b'v',
            'd' | 'д' => b'd',
            't' | 'т' => b't',
            'g' | 'h' | 'г' | 'ґ' => b'h',
            'k' | 'c' | 'q' | 'x' | 'к' | 'х' | 'ч' => b'k',
            's' | 'z' | 'ß' | 'с' | 'з' | 'ш' | 'щ' | 'ж' | 'ц' => b's',
            'l' | 'л' => b'l',
            'm' | 'м' => b'm',
            'n' | 'н' => b'n',
            'r' | 'р' => b'r',
            _ if at == 0 => b'a',
            _ => b' ',
        };
        match (c, before) {
            ('h', 'p') => push(b'v'),
            ('h', 'c' | 's' | 'k' | 't' | 'g' | 'z') => {}
            _ if sound == b' ' => {}
            _ => push(sound),
        }
        before = c;
    }
    for pair in [*b"pv", *b"ts", *b"sk"] {
        one_sound(sounds, pair);
    }
    (sounds.len() >= least).then(|| &sounds[..sounds.len().min(SOUNDS)])
}

/// The first sounds of a word, which names have in common across languages and scripts; none for a
/// word of fewer than two consonants.
pub(crate) fn name_sounds(language: Language, word: &str) -> Vec<u8> {
    let mut sounds = Vec::new();
    match skeleton_of(language, word, &mut sounds, SHORT_NAME) {
        Some(sounds) => sounds.to_vec(),
        None => Vec::new(),
    }
}

/// Two sounds in a row become one, that of the two that is no stop.
fn one_sound(sounds: &mut Vec<u8>, pair: [u8; 2]) {
    let one = if pair[1] == b'k' { pair[0] } else { pair[1] };
    let (mut read, mut written) = (0, 0);
    while read < sounds.len() {
        let found = sounds[read..].starts_with(&pair);
        sounds[written] = if found { one } else { sounds[read] };
        read += if found { 2 } else { 1 };
        written += 1;
    }
    sounds.truncate(written);
}

const UKRAINIAN_ENDINGS: [&str; 24] = [
    "ського",
    "ському",
    "ським",
    "ський",
    "ська",
    "ської",
    "ську",
    "ого",
    "ому",
    "ими",
    "ами",
    "ями",
    "еві",
    "ові",
    "ією",
    "им",
    "ім",
    "ом",
    "ем",
    "ам",
    "ям",
    "ах",
    "ях",
    "ів",
];

fn strip<'t>(word: &'t str, endings: &[&str]) -> &'t str {
    let long = |stem: &&str| stem.chars().count() >= 4;
    endings.iter().find_map(|ending| word.strip_suffix(ending).filter(long)).unwrap_or(word)
}

/// The pairs of sentences that have a key in common, by source sentence: the
/// target sentence and the weight, for each key 1 over the geometric mean of
/// the numbers of sentences that have it.
pub(in crate::align) struct Shared {
    pub(in crate::align) matches: Vec<Vec<(usize, f32)>>,
    /// The weight of all keys of each sentence, and of those that are no small
    /// number.
    pub(in crate::align) source: Vec<[f32; 2]>,
    pub(in crate::align) target: Vec<[f32; 2]>,
}

/// Above this product of frequencies a key tells nothing.
const COMMON: usize = 64;

impl Shared {
    pub(in crate::align) fn new<'k>(
        source: impl Iterator<Item = &'k [u64]>,
        target: impl Iterator<Item = &'k [u64]>,
    ) -> Shared {
        let mut places: BTreeMap<u64, [Vec<usize>; 2]> = BTreeMap::new();
        let mut index = |side: usize, all: &mut dyn Iterator<Item = &'k [u64]>| {
            let mut count = 0;
            for (at, keys) in all.enumerate() {
                count = at + 1;
                for key in keys {
                    places.entry(*key).or_default()[side].push(at);
                }
            }
            count
        };
        let n = index(0, &mut { source });
        let m = index(1, &mut { target });
        let none = [0.0; 2];
        let mut shared =
            Shared { matches: vec![Vec::new(); n], source: vec![none; n], target: vec![none; m] };
        let small = small_numbers();
        for (key, [own, other]) in &places {
            let product = own.len().max(1) * other.len().max(1);
            let weight = 1.0 / (product as f32).sqrt();
            let large = if small.contains(key) { 0.0 } else { weight };
            let add = |all: &mut [f32; 2]| *all = [all[0] + weight, all[1] + large];
            own.iter().for_each(|&i| add(&mut shared.source[i]));
            other.iter().for_each(|&j| add(&mut shared.target[j]));
            if product <= COMMON {
                for &i in own {
                    shared.matches[i].extend(other.iter().map(|&j| (j, weight)));
                }
            }
        }
        for row in &mut shared.matches {
            row.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            row.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Language = Language::ENGLISH;
    const UK: Language = Language::UKRAINIAN;
    const DE: Language = Language::GERMAN;

    fn sorted(language: Language, text: &str) -> Vec<u64> {
        Surface::of(language, text).numbers
    }

    #[test]
    fn small_numbers_are_told_apart() {
        let (own, other) = (sorted(EN, "kills 1, traps 12 and 13"), sorted(DE, "0 von 12,5 und 7"));
        let shared = Shared::new([&own[..]].into_iter(), [&other[..]].into_iter());
        assert_eq!((shared.source, shared.target), (vec![[3.0, 1.0]], vec![[3.0, 1.0]]));
    }

    fn word(language: Language, word: &str) -> Vec<u64> {
        Surface::of(language, word).words
    }

    #[test]
    fn names_are_known_across_scripts() {
        let alike = [
            [(UK, "Зеленського"), (DE, "Selenskyj"), (EN, "Zelensky")],
            [(UK, "Берліні"), (DE, "Berlins"), (EN, "Berlin")],
            [(UK, "Бондар"), (DE, "Bondar"), (EN, "Bondar's")],
        ];
        for names in alike {
            let keys = names.map(|(language, name)| word(language, name));
            assert_eq!(keys[0].len(), 1, "{names:?}");
            assert!(keys.iter().all(|key| *key == keys[0]), "{names:?}");
        }
        let names = ["Zelensky", "Berlin", "Bondar", "Merkel", "Washington", "Kharkiv", "Odesa"];
        let mut keys: Vec<_> = names.iter().flat_map(|name| word(EN, name)).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
        assert!(word(EN, "a to Io eau").is_empty(), "too short to tell");
    }

    #[test]
    fn marks_at_the_ends_are_known_whatever_closes_after_them() {
        let marks = |text: &str| {
            let surface = Surface::of(EN, text);
            (surface.question, surface.stop, surface.quote)
        };
        assert_eq!(marks("Why?"), (true, true, false));
        assert_eq!(marks(" „Warum?“ "), (true, true, true));
        assert_eq!(marks("«Чому?»"), (true, true, true));
        assert_eq!(marks("– So it is."), (false, true, true));
        assert_eq!(marks("A headline"), (false, false, false));
        assert_eq!(marks("(He asked why?)"), (true, true, false));
        assert_eq!(marks("Wait…"), (false, true, false));
        assert_eq!(marks(""), (false, false, false));
        assert_eq!(marks(" \u{a0}"), (false, false, false));
    }

    #[test]
    fn what_is_shared_counts_less_where_it_is_common() {
        let (own, other) = (vec![vec![1, 2], vec![2]], vec![vec![2], vec![], vec![1, 3]]);
        let keys = |side: &'static [Vec<u64>]| side.iter().map(Vec::as_slice);
        let shared = Shared::new(keys(own.leak()), keys(other.leak()));
        let half = 1.0 / 2.0_f32.sqrt();
        assert_eq!(shared.matches, [vec![(0, half), (2, 1.0)], vec![(0, half)]]);
        assert_eq!(shared.source, [1.0 + half, half].map(|weight| [weight; 2]));
        assert_eq!(shared.target, [half, 0.0, 2.0].map(|weight| [weight; 2]));
    }
}
