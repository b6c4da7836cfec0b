//! The search as a whole: each two sides, then all together.

use super::AlignConfig;
use super::band::Band;
use super::decode::{Blocks, PAIRS, decode};
use super::evidence::Evidence;
use super::gains::Gains;
use super::groups::LANGUAGES;
use super::guide::{Guide, guide};
use super::join::{Joined, PieceBead, UnitBead, join};
use super::lattice::{Best, Lattice};
use super::links::{Links, nodes};
use super::merge::Ranges;
use super::pair::{PairAlignment, PairBead};
use super::posterior;
use super::side::Side;
use super::sums::{All, Sums};
use super::units::Merged;

/// Paths this much worse than the best, in nats at temperature 1, are left out
/// of posteriors.
const WITHIN: f32 = 18.0;

/// The same for the search before words are looked at, which may mend this much.
const WITHIN_UNSEEN: f32 = 12.0;

/// The alignment of two of the sides.
pub(super) struct AlignedPair {
    /// Index of the source.
    pub(super) x: usize,
    /// Index of the target, after the source.
    pub(super) y: usize,
    pub(super) alignment: PairAlignment,
}

/// What the search has found out about a pair, for those who want to look.
pub(super) struct Seen<'s> {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) lattice: &'s Lattice<'s>,
    pub(super) sums: &'s Sums<'s>,
    /// The beads that are put out, in pieces.
    pub(super) beads: &'s [PieceBead],
}

/// Aligns two or three sides of one dimension, all within the limits.
pub(super) fn search(sides: &[&Side], config: &AlignConfig) -> Merged {
    search_seen(sides, config, &mut |_| ())
}

