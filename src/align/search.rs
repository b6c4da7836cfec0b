//! The search as a whole: each two sides, then all together.

use crate::align::AlignConfig;
use crate::align::band::band::Band;
use crate::align::crf::forward_backward::{ForwardBackward, Unconstrained};
use crate::align::crf::lattice::{Best, Lattice};
use crate::align::crf::potentials::Potentials;
use crate::align::crf::unit_posterior;
use crate::align::features::bead::Features;
use crate::align::features::side::Side;
use crate::align::joint::conflicts::Ranges;
use crate::align::joint::decode::{PAIRS, PairScores, decode};
use crate::align::joint::links::{Links, nodes};
use crate::align::joint::segments::{Joined, SegmentBead, SentenceBead, join};
use crate::align::joint::units::Merged;
use crate::align::pair::{PairAlignment, PairBead};
use crate::align::search_band::{SearchBand, search_band};
use crate::bitext::groups::LANGUAGES;

/// Paths this much worse than the best, in nats at temperature 1, are left out
/// of posteriors.
const BEAM_NATS: f32 = 18.0;

/// The same for the search before words are looked at, which may mend this much.
const BEAM_NATS_WITHOUT_WORDS: f32 = 12.0;

/// The alignment of two of the sides.
pub(in crate::align) struct AlignedPair {
    /// Index of the source.
    pub(in crate::align) x: usize,
    /// Index of the target, after the source.
    pub(in crate::align) y: usize,
    pub(in crate::align) alignment: PairAlignment,
}

/// What the search has found out about a pair, for those who want to look.
pub(in crate::align) struct PairSearch<'s> {
    pub(in crate::align) x: usize,
    pub(in crate::align) y: usize,
    pub(in crate::align) lattice: &'s Lattice<'s>,
    pub(in crate::align) sums: &'s ForwardBackward<'s>,
    /// The beads that are put out, in pieces.
    pub(in crate::align) beads: &'s [SentenceBead],
}

/// Aligns two or three sides of one dimension, all within the limits.
pub(in crate::align) fn search(sides: &[&Side], config: &AlignConfig) -> Merged {
    search_observed(sides, config, &mut |_| ())
}

/// Aligns, and shows each pair on the way.
pub(in crate::align) fn search_observed(
    sides: &[&Side],
    config: &AlignConfig,
    seen: &mut dyn FnMut(&PairSearch<'_>),
) -> Merged {
    let pairs: Vec<(usize, usize)> = PAIRS.into_iter().filter(|(_, y)| *y < sides.len()).collect();
    let within = BEAM_NATS * config.temperature.max(1.0);
    let looked = pairs.iter().map(|&(x, y)| look(sides[x], sides[y], config));
    let mut looked: Vec<PairFeatures> = looked.collect();
    let known: Vec<Option<Potentials>> =
        looked.iter_mut().map(|looked| looked.cached.take()).collect();
    let lattices: Vec<Lattice<'_>> = looked
        .iter()
        .zip(known)
        .map(|(PairFeatures { features, band, .. }, known)| {
            let mut lattice = Lattice::new(features, config.shapes(), config.weights());
            lattice.cached = known;
            if band.nodes() <= MAX_CACHED_NODES && lattice.cached.is_none() {
                lattice.precompute(band);
            }
            lattice
        })
        .collect();
    let best: Vec<Best> = lattices
        .iter()
        .zip(&looked)
        .map(|(lattice, looked)| lattice.best_path(&looked.band, within))
        .collect();
    let potentials: Vec<Potentials> = lattices
        .iter()
        .zip(&best)
        .map(|(lattice, best)| Potentials::new(lattice, &best.pruned))
        .collect();
    let sums: Vec<ForwardBackward<'_>> = lattices
        .iter()
        .zip(&best)
        .zip(&potentials)
        .map(|((lattice, best), potentials)| {
            ForwardBackward::new(
                lattice,
                &best.pruned,
                potentials,
                Unconstrained,
                config.temperature,
            )
        })
        .collect();
    let links: Vec<Links> = sums
        .iter()
        .zip(&looked)
        .zip(&best)
        .map(|((sums, looked), best)| {
            Links::new(sums, &looked.features, &best.pruned, config.max_side)
        })
        .collect();
    let blocks: Vec<PairScores> = pairs
        .iter()
        .zip(links.iter().zip(&best))
        .map(|(&(x, y), (links, best))| {
            let band = nodes(&best.steps, sides[x].len(), sides[y].len());
            PairScores::new(links, band, config, pairs.len() > 1)
        })
        .collect();

    let lens: [usize; LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.len()));
    let together = decode(lens, &blocks);
    let approximate = together.is_none()
        || looked.iter().any(|looked| looked.approximate)
        || best.iter().any(|best| !best.whole);
    let beads: Vec<Vec<SentenceBead>> = pairs
        .iter()
        .zip(&blocks)
        .map(|(&pair, blocks)| chosen(pair, lens, blocks, together.as_deref()))
        .collect();
    for (at, &(x, y)) in pairs.iter().enumerate() {
        seen(&PairSearch { x, y, lattice: &lattices[at], sums: &sums[at], beads: &beads[at] });
    }
    let Joined { groups, beads } = join(sides, &pairs, &beads);
    let align = |((at, &(x, y)), beads): ((usize, &(usize, usize)), Vec<SegmentBead>)| {
        let between = (sides[x], sides[y]);
        let alignment = alignment(between, beads, &sums[at], &links[at], best[at].score);
        AlignedPair { x, y, alignment }
    };
    let aligned: Vec<AlignedPair> = pairs.iter().enumerate().zip(beads).map(align).collect();
    Merged { pairs: aligned, units: groups, moved: Vec::new(), approximate }
}

