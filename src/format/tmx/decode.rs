//! Decodes a document of any encoding to UTF-8.
//!
//! The encoding is found from the byte-order mark, else from the first bytes (UTF-16 without a mark),
//! else from the XML declaration. A declaration is ignored if the bytes contradict it: many tools
//! convert a file without changing its declaration.

use std::io::{self, BufRead};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Replaces bytes that are not a character of the encoding. UTF-8 never has this byte.
const DAMAGED: u8 = 0xff;
/// The start of an XML declaration.
const DECLARATION: &str = "<?xml";
/// Bytes within which an XML declaration must end. The longest usual one has about 60.
const DECLARATION_BYTES: usize = 1024;
/// The size of the sample, from the first byte that is not ASCII, that decides whether a text is UTF-8:
/// 64 KiB.
const SAMPLE_BYTES: usize = 64 << 10;
/// A sample is UTF-8 if it has more than this many valid multi-byte sequences per invalid one. Text in
/// another encoding has hardly any valid ones.
const VALID_PER_INVALID: usize = 9;

enum Coding {
    Utf8,
    /// All bytes so far were ASCII. The encoding is the declared one, if it is known.
    Undecided(Option<&'static Encoding>),
    Other(Box<Decoder>),
}

/// Decodes the bytes of a document step by step.
pub(super) struct Decoded<R> {
    input: R,
    /// Bytes that were read ahead; they precede the remaining input.
    head: Vec<u8>,
    coding: Coding,
    declared: Option<String>,
    /// The encoding in which the document is read, if it is not the declared one.
    pub contradicted: Option<&'static str>,
    /// Bytes of the byte-order mark, which is dropped.
    pub mark_len: usize,
    ended: bool,
}

/// Why a document cannot be read further.
pub(super) enum Unreadable {
    Io(io::Error),
    /// Its encoding is unknown.
    Encoding(String),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Unreadable {
        Unreadable::Io(error)
    }
}

impl<R: BufRead> Decoded<R> {
    pub fn new(input: R) -> Decoded<R> {
        Decoded {
            input,
            head: Vec::new(),
            coding: Coding::Utf8,
            declared: None,
            contradicted: None,
            mark_len: 0,
            ended: false,
        }
    }

    /// The encoding that the document declares.
    pub fn declared(&self) -> Option<&str> {
        self.declared.as_deref()
    }

    /// Reads the beginning and determines the encoding as far as possible.
    pub fn begin(&mut self) -> Result<(), Unreadable> {
        while self.head.len() < 4 && self.read_ahead()? {}
        let marked = |mark: &[u8]| self.head.starts_with(mark);
        let utf32: [&[u8]; 4] = [b"\0\0\xfe\xff", b"\xff\xfe\0\0", b"\0\0\0<", b"<\0\0\0"];
        if utf32.into_iter().any(marked) {
            return Err(Unreadable::Encoding("UTF-32".to_string()));
        }
        let (detected, mark_len) = detect(&self.head);
        self.mark_len = mark_len;
        self.head.drain(..mark_len);
        self.declared =
            self.read_declaration(if detected.is_some_and(is_utf16) { 2 } else { 1 })?;
        let Some(declared) = &self.declared else {
            self.decode_from(detected);
            return Ok(());
        };
        let known = Encoding::for_label_no_replacement(declared.as_bytes());
        if detected.is_some() {
            let agrees = detected == known
                || (detected.is_some_and(is_utf16) && known.is_some_and(is_utf16));
            self.contradicted = detected.filter(|_| !agrees).map(Encoding::name);
            self.decode_from(detected);
            return Ok(());
        }
        match known {
            Some(one) if one == UTF_8 => {}
            // The declaration could be read, so the document is not in UTF-16.
            Some(one) if is_utf16(one) => self.contradicted = Some(UTF_8.name()),
            Some(one) if !one.is_ascii_compatible() => self.decode_from(known),
            known => self.coding = Coding::Undecided(known),
        }
        Ok(())
    }

    fn decode_from(&mut self, encoding: Option<&'static Encoding>) {
        self.coding = match encoding {
            Some(one) if one != UTF_8 => {
                Coding::Other(Box::new(one.new_decoder_without_bom_handling()))
            }
            _ => Coding::Utf8,
        };
    }

    /// The encoding that the XML declaration names, whose characters have `width` bytes.
    fn read_declaration(&mut self, width: usize) -> io::Result<Option<String>> {
        loop {
            let head = &self.head[..self.head.len().min(DECLARATION_BYTES * width)];
            // The declaration is ASCII, so UTF-16 has a zero next to each character.
            let text: Vec<u8> = head.iter().copied().filter(|&byte| byte != 0).collect();
            let text = String::from_utf8_lossy(&text);
            let text = text.trim_start();
            let is_declaration =
                text.starts_with(&DECLARATION[..text.len().min(DECLARATION.len())]);
            let full = head.len() == DECLARATION_BYTES * width;
            if !is_declaration || full || text.contains("?>") || !self.read_ahead()? {
                return Ok(declared_encoding(text));
            }
        }
    }

