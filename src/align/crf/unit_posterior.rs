//! The posterior of a bead of whole units.
//!
//! It is the weight of all paths that link these units and only them to one
//! group, whatever they do with their pieces. Beads inside the group may be
//! apart by unaligned pieces, and so may the first and the last be from what is
//! before and after; since a run of unaligned pieces weighs the same in
//! whatever order its parts are left out, it is written out here as a whole. That sums over all
//! pairs of beads in a group, so large groups are left to [`chains`].

use std::ops::Range;

use crate::align::Side;
use crate::align::crf::chains;
use crate::align::crf::forward_backward::{Constraint, ForwardBackward, IMPOSSIBLE, add};
use crate::align::crf::lattice::{BEAD, SOURCE_GAP, TARGET_GAP};

/// Most cells (pairs of pieces) of a group whose beads are summed over two by two: a few
/// sentences a side. The time grows with the square of the cells.
const MOST_CELLS: usize = 256;

/// The box of a group of units.
struct SegmentGroup<'s, 'a, A: Constraint> {
    sums: &'s ForwardBackward<'a, A>,
    source: &'s Side,
    target: &'s Side,
    rows: Range<usize>,
    columns: Range<usize>,
}

/// The posterior of a bead of units, consecutive on both sides.
pub(in crate::align) fn unit_posterior<A: Constraint>(
    sums: &ForwardBackward<'_, A>,
    (source, units): (&Side, Range<usize>),
    (target, others): (&Side, Range<usize>),
) -> f32 {
    let (rows, columns) = (source.pieces(units), target.pieces(others));
    if rows.len() * columns.len() > MOST_CELLS {
        return sums.probability(chains::weight(sums, (source, rows), (target, columns))) as f32;
    }
    let group = SegmentGroup { sums, source, target, rows, columns };
    sums.probability(group.weight()) as f32
}

impl<A: Constraint> SegmentGroup<'_, '_, A> {
    /// The weight of all chains of beads through the group.
    fn weight(&self) -> f64 {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        let last = (self.unit(true, rows.end - 1), self.unit(false, columns.end - 1));
        // The weights of chains whose last bead ends at a node.
        let mut ended: Vec<((usize, usize), f64)> = Vec::new();
        let mut total = IMPOSSIBLE;
        for i in rows.clone() {
            let mut here: Vec<((usize, usize), f64)> = Vec::new();
            for j in columns.clone() {
                let mut done = self.enter(i, j);
                for &(end, weight) in &ended {
                    if end.0 <= i && end.1 <= j && self.connected(end, (i, j)) {
                        done = add(done, weight + self.sums.run(end, (i, j)));
                    }
                }
                if done == IMPOSSIBLE {
                    continue;
                }
                self.sums.each_from(i, j, |(a, b), potential| {
                    let end = (i + a, j + b);
                    if end.0 > rows.end || end.1 > columns.end {
                        return;
                    }
                    let weight = done + potential;
                    if (self.unit(true, end.0 - 1), self.unit(false, end.1 - 1)) == last {
                        total = add(total, weight + self.leave(end));
                    }
                    here.push((end, weight));
                });
            }
            for (end, weight) in here {
                match ended.iter_mut().find(|(known, _)| *known == end) {
                    Some((_, sum)) => *sum = add(*sum, weight),
                    None => ended.push((end, weight)),
                }
            }
        }
        total
    }

    fn unit(&self, source: bool, piece: usize) -> usize {
        let side = if source { self.source } else { self.target };
        side.units_of(piece..piece + 1).start
    }

    /// Whether a bead that starts at one node belongs to the group of one that
    /// ends at another: they have a unit in common, and leave none out.
    fn connected(&self, end: (usize, usize), start: (usize, usize)) -> bool {
        let step = |source: bool, end: usize, start: usize| {
            self.unit(source, start) - self.unit(source, end - 1)
        };
        let (own, other) = (step(true, end.0, start.0), step(false, end.1, start.1));
        own.min(other) == 0 && own.max(other) <= 1
    }

    /// The weight of all that is before a first bead at a node.
    fn enter(&self, i: usize, j: usize) -> f64 {
        let first = (self.rows.start, self.columns.start);
        let start = (self.unit(true, first.0), self.unit(false, first.1));
        if (self.unit(true, i), self.unit(false, j)) != start {
            return IMPOSSIBLE;
        }
        let mut total = IMPOSSIBLE;
        for before in self.sums.columns(first.0).take_while(|before| *before <= first.1) {
            let states = self.sums.forward(first.0, before);
            let new = states[BEAD] + self.sums.run((first.0, before), (i, j));
            let on = states[SOURCE_GAP] + self.sums.rest((first.0, before), (i, j), true);
            total = add(total, add(new, on));
        }
        total
    }

    /// The weight of all that is after a last bead that ends at a node.
    fn leave(&self, (i, j): (usize, usize)) -> f64 {
        let end = (self.rows.end, self.columns.end);
        if (i, j) == end {
            return self.sums.backward(i, j)[BEAD];
        }
        if j == end.1 {
            return self.sums.run((i, j), end) + self.sums.backward(end.0, end.1)[SOURCE_GAP];
        }
        // A run goes over the source first, so the rows where it reaches the
        // end of the target's units may begin below the group.
        let mut total = IMPOSSIBLE;
        for row in end.0..self.sums.rows() {
            let columns = self.sums.columns(row);
            if columns.start > end.1 {
                break;
            }
            if columns.contains(&end.1) {
                let after = self.sums.backward(row, end.1)[TARGET_GAP];
                total = add(total, self.sums.run((i, j), (row, end.1)) + after);
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::align::band::Band;
    use crate::align::crf::forward_backward::Unconstrained;
    use crate::align::crf::lattice::Lattice;
    use crate::align::crf::potentials::Potentials;
    use crate::align::features::bead::Features;
    use crate::align::testing::{config, sides};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn one_pass_over_the_nodes_weighs_what_all_pairs_of_beads_do(
            (source, target) in sides(9),
            config in config(),
        ) {
            let (source, target) = (source.side(), target.side());
            let band = Band::full(source.len(), target.len());
            let features = Features::new(&source, &target, &config, &band, &band);
            let lattice = Lattice::new(&features, config.shapes(), config.weights());
            let potentials = Potentials::new(&lattice, &band);
            let sums = ForwardBackward::new(&lattice, &band, &potentials, Unconstrained, config.temperature);
            let ranges = |units: usize| {
                (0..units).flat_map(move |first| (first + 1..=units).map(move |end| first..end))
            };
            for units in ranges(source.units()) {
                for others in ranges(target.units()) {
                    let (rows, columns) = (source.pieces(units.clone()), target.pieces(others));
                    let chains = (&source, rows.clone());
                    let passed = chains::weight(&sums, chains, (&target, columns.clone()));
                    let (source, target, sums) = (&source, &target, &sums);
                    let summed = SegmentGroup { sums, source, target, rows, columns }.weight();
                    let (passed, summed) = (sums.probability(passed), sums.probability(summed));
                    prop_assert!((passed - summed).abs() < 1e-4, "{} {}", passed, summed);
                }
            }
        }
    }
}
