//! Posteriors from forward and backward weights.
//!
//! The posterior of a bead is the share of the weight of all paths that have it. The posteriors of
//! all beads with a sentence, and of the sentence being unaligned, sum to 1.

use std::ops::Range;

use crate::align::crf::posterior::constraint::Constraint;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::log_sum::{IMPOSSIBLE, NEGLIGIBLE_NATS, log_add};
use crate::align::features::shape::Shape;
use crate::align::features::side::Side;

/// A bead of the lattice.
pub(in crate::align) struct LatticeBead {
    /// First source sentence.
    pub(in crate::align) i: usize,
    /// First target sentence.
    pub(in crate::align) j: usize,
    pub(in crate::align) shape: Shape,
}

/// An unaligned sentence within a gap.
#[derive(Clone, Copy)]
pub(in crate::align) enum GapStep {
    Source {
        /// Whether the gap starts with it.
        opens: bool,
    },
    Target {
        /// Whether the gap starts with it.
        opens: bool,
        /// Whether it follows a source sentence of the gap.
        turns: bool,
    },
}

impl<A: Constraint> ForwardBackward<'_, A> {
    /// Calls back with each bead and its posterior.
    pub(in crate::align) fn each_bead(&self, mut found: impl FnMut(LatticeBead, f64)) {
        for i in 0..self.lattice.n {
            for j in self.band.row(i) {
                let before = self.forward(i, j).sum();
                self.each_bead_from(i, j, |shape, weight| {
                    let after = self.backward(i + shape.0, j + shape.1).bead;
                    let through = before + weight + after;
                    let counts = through > self.total - NEGLIGIBLE_NATS;
                    if counts && self.constraint.allows_bead(i, shape, j) {
                        found(LatticeBead { i, j, shape }, self.probability(through));
                    }
                });
            }
        }
    }

    /// Calls back with each node, each way to leave the next sentence of a side unaligned there,
    /// and its posterior.
    pub(in crate::align) fn each_gap(&self, mut found: impl FnMut((usize, usize), GapStep, f64)) {
        for i in 0..=self.lattice.n {
            for j in self.band.row(i) {
                let states = self.forward(i, j);
                let open = states.bead + self.open(i, j);
                let mut step =
                    |step: GapStep, weight: f64| found((i, j), step, self.probability(weight));
                if i < self.lattice.n && self.constraint.allows_source_gap(i) {
                    let after = self.backward(i + 1, j).source_gap + self.source_gap(i);
                    step(GapStep::Source { opens: true }, open + after);
                    step(GapStep::Source { opens: false }, states.source_gap + after);
                }
                if j < self.lattice.m && self.constraint.allows_target_gap(j) {
                    let after = self.backward(i, j + 1).target_gap + self.target_gap(j);
                    let turned = states.source_gap + self.turn(i, j);
                    step(GapStep::Target { opens: true, turns: false }, open + after);
                    step(GapStep::Target { opens: false, turns: true }, turned + after);
                    let continued = states.target_gap + after;
                    step(GapStep::Target { opens: false, turns: false }, continued);
                }
            }
        }
    }

    /// The posterior of a gap at the end of both articles.
    pub(in crate::align) fn ends_in_gap(&self) -> f64 {
        let end = self.forward(self.lattice.n, self.lattice.m);
        self.probability(log_add(end.source_gap, end.target_gap) + self.end().source_gap)
    }

    /// The posteriors of whole segments being unaligned: the source's, then the target's.
    pub(in crate::align) fn null_posteriors(&self, source: &Side, target: &Side) -> [Vec<f32>; 2] {
        let gaps = &self.lattice.gaps;
        let cost = |gaps: &[f32], sentences: Range<usize>| -> f64 {
            gaps[sentences].iter().map(|gap| self.scaled(*gap)).sum()
        };
        let mut weights =
            [vec![IMPOSSIBLE; source.segment_count()], vec![IMPOSSIBLE; target.segment_count()]];
        for (segment, weight) in weights[0].iter_mut().enumerate() {
            let Range { start, end } = source.sentences(segment..segment + 1);
            for j in self.band.row(start) {
                let to = self.source_step(start, j, self.forward(start, j));
                let rest = cost(&gaps.source, start + 1..end);
                *weight = log_add(*weight, to + rest + self.backward(end, j).source_gap);
            }
        }
        for i in 0..=self.lattice.n {
            let columns = self.band.row(i);
            let from = target.segment_starts.partition_point(|start| *start < columns.start);
            for (segment, weight) in weights[1].iter_mut().enumerate().skip(from) {
                let Range { start, end } = target.sentences(segment..segment + 1);
                if end >= columns.end {
                    break;
                }
                let to = self.target_step(i, start, self.forward(i, start));
                let rest = cost(&gaps.target, start + 1..end);
                *weight = log_add(*weight, to + rest + self.backward(i, end).target_gap);
            }
        }
        weights.map(|all| all.into_iter().map(|weight| self.probability(weight) as f32).collect())
    }

    /// The weight of a gap from one node to another; 1 if they are the same.
    pub(super) fn gap_weight(&self, from: (usize, usize), to: (usize, usize)) -> f64 {
        if from == to {
            return 0.0;
        }
        self.open(from.0, from.1) + self.continued_gap_weight(from, to, false)
    }

    /// The weight of continuing a gap from one node to another. `after_source` says that it has
    /// source sentences already.
    pub(super) fn continued_gap_weight(
        &self,
        from: (usize, usize),
        to: (usize, usize),
        after_source: bool,
    ) -> f64 {
        let gaps = &self.lattice.gaps;
        let own: f32 = gaps.source[from.0..to.0].iter().sum();
        let other: f32 = gaps.target[from.1..to.1].iter().sum();
        let turns = (after_source || to.0 > from.0) && to.1 > from.1;
        self.scaled(own + other + if turns { gaps.turn(to.0, from.1) } else { 0.0 })
    }
}
