//! Lines of bounded length, with their offsets.

use std::io::{BufRead, ErrorKind, Result};

/// A line as it was read.
pub struct RawLine {
    /// The bytes without the line's end; empty or incomplete if the line is too long.
    pub bytes: Vec<u8>,
    /// Number of bytes without the line's end.
    pub len: u64,
    /// Number of bytes with it.
    pub len_with_end: u64,
}

/// The next line; `None` at the end. The bytes of a line longer than `max_bytes` are not kept.
pub fn read_line(input: &mut impl BufRead, max_bytes: u64) -> Result<Option<RawLine>> {
    let (mut bytes, mut len_with_end, mut ended) = (Vec::new(), 0_u64, false);
    // The last two bytes, which may be the end of a long line.
    let mut last = [0_u8; 2];
    while !ended {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            break;
        }
        let newline = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..newline.map_or(buffer.len(), |at| at + 1)];
        ended = newline.is_some();
        let part_len = part.len();
        last = match part {
            [.., one, two] => [*one, *two],
            _ => [last[1], part[0]],
        };
        // The end of a line has up to two bytes.
        if len_with_end + part_len as u64 <= max_bytes + 2 {
            bytes.extend_from_slice(part);
        } else {
            bytes = Vec::new();
        }
        len_with_end += part_len as u64;
        input.consume(part_len);
    }
    if len_with_end == 0 {
        return Ok(None);
    }
    let end = match (ended, last) {
        (true, [b'\r', b'\n']) => 2,
        (true, _) => 1,
        (false, _) => 0,
    };
    bytes.truncate(bytes.len().saturating_sub(end));
    Ok(Some(RawLine { bytes, len: len_with_end - end as u64, len_with_end }))
}
