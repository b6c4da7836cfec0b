//! The weight of a group of segments, from all pairs of beads that can follow one another in it.
//!
//! A gap weighs the same in whatever order its sentences are left out, so a gap between two beads
//! is one factor here.

use std::ops::Range;

use crate::align::crf::posterior::constraint::Constraint;
use crate::align::crf::posterior::forward_backward::ForwardBackward;
use crate::align::crf::posterior::log_sum::{IMPOSSIBLE, log_add};
use crate::align::features::side::Side;

/// A group of segments, by the sentences that it has on each side.
struct SegmentGroup<'s, 'a, A: Constraint> {
    paths: &'s ForwardBackward<'a, A>,
    source: &'s Side,
    target: &'s Side,
    rows: Range<usize>,
    columns: Range<usize>,
}

/// The weight of all paths that link the segments of the sentences `rows` and `columns`, and only
/// them, to one group.
pub(in crate::align) fn group_weight<A: Constraint>(
    paths: &ForwardBackward<'_, A>,
    (source, rows): (&Side, Range<usize>),
    (target, columns): (&Side, Range<usize>),
) -> f64 {
    SegmentGroup { paths, source, target, rows, columns }.weight()
}

impl<A: Constraint> SegmentGroup<'_, '_, A> {
    /// The weight of all chains of beads through the group.
    fn weight(&self) -> f64 {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        let last = (self.source_segment(rows.end - 1), self.target_segment(columns.end - 1));
        // By node: the weight of the chains whose last bead ends there.
        let mut ended: Vec<((usize, usize), f64)> = Vec::new();
        let mut total = IMPOSSIBLE;
        for i in rows.clone() {
            let mut here: Vec<((usize, usize), f64)> = Vec::new();
            for j in columns.clone() {
                let mut before = self.weight_before(i, j);
                for &(end, weight) in &ended {
                    if end.0 <= i && end.1 <= j && self.connected(end, (i, j)) {
                        before = log_add(before, weight + self.paths.gap_weight(end, (i, j)));
                    }
                }
                if before == IMPOSSIBLE {
                    continue;
                }
                self.paths.each_bead_from(i, j, |(a, b), bead| {
                    let end = (i + a, j + b);
                    if end.0 > rows.end || end.1 > columns.end {
                        return;
                    }
                    let weight = before + bead;
                    if (self.source_segment(end.0 - 1), self.target_segment(end.1 - 1)) == last {
                        total = log_add(total, weight + self.weight_after(end));
                    }
                    here.push((end, weight));
                });
            }
            for (end, weight) in here {
                match ended.iter_mut().find(|(known, _)| *known == end) {
                    Some((_, sum)) => *sum = log_add(*sum, weight),
                    None => ended.push((end, weight)),
                }
            }
        }
        total
    }

    fn source_segment(&self, sentence: usize) -> usize {
        self.source.segments_of(sentence..sentence + 1).start
    }

    fn target_segment(&self, sentence: usize) -> usize {
        self.target.segments_of(sentence..sentence + 1).start
    }

    /// Whether a bead that starts at one node continues the chain of a bead that ends at another:
    /// they have a segment in common, and no segment is between them.
    fn connected(&self, end: (usize, usize), start: (usize, usize)) -> bool {
        let own = self.source_segment(start.0) - self.source_segment(end.0 - 1);
        let other = self.target_segment(start.1) - self.target_segment(end.1 - 1);
        own.min(other) == 0 && own.max(other) <= 1
    }

    /// The weight of everything before the group's first bead, which starts at a node.
    fn weight_before(&self, i: usize, j: usize) -> f64 {
        let first = (self.rows.start, self.columns.start);
        let start = (self.source_segment(first.0), self.target_segment(first.1));
        if (self.source_segment(i), self.target_segment(j)) != start {
            return IMPOSSIBLE;
        }
        let mut total = IMPOSSIBLE;
        for before in self.paths.columns(first.0).take_while(|before| *before <= first.1) {
            let states = self.paths.forward(first.0, before);
            let opened = states.bead + self.paths.gap_weight((first.0, before), (i, j));
            let continued = states.source_gap
                + self.paths.continued_gap_weight((first.0, before), (i, j), true);
            total = log_add(total, log_add(opened, continued));
        }
        total
    }

    /// The weight of everything after the group's last bead, which ends at a node.
    fn weight_after(&self, (i, j): (usize, usize)) -> f64 {
        let end = (self.rows.end, self.columns.end);
        if (i, j) == end {
            return self.paths.backward(i, j).bead;
        }
        if j == end.1 {
            return self.paths.gap_weight((i, j), end)
                + self.paths.backward(end.0, end.1).source_gap;
        }
        // A gap has its source sentences first. So it may reach the end of the group's target
        // sentences in a row below the group.
        let mut total = IMPOSSIBLE;
        for row in end.0..self.paths.rows() {
            let columns = self.paths.columns(row);
            if columns.start > end.1 {
                break;
            }
            if columns.contains(&end.1) {
                let after = self.paths.backward(row, end.1).target_gap;
                total = log_add(total, self.paths.gap_weight((i, j), (row, end.1)) + after);
            }
        }
        total
    }
}
