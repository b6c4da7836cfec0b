//! How good an alignment is, measured against a gold alignment.
//!
//! [`Beads`] is a checked alignment, [`Counts`] compares two and gives
//! precision, recall and F1. [`Task`], [`Predictions`] and [`Document`] read
//! what `bitext score` reads. [`Calibration`] tells whether confidences mean
//! what they say.
//!
//! # What counts as right
//!
//! **Strict:** a bead that the other alignment has exactly so. **Lax:** that,
//! or a bead that shares at least one source sentence and one target sentence
//! with one bead of the other alignment. Precision is the share of the
//! predicted beads that is right, recall the share of the gold beads that is;
//! both count beads, not sentences. Beads may hold sentences that are not
//! consecutive.
//!
//! # Null beads
//!
//! Sentences without a counterpart never count towards recall. Towards
//! precision they count by a policy, [`Nulls`]: one null bead for each
//! unaligned sentence in gold and prediction alike, or the null beads as they
//! were given, which is Vecalign's way. [`Counts::strict_linked`] leaves them
//! out of precision too, and [`Counts::null_recall`] and
//! [`Counts::null_precision`] are about them alone.

mod beads;
mod calibration;
mod counts;
mod document;
mod error;
mod prediction;
mod task;

pub use beads::{Bead, Beads};
pub use calibration::{Bin, Calibration};
pub use counts::{Counts, Nulls, Scores, Tally};
pub use document::{Document, Format};
pub use error::{AlignmentError, Side};
pub use prediction::{Prediction, Predictions};
pub use task::Task;

/// Sentences that a side of a scored alignment may have.
pub const MAX_SENTENCES: usize = 1_000_000;
