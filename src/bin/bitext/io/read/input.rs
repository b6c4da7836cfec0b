//! Opens files and standard input, and reads texts and lines of bounded size.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use bitext::cli_support::{MAX_LINE, MAX_PASSED_OVER};
use bitext::html::{Page, PageHints, looks_like_html, looks_like_warc};
use bitext::{Error, text};

use crate::Usage;
use crate::io::messages::hints::ending;
use crate::io::read::compressed::reader;
use crate::io::standard_stream::is_standard_stream;

/// Maximum size of a text that is read as a whole: 256 MiB, many times the longest book. An endless
/// input, such as `/dev/zero`, must not fill the memory.
const MAX_TEXT: u64 = 256 << 20;

/// The text of a file, or of standard input for `-`.
pub fn read_text(path: &Path) -> Result<String, Error> {
    let (name, bytes) = read_bytes(path)?;
    into_text(name, bytes)
}

/// An article as it is read: plain text, or a page.
pub enum TextOrPage {
    Text(String),
    Page(Box<Page>),
}

/// Reads an article from a file, or from standard input for `-`. A page of HTML is recognised by the
/// ending of the file, or by its first bytes.
pub fn read_article(path: &Path) -> Result<TextOrPage, Error> {
    let (name, bytes) = read_bytes(path)?;
    let ending = ending(path);
    let is_page = match ending.as_deref() {
        Some("html" | "htm" | "xhtml") => true,
        Some("txt") => false,
        _ => looks_like_html(&bytes),
    };
    if ending.as_deref() != Some("txt") && looks_like_warc(&bytes) {
        let why = "is a web archive: `bitext pair` and `bitext build` read its pages";
        return Err(Error::other(why).with_source_name(name));
    }
    Ok(if is_page {
        TextOrPage::Page(Box::new(Page::parse(&name, &bytes, &PageHints::default())?))
    } else {
        TextOrPage::Text(into_text(name, bytes)?)
    })
}

fn into_text(name: String, bytes: Vec<u8>) -> Result<String, Error> {
    text::decode(&name, &bytes)?;
    // `decode` names the place of an error; here it has found none.
    String::from_utf8(bytes).map_err(|error| Error::other(error).with_source_name(name))
}

/// The name and the bytes of an input that is read as a whole.
fn read_bytes(path: &Path) -> Result<(String, Vec<u8>), Error> {
    let (name, bytes) = if is_standard_stream(path) {
        ("standard input".to_string(), reader(std::io::stdin().lock()).and_then(read_whole))
    } else {
        (path.display().to_string(), open_file(path).and_then(read_whole))
    };
    let bytes = bytes.map_err(|error| Error::read(&name, error))?;
    Ok((name, bytes))
}

fn read_whole(input: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_TEXT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_TEXT {
        let why = format!("it has more than {MAX_TEXT} bytes: split it into several files");
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// Refuses standard input, for a command that reads its inputs twice.
pub fn refuse_stdin(paths: &[PathBuf]) -> Result<(), Usage> {
    if paths.iter().any(|path| is_standard_stream(path)) {
        let why = "cannot read standard input, since the input is read twice: write it to a file";
        return Err(Usage(why.to_string()));
    }
    Ok(())
}

/// Refuses to read standard input for two files.
pub fn check_stdin<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Usage> {
    if paths.into_iter().filter(|path| is_standard_stream(path)).count() > 1 {
        return Err(Usage("standard input (`-`) can be read only once".to_string()));
    }
    Ok(())
}

/// Opens a file, or standard input for `-`, and decompresses it. Returns its name in messages too.
pub fn open(path: &Path) -> Result<(String, Box<dyn BufRead>), Error> {
    let (name, input) = if is_standard_stream(path) {
        ("standard input".to_string(), reader(std::io::stdin().lock()))
    } else {
        (path.display().to_string(), open_file(path))
    };
    match input {
        Ok(input) => Ok((name, input)),
        Err(error) => Err(Error::read(name, error)),
    }
}

/// Opens a file and decompresses it.
pub fn open_file(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    reader(BufReader::new(std::fs::File::open(path)?))
}

/// Why a line cannot be used.
#[derive(Debug)]
pub enum LineFault {
    Unreadable(std::io::Error),
    /// The line has more bytes than this limit; the next lines follow.
    TooLong(usize),
    /// The line has more bytes than the limit, and did not end within the second number of bytes.
    /// No line follows.
    Endless(usize, u64),
}

impl std::fmt::Display for LineFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LineFault::Unreadable(error) => write!(f, "cannot read: {error}"),
            LineFault::TooLong(limit) => write!(f, "the line is longer than {limit} bytes"),
            LineFault::Endless(limit, patience) => write!(
                f,
                "the line is longer than {limit} bytes, and has no end within {patience}: the rest \
                 of the input is not read"
            ),
        }
    }
}

