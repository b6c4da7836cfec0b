//! Files with one value per line.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::Result;
use crate::corpus::build::error::cannot_write;

/// A file of lines. It exists even if it has none.
pub struct LineFile {
    path: PathBuf,
    out: BufWriter<File>,
}

impl LineFile {
    pub fn create(path: PathBuf) -> Result<LineFile> {
        let file = File::create(&path).map_err(|error| cannot_write(&path, error))?;
        Ok(LineFile { path, out: BufWriter::new(file) })
    }

    pub fn line(&mut self, line: &str) -> Result<()> {
        writeln!(self.out, "{line}").map_err(|error| cannot_write(&self.path, error))
    }

    pub fn finish(self) -> Result<()> {
        let fail = |error: io::Error| cannot_write(&self.path, error);
        let file = self.out.into_inner().map_err(|error| fail(error.into_error()))?;
        file.sync_all().map_err(fail)
    }
}
