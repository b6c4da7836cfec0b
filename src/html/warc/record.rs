//! Finds the records of a web archive.

use std::io::{BufRead, ErrorKind, Read};

use crate::html::limits::MAX_HEADER_BYTES;

/// A record that may hold a page.
#[cfg_attr(not(feature = "build"), allow(dead_code))]
pub(crate) struct ScannedRecord {
    /// Offset of the record, in bytes.
    pub offset: u64,
    /// Number of bytes of header and content.
    pub len: u64,
    /// Offset of what follows.
    pub end: u64,
    /// Header and content, or why they cannot be used.
    pub bytes: Result<Vec<u8>, String>,
}

/// Reads an archive record by record.
#[derive(Debug)]
pub(crate) struct RecordScanner<R> {
    input: R,
    /// Offset of the next byte.
    offset: u64,
    ended: bool,
}

impl<R: BufRead> RecordScanner<R> {
    /// Scans an input whose first byte has this offset.
    pub(crate) fn new(input: R, offset: u64) -> RecordScanner<R> {
        RecordScanner { input, offset, ended: false }
    }

    /// The next record that may hold a page. A record with more than `max_bytes` is an error and not
    /// kept in memory. After an error of the archive itself, nothing follows.
    pub(crate) fn next(&mut self, max_bytes: u64) -> Option<ScannedRecord> {
        while !self.ended {
            match self.record(max_bytes) {
                Ok(Some(record)) if record.bytes.is_err() => return Some(record),
                Ok(Some(record)) => {
                    let holds_page = record.bytes.as_deref().is_ok_and(may_hold_page);
                    if holds_page {
                        return Some(record);
                    }
                }
                Ok(None) => self.ended = true,
                Err((offset, reason)) => {
                    self.ended = true;
                    let len = self.offset - offset;
                    let (bytes, end) = (Err(reason), u64::MAX);
                    return Some(ScannedRecord { offset, len, end, bytes });
                }
            }
        }
        None
    }

    /// The next record; without its bytes if it cannot hold a page. `None` at the end.
    fn record(&mut self, max_bytes: u64) -> Result<Option<ScannedRecord>, (u64, String)> {
        self.skip_line_ends().map_err(|why| (self.offset, why))?;
        let offset = self.offset;
        let refuse = |why: String| (offset, why);
        let header = self.header().map_err(refuse)?;
        if header.is_empty() {
            return Ok(None);
        }
        let (head, _) = RecordHead::parse(&header).map_err(refuse)?;
        let Some(len) = (header.len() as u64).checked_add(head.length) else {
            return Err(refuse(format!("`Content-Length` is too large: {}", head.length)));
        };
        let mut bytes = Ok(header);
        if head.page_address().is_none() {
            bytes = Ok(Vec::new());
            self.skip(head.length).map_err(refuse)?;
        } else if len > max_bytes {
            let address = head.page_address().unwrap_or_default();
            bytes = Err(format!("{address}: the record has {len} bytes, more than {max_bytes}"));
            self.skip(head.length).map_err(refuse)?;
        } else if let Ok(bytes) = &mut bytes {
            let read = self.input.by_ref().take(head.length).read_to_end(bytes);
            let read = read.map_err(|error| refuse(format!("cannot read: {error}")))?;
            self.offset += read as u64;
            if (read as u64) < head.length {
                return Err(refuse(CUT_SHORT.to_string()));
            }
        }
        Ok(Some(ScannedRecord { offset, len, end: self.offset, bytes }))
    }

