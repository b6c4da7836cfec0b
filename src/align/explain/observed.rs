//! The data of a language pair that an explanation keeps from the search.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::align::band::{Band, path_nodes};
use crate::align::crf::bead_scores::BeadScorer;
use crate::align::crossing::all_features;
use crate::align::features::bead_features::{BeadColumns, Features};
use crate::align::features::feature::{BeadWeights, FeatureVector};
use crate::align::joint::segments::{SentenceBead, hull};
use crate::align::joint::units::SearchResult;
use crate::align::prepare::SearchSentences;
use crate::align::search::PairSearch;
use crate::align::{AlignConfig, Side};
use crate::text::Span;

/// Beads with a smaller posterior are not shown as alternatives of a unit.
const MIN_ALTERNATIVE_POSTERIOR: f32 = 1e-3;

/// Smaller posteriors of beads are not kept, to save memory. They are shown as 0.
const MIN_KEPT_POSTERIOR: f64 = 1e-6;

/// The sentences of an article that were searched, and the sentences of the article (the caller's
/// segments) that they are from.
#[derive(Clone, Debug)]
pub(super) struct SentencePlaces {
    /// Byte spans of the article's text.
    pub(super) spans: Vec<Span>,
    /// By segment: its first searched sentence; at last the number of searched sentences.
    starts: Vec<usize>,
}

impl SentencePlaces {
    pub(super) fn new(sentences: SearchSentences) -> SentencePlaces {
        let ends = sentences.counts.iter().scan(0, |end, count| {
            *end += count;
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).collect();
        SentencePlaces { spans: sentences.spans, starts }
    }

    /// The segments that contain some searched sentences, at least one.
    pub(super) fn segments(&self, sentences: &Range<usize>) -> Range<usize> {
        let segment = |at: usize| self.starts.partition_point(|start| *start <= at) - 1;
        segment(sentences.start)..segment(sentences.end - 1) + 1
    }

    /// The searched sentences of a range of segments, cut to the existing ones.
    pub(super) fn search_sentences(&self, segments: &Range<usize>) -> Range<usize> {
        let last = self.starts.len() - 1;
        let (start, end) = (segments.start.min(last), segments.end.min(last));
        self.starts[start]..self.starts[end.max(start)]
    }
}

/// The data that the search has about a language pair.
#[derive(Clone)]
pub(in crate::align) struct ObservedPair {
    pub(super) source: usize,
    pub(super) target: usize,
    features: Arc<Features>,
    pub(super) weights: BeadWeights,
    shapes: Vec<(usize, usize)>,
    /// The pruned band.
    band: Band,
    pub(super) viterbi_beads: HashSet<SentenceBead>,
    /// By side: the sentences that are unaligned on the Viterbi path.
    pub(super) viterbi_nulls: [HashSet<usize>; 2],
    /// The beads whose posterior is kept, by source start, target start and shape.
    posteriors: Vec<(SentenceBead, f32)>,
    /// The beads of the result, and those that a unit may have as alternatives, in this order.
    likely: Vec<ObservedBead>,
    /// Beads of the result that cross others.
    crossing: Vec<ObservedBead>,
    /// By side and segment: the posterior that it is unaligned.
    pub(super) nulls: [Vec<f32>; 2],
}

impl std::fmt::Debug for ObservedPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObservedPair")
            .field("source", &self.source)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// A bead with its features, potential and posterior.
#[derive(Clone, Debug)]
pub(super) struct ObservedBead {
    pub(super) bead: SentenceBead,
    pub(super) features: FeatureVector,
    /// The number of sentences of the bead that repeat one of the other side.
    pub(super) copies: usize,
    pub(super) potential: f32,
    pub(super) posterior: f32,
    pub(super) in_result: bool,
}

impl ObservedBead {
    fn new(
        bead: SentenceBead,
        scorer: BeadScorer<'_>,
        posterior: f32,
        in_result: bool,
    ) -> ObservedBead {
        let (i, j) = (bead.source.start, bead.target.start);
        let shape = (bead.source.len(), bead.target.len());
        let (mut scratch, mut potentials) = (BeadColumns::default(), Vec::new());
        let values = scorer.features.of_bead(i, shape, j, &mut scratch);
        scorer.score_row(i, shape, j..j + 1, &mut scratch, &mut potentials);
        let potential = potentials.first().copied().unwrap_or(f32::NEG_INFINITY);
        let copies = scorer.features.copies(i, shape, j..j + 1).count();
        ObservedBead { bead, features: values, copies, potential, posterior, in_result }
    }
}

impl ObservedPair {
    /// Keeps what explanations need.
    pub(in crate::align) fn new(pair: &PairSearch<'_>) -> ObservedPair {
        let scorer = pair.lattice.scorer;
        let chosen: HashSet<&SentenceBead> = pair.beads.iter().collect();
        let mut observed = HashSet::new();
        let (mut posteriors, mut likely) = (Vec::new(), Vec::new());
        pair.posteriors.each_bead(|bead, posterior| {
            let bead = SentenceBead {
                source: bead.i..bead.i + bead.shape.0,
                target: bead.j..bead.j + bead.shape.1,
            };
            let in_result = chosen.contains(&bead);
            if posterior < MIN_KEPT_POSTERIOR && !in_result {
                return;
            }
            let posterior = posterior as f32;
            if in_result {
                observed.insert(bead.clone());
            }
            if in_result || posterior >= MIN_ALTERNATIVE_POSTERIOR {
                let bead = bead.clone();
                likely.push(ObservedBead::new(bead, scorer, posterior, in_result));
            }
            posteriors.push((bead, posterior));
        });
        // The decoder over all languages may choose beads that are outside of the band of the pair.
        for bead in pair.beads.iter().filter(|bead| !observed.contains(*bead)) {
            likely.push(ObservedBead::new(bead.clone(), scorer, 0.0, true));
        }
        likely.sort_by_key(|bead| (bead.bead.source.start, bead.bead.target.start));
        posteriors.sort_by_key(|(bead, _)| sort_key(bead));

        let mut viterbi_beads = HashSet::new();
        let mut viterbi_nulls: [HashSet<usize>; 2] = Default::default();
        for ((i, j), &(a, b)) in path_nodes(pair.viterbi_path).zip(pair.viterbi_path) {
            match (a, b) {
                (a, 0) => viterbi_nulls[0].extend(i - a..i),
                (0, b) => viterbi_nulls[1].extend(j - b..j),
                (a, b) => {
                    viterbi_beads.insert(SentenceBead { source: i - a..i, target: j - b..j });
                }
            }
        }
        ObservedPair {
            source: pair.source,
            target: pair.target,
            features: pair.features.clone(),
            weights: scorer.weights.clone(),
            shapes: pair.lattice.shapes.clone(),
            band: pair.band.clone(),
            viterbi_beads,
            viterbi_nulls,
            posteriors,
            likely,
            crossing: Vec::new(),
            nulls: Default::default(),
        }
    }

