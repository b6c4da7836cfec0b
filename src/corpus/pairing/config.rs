//! The settings of pairing.

use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::{Error, Result};

/// Settings of pairing, for [`pair`](super::pair) and `corpus::build`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PairingConfig {
    /// Nearest neighbours in the other language whose mean cosine is subtracted from the cosine of two
    /// articles, 1 to 100. Default: 4.
    pub neighbours: usize,
    /// Candidates of an article in each other language, 1 to 100. Default: 3.
    pub candidates: usize,
    /// The cosine of missing neighbours in small corpora, -1 to 1. Default: 0.3, which unrelated articles
    /// rarely exceed with the embedded model.
    pub default_neighbour_cosine: f32,
    /// The margin of a candidate (its cosine less the mean cosine of the neighbours), at least; -2 to 2.
    /// Default: -0.1, because chapters of one book are all similar; their alignment decides.
    pub min_margin: f32,
    /// The [coverage](super::Coverage) of two versions, at least; 0 to 1. Default: 0.4.
    pub min_coverage: f32,
    /// The coverage of each side alone, at least; 0 to 1. Default: 0.25, because boilerplate may be longer
    /// than the article.
    pub min_side_coverage: f32,
    /// The coverage from which two articles are versions for certain, 0 and up. Default: 0.8. The other
    /// candidates of both articles in these languages are then skipped. Above 1 all candidates are aligned,
    /// which took three times as long and found the same groups.
    pub early_stop_coverage: f32,
    /// The share of aligned sentences whose numbers may contradict each other; 0 to 1. With more, two
    /// articles are not paired ([`contradiction`](super::contradiction)). Default: 0.15, so that a few
    /// outdated numbers do no harm. 1 switches the check off. `reports/twins.md` has what this and the next
    /// two settings are worth.
    pub max_contradicted: f32,
    /// The same for names, and for numbers and names together; 0 to 1. Default: 0.3, because some
    /// spellings of a name are not recognised.
    pub max_contradicted_names: f32,
    /// How much each sentence with equal numbers or names raises these limits, in sentences, 0 to 1.
    /// Default: 0.4, because pages of one template also have some numbers and names in common.
    pub agreement_weight: f32,
    /// The largest number of days between two articles with dates. Articles that their addresses link are
    /// exempt. No limit by default.
    pub max_days: Option<u32>,
    /// Articles of a language up to which the search for neighbours is exact. Default: 20,000. Above, an
    /// index finds nearly all neighbours (feature `ann`); without the feature, more articles are an error.
    pub exact_articles: usize,
    /// Threads, 1 or more. Default: 1. The result does not depend on it, and it is not serialized.
    #[serde(skip, default = "one")]
    pub threads: usize,
}

fn one() -> usize {
    1
}

setters! { PairingConfig {
    ///
    /// ```
    /// use bitext::corpus::PairingConfig;
    ///
    /// // All settings at their defaults.
    /// let config = PairingConfig::default()
    ///     .with_neighbours(4)
    ///     .with_candidates(3)
    ///     .with_default_neighbour_cosine(0.3)
    ///     .with_min_margin(-0.1)
    ///     .with_min_coverage(0.4)
    ///     .with_min_side_coverage(0.25)
    ///     .with_early_stop_coverage(0.8)
    ///     .with_max_contradicted(0.15)
    ///     .with_max_contradicted_names(0.3)
    ///     .with_agreement_weight(0.4)
    ///     .with_max_days(None)
    ///     .with_exact_articles(20_000)
    ///     .with_threads(1);
    /// assert_eq!(config, PairingConfig::default());
    /// ```
    with_neighbours: neighbours = usize;
    with_candidates: candidates = usize;
    with_default_neighbour_cosine: default_neighbour_cosine = f32;
    with_min_margin: min_margin = f32;
    with_min_coverage: min_coverage = f32;
    with_min_side_coverage: min_side_coverage = f32;
    with_early_stop_coverage: early_stop_coverage = f32;
    with_max_contradicted: max_contradicted = f32;
    with_max_contradicted_names: max_contradicted_names = f32;
    with_agreement_weight: agreement_weight = f32;
    with_max_days: max_days = into Option<u32>;
    with_exact_articles: exact_articles = usize;
    with_threads: threads = usize;
} }

impl Default for PairingConfig {
    fn default() -> PairingConfig {
        PairingConfig {
            neighbours: 4,
            candidates: 3,
            default_neighbour_cosine: 0.3,
            min_margin: -0.1,
            min_coverage: 0.4,
            min_side_coverage: 0.25,
            early_stop_coverage: 0.8,
            max_contradicted: 0.15,
            max_contradicted_names: 0.3,
            agreement_weight: 0.4,
            max_days: None,
            exact_articles: 20_000,
            threads: 1,
        }
    }
}

impl PairingConfig {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for a setting that is out of range.
    ///
    /// ```
    /// use bitext::corpus::PairingConfig;
    ///
    /// let mut config = PairingConfig::default();
    /// config.min_side_coverage = 25.0;
    /// let error = config.validate().unwrap_err();
    /// assert!(error.message().contains("min_side_coverage"));
    /// ```
    pub fn validate(&self) -> Result<()> {
        let check = |name, holds, reason| {
            if holds { Ok(()) } else { Err(Error::config(name, reason)) }
        };
        check("neighbours", (1..=100).contains(&self.neighbours), "must be 1 to 100")?;
        check("candidates", (1..=100).contains(&self.candidates), "must be 1 to 100")?;
        check(
            "default_neighbour_cosine",
            (-1.0..=1.0).contains(&self.default_neighbour_cosine),
            "must be -1 to 1",
        )?;
        check("min_margin", (-2.0..=2.0).contains(&self.min_margin), "must be -2 to 2")?;
        check("min_coverage", (0.0..=1.0).contains(&self.min_coverage), "must be 0 to 1")?;
        check(
            "min_side_coverage",
            (0.0..=1.0).contains(&self.min_side_coverage),
            "must be 0 to 1",
        )?;
        check("early_stop_coverage", self.early_stop_coverage >= 0.0, "must be 0 or more")?;
        let shares = [
            ("max_contradicted", self.max_contradicted),
            ("max_contradicted_names", self.max_contradicted_names),
            ("agreement_weight", self.agreement_weight),
        ];
        for (name, share) in shares {
            check(name, (0.0..=1.0).contains(&share), "must be 0 to 1")?;
        }
        check("threads", self.threads >= 1, "must be 1 or more")
    }
}
