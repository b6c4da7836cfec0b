//! The file format of static models, versions 1 and 2.
//!
//! All numbers are little-endian. In order:
//!
//! | bytes | content |
//! |---|---|
//! | 8 | `BITEXTSM` |
//! | 4 | version of the format |
//! | 4 | [`WordStyle`]: 0 spaced, 1 folded (since version 2) |
//! | 8 | XXH3-64 of all bytes after this field; since version 2, the 8 bytes before it are the seed |
//! | 4 | d, the dimension |
//! | 4 | n, the number of pieces |
//! | 4 | l, the number of languages |
//! | 4 | t, the length of the trie in bytes |
//! | 16 | name of the model, UTF-8, padded with zeros |
//! | l x 8 | language codes, padded with zeros |
//! | l x d x 4 | mean vectors of the languages, f32 |
//! | n x 4 | log probability of each piece, f32 |
//! | n x 4 | scale of each row, f32 |
//! | n x d | rows, i8: a piece's vector is its scale times its row |
//! | t | double-array trie (`yada`) from the UTF-8 of a piece to its index |
//!
//! The rows and the trie are used in place; only the small arrays are parsed.

use std::borrow::Cow;

use ndarray::Array2;
use xxhash_rust::xxh3::xxh3_64_with_seed;
use yada::DoubleArray;
use yada::unit::Unit;

use super::tokenizer::{WholeWords, unknown_score};
use super::word::WordStyle;
use crate::Language;
use crate::embed::ModelError;
use crate::embed::vector::MAX_MEAN;

const MODEL_MAGIC: &[u8; 8] = b"BITEXTSM";
const MODEL_VERSION: u32 = 2;
/// The first byte that the checksum covers.
const CHECKED_FROM: usize = 24;
const HEADER_BYTES: usize = 56;
const SPACED: u32 = 0;
const FOLDED: u32 = 1;
const NAME_BYTES: usize = 16;
const CODE_BYTES: usize = 8;
/// No sum of the pieces of a text overflows with smaller numbers.
const MAX_VALUE: f32 = 1e20;

/// The content of a model file.
pub(super) struct ModelFile {
    pub(super) name: String,
    pub(super) checksum: u64,
    pub(super) style: WordStyle,
    pub(super) dimension: usize,
    pub(super) languages: Vec<Language>,
    /// l x d.
    pub(super) means: Array2<f32>,
    pub(super) scores: Vec<f32>,
    /// The score of a character without a piece.
    pub(super) unknown: f64,
    pub(super) whole_words: WholeWords,
    pub(super) scales: Vec<f32>,
    /// n x d, one row after the other; each byte is an i8.
    pub(super) rows: Cow<'static, [u8]>,
    pub(super) trie: DoubleArray<Cow<'static, [u8]>>,
}

/// The header of a file whose length and checksum it matches.
struct Header {
    style: WordStyle,
    checksum: u64,
    dimension: usize,
    pieces: usize,
    languages: usize,
    /// In bytes.
    trie: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Header, ModelError> {
        if bytes.get(..8) != Some(MODEL_MAGIC) {
            return Err(ModelError::NotAModel);
        }
        let short = |expected: u64| ModelError::Length { expected, found: bytes.len() as u64 };
        let version = read_u32(bytes, 8).ok_or(short(HEADER_BYTES as u64))?;
        if version == 0 || version > MODEL_VERSION {
            return Err(ModelError::Version { found: version, known: MODEL_VERSION });
        }
        if bytes.len() < HEADER_BYTES {
            return Err(short(HEADER_BYTES as u64));
        }
        let style = match (version, read_u32(bytes, 12)) {
            (_, Some(SPACED)) => WordStyle::Spaced,
            (2.., Some(FOLDED)) => WordStyle::Folded,
            _ => {
                let what = format!("its header does not fit version {version}");
                return Err(ModelError::Malformed(what));
            }
        };
        let sizes = [24, 28, 32, 36].map(|at| read_u32(bytes, at).unwrap_or(0));
        let [dimension, pieces, languages, trie] = sizes.map(u128::from);
        let expected = HEADER_BYTES as u128
            + languages * (CODE_BYTES as u128 + 4 * dimension)
            + pieces * (8 + dimension)
            + trie;
        if expected != bytes.len() as u128 {
            return Err(short(u64::try_from(expected).unwrap_or(u64::MAX)));
        }
        let checksum = read_u64(bytes, 16);
        let found = checksum_of(bytes);
        if checksum != found {
            return Err(ModelError::Checksum { expected: checksum, found });
        }
        let [dimension, pieces, languages, trie] = sizes.map(|size| size as usize);
        Ok(Header { style, checksum, dimension, pieces, languages, trie })
    }
}

