//! Reading files, standard input and models.

use std::io::{BufRead, Read};
use std::path::Path;

use bitext::{Embedder, Error, StaticEmbedder, text};

use crate::Failure;

/// The text of a file, or of standard input for `-`.
pub fn read_text(path: &Path) -> Result<String, Error> {
    let (name, bytes) = if is_stdin(path) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        ("standard input".to_string(), read.map(|_| bytes))
    } else {
        (path.display().to_string(), std::fs::read(path))
    };
    let bytes = bytes.map_err(|error| Error::Read { path: path.to_path_buf(), error })?;
    text::decode(&name, &bytes)?;
    // Just checked.
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The embedded model, or one from a file or folder.
pub fn model(name: Option<&str>) -> Result<Box<dyn Embedder>, Failure> {
    let embedded = StaticEmbedder::embedded();
    let Some(name) = name else { return Ok(Box::new(embedded?)) };
    let path = Path::new(name);
    let named = |error: Error| format!("{name}: {error}");
    if path.is_dir() {
        return Ok(Box::new(StaticEmbedder::from_dir(path).map_err(named)?));
    }
    if path.is_file() {
        return Ok(Box::new(StaticEmbedder::from_file(path).map_err(named)?));
    }
    let embedded = embedded?;
    let fingerprint = embedded.fingerprint();
    match fingerprint.split(':').next() {
        Some(known) if known == name => Ok(Box::new(embedded)),
        known => {
            let known = known.unwrap_or_default();
            Err(format!("no model `{name}`: give a folder, a model file, or `{known}`").into())
        }
    }
}

/// Lines of bytes without their end (`\n` or `\r\n`); the byte-order mark at
/// the start of the first is dropped.
pub struct Lines<R> {
    input: R,
    first: bool,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Lines<R> {
        Lines { input, first: true }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = std::io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        match self.input.read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => return Some(Err(error)),
        }
        let ended = line.last() == Some(&b'\n');
        if ended {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        let marked = std::mem::take(&mut self.first) && line.starts_with(b"\xef\xbb\xbf");
        if marked {
            line.drain(..3);
        }
        // Nothing but the mark is no line.
        if marked && line.is_empty() && !ended {
            return None;
        }
        Some(Ok(line))
    }
}
