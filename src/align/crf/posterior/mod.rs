//! Sums over all paths of the lattice: forward-backward, and the posteriors of beads, gaps and
//! segments.

pub(in crate::align) mod constraint;
pub(in crate::align) mod forward_backward;
pub(in crate::align) mod log_sum;
pub(in crate::align) mod posteriors;
pub(in crate::align) mod segment_posterior;
