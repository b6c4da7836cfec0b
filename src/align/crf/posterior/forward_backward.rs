//! The forward-backward algorithm over the lattice (Rabiner 1989; for alignments Durbin et al.
//! 1998, section 4.4).
//!
//! A path's weight is exp(score / temperature). The forward weight of a node and state is the sum
//! over all paths from the start to it, the backward weight the sum over all paths from it to the
//! end. Their product is the weight of all paths through it. [`posteriors`](super::posteriors)
//! derives the posteriors of beads and gaps.

use std::ops::Range;

use crate::align::band::{Band, BandMatrix};
use crate::align::crf::lattice::{Lattice, States};
use crate::align::crf::posterior::constraint::{Constraint, Unconstrained};
use crate::align::crf::posterior::log_sum::{IMPOSSIBLE, log_add, log_sum};
use crate::align::crf::potentials::Potentials;
use crate::align::features::shape::Shape;

/// The logarithmic weights of a node's states.
pub(in crate::align) type LogWeights = States<f64>;

impl LogWeights {
    const IMPOSSIBLE: LogWeights =
        States { bead: IMPOSSIBLE, source_gap: IMPOSSIBLE, target_gap: IMPOSSIBLE };

    /// The weight of all states together.
    pub(in crate::align::crf) fn sum(self) -> f64 {
        log_sum(&[self.bead, self.source_gap, self.target_gap])
    }

    /// The weight of all paths through a node that has these forward weights.
    fn through(self, backward: LogWeights) -> f64 {
        log_sum(&[
            self.bead + backward.bead,
            self.source_gap + backward.source_gap,
            self.target_gap + backward.target_gap,
        ])
    }
}

/// The forward and backward weights of the nodes of a band. All weights are logarithms.
pub(in crate::align) struct ForwardBackward<'a, A = Unconstrained> {
    pub(in crate::align::crf) lattice: &'a Lattice<'a>,
    pub(in crate::align::crf) band: &'a Band,
    pub(in crate::align::crf) potentials: &'a Potentials,
    pub(in crate::align::crf) constraint: A,
    temperature: f64,
    forward: BandMatrix<LogWeights>,
    backward: BandMatrix<LogWeights>,
    /// The weight of all paths: the partition function.
    pub(in crate::align) total: f64,
}

