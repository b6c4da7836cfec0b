//! Reads and writes files.

use std::io::Write;
use std::path::Path;

use super::super::error::TrainError;

/// Reads a file of UTF-8 text.
pub(super) fn read_text(path: &Path) -> Result<String, TrainError> {
    std::fs::read_to_string(path)
        .map_err(|error| TrainError::File { path: path.to_path_buf(), error })
}

/// Writes a file under a temporary name and renames it.
pub(in crate::train) fn write_atomically(path: &Path, parts: &[&[u8]]) -> Result<(), TrainError> {
    let temporary = path.with_extension("part");
    let written = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&temporary)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    written().map_err(|error| TrainError::File { path: path.to_path_buf(), error })
}
