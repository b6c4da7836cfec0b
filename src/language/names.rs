//! Names of JSON keys, folders and files that stand for a language.

use super::Language;
use super::script::Script;
use super::table::facts;

/// Region codes that are more likely a suffix of a field name, as in `en_id`, which holds the id of
/// an English text.
const FIELD_SUFFIXES: [&str; 5] = ["id", "md", "no", "nr", "ts"];

/// Codes that are more often a word or another abbreviation than a language, in keys and names of
/// folders. The language can still be named by a longer code: `nb` or `nor`, `isl`, `ind`.
const COMMON_WORDS: [&str; 28] = [
    "am", "as", "arm", "ben", "br", "cat", "est", "fin", "geo", "ice", "id", "is", "la", "lat",
    "mac", "mal", "mar", "may", "mon", "mr", "ms", "my", "no", "per", "rum", "si", "tel", "tt",
];

/// The language that a JSON key, a folder name or a part of a file name stands for: English for
/// `en`, `EN`, `en-US`, `en_us`, `eng` and `eng_Latn`. `None` if the name does not stand for one of
/// the languages that have a [name](Language::name).
///
/// This is stricter than [`Language::new`], because names that start like a code are usually not
/// codes: `en_text`, `de-luxe` and `en_id` stand for no language, and neither do some codes that are
/// common words or abbreviations, such as `no`, `is`, `id` and `tel`.
///
/// ```
/// use bitext::Language;
/// use bitext::language::from_name;
///
/// assert_eq!(from_name("de_AT"), Some(Language::GERMAN));
/// assert_eq!(from_name("ukr_Cyrl"), Some(Language::UKRAINIAN));
/// assert_eq!(from_name("en_text"), None);
/// assert_eq!(from_name("fra_Latn"), Some(Language::FRENCH));
/// assert_eq!(from_name("no"), None);
/// ```
pub fn from_name(name: &str) -> Option<Language> {
    let mut parts = name.split(['-', '_']);
    let first = parts.next()?.to_ascii_lowercase();
    if COMMON_WORDS.contains(&first.as_str()) || !(2..=3).contains(&first.len()) {
        return None;
    }
    let language = Language::new(&first).ok().filter(|language| facts(*language).is_some())?;
    let mut next = parts.next();
    if next.is_some_and(|part| part.len() == 4 && is_script_code(part)) {
        next = parts.next();
    }
    let Some(region) = next else { return Some(language) };
    let is_region = match region.len() {
        2 => region.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => region.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    let is_field = name.contains('_') && FIELD_SUFFIXES.contains(&region);
    (is_region && !is_field && parts.next().is_none()).then_some(language)
}

/// Whether a name is the code of a script, in any case.
fn is_script_code(name: &str) -> bool {
    let mut letters = name.chars().map(|c| c.to_ascii_lowercase());
    let code: String =
        letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect();
    Script::of_code(&code).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_a_language_only_if_they_are_codes() {
        let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
        let cases = [
            ("EN", en),
            ("en-US", en),
            ("en_us", en),
            ("eng_Latn", en),
            ("en_XX", en),
            ("en-001", en),
            ("ukr", uk),
            ("uk_Cyrl_UA", uk),
            ("ger", de),
            ("de-CH", de),
            ("fr", Language::FRENCH),
            ("zho_Hans", "zh".parse().unwrap()),
            ("zh-Hant-TW", "zh".parse().unwrap()),
            ("nob_Latn", "nb".parse().unwrap()),
            ("isl", "is".parse().unwrap()),
        ];
        for (name, language) in cases {
            assert_eq!(from_name(name), Some(language), "{name}");
        }
        for name in [
            "", "e", "end", "en_text", "en_url", "en_id", "de-luxe", "en-US-x", "ua", "no", "üb",
            "xx", "url", "src", "tgt", "doc", "key", "day", "tag", "ref", "tel", "lat", "mon",
        ] {
            assert_eq!(from_name(name), None, "{name}");
        }
    }
}
