//! The search: posteriors of each language pair, then one decoding over all languages.
//!
//! The input is two or three [`Side`]s: vectors and lengths of sentences and, as far as they are known,
//! their word vectors, the keys of their numbers and words, and the marks at their ends. The output is
//! a [`SearchResult`]: units over all languages, and the alignment of each pair. The stages are:
//!
//! 1. Features of the beads of each pair, first without word mismatches in the search band, then with
//!    them in the pruned band (see [`band`](crate::align::band)).
//! 2. The Viterbi path and the posteriors of each pair.
//! 3. Groups of sentences over all languages, decoded from the posteriors of links (see
//!    [`joint`](crate::align::joint)).
//! 4. Units: groups of whole segments. The beads of each pair in segments, with scores and posteriors.

use std::collections::HashMap;
use std::sync::Arc;

use crate::align::AlignConfig;
use crate::align::band::{Band, PathStep};
use crate::align::crf::adapt::adapt;
use crate::align::crf::bead_scores::BeadScorer;
use crate::align::crf::beam::BestPath;
use crate::align::crf::lattice::Lattice;
use crate::align::crf::posterior::constraint::Unconstrained;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::posteriors::LatticeBead;
use crate::align::crf::posterior::segment_posterior::segment_posterior;
use crate::align::crf::potentials::Potentials;
use crate::align::features::bead_features::Features;
use crate::align::features::side::Side;
use crate::align::joint::conflicts::LanguageRanges;
use crate::align::joint::decode::{PAIR_INDEXES, PairScores, decode};
use crate::align::joint::doubtful::drop_doubtful;
use crate::align::joint::links::{Links, joint_band};
use crate::align::joint::overrule::{PairPosteriors, overrule};
use crate::align::joint::segments::{
    BeadsOfPair, JoinedSegments, SegmentBead, SentenceBead, hull, join,
};
use crate::align::joint::units::SearchResult;
use crate::align::results::{AlignedPair, PairAlignment, PairBead};
use crate::align::search_band::{SearchBand, search_band};
use crate::bitext::groups::MAX_LANGUAGES;

/// The width of the beam in nats at temperature 1. Paths that score this much less than the
/// Viterbi path weigh e^-18 of it and do not count in posteriors.
const SEARCH_BEAM_NATS: f32 = 18.0;

/// The width of the beam in nats before word features are known. Word features may make up for a
/// deficit of this size.
const BEAM_NATS_WITHOUT_WORDS: f32 = 12.0;

/// The largest posterior of a bead with a hole. Its posterior is estimated, not summed over paths:
/// on the development sets nine in ten such beads were right.
const MAX_SPLIT_BEAD_POSTERIOR: f32 = 0.9;

/// The largest band, in nodes, of which all potentials are kept: 90,000 nodes take 6 MB.
const MAX_CACHED_NODES: usize = 300 * 300;

/// A language pair in the search: its lattice and the results on it.
pub(in crate::align) struct PairSearch<'s> {
    /// Index of the source among the sides.
    pub(in crate::align) source: usize,
    /// Index of the target, greater than that of the source.
    pub(in crate::align) target: usize,
    pub(in crate::align) features: &'s Arc<Features>,
    pub(in crate::align) lattice: &'s Lattice<'s>,
    /// The pruned band, in which posteriors are computed.
    pub(in crate::align) band: &'s Band,
    pub(in crate::align) viterbi_path: &'s [PathStep],
    viterbi_score: f32,
    pub(in crate::align) posteriors: ForwardBackward<'s>,
    links: Links,
    scores: PairScores,
    /// The beads of the result.
    pub(in crate::align) beads: Vec<SentenceBead>,
}

/// Aligns two or three sides, whose vectors have one dimension.
pub(in crate::align) fn search(sides: &[&Side], config: &AlignConfig) -> SearchResult {
    search_observed(sides, config, &mut |_| ())
}

