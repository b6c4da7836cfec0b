//! Duplicates: a sketch of each text, keys of a pair, and the texts and pairs that were seen before.

mod dedup;
mod excluded;
mod held_out;
mod sketch;

pub use dedup::{DedupConfig, DedupKeys, Deduplicator, DuplicateSides};
pub use excluded::ExcludedTexts;
pub use held_out::HeldOutTexts;
pub use sketch::Sketch;
