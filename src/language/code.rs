//! Codes of languages as data has them, to BCP 47: `en_US`, `deu`, `ger` and `ukr_Cyrl` become
//! `en-US`, `de`, `de` and `uk`.
//!
//! The codes of three letters are those of ISO 639-3 (crate `isolang`) and ISO 639-2/B; form and
//! letter case are `oxilangtag`'s.

use oxilangtag::LanguageTag;

use super::{Language, MAX_LEN};

/// The codes of ISO 639-2/B that are not those of ISO 639-3. The list is closed: the standard
/// makes no new ones.
const BIBLIOGRAPHIC: [(&str, &str); 20] = [
    ("alb", "sq"),
    ("arm", "hy"),
    ("baq", "eu"),
    ("bur", "my"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dut", "nl"),
    ("fre", "fr"),
    ("geo", "ka"),
    ("ger", "de"),
    ("gre", "el"),
    ("ice", "is"),
    ("mac", "mk"),
    ("mao", "mi"),
    ("may", "ms"),
    ("per", "fa"),
    ("rum", "ro"),
    ("slo", "sk"),
    ("tib", "bo"),
    ("wel", "cy"),
];

/// The region of mBART's codes for languages that have no region (`en_XX`).
const NO_REGION: &str = "XX";

/// What is behind an underscore in the names of fields that are about a language's text and are no
/// text themselves (`en_id`), though it is a region's code too.
const FIELD_NAMES: [&str; 5] = ["id", "md", "no", "nr", "ts"];

/// The normalised code, or why it is none.
pub(super) fn normalise(code: &str) -> Result<String, String> {
    let tag = code.replace('_', "-");
    let (primary, rest) = tag.split_at(tag.find('-').unwrap_or(tag.len()));
    let primary = primary.to_ascii_lowercase();
    if primary == "ua" {
        return Err("that is the country; Ukrainian is `uk`".to_string());
    }
    let tag = format!("{}{rest}", two_letters(&primary).unwrap_or(&primary));
    let tag = LanguageTag::parse_and_normalize(&tag)
        .map_err(|error| format!("{error}; a code is such as `uk` or `en-US`"))?;
    let primary = tag.primary_language();
    if !(2..=3).contains(&primary.len()) {
        return Err("a language has two or three letters, such as `en`".to_string());
    }
    let own_script = match primary {
        "en" | "de" => Some("Latn"),
        "uk" => Some("Cyrl"),
        _ => None,
    };
    let kept = tag.as_str().split('-').enumerate().filter(|(at, part)| {
        *at == 0 || Some(*part) != own_script && (*part != NO_REGION || tag.region() != Some(part))
    });
    let kept: Vec<&str> = kept.map(|(_, part)| part).collect();
    let code = kept.join("-");
    match code.len() > MAX_LEN {
        true => Err(format!("longer than {MAX_LEN} characters")),
        false => Ok(code),
    }
}

/// The code of ISO 639-1 for one of ISO 639-3 or 639-2/B, where there is one.
fn two_letters(code: &str) -> Option<&'static str> {
    if code.len() != 3 {
        return None;
    }
    let bibliographic = BIBLIOGRAPHIC.iter().find(|(three, _)| *three == code);
    bibliographic.map(|(_, two)| *two).or_else(|| isolang::Language::from_639_3(code)?.to_639_1())
}

/// The language of a text that a key of JSON, a folder or a part of a file's name says to be
/// English, Ukrainian or German: `en` for `en`, `EN`, `en-US`, `en_us`, `eng` or `eng_Latn`.
///
/// It is stricter than parsing, since names are no codes in the first place: `en_text`, `de-luxe`
/// and `en_id` name no language.
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
    let is_field = name.contains('_') && FIELD_NAMES.contains(&region);
    (is_region && !is_field && parts.next().is_none()).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_other_standards_are_understood() {
        let cases = [
            ("en_US", "en-US"),
            ("de_at", "de-AT"),
            ("uk-UA", "uk-UA"),
            ("deu", "de"),
            ("GER", "de"),
            ("eng-GB", "en-GB"),
            ("eng_Latn", "en"),
            ("ukr_Cyrl", "uk"),
            ("uk-Latn", "uk-Latn"),
            ("en_XX", "en"),
            ("uk_UA", "uk-UA"),
            ("fra", "fr"),
            ("fre", "fr"),
            ("zho_Hans", "zh-Hans"),
            ("chi", "zh"),
            ("srp_Cyrl", "sr-Cyrl"),
            ("swh_Latn", "swh-Latn"),
            ("ces", "cs"),
            ("en-x-latn", "en-x-latn"),
            ("pt_BR", "pt-BR"),
        ];
        for (given, code) in cases {
            assert_eq!(normalise(given).as_deref(), Ok(code), "{given}");
        }
        for bad in ["", "_", "en_", "e", "english", "ua_UA", "en US", "en__US", "українська"]
        {
            assert!(normalise(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_bibliographic_code_stands_for_a_language() {
        for (three, two) in BIBLIOGRAPHIC {
            assert!(isolang::Language::from_639_1(two).is_some(), "{two}");
            assert!(isolang::Language::from_639_3(three).is_none_or(|l| l.to_639_1().is_none()));
        }
    }

    #[test]
    fn names_tell_a_language_where_they_are_codes() {
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
