//! The subcommands, one file each: arguments, what is read and written, messages.

pub mod align;
pub mod build;
pub mod embed;
pub mod filter;
pub mod fit;
pub mod merge_corrections;
pub mod pair;
pub mod report;
pub mod score;
pub mod split;
#[cfg(feature = "train")]
pub mod train;
