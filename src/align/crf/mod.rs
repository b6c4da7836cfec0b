//! The conditional random field over alignments: weights and potentials, the Viterbi path,
//! the forward-backward algorithm, posteriors of units, and learning.

pub(in crate::align) mod chains;
pub(in crate::align) mod fit;
pub(in crate::align) mod forward_backward;
pub(in crate::align) mod lattice;
pub(in crate::align) mod potentials;
pub(in crate::align) mod unit_posterior;
pub(in crate::align) mod weights;
