//! The thresholds of the filters, and their defaults.
//!
//! The table at `config!` has one line per filter: its setting with the method that sets it, its reason, the
//! kind of its limit, and its default. `reports/filters.md` measures the defaults.

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use crate::setters::setters;
use crate::{Error, Result};

/// A limit of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit {
    /// Lower scores are rejected.
    Least(f32),
    /// Higher scores are rejected.
    Most(f32),
}

/// The threshold of one filter.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// The reason of the filter.
    pub reason: Reason,
    /// The name of the setting in [`FilterConfig`].
    pub setting: &'static str,
    /// The threshold in the unit of the score; `None` if the filter is off.
    pub value: Option<f32>,
    /// Whether scores below the threshold are rejected, rather than those above it.
    pub is_minimum: bool,
}

macro_rules! config {
    ($($(#[$doc:meta])* $name:ident, $setter:ident: $reason:ident, $kind:ident = $default:expr,)*) => {
        /// The threshold of each filter; `None` switches a filter off. [`Reason`] has examples of
        /// rejected pairs.
        ///
        /// In TOML and JSON a threshold is a number, or `false` for `None`. A missing threshold has
        /// its default. The defaults keep nearly all good pairs: `reports/filters.md` has how many
        /// good pairs each filter rejects, and how much damage it finds.
        ///
        /// ```
        /// use bitext::corpus::filter::FilterConfig;
        ///
        /// let config: FilterConfig =
        ///     serde_json::from_str(r#"{"max_length_ratio": 1.8, "max_boilerplate": false}"#)?;
        /// assert_eq!(config.max_length_ratio, Some(1.8));
        /// assert_eq!(config.max_boilerplate, None);
        /// assert_eq!(config.min_characters, FilterConfig::default().min_characters);
        ///
        /// let strict = FilterConfig::default().with_max_length_ratio(1.6).with_min_confidence(0.8);
        /// assert_eq!(strict.min_confidence, Some(0.8));
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
            /// All filters off, as a start for a selection of filters.
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

            /// The limits of the filters that are on.
            pub(super) fn limits(&self) -> impl Iterator<Item = (Reason, Limit)> {
                [$((Reason::$reason, self.$name.map(Limit::$kind)),)*]
                    .into_iter()
                    .filter_map(|(reason, limit)| Some((reason, limit?)))
            }

            /// The thresholds of all filters in the order of [`Reason::ALL`], also of those that are off.
            ///
            /// ```
            /// use bitext::corpus::filter::{FilterConfig, Reason};
            ///
            /// let config = FilterConfig::default();
            /// let ratio = config.thresholds().find(|one| one.reason == Reason::LengthRatio).unwrap();
            /// assert_eq!((ratio.setting, ratio.value), ("max_length_ratio", Some(2.0)));
            /// assert!(!ratio.is_minimum);
            /// ```
            pub fn thresholds(&self) -> impl Iterator<Item = Threshold> {
                [$(Threshold {
                    reason: Reason::$reason,
                    setting: stringify!($name),
                    value: self.$name,
                    is_minimum: matches!(Limit::$kind(0.0), Limit::Least(_)),
                },)*].into_iter()
            }

            /// Checks that no threshold is negative, infinite or NaN.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) with the name of the field.
            ///
            /// ```
            /// use bitext::corpus::filter::FilterConfig;
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

        setters! { FilterConfig { $(
            ///
            /// ```
            /// use bitext::corpus::filter::FilterConfig;
            ///
            #[doc = concat!(" let config = FilterConfig::off().", stringify!($setter), "(0.5);")]
            #[doc = concat!(" assert_eq!(config.", stringify!($name), ", Some(0.5));")]
            #[doc = concat!(" assert_eq!(config.", stringify!($setter), "(None), FilterConfig::off());")]
            /// ```
            $setter: $name = into Option<f32>;
        )* } }

        /// The reason, the setting and the setter of each row of the table.
        #[cfg(test)]
        const ROWS: &[(Reason, &str, &str)] =
            &[$((Reason::$reason, stringify!($name), stringify!($setter)),)*];
    };
}

config! {
    /// Letters and digits of the side with fewer, at least. Default: 1, so no side is empty. Single words
    /// are good pairs.
    min_characters, with_min_characters: TooShort, Least = Some(1.0),
    /// Characters of the longer side, at most. Default: 2,000.
    max_characters, with_max_characters: TooLong, Most = Some(2000.0),
    /// Words of the side with fewer, at least. Off by default.
    min_words, with_min_words: FewWords, Least = None,
    /// Words of the side with more, at most. Default: 300.
    max_words, with_max_words: ManyWords, Most = Some(300.0),
    /// The ratio of the longer to the shorter side, at most, relative to the usual ratio of the two languages.
    /// 20 characters are added to both sides, so that short texts may differ more. Default: 2.
    max_length_ratio, with_max_length_ratio: LengthRatio, Most = Some(2.0),
    /// The share of a side's letters that are not in its language's script, at most; 0 to 1. Default: 0.7,
    /// because product names may be in Latin letters.
    max_other_script, with_max_other_script: WrongScript, Most = Some(0.7),
    /// The confidence that a side is in another language, at most; 0 to 1. Default: 0.9.
    max_other_language, with_max_other_language: WrongLanguage, Most = Some(0.9),
    /// The share of Russian and Belarusian words on a Ukrainian side, at most; 0 to 1. Only words that are
    /// typical of one of the languages are counted. Default: 0.34, because quotations are common.
    max_russian, with_max_russian: RussianInUkrainian, Most = Some(0.34),
    /// The share of words on a Ukrainian side that are Russian or Belarusian, at most; 0 to 1. Default: 0, so one word is
    /// enough.
    max_russian_words, with_max_russian_words: RussianWords, Most = Some(0.0),
    /// The share of words on a Ukrainian side that are surzhyk, at most; 0 to 1. Default: 0, so one word is enough.
    max_surzhyk, with_max_surzhyk: Surzhyk, Most = Some(0.0),
    /// The share of words on a Ukrainian side that belong to calques of Russian expressions, at most; 0 to 1. Off by
    /// default, because careful writers use some of them.
    max_calques, with_max_calques: Calques, Most = None,
    /// The share of words on a Ukrainian side that have Latin and Cyrillic letters which look the same, at most; 0 to 1.
    /// Default: 0, so one word is enough.
    max_mixed_script, with_max_mixed_script: MixedScript, Most = Some(0.0),
    /// The share of words on a Ukrainian side without their apostrophe, at most; 0 to 1. Default: 0, so one word is
    /// enough.
    max_missing_apostrophe, with_max_missing_apostrophe: MissingApostrophe, Most = Some(0.0),
    /// The share of letter trigrams that both sides have, at most; 0 to 1. Default: 0.9.
    max_similarity, with_max_similarity: Untranslated, Most = Some(0.9),
    /// The share of a side's letters that are in runs of at least four words which the other side has too, at
    /// most; 0 to 1. Default: 0.3, which finds 99 % of untranslated halves, and rejects 0.1 % of good pairs
    /// outside manuals, which are quotations and titles.
    max_copied, with_max_copied: PartlyUntranslated, Most = Some(0.3),
    /// The share of numbers that contradict each other, at most; 0 to 1. A number that only one side has
    /// counts as 1/8. Default: 0.15.
    max_number_mismatch, with_max_number_mismatch: NumberMismatch, Most = Some(0.15),
    /// The share of web and mail addresses that the other side does not have, at most; 0 to 1. Default: 0.4.
    max_url_mismatch, with_max_url_mismatch: UrlMismatch, Most = Some(0.4),
    /// The difference of the terminal punctuation, at most: 1 for a question and another sentence, 0.5 if
    /// one side has no mark, 0.25 for an exclamation and a statement. Off by default, because translators
    /// change punctuation.
    max_end_mismatch, with_max_end_mismatch: TerminalPunctuation, Most = None,
    /// The share of a side that repeats an earlier part, at most; 0 to 1. Default: 0.4, because a doubled
    /// sentence has nearly 0.5.
    max_repetition, with_max_repetition: Repetition, Most = Some(0.4),
    /// How much more of one side than of the other is in sentences that it has had before, at most; 0 to 1.
    /// Default: 0.05, because gold pairs that repeat a sentence do so on both sides, all but one in 50,000.
    max_doubled, with_max_doubled: Doubled, Most = Some(0.05),
    /// The share of a side's characters that are HTML, at most; 0 to 1. Default: 0.02.
    max_markup, with_max_markup: Markup, Most = Some(0.02),
    /// The share of a side's bytes that are boilerplate lines, at most; 0 to 1. Default: 0.5.
    max_boilerplate, with_max_boilerplate: Boilerplate, Most = Some(0.5),
    /// The share of a side's characters that were decoded in a wrong encoding, at most; 0 to 1. Default: 0,
    /// so one is enough.
    max_mojibake, with_max_mojibake: Mojibake, Most = Some(0.0),
    /// The share of a side's characters that are escape sequences, at most; 0 to 1. Default: 0.05.
    max_escapes, with_max_escapes: Escapes, Most = Some(0.05),
    /// The share of letters in a side's characters without white space, at least; 0 to 1. Default: 0.3.
    min_letter_share, with_min_letter_share: FewLetters, Least = Some(0.3),
    /// The aligner's confidence, at least; 0 to 1. Pairs without a confidence pass. Default: 0.5.
    min_confidence, with_min_confidence: LowConfidence, Least = Some(0.5),
    /// The aligner's score (margin similarity), at least; about 0 to 1. Pairs without a score pass. Off by
    /// default: 0.1 rejects most unrelated ends of pages, but also loose translations, one in a hundred in
    /// news and more in dialogue.
    min_score, with_min_score: LowScore, Least = None,
}

/// A threshold as text: a number, or `false` for `None`.
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
                if value >= 0.0 && value.is_finite() {
                    Ok(Some(value as f32))
                } else {
                    Err(E::custom("a threshold must be a number that is not negative"))
                }
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Option<f32>, E> {
                self.visit_f64(value as f64)
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Option<f32>, E> {
                self.visit_f64(value as f64)
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Option<f32>, E> {
                if value {
                    return Err(E::custom("`true` is not a threshold; use a number or `false`"));
                }
                Ok(None)
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
        assert!(json.contains("\"max_similarity\":0.9,"), "{json}");
    }

    #[test]
    fn every_reason_has_a_threshold_with_its_setter() {
        let others =
            [Reason::Excluded, Reason::Duplicate, Reason::NearDuplicate, Reason::RenamedCopy];
        let judged = Reason::ALL.into_iter().filter(|reason| !others.contains(reason));
        assert!(
            ROWS.iter().map(|(reason, ..)| *reason).eq(judged),
            "not the reasons of `Reason::ALL` in its order"
        );
        for (_, field, setter) in ROWS {
            assert_eq!(*setter, format!("with_{field}"));
        }
    }

    /// The rows are ordered as `Reason::ALL`, and have the settings with their defaults.
    #[test]
    fn the_documented_table_lists_all_reasons_and_thresholds() {
        let rows = include_str!("reason.rs").lines().filter_map(|line| line.split_once("/// | `"));
        let rows: Vec<Vec<&str>> =
            rows.map(|(_, row)| row.split('|').map(str::trim).collect()).collect();
        let codes: Vec<&str> = rows.iter().map(|row| row[0].trim_end_matches('`')).collect();
        assert_eq!(codes, Reason::ALL.map(Reason::code));

        let defaults = serde_json::to_value(FilterConfig::default()).unwrap();
        for ((_, field, _), row) in ROWS.iter().zip(&rows) {
            let expected = match defaults[field].as_f64() {
                Some(value) => format!("`{field}` = {value}"),
                None => format!("`{field}` off"),
            };
            assert_eq!(
                row[1].replace(',', ""),
                expected,
                "the table in reason.rs and `config!` differ"
            );
        }
    }

    #[test]
    fn invalid_thresholds_are_errors() {
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
