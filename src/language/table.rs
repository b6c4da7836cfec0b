//! What is known of languages: one row per language.
//!
//! Everything that depends on a language and is a single fact is here: its English name, its script and
//! direction, its decimal sign, its length, and whether its texts can be detected. The lists of the
//! splitter are in `src/split/data`, and those of function words in `function_words`.
//!
//! A language without a row has no name, is written from left to right with a decimal comma, and its
//! script is not checked. Its sentences are found by general rules, and it is taken to be as long as English
//! before its length is learnt from the texts.

use super::Language;
use super::script::Script::{self, *};

/// A row of the table.
pub(crate) struct LanguageFacts {
    code: &'static str,
    pub(crate) name: &'static str,
    /// The usual script. `None` if there are two, so that only the code can say which it is (`sr-Latn`).
    pub(crate) script: Option<Script>,
    /// The sign before the decimals of a number.
    pub(crate) decimal: char,
    /// The usual length of a text relative to its English translation, in characters. It is 1 if it was
    /// not measured. For other languages than English, Ukrainian and German, the aligner only starts with
    /// it.
    pub(crate) length: f32,
    /// Whether `whatlang` knows the language, so that a text that looks like another is suspicious.
    pub(crate) is_detected: bool,
}

const fn row(
    code: &'static str,
    name: &'static str,
    script: Script,
    decimal: char,
    is_detected: bool,
) -> LanguageFacts {
    LanguageFacts { code, name, script: Some(script), decimal, length: 1.0, is_detected }
}

const fn two_scripts(code: &'static str, name: &'static str, is_detected: bool) -> LanguageFacts {
    LanguageFacts { code, name, script: None, decimal: ',', length: 1.0, is_detected }
}

impl LanguageFacts {
    const fn with_length(mut self, length: f32) -> LanguageFacts {
        self.length = length;
        self
    }
}

/// The rows, by code. The lengths of Ukrainian and German were measured on translated news, the others
/// on the development set of FLORES-200.
const TABLE: [LanguageFacts; 95] = [
    row("af", "Afrikaans", Latin, ',', true),
    row("am", "Amharic", Ethiopic, '.', true),
    row("ar", "Arabic", Arabic, '.', true).with_length(0.88),
    two_scripts("az", "Azerbaijani", true),
    row("be", "Belarusian", Cyrillic, ',', true),
    row("bg", "Bulgarian", Cyrillic, ',', true),
    row("bn", "Bengali", Bengali, '.', true),
    row("br", "Breton", Latin, ',', false),
    two_scripts("bs", "Bosnian", false),
    row("ca", "Catalan", Latin, ',', true),
    row("ckb", "Central Kurdish", Arabic, '.', false),
    row("cs", "Czech", Latin, ',', true).with_length(0.97),
    row("cy", "Welsh", Latin, '.', true),
    row("da", "Danish", Latin, ',', true),
    row("de", "German", Latin, ',', true).with_length(1.16),
    row("dv", "Divehi", Thaana, '.', false),
    row("el", "Greek", Greek, ',', true),
    row("en", "English", Latin, '.', true),
    row("eo", "Esperanto", Latin, ',', true),
    row("es", "Spanish", Latin, ',', true).with_length(1.19),
    row("et", "Estonian", Latin, ',', true),
    row("eu", "Basque", Latin, ',', false),
    row("fa", "Persian", Arabic, '.', true),
    row("fi", "Finnish", Latin, ',', true),
    row("fil", "Filipino", Latin, '.', false),
    row("fr", "French", Latin, ',', true).with_length(1.19),
    row("ga", "Irish", Latin, '.', false),
    row("gl", "Galician", Latin, ',', false),
    row("gu", "Gujarati", Gujarati, '.', true),
    row("he", "Hebrew", Hebrew, '.', true),
    row("hi", "Hindi", Devanagari, '.', true),
    row("hr", "Croatian", Latin, ',', true),
    row("hu", "Hungarian", Latin, ',', true).with_length(1.05),
    row("hy", "Armenian", Armenian, ',', true),
    row("id", "Indonesian", Latin, ',', true),
    row("is", "Icelandic", Latin, ',', false),
    row("it", "Italian", Latin, ',', true).with_length(1.17),
    row("ja", "Japanese", Japanese, '.', true).with_length(0.44),
    row("ka", "Georgian", Georgian, ',', true),
    two_scripts("kk", "Kazakh", false),
    row("km", "Khmer", Khmer, ',', true),
    row("kn", "Kannada", Kannada, '.', true),
    row("ko", "Korean", Korean, '.', true),
    two_scripts("ku", "Kurdish", false),
    row("ky", "Kyrgyz", Cyrillic, ',', false),
    row("la", "Latin", Latin, ',', true),
    row("lb", "Luxembourgish", Latin, ',', false),
    row("lo", "Lao", Lao, ',', false),
    row("lt", "Lithuanian", Latin, ',', true),
    row("lv", "Latvian", Latin, ',', true),
    row("mk", "Macedonian", Cyrillic, ',', true),
    row("ml", "Malayalam", Malayalam, '.', true),
    two_scripts("mn", "Mongolian", false),
    row("mr", "Marathi", Devanagari, '.', true),
    two_scripts("ms", "Malay", false),
    row("mt", "Maltese", Latin, '.', false),
    row("my", "Burmese", Myanmar, '.', true),
    row("nb", "Norwegian Bokmål", Latin, ',', true),
    row("ne", "Nepali", Devanagari, '.', true),
    row("nl", "Dutch", Latin, ',', true).with_length(1.11),
    row("nn", "Norwegian Nynorsk", Latin, ',', false),
    row("no", "Norwegian", Latin, ',', false),
    row("oc", "Occitan", Latin, ',', false),
    two_scripts("pa", "Punjabi", true),
    row("pl", "Polish", Latin, ',', true).with_length(1.07),
    row("ps", "Pashto", Arabic, '.', false),
    row("pt", "Portuguese", Latin, ',', true).with_length(1.09),
    row("ro", "Romanian", Latin, ',', true).with_length(1.13),
    row("ru", "Russian", Cyrillic, ',', true).with_length(1.10),
    two_scripts("sd", "Sindhi", false),
    row("si", "Sinhala", Sinhala, '.', true),
    row("sk", "Slovak", Latin, ',', true),
    row("sl", "Slovenian", Latin, ',', true),
    row("sq", "Albanian", Latin, ',', false),
    two_scripts("sr", "Serbian", true),
    row("sv", "Swedish", Latin, ',', true).with_length(1.01),
    row("sw", "Swahili", Latin, '.', false),
    row("ta", "Tamil", Tamil, '.', true),
    row("te", "Telugu", Telugu, '.', true),
    two_scripts("tg", "Tajik", false),
    row("th", "Thai", Thai, '.', true),
    row("ti", "Tigrinya", Ethiopic, '.', false),
    two_scripts("tk", "Turkmen", true),
    row("tl", "Tagalog", Latin, '.', true),
    row("tr", "Turkish", Latin, ',', true).with_length(1.03),
    two_scripts("tt", "Tatar", false),
    row("ug", "Uyghur", Arabic, '.', false),
    row("uk", "Ukrainian", Cyrillic, ',', true).with_length(1.03),
    row("ur", "Urdu", Arabic, '.', true),
    two_scripts("uz", "Uzbek", true),
    row("vi", "Vietnamese", Latin, ',', true),
    row("yi", "Yiddish", Hebrew, '.', true),
    row("yue", "Cantonese", Han, '.', false),
    row("zh", "Chinese", Han, '.', true).with_length(0.34),
    row("zu", "Zulu", Latin, '.', true),
];

