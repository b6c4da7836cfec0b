//! Bytes to text: UTF-8 or a helpful refusal.

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
    match guess(bytes) {
        Some(Encoding::Utf16) => "not UTF-8; it looks like UTF-16: convert it to UTF-8",
        Some(Encoding::Windows1251) => "not UTF-8; it looks like windows-1251: convert it to UTF-8",
        Some(Encoding::Windows1252) => "not UTF-8; it looks like windows-1252: convert it to UTF-8",
        None => "not UTF-8: convert it to UTF-8",
    }
}

/// Reads bytes as UTF-8; `source_name` names them in the error.
///
/// A byte-order mark stays in the text: offsets are into what was given.
///
/// # Errors
///
/// [`ErrorKind::NotUtf8`](crate::ErrorKind::NotUtf8) with the offset of the first bad byte and a guess at the
/// real encoding. UTF-16 without a mark is often valid UTF-8 by its form, with
/// control characters in every second place; it is refused as well, at the
/// first of them.
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

/// A mark at the start; or, in a third of the first bytes, all of them in even
/// places or all in odd ones, the high bytes of Latin (0) or Cyrillic (4), which
/// no text has in UTF-8.
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

fn guess(bytes: &[u8]) -> Option<Encoding> {
    if looks_like_utf16(bytes) {
        return Some(Encoding::Utf16);
    }
    let count = |wanted: &dyn Fn(u8) -> bool| bytes.iter().filter(|&&byte| wanted(byte)).count();
    let ascii = count(&|byte| byte.is_ascii_alphabetic());
    let high = count(&|byte| byte >= 0x80);
    // Cyrillic letters, and the Ukrainian ones outside the main block.
    let cyrillic =
        count(&|byte| matches!(byte, 0xC0..=0xFF | 0xA5 | 0xAA | 0xAF | 0xB2..=0xB4 | 0xBA | 0xBF));
    // ä ö ü Ä Ö Ü ß é, curly quotes, dashes.
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
        (error.byte().unwrap(), guess(bytes))
    }

    #[test]
    fn encodings_are_recognised() {
        let utf16: Vec<u8> = "Привіт".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(guessed(&[b"\xff\xfe".as_slice(), &utf16].concat()).1, Some(Encoding::Utf16));
        let ascii: Vec<u8> = "Hello".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(guessed(&ascii), (0, Some(Encoding::Utf16)));
        let german = b"Die Br\xfccke \xf6ffnet f\xfcr Stra\xdfenbahnen";
        assert_eq!(guessed(german), (6, Some(Encoding::Windows1252)));
        assert_eq!(guessed(b"ok so far \x80\x01\x02"), (10, None));
    }

    #[test]
    fn a_mark_and_stray_zeros_stay() {
        assert_eq!(decode("x", "\u{feff}a".as_bytes()).unwrap(), "\u{feff}a");
        assert_eq!(decode("x", b"a long enough text\0").unwrap(), "a long enough text\0");
        assert_eq!(decode("x", b"").unwrap(), "");
    }
}