    /// Adds the results after the search: posteriors of unaligned segments, and crossing beads.
    /// `at` is the index of the pair in the alignment.
    pub(in crate::align) fn add_result(
        &mut self,
        alignment: &SearchResult,
        at: usize,
        sides: &[Side],
        config: &AlignConfig,
    ) {
        let pair = &alignment.pairs[at].alignment;
        self.nulls = [pair.source_null.clone(), pair.target_null.clone()];
        let crossing = alignment.crossing(at);
        if crossing.is_empty() {
            return;
        }
        let (source, target) = (&sides[self.source], &sides[self.target]);
        let full = Band::full(source.len(), target.len());
        let features = all_features(source, target, config, &full);
        for bead in crossing {
            let sentences = SentenceBead {
                source: source.sentences(hull(&bead.source)),
                target: target.sentences(hull(&bead.target)),
            };
            // A larger bead was merged from several beads of the lattice and has no features.
            if sentences.source.len().max(sentences.target.len()) <= config.max_side {
                // The same bead may be a likely one of the lattice. It is not its own alternative.
                self.likely.retain(|known| known.bead != sentences);
                let scorer = BeadScorer { features: &features, weights: &self.weights };
                let bead = ObservedBead::new(sentences, scorer, bead.posterior, true);
                self.crossing.push(bead);
            }
        }
    }

    /// The beads of the result, and those with a posterior that is not negligible.
    pub(super) fn likely_beads(&self) -> impl Iterator<Item = &ObservedBead> {
        self.likely.iter().chain(&self.crossing)
    }

    /// All beads of the lattice between ranges of sentences.
    pub(super) fn beads_between<'a>(
        &'a self,
        rows: &'a Range<usize>,
        columns: &'a Range<usize>,
    ) -> impl Iterator<Item = SentenceBead> + 'a {
        let nodes = rows.clone().flat_map(move |i| {
            let row = self.band.row(i);
            (row.start.max(columns.start)..row.end.min(columns.end)).map(move |j| (i, j))
        });
        nodes.flat_map(move |(i, j)| {
            (self.shapes.iter())
                .map(move |(a, b)| SentenceBead { source: i..i + a, target: j..j + b })
                .filter(move |bead| {
                    let (row, column) = (bead.source.end, bead.target.end);
                    row <= rows.end && column <= columns.end && self.band.contains(row, column)
                })
        })
    }

    /// The features, potential and posterior of a bead of the lattice.
    pub(super) fn lattice_bead(&self, bead: SentenceBead) -> ObservedBead {
        let kept =
            self.posteriors.binary_search_by_key(&sort_key(&bead), |(bead, _)| sort_key(bead));
        let posterior = kept.map_or(0.0, |at| self.posteriors[at].1);
        let scorer = BeadScorer { features: &self.features, weights: &self.weights };
        let in_result = self.likely.iter().any(|likely| likely.in_result && likely.bead == bead);
        ObservedBead::new(bead, scorer, posterior, in_result)
    }
}

/// The order of beads in a list: source start, target start, source end, target end.
fn sort_key(bead: &SentenceBead) -> [usize; 4] {
    [bead.source.start, bead.target.start, bead.source.end, bead.target.end]
}
