//! Passages: rows of consecutive units, which are documents or paragraphs of two languages.
//!
//! In: a bitext, the rules of the passages, and the filters. Out: for each language pair, rows whose
//! texts keep the order and the paragraph breaks of the articles.
//!
//! 1. `chain` takes the beads of a language pair that are in the order of both texts, and notes which
//!    of them are too uncertain or rejected by a filter.
//! 2. `plan` decides where rows begin and end, and which sentences are in their texts.
//! 3. `row` makes a record of each planned row.
//! 4. `group` runs these over all language pairs, and judges units and rows.
//!
//! `contents` has the sentences in a row that are compared with those of the sets before it.

mod chain;
mod contents;
mod group;
mod plan;
mod row;
mod rules;
#[cfg(test)]
mod tests;

pub use contents::RowContents;
pub use group::passages;
pub use row::UnitSentences;
pub(super) use rules::number_or_false;
pub use rules::{
    DEFAULT_MAX_GAP_SENTENCES, DEFAULT_MAX_ROW_CHARACTERS, DEFAULT_MIN_UNIT_CONFIDENCE, GapPolicy,
    PassageKind, PassageRules,
};
