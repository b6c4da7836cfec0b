//! Languages: their codes, and detection of the language of a text.

mod code;
mod detect;
mod function_words;
mod names;
mod script;
mod table;

pub use detect::{Detection, detect, require};
pub(crate) use detect::{foreign, is_in_other_script, russian_for_ukrainian};
pub(crate) use function_words::{is_function_word, speaks_another};
pub use names::from_name;
pub(crate) use script::Script;
pub(crate) use table::{are_close, decimal_sign, facts, script};

use code::MAX_CODE_BYTES;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, ErrorKind, Result};

/// A language: a validated BCP 47 code such as `en`, `uk`, `de` or `pt-BR`.
///
/// Other notations are accepted and normalised:
///
/// * an underscore instead of the hyphen (`de_AT`),
/// * codes of ISO 639-2 and 639-3 (`ger`, `deu`),
/// * codes of NLLB and FLORES (`eng_Latn`) and of mBART (`en_XX`).
///
/// The usual script of English, Ukrainian and German is omitted, so that `eng_Latn` becomes `en`.
///
/// English, Ukrainian and German are the languages that the embedded model and the aligner's weights
/// were trained for. For another language you need another model: train one, use a transformer, or
/// implement [`Embedder`](crate::Embedder). Some ninety languages have a name, a script, a direction
/// and a decimal sign here, and half of them have abbreviations in the
/// [splitter](crate::RuleSplitter). How long translations are is learnt from the texts.
///
/// Languages are ordered: English, Ukrainian, German, then the others by code.
///
/// ```
/// use bitext::Language;
///
/// let language: Language = "UK".parse()?;
/// assert_eq!(language, Language::UKRAINIAN);
/// assert_eq!(language.to_string(), "uk");
/// assert!("not a code".parse::<Language>().is_err());
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Language {
    len: u8,
    bytes: [u8; MAX_CODE_BYTES],
}

impl Language {
    /// English, `en`.
    pub const ENGLISH: Language = Language::constant("en");
    /// Ukrainian, `uk`.
    pub const UKRAINIAN: Language = Language::constant("uk");
    /// German, `de`.
    pub const GERMAN: Language = Language::constant("de");
    /// French, `fr`.
    pub const FRENCH: Language = Language::constant("fr");
    /// Spanish, `es`.
    pub const SPANISH: Language = Language::constant("es");
    /// Italian, `it`.
    pub const ITALIAN: Language = Language::constant("it");
    /// Portuguese, `pt`.
    pub const PORTUGUESE: Language = Language::constant("pt");
    /// Dutch, `nl`.
    pub const DUTCH: Language = Language::constant("nl");
    /// Polish, `pl`.
    pub const POLISH: Language = Language::constant("pl");
    /// Czech, `cs`.
    pub const CZECH: Language = Language::constant("cs");
    /// Slovak, `sk`.
    pub const SLOVAK: Language = Language::constant("sk");
    /// Romanian, `ro`.
    pub const ROMANIAN: Language = Language::constant("ro");
    /// Hungarian, `hu`.
    pub const HUNGARIAN: Language = Language::constant("hu");
    /// Bulgarian, `bg`.
    pub const BULGARIAN: Language = Language::constant("bg");
    /// Croatian, `hr`.
    pub const CROATIAN: Language = Language::constant("hr");
    /// Serbian, `sr`.
    pub const SERBIAN: Language = Language::constant("sr");
    /// Greek, `el`.
    pub const GREEK: Language = Language::constant("el");
    /// Danish, `da`.
    pub const DANISH: Language = Language::constant("da");
    /// Swedish, `sv`.
    pub const SWEDISH: Language = Language::constant("sv");
    /// Finnish, `fi`.
    pub const FINNISH: Language = Language::constant("fi");
    /// Estonian, `et`.
    pub const ESTONIAN: Language = Language::constant("et");
    /// Latvian, `lv`.
    pub const LATVIAN: Language = Language::constant("lv");
    /// Lithuanian, `lt`.
    pub const LITHUANIAN: Language = Language::constant("lt");
    /// Turkish, `tr`.
    pub const TURKISH: Language = Language::constant("tr");
    /// Russian, `ru`.
    pub const RUSSIAN: Language = Language::constant("ru");

