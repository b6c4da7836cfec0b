//! Alignment through the public API.

#[path = "../common/mod.rs"]
mod common;
mod crossing;
mod explain;
#[cfg(feature = "embedded-model")]
mod gold;
mod long_texts;
mod pair_properties;
mod properties;
mod segments;
mod unrelated;