impl ModelFile {
    pub(super) fn parse(bytes: Cow<'static, [u8]>) -> Result<ModelFile, ModelError> {
        let header = Header::read(&bytes)?;
        // From here on every offset is within the file.
        let Header { style, checksum, dimension, pieces, languages, trie: trie_len } = header;
        let codes = HEADER_BYTES;
        let means = codes + languages * CODE_BYTES;
        let scores = means + languages * dimension * 4;
        let scales = scores + pieces * 4;
        let rows = scales + pieces * 4;
        let trie = rows + pieces * dimension;

        let part = |start: usize, end: usize| match &bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[start..end]),
            Cow::Owned(bytes) => Cow::Owned(bytes[start..end].to_vec()),
        };
        let malformed = |what: &str| ModelError::Malformed(what.to_string());
        let name = padded(&bytes[40..40 + NAME_BYTES]).ok_or(malformed("its name is not UTF-8"))?;
        let mut known = Vec::with_capacity(languages);
        for code in bytes[codes..means].chunks_exact(CODE_BYTES) {
            let code = padded(code).ok_or(malformed("a language code is not UTF-8"))?;
            known.push(
                code.parse::<Language>()
                    .map_err(|error| ModelError::Malformed(error.to_string()))?,
            );
        }
        let mean_values = floats(&bytes[means..scores])?;
        if let Some(value) = mean_values.iter().find(|value| value.abs() > MAX_MEAN) {
            return Err(malformed(&format!(
                "a mean vector has the value {value}, outside -1 to 1"
            )));
        }
        let means = Array2::from_shape_vec((languages, dimension), mean_values)
            .map_err(|error| ModelError::Malformed(error.to_string()))?;
        let score_values = floats(&bytes[scores..scales])?;
        let scale_values = floats(&bytes[scales..rows])?;
        let trie = DoubleArray::new(part(trie, trie + trie_len))
            .map_err(|error| ModelError::Malformed(format!("vocabulary: {error}")))?;
        // `yada` checks the targets of all nodes, and assumes that the first is not a leaf.
        let root = read_u32(&trie.0, 0).map(Unit::from_u32);
        if root.is_none_or(|root| root.is_leaf()) {
            return Err(malformed("vocabulary: the first node is a leaf"));
        }
        Ok(ModelFile {
            name: name.to_string(),
            checksum,
            style,
            dimension,
            languages: known,
            means,
            unknown: unknown_score(&score_values),
            whole_words: WholeWords::new(pieces),
            scores: score_values,
            scales: scale_values,
            rows: part(rows, rows + pieces * dimension),
            trie,
        })
    }
}

/// The parts of a model that is to be written.
#[cfg(any(test, feature = "safetensors", feature = "train"))]
pub(crate) struct ModelParts<'a> {
    pub(crate) name: &'a str,
    pub(crate) style: WordStyle,
    pub(crate) languages: &'a [Language],
    /// l x d.
    pub(crate) means: &'a [f32],
    /// Pieces with their log probabilities; one row each, in this order.
    pub(crate) pieces: &'a [(String, f32)],
    pub(crate) scales: &'a [f32],
    /// n x d.
    pub(crate) rows: &'a [i8],
}

#[cfg(any(test, feature = "safetensors", feature = "train"))]
impl ModelParts<'_> {
    /// The file's bytes.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let malformed = |what: String| Err(ModelError::Malformed(what));
        let (n, l) = (self.pieces.len(), self.languages.len());
        if n == 0 || l == 0 || self.scales.len() != n {
            return malformed(format!("{n} pieces, {} scales, {l} languages", self.scales.len()));
        }
        let dimension = self.rows.len() / n;
        if dimension == 0 || self.rows.len() != n * dimension || self.means.len() != l * dimension {
            return malformed("the sizes of the matrices contradict each other".to_string());
        }
        if self.name.len() > NAME_BYTES {
            return malformed(format!("its name is longer than {NAME_BYTES} bytes"));
        }
        let mut keys: Vec<(&[u8], u32)> = Vec::with_capacity(n);
        for (at, (piece, _)) in self.pieces.iter().enumerate() {
            if piece.is_empty() || piece.contains('\0') {
                return malformed(format!("piece {at} is empty or has a zero byte"));
            }
            keys.push((piece.as_bytes(), at as u32));
        }
        keys.sort_unstable();
        if let Some(twice) = keys.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return malformed(format!("piece {} is a duplicate", twice[1].1));
        }
        let trie = yada::builder::DoubleArrayBuilder::build(&keys)
            .map_err(|error| ModelError::Malformed(format!("vocabulary: {error}")))?;

        let mut out = Vec::with_capacity(HEADER_BYTES + self.rows.len() + trie.len() + n * 8);
        out.extend_from_slice(MODEL_MAGIC);
        // The oldest version that has the style.
        let (version, style) = match self.style {
            WordStyle::Spaced => (1, SPACED),
            WordStyle::Folded => (2, FOLDED),
        };
        out.extend(u32::to_le_bytes(version));
        out.extend(style.to_le_bytes());
        out.extend([0; 8]);
        for size in [dimension, n, l, trie.len()] {
            out.extend((size as u32).to_le_bytes());
        }
        pad(&mut out, self.name, NAME_BYTES);
        for language in self.languages {
            if language.code().len() > CODE_BYTES {
                return malformed(format!("language code `{language}` is too long"));
            }
            pad(&mut out, language.code(), CODE_BYTES);
        }
        let scores = self.pieces.iter().map(|(_, score)| score);
        out.extend(
            self.means
                .iter()
                .chain(scores)
                .chain(self.scales)
                .flat_map(|value| value.to_le_bytes()),
        );
        out.extend(self.rows.iter().map(|&value| value as u8));
        out.extend(trie);
        let checksum = checksum_of(&out);
        out[16..CHECKED_FROM].copy_from_slice(&checksum.to_le_bytes());
        Ok(out)
    }
}

