//! Files of the training set with their checksums.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::Result;
use crate::corpus::build::error::cannot_read;

/// A file of a training set as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FinishedFile {
    pub name: String,
    bytes: u64,
    /// XXH3, in hexadecimal.
    checksum: String,
}

impl FinishedFile {
    /// Reads a file that must exist.
    pub fn read(folder: &Path, name: &str) -> Result<FinishedFile> {
        let path = folder.join(name);
        let read = || {
            let mut file = File::open(&path)?;
            let (mut hasher, mut bytes) = (Xxh3::new(), 0);
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = match file.read(&mut buffer) {
                    Ok(0) => break,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    read => read?,
                };
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
            let checksum = format!("{:032x}", hasher.digest128());
            Ok(FinishedFile { name: name.to_string(), bytes, checksum })
        };
        read().map_err(|error| cannot_read(&path, error))
    }

    /// The file as it is now; `None` if it does not exist.
    pub fn now(&self, folder: &Path) -> Result<Option<FinishedFile>> {
        if !folder.join(&self.name).is_file() {
            return Ok(None);
        }
        FinishedFile::read(folder, &self.name).map(Some)
    }
}
