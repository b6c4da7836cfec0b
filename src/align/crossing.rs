//! Crossing text: a second pass over the sentences that the search left unaligned.
//!
//! A paragraph that is elsewhere in another language crosses the beads around it. No path of the
//! lattice contains both. The unaligned sentences of each side form runs of consecutive sentences.
//! This pass searches each run of the source with each run of the target at another place. If there
//! are three languages, it also searches runs at the same place. It uses the same lattice and
//! features, measured against the whole articles, because a few sentences have no background of their
//! own. The best path between two runs gives chains of beads, and the paths near a chain its posteriors.
//!
//! The input is the result of the search. The beads that are found are added to it, and the units
//! that they link are joined. Many pairs of runs are tried, so chance matches are likely, and a bead
//! must meet higher demands than in the search: see [`CrossingBlock::is_convincing`].

use std::ops::Range;

use crate::align::band::Band;
use crate::align::crf::lattice::Lattice;
use crate::align::crf::posterior::constraint::Constraint;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::segment_posterior::segment_posterior;
use crate::align::crf::potentials::Potentials;
use crate::align::features::bead_features::{BeadColumns, Features};
use crate::align::features::shape::Shape;
use crate::align::joint::segments::{SegmentBead, SentenceBead, hull, merge_overlapping};
use crate::align::joint::units::SearchResult;
use crate::align::results::PairBead;
use crate::align::{AlignConfig, Side};
use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, reading_order_with};

/// Articles with more cells (products of sentences) are not searched for crossing text. Features of
/// all cells are needed, about 100 bytes each.
const MAX_CROSSING_CELLS: usize = 4_000_000;

/// Up to this number of cells, all words are compared with each other.
const MAX_COMPARED_CELLS: usize = 300 * 300;

// The following bounds were chosen by hand on a made-up article with moved and inserted paragraphs.
// With them, all 251 crossing beads that were found in 150 shuffled versions of the sample article
// were right.

/// The smallest posterior of a crossing bead.
const MIN_CROSSING_POSTERIOR: f32 = 0.9;

/// The smallest potential of all beads of a block together, in nats.
const MIN_BLOCK_NATS: f32 = 6.0;

/// The smallest margin of a bead that is a block of its own.
const MIN_SINGLE_MARGIN: f32 = 0.45;

/// The smallest length, in characters, of both sides of a bead that is a block of its own. Titles
/// in menus and teasers are shorter. The longest bead of a larger block needs half of it.
const MIN_SINGLE_CHARACTERS: f32 = 60.0;

/// The smallest mean margin of the beads of a block of several.
const MIN_MEAN_MARGIN: f32 = 0.2;

/// The temperature at which the best path is chosen, relative to that of the posteriors. It is so low
/// that one path has nearly all probability.
const CHOICE_TEMPERATURE: f32 = 0.05;

/// Sentences before and after a chain of beads whose paths compete with it.
const NEAR_SENTENCES: usize = 2;

/// Adds the beads of crossing text to an alignment, and joins the units that they link.
pub(in crate::align) fn add_crossing(
    sides: &[&Side],
    config: &AlignConfig,
    alignment: &mut SearchResult,
) {
    let is_joint = alignment.pairs.len() > 1;
    let mut crossing = Vec::with_capacity(alignment.pairs.len());
    for pair in &alignment.pairs {
        let (source, target) = (sides[pair.source], sides[pair.target]);
        let found = crossing_beads(source, target, config, &pair.alignment.beads, is_joint);
        crossing.push(join_units(&mut alignment.units, (pair.source, pair.target), found));
    }
    if crossing.iter().all(Vec::is_empty) {
        return;
    }
    alignment.crossing = crossing;
    let lens: [usize; MAX_LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.segment_count()));
    let units = std::mem::take(&mut alignment.units);
    alignment.units = reading_order_with(lens, units, &|unit| alignment.is_crossing(unit));
}

