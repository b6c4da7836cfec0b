//! Text from elsewhere must not command a terminal: what would is shown instead.

use std::borrow::Cow;
use std::io::{self, Write};

use bitext::cli_support::is_terminal_control;

/// A message with such characters written out, such as `\n` and `\u{1b}`.
pub fn printable(message: &str) -> Cow<'_, str> {
    if !message.contains(is_terminal_control) {
        return Cow::Borrowed(message);
    }
    let mut shown = String::with_capacity(message.len() + 16);
    for c in message.chars() {
        match is_terminal_control(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Writes to a terminal with controls written out, all but the ends of lines and tabs.
pub struct Guard<W> {
    out: W,
    /// The last byte was the first of two of which the second may be a control (C1).
    begun: bool,
}

/// The first byte of U+0080 to U+00BF.
const LATIN_1: u8 = 0xc2;

impl<W: Write> Guard<W> {
    pub fn new(out: W) -> Guard<W> {
        Guard { out, begun: false }
    }

    /// Writes as it is.
    pub fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }
}

impl<W: Write> Write for Guard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut shown = Vec::with_capacity(bytes.len() + 16);
        for &byte in bytes {
            let begun = std::mem::replace(&mut self.begun, byte == LATIN_1);
            match (begun, byte) {
                (true, 0x80..=0x9f) => write!(shown, "\\u{{{byte:x}}}")?,
                (true, _) => shown.extend([LATIN_1, byte].iter().skip(usize::from(self.begun))),
                (false, LATIN_1) => {}
                (false, b'\n' | b'\t') => shown.push(byte),
                (false, 0..0x20 | 0x7f) => write!(shown, "\\u{{{byte:x}}}")?,
                (false, _) => shown.push(byte),
            }
        }
        self.out.write_all(&shown)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_line_without_commands() {
        assert_eq!(printable("a b ї"), "a b ї");
        assert_eq!(
            printable("a\u{1b}[31mb\nc\u{202e}\u{9b}2J\u{7f}"),
            r"a\u{1b}[31mb\nc\u{202e}\u{9b}2J\u{7f}"
        );
    }

    #[test]
    fn a_terminal_gets_no_controls_however_the_text_is_cut() {
        let text = "ї\t\u{1b}]0;x\u{7}\u{9b}2J \u{a9}\u{c2}\u{7f}\r\n";
        for size in 1..text.len() {
            let mut guard = Guard::new(Vec::new());
            for part in text.as_bytes().chunks(size) {
                guard.write_all(part).unwrap();
            }
            let shown = String::from_utf8(guard.out).unwrap();
            assert_eq!(shown, "ї\t\\u{1b}]0;x\\u{7}\\u{9b}2J \u{a9}\u{c2}\\u{7f}\\u{d}\n");
        }
        let mut guard = Guard::new(Vec::new());
        guard.write_all(b"a\x1b").unwrap();
        guard.write_raw(b"\x1b[0m").unwrap();
        assert_eq!(guard.out, b"a\\u{1b}\x1b[0m");
    }
}
