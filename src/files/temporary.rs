//! Temporary files and folders. They are removed when they are dropped.
//!
//! A program may ask for [`remove_on_signals`]; then SIGHUP, SIGINT and SIGTERM remove them, too. The
//! next run with the same prefix removes files that remain after SIGKILL.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{NamedTempFile, TempDir};

/// The temporary files and folders that exist now.
static EXISTING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn existing() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    EXISTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates a temporary file or folder and registers its path. A signal waits for both steps.
fn create<T>(
    create: impl FnOnce() -> io::Result<T>,
    path: impl FnOnce(&T) -> &Path,
) -> io::Result<(T, Registration)> {
    #[cfg(all(unix, feature = "cli"))]
    signals::watch_if_requested();
    let mut existing = existing();
    let created = create()?;
    // Absolute, since the program may change its current folder.
    let path = std::path::absolute(path(&created))?;
    existing.insert(path.clone());
    Ok((created, Registration(path)))
}

/// Removes a path from the registered ones when it is dropped.
#[derive(Debug)]
struct Registration(PathBuf);

impl Drop for Registration {
    fn drop(&mut self) {
        existing().remove(&self.0);
    }
}

/// From the first temporary file on, removes all of them when a signal ends the program.
#[cfg(all(unix, feature = "cli"))]
pub fn remove_on_signals() {
    signals::request();
}

/// A file without its final name.
#[derive(Debug)]
pub struct TemporaryFile {
    // The file must be dropped, and so removed, before its registration.
    file: NamedTempFile,
    _registration: Registration,
}

impl TemporaryFile {
    /// Creates a file in a folder, with the permissions of any new file.
    ///
    /// # Errors
    ///
    /// The file cannot be created.
    pub fn new(folder: &Path, prefix: &str) -> io::Result<TemporaryFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The system applies the process's mask.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let created = create(|| builder.tempfile_in(folder), NamedTempFile::path)?;
        let (file, _registration) = created;
        Ok(TemporaryFile { file, _registration })
    }

    /// The open file.
    pub fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file its final name.
    ///
    /// # Errors
    ///
    /// The file cannot be renamed.
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

/// A folder that is removed with its content.
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: TempDir,
    _registration: Registration,
    /// Held while the folder is in use, so that another run does not remove it as abandoned.
    _lock: Option<File>,
}

/// The file in a temporary folder that the run holds a lock on.
const LOCK_FILE: &str = "lock";

impl TemporaryFolder {
    /// Creates a folder in `parent`, or among the temporary files of the system. Removes the abandoned
    /// ones with the same prefix first.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub fn new(parent: Option<&Path>, prefix: &str) -> io::Result<TemporaryFolder> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        let folder = || match parent {
            Some(parent) => builder.tempdir_in(parent),
            None => builder.tempdir(),
        };
        let temporary = std::env::temp_dir();
        // A folder that cannot be removed does no harm.
        let _ = remove_abandoned_folders(parent.unwrap_or(&temporary), prefix);
        let (folder, _registration) = create(folder, TempDir::path)?;
        // Some file systems have no locks.
        let lock = File::create(folder.path().join(LOCK_FILE))?;
        let is_locked = fs4::FileExt::try_lock(&lock).is_ok();
        Ok(TemporaryFolder { folder, _registration, _lock: is_locked.then_some(lock) })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the files in a folder whose names start with `prefix`.
///
/// # Errors
///
/// The folder cannot be read, or a file not be removed.
pub fn remove_files(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Removes the folders in `parent` whose names start with `prefix` and which no run has locked.
fn remove_abandoned_folders(parent: &Path, prefix: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(parent)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(prefix) || !entry.file_type()?.is_dir()
        {
            continue;
        }
        // Another run is just creating a folder without a lock file.
        let Ok(lock) = File::open(entry.path().join(LOCK_FILE)) else { continue };
        if fs4::FileExt::try_lock(&lock).is_ok() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(all(unix, feature = "cli"))]
mod signals {
    use std::sync::Once;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;
    use std::thread::Builder;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use super::existing;

    static REQUESTED: AtomicBool = AtomicBool::new(false);

    pub fn request() {
        REQUESTED.store(true, Ordering::Relaxed);
    }

    /// Starts, once, a thread that removes all temporary files at a signal and then lets the signal
    /// take its default effect. If the thread does not start, signals have only that.
    pub fn watch_if_requested() {
        static WATCH: Once = Once::new();
        if !REQUESTED.load(Ordering::Relaxed) {
            return;
        }
        WATCH.call_once(|| {
            let (ready, is_ready) = channel();
            let watch = move || {
                let signals = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|one| !is_ignored(*one));
                let signals = Signals::new(signals);
                let _ = ready.send(());
                let Ok(mut signals) = signals else { return };
                if let Some(signal) = signals.forever().next() {
                    // Locked until the end, so that no new one is created.
                    let existing = existing();
                    for path in existing.iter() {
                        let _ = if path.is_dir() {
                            std::fs::remove_dir_all(path)
                        } else {
                            std::fs::remove_file(path)
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

    /// Whether the program was started with a signal ignored, as by `nohup`. Only Linux reports it.
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }
}
