//! Compressed files: gzip (RFC 1952) and Zstandard (RFC 8878).
//!
//! The compression of an input is recognised by its first bytes. The compression of an output is determined
//! by the ending of its name. Both are streamed, so memory does not depend on their size.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

/// Size of the buffer after a decompressor, in bytes.
const BUFFER_BYTES: usize = 1 << 16;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    /// The compression according to the ending of a file's name.
    pub fn of(path: &Path) -> Option<Compression> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" => Some(Compression::Gzip),
            "zst" => Some(Compression::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }
}

/// The name without the ending of a compression: `a.jsonl` for `a.jsonl.gz`.
pub fn inner(path: &Path) -> PathBuf {
    match Compression::of(path) {
        Some(_) => path.with_extension(""),
        None => path.to_path_buf(),
    }
}

/// The bytes that a kind of file begins with.
const KNOWN_STARTS: [(&[u8], FileContent); 6] = [
    (b"\x1f\x8b", FileContent::Packed(Compression::Gzip)),
    (b"\x28\xb5\x2f\xfd", FileContent::Packed(Compression::Zstd)),
    // A skippable frame, which parallel compressors write first. Sixteen numbers are reserved for
    // such frames; compressors use this one.
    (b"\x50\x2a\x4d\x18", FileContent::Packed(Compression::Zstd)),
    (b"BZh91AY&SY", FileContent::Foreign("bzip2")),
    (b"\xfd7zXZ\x00", FileContent::Foreign("xz")),
    (b"PK\x03\x04", FileContent::Foreign("zip")),
];

#[derive(Clone, Copy)]
enum FileContent {
    Packed(Compression),
    Foreign(&'static str),
}

/// Decompresses an input if it is compressed, and passes it through otherwise.
///
/// # Errors
///
/// Errors of reading, and an unsupported compression. Damaged or truncated data are an error of a
/// later read, after the intact bytes.
pub fn reader<'r>(input: impl BufRead + 'r) -> io::Result<Box<dyn BufRead + 'r>> {
    let (content, input) = look(input)?;
    Ok(match content {
        None => Box::new(input),
        Some(FileContent::Foreign(kind)) => {
            let why = format!("it is compressed with {kind}; only gzip and zstd can be read");
            return Err(io::Error::new(io::ErrorKind::Unsupported, why));
        }
        Some(FileContent::Packed(kind)) => {
            let unpacked: Box<dyn Read + 'r> = match kind {
                Compression::Gzip => Box::new(MultiGzDecoder::new(input)),
                Compression::Zstd => Box::new(zstd::Decoder::with_buffer(input)?),
            };
            Box::new(BufReader::with_capacity(BUFFER_BYTES, DataErrors { unpacked, kind }))
        }
    })
}

/// Opens a compressed file for reading; `None` if it is not compressed.
///
/// # Errors
///
/// Errors of opening or reading the file.
pub fn unpacked(path: &Path) -> io::Result<Option<Box<dyn BufRead>>> {
    let (content, input) = look(BufReader::new(std::fs::File::open(path)?))?;
    match content {
        Some(FileContent::Packed(_)) => reader(input).map(Some),
        _ => Ok(None),
    }
}

type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// Recognises the compression by the first bytes, and returns the input with these bytes put back. It
/// reads as few bytes as possible: a person who types lines expects an answer to the first one.
fn look<R: BufRead>(mut input: R) -> io::Result<(Option<FileContent>, Whole<R>)> {
    let mut head = Vec::new();
    let content = loop {
        if let Some((_, content)) = KNOWN_STARTS.iter().find(|(magic, _)| head == *magic) {
            break Some(*content);
        }
        if !KNOWN_STARTS.iter().any(|(magic, _)| magic.starts_with(&head)) {
            break None;
        }
        let next = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            next => next?.first().copied(),
        };
        let Some(next) = next else { break None };
        head.push(next);
        input.consume(1);
    };
    Ok((content, Cursor::new(head).chain(input)))
}

/// Makes errors say that the compressed data are at fault.
struct DataErrors<'r> {
    unpacked: Box<dyn Read + 'r>,
    kind: Compression,
}

