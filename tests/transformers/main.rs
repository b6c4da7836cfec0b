//! Transformer encoders: tiny models that the tests make, folders that are wrong, and, where
//! `BITEXT_E5` names its folder, multilingual-e5-small. The same tests run on each library that is
//! compiled in.
#![cfg(any(feature = "candle", feature = "rust-bert"))]

#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "rust-bert")]
mod rust_bert;
mod tiny;