/// Joins the units that crossing beads of the languages x and y link. Returns the beads that were
/// used.
///
/// Units are joined only if nothing contradicts it. In the languages of the beads they must have
/// exactly the sentences of the beads, in the third language consecutive sentences.
fn join_units(
    units: &mut Vec<SentenceGroup>,
    (x, y): (usize, usize),
    found: Vec<PairBead>,
) -> Vec<PairBead> {
    let shares = |unit: &SentenceGroup, bead: &PairBead| {
        bead.source.iter().any(|at| unit[x].contains(at))
            || bead.target.iter().any(|at| unit[y].contains(at))
    };
    let (mut used, mut left) = (Vec::new(), found);
    while let Some(first) = left.pop() {
        // Beads that share a unit are used together or not at all.
        let mut beads = vec![first];
        let joined = loop {
            let mut joined = SentenceGroup::default();
            for unit in units.iter().filter(|unit| beads.iter().any(|bead| shares(unit, bead))) {
                joined.iter_mut().zip(unit).for_each(|(joined, part)| joined.extend(part));
            }
            joined.iter_mut().for_each(|part| part.sort_unstable());
            let (sharing, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|bead| shares(&joined, bead));
            left = others;
            if sharing.is_empty() {
                break joined;
            }
            beads.extend(sharing);
        };
        let all = |side: fn(&PairBead) -> &Vec<usize>| {
            let mut all: Vec<usize> = beads.iter().flat_map(side).copied().collect();
            all.sort_unstable();
            all
        };
        let is_whole = |z: usize| joined[z].windows(2).all(|pair| pair[0] + 1 == pair[1]);
        // A single bead may have a hole in its own languages. Several beads with a hole between
        // them would not be one unit.
        let may_have_hole = |z: usize| beads.len() == 1 && (z == x || z == y);
        let has_only_beads =
            joined[x] == all(|bead| &bead.source) && joined[y] == all(|bead| &bead.target);
        if has_only_beads && (0..MAX_LANGUAGES).all(|z| may_have_hole(z) || is_whole(z)) {
            units.retain(|unit| !beads.iter().any(|bead| shares(unit, bead)));
            units.push(joined);
            used.extend(beads);
        }
    }
    used.sort_by(|a, b| a.source.cmp(&b.source));
    used
}

/// The beads of a pair that cross the given ones.
///
/// `is_joint` says that there are three languages. Then beads in the order of the pair are looked for
/// as well. They may cross beads of the third language, and the joint search then left them out.
fn crossing_beads(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    given: &[PairBead],
    is_joint: bool,
) -> Vec<PairBead> {
    let mut places = [
        unaligned_places(source.segment_count(), given.iter().map(|bead| bead.source.as_slice())),
        unaligned_places(target.segment_count(), given.iter().map(|bead| bead.target.as_slice())),
    ];
    let cells = source.len().saturating_mul(target.len());
    if pairs_of_runs(&places, is_joint).is_empty() || cells > MAX_CROSSING_CELLS {
        return Vec::new();
    }
    let full = Band::full(source.len(), target.len());
    let features = all_features(source, target, config, &full);
    let lattice = Lattice::new(&features, config.shapes(), config.weights());
    let potentials = lattice.potentials(&full);
    let pass = CrossingPass { source, target, config, lattice: &lattice, potentials: &potentials };
    let mut found = Vec::new();
    loop {
        let mut blocks: Vec<CrossingBlock> = pairs_of_runs(&places, is_joint)
            .into_iter()
            .flat_map(|(rows, columns)| pass.blocks(rows, columns))
            .collect();
        blocks.sort_by(|a, b| b.potential.total_cmp(&a.potential));
        let before = found.len();
        for block in blocks {
            let is_free = |bead: &PairBead| {
                bead.source.iter().all(|segment| places[0][*segment].is_some())
                    && bead.target.iter().all(|segment| places[1][*segment].is_some())
            };
            if !block.beads.iter().all(is_free) {
                continue;
            }
            for bead in &block.beads {
                bead.source.iter().for_each(|segment| places[0][*segment] = None);
                bead.target.iter().for_each(|segment| places[1][*segment] = None);
            }
            found.extend(block.beads);
        }
        // A block that was taken splits runs, so that other blocks may be found.
        if found.len() == before {
            found.sort_by(|a, b| a.source.cmp(&b.source));
            return found;
        }
    }
}

/// The features of all beads of a pair, with words if the articles are short.
pub(in crate::align) fn all_features(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    full: &Band,
) -> Features {
    let mut features = Features::new(source, target, config.features(), full, full);
    if source.len().saturating_mul(target.len()) <= MAX_COMPARED_CELLS {
        features.add_word_mismatches(source, target, config.features(), full);
    }
    features
}

/// The place of a segment: the number of beads that start before it. `None` if a bead contains it.
type UnalignedPlace = Option<usize>;

/// The places of n segments, from the segments of the beads.
fn unaligned_places<'b>(n: usize, beads: impl Iterator<Item = &'b [usize]>) -> Vec<UnalignedPlace> {
    let mut starts = vec![0; n];
    let mut is_free = vec![true; n];
    for segments in beads {
        starts[segments[0]] += 1;
        segments.iter().for_each(|segment| is_free[*segment] = false);
    }
    let mut before = 0;
    let places = starts.into_iter().zip(is_free).map(|(start, is_free)| {
        before += start;
        is_free.then_some(before)
    });
    places.collect()
}

/// Runs of segments with one place: of the source, of the target.
type PairOfRuns = (Range<usize>, Range<usize>);