impl Read for DataErrors<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.unpacked.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            io::ErrorKind::UnexpectedEof => {
                let why = format!("its {} data are cut short: get the file anew", self.kind.name());
                io::Error::new(io::ErrorKind::UnexpectedEof, why)
            }
            kind => {
                let name = self.kind.name();
                let why = format!("its {name} data are damaged ({error}): get the file anew");
                io::Error::new(kind, why)
            }
        })
    }
}

/// A writer that compresses.
pub enum Encoder<W: Write> {
    /// RFC 1952.
    Gzip(GzEncoder<W>),
    /// RFC 8878.
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Encoder<W> {
    /// An encoder that writes to `out`.
    ///
    /// # Errors
    ///
    /// The compressor cannot be set up.
    pub fn new(kind: Compression, out: W) -> io::Result<Encoder<W>> {
        Ok(match kind {
            // Without a name and a time, so that equal content gives equal bytes.
            Compression::Gzip => Encoder::Gzip(GzEncoder::new(out, flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                // So that a reader notices damage.
                encoder.include_checksum(true)?;
                Encoder::Zstd(encoder)
            }
        })
    }

    /// Writes the buffered data, and returns the output.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Encoder::Gzip(encoder) => encoder.write(bytes),
            Encoder::Zstd(encoder) => encoder.write(bytes),
        }
    }

    /// Does nothing: a flush would end a block, and nobody reads the file before it is complete.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(kind: Compression, bytes: &[u8]) -> Vec<u8> {
        let mut encoder = Encoder::new(kind, Vec::new()).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.flush().unwrap();
        encoder.finish().unwrap()
    }

    /// The bytes that can be read, and the error after them.
    fn read(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut all = Vec::new();
        // Byte by byte, as from a pipe.
        let ended = reader(BufReader::with_capacity(1, bytes))
            .and_then(|mut input| input.read_to_end(&mut all).map(drop));
        (all, ended.err().map(|error| error.to_string()))
    }

    #[test]
    fn uncompressed_inputs_are_passed_through() {
        for text in [&b""[..], b"(", b"{}\n", b"\x1f", b"(\xb5/", b"BZh91 is a name", b"PK\n", b"a"]
        {
            assert_eq!(read(text), (text.to_vec(), None));
        }
    }

    #[test]
    fn one_or_several_compressed_streams_are_read() {
        let text = "Ціна — 5 €.\n".repeat(5000).into_bytes();
        for kind in [Compression::Gzip, Compression::Zstd] {
            let packed = pack(kind, &text);
            assert!(packed.len() * 20 < text.len(), "{}", packed.len());
            assert_eq!(packed, pack(kind, &text));
            assert_eq!(read(&packed), (text.clone(), None));
            let twice = [packed.clone(), pack(kind, b""), packed].concat();
            assert_eq!(read(&twice), ([text.clone(), text.clone()].concat(), None));
        }
        let frame = [b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab", &pack(Compression::Zstd, b"x")[..]];
        assert_eq!(read(&frame.concat()), (b"x".to_vec(), None));
    }

    #[test]
    fn damage_is_an_error_after_the_intact_bytes() {
        let text: Vec<u8> =
            (0..40_000_u32).flat_map(|n| format!("{}\n", n * 7919).into_bytes()).collect();
        for kind in [Compression::Gzip, Compression::Zstd] {
            let packed = pack(kind, &text);
            for cut in [packed.len() / 2, packed.len() - 1] {
                let (got, error) = read(&packed[..cut]);
                assert!(text.starts_with(&got) && got.len() * 3 > text.len(), "{}", got.len());
                assert!(error.unwrap().contains("are cut short"));
            }
            let mut damaged = packed.clone();
            let last = damaged.len() - 6;
            damaged[last] ^= 0x55;
            assert!(read(&damaged).1.unwrap().contains(kind.name()));
        }
        let xz = read(b"\xfd7zXZ\x00\x00").1.unwrap();
        assert!(xz.contains("with xz") && xz.contains("zstd"));
    }

    #[test]
    fn a_name_tells_compression_and_inner_name() {
        for (name, kind, within) in [
            ("a.jsonl.gz", Some(Compression::Gzip), "a.jsonl"),
            ("b/a.tsv.ZST", Some(Compression::Zstd), "b/a.tsv"),
            ("a.jsonl", None, "a.jsonl"),
            ("gz", None, "gz"),
        ] {
            assert_eq!(
                (Compression::of(Path::new(name)), inner(Path::new(name))),
                (kind, within.into())
            );
        }
    }
}