/// The lines of an input as bytes, without their ends (`\n` or `\r\n`) and without a byte-order mark
/// at the start. A line of more than [`MAX_LINE`] bytes is an error and is not kept in memory.
pub struct InputLines<R> {
    input: R,
    limit: usize,
    patience: u64,
    first: bool,
    ended: bool,
}

impl<R: BufRead> InputLines<R> {
    pub fn new(input: R) -> InputLines<R> {
        let (limit, patience) = (MAX_LINE, MAX_PASSED_OVER);
        InputLines { input, limit, patience, first: true, ended: false }
    }

    /// Skips to the end of a line that is too long.
    fn pass_over(&mut self, mut passed: u64) -> LineFault {
        while passed <= self.patience {
            let buffer = match self.input.fill_buf() {
                Ok([]) => return LineFault::TooLong(self.limit),
                Ok(buffer) => buffer,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.ended = true;
                    return LineFault::Unreadable(error);
                }
            };
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |at| at + 1);
            self.input.consume(used);
            passed += used as u64;
            if end.is_some() {
                return LineFault::TooLong(self.limit);
            }
        }
        self.ended = true;
        LineFault::Endless(self.limit, self.patience)
    }
}

impl<R: BufRead> Iterator for InputLines<R> {
    type Item = Result<Vec<u8>, LineFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut line = Vec::new();
        // The limit, a byte-order mark, a line end, and one byte too many.
        let most = self.limit as u64 + 6;
        match self.input.by_ref().take(most).read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => {
                self.ended = true;
                return Some(Err(LineFault::Unreadable(error)));
            }
        }
        if line.len() as u64 == most && line.last() != Some(&b'\n') {
            self.first = false;
            drop(line);
            return Some(Err(self.pass_over(most)));
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
        // An input of only a byte-order mark has no line.
        if marked && line.is_empty() && !ended {
            return None;
        }
        if line.len() > self.limit {
            return Some(Err(LineFault::TooLong(self.limit)));
        }
        Some(Ok(line))
    }
}

/// Whether a line is blank and therefore skipped.
pub fn is_blank(line: &[u8]) -> bool {
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\x0b';
    let start = line.iter().position(|byte| !is_space(byte)).unwrap_or(line.len());
    let rest = &line[start..];
    // A line that starts with a bracket, or other ASCII, need not be decoded.
    rest.first().is_none_or(|byte| !byte.is_ascii())
        && std::str::from_utf8(rest).is_ok_and(|rest| rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of up to six bytes.
    fn lines(input: &[u8]) -> Vec<Result<String, String>> {
        // A small buffer, so that lines span several.
        let mut lines = InputLines::new(BufReader::with_capacity(3, input));
        lines.limit = 6;
        lines.patience = 100;
        let text = |line: Vec<u8>| String::from_utf8(line).unwrap();
        lines.map(|line| line.map(text).map_err(|fault| fault.to_string())).collect()
    }

    #[test]
    fn a_long_line_is_an_error_and_the_others_follow() {
        let long = || Err("the line is longer than 6 bytes".to_string());
        let good = |text: &str| Ok(text.to_string());
        let mark = "\u{feff}123456\r\n".as_bytes();
        assert_eq!(lines(mark), [good("123456")]);
        assert_eq!(lines(b"123456\n1234567\nab\n"), [good("123456"), long(), good("ab")]);
        let longer = [&[b'x'; 90][..], b"\nab\r\n\n", &[b'y'; 90][..]].concat();
        assert_eq!(lines(&longer), [long(), good("ab"), good(""), long()]);
        for longest in 7..20 {
            let input = [&vec![b'x'; longest][..], b"\nab"].concat();
            assert_eq!(lines(&input), [long(), good("ab")], "{longest}");
        }
        let endless = [b"ab\n".to_vec(), vec![0; 1000], b"\nab\n".to_vec()].concat();
        let given_up = "the line is longer than 6 bytes, and has no end within 100: the rest of the \
                        input is not read";
        assert_eq!(lines(&endless), [good("ab"), Err(given_up.to_string())]);
    }

    #[test]
    fn blank_lines_are_detected() {
        for (line, blank) in [
            ("", true),
            (" \t\r\u{b}", true),
            ("\u{a0}\u{2003} ", true),
            ("{}", false),
            (" \u{a0}{", false),
            ("\u{feff}", false),
            ("\0", false),
        ] {
            assert_eq!(is_blank(line.as_bytes()), blank, "{line:?}");
        }
        assert!(!is_blank(b"\xff") && !is_blank(b" \xc2"));
    }
}
