//! How sure the search is: the forward-backward algorithm over the lattice.
//!
//! Paths are weighted by exp(score); the posterior of a bead is the share of
//! the weight of the paths that go through it (Rabiner 1989; for alignments
//! Durbin et al. 1998, section 4.4). The posteriors of all beads over a
//! sentence, the null one included, sum to 1.

use std::ops::Range;

use crate::align::Side;
use crate::align::band::{Band, BandMatrix};
use crate::align::crf::lattice::{BEAD, Lattice, SOURCE_GAP, STATES, TARGET_GAP};
use crate::align::crf::potentials::Potentials;
use crate::align::features::bead::Shape;

/// Terms this far below the largest, in nats, change no f32 that is put out.
const NEGLIGIBLE_NATS: f64 = 30.0;

pub(in crate::align) const IMPOSSIBLE: f64 = f64::NEG_INFINITY;

/// The logarithm of a sum of two exponentials.
pub(in crate::align) fn add(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low > high - NEGLIGIBLE_NATS { high + (low - high).exp().ln_1p() } else { high }
}

/// The logarithm of a sum of exponentials.
fn sum<const N: usize>(terms: [f64; N]) -> f64 {
    total(&terms)
}

fn total(terms: &[f64]) -> f64 {
    let high = terms.iter().fold(IMPOSSIBLE, |high, term| high.max(*term));
    if high == IMPOSSIBLE {
        return IMPOSSIBLE;
    }
    let mut sum = 0.0;
    for term in terms.iter().filter(|term| **term > high - NEGLIGIBLE_NATS) {
        sum += if *term == high { 1.0 } else { (term - high).exp() };
    }
    if sum == 1.0 { high } else { high + sum.ln() }
}

/// The weight of all paths through a node.
fn ends(to: [f64; STATES], from: [f64; STATES]) -> f64 {
    sum([to[0] + from[0], to[1] + from[1], to[2] + from[2]])
}

/// Which beads and which unaligned sentences paths may have.
pub(in crate::align) trait Constraint {
    fn bead(&self, i: usize, shape: Shape, j: usize) -> bool;
    fn source_gap(&self, i: usize) -> bool;
    fn target_gap(&self, j: usize) -> bool;
}

/// Anything.
pub(in crate::align) struct Unconstrained;

impl Constraint for Unconstrained {
    fn bead(&self, _: usize, _: Shape, _: usize) -> bool {
        true
    }
    fn source_gap(&self, _: usize) -> bool {
        true
    }
    fn target_gap(&self, _: usize) -> bool {
        true
    }
}

/// The weights of all paths to and from every node of a band, as logarithms.
pub(in crate::align) struct ForwardBackward<'a, A = Unconstrained> {
    lattice: &'a Lattice<'a>,
    band: &'a Band,
    potentials: &'a Potentials,
    allowed: A,
    temperature: f64,
    forward: BandMatrix<[f64; STATES]>,
    backward: BandMatrix<[f64; STATES]>,
    pub(in crate::align) total: f64,
}

/// A bead of the lattice.
pub(in crate::align) struct LatticeBead {
    pub(in crate::align) i: usize,
    pub(in crate::align) j: usize,
    pub(in crate::align) shape: Shape,
}

