//! The encoding of a page.
//!
//! The order is that of the standards of WHATWG: a byte-order mark, then what the server said, then the
//! page's own declaration, then a guess. A page that declares nothing is taken as UTF-8 if it is valid
//! UTF-8, else by the letters that it has, else as windows-1252.

use std::borrow::Cow;
use std::cell::RefCell;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::extract::raw_kind;
use super::limits::MAX_DECLARATION_BYTES;
use crate::text::likely_encoding;

/// A decoded page.
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: &'static str,
    /// Length of the byte-order mark, if offsets into the text differ by it from offsets into the page.
    pub offset: usize,
}

/// Decodes a page. `declared` is the encoding that the server named. Bytes that are invalid in the
/// encoding become U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, mark),
        None => (encoding_of(bytes, declared), 0),
    };
    let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let offset = if encoding == UTF_8 { mark } else { 0 };
    Decoded { text, encoding: encoding.name(), offset }
}

fn encoding_of(bytes: &[u8], declared: Option<&str>) -> &'static Encoding {
    let by_label = |label: &str| Encoding::for_label(label.as_bytes());
    if let Some(encoding) = declared.and_then(by_label) {
        return encoding;
    }
    // The declaration itself cannot be read in UTF-16.
    let likely = || likely_encoding(&without_tags(bytes)).and_then(by_label);
    if let Some(encoding) = likely_encoding(bytes).and_then(by_label) {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return encoding;
        }
    }
    if let Some(encoding) = own_declaration(bytes) {
        return encoding;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    likely().unwrap_or(WINDOWS_1252)
}

/// The encoding that the page declares in its first bytes: in the XML declaration, or in `meta`.
fn own_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(MAX_DECLARATION_BYTES)];
    // Declarations are in ASCII.
    let head: String =
        head.iter().map(|byte| if byte.is_ascii() { *byte as char } else { '?' }).collect();
    let label = xml_declaration(&head).or_else(|| meta_declaration(&head))?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // The declaration was read as ASCII, so it cannot be in UTF-16.
    Some(match encoding {
        _ if encoding == UTF_16LE || encoding == UTF_16BE => UTF_8,
        _ if encoding == X_USER_DEFINED => WINDOWS_1252,
        _ => encoding,
    })
}

fn xml_declaration(head: &str) -> Option<String> {
    let declaration = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let mark = value.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    Some(value[1..].split_once(mark)?.0.to_string())
}

fn meta_declaration(head: &str) -> Option<String> {
    let tokenizer = Tokenizer::new(MetaSink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(head));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.sink.label.take()
}

/// Finds the first declaration of an encoding in `meta`.
#[derive(Default)]
struct MetaSink {
    label: RefCell<Option<String>>,
}

impl TokenSink for MetaSink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        let mut label = self.label.borrow_mut();
        if label.is_none() && &*tag.name == "meta" {
            *label = charset(&tag);
        }
        raw_kind(&tag.name).map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

fn charset(meta: &Tag) -> Option<String> {
    let get = |name: &str| meta.attrs.iter().find(|one| &*one.name.local == name);
    if let Some(charset) = get("charset") {
        return Some(charset.value.trim().to_string());
    }
    let kind = get("http-equiv")?.value.trim();
    if !kind.eq_ignore_ascii_case("content-type") {
        return None;
    }
    charset_of_media_type(&get("content")?.value)
}

/// The encoding in a media type such as `text/html; charset=utf-8`.
pub fn charset_of_media_type(media_type: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        let is_charset = name.trim().eq_ignore_ascii_case("charset") && !value.is_empty();
        is_charset.then(|| value.to_string())
    })
}

/// The first bytes of a page without its tags, by which its letters are counted.
fn without_tags(bytes: &[u8]) -> Vec<u8> {
    let mut is_in_tag = false;
    let counted = &bytes[..bytes.len().min(1 << 18)];
    let outside = counted.iter().filter(|byte| {
        match **byte {
            b'<' => is_in_tag = true,
            b'>' => {
                is_in_tag = false;
                return false;
            }
            _ => {}
        }
        !is_in_tag
    });
    outside.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(label: &str, page: &str) -> Vec<u8> {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        if encoding == UTF_16LE {
            return page.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        encoding.encode(page).0.into_owned()
    }

    #[test]
    fn the_mark_precedes_the_server_and_the_server_the_page() {
        let page = "<meta charset=windows-1251><p>Привіт</p>";
        let utf8 = page.as_bytes();
        let legacy = encoded("windows-1251", page);
        assert_eq!(decode(&legacy, None).text, page);
        assert_eq!(decode(utf8, Some("utf-8")).text, page);
        let marked = [b"\xef\xbb\xbf", utf8].concat();
        let decoded = decode(&marked, Some("koi8-u"));
        assert_eq!((&*decoded.text, decoded.encoding, decoded.offset), (page, "UTF-8", 3));
        // An unknown name counts as none.
        assert_eq!(decode(&legacy, Some("x-unknown")).encoding, "windows-1251");
    }

    #[test]
    fn declarations_are_found_where_they_count() {
        for (page, encoding) in [
            ("<?xml version='1.0' encoding='windows-1251'?><html>", "windows-1251"),
            ("<META HTTP-EQUIV=\"Content-Type\" content=\"text/html; charset=KOI8-U\">", "KOI8-U"),
            ("<!-- <meta charset=koi8-u> --><meta charset='windows-1251'>", "windows-1251"),
            ("<script>'<meta charset=koi8-u>'</script><meta charset=utf-16>", "UTF-8"),
            ("<title><meta charset=koi8-u></title>", "UTF-8"),
            ("<meta name=x content='charset=koi8-u'>", "UTF-8"),
        ] {
            assert_eq!(decode(page.as_bytes(), None).encoding, encoding, "{page}");
        }
    }

    #[test]
    fn pages_without_a_declaration_are_guessed() {
        let page =
            "<html><body class='a b c d e f g h i j'><p>Паром знову ходить між берегами.</p>";
        for label in ["windows-1251", "utf-8", "utf-16le"] {
            assert_eq!(decode(&encoded(label, page), None).text, page, "{label}");
        }
        let german = "<p>Die Brücke öffnet für Straßenbahnen.";
        assert_eq!(decode(&encoded("windows-1252", german), None).text, german);
    }
}
