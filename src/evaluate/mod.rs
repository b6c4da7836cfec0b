//! Scores of alignments against gold alignments.
//!
//! [`Alignment`] is a validated alignment of two texts. [`ScoreCounts::of`]
//! compares a predicted alignment with a gold alignment, which gives precision,
//! recall and F1. [`AlignmentFile`] reads the files of Vecalign and hunalign.
//! [`Reliability`] compares confidences with the share of beads that is right.
//!
//! # Strict and lax
//!
//! A predicted bead is right under the **strict** criterion if the gold alignment
//! has exactly this bead. It is right under the **lax** criterion if it shares at
//! least one source sentence and one target sentence with a gold bead. Precision
//! is the share of predicted beads that is right. Recall is the share of gold
//! beads that is right when compared with the prediction. Both count beads, not
//! sentences. The sentences of a bead need not be consecutive.
//!
//! Strict and lax scores of aligned beads are from Sennrich and Volk (2010),
//! [MT-based sentence alignment for OCR-generated parallel
//! texts](https://aclanthology.org/2010.amta-papers.14/). This module follows the
//! definitions of Thompson and Koehn (2019), [Vecalign: improved sentence
//! alignment in linear time and space](https://aclanthology.org/D19-1136/), whose
//! `score.py` is widely used.
//!
//! # Null beads
//!
//! A null bead has a sentence without a counterpart. Null beads never count
//! towards recall. [`NullPolicy`] determines how they count towards precision:
//! either as one null bead per unaligned sentence, or as they were given, which is
//! Vecalign's way. [`ScoreCounts::strict_linked`] and [`ScoreCounts::lax_linked`]
//! exclude them from precision as well. [`ScoreCounts::null_recall`] and
//! [`ScoreCounts::null_precision`] score unaligned sentences alone.

mod alignment;
mod alignment_file;
mod error;
mod gold_task;
mod prediction;
mod reliability;
mod score;

pub use alignment::{Alignment, Bead};
pub use alignment_file::AlignmentFile;
pub use error::{AlignmentError, AlignmentSide};
pub use reliability::{Reliability, ReliabilityBin};
pub use score::{MatchCounts, NullPolicy, PrecisionRecall, ScoreCounts};

// The inputs of `bitext score`. They are not part of the API and may change in any version.
#[doc(hidden)]
pub use {
    alignment_file::AlignmentFormat,
    error::MAX_SENTENCES,
    gold_task::GoldTask,
    prediction::{Prediction, Predictions},
};
