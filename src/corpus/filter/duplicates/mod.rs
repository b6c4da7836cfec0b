//! Duplicates: a sketch of each text, keys of a pair, and the texts and pairs that were seen before.

mod dedup;
mod held_out;
mod sketch;
mod template;

pub use dedup::{DedupConfig, DedupKeys, Deduplicator, DuplicateSides};
pub use held_out::HeldOutTexts;
pub use sketch::Sketch;
pub(super) use sketch::{MIN_HASHES, fold_words};
