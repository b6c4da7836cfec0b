//! Alignment.

mod aligner;
mod config;
mod lattice;
mod merge;
mod pair;
mod posterior;
mod side;
mod similarity;

pub use aligner::Aligner;
pub use config::{AlignConfig, SpanVectors};
pub use pair::{PairAlignment, PairBead, align_pair};
pub use side::Side;

use crate::Language;

/// Characters of a language for one character of English, from translations of
/// the same news: how lengths of different languages are made comparable.
///
/// 1 for languages other than English, Ukrainian and German.
pub fn length_factor(language: Language) -> f32 {
    match language.primary() {
        "uk" => 1.03,
        "de" => 1.16,
        _ => 1.0,
    }
}
