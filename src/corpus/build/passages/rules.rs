//! The rules of passages, and the defaults of their settings.

use serde::{Deserialize, Serialize};

use crate::text::Newlines;

/// The most characters of a text of a row: 4,000, about 1,000 tokens of English in common vocabularies
/// of subwords. Chosen for context windows of 2,048 tokens that hold both sides; not measured.
pub const DEFAULT_MAX_ROW_CHARACTERS: usize = 4_000;
/// The most consecutive sentences of a side that a row may lack or have unaligned: 3. It bridges an
/// inserted caption, a byline or a teaser; a longer run is often a passage of its own. Not measured.
pub const DEFAULT_MAX_GAP_SENTENCES: usize = 3;
/// The confidence below which no row crosses a unit: 0.5, as for rows of pairs (`min_confidence` of the
/// filters).
pub const DEFAULT_MIN_UNIT_CONFIDENCE: f32 = 0.5;

/// What becomes of a sentence without a counterpart inside a row of documents or paragraphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GapPolicy {
    /// The text of the row does not have it. It is marked as `left_out` in the column `sentences`.
    #[default]
    Drop,
    /// The text of the row has it. It is marked as `unaligned` in the column `sentences`.
    Keep,
    /// The row ends before it, and another begins after it.
    Split,
}

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassageKind {
    /// As much of a document as the rules allow.
    Document,
    /// The fewest paragraphs that begin and end together in both languages.
    Paragraphs,
}

/// Where passages begin and end, and what they contain.
#[derive(Clone, Copy, Debug)]
pub struct PassageRules {
    pub kind: PassageKind,
    /// The most characters of a text, unless a single unit has more.
    pub max_characters: usize,
    pub gaps: GapPolicy,
    /// The most consecutive sentences of a side between two units of a row; `None` for any number.
    pub max_gap_sentences: Option<usize>,
    /// No row crosses a unit with a lower confidence; `None` if rows cross all units.
    pub min_unit_confidence: Option<f32>,
    /// What a single newline means in the articles.
    pub newlines: Newlines,
}

impl PassageRules {
    pub fn is_gap_too_long(&self, sentences: usize) -> bool {
        self.max_gap_sentences.is_some_and(|most| sentences > most)
    }
}

/// A setting that is a number, or `false` for `None`.
pub mod number_or_false {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a number that is not negative, or `false`")]
    enum Setting<T> {
        Number(T),
        Switch(bool),
    }

    pub fn serialize<T: ToString, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // The shortest form: 0.3, not 0.30000001.
        let Some(text) = value.as_ref().map(T::to_string) else {
            return serializer.serialize_bool(false);
        };
        match text.parse::<u64>() {
            Ok(whole) => serializer.serialize_u64(whole),
            Err(_) => serializer.serialize_f64(text.parse().unwrap_or(f64::NAN)),
        }
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        match Setting::deserialize(deserializer)? {
            Setting::Number(number) => Ok(Some(number)),
            Setting::Switch(false) => Ok(None),
            Setting::Switch(true) => {
                Err(serde::de::Error::custom("expected a number that is not negative, or `false`"))
            }
        }
    }
}
