//! Files that appear completely or not at all, also after a loss of power.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::Result;
use crate::corpus::build::error::cannot_write;
use crate::files::temporary::TemporaryFile;

/// Prefix of files that are being written.
pub const TEMPORARY_PREFIX: &str = ".writing-";

/// Writes a small file completely or not at all.
pub fn write_small_file(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = TemporaryFile::new(folder, TEMPORARY_PREFIX);
    let mut file = BufWriter::new(file.map_err(|error| cannot_write(path, error))?);
    file.write_all(text.as_bytes()).map_err(|error| cannot_write(path, error))?;
    persist(file, path)
}

/// Gives a file its name once its content is on the disk.
pub fn persist(file: BufWriter<TemporaryFile>, path: &Path) -> Result<()> {
    let fail = |error: io::Error| cannot_write(path, error);
    let file = file.into_inner().map_err(|error| fail(error.into_error()))?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(path).map_err(fail)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes sure that the names of new files in a folder are on the disk, where the system offers that.
pub fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        return match synced {
            // Some file systems cannot do this with folders.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            synced => synced.map_err(|error| cannot_write(folder, error)),
        };
    }
    Ok(())
}