    /// A language from its code. [`Language`] lists the notations that are accepted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidLanguage`] if the string is not a language code.
    ///
    /// ```
    /// use bitext::Language;
    ///
    /// assert_eq!(Language::new("fr")?, Language::FRENCH);
    /// assert_eq!(Language::new("pt_BR")?.code(), "pt-BR");
    /// assert!(Language::new("French").is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn new(code: &str) -> Result<Language> {
        let tag = code::normalise(code).map_err(|reason| {
            let message = format!("`{code}` is not a language code: {reason}");
            Error::new(ErrorKind::InvalidLanguage, message)
        })?;
        Ok(Language::constant(&tag))
    }

    const fn constant(code: &str) -> Language {
        let code = code.as_bytes();
        let mut bytes = [0; MAX_CODE_BYTES];
        let mut at = 0;
        while at < code.len() {
            bytes[at] = code[at];
            at += 1;
        }
        Language { len: code.len() as u8, bytes }
    }

    /// The normalised code, in the letter case that BCP 47 recommends.
    ///
    /// ```
    /// use bitext::Language;
    ///
    /// let language: Language = "PT-br".parse()?;
    /// assert_eq!((language.code(), language.primary()), ("pt-BR", "pt"));
    /// assert_eq!("deu".parse::<Language>()?.code(), "de");
    /// assert_eq!(Language::UKRAINIAN.name(), Some("Ukrainian"));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }

    /// The language without region, script and other subtags: `pt` for `pt-BR`.
    ///
    /// Readers of articles use it, so that an article in `en-US` is aligned as `en`. Readers of
    /// training sets and translation memories keep the whole code.
    ///
    /// ```
    /// use bitext::Language;
    ///
    /// let american: Language = "en_US".parse()?;
    /// assert_eq!((american.code(), american.base()), ("en-US", Language::ENGLISH));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn base(&self) -> Language {
        Language::constant(self.primary())
    }

    /// The primary language subtag: `pt` for `pt-BR`. Rules and models are chosen by it.
    pub fn primary(&self) -> &str {
        self.code().split('-').next().unwrap_or_default()
    }

    /// The English name; `None` for a language that has none here.
    ///
    /// ```
    /// use bitext::Language;
    ///
    /// assert_eq!(Language::new("pt-BR")?.name(), Some("Portuguese"));
    /// assert_eq!(Language::new("tlh")?.name(), None);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn name(&self) -> Option<&'static str> {
        facts(*self).map(|row| row.name)
    }

    /// Whether text in the language runs from right to left, as in Arabic, Hebrew, Persian and Urdu. A
    /// script in the code decides.
    ///
    /// ```
    /// use bitext::Language;
    ///
    /// assert!(Language::new("ar")?.is_right_to_left());
    /// assert!(Language::new("az-Arab")?.is_right_to_left());
    /// assert!(!Language::ENGLISH.is_right_to_left());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn is_right_to_left(&self) -> bool {
        script(*self).is_some_and(Script::is_right_to_left)
    }

    /// Whether this is English, Ukrainian or German, the languages of the embedded model.
    pub(crate) fn is_built_in(&self) -> bool {
        self.rank() < 3
    }

    fn rank(&self) -> usize {
        ["en", "uk", "de"].iter().position(|&code| code == self.primary()).unwrap_or(3)
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(code: &str) -> Result<Language> {
        Language::new(code)
    }
}

impl TryFrom<&str> for Language {
    type Error = Error;

    fn try_from(code: &str) -> Result<Language> {
        Language::new(code)
    }
}

impl TryFrom<String> for Language {
    type Error = Error;

    fn try_from(code: String) -> Result<Language> {
        Language::new(&code)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.code())
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Language) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Language {}

impl Hash for Language {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.code().hash(state);
    }
}

impl Ord for Language {
    fn cmp(&self, other: &Language) -> Ordering {
        (self.rank(), self.code()).cmp(&(other.rank(), other.code()))
    }
}

impl PartialOrd for Language {
    fn partial_cmp(&self, other: &Language) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Language, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_codes_are_refused_and_others_normalised() {
        for (given, code) in
            [("en", "en"), ("EN-us", "en-US"), ("ukr", "uk"), ("ger", "de"), ("sr-latn", "sr-Latn")]
        {
            assert_eq!(given.parse::<Language>().unwrap().code(), code);
        }
        for bad in ["", "e", "english language", "ua", "-", "en-", "українська"] {
            assert!(bad.parse::<Language>().is_err(), "{bad}");
        }
        let long = format!("en-x-{}", ["abcdefgh"; 8].join("-"));
        assert!(long.parse::<Language>().is_err());
    }

    #[test]
    fn order_is_english_ukrainian_german_then_by_code() {
        let mut all: Vec<Language> =
            ["fr", "de", "cs", "uk", "en"].iter().map(|code| code.parse().unwrap()).collect();
        all.sort();
        let codes: Vec<&str> = all.iter().map(Language::code).collect();
        assert_eq!(codes, ["en", "uk", "de", "cs", "fr"]);
    }

    #[test]
    fn a_language_serialises_as_its_code() {
        let json = serde_json::to_string(&Language::GERMAN).unwrap();
        assert_eq!(json, "\"de\"");
        assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), Language::GERMAN);
        assert!(serde_json::from_str::<Language>("\"!\"").is_err());
    }
}
