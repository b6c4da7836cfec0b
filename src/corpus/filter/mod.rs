//! Filters: which pairs of a bitext are fit for training.
//!
//! Each filter gives a pair one number, its **score**, has one **threshold** in
//! [`FilterConfig`], and one [`Reason`] that it rejects a pair for.
//! [`FilterConfig::judge`] looks at one pair and knows no other; what came before
//! is known to the [`Deduplicator`], which goes by keys that [`DedupConfig::keys`] makes
//! of a pair, so that keys can be made on many machines and compared on one, or sorted.
//!
//! ```
//! use bitext::Language;
//! use bitext::corpus::filter::{CandidatePair, FilterCounts, FilterConfig, Reason};
//!
//! let config = FilterConfig::default();
//! let mut counts = FilterCounts::default();
//! for (english, german) in [
//!     ("The bridge cost 1.5 million euros.", "Die Brücke kostete 1.500.000 Euro."),
//!     ("The bridge cost 1.5 million euros.", "Die Brücke kostete 2,5 Mio. Euro."),
//! ] {
//!     let pair = CandidatePair::new((Language::ENGLISH, english), (Language::GERMAN, german));
//!     let verdict = config.judge(&pair);
//!     counts.add(verdict.reasons());
//! }
//! assert_eq!((counts.kept(), counts.rejected_for(Reason::NumberMismatch)), (1, 1));
//! ```

mod config;
mod reason;
mod record;

pub use config::FilterConfig;
pub use reason::{FilterCounts, Reason, Reasons, UnknownReason};
pub use record::RecordVerdict;

use crate::Language;

pub(super) use addresses::mismatch as address_mismatch;
use config::Limit;
pub(super) use numbers::mismatch as number_mismatch;

mod addresses;
mod damage;
mod dedup;
mod encoding;
mod held_out;
mod letters;
mod markup;
mod numbers;
mod russian;
mod shape;
mod sketch;

pub use dedup::{DedupConfig, DedupKeys, Deduplicator, DuplicateSides, exact_key, near_keys};
pub use held_out::HeldOutTexts;
pub use sketch::Sketch;

/// Two texts that are said to be translations of each other.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CandidatePair<'a> {
    /// One text.
    pub source_text: &'a str,
    /// The other.
    pub target_text: &'a str,
    /// The language of the one.
    pub source_language: Language,
    /// The language of the other.
    pub target_language: Language,
    /// How sure the aligner is, 0 to 1; `None` where nobody said.
    pub confidence: Option<f32>,
    /// What the aligner found the two to have in common (margin similarity), below 0 to about
    /// 1; `None` where nobody said.
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

    /// Sets the confidence.
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

    /// Sets the score.
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

    fn sides(&self) -> [(Language, &'a str); 2] {
        [(self.source_language, self.source_text), (self.target_language, self.target_text)]
    }
}

/// What the filters say of a pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    scores: [f32; Reason::ALL.len()],
    reasons: Reasons,
}

impl Verdict {
    /// Whether no filter rejects it.
    pub fn is_kept(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Why it is rejected.
    pub fn reasons(&self) -> Reasons {
        self.reasons
    }

    /// The score of a filter, in the unit of its threshold, whether that is on or
    /// not. NaN for the two kinds of duplicates, of which one pair does not tell,
    /// and for the confidence and the aligner's score of a pair without them.
    pub fn score(&self, reason: Reason) -> f32 {
        self.scores[reason as usize]
    }

    /// All scores that are known, with their filters' reasons.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{CandidatePair, FilterConfig, Reason};
    ///
    /// let pair = CandidatePair::new((Language::ENGLISH, "It rained."), (Language::GERMAN, "Es regnete."));
    /// let verdict = FilterConfig::default().judge(&pair);
    /// assert_eq!(verdict.score(Reason::FewWords), 2.0);
    /// assert!(verdict.scores().any(|(reason, score)| (reason, score) == (Reason::FewWords, 2.0)));
    /// // One pair does not tell of what came before.
    /// assert!(verdict.scores().all(|(reason, _)| reason != Reason::Duplicate));
    /// ```
    pub fn scores(&self) -> impl Iterator<Item = (Reason, f32)> + '_ {
        let all = Reason::ALL.into_iter().map(|reason| (reason, self.score(reason)));
        all.filter(|(_, score)| !score.is_nan())
    }
}

