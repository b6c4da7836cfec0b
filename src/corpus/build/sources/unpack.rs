//! Compressed files of articles are decompressed to a temporary folder, since articles are read by
//! their offsets.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::files::compressed::unpacked;
use crate::files::temporary::TemporaryFolder;

/// How many times its compressed size a file with lines of JSON may have. That is ten times what
/// lines of text need. A higher ratio means repeated text, or a file that was made to fill the disk.
const MAX_GROWTH: u64 = 200;
/// Size that a file may always have, in bytes, however small it is when compressed.
const ALWAYS_ALLOWED_BYTES: u64 = 64 << 20;

/// Prefix of the temporary folders of all builds, by which those of killed builds are found.
const FOLDER_PREFIX: &str = ".bitext-unpacked-";

/// Decompresses files to one folder, which is removed when this is dropped.
pub struct Unpacker {
    folder: Option<TemporaryFolder>,
    /// Where to create the folder, if not among the temporary files of the system.
    parent: Option<PathBuf>,
    /// Size of the longest article, in bytes.
    max_article_bytes: u64,
    files: usize,
}

/// A decompressed copy of a file.
pub struct UnpackedFile {
    pub path: PathBuf,
    /// What is wrong with the rest of the file, which was left out.
    pub damage: Option<String>,
}

/// Why a file could not be unpacked.
pub enum UnpackError {
    /// The file is damaged, or too large when decompressed.
    Input(String),
    /// The copy cannot be written.
    Output(io::Error),
}

impl Unpacker {
    pub fn new(parent: Option<PathBuf>, max_article_bytes: u64) -> Unpacker {
        Unpacker { folder: None, parent, max_article_bytes, files: 0 }
    }

    /// Decompresses a file; `None` if it is not compressed. If `is_text`, the file is one article,
    /// and is used as a whole or not at all. Otherwise it has lines, and is used up to the last
    /// intact line.
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
        let max_bytes = if is_text {
            // A longer article is refused later, when it is read.
            self.max_article_bytes.saturating_add(1)
        } else {
            packed.len().saturating_mul(MAX_GROWTH).max(ALWAYS_ALLOWED_BYTES)
        };
        let damage = copy(&mut *input, &target, max_bytes, is_text)?;
        Ok(Some(UnpackedFile { path: target, damage }))
    }
}

/// Copies up to `max_bytes`, and returns what is wrong with the rest.
fn copy(
    input: &mut dyn BufRead,
    target: &Path,
    max_bytes: u64,
    is_text: bool,
) -> Result<Option<String>, UnpackError> {
    let mut out = BufWriter::new(File::create(target).map_err(UnpackError::Output)?);
    // `intact` ends after the last intact line.
    let (mut written, mut intact) = (0_u64, 0_u64);
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
        let taken = buffer.len().min(usize::try_from(max_bytes - written).unwrap_or(usize::MAX));
        if taken == 0 {
            let why = format!("grows more than {MAX_GROWTH} times when unpacked: unpack it first");
            damage = Some(why).filter(|_| !is_text);
            break;
        }
        out.write_all(&buffer[..taken]).map_err(UnpackError::Output)?;
        if let Some(end) = buffer[..taken].iter().rposition(|byte| *byte == b'\n') {
            intact = written + end as u64 + 1;
        }
        written += taken as u64;
        input.consume(taken);
    }
    let file = out.into_inner().map_err(|error| UnpackError::Output(error.into_error()))?;
    match damage {
        Some(why) if is_text => Err(UnpackError::Input(why)),
        Some(why) => {
            file.set_len(intact).map_err(UnpackError::Output)?;
            Ok(Some(why))
        }
        None => Ok(None),
    }
}
