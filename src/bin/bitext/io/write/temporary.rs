//! Temporary files and folders, which go when the program ends: by itself, by an error, or by
//! SIGHUP, SIGINT or SIGTERM. What SIGKILL leaves, the next run of the same kind sweeps.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{NamedTempFile, TempDir};

/// What is there now, and is removed when a signal ends the program.
static THERE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn there() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    THERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes something temporary and notes it. A signal waits for both.
fn make<T>(
    make: impl FnOnce() -> io::Result<T>,
    path: impl FnOnce(&T) -> &Path,
) -> io::Result<(T, Noted)> {
    #[cfg(unix)]
    signals::watch();
    let mut there = there();
    let made = make()?;
    // Whatever becomes of the current folder.
    let path = std::path::absolute(path(&made))?;
    there.insert(path.clone());
    Ok((made, Noted(path)))
}

/// Forgets what was noted when it is dropped.
#[derive(Debug)]
struct Noted(PathBuf);

impl Drop for Noted {
    fn drop(&mut self) {
        there().remove(&self.0);
    }
}

/// A file without its final name.
#[derive(Debug)]
pub struct TemporaryFile {
    // Dropped, and so removed, before it is forgotten.
    file: NamedTempFile,
    _noted: Noted,
}

impl TemporaryFile {
    /// Makes a file in a folder, with the permissions of any new file.
    pub fn new(folder: &Path, prefix: &str) -> io::Result<TemporaryFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The process' mask applies.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let (file, _noted) = make(|| builder.tempfile_in(folder), NamedTempFile::path)?;
        Ok(TemporaryFile { file, _noted })
    }

    pub fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file its name.
    pub fn persist(self, path: &Path) -> io::Result<()> {
        self.file.persist(path).map(drop).map_err(|error| error.error)
    }
}

impl Write for TemporaryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A folder that goes with all that is in it.
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: TempDir,
    _noted: Noted,
    /// Held while the folder is in use, so that no other run takes it for one that was left.
    _lock: Option<File>,
}

/// The file of a folder that its run holds a lock on.
const LOCK: &str = "lock";

impl TemporaryFolder {
    /// Makes a folder in another, or where the system has its temporary files.
    pub fn new(parent: Option<&Path>, prefix: &str) -> io::Result<TemporaryFolder> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        let folder = || match parent {
            Some(parent) => builder.tempdir_in(parent),
            None => builder.tempdir(),
        };
        let temporary = std::env::temp_dir();
        // What cannot be removed is in nobody's way.
        let _ = sweep_folders(parent.unwrap_or(&temporary), prefix);
        let (folder, _noted) = make(folder, TempDir::path)?;
        // A file system without locks has none.
        let lock = File::create(folder.path().join(LOCK))?;
        let is_locked = fs4::FileExt::try_lock(&lock).is_ok();
        Ok(TemporaryFolder { folder, _noted, _lock: is_locked.then_some(lock) })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the files of a folder whose names begin so.
pub fn sweep(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Removes the folders in another whose names begin so, and which no run holds any more.
fn sweep_folders(parent: &Path, prefix: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(parent)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(prefix) || !entry.file_type()?.is_dir()
        {
            continue;
        }
        // A folder without a lock is just being made.
        let Ok(lock) = File::open(entry.path().join(LOCK)) else { continue };
        if fs4::FileExt::try_lock(&lock).is_ok() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(unix)]
mod signals {
    use std::sync::Once;
    use std::sync::mpsc::channel;
    use std::thread::Builder;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use super::there;

    /// Starts, once, what removes all that is there and then lets a signal do what it does.
    /// Where no thread starts for it, signals end the program as ever.
    pub fn watch() {
        static WATCH: Once = Once::new();
        WATCH.call_once(|| {
            let (ready, is_ready) = channel();
            let watch = move || {
                let signals = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|one| !is_ignored(*one));
                let signals = Signals::new(signals);
                let _ = ready.send(());
                let Ok(mut signals) = signals else { return };
                if let Some(signal) = signals.forever().next() {
                    // Held to the end, so that nothing new is made.
                    let there = there();
                    for path in there.iter() {
                        let _ = match path.is_dir() {
                            true => std::fs::remove_dir_all(path),
                            false => std::fs::remove_file(path),
                        };
                    }
                    let _ = emulate_default_handler(signal);
                    std::process::exit(128 + signal);
                }
            };
            if Builder::new().name("signals".to_string()).spawn(watch).is_ok() {
                let _ = is_ready.recv();
            }
        });
    }

    /// Whether the caller has the program ignore a signal, as `nohup` does. Only Linux tells.
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }
}