#[cfg(any(test, feature = "safetensors", feature = "train"))]
fn pad(out: &mut Vec<u8>, text: &str, width: usize) {
    out.extend(text.bytes().chain(std::iter::repeat(0)).take(width));
}

fn padded(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().map(|text| text.trim_end_matches('\0'))
}

/// The checksum that the header should have.
fn checksum_of(bytes: &[u8]) -> u64 {
    let seed = match read_u32(bytes, 8) {
        Some(0 | 1) => 0,
        _ => read_u64(bytes, 8),
    };
    xxh3_64_with_seed(&bytes[CHECKED_FROM..], seed)
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn read_u64(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Reads f32 numbers; refuses NaN, infinity and numbers above [`MAX_VALUE`].
fn floats(bytes: &[u8]) -> Result<Vec<f32>, ModelError> {
    let values: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    match values.iter().find(|value| !(value.is_finite() && value.abs() < MAX_VALUE)) {
        None => Ok(values),
        Some(value) => Err(ModelError::Malformed(format!("it has the number {value}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiny() -> Vec<u8> {
        written(WordStyle::Folded)
    }

    /// Two pieces, two dimensions, two languages.
    fn written(style: WordStyle) -> Vec<u8> {
        let pieces = [("▁la".to_string(), -1.0), ("▁".to_string(), -3.0)];
        let parts = ModelParts {
            name: "tiny",
            style,
            languages: &[Language::ENGLISH, Language::GERMAN],
            means: &[0.0, 0.5, 0.25, 0.0],
            pieces: &pieces,
            scales: &[0.5, 2.0],
            rows: &[3, -4, 1, 127],
        };
        parts.to_bytes().unwrap()
    }

    fn parse(bytes: Vec<u8>) -> Result<ModelFile, ModelError> {
        ModelFile::parse(Cow::Owned(bytes))
    }

    #[test]
    fn a_written_model_is_read_back() {
        let model = parse(tiny()).unwrap();
        assert_eq!((model.name.as_str(), model.dimension), ("tiny", 2));
        assert_eq!(model.languages, [Language::ENGLISH, Language::GERMAN]);
        assert_eq!(model.style, WordStyle::Folded);
        assert_eq!(parse(written(WordStyle::Spaced)).unwrap().style, WordStyle::Spaced);
        assert_eq!(model.means, ndarray::array![[0.0, 0.5], [0.25, 0.0]]);
        assert_eq!((model.scores, model.scales), (vec![-1.0, -3.0], vec![0.5, 2.0]));
        assert_eq!(&model.rows[..], [3, 252, 1, 127]);
        assert_eq!(model.trie.common_prefix_search("▁land").collect::<Vec<_>>(), [(1, 3), (0, 5)]);
    }

    #[test]
    fn a_truncated_or_altered_file_is_refused() {
        for style in [WordStyle::Spaced, WordStyle::Folded] {
            check_damage_is_refused(written(style));
        }
    }

    fn check_damage_is_refused(good: Vec<u8>) {
        for end in 0..good.len() {
            assert!(parse(good[..end].to_vec()).is_err(), "cut at {end}");
        }
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                assert!(parse(bad).is_err(), "altered at {at}, bit {bit}");
            }
        }
        let longer = [good.as_slice(), b"x"].concat();
        assert!(matches!(parse(longer), Err(ModelError::Length { .. })));
    }

    #[test]
    fn newer_versions_and_other_files_are_distinguished() {
        let mut newer = tiny();
        newer[8] = 3;
        assert!(matches!(parse(newer), Err(ModelError::Version { found: 3, known: 2 })));
        assert!(matches!(parse(b"PK\x03\x04 something else".to_vec()), Err(ModelError::NotAModel)));
    }

    #[test]
    fn duplicate_pieces_and_wrong_sizes_are_refused() {
        let pieces = [("a".to_string(), -1.0), ("a".to_string(), -2.0)];
        let languages = [Language::ENGLISH];
        let parts = ModelParts {
            name: "twice",
            style: WordStyle::Spaced,
            languages: &languages,
            means: &[0.0],
            pieces: &pieces,
            scales: &[1.0, 1.0],
            rows: &[1, 1],
        };
        assert!(parts.to_bytes().is_err());
        assert!(ModelParts { rows: &[1], ..parts }.to_bytes().is_err());
    }
}
