//! Escapes control characters in text from inputs, so that they cannot control a terminal.

use std::borrow::Cow;
use std::io::{self, Write};

use bitext::cli_support::is_terminal_control;

/// Escapes control characters in a message: `\n`, `\u{1b}`.
pub fn printable(message: &str) -> Cow<'_, str> {
    if !message.contains(is_terminal_control) {
        return Cow::Borrowed(message);
    }
    let mut shown = String::with_capacity(message.len() + 16);
    for c in message.chars() {
        if is_terminal_control(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// A writer to a terminal that escapes all control characters but line ends and tabs.
pub struct EscapingWriter<W> {
    out: W,
    /// Whether the last byte was [`C1_LEAD`], which is held back until the next byte is known.
    has_lead: bool,
}

/// The first of the two bytes of U+0080 to U+00BF in UTF-8. The controls of the C1 set are U+0080 to
/// U+009F.
const C1_LEAD: u8 = 0xc2;

impl<W: Write> EscapingWriter<W> {
    pub fn new(out: W) -> EscapingWriter<W> {
        EscapingWriter { out, has_lead: false }
    }

    /// Writes without escaping.
    pub fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }
}

impl<W: Write> Write for EscapingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut shown = Vec::with_capacity(bytes.len() + 16);
        for &byte in bytes {
            let had_lead = std::mem::replace(&mut self.has_lead, byte == C1_LEAD);
            match (had_lead, byte) {
                (true, 0x80..=0x9f) => write!(shown, "\\u{{{byte:x}}}")?,
                (true, C1_LEAD) => shown.push(C1_LEAD),
                (true, _) => shown.extend([C1_LEAD, byte]),
                (false, C1_LEAD) => {}
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

/// Prints a message of one line to standard error. Errors are ignored, since there is no other place
/// to report them.
pub fn complain(message: impl std::fmt::Display) {
    let message = message.to_string();
    let _ = writeln!(anstream::stderr(), "bitext: {}", printable(&message));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_line_without_controls() {
        assert_eq!(printable("a b ї"), "a b ї");
        assert_eq!(
            printable("a\u{1b}[31mb\nc\u{202e}\u{9b}2J\u{7f}"),
            r"a\u{1b}[31mb\nc\u{202e}\u{9b}2J\u{7f}"
        );
    }

    #[test]
    fn a_terminal_gets_no_controls_wherever_writes_split_the_text() {
        let text = "ї\t\u{1b}]0;x\u{7}\u{9b}2J \u{a9}\u{c2}\u{7f}\r\n";
        for size in 1..text.len() {
            let mut guard = EscapingWriter::new(Vec::new());
            for part in text.as_bytes().chunks(size) {
                guard.write_all(part).unwrap();
            }
            let shown = String::from_utf8(guard.out).unwrap();
            assert_eq!(shown, "ї\t\\u{1b}]0;x\\u{7}\\u{9b}2J \u{a9}\u{c2}\\u{7f}\\u{d}\n");
        }
        let mut guard = EscapingWriter::new(Vec::new());
        guard.write_all(b"a\x1b").unwrap();
        guard.write_raw(b"\x1b[0m").unwrap();
        assert_eq!(guard.out, b"a\\u{1b}\x1b[0m");
    }
}