/// The pairs of runs of unaligned segments at different places, or at any places.
fn pairs_of_runs(places: &[Vec<UnalignedPlace>; 2], at_any_place: bool) -> Vec<PairOfRuns> {
    let runs = |places: &[UnalignedPlace]| -> Vec<(usize, Range<usize>)> {
        let mut start = 0;
        let mut runs = Vec::new();
        for run in places.chunk_by(|one, next| one == next) {
            let end = start + run.len();
            runs.extend(run[0].map(|place| (place, start..end)));
            start = end;
        }
        runs
    };
    let (source, target) = (runs(&places[0]), runs(&places[1]));
    let pairs = |(place, run): &(usize, Range<usize>)| -> Vec<PairOfRuns> {
        let others = target.iter().filter(|(other, _)| at_any_place || other != place);
        others.map(|(_, other)| (run.clone(), other.clone())).collect()
    };
    source.iter().flat_map(pairs).collect()
}

/// Crossing beads that follow each other.
struct CrossingBlock {
    beads: Vec<PairBead>,
    /// The sum of the potentials of the beads.
    potential: f32,
    /// The length of the shorter side of the longest bead, in characters.
    length: f32,
}

impl CrossingBlock {
    /// Whether the block is more than a chance match. Two similar beads in a row are rare by
    /// chance. A single short one is not: menus and teasers are full of them.
    fn is_convincing(&self) -> bool {
        let count = self.beads.len();
        let mean = self.beads.iter().map(|bead| bead.score).sum::<f32>() / count.max(1) as f32;
        let (min_margin, min_length) = if count == 1 {
            (MIN_SINGLE_MARGIN, MIN_SINGLE_CHARACTERS)
        } else {
            (MIN_MEAN_MARGIN, MIN_SINGLE_CHARACTERS / 2.0)
        };
        mean >= min_margin && self.length >= min_length && self.potential >= MIN_BLOCK_NATS
    }
}

/// Whether a bead follows the last bead of a chain, with at most one segment in between.
fn is_followed_by(chain: &[SegmentBead], bead: &SegmentBead) -> bool {
    let is_near = |last: &[usize], next: &[usize]| next[0] - last[last.len() - 1] <= 2;
    chain.last().is_some_and(|last| {
        is_near(&last.source, &bead.source) && is_near(&last.target, &bead.target)
    })
}

/// Restricts paths to beads between two runs of sentences.
#[derive(Clone)]
struct BetweenRuns {
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Constraint for BetweenRuns {
    fn allows_bead(&self, i: usize, (a, b): Shape, j: usize) -> bool {
        let is_in_rows = self.rows.start <= i && i + a <= self.rows.end;
        is_in_rows && self.columns.start <= j && j + b <= self.columns.end
    }
    fn allows_source_gap(&self, _: usize) -> bool {
        true
    }
    fn allows_target_gap(&self, _: usize) -> bool {
        true
    }
}

/// The sums of the margins and potentials of the sentence beads inside a bead of segments.
#[derive(Default)]
struct BeadSums {
    margin: f32,
    potential: f32,
    /// The length of the shorter side of the longest bead, in characters.
    length: f32,
    count: usize,
}

/// The second pass over one pair.
struct CrossingPass<'p> {
    source: &'p Side,
    target: &'p Side,
    config: &'p AlignConfig,
    lattice: &'p Lattice<'p>,
    potentials: &'p Potentials,
}