    /// The lines up to and including a blank one; empty at the end of the input.
    fn header(&mut self) -> Result<Vec<u8>, String> {
        let mut header = Vec::new();
        loop {
            let before = header.len();
            let rest = (MAX_HEADER_BYTES - before) as u64;
            let read = self.input.by_ref().take(rest).read_until(b'\n', &mut header);
            read.map_err(|error| format!("cannot read: {error}"))?;
            let line = &header[before..];
            self.offset += line.len() as u64;
            if before == 0 && !line.is_empty() && !line.starts_with(b"WARC/") {
                return Err("no record begins here: it must begin with `WARC/`".to_string());
            }
            match line {
                [] if before == 0 => return Ok(header),
                b"\r\n" | b"\n" => return Ok(header),
                line if line.ends_with(b"\n") && header.len() < MAX_HEADER_BYTES => {}
                _ if header.len() >= MAX_HEADER_BYTES => {
                    return Err(format!("the header has more than {MAX_HEADER_BYTES} bytes"));
                }
                _ => return Err(CUT_SHORT.to_string()),
            }
        }
    }

    fn skip_line_ends(&mut self) -> Result<(), String> {
        loop {
            let buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                buffer => buffer.map_err(|error| format!("cannot read: {error}"))?,
            };
            let ends = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if ends == 0 {
                return Ok(());
            }
            self.input.consume(ends);
            self.offset += ends as u64;
        }
    }

    fn skip(&mut self, len: u64) -> Result<(), String> {
        let skipped = std::io::copy(&mut self.input.by_ref().take(len), &mut std::io::sink());
        let skipped = skipped.map_err(|error| format!("cannot read: {error}"))?;
        self.offset += skipped;
        if skipped < len { Err(CUT_SHORT.to_string()) } else { Ok(()) }
    }
}

const CUT_SHORT: &str = "the archive is cut short in this record: download it again";

/// Whether the record is a response whose type is HTML.
fn may_hold_page(record: &[u8]) -> bool {
    let Ok((head, body)) = RecordHead::parse(record) else { return false };
    head.page_address().is_some() && (!head.is_response || super::http::may_be_page(body))
}

/// The header of a record.
#[derive(Debug, Default)]
pub struct RecordHead {
    /// Whether the content is an HTTP response, rather than what was loaded itself.
    pub is_response: bool,
    is_resource: bool,
    pub content_type: Option<String>,
    address: Option<String>,
    /// Number of bytes of the content.
    length: u64,
}

impl RecordHead {
    /// Parses the header of a record, and returns the bytes after it, too.
    pub fn parse(record: &[u8]) -> Result<(RecordHead, &[u8]), String> {
        let mut head = RecordHead::default();
        let (mut length, mut rest, mut is_first) = (None, record, true);
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = rest[..end].trim_ascii_end();
            rest = &rest[end + 1..];
            if line.is_empty() {
                break;
            }
            if std::mem::take(&mut is_first) {
                continue;
            }
            // Lines that continue the one before begin with white space; none of ours is continued.
            let Some(colon) = memchr::memchr(b':', line) else { continue };
            let value = String::from_utf8_lossy(line[colon + 1..].trim_ascii()).into_owned();
            match String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase().as_str() {
                "warc-type" => {
                    head.is_response = value.eq_ignore_ascii_case("response");
                    head.is_resource = value.eq_ignore_ascii_case("resource");
                }
                "content-type" => head.content_type = Some(value),
                // WARC 1.0 was often written with brackets around the address.
                "warc-target-uri" => {
                    let bare = value.trim_start_matches('<').trim_end_matches('>');
                    head.address = Some(bare.to_string());
                }
                "content-length" => {
                    length = Some(value.parse().map_err(|_| {
                        format!("`Content-Length` is not a number of bytes: `{value}`")
                    })?);
                }
                _ => {}
            }
        }
        head.length = length.ok_or("the record has no `Content-Length`")?;
        Ok((head, rest))
    }

    /// The address of the page that the record may hold.
    pub fn page_address(&self) -> Option<&str> {
        let is_html =
            || super::http::is_html_type(self.content_type.as_deref().unwrap_or_default());
        let address = self.address.as_deref()?;
        let is_page =
            self.is_response && address.starts_with("http") || self.is_resource && is_html();
        is_page.then_some(address)
    }
}
