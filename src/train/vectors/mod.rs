//! The vectors of subwords and of texts, and the linear algebra on them.

mod embedding_table;
mod linear;
mod matrix;
mod text_vectors;

pub(super) use embedding_table::{EmbeddingTable, Gradients};
pub(super) use linear::{reduce, ridge_regression, rotate_to_principal_components};
pub(super) use matrix::product;
pub(super) use text_vectors::{add_subwords, mean, quantise, rounded, unit_vectors};
