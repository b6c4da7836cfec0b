//! Compressed files of articles are unpacked to a temporary folder, since they are read by places.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::io::read::compressed::unpacked;
use crate::io::write::temporary::TemporaryFolder;

/// A file with lines of JSON is unpacked to at most so many times its size, ten times what
/// lines of text take. What is compressed by more has one text again and again, or is made to fill
/// the disk.
const MAX_GROWTH: u64 = 200;
/// Bytes that a file may grow to however small it is.
const ALWAYS_ALLOWED_BYTES: u64 = 64 << 20;

/// How the folders of all builds begin, so that those of killed ones are found.
const FOLDER_PREFIX: &str = ".bitext-unpacked-";

/// Unpacks files to one folder, which is removed with it.
pub struct Unpacker {
    folder: Option<TemporaryFolder>,
    /// Where the folder is made, if not where the system has temporary files.
    parent: Option<PathBuf>,
    /// The most bytes of a file that is one article.
    max_article_bytes: u64,
    files: usize,
}

/// A file that was unpacked.
pub struct UnpackedFile {
    pub path: PathBuf,
    /// What is wrong with its rest, which was left out.
    pub damage: Option<String>,
}

/// Why a file could not be unpacked.
pub enum UnpackError {
    /// The file is damaged, or grows too much.
    Input(String),
    /// What it is unpacked to cannot be written.
    Output(io::Error),
}

impl Unpacker {
    pub fn new(parent: Option<PathBuf>, max_article_bytes: u64) -> Unpacker {
        Unpacker { folder: None, parent, max_article_bytes, files: 0 }
    }

    /// Unpacks a file, as far as it is whole; `None` if it is not compressed. `is_text` says
    /// that it is one article; else it has lines, of which the last one that is whole is the end.
    pub fn unpack(
        &mut self,
        path: &Path,
        is_text: bool,
    ) -> Result<Option<UnpackedFile>, UnpackError> {
        // A file that cannot be opened is reported when it is read.
        let Ok(Some(mut input)) = unpacked(path) else { return Ok(None) };
        let packed = path.metadata().map_err(|error| UnpackError::Input(error.to_string()))?;
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => TemporaryFolder::new(self.parent.as_deref(), FOLDER_PREFIX)
                .map_err(UnpackError::Output)?,
        };
        let target = self.folder.insert(folder).path().join(self.files.to_string());
        self.files += 1;
        let most = match is_text {
            // One byte more is refused where it is read.
            true => self.max_article_bytes.saturating_add(1),
            false => packed.len().saturating_mul(MAX_GROWTH).max(ALWAYS_ALLOWED_BYTES),
        };
        let damage = copy(&mut *input, &target, most, is_text)?;
        Ok(Some(UnpackedFile { path: target, damage }))
    }
}

/// Copies at most so many bytes; returns what is wrong with the rest.
fn copy(
    input: &mut dyn BufRead,
    target: &Path,
    most: u64,
    is_text: bool,
) -> Result<Option<String>, UnpackError> {
    let mut out = BufWriter::new(File::create(target).map_err(UnpackError::Output)?);
    // Up to the end of the last line that is whole.
    let (mut written, mut whole) = (0_u64, 0_u64);
    let mut damage = None;
    loop {
        let buffer = match input.fill_buf() {
            Ok([]) => break,
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                damage = Some(format!("cannot read all of it: {error}"));
                break;
            }
        };
        let taken = buffer.len().min(usize::try_from(most - written).unwrap_or(usize::MAX));
        if taken == 0 {
            let why = format!("grows more than {MAX_GROWTH} times when unpacked: unpack it first");
            damage = Some(why).filter(|_| !is_text);
            break;
        }
        out.write_all(&buffer[..taken]).map_err(UnpackError::Output)?;
        if let Some(end) = buffer[..taken].iter().rposition(|byte| *byte == b'\n') {
            whole = written + end as u64 + 1;
        }
        written += taken as u64;
        input.consume(taken);
    }
    let file = out.into_inner().map_err(|error| UnpackError::Output(error.into_error()))?;
    match damage {
        Some(why) if is_text => Err(UnpackError::Input(why)),
        Some(why) => {
            file.set_len(whole).map_err(UnpackError::Output)?;
            Ok(Some(why))
        }
        None => Ok(None),
    }
}
