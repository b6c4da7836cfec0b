//! Files of weights: `model.safetensors`, or `rust_model.ot` as rust-bert has
//! them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, Metadata};
use tch::{Kind, Tensor};
use xxhash_rust::xxh3::Xxh3;

use super::folder::wrong;
use crate::embed::ModelError;

const COPY: &str = "copy the file again";

/// An open file of weights.
pub(super) struct Weights {
    path: PathBuf,
    source: Source,
    /// What stands before all names.
    prefix: String,
}

enum Source {
    SafeTensors { file: File, start: u64, metadata: Metadata },
    Ot(HashMap<String, Tensor>),
}

impl Weights {
    /// Opens the weights of a folder: the names wanted are found by one of them,
    /// `anchors`, whatever stands before it.
    pub(super) fn open(folder: &Path, anchors: &[&str]) -> Result<Weights, ModelError> {
        let safe = folder.join("model.safetensors");
        let ot = folder.join("rust_model.ot");
        let (path, source) = match (safe.exists(), ot.exists()) {
            (true, _) => (safe.clone(), open_safetensors(&safe)?),
            (false, true) => (ot.clone(), open_ot(&ot)?),
            (false, false) => {
                let torch = folder.join("pytorch_model.bin").exists();
                let fix = match torch {
                    true => "convert pytorch_model.bin to safetensors, as README.md tells",
                    false => "fetch it, or rust_model.ot, with the other files of the model",
                };
                return Err(wrong(&safe, "the file is missing", fix));
            }
        };
        let mut weights = Weights { path, source, prefix: String::new() };
        // `weight` is the end of much: the shortest prefix is the one meant.
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

    /// The variable of a name, as 32-bit floats of a shape.
    pub(super) fn variable(
        &mut self,
        name: &str,
        shape: &[usize],
        hash: &mut Xxh3,
    ) -> Result<Tensor, ModelError> {
        let full = self.find(name, shape)?;
        let size: Vec<i64> = shape.iter().map(|&size| size as i64).collect();
        let refused = |error: tch::TchError| wrong(&self.path, format!("`{full}`: {error}"), COPY);
        let tensor = match &mut self.source {
            Source::SafeTensors { file, start, metadata } => {
                let Some(info) = metadata.info(&full) else {
                    return Err(wrong(&self.path, format!("`{full}` is missing"), COPY));
                };
                let kind = match info.dtype {
                    Dtype::F32 => Kind::Float,
                    Dtype::F16 => Kind::Half,
                    Dtype::BF16 => Kind::BFloat16,
                    Dtype::F64 => Kind::Double,
                    other => {
                        let reason = format!("`{full}` is of type {other:?}");
                        return Err(wrong(&self.path, reason, "floats are served"));
                    }
                };
                let (from, to) = info.data_offsets;
                let mut bytes = vec![0; to - from];
                file.seek(SeekFrom::Start(*start + from as u64))
                    .and_then(|_| file.read_exact(&mut bytes))
                    .map_err(|error| wrong(&self.path, error, COPY))?;
                Tensor::f_from_data_size(&bytes, &size, kind).map_err(refused)?
            }
            Source::Ot(tensors) => match tensors.remove(&full) {
                Some(tensor) => tensor,
                None => return Err(wrong(&self.path, format!("`{full}` is missing"), COPY)),
            },
        };
        let tensor = tensor.f_to_kind(Kind::Float).map_err(refused)?;
        let count = tensor.numel();
        let mut bytes = vec![0; count * 4];
        tensor.f_copy_data_u8(&mut bytes, count).map_err(refused)?;
        hash.update(name.as_bytes());
        hash.update(&bytes);
        let finite =
            |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]).is_finite();
        if !bytes.chunks_exact(4).all(finite) {
            return Err(wrong(&self.path, format!("`{full}` has NaN or infinity"), COPY));
        }
        Ok(tensor)
    }

    /// Checks that a variable is there in a shape; gives its name in the file.
    pub(super) fn find(&self, name: &str, shape: &[usize]) -> Result<String, ModelError> {
        let mut full = format!("{}{name}", self.prefix);
        let mut found = self.shape(&full);
        if found.is_none() {
            // As the first models were written.
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
            Source::SafeTensors { metadata, .. } => Box::new(metadata.tensors().into_keys()),
            Source::Ot(tensors) => Box::new(tensors.keys().cloned()),
        }
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        match &self.source {
            Source::SafeTensors { metadata, .. } => {
                metadata.info(name).map(|info| info.shape.clone())
            }
            Source::Ot(tensors) => {
                let size = tensors.get(name)?.size();
                Some(size.into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect())
            }
        }
    }
}

/// Reads the header only: weights are read one by one, so that no model is in
/// memory twice.
fn open_safetensors(path: &Path) -> Result<Source, ModelError> {
    /// What the format allows.
    const LONGEST_HEADER: u64 = 100_000_000;

    let refused = |error: std::io::Error| wrong(path, error, "make it readable");
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    if length == 0 {
        return Err(wrong(path, "the file has 0 bytes", COPY));
    }
    let mut eight = [0; 8];
    if length < 8 || file.read_exact(&mut eight).is_err() {
        return Err(wrong(path, format!("not safetensors: {length} bytes"), COPY));
    }
    let header = u64::from_le_bytes(eight);
    if header > LONGEST_HEADER {
        let pointer = eight.starts_with(b"version");
        let reason = match pointer {
            true => "a pointer of Git LFS, not the file itself",
            false => "not safetensors: its header would be longer than the format allows",
        };
        return Err(wrong(path, reason, "fetch the file itself"));
    }
    if header > length - 8 {
        let reason = format!("cut short: {length} bytes, the header alone has {header}");
        return Err(wrong(path, reason, COPY));
    }
    let mut bytes = vec![0; header as usize];
    file.read_exact(&mut bytes).map_err(refused)?;
    // Sizes against offsets are checked in there.
    let metadata: Metadata = serde_json::from_slice(&bytes)
        .map_err(|error| wrong(path, format!("not safetensors: {error}"), COPY))?;
    let ends = metadata.tensors().into_values().map(|info| info.data_offsets.1).max();
    let start = 8 + header;
    let promised = start.saturating_add(ends.unwrap_or(0) as u64);
    if promised != length {
        let reason = format!("{length} bytes, its header promises {promised}");
        return Err(wrong(path, reason, COPY));
    }
    Ok(Source::SafeTensors { file, start, metadata })
}

/// Names and tensors of the archive that libtorch writes.
fn open_ot(path: &Path) -> Result<Source, ModelError> {
    let refused = |error: std::io::Error| wrong(path, error, "make it readable");
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    let mut start = [0; 4];
    if length == 0 {
        return Err(wrong(path, "the file has 0 bytes", COPY));
    }
    if file.read_exact(&mut start).is_err() || &start != b"PK\x03\x04" {
        return Err(wrong(path, "not an archive of libtorch", "fetch the file itself"));
    }
    let tensors = Tensor::load_multi(path).map_err(|error| {
        let message = error.to_string();
        let first = message.lines().next().unwrap_or_default();
        wrong(path, format!("libtorch cannot read it: {first}"), COPY)
    })?;
    Ok(Source::Ot(tensors.into_iter().collect()))
}
