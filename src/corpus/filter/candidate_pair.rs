//! The input of the filters: two texts, their languages, and what the aligner says about them.

use crate::Language;

/// Two texts that may be translations of each other.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CandidatePair<'a> {
    /// The text in one language.
    pub source_text: &'a str,
    /// The text in the other language.
    pub target_text: &'a str,
    /// The language that the source text should be in.
    pub source_language: Language,
    /// The language that the target text should be in.
    pub target_language: Language,
    /// The aligner's confidence in the pair, 0 to 1; `None` if it is unknown.
    pub confidence: Option<f32>,
    /// The aligner's score of the pair (margin similarity): 0 for unrelated sentences, 1 for
    /// sentences with equal vectors, and negative for less than unrelated ones. `None` if it is unknown.
    pub score: Option<f32>,
}

impl<'a> CandidatePair<'a> {
    /// A pair without a confidence and without a score.
    pub fn new(source: (Language, &'a str), target: (Language, &'a str)) -> CandidatePair<'a> {
        CandidatePair {
            source_text: source.1,
            target_text: target.1,
            source_language: source.0,
            target_language: target.0,
            confidence: None,
            score: None,
        }
    }

    /// Sets the aligner's confidence.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{CandidatePair, FilterConfig, Reason};
    ///
    /// let pair = CandidatePair::new((Language::ENGLISH, "It rained."), (Language::GERMAN, "Es regnete."));
    /// let config = FilterConfig::default();
    /// assert!(config.judge(&pair).is_kept());
    /// let verdict = config.judge(&pair.with_confidence(Some(0.2)));
    /// assert!(verdict.reasons().contains(Reason::LowConfidence));
    /// ```
    pub fn with_confidence(mut self, confidence: Option<f32>) -> CandidatePair<'a> {
        self.confidence = confidence;
        self
    }

    /// Sets the aligner's score.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{CandidatePair, FilterConfig, Reason};
    ///
    /// let pair = CandidatePair::new((Language::ENGLISH, "More news"), (Language::GERMAN, "Das Wetter"));
    /// let pair = pair.with_score(Some(0.03));
    /// let mut config = FilterConfig::default();
    /// assert!(config.judge(&pair).is_kept());
    /// config.min_score = Some(0.1);
    /// assert!(config.judge(&pair).reasons().contains(Reason::LowScore));
    /// ```
    pub fn with_score(mut self, score: Option<f32>) -> CandidatePair<'a> {
        self.score = score;
        self
    }
}
