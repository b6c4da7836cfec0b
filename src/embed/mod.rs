//! Sentence vectors.

mod model_error;

pub use model_error::ModelError;
