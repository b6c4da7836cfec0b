//! How a change of an input is noticed: by its size and the time of its last change.

use serde::{Deserialize, Serialize};

/// Size and time of change of a file. If both are the same, the content is taken to be the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FileStamp {
    pub bytes: u64,
    /// In nanoseconds since 1970.
    pub changed: u128,
}

impl FileStamp {
    pub fn of(data: &std::fs::Metadata) -> FileStamp {
        let changed = data.modified().ok();
        let changed = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        FileStamp { bytes: data.len(), changed: changed.map_or(0, |at| at.as_nanos()) }
    }
}

/// A source as the state of a build records it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SourceState {
    /// The path as it was given.
    pub given: String,
    pub(super) resolved: String,
    /// The name of the file in ids. Its language is recognised from it too.
    pub(super) label: String,
    pub(super) size: u64,
    /// In nanoseconds since 1970.
    pub(super) changed: u128,
}

impl SourceState {
    /// Whether it is the same file with the same content. The file may be given by another path,
    /// or have moved together with its folder.
    pub fn is_unchanged(&self, now: &SourceState) -> bool {
        let stamp = |state: &SourceState| (state.size, state.changed);
        self.is_same_file(now) && self.label == now.label && stamp(self) == stamp(now)
    }

    /// Whether it is the same file, with any content.
    pub fn is_same_file(&self, other: &SourceState) -> bool {
        self.given == other.given || self.resolved == other.resolved
    }
}
