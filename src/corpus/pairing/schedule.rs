//! The order in which candidates are aligned. Most candidates need not be aligned at all.

use std::collections::HashSet;

use super::{ArticleCandidate, ArticleVectors, Coverage, PairingConfig};
use crate::Language;

/// Rounds; the last one has all remaining candidates. Each round waits for the one before, so more rounds would
/// leave threads idle.
const MAX_ROUNDS: usize = 8;

/// Returns candidates in rounds, the likeliest first.
///
/// A round has the candidates with the largest margin for both of their articles. Candidates that are linked by
/// their addresses precede all others. If the alignment of one
/// covers at least [`early_stop_coverage`](PairingConfig::early_stop_coverage), the other candidates of its
/// two articles in these two languages are skipped. The rounds depend only on the candidates and their
/// coverage, not on threads.
#[derive(Clone, Debug)]
pub(crate) struct CandidateSchedule<'a> {
    vectors: &'a ArticleVectors,
    candidates: &'a [ArticleCandidate],
    config: &'a PairingConfig,
    /// Candidates that were neither returned nor skipped.
    remaining: Vec<usize>,
    /// Articles with the language in which their version is found.
    settled: HashSet<(usize, Option<Language>)>,
    round: usize,
}

impl<'a> CandidateSchedule<'a> {
    /// A schedule of candidates; `vectors` has their articles.
    pub(crate) fn new(
        vectors: &'a ArticleVectors,
        candidates: &'a [ArticleCandidate],
        config: &'a PairingConfig,
    ) -> CandidateSchedule<'a> {
        let remaining = (0..candidates.len()).collect();
        let settled = HashSet::new();
        CandidateSchedule { vectors, candidates, config, remaining, settled, round: 0 }
    }

    /// Both articles of a candidate, each with the language of the other.
    fn ends(&self, candidate: usize) -> [(usize, Option<Language>); 2] {
        let ArticleCandidate { one, other, .. } = self.candidates[candidate];
        [(one, self.vectors.language(other)), (other, self.vectors.language(one))]
    }

    /// The indices of the candidates to align next, ascending; empty at the end.
    pub(crate) fn next_round(&mut self) -> Vec<usize> {
        let mut left = std::mem::take(&mut self.remaining);
        left.retain(|&at| !self.ends(at).iter().any(|end| self.settled.contains(end)));
        self.round += 1;
        if self.round > MAX_ROUNDS || self.config.early_stop_coverage > 1.0 {
            return left;
        }
        left.sort_by(|&x, &y| {
            let (one, other) = (&self.candidates[x], &self.candidates[y]);
            let by_margin = other.margin.total_cmp(&one.margin);
            other.is_linked.cmp(&one.is_linked).then(by_margin).then(x.cmp(&y))
        });
        let mut seen = HashSet::new();
        let (mut now, later) = left.into_iter().partition::<Vec<_>, _>(|&at| {
            // Not `all`: both ends must be inserted.
            let new = self.ends(at).map(|end| seen.insert(end));
            new == [true, true]
        });
        self.remaining = later;
        now.sort_unstable();
        now
    }

    /// Records the coverage of an aligned candidate.
    pub(crate) fn record(&mut self, candidate: usize, coverage: Coverage) {
        let Some(found) = self.candidates.get(candidate) else { return };
        let sure = coverage.both >= self.config.early_stop_coverage;
        if sure && found.confirm(coverage, self.config).is_some() {
            self.settled.extend(self.ends(candidate));
        }
    }

    /// The number of candidates that were neither returned nor skipped.
    #[cfg(any(feature = "build", test))]
    pub(crate) fn remaining(&self) -> usize {
        self.remaining.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Articles by language, English or German, and candidates from articles and margins.
    fn given(
        languages: &[bool],
        pairs: &[(usize, usize, u8)],
    ) -> (ArticleVectors, Vec<ArticleCandidate>) {
        let mut vectors = ArticleVectors::new();
        for english in languages {
            let language = if *english { Language::ENGLISH } else { Language::GERMAN };
            vectors.push(language, None, &[1.0]).unwrap();
        }
        let mut found: Vec<ArticleCandidate> = pairs
            .iter()
            .map(|&(one, other, margin)| {
                let margin = f32::from(margin) / 256.0;
                ArticleCandidate { one, other, cosine: 0.5, margin, is_linked: false }
            })
            .collect();
        found.sort_by_key(|candidate| (candidate.one, candidate.other));
        found.dedup_by_key(|candidate| (candidate.one, candidate.other));
        (vectors, found)
    }

    fn all(coverage: impl Fn(usize) -> f32, mut rounds: CandidateSchedule<'_>) -> Vec<Vec<usize>> {
        let mut all = Vec::new();
        loop {
            let round = rounds.next_round();
            if round.is_empty() {
                return all;
            }
            for &at in &round {
                let both = coverage(at);
                rounds.record(at, Coverage { both, min_side: both });
            }
            all.push(round);
        }
    }

    proptest! {
        #[test]
        fn skipped_candidates_have_an_article_with_a_version(
            pairs in proptest::collection::vec((0_usize..20, 20_usize..40, any::<u8>()), 0..80),
            covered in proptest::collection::vec(0.0_f32..1.0, 80),
        ) {
            let languages: Vec<bool> = (0..40).map(|at| at < 20).collect();
            let (vectors, found) = given(&languages, &pairs);
            let mut config = PairingConfig::default();
            let handed = all(|at| covered[at], CandidateSchedule::new(&vectors, &found, &config)).concat();
            let mut once = handed.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), handed.len());
            let sure = |at: usize| covered[at] >= config.early_stop_coverage && once.contains(&at);
            for at in (0..found.len()).filter(|at| !once.contains(at)) {
                let near = |other: &usize| {
                    found[*other].one == found[at].one || found[*other].other == found[at].other
                };
                prop_assert!((0..found.len()).filter(near).any(sure), "{at}");
            }
            config.early_stop_coverage = 1.1;
            let every = all(|at| covered[at], CandidateSchedule::new(&vectors, &found, &config));
            prop_assert_eq!(every.concat(), (0..found.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn linked_candidates_are_aligned_first() {
        let (vectors, mut found) = given(&[true, false, false], &[(0, 1, 200), (0, 2, 100)]);
        found[1].is_linked = true;
        let config = PairingConfig::default();
        assert_eq!(all(|_| 0.9, CandidateSchedule::new(&vectors, &found, &config)), [[1]]);
        assert_eq!(all(|_| 0.5, CandidateSchedule::new(&vectors, &found, &config)), [[1], [0]]);
    }

    #[test]
    fn the_second_best_is_aligned_if_the_best_is_no_version() {
        let (vectors, found) = given(&[true, false, false], &[(0, 1, 200), (0, 2, 100)]);
        let config = PairingConfig::default();
        let coverage = |at: usize| [0.1, 0.9][at];
        assert_eq!(all(coverage, CandidateSchedule::new(&vectors, &found, &config)), [[0], [1]]);
        assert_eq!(all(|_| 0.9, CandidateSchedule::new(&vectors, &found, &config)), [[0]]);
    }

    #[test]
    fn the_likeliest_candidate_comes_first() {
        use crate::Language;
        use crate::corpus::pairing::{
            ArticleVectors, CandidateSchedule, Coverage, PairingConfig, candidates,
        };
        let mut vectors = ArticleVectors::new();
        vectors.push(Language::ENGLISH, None, &[1.0, 0.0]).unwrap();
        vectors.push(Language::GERMAN, None, &[0.8, 0.6]).unwrap();
        vectors.push(Language::GERMAN, None, &[1.0, 0.0]).unwrap();
        let config = PairingConfig::default();
        let found = candidates(&vectors, &config, &[]).unwrap();
        assert_eq!(found.len(), 2);
        let mut rounds = CandidateSchedule::new(&vectors, &found, &config);
        assert_eq!((rounds.next_round(), rounds.remaining()), (vec![1], 1));
        rounds.record(1, Coverage { both: 0.9, min_side: 0.9 });
        assert!(rounds.next_round().is_empty());
    }
}
