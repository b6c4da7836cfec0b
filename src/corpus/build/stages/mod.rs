//! The stages of a build, in order: [`read`], [`pair`], [`align`], [`write`](mod@write).
//!
//! The first three keep their results in shards. The last one is short, and always starts from scratch.

mod address;
mod align;
mod align_passages;
mod aligned_group;
mod hex;
mod ids;
mod pair;
mod parsed_group;
mod read;
mod write;

pub use align::{ALIGN_FOLDER, align_groups};
pub use pair::PAIR_FOLDER;
#[cfg(feature = "cli")]
pub use read::{PairedArticles, PairingTask};
pub use read::{READ_FOLDER, pair_articles};
pub use write::write_sets;
