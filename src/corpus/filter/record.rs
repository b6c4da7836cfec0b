//! Judges records, which have two texts or more.

use super::config::FilterConfig;
use super::{CandidatePair, Reason, Reasons};
use crate::Language;
use crate::format::Record;

/// What the filters find in a record: the union over all pairs of its texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordVerdict {
    reasons: Reasons,
    scores: Vec<(Reason, f32)>,
}

impl RecordVerdict {
    /// The reasons against the record; empty if it is kept.
    ///
    /// ```
    /// use bitext::corpus::filter::RecordVerdict;
    ///
    /// assert!(RecordVerdict::default().reasons().is_empty());
    /// ```
    pub fn reasons(&self) -> Reasons {
        self.reasons
    }

    /// The reasons in the order in which they were found, each with the score of the first pair of
    /// texts that has it.
    ///
    /// ```
    /// use bitext::corpus::filter::RecordVerdict;
    ///
    /// assert!(RecordVerdict::default().scores().is_empty());
    /// ```
    pub fn scores(&self) -> &[(Reason, f32)] {
        &self.scores
    }
}

impl FilterConfig {
    /// Judges every two texts of a record. Variants of one language, such as `en-US` and `en-GB`,
    /// are not compared: they are no translations of each other.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{FilterConfig, Reason};
    /// use bitext::format::Record;
    ///
    /// let texts = [(Language::ENGLISH, "See page 3."), (Language::GERMAN, "Siehe Seite 4.")];
    /// let record = Record::new(texts.map(|(language, text)| (language, text.to_string())))?;
    /// let verdict = FilterConfig::default().judge_record(&record);
    /// assert!(verdict.reasons().contains(Reason::NumberMismatch));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn judge_record(&self, record: &Record) -> RecordVerdict {
        let texts: Vec<(Language, &str)> =
            record.texts().iter().map(|(language, text)| (*language, text.as_str())).collect();
        let mut found = RecordVerdict::default();
        for (at, &source) in texts.iter().enumerate() {
            let is_other_language =
                |other: &&(Language, &str)| other.0.primary() != source.0.primary();
            for &target in texts[at + 1..].iter().filter(is_other_language) {
                let pair = CandidatePair::new(source, target)
                    .with_confidence(record.confidence)
                    .with_score(record.score);
                let verdict = self.judge(&pair);
                let new =
                    verdict.reasons().iter().filter(|reason| !found.reasons.contains(*reason));
                found.scores.extend(new.map(|reason| (reason, verdict.score(reason))));
                found.reasons.extend(verdict.reasons());
            }
        }
        found
    }
}