impl<'a, A: Constraint> ForwardBackward<'a, A> {
    pub(in crate::align) fn new(
        lattice: &'a Lattice<'a>,
        band: &'a Band,
        potentials: &'a Potentials,
        allowed: A,
        temperature: f32,
    ) -> ForwardBackward<'a, A> {
        let empty = || BandMatrix::new(band.rows().to_vec(), [IMPOSSIBLE; STATES]);
        let temperature = f64::from(temperature);
        let (forward, backward) = (empty(), empty());
        let mut sums = ForwardBackward {
            lattice,
            band,
            potentials,
            allowed,
            temperature,
            forward,
            backward,
            total: IMPOSSIBLE,
        };
        sums.run_forward();
        let end = sums.forward(lattice.n, lattice.m);
        sums.total = ends(end, sums.end());
        sums.run_backward();
        sums
    }

    fn scaled(&self, potential: f32) -> f64 {
        f64::from(potential) / self.temperature
    }

    /// What the states of the last node gain.
    fn end(&self) -> [f64; STATES] {
        let gap = self.scaled(self.lattice.gaps.at_end);
        [0.0, gap, gap]
    }

    pub(in crate::align) fn forward(&self, i: usize, j: usize) -> [f64; STATES] {
        self.forward.get(i, j).copied().unwrap_or([IMPOSSIBLE; STATES])
    }

    pub(in crate::align) fn backward(&self, i: usize, j: usize) -> [f64; STATES] {
        self.backward.get(i, j).copied().unwrap_or([IMPOSSIBLE; STATES])
    }

    /// The weight of starting a source run, or going on with it, by one more
    /// sentence.
    fn source_step(&self, i: usize, j: usize, states: [f64; STATES]) -> f64 {
        if !self.allowed.source_gap(i) {
            return IMPOSSIBLE;
        }
        let open = states[BEAD] + self.scaled(self.lattice.gaps.open(i, j));
        add(open, states[SOURCE_GAP]) + self.scaled(self.lattice.gaps.source[i])
    }

    fn target_step(&self, i: usize, j: usize, states: [f64; STATES]) -> f64 {
        if !self.allowed.target_gap(j) {
            return IMPOSSIBLE;
        }
        let open = states[BEAD] + self.scaled(self.lattice.gaps.open(i, j));
        let both = states[SOURCE_GAP] + self.scaled(self.lattice.gaps.turn(i, j));
        sum([open, both, states[TARGET_GAP]]) + self.scaled(self.lattice.gaps.target[j])
    }

    /// The weights of the paths to each node, by state.
    fn run_forward(&mut self) {
        // By node, all states together.
        let mut done = BandMatrix::new(self.band.rows().to_vec(), IMPOSSIBLE);
        let mut terms = Vec::with_capacity(self.lattice.shapes.len());
        for i in 0..=self.lattice.n {
            for j in self.band.row(i) {
                let mut here = [IMPOSSIBLE; STATES];
                if (i, j) == (0, 0) {
                    here[BEAD] = 0.0;
                } else {
                    terms.clear();
                    for (&(a, b), potentials) in
                        self.lattice.shapes.iter().zip(self.potentials.shapes())
                    {
                        if a > i || b > j {
                            continue;
                        }
                        let before = (done.get(i - a, j - b), potentials.get(i - a, j - b));
                        let (Some(done), Some(potential)) = before else { continue };
                        if *done > IMPOSSIBLE && self.allowed.bead(i - a, (a, b), j - b) {
                            terms.push(done + self.scaled(*potential));
                        }
                    }
                    here[BEAD] = total(&terms);
                    if let Some(above) = i.checked_sub(1).and_then(|i| self.forward.get(i, j)) {
                        here[SOURCE_GAP] = self.source_step(i - 1, j, *above);
                    }
                    if let Some(left) = j.checked_sub(1).and_then(|j| self.forward.get(i, j)) {
                        here[TARGET_GAP] = self.target_step(i, j - 1, *left);
                    }
                }
                if let (Some(node), Some(all)) = (self.forward.get_mut(i, j), done.get_mut(i, j)) {
                    (*node, *all) = (here, sum(here));
                }
            }
        }
    }

    /// The weight of what follows each node by its state: what follows a bead
    /// may start a run, what follows the target part of one may not go back.
    fn run_backward(&mut self) {
        let mut terms = Vec::with_capacity(self.lattice.shapes.len());
        for i in (0..=self.lattice.n).rev() {
            let columns = self.band.row(i);
            for j in columns.rev() {
                let gaps = &self.lattice.gaps;
                terms.clear();
                for (&shape, potentials) in self.lattice.shapes.iter().zip(self.potentials.shapes())
                {
                    let Some(&potential) =
                        potentials.get(i, j).filter(|potential| **potential > f32::NEG_INFINITY)
                    else {
                        continue;
                    };
                    let next = self.backward(i + shape.0, j + shape.1)[BEAD];
                    if next > IMPOSSIBLE && self.allowed.bead(i, shape, j) {
                        terms.push(self.scaled(potential) + next);
                    }
                }
                let beads = total(&terms);
                let [end, gap_end, _] = match (i, j) == (self.lattice.n, self.lattice.m) {
                    true => self.end(),
                    false => [IMPOSSIBLE; STATES],
                };
                let source = match i < self.lattice.n && self.allowed.source_gap(i) {
                    true => self.backward(i + 1, j)[SOURCE_GAP] + self.scaled(gaps.source[i]),
                    false => IMPOSSIBLE,
                };
                let target = match j < self.lattice.m && self.allowed.target_gap(j) {
                    true => self.backward(i, j + 1)[TARGET_GAP] + self.scaled(gaps.target[j]),
                    false => IMPOSSIBLE,
                };
                let open = self.scaled(gaps.open(i, j));
                let here = [
                    sum([beads, end, source + open, target + open]),
                    sum([beads, gap_end, source, target + self.scaled(gaps.turn(i, j))]),
                    sum([beads, gap_end, target]),
                ];
                if let Some(node) = self.backward.get_mut(i, j) {
                    *node = here;
                }
            }
        }
    }

    /// The smallest band that holds all nodes of possible paths.
    pub(in crate::align) fn met(&self) -> Band {
        let met = |i: usize, j: usize| {
            let mut through = self.forward(i, j).into_iter().zip(self.backward(i, j));
            through.any(|(to, from)| to + from > IMPOSSIBLE)
        };
        let range = |i: usize| {
            let first = self.band.row(i).find(|j| met(i, *j));
            let last = self.band.row(i).rev().find(|j| met(i, *j));
            first.zip(last).map_or(0..0, |(first, last)| first..last + 1)
        };
        Band::covering((0..=self.lattice.n).map(range).collect())
    }

    pub(in crate::align) fn probability(&self, log: f64) -> f64 {
        (log - self.total).exp().clamp(0.0, 1.0)
    }

    /// Calls back with each bead and its posterior.
    pub(in crate::align) fn each_bead(&self, mut found: impl FnMut(LatticeBead, f64)) {
        for i in 0..self.lattice.n {
            for j in self.band.row(i) {
                let done = sum(self.forward(i, j));
                for (&shape, potentials) in self.lattice.shapes.iter().zip(self.potentials.shapes())
                {
                    let Some(&potential) =
                        potentials.get(i, j).filter(|potential| **potential > f32::NEG_INFINITY)
                    else {
                        continue;
                    };
                    let after = self.backward(i + shape.0, j + shape.1)[BEAD];
                    let way = done + self.scaled(potential) + after;
                    if way > self.total - NEGLIGIBLE_NATS && self.allowed.bead(i, shape, j) {
                        found(LatticeBead { i, j, shape }, self.probability(way));
                    }
                }
            }
        }
    }

    /// Calls back with each node at which a run starts or goes on by a sentence
    /// of either side: whether it starts there, whether it is the target's,
    /// whether it goes over to the target there, and the posterior.
    pub(in crate::align) fn each_gap(&self, mut found: impl FnMut((usize, usize), Gap, f64)) {
        let gaps = &self.lattice.gaps;
        for i in 0..=self.lattice.n {
            for j in self.band.row(i) {
                let states = self.forward(i, j);
                let open = states[BEAD] + self.scaled(gaps.open(i, j));
                if i < self.lattice.n && self.allowed.source_gap(i) {
                    let after = self.backward(i + 1, j)[SOURCE_GAP] + self.scaled(gaps.source[i]);
                    found((i, j), Gap::Source { opens: true }, self.probability(open + after));
                    let on = self.probability(states[SOURCE_GAP] + after);
                    found((i, j), Gap::Source { opens: false }, on);
                }
                if j < self.lattice.m && self.allowed.target_gap(j) {
                    let after = self.backward(i, j + 1)[TARGET_GAP] + self.scaled(gaps.target[j]);
                    let both = states[SOURCE_GAP] + self.scaled(gaps.turn(i, j));
                    found(
                        (i, j),
                        Gap::Target { opens: true, turns: false },
                        self.probability(open + after),
                    );
                    found(
                        (i, j),
                        Gap::Target { opens: false, turns: true },
                        self.probability(both + after),
                    );
                    let on = self.probability(states[TARGET_GAP] + after);
                    found((i, j), Gap::Target { opens: false, turns: false }, on);
                }
            }
        }
    }

    /// The posterior of the path's end in a run of unaligned sentences.
    pub(in crate::align) fn ends_in_gap(&self) -> f64 {
        let end = self.forward(self.lattice.n, self.lattice.m);
        self.probability(add(end[SOURCE_GAP], end[TARGET_GAP]) + self.end()[SOURCE_GAP])
    }

    /// The weight of starting a run of unaligned sentences at a node.
    pub(in crate::align) fn open(&self, i: usize, j: usize) -> f64 {
        self.scaled(self.lattice.gaps.open(i, j))
    }

    /// The weight of going over from a run's source sentences to its target sentences at a node.
    pub(in crate::align) fn turn(&self, i: usize, j: usize) -> f64 {
        self.scaled(self.lattice.gaps.turn(i, j))
    }

    /// The weight of leaving out a source sentence within a run.
    pub(in crate::align) fn source_gap(&self, i: usize) -> f64 {
        self.scaled(self.lattice.gaps.source[i])
    }

    /// The weight of leaving out a target sentence within a run.
    pub(in crate::align) fn target_gap(&self, j: usize) -> f64 {
        self.scaled(self.lattice.gaps.target[j])
    }

    /// The weight of a run of unaligned sentences from one node to another; of
    /// none, where they are the same.
    pub(in crate::align) fn run(&self, from: (usize, usize), to: (usize, usize)) -> f64 {
        if from == to {
            return 0.0;
        }
        self.scaled(self.lattice.gaps.open(from.0, from.1)) + self.rest(from, to, false)
    }

    /// The weight of going on with a run from one node to another; `source` says
    /// that it has sentences of the source already.
    pub(in crate::align) fn rest(
        &self,
        from: (usize, usize),
        to: (usize, usize),
        source: bool,
    ) -> f64 {
        let gaps = &self.lattice.gaps;
        let own: f32 = gaps.source[from.0..to.0].iter().sum();
        let other: f32 = gaps.target[from.1..to.1].iter().sum();
        let turns = (source || to.0 > from.0) && to.1 > from.1;
        self.scaled(own + other + if turns { gaps.turn(to.0, from.1) } else { 0.0 })
    }

    /// Calls back with the shape and weight of each bead that starts at a node.
    pub(in crate::align) fn each_from(
        &self,
        i: usize,
        j: usize,
        mut found: impl FnMut(Shape, f64),
    ) {
        for (&shape, potentials) in self.lattice.shapes.iter().zip(self.potentials.shapes()) {
            if let Some(&potential) =
                potentials.get(i, j).filter(|potential| **potential > f32::NEG_INFINITY)
            {
                found(shape, self.scaled(potential));
            }
        }
    }

    /// The target's nodes that are looked at in a row.
    pub(in crate::align) fn columns(&self, i: usize) -> Range<usize> {
        self.band.row(i)
    }

    /// The rows of nodes.
    pub(in crate::align) fn rows(&self) -> usize {
        self.lattice.n + 1
    }

    /// The posteriors of the source's units being left out, then the target's.
    pub(in crate::align) fn nulls(&self, source: &Side, target: &Side) -> [Vec<f32>; 2] {
        let gaps = &self.lattice.gaps;
        let cost = |gaps: &[f32], pieces: Range<usize>| -> f64 {
            gaps[pieces].iter().map(|gap| self.scaled(*gap)).sum()
        };
        let mut weights = [vec![IMPOSSIBLE; source.units()], vec![IMPOSSIBLE; target.units()]];
        for (unit, weight) in weights[0].iter_mut().enumerate() {
            let pieces = source.pieces(unit..unit + 1);
            let rest = pieces.start + 1..pieces.end;
            for j in self.band.row(pieces.start) {
                let to = self.source_step(pieces.start, j, self.forward(pieces.start, j));
                let way = to
                    + cost(&gaps.source, rest.clone())
                    + self.backward(pieces.end, j)[SOURCE_GAP];
                *weight = add(*weight, way);
            }
        }
        for i in 0..=self.lattice.n {
            let columns = self.band.row(i);
            let from = target.starts.partition_point(|start| *start < columns.start);
            for (unit, weight) in weights[1].iter_mut().enumerate().skip(from) {
                let pieces = target.pieces(unit..unit + 1);
                if pieces.end >= columns.end {
                    break;
                }
                let to = self.target_step(i, pieces.start, self.forward(i, pieces.start));
                let rest = cost(&gaps.target, pieces.start + 1..pieces.end);
                let way = to + rest + self.backward(i, pieces.end)[TARGET_GAP];
                *weight = add(*weight, way);
            }
        }
        weights.map(|ways| ways.into_iter().map(|way| self.probability(way) as f32).collect())
    }
}

/// A step of a run of unaligned sentences.
#[derive(Clone, Copy)]
pub(in crate::align) enum Gap {
    Source {
        /// Whether the run starts here.
        opens: bool,
    },
    Target {
        opens: bool,
        /// Whether the run had sentences of the source only.
        turns: bool,
    },
}
