//! Recognises pages and web archives by their first bytes.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use crate::text::likely_encoding;

/// Bytes that are examined.
const SNIFFED_BYTES: usize = 4096;

/// Whether a file with this start is a page of HTML: it begins with a document type, or with one of the
/// elements `html`, `head` or `body`, after comments, an XML declaration and white space.
///
/// ```
/// use bitext::html::looks_like_html;
///
/// assert!(looks_like_html(b"\n<!-- saved --><!DOCTYPE HTML>\n"));
/// assert!(looks_like_html(b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>"));
/// assert!(!looks_like_html(b"<?xml version='1.0'?><tmx>"));
/// assert!(!looks_like_html(b"The element <html> is the root."));
/// ```
pub fn looks_like_html(start: &[u8]) -> bool {
    let start = &start[..start.len().min(SNIFFED_BYTES)];
    let text = match Encoding::for_bom(start) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&start[mark..]).0,
        None => match likely_encoding(start) {
            Some("utf-16le") => UTF_16LE.decode_without_bom_handling(start).0,
            Some("utf-16be") => UTF_16BE.decode_without_bom_handling(start).0,
            _ => String::from_utf8_lossy(start),
        },
    };
    is_html(text)
}

fn is_html(text: Cow<'_, str>) -> bool {
    let lowercase = text.to_ascii_lowercase();
    let mut rest = lowercase.trim_start();
    loop {
        rest = rest.trim_start();
        let ends = [("<!--", "-->"), ("<?", ">")];
        let Some((start, end)) = ends.into_iter().find(|(start, _)| rest.starts_with(start)) else {
            break;
        };
        let Some((_, after)) = rest[start.len()..].split_once(end) else { return false };
        rest = after;
    }
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| {
        rest.strip_prefix(tag).is_some_and(|rest| {
            rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '-')
        })
    })
}

/// Whether a file with this start is a web archive that is not compressed.
///
/// ```
/// assert!(bitext::html::looks_like_warc(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n"));
/// ```
pub fn looks_like_warc(start: &[u8]) -> bool {
    start.starts_with(b"WARC/")
}
