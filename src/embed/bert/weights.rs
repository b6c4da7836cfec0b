//! Reads files of weights: `model.safetensors`, or `rust_model.ot` in rust-bert's format.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, Metadata};
use tch::{Kind, TchError, Tensor};
use xxhash_rust::xxh3::Xxh3;

use super::folder::wrong;
use crate::embed::ModelError;

const COPY_AGAIN: &str = "copy the file again";

/// An open file of weights.
pub(super) struct WeightsFile {
    path: PathBuf,
    source: WeightsFormat,
    /// The prefix of all names.
    prefix: String,
}

enum WeightsFormat {
    SafeTensors { file: File, start: u64, metadata: Metadata },
    Ot(HashMap<String, Tensor>),
}

impl WeightsFile {
    /// Opens the weights of a folder. The prefix of the names is the text before the first of `anchors`
    /// that a name ends with.
    pub(super) fn open(folder: &Path, anchors: &[&str]) -> Result<WeightsFile, ModelError> {
        let safe = folder.join("model.safetensors");
        let ot = folder.join("rust_model.ot");
        let (path, source) = match (safe.exists(), ot.exists()) {
            (true, _) => (safe.clone(), open_safetensors(&safe)?),
            (false, true) => (ot.clone(), open_ot(&ot)?),
            (false, false) => {
                let fix = if folder.join("pytorch_model.bin").exists() {
                    "convert pytorch_model.bin to safetensors, as guide/transformers.md says"
                } else {
                    "fetch it, or rust_model.ot, with the other files of the model"
                };
                return Err(wrong(&safe, "the file is missing", fix));
            }
        };
        let mut weights = WeightsFile { path, source, prefix: String::new() };
        // Many names end with `weight`; the right prefix is the shortest.
        let prefixes = anchors.iter().flat_map(|anchor| {
            let names = weights.names();
            names.filter_map(|name| {
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

    /// Copies a variable into a tensor of its shape, of 32-bit floats. It copies in parts, because the
    /// word vectors are most of a model and must not be in memory twice.
    pub(super) fn fill(
        &mut self,
        name: &str,
        shape: &[usize],
        into: &Tensor,
        hash: &mut Xxh3,
    ) -> Result<(), ModelError> {
        /// Numbers that are copied at a time.
        const NUMBERS_AT_ONCE: usize = 1 << 21;

        let full = self.find(name, shape)?;
        let refused = |error: TchError| wrong(&self.path, format!("`{full}`: {error}"), COPY_AGAIN);
        hash.update(name.as_bytes());
        let [rows, columns @ ..] = shape else { return Ok(()) };
        let width: usize = columns.iter().product();
        let most = (NUMBERS_AT_ONCE / width.max(1)).max(1);
        for first in (0..*rows).step_by(most) {
            let rows = most.min(rows - first);
            let part = self.source.rows(&self.path, &full, first..first + rows, width)?;
            let mut bytes = vec![0; rows * width * 4];
            part.f_copy_data_u8(&mut bytes, rows * width).map_err(refused)?;
            hash.update(&bytes);
            let finite =
                |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]).is_finite();
            if !bytes.chunks_exact(4).all(finite) {
                return Err(wrong(&self.path, format!("`{full}` has NaN or infinity"), COPY_AGAIN));
            }
            let copy = || {
                let mut place = into.f_narrow(0, first as i64, rows as i64)?;
                place.f_copy_(&part.f_view_as(&place)?)
            };
            tch::no_grad(copy).map_err(refused)?;
        }
        Ok(())
    }

    /// Checks that a variable exists and has a shape; returns its name in the file.
    pub(super) fn find(&self, name: &str, shape: &[usize]) -> Result<String, ModelError> {
        let mut full = format!("{}{name}", self.prefix);
        let mut found = self.shape(&full);
        if found.is_none() {
            // The first BERT models have these names.
            full = full
                .replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta");
            found = self.shape(&full);
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

    fn names(&self) -> Box<dyn Iterator<Item = String> + '_> {
        match &self.source {
            WeightsFormat::SafeTensors { metadata, .. } => Box::new(metadata.tensors().into_keys()),
            WeightsFormat::Ot(tensors) => Box::new(tensors.keys().cloned()),
        }
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        match &self.source {
            WeightsFormat::SafeTensors { metadata, .. } => {
                metadata.info(name).map(|info| info.shape.clone())
            }
            WeightsFormat::Ot(tensors) => {
                let size = tensors.get(name)?.size();
                Some(size.into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect())
            }
        }
    }
}

impl WeightsFormat {
    /// A range of rows of an existing variable, one after the other.
    fn rows(
        &mut self,
        path: &Path,
        name: &str,
        rows: Range<usize>,
        width: usize,
    ) -> Result<Tensor, ModelError> {
        let missing = || wrong(path, format!("`{name}` is missing"), COPY_AGAIN);
        let numbers = (rows.len() * width) as i64;
        let tensor = match self {
            WeightsFormat::SafeTensors { file, start, metadata } => {
                let info = metadata.info(name).ok_or_else(missing)?;
                let (kind, size) = match info.dtype {
                    Dtype::F32 => (Kind::Float, 4),
                    Dtype::F16 => (Kind::Half, 2),
                    Dtype::BF16 => (Kind::BFloat16, 2),
                    Dtype::F64 => (Kind::Double, 8),
                    other => {
                        let reason = format!("`{name}` is of type {other:?}");
                        return Err(wrong(path, reason, "floats are supported"));
                    }
                };
                let from = info.data_offsets.0 + rows.start * width * size;
                let mut bytes = vec![0; rows.len() * width * size];
                file.seek(SeekFrom::Start(*start + from as u64))
                    .and_then(|_| file.read_exact(&mut bytes))
                    .map_err(|error| wrong(path, error, COPY_AGAIN))?;
                Tensor::f_from_data_size(&bytes, &[numbers], kind)
            }
            WeightsFormat::Ot(tensors) => {
                let tensor = tensors.get(name).ok_or_else(missing)?;
                tensor
                    .f_narrow(0, rows.start as i64, rows.len() as i64)
                    .and_then(|part| part.f_contiguous())
                    .and_then(|part| part.f_view([numbers]))
            }
        };
        let tensor = tensor.and_then(|tensor| tensor.f_to_kind(Kind::Float));
        tensor.map_err(|error| wrong(path, format!("`{name}`: {error}"), COPY_AGAIN))
    }
}

/// Reads only the header. The weights are read later, one by one, so that the model is not in memory
/// twice.
fn open_safetensors(path: &Path) -> Result<WeightsFormat, ModelError> {
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
    Ok(WeightsFormat::SafeTensors { file, start, metadata })
}

/// Opens an archive that libtorch wrote: its names and tensors.
fn open_ot(path: &Path) -> Result<WeightsFormat, ModelError> {
    let refused = |error: std::io::Error| wrong(path, error, "make it readable");
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    let mut start = [0; 4];
    if length == 0 {
        return Err(wrong(path, "the file has 0 bytes", COPY_AGAIN));
    }
    if file.read_exact(&mut start).is_err() || &start != b"PK\x03\x04" {
        return Err(wrong(path, "not an archive of libtorch", "fetch the file itself"));
    }
    let tensors = Tensor::load_multi(path).map_err(|error| {
        let message = error.to_string();
        let first = message.lines().next().unwrap_or_default();
        wrong(path, format!("libtorch cannot read it: {first}"), COPY_AGAIN)
    })?;
    Ok(WeightsFormat::Ot(tensors.into_iter().collect()))
}