/// Aligns as [`search`] does. Calls `observe` with each pair when its beads are known.
pub(in crate::align) fn search_observed(
    sides: &[&Side],
    config: &AlignConfig,
    observe: &mut dyn FnMut(&PairSearch<'_>),
) -> SearchResult {
    let mut features: Vec<PairFeatures> = (PAIR_INDEXES.into_iter())
        .filter(|(_, target)| *target < sides.len())
        .map(|pair| PairFeatures::new(pair, sides, config))
        .collect();
    let lattices: Vec<PairLattice<'_>> =
        features.iter_mut().map(|features| PairLattice::new(features, config)).collect();
    let is_joint = lattices.len() > 1;
    let mut pairs: Vec<PairSearch<'_>> =
        lattices.iter().map(|lattice| PairSearch::new(lattice, config, is_joint)).collect();

    let lens: [usize; MAX_LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.len()));
    let scores: Vec<&PairScores> = pairs.iter().map(|pair| &pair.scores).collect();
    let groups = decode(lens, &scores);
    let approximate = groups.is_none() || lattices.iter().any(|lattice| lattice.approximate);
    for pair in &mut pairs {
        pair.beads = pair.beads_of_groups(lens, groups.as_deref());
        if is_joint && groups.is_some() {
            let alone = pair.beads_of_groups(lens, None);
            if alone != pair.beads {
                pair.beads = overrule(&pair.beads, &alone, &pair.posteriors_of_beads(&alone));
            }
        }
        observe(pair);
    }

    let beads: Vec<BeadsOfPair<'_>> = pairs.iter().map(PairSearch::beads_of_pair).collect();
    let JoinedSegments { groups, beads } = join(sides, &beads);
    let mut pairs: Vec<AlignedPair> =
        pairs.iter().zip(beads).map(|(pair, beads)| pair.align(sides, beads)).collect();
    let units = drop_doubtful(sides, &mut pairs, groups, config);
    SearchResult { pairs, units, crossing: Vec::new(), approximate }
}

/// The results of a pair before the final search.
struct PairFeatures {
    source: usize,
    target: usize,
    features: Arc<Features>,
    /// The nodes to search.
    band: Band,
    /// The potentials in the band, unless it is too large to keep them.
    cached: Option<Potentials>,
    /// Whether nodes outside of the band may be on likely paths.
    approximate: bool,
}

impl PairFeatures {
    /// Measures the beads of a pair. Word features are measured only near paths that are likely
    /// without them.
    fn new((x, y): (usize, usize), sides: &[&Side], config: &AlignConfig) -> PairFeatures {
        let (source, target) = (sides[x], sides[y]);
        let beam = BEAM_NATS_WITHOUT_WORDS * config.temperature.max(1.0);
        let SearchBand { band, neighbour_band, approximate, best } =
            search_band(source, target, config);
        let (mut features, steps) = match best {
            Some(best) => (best.features, Some(best.steps)),
            None => {
                (Features::new(source, target, config.features(), &band, &neighbour_band), None)
            }
        };
        let mut lattice = Lattice::new(&features, config.shapes(), config.weights());
        if band.nodes() <= MAX_CACHED_NODES {
            lattice.precompute(&band);
        }
        let (pruned, whole) = match steps {
            Some(steps) => lattice.pruned_band_near(&steps, &band, beam),
            None => {
                let best = lattice.best_path(&band, beam);
                (best.pruned, best.whole)
            }
        };
        let cached = lattice.cached.take();
        features.add_word_mismatches(source, target, config.features(), &pruned);
        let scorer = BeadScorer { features: &features, weights: &config.weights().beads };
        let cached = cached.map(|cached| cached.with_words(scorer, &config.shapes(), &pruned));
        PairFeatures {
            source: x,
            target: y,
            features: Arc::new(features),
            band: pruned,
            cached,
            approximate: approximate || !whole,
        }
    }
}

/// The lattice of a pair with all features, and its Viterbi path.
struct PairLattice<'f> {
    source: usize,
    target: usize,
    features: &'f Arc<Features>,
    lattice: Lattice<'f>,
    best: BestPath,
    potentials: Potentials,
    /// Whether nodes that were not searched may be on likely paths.
    approximate: bool,
}

impl<'f> PairLattice<'f> {
    fn new(pair: &'f mut PairFeatures, config: &'f AlignConfig) -> PairLattice<'f> {
        let PairFeatures { source, target, features, band, cached, approximate } = pair;
        let mut lattice = Lattice::new(features, config.shapes(), config.weights());
        lattice.cached = cached.take();
        if band.nodes() <= MAX_CACHED_NODES && lattice.cached.is_none() {
            lattice.precompute(band);
        }
        let best = lattice.best_path(band, SEARCH_BEAM_NATS * config.temperature.max(1.0));
        let mut potentials = lattice.potentials(&best.pruned);
        adapt(
            &mut lattice,
            &best.pruned,
            &mut potentials,
            &config.weights().shares,
            config.temperature,
        );
        PairLattice {
            source: *source,
            target: *target,
            features,
            lattice,
            approximate: *approximate || !best.whole,
            best,
            potentials,
        }
    }
}