impl CrossingPass<'_> {
    /// The convincing blocks between two runs of segments.
    fn blocks(&self, source_run: Range<usize>, target_run: Range<usize>) -> Vec<CrossingBlock> {
        let (source, target) = (self.source, self.target);
        let runs = BetweenRuns {
            rows: source.sentences(source_run),
            columns: target.sentences(target_run),
        };
        if !self.has_positive_bead(&runs) {
            return Vec::new();
        }
        let segments = |bead: &SentenceBead| SegmentBead {
            source: source.segments_of(bead.source.clone()).collect(),
            target: target.segments_of(bead.target.clone()).collect(),
        };
        let sentence_beads = self.best_beads(&runs);
        let beads = merge_overlapping(sentence_beads.iter().map(segments).collect());
        let mut chains: Vec<Vec<SegmentBead>> = Vec::new();
        for bead in beads.into_iter().filter(|bead| !bead.has_hole()) {
            match chains.last_mut().filter(|chain| is_followed_by(chain, &bead)) {
                Some(chain) => chain.push(bead),
                None => chains.push(vec![bead]),
            }
        }
        let mut blocks: Vec<CrossingBlock> = chains
            .into_iter()
            .filter_map(|chain| self.block(chain, &sentence_beads, &runs))
            .collect();
        blocks.retain(CrossingBlock::is_convincing);
        blocks
    }

    /// The beads of the best path between two runs. Other paths do not count: if several paragraphs are
    /// in reverse order, no path has more than one of them, and none would be likely.
    fn best_beads(&self, runs: &BetweenRuns) -> Vec<SentenceBead> {
        let temperature = self.config.temperature * CHOICE_TEMPERATURE;
        let mut beads = Vec::new();
        let band = self.band(runs);
        let (lattice, runs) = (self.lattice, runs.clone());
        let posteriors = ForwardBackward::new(lattice, &band, self.potentials, runs, temperature);
        posteriors.each_bead(|bead, posterior| {
            if posterior > 0.5 {
                beads.push(SentenceBead {
                    source: bead.i..bead.i + bead.shape.0,
                    target: bead.j..bead.j + bead.shape.1,
                });
            }
        });
        beads
    }

    /// The block of the likely beads of a chain. They compete with all paths near the chain.
    fn block(
        &self,
        chain: Vec<SegmentBead>,
        sentence_beads: &[SentenceBead],
        runs: &BetweenRuns,
    ) -> Option<CrossingBlock> {
        let near = |side: &Side, first: &[usize], last: &[usize], run: &Range<usize>| {
            let sentences = side.sentences(first[0]..last[last.len() - 1] + 1);
            sentences.start.saturating_sub(NEAR_SENTENCES).max(run.start)
                ..(sentences.end + NEAR_SENTENCES).min(run.end)
        };
        let (first, last) = (chain.first()?, chain.last()?);
        let runs = BetweenRuns {
            rows: near(self.source, &first.source, &last.source, &runs.rows),
            columns: near(self.target, &first.target, &last.target, &runs.columns),
        };
        let band = self.band(&runs);
        let (lattice, temperature) = (self.lattice, self.config.temperature);
        let posteriors = ForwardBackward::new(lattice, &band, self.potentials, runs, temperature);
        let mut block = CrossingBlock { beads: Vec::new(), potential: 0.0, length: 0.0 };
        for SegmentBead { source, target } in chain {
            let (rows, columns) = (hull(&source), hull(&target));
            let (own, other) = ((self.source, rows.clone()), (self.target, columns));
            let posterior = segment_posterior(&posteriors, own, other);
            if posterior < MIN_CROSSING_POSTERIOR {
                continue;
            }
            let sentences = self.source.sentences(rows);
            let inside =
                sentence_beads.iter().filter(|bead| sentences.contains(&bead.source.start));
            let sums = self.sum_up(inside);
            let score = sums.margin / sums.count.max(1) as f32;
            block.potential += sums.potential;
            block.length = block.length.max(sums.length);
            let link_posterior = posterior;
            block.beads.push(PairBead { source, target, score, posterior, link_posterior });
        }
        (!block.beads.is_empty()).then_some(block)
    }

    /// The nodes of paths with beads between two runs. All sentences before the runs are unaligned,
    /// so the paths go down the first column, and then right in the rows of the source run.
    fn band(&self, runs: &BetweenRuns) -> Band {
        let (n, m) = (self.source.len(), self.target.len());
        let columns = |i: usize| {
            if i == n {
                0..m + 1
            } else if i < runs.rows.start {
                0..1
            } else {
                0..runs.columns.end + 1
            }
        };
        Band::covering((0..=n).map(columns).collect())
    }

    /// Whether any bead between two runs has a positive potential. Most runs have nothing in
    /// common.
    fn has_positive_bead(&self, runs: &BetweenRuns) -> bool {
        let has_bead_at = |i: usize, j: usize| {
            let mut beads = self.potentials.at(i, j).zip(&self.lattice.shapes);
            beads.any(|(potential, shape)| potential > 0.0 && runs.allows_bead(i, *shape, j))
        };
        runs.rows.clone().any(|i| runs.columns.clone().any(|j| has_bead_at(i, j)))
    }

    fn sum_up<'b>(&self, beads: impl Iterator<Item = &'b SentenceBead>) -> BeadSums {
        let mut sums = BeadSums::default();
        for SentenceBead { source, target } in beads {
            let (i, shape, j) = (source.start, (source.len(), target.len()), target.start);
            let at_shape = self.lattice.shapes.iter().position(|other| *other == shape);
            let potential = at_shape.and_then(|at| self.potentials.at(i, j).nth(at));
            let length =
                self.source.span_length(i, shape.0).min(self.target.span_length(j, shape.1));
            let features = self.lattice.scorer.features;
            sums.margin += features.margin(i, shape, j, &mut BeadColumns::default());
            sums.potential += potential.unwrap_or(0.0);
            sums.length = sums.length.max(length);
            sums.count += 1;
        }
        sums
    }
}
