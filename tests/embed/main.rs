//! Embedders.

#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "embedded-model")]
mod embedded_model;
