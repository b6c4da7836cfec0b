//! The thresholds of the filters.

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use crate::setters::setters;
use crate::{Error, Result};

/// What a score must not pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit {
    Least(f32),
    Most(f32),
}

macro_rules! config {
    ($($(#[$doc:meta])* $name:ident: $reason:ident, $kind:ident = $default:expr,)*) => {
        /// The thresholds of the filters, one each; `None` switches a filter off.
        ///
        /// As text (TOML, JSON) a threshold is a number, or `false` for none. What
        /// is not mentioned has its default. The defaults keep good pairs:
        /// `reports/filters.md` tells how many each costs, and what each catches.
        ///
        /// ```
        /// use bitext::corpus::filter::FilterConfig;
        ///
        /// let config: FilterConfig =
        ///     serde_json::from_str(r#"{"max_length_ratio": 1.8, "max_boilerplate": false}"#)?;
        /// assert_eq!(config.max_length_ratio, Some(1.8));
        /// assert_eq!(config.max_boilerplate, None);
        /// assert_eq!(config.min_characters, FilterConfig::default().min_characters);
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct FilterConfig {
            $($(#[$doc])* #[serde(with = "threshold")] pub $name: Option<f32>,)*
        }

        impl Default for FilterConfig {
            fn default() -> FilterConfig {
                FilterConfig { $($name: $default,)* }
            }
        }

        impl FilterConfig {
            /// No filter at all, to switch on those that are wanted.
            ///
            /// ```
            /// use bitext::Language;
            /// use bitext::corpus::filter::{CandidatePair, FilterConfig};
            ///
            /// let empty = CandidatePair::new((Language::ENGLISH, ""), (Language::GERMAN, ""));
            /// let mut config = FilterConfig::off();
            /// assert!(config.judge(&empty).is_kept());
            /// config.min_words = Some(1.0);
            /// assert!(!config.judge(&empty).is_kept());
            /// ```
            pub fn off() -> FilterConfig {
                FilterConfig { $($name: None,)* }
            }

            /// The limits that are on.
            pub(super) fn limits(&self) -> impl Iterator<Item = (Reason, Limit)> {
                [$((Reason::$reason, self.$name.map(Limit::$kind)),)*]
                    .into_iter()
                    .filter_map(|(reason, limit)| Some((reason, limit?)))
            }

            /// Checks that every threshold is a number that is not negative.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) naming the field.
            ///
            /// ```
            /// use bitext::{Error, corpus::filter::FilterConfig};
            ///
            /// let mut config = FilterConfig::default();
            /// config.max_boilerplate = Some(f32::NAN);
            /// let error = config.validate().unwrap_err();
            /// assert!(error.message().contains("`max_boilerplate`"));
            /// ```
            pub fn validate(&self) -> Result<()> {
                $(if self.$name.is_some_and(|value| !(value >= 0.0 && value.is_finite())) {
                    let reason = "must be a number that is not negative, or none";
                    return Err(Error::config(stringify!($name), reason));
                })*
                Ok(())
            }
        }
    };
}

config! {
    /// Least number of letters and figures of the shorter side. Default 1: no side
    /// is empty. A word alone is a good pair.
    min_characters: TooShort, Least = Some(1.0),
    /// Most characters of the longer side. Default 2,000.
    max_characters: TooLong, Most = Some(2000.0),
    /// Least number of words of the side with fewer. Off by default.
    min_words: FewWords, Least = None,
    /// Most words of the side with more. Default 300.
    max_words: ManyWords, Most = Some(300.0),
    /// Most times that one side is longer than it should be for the other, of
    /// what is usual between the two languages; 20 characters are added to both,
    /// so that short texts may differ. Default 2.
    max_length_ratio: LengthMismatch, Most = Some(2.0),
    /// Largest share of a side's letters that are not of its language's script, 0
    /// to 1. Default 0.7: names of products may be in Latin letters.
    max_other_script: WrongScript, Most = Some(0.7),
    /// Largest confidence, 0 to 1, that a side is in another language. Default 0.9.
    max_other_language: WrongLanguage, Most = Some(0.9),
    /// Largest share of Russian or Belarusian words among those of a Ukrainian side
    /// that tell which it is, 0 to 1. Default 0.34: quotations are common.
    max_russian: RussianInUkrainian, Most = Some(0.34),
    /// Largest likeness of the two sides as strings of letters, 0 to 1. Default 0.9.
    max_copy_similarity: Untranslated, Most = Some(0.9),
    /// Largest share of numbers that contradict each other, 0 to 1; what only one side has counts
    /// an eighth. Default 0.15.
    max_number_mismatch: NumberMismatch, Most = Some(0.15),
    /// Largest share of web and mail addresses that the other side does not have,
    /// 0 to 1. Default 0.4.
    max_url_mismatch: UrlMismatch, Most = Some(0.4),
    /// Largest difference of the marks at the ends, 0 to 1: 1 a question and none,
    /// 0.5 a full stop and none. Off by default: translators change them.
    max_punctuation_mismatch: PunctuationMismatch, Most = None,
    /// Largest share of a side that repeats what it has said, 0 to 1. Default 0.4: a
    /// sentence given twice over has nearly half.
    max_repetition: Repetition, Most = Some(0.4),
    /// Largest share of a side that is tags and entities, 0 to 1. Default 0.02.
    max_markup: Markup, Most = Some(0.02),
    /// Largest share of a side that is lines of a site, 0 to 1. Default 0.5.
    max_boilerplate: Boilerplate, Most = Some(0.5),
    /// Largest share of a side's characters that are wrongly decoded, 0 to 1.
    /// Default 0: none.
    max_mojibake: Mojibake, Most = Some(0.0),
    /// Largest share of a side that is escapes, 0 to 1. Default 0.05.
    max_escape_sequences: EscapeSequences, Most = Some(0.05),
    /// Least share of letters among a side's characters that are no white space,
    /// 0 to 1. Default 0.3.
    min_letter_share: FewLetters, Least = Some(0.3),
    /// Least confidence of the aligner, 0 to 1; pairs without one pass. Default 0.5.
    min_confidence: LowConfidence, Least = Some(0.5),
    /// Least score of the aligner (margin similarity), about 0 to 1; pairs without one pass. Off by
    /// default: 0.1 rejects most of what two pages end with and no other evidence parts, and
    /// loose translations too, one of a hundred in news and more in dialogue.
    min_score: LowScore, Least = None,
}

setters! { FilterConfig {
    ///
    /// ```
    /// use bitext::corpus::filter::FilterConfig;
    ///
    /// let strict = FilterConfig::default().with_max_length_ratio(1.6).with_min_confidence(0.8);
    /// assert_eq!(strict.min_confidence, Some(0.8));
    /// // All thresholds at their defaults.
    /// let config = FilterConfig::default()
    ///     .with_min_characters(1.0)
    ///     .with_max_characters(2000.0)
    ///     .with_min_words(None)
    ///     .with_max_words(300.0)
    ///     .with_max_length_ratio(2.0)
    ///     .with_max_other_script(0.7)
    ///     .with_max_other_language(0.9)
    ///     .with_max_russian(0.34)
    ///     .with_max_copy_similarity(0.9)
    ///     .with_max_number_mismatch(0.15)
    ///     .with_max_url_mismatch(0.4)
    ///     .with_max_punctuation_mismatch(None)
    ///     .with_max_repetition(0.4)
    ///     .with_max_markup(0.02)
    ///     .with_max_boilerplate(0.5)
    ///     .with_max_mojibake(0.0)
    ///     .with_max_escape_sequences(0.05)
    ///     .with_min_letter_share(0.3)
    ///     .with_min_confidence(0.5)
    ///     .with_min_score(None);
    /// assert_eq!(config, FilterConfig::default());
    /// ```
    with_min_characters: min_characters = into Option<f32>;
    with_max_characters: max_characters = into Option<f32>;
    with_min_words: min_words = into Option<f32>;
    with_max_words: max_words = into Option<f32>;
    with_max_length_ratio: max_length_ratio = into Option<f32>;
    with_max_other_script: max_other_script = into Option<f32>;
    with_max_other_language: max_other_language = into Option<f32>;
    with_max_russian: max_russian = into Option<f32>;
    with_max_copy_similarity: max_copy_similarity = into Option<f32>;
    with_max_number_mismatch: max_number_mismatch = into Option<f32>;
    with_max_url_mismatch: max_url_mismatch = into Option<f32>;
    with_max_punctuation_mismatch: max_punctuation_mismatch = into Option<f32>;
    with_max_repetition: max_repetition = into Option<f32>;
    with_max_markup: max_markup = into Option<f32>;
    with_max_boilerplate: max_boilerplate = into Option<f32>;
    with_max_mojibake: max_mojibake = into Option<f32>;
    with_max_escape_sequences: max_escape_sequences = into Option<f32>;
    with_min_letter_share: min_letter_share = into Option<f32>;
    with_min_confidence: min_confidence = into Option<f32>;
    with_min_score: min_score = into Option<f32>;
} }

/// A number, or `false` for none.
mod threshold {
    use std::fmt;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    pub fn serialize<S: Serializer>(value: &Option<f32>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            // The shortest form: 0.3, not 0.30000001.
            Some(value) => serializer.serialize_f64(value.to_string().parse().unwrap_or(f64::NAN)),
            None => serializer.serialize_bool(false),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<f32>, D::Error> {
        struct Threshold;

        impl Visitor<'_> for Threshold {
            type Value = Option<f32>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or `false` for no threshold")
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Option<f32>, E> {
                match value >= 0.0 && value.is_finite() {
                    true => Ok(Some(value as f32)),
                    false => Err(E::custom("a threshold must be a number that is not negative")),
                }
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Option<f32>, E> {
                self.visit_f64(value as f64)
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Option<f32>, E> {
                self.visit_f64(value as f64)
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Option<f32>, E> {
                match value {
                    false => Ok(None),
                    true => Err(E::custom("`true` is no threshold: give a number, or `false`")),
                }
            }
        }

        input.deserialize_any(Threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_off_are_written_and_read_back() {
        for config in [FilterConfig::default(), FilterConfig::off()] {
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<FilterConfig>(&json).unwrap(), config);
            assert!(config.validate().is_ok());
        }
        assert_eq!(FilterConfig::off().limits().count(), 0);
        let json = serde_json::to_string(&FilterConfig::default()).unwrap();
        assert!(json.contains("\"max_copy_similarity\":0.9,"), "{json}");
    }

    #[test]
    fn what_is_no_threshold_is_refused() {
        for bad in [
            r#"{"max_words": -1}"#,
            r#"{"max_words": true}"#,
            r#"{"max_words": "many"}"#,
            r#"{"max_wrods": 3}"#,
        ] {
            assert!(serde_json::from_str::<FilterConfig>(bad).is_err(), "{bad}");
        }
        let config = FilterConfig { max_words: Some(f32::NAN), ..FilterConfig::default() };
        assert!(config.validate().unwrap_err().to_string().contains("max_words"));
    }
}
