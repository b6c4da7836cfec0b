//! Reads files of weights: `model.safetensors`, or, with a library that can, `rust_model.ot` in
//! rust-bert's format.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, Metadata};
use xxhash_rust::xxh3::Xxh3;

use super::folder::wrong;
use crate::embed::ModelError;

pub(in crate::embed) const COPY_AGAIN: &str = "copy the file again";

/// The variables of an open file.
pub(in crate::embed) trait Variables {
    /// The names of all variables.
    fn names(&self) -> Vec<String>;

    /// The shape of a variable, if there is one of this name.
    fn shape(&self, name: &str) -> Option<Vec<usize>>;

    /// A range of rows of an existing variable, one after the other. A row has `width` numbers.
    fn rows(
        &mut self,
        name: &str,
        rows: Range<usize>,
        width: usize,
    ) -> Result<Vec<f32>, ModelError>;
}

/// Opens an archive that libtorch wrote.
pub(in crate::embed) type OpenArchive = fn(&Path) -> Result<Box<dyn Variables>, ModelError>;

/// An open file of weights.
pub(in crate::embed) struct WeightsFile {
    path: PathBuf,
    source: Box<dyn Variables>,
    /// The prefix of all names.
    prefix: String,
}

struct SafeTensorsFile {
    path: PathBuf,
    file: File,
    /// Where the numbers start.
    start: u64,
    metadata: Metadata,
}

impl WeightsFile {
    /// Opens the weights of a folder. The prefix of the names is the text before the first of `anchors`
    /// that a name ends with. `rust_model.ot` is read if the library can open it.
    pub(in crate::embed) fn open(
        folder: &Path,
        anchors: &[&str],
        archive: Option<OpenArchive>,
    ) -> Result<WeightsFile, ModelError> {
        const CONVERT: &str = "to safetensors, as guide/transformers.md says";

        let safe = folder.join("model.safetensors");
        let ot = folder.join("rust_model.ot");
        let (path, source) = match (safe.exists(), ot.exists(), archive) {
            (true, ..) => (safe.clone(), open_safetensors(&safe)?),
            (false, true, Some(open)) => (ot.clone(), open(&ot)?),
            (false, is_archive, _) => {
                let fix = if folder.join("pytorch_model.bin").exists() {
                    format!("convert pytorch_model.bin {CONVERT}")
                } else if is_archive {
                    format!(
                        "convert rust_model.ot {CONVERT}, or build with the feature `rust-bert` and \
                         without `candle`"
                    )
                } else if archive.is_some() {
                    "fetch it, or rust_model.ot, with the other files of the model".to_string()
                } else {
                    "fetch it with the other files of the model".to_string()
                };
                return Err(wrong(&safe, "the file is missing", fix));
            }
        };
        let mut weights = WeightsFile { path, source, prefix: String::new() };
        // Many names end with `weight`; the right prefix is the shortest.
        let prefixes = anchors.iter().flat_map(|anchor| {
            let names = weights.source.names();
            names.into_iter().filter_map(|name| {
                let prefix = name.strip_suffix(*anchor)?;
                (prefix.is_empty() || prefix.ends_with('.')).then(|| prefix.to_string())
            })
        });
        let prefix = prefixes.min_by_key(|prefix| (prefix.len(), prefix.clone()));
        weights.prefix = prefix.ok_or_else(|| {
            let reason = format!("it has no variable `{}`", anchors[0]);
            wrong(&weights.path, reason, "take the weights that belong to config.json")
        })?;
        Ok(weights)
    }

    /// Reads a variable of a shape as 32-bit floats and adds it to a hash. It is handed to `take` in
    /// parts of whole rows, with the number of the first, because the word vectors are most of a
    /// model and must not be in memory twice.
    pub(in crate::embed) fn read(
        &mut self,
        name: &str,
        shape: &[usize],
        hash: &mut Xxh3,
        mut take: impl FnMut(usize, Vec<f32>) -> Result<(), String>,
    ) -> Result<(), ModelError> {
        /// Numbers that are copied at a time.
        const NUMBERS_AT_ONCE: usize = 1 << 21;

        let full = self.find(name, shape)?;
        hash.update(name.as_bytes());
        let [rows, columns @ ..] = shape else { return Ok(()) };
        let width: usize = columns.iter().product();
        let most = (NUMBERS_AT_ONCE / width.max(1)).max(1);
        for first in (0..*rows).step_by(most) {
            let rows = most.min(rows - first);
            let part = self.source.rows(&full, first..first + rows, width)?;
            let bytes: Vec<u8> = part.iter().flat_map(|value| value.to_le_bytes()).collect();
            hash.update(&bytes);
            if !part.iter().all(|value| value.is_finite()) {
                return Err(wrong(&self.path, format!("`{full}` has NaN or infinity"), COPY_AGAIN));
            }
            take(first, part)
                .map_err(|error| wrong(&self.path, format!("`{full}`: {error}"), COPY_AGAIN))?;
        }
        Ok(())
    }

