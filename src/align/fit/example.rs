//! A training example: two articles and which of their sentences correspond.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::align::crf::posterior::constraint::Constraint;
use crate::align::features::shape::Shape;
use crate::align::features::side::Side;
use crate::{Error, Result};

/// A training example for [`fit`](crate::align::fit()): two sides and which sentences correspond.
#[derive(Clone, Debug)]
pub struct Example {
    pub(super) source: Side,
    pub(super) target: Side,
    source_groups: Vec<Vec<usize>>,
    target_groups: Vec<Vec<usize>>,
}

impl Example {
    /// Takes two sides and, for each sentence, the groups that it belongs to.
    ///
    /// Groups are arbitrary numbers. Sentences correspond if they have a group in common. A
    /// sentence has no group if nothing in the other text corresponds to it, and several if it
    /// holds several sentences of the other text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if a side has not as many lists as
    /// sentences.
    pub fn new(
        source: Side,
        target: Side,
        source_groups: Vec<Vec<usize>>,
        target_groups: Vec<Vec<usize>>,
    ) -> Result<Example> {
        for (side, groups) in [(&source, &source_groups), (&target, &target_groups)] {
            if side.len() != groups.len() {
                return Err(Error::vector_shape((side.len(), 1), (groups.len(), 1)));
            }
        }
        Ok(Example { source, target, source_groups, target_groups })
    }
}

/// Allows the paths that agree with an example.
pub(super) struct Gold<'e> {
    source_groups: &'e [Vec<usize>],
    target_groups: &'e [Vec<usize>],
    /// Whether each sentence has a counterpart.
    source_aligned: Vec<bool>,
    target_aligned: Vec<bool>,
}

impl<'e> Gold<'e> {
    pub(super) fn new(example: &'e Example) -> Gold<'e> {
        let aligned = |own: &[Vec<usize>], other: &[Vec<usize>]| {
            let other: BTreeSet<usize> = other.iter().flatten().copied().collect();
            own.iter().map(|groups| groups.iter().any(|group| other.contains(group))).collect()
        };
        let Example { source_groups, target_groups, .. } = example;
        Gold {
            source_groups,
            target_groups,
            source_aligned: aligned(source_groups, target_groups),
            target_aligned: aligned(target_groups, source_groups),
        }
    }

    fn correspond(&self, i: usize, j: usize) -> bool {
        self.source_groups[i].iter().any(|group| self.target_groups[j].contains(group))
    }

    fn any_correspond(&self, rows: Range<usize>, columns: Range<usize>) -> bool {
        rows.into_iter().any(|i| columns.clone().any(|j| self.correspond(i, j)))
    }
}

impl Constraint for &Gold<'_> {
    /// Whether each sentence of the bead has a counterpart in it, and the bead cannot be cut in
    /// two. If beads that can be cut were allowed, merging neighbours would be learnt.
    fn allows_bead(&self, i: usize, (a, b): Shape, j: usize) -> bool {
        let (rows, columns) = (i..i + a, j..j + b);
        let cut_at = |s: usize, t: usize| {
            !self.any_correspond(i..s, t..columns.end) && !self.any_correspond(s..rows.end, j..t)
        };
        rows.clone().all(|at| self.any_correspond(at..at + 1, columns.clone()))
            && columns.clone().all(|at| self.any_correspond(rows.clone(), at..at + 1))
            && !(i + 1..i + a).any(|s| (j + 1..j + b).any(|t| cut_at(s, t)))
    }

    fn allows_source_gap(&self, i: usize) -> bool {
        !self.source_aligned[i]
    }

    fn allows_target_gap(&self, j: usize) -> bool {
        !self.target_aligned[j]
    }
}
