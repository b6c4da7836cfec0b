//! Units and beads: groups of sentences that correspond.

use crate::{Error, Language, Result};

/// Sentences of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The language.
    pub language: Language,
    /// Indexes of its sentences, from 0, ascending; never empty. They are consecutive unless a
    /// paragraph was inserted into what is one sentence in another language.
    pub sentences: Vec<usize>,
}

/// A group of sentences that correspond: a unit of a bitext over all languages, or a bead of two
/// languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    parts: Vec<Part>,
    score: f32,
    confidence: f32,
    crossing: bool,
    reviewed: bool,
}

impl Unit {
    /// Makes a unit from its parts, and sorts them by language.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) if there is no part, a part is
    /// empty or not ascending, a language occurs twice, the score is not finite, or the confidence is
    /// not in 0..=1.
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let german = Part { language: Language::GERMAN, sentences: vec![4] };
    /// let english = Part { language: Language::ENGLISH, sentences: vec![3, 4] };
    /// let unit = Unit::new(vec![german.clone(), english], 0.6, 0.9)?;
    /// assert_eq!((unit.shape().as_str(), unit.is_null(), unit.score()), ("2-1", false, 0.6));
    /// assert_eq!(unit.parts()[0].language, Language::ENGLISH);
    /// assert_eq!(unit.sentences(Language::ENGLISH), Some(&[3, 4][..]));
    /// assert!(Unit::new(vec![german.clone(), german], 0.6, 0.9).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn new(mut parts: Vec<Part>, score: f32, confidence: f32) -> Result<Unit> {
        parts.sort_by_key(|part| part.language);
        let refuse = |why: &str| Err(Error::bitext(format!("a unit {why}")));
        if parts.is_empty() || parts.iter().any(|part| part.sentences.is_empty()) {
            return refuse("without sentences");
        }
        let ascends = |part: &Part| part.sentences.windows(2).all(|pair| pair[0] < pair[1]);
        if !parts.iter().all(ascends) {
            return refuse("whose sentences do not ascend");
        }
        if parts.windows(2).any(|pair| pair[0].language == pair[1].language) {
            return refuse("with a language twice");
        }
        if !score.is_finite() || !(0.0..=1.0).contains(&confidence) {
            return refuse("whose score or confidence is out of range");
        }
        Ok(Unit { parts, score, confidence, crossing: false, reviewed: false })
    }

    /// Sets whether the unit is [`crossing`](Unit::crossing).
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let part = |language, sentence| Part { language, sentences: vec![sentence] };
    /// let unit = Unit::new(vec![part(Language::ENGLISH, 0), part(Language::GERMAN, 7)], 0.6, 0.9)?;
    /// assert!(unit.with_crossing(true).crossing());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_crossing(mut self, crossing: bool) -> Unit {
        self.crossing = crossing;
        self
    }

    /// Whether the text is at another place in another language, so that the unit crosses others.
    /// The aligner finds such units only with
    /// [`AlignConfig::crossing`](field@crate::align::AlignConfig::crossing).
    pub fn crossing(&self) -> bool {
        self.crossing
    }

    /// Sets whether the unit is [`reviewed`](Unit::reviewed).
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let alone = Part { language: Language::ENGLISH, sentences: vec![0] };
    /// let unit = Unit::new(vec![alone], 0.0, 1.0)?;
    /// assert!(!unit.reviewed());
    /// assert!(unit.with_reviewed(true).reviewed());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_reviewed(mut self, reviewed: bool) -> Unit {
        self.reviewed = reviewed;
        self
    }

    /// Whether a person made or confirmed the unit. An [`Aligner`](crate::Aligner) never sets it.
    pub fn reviewed(&self) -> bool {
        self.reviewed
    }

    /// The parts, one per language, in the order of the languages.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The indexes of the sentences in a language, from 0; `None` if the unit has none.
    pub fn sentences(&self, language: Language) -> Option<&[usize]> {
        let part = self.parts.iter().find(|part| part.language == language)?;
        Some(&part.sentences)
    }

    /// Whether the unit is a sentence of one language, without a counterpart.
    pub fn is_null(&self) -> bool {
        self.parts.len() == 1
    }

    /// The mean margin similarity over the language pairs that have a bead in the unit. 0: the
    /// sentences are as similar to each other as to the nearest other sentences of these articles;
    /// negative: less similar; 1: they have the same content. Null units have 0. Always finite.
    pub fn score(&self) -> f32 {
        self.score
    }

    /// The probability, 0 to 1, that the unit is exactly right. For a null unit: that the sentence
    /// has no counterpart.
    ///
    /// A unit has the lowest confidence of its beads. If it lacks a language, the probabilities that
    /// its sentences are unaligned in that language count too. A null unit has the highest confidence
    /// over the other languages, which is the best calibrated choice (`DESIGN.md`).
    ///
    /// ```
    /// use bitext::{Language, Part, Unit};
    ///
    /// let part = |language| Part { language, sentences: vec![0] };
    /// let unit = Unit::new(vec![part(Language::ENGLISH), part(Language::GERMAN)], 0.6, 0.9)?;
    /// assert_eq!(unit.confidence(), 0.9);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn confidence(&self) -> f32 {
        self.confidence
    }

    /// The numbers of sentences by language, such as `1-2-1`.
    pub fn shape(&self) -> String {
        let sizes: Vec<String> =
            self.parts.iter().map(|part| part.sentences.len().to_string()).collect();
        sizes.join("-")
    }
}

/// The beads of two languages, finer than the units.
#[derive(Clone, Debug, PartialEq)]
pub struct LanguagePair {
    /// The first language.
    pub source: Language,
    /// The second language, later in the languages' order.
    pub target: Language,
    /// The beads in ascending order, each with both languages. [`crossing`](Unit::crossing) beads
    /// ascend in the source only.
    pub beads: Vec<Unit>,
}
