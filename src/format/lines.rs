//! Reads the lines of a file, with a limit on their length.

use std::io::BufRead;

use crate::text::not_utf8;
use crate::{Error, Result};

/// The largest length of a line in bytes: 64 MiB. A longer line is an error and is skipped without
/// being kept in memory.
pub const MAX_LINE: usize = 64 << 20;

/// The length in bytes after which a line ends the reading: 1 GiB. It stops the reading of endless
/// inputs such as `/dev/zero`.
pub const MAX_PASSED_OVER: u64 = 1 << 30;

/// A line and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// The byte offset of its start in the file.
    pub offset: u64,
    /// Its text, without the line break.
    pub text: String,
}

/// The lines of a file. They end in `\n` or `\r\n` only. A byte-order mark at the start is dropped.
///
/// A line that is longer than [`MAX_LINE`] or not UTF-8 is an error, and reading continues with the
/// next line. Reading ends at an I/O error, and after [`MAX_PASSED_OVER`] bytes without a line break.
#[derive(Debug)]
pub struct Lines<R> {
    source_name: String,
    input: R,
    limit: usize,
    patience: u64,
    number: usize,
    offset: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of an input. Errors call it `source_name`.
    pub fn new(source_name: &str, input: R) -> Lines<R> {
        let source_name = source_name.to_string();
        let (limit, patience) = (MAX_LINE, MAX_PASSED_OVER);
        Lines { source_name, input, limit, patience, number: 0, offset: 0, ended: false }
    }

    /// Sets the largest length of a line in bytes.
    #[cfg(test)]
    fn with_limit(mut self, limit: usize) -> Lines<R> {
        self.limit = limit;
        self
    }

    /// The name of the input.
    pub fn source_name(&self) -> &str {
        &self.source_name
    }

    /// The numbers of lines and bytes read so far.
    pub fn position(&self) -> (usize, u64) {
        (self.number, self.offset)
    }

    /// An error at a position of the input.
    pub fn refuse(&self, number: usize, byte: u64, message: impl ToString) -> Error {
        Error::record(message.to_string())
            .with_source_name(&self.source_name)
            .with_line(number)
            .with_byte(byte)
    }

    /// The bytes up to the next line break, and whether they are too many; `None` at the end of the
    /// input.
    fn read(&mut self) -> std::io::Result<Option<(Vec<u8>, bool)>> {
        let (mut line, mut begun, mut long) = (Vec::new(), false, false);
        let start = self.offset;
        loop {
            if self.offset - start > self.patience {
                self.ended = true;
                return Ok(Some((line, true)));
            }
            let chunk = match self.input.fill_buf() {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(begun.then_some((line, long)));
            }
            begun = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let (body, used) = (end.unwrap_or(chunk.len()), end.map_or(chunk.len(), |at| at + 1));
            // Room for a carriage return before the line break.
            long |= line.len() + body > self.limit.saturating_add(1);
            if long {
                line = Vec::new();
            } else {
                line.extend_from_slice(&chunk[..body]);
            }
            self.offset += used as u64;
            self.input.consume(used);
            if end.is_some() {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some((line, long)));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Result<Line>> {
        if self.ended {
            return None;
        }
        let mut offset = self.offset;
        let (mut bytes, long) = match self.read() {
            Ok(line) => line?,
            Err(error) => {
                self.ended = true;
                return Some(Err(Error::read(&self.source_name, error)));
            }
        };
        self.number += 1;
        if long || bytes.len() > self.limit {
            let mut message = format!("the line is longer than {} bytes", self.limit);
            if self.ended {
                message +=
                    &format!(", and has no end within {}: what follows is not read", self.patience);
            }
            return Some(Err(self.refuse(self.number, offset, message)));
        }
        if self.number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
            offset += 3;
            // A byte-order mark alone is not a line.
            if bytes.is_empty() && self.offset == 3 {
                return None;
            }
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let byte = offset + error.utf8_error().valid_up_to() as u64;
                let message = not_utf8(error.as_bytes());
                return Some(Err(self.refuse(self.number, byte, message)));
            }
        };
        Some(Ok(Line { number: self.number, offset, text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(input: &[u8]) -> Vec<String> {
        Lines::new("f", input).map(|line| line.unwrap().text).collect()
    }

    #[test]
    fn ends_and_marks() {
        assert_eq!(texts(b""), [""; 0]);
        assert_eq!(texts(b"\xef\xbb\xbf"), [""; 0]);
        assert_eq!(texts(b"\xef\xbb\xbf\n"), [""]);
        assert_eq!(
            texts("\u{feff}a\n\u{feff}b\r\nc\r\r\n\nd".as_bytes()),
            ["a", "\u{feff}b", "c\r", "", "d"]
        );
        assert_eq!(texts("a\u{85}b\u{b}\u{c}\n".as_bytes()), ["a\u{85}b\u{b}\u{c}"]);
    }

    #[test]
    fn a_last_line_needs_no_end_and_invalid_utf8_is_one_error() {
        let lines: Vec<Line> = Lines::new("f", &b"a\nb"[..]).map(|line| line.unwrap()).collect();
        assert_eq!((lines[1].text.as_str(), lines[1].number, lines[1].offset), ("b", 2, 2));
        let mut lines = Lines::new("a.txt", &b"one\r\nab\x80\ntwo\xe2\x80\xa8too"[..]);
        assert_eq!(lines.next().unwrap().unwrap().text, "one");
        assert_eq!(
            lines.next().unwrap().unwrap_err().to_string(),
            "a.txt:2 (byte 7): not UTF-8: convert it to UTF-8",
        );
        assert_eq!(lines.next().unwrap().unwrap().text, "two\u{2028}too");
        assert!(lines.next().is_none());
    }

    #[test]
    fn a_long_line_is_passed_over_and_named() {
        // A small buffer, so that lines span several.
        let input = std::io::BufReader::with_capacity(3, &b"12345\n123456\r\n1234567\nab\n"[..]);
        let lines: Vec<_> = Lines::new("f", input).with_limit(6).collect();
        assert_eq!(lines.len(), 4);
        let text = |at: usize| lines[at].as_ref().unwrap().text.as_str();
        assert_eq!((text(0), text(1), text(3)), ("12345", "123456", "ab"));
        let error = lines[2].as_ref().unwrap_err().to_string();
        assert_eq!(error, "f:3 (byte 14): the line is longer than 6 bytes");
        assert_eq!(lines[3].as_ref().unwrap().offset, 22);
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let endless = std::io::BufReader::with_capacity(64, std::io::repeat(b'x'));
        let mut lines = Lines::new("f", std::io::Read::chain(&b"a\n"[..], endless)).with_limit(8);
        lines.patience = 1000;
        assert_eq!(lines.next().unwrap().unwrap().text, "a");
        assert_eq!(
            lines.next().unwrap().unwrap_err().to_string(),
            "f:2 (byte 2): the line is longer than 8 bytes, and has no end within 1000: what \
             follows is not read"
        );
        assert!(lines.next().is_none());
    }
}
