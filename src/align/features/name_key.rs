//! Keys of names and cognates that are the same across languages and scripts.
//!
//! A key is the first consonants of a word: Зеленського, Selenskyj and Zelensky have one key. Using
//! cognates to align sentences goes back to Simard, Foster and Isabelle (1992).

use crate::Language;
use crate::letters::for_each_lowercase;

/// Consonants of a key: enough to distinguish words, few enough to ignore endings and spelling.
const MAX_CONSONANTS: usize = 4;

/// Least consonants of a word that is compared with all words of an article.
const MIN_KEY_CONSONANTS: usize = 3;

/// Least consonants of a name that is searched for in one sentence.
const MIN_NAME_CONSONANTS: usize = 2;

/// Least letters of a word that has a key, and of a stem.
const MIN_NAME_LETTERS: usize = 4;

/// The first consonants of a word without its inflectional ending, in a spelling that English,
/// Ukrainian and German share. `None` if there are fewer than three.
pub(super) fn name_key<'s>(
    language: Language,
    word: &str,
    buffers: &'s mut NameKeyBuffers,
) -> Option<&'s [u8]> {
    first_consonants(language, word, buffers, MIN_KEY_CONSONANTS)
}

/// Memory that calls of [`name_key`] share.
#[derive(Default)]
pub(super) struct NameKeyBuffers {
    lower: String,
    consonants: Vec<u8>,
}

fn first_consonants<'s>(
    language: Language,
    word: &str,
    buffers: &'s mut NameKeyBuffers,
    at_least: usize,
) -> Option<&'s [u8]> {
    if word.len() < MIN_NAME_LETTERS {
        return None;
    }
    let NameKeyBuffers { lower, consonants } = buffers;
    lower.clear();
    let mut letters = 0;
    for c in word.chars() {
        for_each_lowercase(c, |c| {
            lower.push(c);
            letters += 1;
        });
    }
    if letters < MIN_NAME_LETTERS {
        return None;
    }
    let stem = match language.primary() {
        "uk" => strip(lower, &UKRAINIAN_ENDINGS),
        "de" => strip(lower, &GERMAN_ENDINGS),
        _ => strip(lower, &ENGLISH_ENDINGS),
    };
    consonants.clear();
    let mut push = |consonant: u8| {
        if consonants.last() != Some(&consonant) {
            consonants.push(consonant);
        }
    };
    let mut before = ' ';
    for (at, c) in stem.chars().enumerate() {
        let consonant = match c {
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
            _ if consonant == b' ' => {}
            _ => push(consonant),
        }
        before = c;
    }
    for pair in [*b"pv", *b"ts", *b"sk"] {
        merge_affricate(consonants, pair);
    }
    (consonants.len() >= at_least).then(|| &consonants[..consonants.len().min(MAX_CONSONANTS)])
}

/// The first consonants of a name, which are alike across languages and scripts. Empty for a word
/// of fewer than two consonants.
pub(crate) fn name_sounds(language: Language, word: &str) -> Vec<u8> {
    let mut buffers = NameKeyBuffers::default();
    let found = first_consonants(language, word, &mut buffers, MIN_NAME_CONSONANTS);
    found.map(<[u8]>::to_vec).unwrap_or_default()
}

/// Replaces each pair of consonants by the one that is not a plosive: `pf`, `ts`, `sk`.
fn merge_affricate(consonants: &mut Vec<u8>, pair: [u8; 2]) {
    let one = if pair[1] == b'k' { pair[0] } else { pair[1] };
    let (mut read, mut written) = (0, 0);
    while read < consonants.len() {
        let found = consonants[read..].starts_with(&pair);
        consonants[written] = if found { one } else { consonants[read] };
        read += if found { 2 } else { 1 };
        written += 1;
    }
    consonants.truncate(written);
}

const GERMAN_ENDINGS: [&str; 9] = ["skyjs", "skyj", "skij", "ski", "ens", "en", "es", "s", "n"];

const ENGLISH_ENDINGS: [&str; 9] =
    ["sky's", "sky’s", "skyi", "skyy", "sky", "ski", "'s", "’s", "s"];

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

/// Removes the first ending that leaves a stem of four letters.
fn strip<'t>(word: &'t str, endings: &[&str]) -> &'t str {
    let last = word.as_bytes().last();
    let long = |stem: &&str| stem.chars().count() >= MIN_NAME_LETTERS;
    endings
        .iter()
        // Most endings differ in the last byte, which is cheaper to compare.
        .filter(|ending| ending.as_bytes().last() == last)
        .find_map(|ending| word.strip_suffix(ending).filter(long))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Language = Language::ENGLISH;
    const UK: Language = Language::UKRAINIAN;
    const DE: Language = Language::GERMAN;

    fn key(language: Language, word: &str) -> Option<Vec<u8>> {
        name_key(language, word, &mut NameKeyBuffers::default()).map(<[u8]>::to_vec)
    }

    #[test]
    fn names_have_one_key_across_scripts_and_cases() {
        let alike = [
            [(UK, "Зеленського"), (DE, "Selenskyj"), (EN, "Zelensky")],
            [(UK, "Берліні"), (DE, "Berlins"), (EN, "Berlin")],
            [(UK, "Бондар"), (DE, "Bondar"), (EN, "Bondar's")],
        ];
        for names in alike {
            let keys = names.map(|(language, name)| key(language, name));
            assert!(keys[0].is_some(), "{names:?}");
            assert!(keys.iter().all(|key| *key == keys[0]), "{names:?}");
        }
    }

    #[test]
    fn different_names_have_different_keys() {
        let names = ["Zelensky", "Berlin", "Bondar", "Merkel", "Washington", "Kharkiv", "Odesa"];
        let mut keys: Vec<_> = names.iter().filter_map(|name| key(EN, name)).collect();
        let count = keys.len();
        assert!(count > 5, "most are long enough");
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn short_words_have_no_key() {
        for word in ["a", "to", "Io", "eau"] {
            assert_eq!(key(EN, word), None);
        }
    }
}
