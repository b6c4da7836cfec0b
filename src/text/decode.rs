//! Decoding of bytes as UTF-8. The error for other bytes names the encoding that they seem to have.

use crate::{Error, ErrorKind, Result};

/// An encoding that bytes may be in if they are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf16,
    Windows1251,
    Windows1252,
}

/// The message for bytes that are not UTF-8: the encoding they seem to have, and what to do.
pub(crate) fn not_utf8(bytes: &[u8]) -> &'static str {
    match guess_encoding(bytes) {
        Some(Encoding::Utf16) => "not UTF-8; it looks like UTF-16: convert it to UTF-8",
        Some(Encoding::Windows1251) => "not UTF-8; it looks like windows-1251: convert it to UTF-8",
        Some(Encoding::Windows1252) => "not UTF-8; it looks like windows-1252: convert it to UTF-8",
        None => "not UTF-8: convert it to UTF-8",
    }
}

/// The label of the encoding that bytes which are not UTF-8 seem to have.
#[cfg(feature = "html")]
pub(crate) fn likely_encoding(bytes: &[u8]) -> Option<&'static str> {
    Some(match guess_encoding(bytes)? {
        Encoding::Utf16 => {
            let head = &bytes[..bytes.len().min(4096)];
            let zeros = |parity: usize| {
                head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0 || byte == 4).count()
            };
            if bytes.starts_with(b"\xfe\xff") || zeros(0) > zeros(1) {
                "utf-16be"
            } else {
                "utf-16le"
            }
        }
        Encoding::Windows1251 => "windows-1251",
        Encoding::Windows1252 => "windows-1252",
    })
}

/// Decodes bytes as UTF-8. Errors name them by `source_name`.
///
/// A byte-order mark stays in the text, so that offsets into the text are offsets into the bytes.
///
/// # Errors
///
/// [`ErrorKind::NotUtf8`] with the offset of the first invalid byte; the message names the encoding
/// that the bytes seem to have. UTF-16 is refused even if it happens to be valid UTF-8, as ASCII
/// text in UTF-16 is; the offset is then that of the first control character.
///
/// ```
/// use bitext::text;
///
/// assert_eq!(text::decode("a.txt", b"plain")?, "plain");
/// let error = text::decode("b.txt", b"\xcf\xf0\xe8\xe2\xb3\xf2").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "b.txt (byte 0): not UTF-8; it looks like windows-1251: convert it to UTF-8",
/// );
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn decode<'a>(source_name: &str, bytes: &'a [u8]) -> Result<&'a str> {
    let refuse = |offset: usize| {
        Error::new(ErrorKind::NotUtf8, not_utf8(bytes))
            .with_source_name(source_name)
            .with_byte(offset as u64)
    };
    match std::str::from_utf8(bytes) {
        Ok(_) if looks_like_utf16(bytes) => {
            let high = bytes.iter().position(|&byte| byte == 0 || byte == 4).unwrap_or(0);
            Err(refuse(high))
        }
        Ok(text) => Ok(text),
        Err(error) => Err(refuse(error.valid_up_to())),
    }
}

/// Whether the bytes look like UTF-16.
///
/// They do if they start with a byte-order mark of UTF-16. They also do if at least a third of the
/// bytes are 0 or 4, the high bytes of Latin and Cyrillic letters, and nearly all of these have even
/// offsets or nearly all have odd offsets. UTF-8 text has hardly any such bytes.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return true;
    }
    let head = &bytes[..bytes.len().min(4096)];
    let high = |parity: usize| {
        head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0 || byte == 4).count()
    };
    let (even, odd) = (high(0), high(1));
    head.len() >= 4 && even.min(odd) * 20 <= head.len() && even.max(odd) * 3 > head.len()
}

fn guess_encoding(bytes: &[u8]) -> Option<Encoding> {
    if looks_like_utf16(bytes) {
        return Some(Encoding::Utf16);
    }
    let count = |wanted: &dyn Fn(u8) -> bool| bytes.iter().filter(|&&byte| wanted(byte)).count();
    let ascii = count(&|byte| byte.is_ascii_alphabetic());
    let high = count(&|byte| byte >= 0x80);
    // Russian letters are in one block of windows-1251, other Ukrainian letters outside it.
    let cyrillic =
        count(&|byte| matches!(byte, 0xC0..=0xFF | 0xA5 | 0xAA | 0xAF | 0xB2..=0xB4 | 0xBA | 0xBF));
    // The letters ä ö ü Ä Ö Ü ß é, curly quotes and dashes.
    let western = count(&|byte| {
        matches!(byte, 0xE4 | 0xF6 | 0xFC | 0xC4 | 0xD6 | 0xDC | 0xDF | 0xE9 | 0x91..=0x97)
    });
    if cyrillic > ascii && cyrillic * 10 >= high * 8 {
        Some(Encoding::Windows1251)
    } else if western * 10 >= high * 8 && ascii > high {
        Some(Encoding::Windows1252)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(bytes: &[u8]) -> (u64, Option<Encoding>) {
        let error = decode("x", bytes).unwrap_err();
        (error.byte().unwrap(), guess_encoding(bytes))
    }

    #[test]
    fn encodings_are_guessed() {
        let utf16: Vec<u8> = "Привіт".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(guessed(&[b"\xff\xfe".as_slice(), &utf16].concat()).1, Some(Encoding::Utf16));
        let ascii: Vec<u8> = "Hello".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(guessed(&ascii), (0, Some(Encoding::Utf16)));
        let german = b"Die Br\xfccke \xf6ffnet f\xfcr Stra\xdfenbahnen";
        assert_eq!(guessed(german), (6, Some(Encoding::Windows1252)));
        assert_eq!(guessed(b"ok so far \x80\x01\x02"), (10, None));
    }

    #[test]
    fn a_byte_order_mark_and_single_zero_bytes_are_accepted() {
        assert_eq!(decode("x", "\u{feff}a".as_bytes()).unwrap(), "\u{feff}a");
        assert_eq!(decode("x", b"a long enough text\0").unwrap(), "a long enough text\0");
        assert_eq!(decode("x", b"").unwrap(), "");
    }
}