    /// Reads more of the input into the head; `false` at its end.
    fn read_ahead(&mut self) -> io::Result<bool> {
        let chunk = fill_buf(&mut self.input)?;
        let read = chunk.len();
        self.head.extend_from_slice(chunk);
        self.input.consume(read);
        Ok(read > 0)
    }

    /// Adds some of the text; `false` at the end.
    pub fn fill(&mut self, out: &mut Vec<u8>) -> Result<bool, Unreadable> {
        if self.ended {
            return Ok(false);
        }
        if self.head.is_empty() && matches!(self.coding, Coding::Utf8) {
            let chunk = fill_buf(&mut self.input)?;
            let read = chunk.len();
            out.extend_from_slice(chunk);
            self.input.consume(read);
            self.ended = read == 0;
            return Ok(read > 0);
        }
        if self.head.is_empty() {
            self.read_ahead()?;
        }
        if let Coding::Undecided(encoding) = self.coding {
            if let Some(at) = self.head.iter().position(|byte| !byte.is_ascii()) {
                while self.head.len() - at < SAMPLE_BYTES && self.read_ahead()? {}
                self.decide(encoding, at)?;
            }
        }
        let chunk = std::mem::take(&mut self.head);
        self.ended = chunk.is_empty();
        match &mut self.coding {
            Coding::Utf8 | Coding::Undecided(_) => out.extend_from_slice(&chunk),
            Coding::Other(decoder) => decode(decoder, &chunk, self.ended, out),
        }
        Ok(!self.ended)
    }

    /// Decides between UTF-8 and the declared encoding by the text from the first byte on that is
    /// not ASCII.
    fn decide(&mut self, encoding: Option<&'static Encoding>, at: usize) -> Result<(), Unreadable> {
        if is_utf8(&self.head[at..]) {
            self.contradicted = Some(UTF_8.name());
            self.coding = Coding::Utf8;
            return Ok(());
        }
        match encoding {
            Some(_) => {
                self.decode_from(encoding);
                Ok(())
            }
            None => Err(Unreadable::Encoding(self.declared.clone().unwrap_or_default())),
        }
    }

    /// The name of the encoding that text is decoded from, other than UTF-8.
    pub fn encoding(&self) -> Option<&'static str> {
        match &self.coding {
            Coding::Other(decoder) => Some(decoder.encoding().name()),
            Coding::Utf8 | Coding::Undecided(_) => None,
        }
    }

