//! Text that moved: a second pass over what the search has left unaligned.
//!
//! A paragraph that stands elsewhere in another language crosses what is
//! aligned, so that no path of the lattice can hold both. What is left on both
//! sides falls into runs of consecutive sentences. Each run of the source is
//! searched with each run of the target that is not at the same place, by the
//! same lattice and the same evidence: measured against the whole articles, as
//! a few sentences by themselves would be no background. All paths are summed
//! over that have beads between these two runs only.
//!
//! There are many runs to try, so that what would do in order does not do here:
//! see `Block::convinces`.

use std::ops::Range;

use crate::align::band::band::Band;
use crate::align::crf::forward_backward::{Constraint, ForwardBackward};
use crate::align::crf::lattice::Lattice;
use crate::align::crf::potentials::Potentials;
use crate::align::crf::unit_posterior;
use crate::align::features::bead::{Features, Scratch, Shape};
use crate::align::joint::segments::connected;
use crate::align::joint::units::Merged;
use crate::align::pair::PairBead;
use crate::align::{AlignConfig, Side};
use crate::bitext::groups::{Group, LANGUAGES, reading_order_with};

/// Articles with a larger product of their lengths are not looked through:
/// the evidence takes some 100 bytes a cell.
const MAX_CELLS: usize = 4_000_000;

/// How likely a bead out of order must be.
const MIN_POSTERIOR: f32 = 0.9;

/// What the beads of a block gain together at least, in nats.
const MIN_SCORE_NATS: f32 = 6.0;

/// The margin of a bead that convinces by itself, and the length of its sides
/// in characters. Menus and teasers have titles of fewer.
const MIN_CLEAR_MARGIN: f32 = 0.45;
const MIN_LONG_CHARACTERS: f32 = 60.0;

/// The margin that the beads of a larger block have at least on average.
const MIN_MEAN_MARGIN: f32 = 0.2;

/// Finds the beads that are out of order, of each pair, and joins the units
/// that they link.
pub(in crate::align) fn find(sides: &[&Side], config: &AlignConfig, merged: &mut Merged) {
    let together = merged.pairs.len() > 1;
    let mut moved = Vec::with_capacity(merged.pairs.len());
    for pair in &merged.pairs {
        let (source, target) = (sides[pair.x], sides[pair.y]);
        let found = beads(source, target, config, &pair.alignment.beads, together);
        moved.push(adopt(&mut merged.units, (pair.x, pair.y), found));
    }
    if moved.iter().all(Vec::is_empty) {
        return;
    }
    merged.moved = moved;
    let lens: [usize; LANGUAGES] =
        std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.units()));
    let units = std::mem::take(&mut merged.units);
    merged.units = reading_order_with(lens, units, &|group| merged.is_moved(group));
}

/// Joins the units that beads link, where nothing contradicts it: of the beads'
/// languages they have the sentences of those beads and no others, and of the third
/// language sentences that follow each other. Gives the beads of which that is so.
fn adopt(units: &mut Vec<Group>, (x, y): (usize, usize), found: Vec<PairBead>) -> Vec<PairBead> {
    let shares = |group: &Group, bead: &PairBead| {
        bead.source.iter().any(|unit| group[x].contains(unit))
            || bead.target.iter().any(|unit| group[y].contains(unit))
    };
    let (mut adopted, mut left) = (Vec::new(), found);
    while let Some(first) = left.pop() {
        // Beads that meet one unit stand or fall together.
        let mut beads = vec![first];
        let joined = loop {
            let mut joined = Group::default();
            for group in units.iter().filter(|group| beads.iter().any(|bead| shares(group, bead))) {
                joined.iter_mut().zip(group).for_each(|(joined, units)| joined.extend(units));
            }
            joined.iter_mut().for_each(|units| units.sort_unstable());
            let (met, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|bead| shares(&joined, bead));
            left = others;
            if met.is_empty() {
                break joined;
            }
            beads.extend(met);
        };
        let all = |side: fn(&PairBead) -> &Vec<usize>| {
            let mut all: Vec<usize> = beads.iter().flat_map(side).copied().collect();
            all.sort_unstable();
            all
        };
        let follow = |z: &usize| joined[*z].windows(2).all(|pair| pair[0] + 1 == pair[1]);
        // One bead may have a hole, several beads would not be one unit with it.
        let mut whole = (0..LANGUAGES).filter(|z| beads.len() > 1 || (*z != x && *z != y));
        let same = joined[x] == all(|bead| &bead.source) && joined[y] == all(|bead| &bead.target);
        if same && whole.all(|z| follow(&z)) {
            units.retain(|group| !beads.iter().any(|bead| shares(group, bead)));
            units.push(joined);
            adopted.extend(beads);
        }
    }
    adopted.sort_by(|a, b| a.source.cmp(&b.source));
    adopted
}

