//! How a text is spelled: what is no fault, but differs between writers, countries and times.
//!
//! In: a text and its language. Out: counts of words and marks, which a row may carry. They do not reject a row. A user
//! of the rows may select by them, or tell a model which spelling a text has.

mod german;
mod ukrainian;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use german::GermanSpelling;
pub use ukrainian::UkrainianSpelling;

use super::repair_mixed_script;
use crate::Language;
use crate::format::Record;
use crate::setters::setters;

/// What is done with the spelling of rows before they are judged; nothing by default.
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::filter::SpellingConfig;
/// use bitext::format::Record;
///
/// // The first Ukrainian word has a Latin `i`.
/// let texts = [(Language::ENGLISH, "He came."), (Language::UKRAINIAN, "Вiн прийшов.")];
/// let mut record = Record::new(texts)?;
/// let config = SpellingConfig::default().with_repair_mixed_script(true);
/// assert_eq!(config.apply(&mut record), [Language::UKRAINIAN]);
/// assert_eq!(record.text(Language::UKRAINIAN), Some("Він прийшов."));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SpellingConfig {
    /// Whether words of Ukrainian texts with Latin and Cyrillic letters that look the same are written in one script; see
    /// [`repair_mixed_script`]. Off by default. A changed row has the extra `repaired` with the codes of the changed
    /// languages.
    pub repair_mixed_script: bool,
    /// Whether each row gets the extra `spelling` with the [`Spelling`] of its German and Ukrainian texts. Off by
    /// default.
    pub annotate: bool,
}

setters! { SpellingConfig {
    ///
    /// ```
    /// use bitext::corpus::filter::SpellingConfig;
    ///
    /// let config = SpellingConfig::default().with_repair_mixed_script(true).with_annotate(true);
    /// assert!(config.repair_mixed_script && config.annotate);
    /// ```
    with_repair_mixed_script: repair_mixed_script = bool;
    with_annotate: annotate = bool;
} }

/// The name of the extra with the languages whose texts were repaired.
const REPAIRED: &str = "repaired";
/// The name of the extra with the spelling of the texts.
const SPELLING: &str = "spelling";

impl SpellingConfig {
    /// Repairs and annotates a row. Returns the languages whose texts were changed, which are also the extra `repaired`
    /// of the row.
    pub fn apply(&self, record: &mut Record) -> Vec<Language> {
        let mut repaired = Vec::new();
        if self.repair_mixed_script {
            for (language, text) in record.texts_mut() {
                if language.primary() != "uk" {
                    continue;
                }
                if let Cow::Owned(right) = repair_mixed_script(text) {
                    *text = right;
                    repaired.push(*language);
                }
            }
        }
        if !repaired.is_empty() {
            let codes = repaired.iter().map(Language::to_string).collect();
            record.extra.insert(REPAIRED.to_string(), codes);
        }
        if self.annotate {
            let found = record.texts().iter().filter_map(|(language, text)| {
                let spelling = serde_json::to_value(Spelling::of(*language, text)?).ok()?;
                Some((language.to_string(), spelling))
            });
            let found: serde_json::Map<String, serde_json::Value> = found.collect();
            if !found.is_empty() {
                record.extra.insert(SPELLING.to_string(), found.into());
            }
        }
        repaired
    }
}

/// The spelling of a text in a language that has several.
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::filter::Spelling;
///
/// let swiss = "Die Strasse ist gesperrt, ausser am Sonntag.";
/// let Some(Spelling::German(found)) = Spelling::of(Language::GERMAN, swiss) else { panic!() };
/// assert_eq!((found.sharp_s, found.ss_for_sharp_s), (0, 2));
///
/// let old = "Er wußte, daß es regnet.";
/// let Some(Spelling::German(found)) = Spelling::of(Language::GERMAN, old) else { panic!() };
/// assert_eq!((found.old_spelling, found.new_spelling), (2, 0));
/// assert!(Spelling::of(Language::ENGLISH, "The road is closed.").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Spelling {
    /// Of a German text.
    German(GermanSpelling),
    /// Of a Ukrainian text.
    Ukrainian(UkrainianSpelling),
}

impl Spelling {
    /// The spelling of a text; `None` if bitext knows only one spelling of the language.
    pub fn of(language: Language, text: &str) -> Option<Spelling> {
        match language.primary() {
            "de" => Some(Spelling::German(german::spelling(text))),
            "uk" => Some(Spelling::Ukrainian(ukrainian::spelling(text))),
            _ => None,
        }
    }
}
