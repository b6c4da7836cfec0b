//! Transformer encoders: tiny models that the tests make, folders that are wrong, and,
//! where `BITEXT_E5` names its folder, multilingual-e5-small.
#![cfg(feature = "rust-bert")]

mod bad;
mod cli;
mod e5;
mod layouts;
mod tiny;