/// The beads of a pair that cross those given; `together` with a third language,
/// also those that cross that one's, and so are none of the pair's though they are in
/// its order.
fn beads(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    given: &[PairBead],
    together: bool,
) -> Vec<PairBead> {
    let mut places = [
        places(source.units(), given.iter().map(|bead| bead.source.as_slice())),
        places(target.units(), given.iter().map(|bead| bead.target.as_slice())),
    ];
    let cells = source.len().saturating_mul(target.len());
    if crossing(&places, together).is_empty() || cells > MAX_CELLS {
        return Vec::new();
    }
    let full = Band::full(source.len(), target.len());
    let features = features(source, target, config, &full);
    let lattice = Lattice::new(&features, config.shapes(), config.weights());
    let potentials = Potentials::new(&lattice, &full);
    let pass = Pass { sides: [source, target], config, lattice: &lattice, potentials: &potentials };
    let mut found = Vec::new();
    loop {
        let mut blocks: Vec<Block> =
            crossing(&places, together).into_iter().flat_map(|runs| pass.blocks(runs)).collect();
        blocks.sort_by(|a, b| b.potential.total_cmp(&a.potential));
        let before = found.len();
        for block in blocks {
            let free = |bead: &PairBead| {
                bead.source.iter().all(|unit| places[0][*unit].is_some())
                    && bead.target.iter().all(|unit| places[1][*unit].is_some())
            };
            if !block.beads.iter().all(free) {
                continue;
            }
            for bead in &block.beads {
                bead.source.iter().for_each(|unit| places[0][*unit] = None);
                bead.target.iter().for_each(|unit| places[1][*unit] = None);
            }
            found.extend(block.beads);
        }
        // What a block has taken may have stood in the way of another.
        if found.len() == before {
            found.sort_by(|a, b| a.source.cmp(&b.source));
            return found;
        }
    }
}

/// Pairs of sentences of which all words are compared with each other.
const MAX_COMPARED_CELLS: usize = 300 * 300;

/// What is known of the beads of all places.
pub(in crate::align) fn features(
    source: &Side,
    target: &Side,
    config: &AlignConfig,
    full: &Band,
) -> Features {
    let mut features = Features::new(source, target, config, full, full);
    if source.len().saturating_mul(target.len()) <= MAX_COMPARED_CELLS {
        features.look_at_words(source, target, config, full);
    }
    features
}

/// For each unit that is in no bead: how many beads start before it.
fn places<'b>(n: usize, beads: impl Iterator<Item = &'b [usize]>) -> Vec<Option<usize>> {
    let mut starts = vec![0; n];
    let mut free = vec![true; n];
    for units in beads {
        starts[units[0]] += 1;
        units.iter().for_each(|unit| free[*unit] = false);
    }
    let mut before = 0;
    let all = starts.into_iter().zip(free).map(|(start, free)| {
        before += start;
        free.then_some(before)
    });
    all.collect()
}

/// Units of both sides.
type Runs = [Range<usize>; 2];

/// The runs of units in no bead that are at different places, or at any.
fn crossing(places: &[Vec<Option<usize>>; 2], any: bool) -> Vec<Runs> {
    let runs = |places: &[Option<usize>]| -> Vec<(usize, Range<usize>)> {
        let mut start = 0;
        let mut runs = Vec::new();
        for run in places.chunk_by(|one, next| one == next) {
            let end = start + run.len();
            runs.extend(run[0].map(|place| (place, start..end)));
            start = end;
        }
        runs
    };
    let (own, others) = (runs(&places[0]), runs(&places[1]));
    let cross = |(place, run): &(usize, Range<usize>)| -> Vec<Runs> {
        let elsewhere = others.iter().filter(|(other, _)| any || other != place);
        elsewhere.map(|(_, other)| [run.clone(), other.clone()]).collect()
    };
    own.iter().flat_map(cross).collect()
}

/// Beads that follow each other.
struct Block {
    beads: Vec<PairBead>,
    potential: f32,
    /// The length of the shorter side of the longest bead.
    length: f32,
}

impl Block {
    /// Two beads that follow each other seldom resemble each other by chance;
    /// one does, where it is short: menus and teasers are full of such.
    fn convinces(&self) -> bool {
        let count = self.beads.len();
        let mean = self.beads.iter().map(|bead| bead.score).sum::<f32>() / count.max(1) as f32;
        let enough = match count {
            1 => mean >= MIN_CLEAR_MARGIN && self.length >= MIN_LONG_CHARACTERS,
            _ => mean >= MIN_MEAN_MARGIN && self.length >= MIN_LONG_CHARACTERS / 2.0,
        };
        enough && self.potential >= MIN_SCORE_NATS
    }
}