impl FilterConfig {
    /// Judges a pair by itself. All scores are taken, and all reasons told.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{CandidatePair, FilterConfig, Reason};
    ///
    /// let russian = "Мост снова откроют в понедельник, но рабочие ещё не закончили.";
    /// let english = "The bridge reopens on Monday, but the workers have not finished yet.";
    /// let pair = CandidatePair::new((Language::ENGLISH, english), (Language::UKRAINIAN, russian));
    /// let verdict = FilterConfig::default().judge(&pair);
    /// assert!(verdict.reasons().contains(Reason::RussianInUkrainian));
    /// assert_eq!(verdict.score(Reason::RussianInUkrainian), 1.0);
    /// ```
    pub fn judge(&self, pair: &CandidatePair<'_>) -> Verdict {
        let scores = scores(pair);
        let mut reasons = Reasons::default();
        for (reason, limit) in self.limits() {
            let score = scores[reason as usize];
            let passed = match limit {
                Limit::Least(least) => score < least,
                Limit::Most(most) => score > most,
            };
            if passed {
                reasons.insert(reason);
            }
        }
        Verdict { scores, reasons }
    }
}

fn scores(pair: &CandidatePair<'_>) -> [f32; Reason::ALL.len()] {
    let sides = pair.sides();
    let [source, target] = sides;
    let most =
        |of: &dyn Fn(Language, &str) -> f32| of(source.0, source.1).max(of(target.0, target.1));
    let least =
        |of: &dyn Fn(Language, &str) -> f32| of(source.0, source.1).min(of(target.0, target.1));
    // Of each text, given the other, since what both have alike is content.
    let most_beside =
        |of: &dyn Fn(&str, &str) -> f32| of(source.1, target.1).max(of(target.1, source.1));
    let most_in_language_beside = |of: &dyn Fn(Language, &str, &str) -> f32| {
        of(source.0, source.1, target.1).max(of(target.0, target.1, source.1))
    };
    let mut scores = [f32::NAN; Reason::ALL.len()];
    for reason in Reason::ALL {
        scores[reason as usize] = match reason {
            Reason::TooShort => least(&|_, text| shape::marks(text)),
            Reason::TooLong => most(&|_, text| text.chars().count() as f32),
            Reason::FewWords => least(&|_, text| shape::words(text)),
            Reason::ManyWords => most(&|_, text| shape::words(text)),
            Reason::LengthMismatch => shape::length_ratio(source, target),
            Reason::WrongScript => most(&letters::other_script),
            Reason::WrongLanguage => most_in_language_beside(&letters::other_language),
            Reason::RussianInUkrainian => most_in_language_beside(&russian::share),
            Reason::Untranslated => letters::similarity(source.1, target.1),
            Reason::NumberMismatch => numbers::mismatch(source, target),
            Reason::UrlMismatch => addresses::mismatch(source.1, target.1),
            Reason::PunctuationMismatch => shape::end_mismatch(source.1, target.1),
            Reason::Repetition => most(&|_, text| shape::repetition(text)),
            Reason::Markup => most_beside(&markup::markup),
            Reason::Boilerplate => damage::debris(source, target),
            Reason::Mojibake => most_beside(&encoding::mojibake),
            Reason::EscapeSequences => most_beside(&damage::escapes),
            Reason::FewLetters => {
                let of = letters::alphabetic;
                of(source.1, target.1).min(of(target.1, source.1))
            }
            Reason::LowConfidence => pair.confidence.unwrap_or(f32::NAN),
            Reason::LowScore => pair.score.unwrap_or(f32::NAN),
            Reason::Duplicate | Reason::NearDuplicate => f32::NAN,
        };
    }
    scores
}
