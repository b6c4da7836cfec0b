//! Filters that decide which pairs of texts are fit for training.
//!
//! [`FilterConfig::judge`] takes a [`CandidatePair`] and returns a [`Verdict`]. Each filter computes
//! one **score** of the pair, compares it with one **threshold** of [`FilterConfig`], and has one
//! [`Reason`] for a rejection. A verdict holds all scores and all reasons.
//!
//! `judge` sees a single pair. Two other types compare a pair with other pairs:
//!
//! * [`Deduplicator`] finds exact and near duplicates in a stream. It compares keys that
//!   [`DedupConfig::keys`] computes from a pair, so keys can be computed on many machines.
//! * [`ExcludedTexts`] finds texts of public test sets, alone or inside longer texts. They can be given as
//!   hashes, which an [`ExcludedHashWriter`] writes.
//! * [`HeldOutTexts`] finds texts of a test set that also occur in the training data.
//!
//! [`FilterCounts`] counts the verdicts of a corpus. `reports/filters.md` has the share of good pairs
//! that each filter rejects, and the share of each kind of damage that it finds.
//!
//! ```
//! use bitext::Language;
//! use bitext::corpus::filter::{CandidatePair, FilterConfig, FilterCounts, Reason};
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

mod candidate_pair;
mod checks;
mod config;
mod counts;
mod duplicates;
mod excluded;
mod reason;
mod record;
mod spelling;

pub use candidate_pair::CandidatePair;
pub use config::{FilterConfig, Threshold};
pub use counts::FilterCounts;
#[doc(hidden)]
pub use duplicates::Sketch;
pub use duplicates::{DedupConfig, DedupKeys, Deduplicator, DuplicateSides, HeldOutTexts};
pub use excluded::{ExcludedHashWriter, ExcludedHit, ExcludedMatch, ExcludedTexts};
pub use reason::{Reason, Reasons};
pub use record::RecordVerdict;
pub use spelling::{GermanSpelling, Spelling, SpellingConfig, UkrainianSpelling};

pub use checks::repair_mixed_script;
use checks::{missing_apostrophes, mixed_script_words};
pub(super) use checks::{number_mismatch, url_mismatch};

use config::Limit;

/// The scores of a pair, and the reasons to reject it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    scores: [f32; Reason::ALL.len()],
    reasons: Reasons,
}

impl Verdict {
    /// Whether no filter rejects the pair.
    pub fn is_kept(&self) -> bool {
        self.reasons.is_empty()
    }

    /// The reasons of all filters that reject the pair.
    pub fn reasons(&self) -> Reasons {
        self.reasons
    }

    /// The score of one filter, in the unit of its threshold. A filter that is off has a score too.
    ///
    /// The score is NaN if it is unknown: for [`Reason::Excluded`], [`Reason::Duplicate`],
    /// [`Reason::NearDuplicate`] and [`Reason::RenamedCopy`], which need other pairs, and for the confidence and the score of a pair without them.
    pub fn score(&self, reason: Reason) -> f32 {
        self.scores[reason as usize]
    }

    /// All known scores, with the reasons of their filters.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::corpus::filter::{CandidatePair, FilterConfig, Reason};
    ///
    /// let pair = CandidatePair::new((Language::ENGLISH, "It rained."), (Language::GERMAN, "Es regnete."));
    /// let verdict = FilterConfig::default().judge(&pair);
    /// assert_eq!(verdict.score(Reason::FewWords), 2.0);
    /// assert!(verdict.scores().any(|(reason, score)| (reason, score) == (Reason::FewWords, 2.0)));
    /// assert!(verdict.is_kept() && verdict.reasons().is_empty());
    /// // Duplicates need other pairs.
    /// assert!(verdict.scores().all(|(reason, _)| reason != Reason::Duplicate));
    /// ```
    pub fn scores(&self) -> impl Iterator<Item = (Reason, f32)> + '_ {
        let all = Reason::ALL.into_iter().map(|reason| (reason, self.score(reason)));
        all.filter(|(_, score)| !score.is_nan())
    }
}

impl FilterConfig {
    /// Runs all filters on one pair. The verdict has every score and every reason, not the first alone.
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
        let scores = checks::scores(pair);
        let is_rejected = |(reason, limit): &(Reason, Limit)| {
            let score = scores[*reason as usize];
            match limit {
                Limit::Least(least) => score < *least,
                Limit::Most(most) => score > *most,
            }
        };
        let reasons = self.limits().filter(is_rejected).map(|(reason, _)| reason).collect();
        Verdict { scores, reasons }
    }
}
