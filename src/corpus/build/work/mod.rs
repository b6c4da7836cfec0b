//! The folder `.build`, in which a build keeps its work between runs.

mod atomic;
mod finished_file;
mod folder;
mod shards;
mod state;

pub use atomic::{sync_folder, write_small_file};
pub use finished_file::FinishedFile;
pub use folder::WorkFolder;
pub use shards::{Shards, damaged_stage, parse_line};
pub use state::{BuildState, Phase};
