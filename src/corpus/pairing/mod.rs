//! Which articles are versions of one another.
//!
//! Four steps, each a plain function of its own, so that a corpus can be gone
//! through piece by piece:
//!
//! 1. [`article_vector`] makes one vector of an article, [`candidates`] finds for each
//!    the few of the other languages that stand out among their neighbours;
//! 2. two candidates are aligned, and [`coverage`] tells how much of them corresponds;
//!    [`CandidateSchedule`] says in which order, so that most need never be;
//! 3. [`contradiction`] tells pages that only share a template from versions of one article, by
//!    their numbers and names;
//! 4. [`group_articles`] puts links together into groups with one article a language.
//!
//! [`pair`] does it all for articles in memory:
//!
//! ```
//! use bitext::corpus::{PairingConfig, pair};
//! use bitext::{Aligner, Article, Language};
//!
//! let articles = [
//!     Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Der Sturm hat sie beschädigt."),
//!     Article::new(Language::ENGLISH, "The price of wheat rose by four percent last week."),
//!     Article::new(Language::ENGLISH, "The bridge is closed. The storm damaged it."),
//! ];
//! let groups = pair(&Aligner::new(), &articles, &PairingConfig::default())?;
//! assert_eq!(groups.len(), 1);
//! assert_eq!(groups[0].members, [2, 0]);
//! # Ok::<(), bitext::Error>(())
//! ```

mod article_groups;
mod article_vectors;
mod candidates;
mod contradiction;
mod coverage;
mod nearest;
mod schedule;

pub use article_groups::{ArticleGroup, ArticleLink, group_articles};
pub use article_vectors::{ArticleVectors, article_vector};
pub use candidates::{ArticleCandidate, candidates};
pub use contradiction::{Contradiction, contradiction};
pub use coverage::{Coverage, coverage};
pub use schedule::CandidateSchedule;

use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::{Aligner, Article, Error, Result};

/// Settings of pairing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PairingConfig {
    /// How many neighbours in the other language the similarity of two articles is
    /// measured against, 1 to 100; 4 by default.
    pub neighbours: usize,
    /// How many articles of each other language are looked at closely for one
    /// article, 1 to 100; 3 by default.
    pub candidates: usize,
    /// The cosine that stands for neighbours which are not there, -1 to 1; 0.3 by
    /// default, which unrelated texts seldom exceed.
    pub default_neighbour_cosine: f32,
    /// The least margin of a candidate: its cosine less the mean of those of the
    /// neighbours, -2 to 2; -0.1 by default: chapters of one book hardly stand out, and the
    /// alignment tells them apart.
    pub min_margin: f32,
    /// The least [coverage](Coverage) of two versions of one article, 0 to 1; 0.4
    /// by default.
    pub min_coverage: f32,
    /// The least coverage of either side alone, 0 to 1; 0.25 by default: site debris
    /// may be longer than the article.
    pub min_side_coverage: f32,
    /// The coverage from which two articles are taken for versions of one another without a look
    /// at their other candidates in these languages ([`CandidateSchedule`]), 0 and up; 0.8 by default. Above 1 every candidate is
    /// aligned, which takes three times as long and found the same groups.
    pub early_stop_coverage: f32,
    /// Two articles are not paired where their numbers contradict each other in more than this share
    /// of the sentences that are aligned, 0 to 1; 0.15 by default, so that versions stay together
    /// if a few numbers of one are out of date. At 1 numbers veto nothing
    /// ([`contradiction`]). `reports/twins.md` has what this and the next two settings are worth.
    pub max_contradicted: f32,
    /// The same of names, and of numbers and names together; 0.3 by default, as names are also
    /// spelled in ways that are not known to be the same.
    pub max_contradicted_names: f32,
    /// How much a sentence where both articles have the same numbers, or names, raises these limits,
    /// in sentences, 0 to 1; 0.4 by default: pages of one template have some in common too.
    pub agreement_weight: f32,
    /// Of two articles that both have a date: how many days they may lie apart; any
    /// number by default.
    pub max_days: Option<u32>,
    /// Up to this many articles of a language the search for neighbours is exact;
    /// 20,000 by default. Above it, it is by an index (feature `ann`) that finds nearly
    /// all of them; without the feature more articles are an error.
    pub exact_articles: usize,
    /// Threads; 1 by default. The result does not depend on it, and it is not written.
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
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for one that is out of its range.
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
        let check = |name, holds, reason| match holds {
            true => Ok(()),
            false => Err(Error::config(name, reason)),
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

/// Groups articles that are versions of one another, by index; each group has two or
/// three, at most one a language, in the languages' order. Articles without a
/// counterpart are in no group. Groups come in the order of their first members'
/// indices.
///
/// The articles need not be split. Dates are not known here: see [`ArticleVectors`].
///
/// # Errors
///
/// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) and those of [`Aligner::align`].
pub fn pair(
    aligner: &Aligner,
    articles: &[Article],
    config: &PairingConfig,
) -> Result<Vec<ArticleGroup>> {
    config.validate()?;
    let mut vectors = ArticleVectors::new();
    for article in articles {
        let vector = article_vector(aligner, article)?;
        vectors.push(article.language(), None, &vector)?;
    }
    let mut links = Vec::new();
    let found = candidates(&vectors, config)?;
    let mut rounds = CandidateSchedule::new(&vectors, &found, config);
    loop {
        let round = rounds.next_round();
        if round.is_empty() {
            break;
        }
        for at in round {
            let candidate = &found[at];
            let (one, other) = (&articles[candidate.one], &articles[candidate.other]);
            let bitext = aligner.align([one.clone(), other.clone()])?;
            let covered = coverage(&bitext);
            let Some(link) = candidate.confirm(covered, config) else { continue };
            if contradiction(aligner, &bitext, config)?.is_none() {
                rounds.record(at, covered);
                links.push(link);
            }
        }
    }
    Ok(group_articles(&vectors, links))
}