/// Aligns, and shows each pair on the way.
pub(super) fn search_seen(
    sides: &[&Side],
    config: &AlignConfig,
    seen: &mut dyn FnMut(&Seen<'_>),
) -> Merged {
    let pairs: Vec<(usize, usize)> = PAIRS.into_iter().filter(|(_, y)| *y < sides.len()).collect();
    let within = WITHIN * config.temperature.max(1.0);
    let looked = pairs.iter().map(|&(x, y)| look(sides[x], sides[y], config));
    let mut looked: Vec<Looked> = looked.collect();
    let known: Vec<Option<Gains>> = looked.iter_mut().map(|looked| looked.known.take()).collect();
    let lattices: Vec<Lattice<'_>> = looked
        .iter()
        .zip(known)
        .map(|(Looked { evidence, band, .. }, known)| {
            let mut lattice = Lattice::new(evidence, config.shapes(), config.weights());
            lattice.known = known;
            if band.nodes() <= MOST_KNOWN && lattice.known.is_none() {
                lattice.remember(band);
            }
            lattice
        })
        .collect();
    let best: Vec<Best> = lattices
        .iter()
        .zip(&looked)
        .map(|(lattice, looked)| lattice.best_path(&looked.band, within))
        .collect();
    let gains: Vec<Gains> = lattices
        .iter()
        .zip(&best)
        .map(|(lattice, best)| Gains::new(lattice, &best.alive))
        .collect();
    let sums: Vec<Sums<'_>> = lattices
        .iter()
        .zip(&best)
        .zip(&gains)
        .map(|((lattice, best), gains)| {
            Sums::new(lattice, &best.alive, gains, All, config.temperature)
        })
        .collect();
    let links: Vec<Links> = sums
        .iter()
        .zip(&looked)
        .zip(&best)
        .map(|((sums, looked), best)| {
            Links::new(sums, &looked.evidence, &best.alive, config.max_side)
        })
        .collect();
    let blocks: Vec<Blocks> = pairs
        .iter()
        .zip(links.iter().zip(&best))
        .map(|(&(x, y), (links, best))| {
            let band = nodes(&best.steps, sides[x].len(), sides[y].len());
            Blocks::new(links, band, config, pairs.len() > 1)
        })
        .collect();

    let lens: [usize; LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.len()));
    let together = decode(lens, &blocks);
    let approximate = together.is_none()
        || looked.iter().any(|looked| looked.approximate)
        || best.iter().any(|best| !best.whole);
    let beads: Vec<Vec<PieceBead>> = pairs
        .iter()
        .zip(&blocks)
        .map(|(&pair, blocks)| chosen(pair, lens, blocks, together.as_deref()))
        .collect();
    for (at, &(x, y)) in pairs.iter().enumerate() {
        seen(&Seen { x, y, lattice: &lattices[at], sums: &sums[at], beads: &beads[at] });
    }
    let Joined { groups, beads } = join(sides, &pairs, &beads);
    let align = |((at, &(x, y)), beads): ((usize, &(usize, usize)), Vec<UnitBead>)| {
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
    blocks: &Blocks,
    together: Option<&[Ranges]>,
) -> Vec<PieceBead> {
    let groups: Vec<PieceBead> = match together {
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
    beads: Vec<UnitBead>,
    sums: &Sums<'_>,
    links: &Links,
    score: f32,
) -> PairAlignment {
    let [source_null, target_null] = sums.nulls(source_side, target_side);
    let nulls = (source_null.as_slice(), target_null.as_slice());
    let bead = |(source, target): UnitBead| PairBead {
        score: links.margin(&pieces(source_side, &source), &pieces(target_side, &target)),
        posterior: bead_posterior(sums, (source_side, target_side), (&source, &target), nulls),
        source,
        target,
    };
    let beads = beads.into_iter().map(bead).collect();
    PairAlignment { beads, score, source_null, target_null }
}

/// Nodes of a band of which all gains are kept: 90 thousand take 6 MB.
const MOST_KNOWN: usize = 300 * 300;

/// What was seen of two sides before the search.
struct Looked {
    evidence: Evidence,
    /// The nodes to search.
    band: Band,
    /// The gains between them, where there are not too many.
    known: Option<Gains>,
    /// Whether other nodes were left out unseen.
    approximate: bool,
}

/// What is known of two sides, words included: these are looked at where the path
/// may go by all else.
fn look(source: &Side, target: &Side, config: &AlignConfig) -> Looked {
    let within = WITHIN_UNSEEN * config.temperature.max(1.0);
    let Guide { band, near, approximate, known } = guide(source, target, config);
    let (mut evidence, steps) = match known {
        Some((evidence, steps)) => (evidence, Some(steps)),
        None => (Evidence::new(source, target, config, &band, &near), None),
    };
    let mut lattice = Lattice::new(&evidence, config.shapes(), config.weights());
    if band.nodes() <= MOST_KNOWN {
        lattice.remember(&band);
    }
    let (alive, whole) = match steps {
        Some(steps) => lattice.alive_about(&steps, &band, within),
        None => {
            let best = lattice.best_path(&band, within);
            (best.alive, best.whole)
        }
    };
    let known = lattice.known.take();
    evidence.look_at_words(source, target, config, &alive);
    let known =
        known.map(|known| known.with_words(&evidence, config.weights(), &config.shapes(), &alive));
    Looked { evidence, band: alive, known, approximate: approximate || !whole }
}

/// The posterior of a bead of units. Of one with a hole, that of its halves
/// being one, if the units between were not there, is unknown: as likely as the
/// least likely of its halves, and the units between being unaligned.
fn bead_posterior(
    sums: &Sums<'_>,
    (source, target): (&Side, &Side),
    (units, others): (&[usize], &[usize]),
    nulls: (&[f32], &[f32]),
) -> f32 {
    let hull = |units: &[usize]| units[0]..units[units.len() - 1] + 1;
    let whole = |units: &[usize]| hull(units).len() == units.len();
    if whole(units) && whole(others) {
        return posterior::posterior(sums, (source, hull(units)), (target, hull(others)));
    }
    let between = |units: &[usize], nulls: &[f32]| {
        let hole = hull(units).filter(|unit| units.binary_search(unit).is_err());
        hole.map(|unit| nulls[unit]).fold(1.0, f32::min)
    };
    between(units, nulls.0).min(between(others, nulls.1)).min(HOLE)
}

/// How likely a bead with a hole is at most: nine in ten were right on the
/// development sets.
const HOLE: f32 = 0.9;

fn pieces(side: &Side, units: &[usize]) -> Vec<usize> {
    units.iter().flat_map(|unit| side.pieces(*unit..unit + 1)).collect()
}
