//! Reading files and standard input.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use bitext::evaluate::{AlignmentError, Format};
use bitext::{Error, text};

use crate::{Failure, Usage};

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

/// Refuses to read standard input twice.
pub fn check_stdin<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<(), Usage> {
    match paths.into_iter().filter(|path| is_stdin(path)).count() {
        0 | 1 => Ok(()),
        _ => Err(Usage("standard input (`-`) can be one file only".to_string())),
    }
}

/// A file or, for `-`, standard input, and what to call it.
pub fn open(path: &Path) -> Result<(String, Box<dyn BufRead>), Error> {
    if is_stdin(path) {
        return Ok(("standard input".to_string(), Box::new(std::io::stdin().lock())));
    }
    let unreadable = |error| Error::Read { path: path.to_path_buf(), error };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    Ok((path.display().to_string(), Box::new(BufReader::new(file))))
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

/// A file of alignments, line by line; blank lines are passed over.
pub struct Alignments {
    pub name: String,
    /// `None` where the file has nothing but blank lines.
    pub format: Option<Format>,
    lines: std::iter::Enumerate<Lines<Box<dyn BufRead>>>,
    first: Option<(usize, String)>,
}

impl Alignments {
    /// Opens a file, or standard input for `-`; the format is told by the first
    /// line unless it is given.
    pub fn open(path: &Path, format: Option<Format>) -> Result<Alignments, Failure> {
        let (name, input) = open(path)?;
        let lines = Lines::new(input).enumerate();
        let mut file = Alignments { name, format: None, lines, first: None };
        let Some((number, line)) = file.next().transpose()? else { return Ok(file) };
        file.format = format.or_else(|| Format::detect(&line));
        if file.format.is_none() {
            let why = "neither a JSON object, nor a bead such as `[0]:[0, 1]`, nor a ladder's rung";
            return Err(AlignmentError::Malformed(why.to_string()).at(&file.name, number).into());
        }
        file.first = Some((number, line));
        Ok(file)
    }

    /// What is left, each line in its place, so that numbers stay right.
    pub fn rest(self) -> Result<String, Failure> {
        let (mut text, mut lines) = (String::new(), 0);
        for line in self {
            let (number, line) = line?;
            text.extend(std::iter::repeat_n('\n', number - 1 - lines));
            text.push_str(&line);
            lines = number - 1;
        }
        Ok(text)
    }
}

impl Iterator for Alignments {
    /// A line with its number, from 1.
    type Item = Result<(usize, String), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        for (at, line) in self.lines.by_ref() {
            let name = &self.name;
            let line = match line {
                Ok(line) => line,
                Err(error) => return Some(Err(format!("cannot read {name}: {error}").into())),
            };
            match text::decode(&format!("{name}: line {}", at + 1), &line) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Some(Ok((at + 1, line.to_string()))),
                Err(error) => return Some(Err(error.into())),
            }
        }
        None
    }
}