impl<'s> PairSearch<'s> {
    /// Computes posteriors and links. `is_joint` says that there are three languages.
    fn new(pair: &'s PairLattice<'s>, config: &AlignConfig, is_joint: bool) -> PairSearch<'s> {
        let PairLattice { lattice, best, potentials, .. } = pair;
        let band = &best.pruned;
        let posteriors =
            ForwardBackward::new(lattice, band, potentials, Unconstrained, config.temperature);
        let links = Links::new(&posteriors, pair.features, band, config.max_side);
        let joint_band = joint_band(&best.steps, lattice.n, lattice.m);
        let scores = PairScores::new(&links, joint_band, config, is_joint);
        PairSearch {
            source: pair.source,
            target: pair.target,
            features: pair.features,
            lattice,
            band,
            viterbi_path: &best.steps,
            viterbi_score: best.score,
            posteriors,
            links,
            scores,
            beads: Vec::new(),
        }
    }

    /// The beads of this pair inside the groups of all languages. Without groups, the pair is
    /// decoded alone.
    fn beads_of_groups(
        &self,
        lens: [usize; MAX_LANGUAGES],
        groups: Option<&[LanguageRanges]>,
    ) -> Vec<SentenceBead> {
        let (x, y) = (self.source, self.target);
        let groups: Vec<SentenceBead> = match groups {
            Some(groups) => {
                let pair = |group: &LanguageRanges| SentenceBead {
                    source: group[x].clone(),
                    target: group[y].clone(),
                };
                groups.iter().map(pair).collect()
            }
            None => {
                let alone = decode([lens[x], lens[y], 0], &[&self.scores]).unwrap_or_default();
                let pair = |[source, target, _]: LanguageRanges| SentenceBead { source, target };
                alone.into_iter().map(pair).collect()
            }
        };
        (groups.into_iter())
            .filter(|group| !group.source.is_empty() && !group.target.is_empty())
            .flat_map(|group| self.scores.beads(group.source, group.target))
            .collect()
    }

    /// The posteriors of the beads of the result and of `others`, and of sentences.
    fn posteriors_of_beads(&self, others: &[SentenceBead]) -> PairPosteriors<'_> {
        let mut beads: HashMap<SentenceBead, f32> =
            self.beads.iter().chain(others).map(|bead| (bead.clone(), 0.0)).collect();
        self.posteriors.each_bead(|LatticeBead { i, j, shape: (a, b) }, posterior| {
            let bead = SentenceBead { source: i..i + a, target: j..j + b };
            if let Some(known) = beads.get_mut(&bead) {
                *known = posterior as f32;
            }
        });
        let aligned = self.links.aligned();
        PairPosteriors { beads, source_aligned: &aligned.source, target_aligned: &aligned.target }
    }

    fn beads_of_pair(&self) -> BeadsOfPair<'_> {
        BeadsOfPair { source: self.source, target: self.target, beads: &self.beads }
    }

    /// The alignment of the pair, from its beads of whole segments.
    fn align(&self, sides: &[&Side], beads: Vec<SegmentBead>) -> AlignedPair {
        let (source, target) = (sides[self.source], sides[self.target]);
        let [source_null, target_null] = self.posteriors.null_posteriors(source, target);
        let bead = |bead: SegmentBead| {
            let rows = sentences_of(source, &bead.source);
            let columns = sentences_of(target, &bead.target);
            PairBead {
                score: self.links.margin(&rows, &columns),
                posterior: self.posterior((source, target), &bead, (&source_null, &target_null)),
                link_posterior: self.links.mean_best(&rows, &columns),
                source: bead.source,
                target: bead.target,
            }
        };
        let beads = beads.into_iter().map(bead).collect();
        AlignedPair {
            source: self.source,
            target: self.target,
            alignment: PairAlignment { beads, score: self.viterbi_score, source_null, target_null },
        }
    }

    /// The posterior of a bead of segments.
    ///
    /// The posterior of a bead with a hole, that is with unaligned segments between its own, is
    /// not computed. It is estimated by the posterior that all segments in the hole are unaligned.
    fn posterior(
        &self,
        (source, target): (&Side, &Side),
        bead: &SegmentBead,
        (source_null, target_null): (&[f32], &[f32]),
    ) -> f32 {
        if !bead.has_hole() {
            let (rows, columns) = (hull(&bead.source), hull(&bead.target));
            let posteriors = &self.posteriors;
            return segment_posterior(posteriors, (source, rows), (target, columns));
        }
        let hole_posterior = |segments: &[usize], nulls: &[f32]| {
            hull(segments)
                .filter(|segment| segments.binary_search(segment).is_err())
                .map(|segment| nulls[segment])
                .fold(MAX_SPLIT_BEAD_POSTERIOR, f32::min)
        };
        hole_posterior(&bead.source, source_null).min(hole_posterior(&bead.target, target_null))
    }
}

fn sentences_of(side: &Side, segments: &[usize]) -> Vec<usize> {
    segments.iter().flat_map(|segment| side.sentences(*segment..segment + 1)).collect()
}
