//! Texts that training data must not contain, such as those of public test sets.
//!
//! In: the texts of test sets, or a file of their hashes. Out: for each text of a row, which excluded text
//! it repeats, and how.

mod hash_file;
mod hashes;
mod ngrams;
mod texts;

pub use hash_file::ExcludedHashWriter;
pub use texts::{ExcludedHit, ExcludedMatch, ExcludedTexts};
