//! The output folder and the work folder in it: created, locked, emptied.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::atomic::TEMPORARY_PREFIX;
use super::state::{BuildState, STATE_FILE};
use crate::Result;
use crate::corpus::build::error::{BuildError, cannot_write};
use crate::files::temporary::remove_files;

/// Name of the work folder.
const WORK: &str = ".build";
/// The file in it that a running build has locked.
const LOCK_FILE: &str = "lock";

/// The folders of a build, locked against other processes.
pub struct WorkFolder {
    /// The folder of the training set.
    pub output: PathBuf,
    /// The folder of the work.
    pub path: PathBuf,
    _lock: File,
}

impl WorkFolder {
    /// Creates the folders, or enters those of an earlier run, and locks them.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotABuildFolder`], [`BuildError::Locked`] or [`BuildError::Write`].
    pub fn enter(output: &Path) -> Result<WorkFolder> {
        let fail = |error| cannot_write(output, error);
        let path = output.join(WORK);
        std::fs::create_dir_all(output).map_err(fail)?;
        if !path.join(STATE_FILE).exists() {
            let mut entries = std::fs::read_dir(output).map_err(fail)?;
            let is_ours = |entry: &std::fs::DirEntry| entry.file_name() == WORK;
            if entries.any(|entry| !entry.as_ref().is_ok_and(is_ours)) {
                return Err(BuildError::NotABuildFolder { folder: output.to_path_buf() }.into());
            }
        }
        std::fs::create_dir_all(&path).map_err(fail)?;
        let lock_path = path.join(LOCK_FILE);
        let lock = File::options().write(true).create(true).truncate(false).open(&lock_path);
        let lock = lock.map_err(|error| cannot_write(&lock_path, error))?;
        match fs4::FileExt::try_lock(&lock) {
            Ok(()) => {}
            Err(fs4::TryLockError::WouldBlock) => {
                return Err(BuildError::Locked { folder: output.to_path_buf() }.into());
            }
            Err(fs4::TryLockError::Error(error)) => return Err(cannot_write(&lock_path, error)),
        }
        // A build that was killed may have left some.
        remove_files(&path, TEMPORARY_PREFIX).map_err(fail)?;
        Ok(WorkFolder { output: output.to_path_buf(), path, _lock: lock })
    }

    /// Removes all work except for the lock. The state goes last: it marks the folder as a build's.
    pub fn empty(&self) -> Result<()> {
        let fail = |error| cannot_write(&self.path, error);
        for entry in std::fs::read_dir(&self.path).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if entry.file_name() == LOCK_FILE || entry.file_name() == STATE_FILE {
                continue;
            }
            let path = entry.path();
            let removed = if entry.file_type().map_err(fail)?.is_dir() {
                std::fs::remove_dir_all(&path)
            } else {
                std::fs::remove_file(&path)
            };
            removed.map_err(|error| cannot_write(&path, error))?;
        }
        let state = self.path.join(STATE_FILE);
        match std::fs::remove_file(&state) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(cannot_write(&state, error))
            }
            _ => Ok(()),
        }
    }

    /// Removes the files that an earlier build has written, and its work, but nothing else.
    pub fn clear(&self, begun: &BuildState) -> Result<()> {
        for file in begun.files() {
            let name = PathBuf::from(&file.name);
            let mut parts = name.components();
            // Somebody may have edited the list: only names in the output folder count.
            if let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) {
                let path = self.output.join(name);
                if path.is_file() {
                    std::fs::remove_file(&path).map_err(|error| cannot_write(&path, error))?;
                }
            }
        }
        self.empty()
    }

    /// Creates an empty folder in the work folder.
    pub fn create_empty(&self, name: &str) -> Result<PathBuf> {
        let folder = self.path.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| cannot_write(&folder, error))?;
        }
        std::fs::create_dir(&folder).map_err(|error| cannot_write(&folder, error))?;
        Ok(folder)
    }

    /// Removes folders of the work folder.
    pub fn remove(&self, names: &[&str]) -> Result<()> {
        for name in names {
            let folder = self.path.join(name);
            if folder.exists() {
                std::fs::remove_dir_all(&folder).map_err(|error| cannot_write(&folder, error))?;
            }
        }
        Ok(())
    }
}