/// The beads of two sides: of the groups of all, or where no path is common to all, of the pair alone.
fn chosen(
    (x, y): (usize, usize),
    lens: [usize; LANGUAGES],
    blocks: &PairScores,
    together: Option<&[Ranges]>,
) -> Vec<SentenceBead> {
    let groups: Vec<SentenceBead> = match together {
        Some(groups) => groups.iter().map(|all| (all[x].clone(), all[y].clone())).collect(),
        None => {
            let alone = decode([lens[x], lens[y], 0], std::slice::from_ref(blocks));
            alone.unwrap_or_default().into_iter().map(|[own, other, _]| (own, other)).collect()
        }
    };
    let both = groups.into_iter().filter(|(own, other)| !own.is_empty() && !other.is_empty());
    both.flat_map(|(own, other)| blocks.beads(own, other)).collect()
}

/// Beads of units with what the search says of them.
fn alignment(
    (source_side, target_side): (&Side, &Side),
    beads: Vec<SegmentBead>,
    sums: &ForwardBackward<'_>,
    links: &Links,
    score: f32,
) -> PairAlignment {
    let [source_null, target_null] = sums.nulls(source_side, target_side);
    let nulls = (source_null.as_slice(), target_null.as_slice());
    let bead = |(source, target): SegmentBead| PairBead {
        score: links.margin(&pieces(source_side, &source), &pieces(target_side, &target)),
        posterior: bead_posterior(sums, (source_side, target_side), (&source, &target), nulls),
        source,
        target,
    };
    let beads = beads.into_iter().map(bead).collect();
    PairAlignment { beads, score, source_null, target_null }
}

/// Nodes of a band of which all gains are kept: 90 thousand take 6 MB.
const MAX_CACHED_NODES: usize = 300 * 300;

/// What was seen of two sides before the search.
struct PairFeatures {
    features: Features,
    /// The nodes to search.
    band: Band,
    /// The gains between them, where there are not too many.
    cached: Option<Potentials>,
    /// Whether other nodes were left out unseen.
    approximate: bool,
}

/// What is known of two sides, words included: these are looked at where the path
/// may go by all else.
fn look(source: &Side, target: &Side, config: &AlignConfig) -> PairFeatures {
    let within = BEAM_NATS_WITHOUT_WORDS * config.temperature.max(1.0);
    let SearchBand { band, near, approximate, known } = search_band(source, target, config);
    let (mut features, steps) = match known {
        Some((features, steps)) => (features, Some(steps)),
        None => (Features::new(source, target, config, &band, &near), None),
    };
    let mut lattice = Lattice::new(&features, config.shapes(), config.weights());
    if band.nodes() <= MAX_CACHED_NODES {
        lattice.precompute(&band);
    }
    let (pruned, whole) = match steps {
        Some(steps) => lattice.pruned_band_near(&steps, &band, within),
        None => {
            let best = lattice.best_path(&band, within);
            (best.pruned, best.whole)
        }
    };
    let known = lattice.cached.take();
    features.look_at_words(source, target, config, &pruned);
    let known =
        known.map(|known| known.with_words(&features, config.weights(), &config.shapes(), &pruned));
    PairFeatures { features, band: pruned, cached: known, approximate: approximate || !whole }
}

/// The posterior of a bead of units. Of one with a hole, that of its halves
/// being one, if the units between were not there, is unknown: as likely as the
/// least likely of its halves, and the units between being unaligned.
fn bead_posterior(
    sums: &ForwardBackward<'_>,
    (source, target): (&Side, &Side),
    (units, others): (&[usize], &[usize]),
    nulls: (&[f32], &[f32]),
) -> f32 {
    let hull = |units: &[usize]| units[0]..units[units.len() - 1] + 1;
    let whole = |units: &[usize]| hull(units).len() == units.len();
    if whole(units) && whole(others) {
        return unit_posterior::unit_posterior(sums, (source, hull(units)), (target, hull(others)));
    }
    let between = |units: &[usize], nulls: &[f32]| {
        let hole = hull(units).filter(|unit| units.binary_search(unit).is_err());
        hole.map(|unit| nulls[unit]).fold(1.0, f32::min)
    };
    between(units, nulls.0).min(between(others, nulls.1)).min(MAX_SPLIT_BEAD_POSTERIOR)
}

/// How likely a bead with a hole is at most: nine in ten were right on the
/// development sets.
const MAX_SPLIT_BEAD_POSTERIOR: f32 = 0.9;

fn pieces(side: &Side, units: &[usize]) -> Vec<usize> {
    units.iter().flat_map(|unit| side.pieces(*unit..unit + 1)).collect()
}