impl<'a, A: Constraint> ForwardBackward<'a, A> {
    pub(in crate::align) fn new(
        lattice: &'a Lattice<'a>,
        band: &'a Band,
        potentials: &'a Potentials,
        constraint: A,
        temperature: f32,
    ) -> ForwardBackward<'a, A> {
        let empty = || BandMatrix::new(band.rows().to_vec(), LogWeights::IMPOSSIBLE);
        let mut weights = ForwardBackward {
            lattice,
            band,
            potentials,
            constraint,
            temperature: f64::from(temperature),
            forward: empty(),
            backward: empty(),
            total: IMPOSSIBLE,
        };
        weights.run_forward();
        let end = weights.forward(lattice.n, lattice.m);
        weights.total = end.through(weights.end());
        weights.run_backward();
        weights
    }

    /// The weight of a score.
    pub(in crate::align::crf) fn scaled(&self, score: f32) -> f64 {
        f64::from(score) / self.temperature
    }

    /// The backward weights of the last node: that of a gap at the end of both articles.
    pub(in crate::align::crf) fn end(&self) -> LogWeights {
        let gap = self.scaled(self.lattice.gaps.at_end);
        States { bead: 0.0, source_gap: gap, target_gap: gap }
    }

    pub(in crate::align) fn forward(&self, i: usize, j: usize) -> LogWeights {
        self.forward.get(i, j).copied().unwrap_or(LogWeights::IMPOSSIBLE)
    }

    pub(in crate::align) fn backward(&self, i: usize, j: usize) -> LogWeights {
        self.backward.get(i, j).copied().unwrap_or(LogWeights::IMPOSSIBLE)
    }

    /// The forward weight after leaving source sentence `i` unaligned, from a node's forward
    /// weights.
    pub(in crate::align::crf) fn source_step(&self, i: usize, j: usize, from: LogWeights) -> f64 {
        if !self.constraint.allows_source_gap(i) {
            return IMPOSSIBLE;
        }
        let open = from.bead + self.open(i, j);
        log_add(open, from.source_gap) + self.source_gap(i)
    }

    /// The same for target sentence `j`.
    pub(in crate::align::crf) fn target_step(&self, i: usize, j: usize, from: LogWeights) -> f64 {
        if !self.constraint.allows_target_gap(j) {
            return IMPOSSIBLE;
        }
        let open = from.bead + self.open(i, j);
        let turned = from.source_gap + self.turn(i, j);
        log_sum(&[open, turned, from.target_gap]) + self.target_gap(j)
    }

    fn run_forward(&mut self) {
        // The weight of all states of a node together.
        let mut sums = BandMatrix::new(self.band.rows().to_vec(), IMPOSSIBLE);
        let mut terms = Vec::with_capacity(self.lattice.shapes.len());
        for i in 0..=self.lattice.n {
            for j in self.band.row(i) {
                let mut here = LogWeights::IMPOSSIBLE;
                if (i, j) == (0, 0) {
                    here.bead = 0.0;
                } else {
                    self.bead_terms_before(i, j, &sums, &mut terms);
                    here.bead = log_sum(&terms);
                    if let Some(above) = i.checked_sub(1).and_then(|i| self.forward.get(i, j)) {
                        here.source_gap = self.source_step(i - 1, j, *above);
                    }
                    if let Some(left) = j.checked_sub(1).and_then(|j| self.forward.get(i, j)) {
                        here.target_gap = self.target_step(i, j - 1, *left);
                    }
                }
                if let (Some(node), Some(sum)) = (self.forward.get_mut(i, j), sums.get_mut(i, j)) {
                    (*node, *sum) = (here, here.sum());
                }
            }
        }
    }

    /// Writes the weights of the paths whose last bead ends at a node, by shape.
    fn bead_terms_before(&self, i: usize, j: usize, sums: &BandMatrix<f64>, terms: &mut Vec<f64>) {
        terms.clear();
        for (&(a, b), potentials) in self.lattice.shapes.iter().zip(self.potentials.by_shape()) {
            if a > i || b > j {
                continue;
            }
            let before = (sums.get(i - a, j - b), potentials.get(i - a, j - b));
            let (Some(sum), Some(score)) = before else { continue };
            if *sum > IMPOSSIBLE && self.constraint.allows_bead(i - a, (a, b), j - b) {
                terms.push(sum + self.scaled(*score));
            }
        }
    }

    fn run_backward(&mut self) {
        let (n, m) = (self.lattice.n, self.lattice.m);
        let mut terms = Vec::with_capacity(self.lattice.shapes.len());
        for i in (0..=n).rev() {
            for j in self.band.row(i).rev() {
                terms.clear();
                self.each_bead_from(i, j, |shape, weight| {
                    let next = self.backward(i + shape.0, j + shape.1).bead;
                    if next > IMPOSSIBLE && self.constraint.allows_bead(i, shape, j) {
                        terms.push(weight + next);
                    }
                });
                let beads = log_sum(&terms);
                let end = if (i, j) == (n, m) { self.end() } else { LogWeights::IMPOSSIBLE };
                let source = if i < n && self.constraint.allows_source_gap(i) {
                    self.backward(i + 1, j).source_gap + self.source_gap(i)
                } else {
                    IMPOSSIBLE
                };
                let target = if j < m && self.constraint.allows_target_gap(j) {
                    self.backward(i, j + 1).target_gap + self.target_gap(j)
                } else {
                    IMPOSSIBLE
                };
                let open = self.open(i, j);
                // A gap does not go back from target to source sentences.
                let here = States {
                    bead: log_sum(&[beads, end.bead, source + open, target + open]),
                    source_gap: log_sum(&[beads, end.source_gap, source, target + self.turn(i, j)]),
                    target_gap: log_sum(&[beads, end.source_gap, target]),
                };
                if let Some(node) = self.backward.get_mut(i, j) {
                    *node = here;
                }
            }
        }
    }

    /// Calls back with the shape and weight of each possible bead that starts at a node, whether
    /// the constraint allows it or not.
    pub(in crate::align::crf) fn each_bead_from(
        &self,
        i: usize,
        j: usize,
        mut found: impl FnMut(Shape, f64),
    ) {
        for (&shape, potentials) in self.lattice.shapes.iter().zip(self.potentials.by_shape()) {
            if let Some(&score) = potentials.get(i, j).filter(|score| **score > f32::NEG_INFINITY) {
                found(shape, self.scaled(score));
            }
        }
    }

    /// The smallest band with all nodes of possible paths.
    pub(in crate::align) fn reached_band(&self) -> Band {
        let reached = |i: usize, j: usize| {
            let (to, from) = (self.forward(i, j), self.backward(i, j));
            to.bead + from.bead > IMPOSSIBLE
                || to.source_gap + from.source_gap > IMPOSSIBLE
                || to.target_gap + from.target_gap > IMPOSSIBLE
        };
        let range = |i: usize| {
            let first = self.band.row(i).find(|j| reached(i, *j));
            let last = self.band.row(i).rev().find(|j| reached(i, *j));
            first.zip(last).map_or(0..0, |(first, last)| first..last + 1)
        };
        Band::covering((0..=self.lattice.n).map(range).collect())
    }

    /// The share of a weight in that of all paths, 0 to 1.
    pub(in crate::align) fn probability(&self, weight: f64) -> f64 {
        libm::exp(weight - self.total).clamp(0.0, 1.0)
    }

    /// The weight of opening a gap at a node.
    pub(in crate::align::crf) fn open(&self, i: usize, j: usize) -> f64 {
        self.scaled(self.lattice.gaps.open(i, j))
    }

    /// The weight of continuing a gap from source to target sentences at a node.
    pub(in crate::align::crf) fn turn(&self, i: usize, j: usize) -> f64 {
        self.scaled(self.lattice.gaps.turn(i, j))
    }

    /// The weight of a source sentence in a gap.
    pub(in crate::align::crf) fn source_gap(&self, i: usize) -> f64 {
        self.scaled(self.lattice.gaps.source[i])
    }

    /// The weight of a target sentence in a gap.
    pub(in crate::align::crf) fn target_gap(&self, j: usize) -> f64 {
        self.scaled(self.lattice.gaps.target[j])
    }

    /// The target sentences before the nodes of a row.
    pub(in crate::align::crf) fn columns(&self, i: usize) -> Range<usize> {
        self.band.row(i)
    }

    /// Number of rows of nodes.
    pub(in crate::align::crf) fn rows(&self) -> usize {
        self.lattice.n + 1
    }
}