    /// The length in the file of a decoded text, in bytes. Damaged bytes of an encoding that has
    /// several for a character, and escape sequences, are not counted exactly.
    pub fn source_len(&self, decoded: &[u8]) -> u64 {
        let Coding::Other(decoder) = &self.coding else { return decoded.len() as u64 };
        let encoding = decoder.encoding();
        let utf16 = is_utf16(encoding);
        let valid = |text: &str| -> usize {
            if utf16 {
                text.chars().map(|c| 2 * c.len_utf16()).sum()
            } else if encoding.is_single_byte() {
                text.chars().count()
            } else {
                encoding.encode(text).0.len()
            }
        };
        let width = if utf16 { 2 } else { 1 };
        let chunks = decoded.utf8_chunks();
        chunks.map(|chunk| valid(chunk.valid()) + width * chunk.invalid().len()).sum::<usize>()
            as u64
    }
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The encoding according to the first bytes, and the length of the byte-order mark.
fn detect(head: &[u8]) -> (Option<&'static Encoding>, usize) {
    match *head {
        [0xef, 0xbb, 0xbf, ..] => (Some(UTF_8), 3),
        [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
        [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
        // XML begins with `<` or white space, and another ASCII character.
        [a, 0, b, 0, ..] if a != 0 && b != 0 => (Some(UTF_16LE), 0),
        [0, a, 0, b, ..] if a != 0 && b != 0 => (Some(UTF_16BE), 0),
        _ => (None, 0),
    }
}

fn fill_buf<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    // The borrow checker needs a second call after the loop, which reads nothing.
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    input.fill_buf()
}

fn decode(decoder: &mut Decoder, mut chunk: &[u8], last: bool, out: &mut Vec<u8>) {
    loop {
        let start = out.len();
        let room = decoder.max_utf8_buffer_length_without_replacement(chunk.len());
        out.resize(start + room.unwrap_or(3 * chunk.len() + 16), 0);
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(chunk, &mut out[start..], last);
        out.truncate(start + written);
        chunk = &chunk[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(DAMAGED),
        }
    }
}

fn is_utf8(sample: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in sample.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    valid > VALID_PER_INVALID * invalid
}

/// The encoding that an XML declaration names.
fn declared_encoding(head: &str) -> Option<String> {
    let declaration = head.trim_start().strip_prefix(DECLARATION)?;
    let declaration = &declaration[..declaration.find("?>")?];
    let value = &declaration[declaration.find("encoding")? + "encoding".len()..];
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = &value[1..];
    Some(value[..value.find(quote)?].trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoded document, read with a small buffer, and the encoding if it is not the declared one.
    fn read(bytes: &[u8]) -> (Vec<u8>, Option<&'static str>) {
        let mut decoded = Decoded::new(io::BufReader::with_capacity(7, bytes));
        assert!(decoded.begin().is_ok());
        let mut out = Vec::new();
        while decoded.fill(&mut out).ok().unwrap() {}
        let source_len = decoded.source_len(&out) as usize;
        assert_eq!(source_len + decoded.mark_len, bytes.len());
        (out, decoded.contradicted)
    }

    fn document(encoding: &str) -> String {
        format!("<?xml version='1.0' encoding='{encoding}'?><tmx>Brücke</tmx>")
    }

    #[test]
    fn declared_encodings_are_decoded() {
        for (name, text) in [
            ("windows-1252", "Brücke „x“ 5 €"),
            ("ISO-8859-1", "Straße"),
            ("iso-8859-2", "Łódź"),
            ("Windows-1251", "Міст закрито, їжа, ґрунт"),
            ("KOI8-U", "Міст закрито"),
            ("shift_jis", "橋は閉鎖"),
            ("GB18030", "桥梁关闭"),
        ] {
            let document = document(name).replace("Brücke", text);
            let encoding = Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, _, unmappable) = encoding.encode(&document);
            assert!(!unmappable);
            assert_eq!(read(&bytes), (document.clone().into_bytes(), None), "{name}");
            // A document in UTF-8 that declares another encoding.
            let expected = (document.clone().into_bytes(), Some("UTF-8"));
            assert_eq!(read(document.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn utf_16_is_decoded_with_and_without_a_mark() {
        for (declared, contradicted) in
            [("UTF-16", false), ("utf-16le", false), ("UTF-8", true), ("latin1", true)]
        {
            let document = document(declared).replace("Brücke", "Brücke 🌉");
            let units: Vec<u16> = document.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            let marked = [[&b"\xff\xfe"[..], &little].concat(), [&b"\xfe\xff"[..], &big].concat()];
            for bytes in [little, big].into_iter().chain(marked) {
                let (found, note) = read(&bytes);
                assert_eq!(String::from_utf8_lossy(&found), document);
                assert_eq!(note.is_some(), contradicted, "{declared}: {note:?}");
            }
        }
    }

    #[test]
    fn ascii_and_utf_8_are_passed_through() {
        for name in ["UTF-8", "utf8", "us-ascii", "windows-1251", "no-such-encoding"] {
            let plain = document(name).replace("Brücke", "bridge");
            assert_eq!(read(plain.as_bytes()), (plain.into_bytes(), None));
        }
        let text = document("UTF-8");
        assert_eq!(read(text.as_bytes()), (text.clone().into_bytes(), None));
        let marked = [b"\xef\xbb\xbf", document("windows-1252").as_bytes()].concat();
        assert_eq!(read(&marked), (document("windows-1252").into_bytes(), Some("UTF-8")));
        let text = document("utf-16");
        assert_eq!(read(text.as_bytes()), (text.into_bytes(), Some("UTF-8")));
        assert_eq!(read(b"").0, b"");
    }

    #[test]
    fn damaged_bytes_are_marked_in_their_place() {
        let bytes = [
            &document("UTF-16").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()[..],
            &[0, 0xd8],
            b"<\0",
        ]
        .concat();
        let (found, _) = read(&bytes);
        assert!(found.ends_with(b"</tmx>\xff<"), "{found:?}");
        let unknown = [document("no-such").as_bytes(), b"\xfc \xfc"].concat().repeat(1);
        let unknown: Vec<u8> =
            unknown.into_iter().map(|byte| if byte == 0xc3 { b'u' } else { byte }).collect();
        let mut decoded = Decoded::new(&unknown[..]);
        assert!(decoded.begin().is_ok());
        assert!(
            matches!(decoded.fill(&mut Vec::new()), Err(Unreadable::Encoding(name)) if name == "no-such")
        );
        let mut decoded = Decoded::new(&b"<\0\0\0"[..]);
        assert!(matches!(decoded.begin(), Err(Unreadable::Encoding(name)) if name == "UTF-32"));
    }
}
