//! Pairing: finds which articles are versions of each other.
//!
//! In: articles in any order and several languages. Out: groups of two or three versions. [`pair`] works on
//! articles in memory, `corpus::build` on files of any size, in the same four steps:
//!
//! 1. Each article gets one vector. The most similar articles of the other languages are its candidates.
//! 2. Candidates are aligned, likeliest first. [`coverage`] is the share of both articles that is linked.
//! 3. [`contradiction`] compares numbers and names. It rejects pages that only share a template.
//! 4. Linked articles are merged into groups with one article per language.
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
mod config;
mod contradiction;
mod coverage;
mod nearest;
mod schedule;

pub use article_groups::ArticleGroup;
pub(crate) use article_groups::{ArticleLink, group_articles};
pub(crate) use article_vectors::{ArticleVectors, article_vector};
pub(crate) use candidates::{ArticleCandidate, candidates};
pub use config::PairingConfig;
pub use contradiction::{Contradiction, contradiction};
pub use coverage::{Coverage, coverage};
pub(crate) use schedule::CandidateSchedule;

use crate::{Aligner, Article, Result};

/// Finds the groups of articles that are versions of each other.
///
/// A group has two or three articles, at most one per language, sorted by language. Groups are sorted by
/// their first article. Articles without a version in another language are in no group. The articles
/// need not be split. All vectors are in memory: 1 kB per article with the embedded model.
///
/// # Errors
///
/// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) and those of [`Aligner::align`].
pub fn pair(
    aligner: &Aligner,
    articles: &[Article],
    config: &PairingConfig,
) -> Result<Vec<ArticleGroup>> {
    pair_dated(aligner, articles.iter().map(|article| (article, None)), config)
}

/// Finds groups as [`pair`] does, for articles of which the day may be known: a number such as
/// [`text::day`](crate::text::day) returns, in days since any fixed day. Two articles whose days are further
/// apart than [`PairingConfig::max_days`] are not in one group.
///
/// # Errors
///
/// Those of [`pair`].
///
/// ```
/// use bitext::corpus::{PairingConfig, pair_dated};
/// use bitext::text::day;
/// use bitext::{Aligner, Article, Language};
///
/// let german = Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Der Sturm hat sie beschädigt.");
/// let english = Article::new(Language::ENGLISH, "The bridge is closed. The storm damaged it.");
/// let articles = [(&german, day("2024-05-31")), (&english, day("2024-06-07"))];
/// let config = PairingConfig::default().with_max_days(7);
/// assert_eq!(pair_dated(&Aligner::new(), articles, &config)?.len(), 1);
/// assert!(pair_dated(&Aligner::new(), articles, &config.with_max_days(6))?.is_empty());
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn pair_dated<'a>(
    aligner: &Aligner,
    articles: impl IntoIterator<Item = (&'a Article, Option<i32>)>,
    config: &PairingConfig,
) -> Result<Vec<ArticleGroup>> {
    config.validate()?;
    let mut vectors = ArticleVectors::new();
    let mut all = Vec::new();
    for (article, day) in articles {
        let vector = article_vector(aligner, article)?;
        vectors.push(article.language(), day, &vector)?;
        all.push(article);
    }
    let mut links = Vec::new();
    let found = candidates(&vectors, config, &[])?;
    let mut schedule = CandidateSchedule::new(&vectors, &found, config);
    loop {
        let round = schedule.next_round();
        if round.is_empty() {
            break;
        }
        for at in round {
            let candidate = &found[at];
            let (one, other) = (all[candidate.one], all[candidate.other]);
            let bitext = aligner.align([one.clone(), other.clone()])?;
            let covered = coverage(&bitext);
            let Some(link) = candidate.confirm(covered, config) else { continue };
            if contradiction(aligner, &bitext, config)?.is_none() {
                schedule.record(at, covered);
                links.push(link);
            }
        }
    }
    Ok(group_articles(&vectors, links))
}
