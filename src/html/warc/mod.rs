//! Pages in web archives: WARC 1.0 and 1.1 (ISO 28500).
//!
//! The reader is our own. The crate `warc` 0.4 reads a header of any length into memory, and a record
//! until a line ends in the right place, which may be at the end of the file. It does not say where a
//! record is. The headers of HTTP responses are parsed by `httparse`.

mod http;
mod record;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::limits::MAX_PAGE_BYTES;
use super::page::{Page, PageHints};
use crate::{Error, ErrorKind, Result};
pub(crate) use record::RecordScanner;
use record::ScannedRecord;

/// A page of a web archive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WarcPage {
    /// The page. The address from which it was loaded is its name, and the id of its article.
    pub page: Page,
    /// Offset of the record in the archive after decompression, in bytes.
    pub offset: u64,
}

/// Reads the pages of a web archive one by one: the successful responses that are HTML. All other records
/// are skipped.
///
/// Memory depends on the largest page only, and time on the size of the archive after decompression. A record
/// that cannot be used is an error; the reader then continues with the next record, unless the archive itself
/// is damaged.
///
/// ```
/// use bitext::html::WarcReader;
///
/// let page = "<html lang=en><p>The ferry runs again.";
/// let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
/// let archive = format!(
///     "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/ferry\r\n\
///      Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
///     http.len(),
/// );
/// let pages: Vec<_> = WarcReader::new("a.warc", archive.as_bytes()).collect::<Result<_, _>>()?;
/// assert_eq!(pages[0].page.metadata().address.as_deref(), Some("https://example.org/ferry"));
/// assert_eq!(pages[0].page.text(), "The ferry runs again.");
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct WarcReader<R> {
    name: String,
    scanner: RecordScanner<R>,
}

impl WarcReader<Box<dyn BufRead + Send>> {
    /// Opens an archive, which may be compressed with gzip.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`].
    ///
    /// ```
    /// use bitext::html::WarcReader;
    ///
    /// let pages = WarcReader::open("tests/data/html/site.warc.gz")?;
    /// assert_eq!(pages.count(), 3);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let unreadable = |error| Error::read(path, error);
        let mut input = BufReader::new(File::open(path).map_err(unreadable)?);
        let is_packed = input.fill_buf().map_err(unreadable)?.starts_with(b"\x1f\x8b");
        let input: Box<dyn BufRead + Send> = if is_packed {
            Box::new(BufReader::new(MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        };
        Ok(WarcReader::new(path.display().to_string(), input))
    }
}

impl<R: BufRead> WarcReader<R> {
    /// Reads an archive that is not compressed. `name` is its name in errors.
    pub fn new(name: impl Into<String>, input: R) -> WarcReader<R> {
        WarcReader { name: name.into(), scanner: RecordScanner::new(input, 0) }
    }
}

impl<R: BufRead> Iterator for WarcReader<R> {
    type Item = Result<WarcPage>;

    fn next(&mut self) -> Option<Result<WarcPage>> {
        loop {
            let ScannedRecord { offset, bytes, .. } = self.scanner.next(MAX_PAGE_BYTES as u64)?;
            let page = match bytes {
                Err(reason) => Err(Error::new(ErrorKind::InvalidPage, reason)),
                Ok(bytes) => match record_page(&bytes) {
                    Ok(None) => continue,
                    Ok(Some(page)) => Ok(page),
                    Err(error) => Err(error),
                },
            };
            let place = |error: Error| {
                // The page's own offset would be mistaken for one of the archive.
                let name = match (error.source_name(), error.byte()) {
                    (Some(page), Some(byte)) => Some(format!("{page} (byte {byte})")),
                    (page, _) => page.map(str::to_string),
                };
                let error = error.with_source_name(&self.name).with_byte(offset);
                match name {
                    Some(name) => error.with_article(name),
                    None => error,
                }
            };
            return Some(page.map(|page| WarcPage { page, offset }).map_err(place));
        }
    }
}

/// The page in the bytes of a record; `None` if it has none.
///
/// # Errors
///
/// [`ErrorKind::InvalidPage`], without the name of the archive.
pub(crate) fn record_page(record: &[u8]) -> Result<Option<Page>> {
    let refuse = |reason: String| Error::new(ErrorKind::InvalidPage, reason);
    let (head, body) = record::RecordHead::parse(record).map_err(refuse)?;
    let Some(address) = head.page_address() else { return Ok(None) };
    let named = |error: Error| error.with_article(address);
    let response = if head.is_response {
        match http::response(body).map_err(|reason| named(refuse(reason)))? {
            Some(response) => response,
            None => return Ok(None),
        }
    } else {
        let content_type = head.content_type.as_deref().unwrap_or_default();
        http::Response::of_resource(content_type, body)
    };
    let hints =
        PageHints::default().with_charset(response.charset).with_address(Some(address.to_string()));
    Page::parse(address, &response.body, &hints).map(Some)
}
