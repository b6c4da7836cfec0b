//! `bitext build`, and what `bitext pair` shares with it.

pub mod index;
pub mod progress;
pub mod shards;
