//! Names of JSON keys, folders and files that stand for a language.

use super::Language;

/// Region codes that are more likely a suffix of a field name, as in `en_id`, which holds the id of
/// an English text.
const FIELD_SUFFIXES: [&str; 5] = ["id", "md", "no", "nr", "ts"];

/// The language that a JSON key, a folder name or a part of a file name stands for: English for
/// `en`, `EN`, `en-US`, `en_us`, `eng` and `eng_Latn`. `None` if the name does not stand for English,
/// Ukrainian or German.
///
/// This is stricter than [`Language::new`], because names that start like a code are usually not
/// codes: `en_text`, `de-luxe` and `en_id` stand for no language.
///
/// ```
/// use bitext::Language;
/// use bitext::language::from_name;
///
/// assert_eq!(from_name("de_AT"), Some(Language::GERMAN));
/// assert_eq!(from_name("ukr_Cyrl"), Some(Language::UKRAINIAN));
/// assert_eq!(from_name("en_text"), None);
/// assert_eq!(from_name("fr"), None);
/// ```
pub fn from_name(name: &str) -> Option<Language> {
    let mut parts = name.split(['-', '_']);
    let language = match parts.next()?.to_ascii_lowercase().as_str() {
        "en" | "eng" => Language::ENGLISH,
        "uk" | "ukr" => Language::UKRAINIAN,
        "de" | "deu" | "ger" => Language::GERMAN,
        _ => return None,
    };
    let mut next = parts.next();
    if let Some("latn" | "cyrl") = next.map(str::to_ascii_lowercase).as_deref() {
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
        ];
        for (name, language) in cases {
            assert_eq!(from_name(name), Some(language), "{name}");
        }
        for name in
            ["", "e", "end", "en_text", "en_url", "en_id", "de-luxe", "en-US-x", "ua", "fr", "üb"]
        {
            assert_eq!(from_name(name), None, "{name}");
        }
    }
}
