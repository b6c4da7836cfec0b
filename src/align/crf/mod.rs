//! The conditional random field over alignments (Lafferty, McCallum and Pereira 2001).
//!
//! Features of beads and the [`weights`] come in; the best path and posteriors go out. The files
//! read in this order:
//!
//! 1. [`gap`]: the features of gaps and their weights. [`weights`]: the table of all weights.
//!    [`bead_scores`], [`potentials`]: the scores of beads.
//! 2. [`lattice`]: the graph of all alignments. [`viterbi`]: its best path. [`beam`]: its part with
//!    nearly best paths.
//! 3. [`posterior`]: the weights of all paths by forward-backward, and the posteriors of beads, gaps
//!    and segments. [`adapt`]: how often this pair has beads of each shape, and gaps.
//! 4. [`calibration`]: confidences from posteriors.

pub(in crate::align) mod adapt;
pub(in crate::align) mod bead_scores;
pub(in crate::align) mod beam;
pub(in crate::align) mod calibration;
pub(in crate::align) mod gap;
pub(in crate::align) mod lattice;
pub(in crate::align) mod posterior;
pub(in crate::align) mod potentials;
pub(in crate::align) mod viterbi;
pub(in crate::align) mod weights;