/// Languages so close that a sentence may be its own translation, and that detection confuses. Listed by
/// hand, and not complete.
const CLOSE: [&[&str]; 11] = [
    &["bs", "cnr", "hr", "sh", "sr"],
    &["da", "nb", "nn", "no", "sv"],
    &["be", "ru", "uk"],
    &["bg", "mk"],
    &["cs", "sk"],
    &["es", "gl", "pt"],
    &["af", "nl"],
    &["de", "lb", "nds"],
    &["az", "tr"],
    &["id", "ms"],
    &["fa", "prs", "tg"],
];

/// The row of a language, by its primary subtag.
pub(crate) fn facts(language: Language) -> Option<&'static LanguageFacts> {
    let at = TABLE.binary_search_by(|row| row.code.cmp(language.primary())).ok()?;
    Some(&TABLE[at])
}

/// The script of a language: that of its code (`sr-Latn`), or the usual one.
pub(crate) fn script(language: Language) -> Option<Script> {
    let named = language.code().split('-').skip(1).find(|part| part.len() == 4);
    match named {
        Some(named) => Script::of_code(named),
        None => facts(language)?.script,
    }
}

/// The decimal sign of a language; a comma if it is not known.
pub(crate) fn decimal_sign(language: Language) -> char {
    facts(language).map_or(',', |row| row.decimal)
}

/// Whether two languages are the same or so close that a sentence may be its own translation.
pub(crate) fn are_close(one: Language, other: Language) -> bool {
    let (one, other) = (one.primary(), other.primary());
    one == other || CLOSE.iter().any(|group| group.contains(&one) && group.contains(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_codes_are_normalised() {
        assert!(TABLE.is_sorted_by(|one, other| one.code < other.code));
        for row in &TABLE {
            let language: Language = row.code.parse().unwrap();
            assert_eq!(language.code(), row.code);
            assert_eq!(facts(language).map(|found| found.name), Some(row.name));
        }
        for group in CLOSE {
            assert!(group.iter().all(|code| code.parse::<Language>().is_ok()), "{group:?}");
        }
    }

    #[test]
    fn a_code_may_name_the_script() {
        let script = |code: &str| script(code.parse().unwrap());
        assert_eq!(script("sr"), None);
        assert_eq!(script("sr-Latn"), Some(Latin));
        assert_eq!(script("az-Arab-IR"), Some(Arabic));
        assert_eq!(script("zh-Hant"), Some(Han));
        assert_eq!(script("uk"), Some(Cyrillic));
        assert_eq!(script("ia"), None);
    }

    #[test]
    fn close_languages_are_known() {
        let close =
            |one: &str, other: &str| are_close(one.parse().unwrap(), other.parse().unwrap());
        assert!(close("en", "en-GB") && close("uk", "ru") && close("hr", "sr-Latn"));
        assert!(!close("en", "de") && !close("cs", "pl"));
    }
}
