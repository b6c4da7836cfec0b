//! Normalises language codes to BCP 47: `en_US`, `deu`, `ger` and `ukr_Cyrl` become `en-US`, `de`,
//! `de` and `uk`.
//!
//! Three-letter codes are looked up in ISO 639-3, by the crate `isolang`, and in ISO 639-2/B. The
//! crate `oxilangtag` checks the syntax and sets the letter case.

use oxilangtag::LanguageTag;

/// Longest code in bytes: the minimum that RFC 5646, section 4.4.1, asks implementations to support.
pub(super) const MAX_CODE_BYTES: usize = 35;

/// The codes of ISO 639-2/B that differ from ISO 639-3, with their ISO 639-1 codes. The list is
/// complete: the standard adds no new ones.
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

/// The region of mBART's codes that name no region (`en_XX`).
const NO_REGION: &str = "XX";

/// The normalised code, or the reason why a string is not a language code.
pub(super) fn normalise(code: &str) -> Result<String, String> {
    let tag = code.replace('_', "-");
    let (primary, rest) = tag.split_at(tag.find('-').unwrap_or(tag.len()));
    let primary = primary.to_ascii_lowercase();
    if primary == "ua" {
        return Err("that is the code of the country; the code of Ukrainian is `uk`".to_string());
    }
    let tag = format!("{}{rest}", two_letters(&primary).unwrap_or(&primary));
    let tag = LanguageTag::parse_and_normalize(&tag)
        .map_err(|error| format!("{error}; use a BCP 47 code such as `uk` or `en-US`"))?;
    let primary = tag.primary_language();
    if !(2..=3).contains(&primary.len()) {
        return Err("a language code has two or three letters, such as `en`".to_string());
    }
    if !is_registered(primary) {
        return Err(format!("no language has the code `{primary}`"));
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
    if code.len() > MAX_CODE_BYTES {
        return Err(format!("it has more than {MAX_CODE_BYTES} characters"));
    }
    Ok(code)
}

/// Whether ISO 639 has a language with this code of two or three letters, or leaves it to private use.
fn is_registered(code: &str) -> bool {
    match code.len() {
        2 => isolang::Language::from_639_1(code).is_some(),
        _ => isolang::Language::from_639_3(code).is_some() || ("qaa"..="qtz").contains(&code),
    }
}

/// The ISO 639-1 code for an ISO 639-3 or 639-2/B code, if there is one.
fn two_letters(code: &str) -> Option<&'static str> {
    if code.len() != 3 {
        return None;
    }
    let bibliographic = BIBLIOGRAPHIC.iter().find(|(three, _)| *three == code);
    bibliographic.map(|(_, two)| *two).or_else(|| isolang::Language::from_639_3(code)?.to_639_1())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_other_standards_are_normalised() {
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
        for bad in [
            "",
            "_",
            "en_",
            "e",
            "english",
            "ua_UA",
            "en US",
            "en__US",
            "українська",
            "xx",
            "zzz",
            "xx-Latn",
        ] {
            assert!(normalise(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_bibliographic_code_has_a_two_letter_code() {
        for (three, two) in BIBLIOGRAPHIC {
            assert!(isolang::Language::from_639_1(two).is_some(), "{two}");
            assert!(isolang::Language::from_639_3(three).is_none_or(|l| l.to_639_1().is_none()));
        }
    }
}
