//! Standard output, and output files that are written atomically.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::io::messages::terminal::EscapingWriter;
use crate::io::read::compressed::{Compression, Encoder};
use crate::io::write::temporary::TemporaryFile;

/// The output of a command. A file gets its name when it is finished.
pub enum Output {
    Stdout(BufWriter<StdoutLock<'static>>),
    Terminal(BufWriter<EscapingWriter<StdoutLock<'static>>>),
    /// A pipe or device, such as `/dev/null`, which cannot be replaced by a file.
    Special(BufWriter<std::fs::File>),
    File(BufWriter<TemporaryFile>, PathBuf),
    /// One of the others, compressed as the extension of its name says.
    Compressed(Box<Encoder<Output>>),
}

/// Whether standard output was closed when the program started. The standard library opens
/// `/dev/null` in its place before `main`, so that output would be lost without an error. This is
/// set before that.
#[cfg(unix)]
static STDOUT_IS_CLOSED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

// Uses only system calls, since the standard library is not ready before `main`.
#[cfg(unix)]
#[ctor::ctor]
fn check_stdout() {
    if rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err() {
        STDOUT_IS_CLOSED.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

fn stdout_is_closed() -> bool {
    #[cfg(unix)]
    return STDOUT_IS_CLOSED.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(unix))]
    false
}

impl Output {
    /// Opens an output file, or standard output for `-` or none.
    pub fn open(path: Option<&Path>) -> Result<Output, Failure> {
        let out = Output::open_plain(path)?;
        Ok(match path.and_then(Compression::of) {
            Some(kind) => Output::Compressed(Box::new(Encoder::new(kind, out)?)),
            None => out,
        })
    }

    fn open_plain(path: Option<&Path>) -> Result<Output, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            if stdout_is_closed() {
                return Err("cannot write: standard output is closed".into());
            }
            let stdout = io::stdout().lock();
            return Ok(if stdout.is_terminal() {
                Output::Terminal(BufWriter::new(EscapingWriter::new(stdout)))
            } else {
                Output::Stdout(BufWriter::new(stdout))
            });
        };
        let fail = |error: io::Error| format!("cannot write {}: {error}", path.display());
        let mut permissions = None;
        if let Ok(metadata) = path.metadata() {
            if metadata.is_dir() {
                return Err(format!("cannot write {}: it is a directory", path.display()).into());
            }
            if !metadata.is_file() {
                let file = std::fs::OpenOptions::new().write(true).open(path).map_err(fail)?;
                return Ok(Output::Special(BufWriter::new(file)));
            }
            permissions = Some(metadata.permissions());
        }
        let path = target(path);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(
                format!("cannot write {}: the folder does not exist", path.display()).into()
            );
        }
        let file = TemporaryFile::new(folder, ".bitext-").map_err(fail)?;
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions).map_err(fail)?;
        }
        Ok(Output::File(BufWriter::new(file), path))
    }

    /// Flushes the output and gives a file its name.
    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Output::Stdout(mut out) => out.flush()?,
            Output::Terminal(mut out) => out.flush()?,
            Output::Special(mut out) => out.flush()?,
            Output::Compressed(out) => out.finish()?.finish()?,
            Output::File(out, path) => {
                let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                let fail = |error: io::Error| format!("cannot write {}: {error}", path.display());
                file.persist(&path).map_err(fail)?;
            }
        }
        Ok(())
    }

    pub fn is_terminal(&self) -> bool {
        matches!(self, Output::Terminal(_))
    }

    /// Writes bytes with escape sequences for the terminal, which are not escaped.
    pub fn write_to_terminal(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Output::Terminal(out) = self else { return self.write_all(bytes) };
        out.flush()?;
        out.get_mut().write_raw(bytes)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Stdout(out) => out.write(bytes),
            Output::Terminal(out) => out.write(bytes),
            Output::Special(out) => out.write(bytes),
            Output::Compressed(out) => out.write(bytes),
            Output::File(out, _) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Stdout(out) => out.flush(),
            Output::Terminal(out) => out.flush(),
            Output::Special(out) => out.flush(),
            Output::Compressed(out) => out.flush(),
            Output::File(out, _) => out.flush(),
        }
    }
}

/// The file that a path leads to through symbolic links, whether it exists or not. The links are
/// kept; the file is replaced.
pub fn target(path: &Path) -> PathBuf {
    const MAX_LINKS: usize = 40;

    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(link) = path.read_link() else { break };
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    path
}

/// Whether an error, or a cause of it, is that the reader of a pipe has ended.
pub fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        next = error.source();
    }
    false
}
