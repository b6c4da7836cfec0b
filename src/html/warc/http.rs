//! HTTP responses as web archives keep them: with their header, and often chunked and compressed.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::{MultiGzDecoder, ZlibDecoder};

use crate::html::encoding::charset_of_media_type;
use crate::html::limits::{MAX_HEADER_BYTES, MAX_HEADER_FIELDS, MAX_PAGE_BYTES};
use crate::html::sniff::looks_like_html;

/// A page as a server sent it.
pub struct Response<'a> {
    pub body: Cow<'a, [u8]>,
    pub charset: Option<String>,
}

impl<'a> Response<'a> {
    /// What was loaded without HTTP, or is kept without its header.
    pub fn of_resource(content_type: &str, body: &'a [u8]) -> Response<'a> {
        Response { body: Cow::Borrowed(body), charset: charset_of_media_type(content_type) }
    }
}

/// Whether a media type is that of a page.
pub fn is_html_type(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"].iter().any(|html| essence.eq_ignore_ascii_case(html))
}

/// The fields of a header that matter here.
#[derive(Default)]
struct Header {
    status: u16,
    content_type: String,
    content_encoding: String,
    is_chunked: bool,
    len: usize,
}

/// Whether the response has a page, by its header.
pub fn may_be_page(response: &[u8]) -> bool {
    // A malformed header is reported when the page is read.
    header(response).is_none_or(|header| header.is_page())
}

impl Header {
    fn is_page(&self) -> bool {
        self.status == 200 && is_html_type(&self.content_type)
    }
}

fn header(response: &[u8]) -> Option<Header> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_HEADER_FIELDS];
    let mut parsed = httparse::Response::new(&mut fields);
    let head = &response[..response.len().min(MAX_HEADER_BYTES)];
    let config = {
        let mut config = httparse::ParserConfig::default();
        config.ignore_invalid_headers_in_responses(true);
        config.allow_spaces_after_header_name_in_responses(true);
        config
    };
    let Ok(httparse::Status::Complete(len)) = config.parse_response(&mut parsed, head) else {
        return None;
    };
    let mut header = Header { status: parsed.code?, len, ..Header::default() };
    for field in parsed.headers.iter() {
        let value = || String::from_utf8_lossy(field.value).trim().to_string();
        match field.name.to_ascii_lowercase().as_str() {
            "content-type" => header.content_type = value(),
            "content-encoding" => header.content_encoding = value().to_ascii_lowercase(),
            "transfer-encoding" => {
                let value = value();
                let mut codings = value.split(',').map(str::trim);
                header.is_chunked |= codings.any(|one| one.eq_ignore_ascii_case("chunked"));
            }
            _ => {}
        }
    }
    Some(header)
}

/// Reads a response; `None` if it is no page.
///
/// # Errors
///
/// The header is malformed, or the body cannot be decompressed to at most [`MAX_PAGE_BYTES`].
pub fn response(response: &[u8]) -> Result<Option<Response<'_>>, String> {
    let header = header(response).ok_or("the header of the HTTP response is malformed")?;
    if !header.is_page() {
        return Ok(None);
    }
    let mut body = Cow::Borrowed(&response[header.len..]);
    if header.is_chunked {
        // Some programs join the chunks and keep the header.
        if let Some(joined) = join_chunks(&body) {
            body = Cow::Owned(joined);
        }
    }
    let unpacked = match header.content_encoding.as_str() {
        "gzip" | "x-gzip" if body.starts_with(b"\x1f\x8b") => {
            Some(read_bounded(MultiGzDecoder::new(&*body))?)
        }
        "deflate" if body.first() == Some(&0x78) => Some(read_bounded(ZlibDecoder::new(&*body))?),
        // Decompressed already, but for the header.
        "" | "identity" | "gzip" | "x-gzip" | "deflate" => None,
        _ if looks_like_html(&body) => None,
        other => {
            return Err(format!(
                "its content is compressed with `{other}`, which is not supported"
            ));
        }
    };
    let body = unpacked.map_or(body, Cow::Owned);
    Ok(Some(Response { body, charset: charset_of_media_type(&header.content_type) }))
}

/// Decompresses a body. The part before damage is used, as browsers do.
fn read_bounded(input: impl Read) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let read = input.take(MAX_PAGE_BYTES as u64 + 1).read_to_end(&mut body);
    if body.len() > MAX_PAGE_BYTES {
        return Err(format!("its content has more than {MAX_PAGE_BYTES} bytes when unpacked"));
    }
    match read {
        Err(error) if body.is_empty() => Err(format!("its content cannot be unpacked: {error}")),
        _ => Ok(body),
    }
}

/// Joins the chunks of a body (RFC 9112); `None` if it does not begin with one. Whole chunks before a
/// malformed one are used.
fn join_chunks(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let (mut rest, mut is_first) = (body, true);
    loop {
        let size = (|| {
            let end = memchr::memchr(b'\n', &rest[..rest.len().min(1024)])?;
            let line = std::str::from_utf8(&rest[..end]).ok()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            Some((usize::from_str_radix(size, 16).ok()?, end + 1))
        })();
        let Some((size, start)) = size else { return (!is_first).then_some(joined) };
        let chunk = &rest[start..];
        let chunk = &chunk[..size.min(chunk.len())];
        joined.extend_from_slice(chunk);
        rest = &rest[start + chunk.len()..];
        rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).unwrap_or(rest);
        if size == 0 || rest.is_empty() {
            return Some(joined);
        }
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn read(head: &str, body: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let bytes = [format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body].concat();
        response(&bytes).map(|found| found.map(|found| found.body.into_owned()))
    }

    #[test]
    fn chunks_and_compression_are_undone() {
        let html = b"<html><p>The ferry runs.";
        let packed = gzip(html);
        let chunked = |bytes: &[u8]| {
            let (one, two) = bytes.split_at(10);
            let size = |part: &[u8]| format!("{:x};x=y\r\n", part.len()).into_bytes();
            [&size(one)[..], one, b"\r\n", &size(two)[..], two, b"\r\n0\r\n\r\n"].concat()
        };
        let kind = "200 OK\r\nContent-Type: text/html; charset=\"utf-8\"";
        let want = Ok(Some(html.to_vec()));
        assert_eq!(read(kind, html), want);
        assert_eq!(read(&format!("{kind}\r\nContent-Encoding: gzip"), &packed), want);
        assert_eq!(read(&format!("{kind}\r\nContent-Encoding: gzip"), html), want);
        assert_eq!(read(&format!("{kind}\r\nTransfer-Encoding: chunked"), &chunked(html)), want);
        assert_eq!(read(&format!("{kind}\r\nTransfer-Encoding: chunked"), html), want);
        let both = format!("{kind}\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip");
        assert_eq!(read(&both, &chunked(&packed)), want);
        assert_eq!(read(&format!("{kind}\r\nContent-Encoding: br"), html), want);
        assert!(read(&format!("{kind}\r\nContent-Encoding: br"), &packed).is_err());
        assert_eq!(read("404 Not Found\r\nContent-Type: text/html", html), Ok(None));
        assert_eq!(read("200 OK\r\nContent-Type: image/png", html), Ok(None));
        assert!(read("200", b"").is_ok_and(|none| none.is_none()));
        assert!(response(b"no header").is_err());
    }

    #[test]
    fn a_body_that_grows_beyond_the_limit_is_refused() {
        let bomb = gzip(&vec![b' '; MAX_PAGE_BYTES + 1]);
        assert!(bomb.len() < 1 << 20);
        let head = "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip";
        assert!(read(head, &bomb).unwrap_err().contains("when unpacked"));
    }
}