    /// Checks that a variable exists and has a shape; returns its name in the file.
    pub(in crate::embed) fn find(&self, name: &str, shape: &[usize]) -> Result<String, ModelError> {
        let mut full = format!("{}{name}", self.prefix);
        let mut found = self.source.shape(&full);
        if found.is_none() {
            // The first BERT models have these names.
            full = full
                .replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta");
            found = self.source.shape(&full);
        }
        match found {
            Some(found) if found == shape => Ok(full),
            Some(found) => {
                let reason =
                    format!("`{full}` has the shape {found:?}, config.json says {shape:?}");
                Err(wrong(&self.path, reason, "take both files from one model"))
            }
            None => {
                let reason = format!("the variable `{}{name}` is missing", self.prefix);
                Err(wrong(&self.path, reason, "take the weights that belong to config.json"))
            }
        }
    }
}

impl Variables for SafeTensorsFile {
    fn names(&self) -> Vec<String> {
        self.metadata.tensors().into_keys().collect()
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.metadata.info(name).map(|info| info.shape.clone())
    }

    fn rows(
        &mut self,
        name: &str,
        rows: Range<usize>,
        width: usize,
    ) -> Result<Vec<f32>, ModelError> {
        let missing = || wrong(&self.path, format!("`{name}` is missing"), COPY_AGAIN);
        let info = self.metadata.info(name).ok_or_else(missing)?;
        let size = match info.dtype {
            Dtype::F16 | Dtype::BF16 => 2,
            Dtype::F32 => 4,
            Dtype::F64 => 8,
            other => {
                let reason = format!("`{name}` is of type {other:?}");
                let fix = "take the model's weights as F32, F16, BF16 or F64; others, such as \
                           quantised ones, are not supported";
                return Err(wrong(&self.path, reason, fix));
            }
        };
        let from = info.data_offsets.0 + rows.start * width * size;
        let mut bytes = vec![0; rows.len() * width * size];
        self.file
            .seek(SeekFrom::Start(self.start + from as u64))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(|error| wrong(&self.path, error, COPY_AGAIN))?;
        Ok(floats(&bytes, info.dtype))
    }
}

/// Little-endian floats of a type, rounded to 32 bits.
fn floats(bytes: &[u8], kind: Dtype) -> Vec<f32> {
    let two = bytes.chunks_exact(2).map(|at| u16::from_le_bytes([at[0], at[1]]));
    match kind {
        Dtype::F16 => two.map(half).collect(),
        // The upper half of a number of 32 bits.
        Dtype::BF16 => two.map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
        Dtype::F64 => {
            let eight = |at: &[u8]| [at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]];
            bytes.chunks_exact(8).map(|at| f64::from_le_bytes(eight(at)) as f32).collect()
        }
        _ => {
            let four = |at: &[u8]| [at[0], at[1], at[2], at[3]];
            bytes.chunks_exact(4).map(|at| f32::from_le_bytes(four(at))).collect()
        }
    }
}

/// The value of a number of 16 bits: a sign, five bits of exponent, ten of fraction.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (bits >> 10 & 31, u32::from(bits & 1023));
    let magnitude = match exponent {
        // Subnormal.
        0 => fraction as f32 * 2.0_f32.powi(-24),
        31 if fraction == 0 => f32::INFINITY,
        31 => f32::NAN,
        // The exponents are biased by 15 and by 127.
        _ => f32::from_bits(((u32::from(exponent) + 112) << 23) | (fraction << 13)),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

/// Reads only the header. The weights are read later, one by one, so that the model is not in memory
/// twice.
fn open_safetensors(path: &Path) -> Result<Box<dyn Variables>, ModelError> {
    /// The limit of the format.
    const MAX_HEADER_BYTES: u64 = 100_000_000;

    let refused = |error: std::io::Error| wrong(path, error, "make it readable");
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    if length == 0 {
        return Err(wrong(path, "the file has 0 bytes", COPY_AGAIN));
    }
    let mut eight = [0; 8];
    if length < 8 || file.read_exact(&mut eight).is_err() {
        return Err(wrong(path, format!("not safetensors: {length} bytes"), COPY_AGAIN));
    }
    let header = u64::from_le_bytes(eight);
    if header > MAX_HEADER_BYTES {
        let reason = if eight.starts_with(b"version") {
            "a pointer of Git LFS, not the file itself"
        } else {
            "not safetensors: its header would be longer than the format allows"
        };
        return Err(wrong(path, reason, "fetch the file itself"));
    }
    if header > length - 8 {
        let reason = format!("cut short: {length} bytes, the header alone has {header}");
        return Err(wrong(path, reason, COPY_AGAIN));
    }
    let mut bytes = vec![0; header as usize];
    file.read_exact(&mut bytes).map_err(refused)?;
    // The parser checks the sizes against the offsets.
    let metadata: Metadata = serde_json::from_slice(&bytes)
        .map_err(|error| wrong(path, format!("not safetensors: {error}"), COPY_AGAIN))?;
    let ends = metadata.tensors().into_values().map(|info| info.data_offsets.1).max();
    let start = 8 + header;
    let promised = start.saturating_add(ends.unwrap_or(0) as u64);
    if promised != length {
        let reason = format!("{length} bytes, its header promises {promised}");
        return Err(wrong(path, reason, COPY_AGAIN));
    }
    Ok(Box::new(SafeTensorsFile { path: path.to_path_buf(), file, start, metadata }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_16_bits_have_their_values() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x0400, 6.103_515_6e-5),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:x}");
        }
        assert!(half(0x7e00).is_nan());
        assert_eq!(floats(&[0x80, 0xbf], Dtype::BF16), [-1.0]);
        assert_eq!(floats(&1.5_f64.to_le_bytes(), Dtype::F64), [1.5]);
    }
}
