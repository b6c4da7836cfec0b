//! Restrictions on the paths that the forward-backward algorithm sums over.

use crate::align::features::shape::Shape;

/// Which beads and which unaligned sentences paths may have.
pub(in crate::align) trait Constraint {
    /// Whether a bead may start at a node.
    fn allows_bead(&self, i: usize, shape: Shape, j: usize) -> bool;
    /// Whether a source sentence may be unaligned.
    fn allows_source_gap(&self, i: usize) -> bool;
    /// Whether a target sentence may be unaligned.
    fn allows_target_gap(&self, j: usize) -> bool;
}

/// No restriction.
pub(in crate::align) struct Unconstrained;

impl Constraint for Unconstrained {
    fn allows_bead(&self, _: usize, _: Shape, _: usize) -> bool {
        true
    }
    fn allows_source_gap(&self, _: usize) -> bool {
        true
    }
    fn allows_target_gap(&self, _: usize) -> bool {
        true
    }
}