/// Paths that have beads between two runs of pieces only.
struct Between {
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Constraint for Between {
    fn bead(&self, i: usize, (a, b): Shape, j: usize) -> bool {
        let row = self.rows.start <= i && i + a <= self.rows.end;
        row && self.columns.start <= j && j + b <= self.columns.end
    }
    fn source_gap(&self, _: usize) -> bool {
        true
    }
    fn target_gap(&self, _: usize) -> bool {
        true
    }
}

struct Pass<'p> {
    sides: [&'p Side; 2],
    config: &'p AlignConfig,
    lattice: &'p Lattice<'p>,
    potentials: &'p Potentials,
}

impl Pass<'_> {
    /// The blocks between two runs that convince.
    fn blocks(&self, [units, others]: Runs) -> Vec<Block> {
        let [source, target] = self.sides;
        let (n, m) = (source.len(), target.len());
        let (rows, columns) = (source.pieces(units), target.pieces(others));
        let inside = Between { rows: rows.clone(), columns: columns.clone() };
        if !self.promises(&inside) {
            return Vec::new();
        }
        // The sentences before the runs, none of them aligned, are done on the
        // way down the first column or along the rows of the run.
        let range = |i: usize| match i {
            i if i == n => 0..m + 1,
            i if i < rows.start => 0..1,
            _ => 0..columns.end + 1,
        };
        let band = Band::covering((0..=n).map(range).collect());
        let sums = ForwardBackward::new(
            self.lattice,
            &band,
            self.potentials,
            inside,
            self.config.temperature,
        );
        let mut pieces = Vec::new();
        sums.each_bead(|bead, posterior| {
            if posterior > 0.5 {
                pieces.push((bead.i..bead.i + bead.shape.0, bead.j..bead.j + bead.shape.1));
            }
        });
        let units = |(rows, columns): &(Range<usize>, Range<usize>)| {
            let rows = source.units_of(rows.clone());
            (rows.collect(), target.units_of(columns.clone()).collect())
        };
        let mut blocks: Vec<Block> = Vec::new();
        for (own, other) in connected(pieces.iter().map(units).collect()) {
            let hull = |units: &[usize]| units[0]..units[units.len() - 1] + 1;
            let (hull_own, hull_other) = (hull(&own), hull(&other));
            if hull_own.len() > own.len() || hull_other.len() > other.len() {
                continue;
            }
            let posterior = unit_posterior::unit_posterior(
                &sums,
                (source, hull_own.clone()),
                (target, hull_other),
            );
            if posterior < MIN_POSTERIOR {
                continue;
            }
            let of = source.pieces(hull_own);
            let within = pieces.iter().filter(|(rows, _)| of.contains(&rows.start));
            let (mut margins, mut potential, mut length, mut count) = (0.0, 0.0, 0.0_f32, 0);
            for (rows, columns) in within {
                let measured = self.measure(rows, columns);
                margins += measured.0;
                potential += measured.1;
                let sizes = (source.span_length(rows.start, rows.len()))
                    .min(target.span_length(columns.start, columns.len()));
                length = length.max(sizes);
                count += 1;
            }
            let score = margins / count.max(1) as f32;
            let bead = PairBead { source: own, target: other, score, posterior };
            let follows = |block: &&mut Block| {
                let near = |last: &[usize], next: &[usize]| next[0] - last[last.len() - 1] <= 2;
                let last = block.beads.last();
                last.is_some_and(|last| {
                    near(&last.source, &bead.source) && near(&last.target, &bead.target)
                })
            };
            match blocks.last_mut().filter(follows) {
                Some(block) => {
                    block.beads.push(bead);
                    block.potential += potential;
                    block.length = block.length.max(length);
                }
                None => blocks.push(Block { beads: vec![bead], potential, length }),
            }
        }
        blocks.retain(Block::convinces);
        blocks
    }

    /// Whether any bead gains something: most runs have nothing in common.
    fn promises(&self, between: &Between) -> bool {
        between.rows.clone().any(|i| {
            between.columns.clone().any(|j| {
                let potentials = self.potentials.at(i, j).zip(&self.lattice.shapes);
                { potentials }
                    .any(|(potential, shape)| potential > 0.0 && between.bead(i, *shape, j))
            })
        })
    }

    /// Margin and gain of a bead.
    fn measure(&self, rows: &Range<usize>, columns: &Range<usize>) -> (f32, f32) {
        let shape = (rows.len(), columns.len());
        let features = self.lattice.features;
        let margin = features.margin(rows.start, shape, columns.start, &mut Scratch::default());
        let of_shape = self.lattice.shapes.iter().position(|one| *one == shape);
        let potential =
            of_shape.and_then(|at| self.potentials.at(rows.start, columns.start).nth(at));
        (margin, potential.unwrap_or(0.0))
    }
}
