//! The subcommands, one module each: arguments, help, inputs, outputs and messages.

pub mod align;
pub mod build;
pub mod embed;
pub mod exclude_hashes;
pub mod extract;
pub mod filter;
pub mod fit;
pub mod merge_corrections;
pub mod pair;
pub mod report;
pub mod score;
pub mod split;
pub mod train;
