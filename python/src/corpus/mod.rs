//! Functions on many articles: pairing, filters, scores, pages and training sets.

pub mod build;
pub mod filter;
pub mod pair;
pub mod report;
pub mod score;
