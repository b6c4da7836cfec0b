//! Reads a static model from a folder with `model.safetensors` and `tokenizer.json`.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

use super::static_model::file::ModelParts;
use super::static_model::word::WordStyle;
use super::{ModelError, StaticEmbedder};
use crate::{Error, Language, Result};

/// The parts of a `tokenizer.json` of the `tokenizers` library that are used.
#[derive(Deserialize)]
struct TokenizerFile {
    model: Unigram,
}

#[derive(Deserialize)]
struct Unigram {
    #[serde(rename = "type")]
    kind: String,
    unk_id: Option<usize>,
    vocab: Vec<(String, f32)>,
}

impl StaticEmbedder {
    /// Reads a model from a folder with two files.
    ///
    /// * `model.safetensors` has the tensors `vectors` (i8, n x d), `scales` (f32, n) and
    ///   `language_means` (f32, l x d), and the metadata `languages`: codes separated by commas.
    /// * `tokenizer.json` has a unigram model of n + 1 pieces. Piece 0 is the unknown piece, which has
    ///   no row.
    ///
    /// # Errors
    ///
    /// * [`ErrorKind::Read`](crate::ErrorKind::Read) if a file is missing or cannot be read.
    /// * [`ErrorKind::Model`](crate::ErrorKind::Model), with [`ModelError::File`] as its source, if a
    ///   file is malformed or contradicts the other.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<StaticEmbedder> {
        StaticEmbedder::from_bytes(pack(folder.as_ref())?)
    }

    /// Converts such a folder to the bytes of a model file, for [`StaticEmbedder::from_bytes`]. The
    /// model gets the name of the folder.
    ///
    /// # Errors
    ///
    /// Those of [`StaticEmbedder::from_dir`].
    ///
    /// ```
    /// use bitext::{ErrorKind, StaticEmbedder};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// // The error names the missing file.
    /// let error = StaticEmbedder::pack_dir(folder).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Read);
    /// assert!(error.source_name().unwrap().ends_with("tokenizer.json"));
    /// assert!(StaticEmbedder::from_dir(folder).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pack_dir(folder: impl AsRef<Path>) -> Result<Vec<u8>> {
        pack(folder.as_ref())
    }
}

fn pack(folder: &Path) -> Result<Vec<u8>> {
    let fail = |name: &str, message: String| {
        Error::from(ModelError::File { path: folder.join(name), message })
    };
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|error| Error::read(path, error))
    };

    const TOKENIZER: &str = "tokenizer.json";
    let tokenizer: TokenizerFile = serde_json::from_slice(&read(TOKENIZER)?)
        .map_err(|error| fail(TOKENIZER, error.to_string()))?;
    let tokenizer = tokenizer.model;
    if tokenizer.kind != "Unigram" || tokenizer.unk_id != Some(0) || tokenizer.vocab.is_empty() {
        let message = format!(
            "needs a Unigram model with unk_id 0, got {} with {:?}",
            tokenizer.kind, tokenizer.unk_id
        );
        return Err(fail(TOKENIZER, message));
    }

    const MODEL: &str = "model.safetensors";
    let bytes = read(MODEL)?;
    let broken = |error: safetensors::SafeTensorError| fail(MODEL, error.to_string());
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(broken)?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(broken)?;
    let codes = metadata
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get("languages"))
        .ok_or(fail(MODEL, "the metadata has no `languages`".to_string()))?;
    let languages = codes
        .split(',')
        .map(|code| code.trim().parse())
        .collect::<Result<Vec<Language>>>()
        .map_err(|error| fail(MODEL, error.to_string()))?;
    let tensor = |name: &str, dtype: Dtype| {
        let tensor = tensors.tensor(name).map_err(broken)?;
        if tensor.dtype() != dtype {
            return Err(fail(MODEL, format!("`{name}` is {:?}, not {dtype:?}", tensor.dtype())));
        }
        Ok(tensor.data().to_vec())
    };
    let rows: Vec<i8> = tensor("vectors", Dtype::I8)?.into_iter().map(|byte| byte as i8).collect();
    let scales = floats(&tensor("scales", Dtype::F32)?);
    let means = floats(&tensor("language_means", Dtype::F32)?);
    let pieces = &tokenizer.vocab[1..];
    if scales.len() != pieces.len() {
        let message = format!("{} rows for {} pieces", scales.len(), pieces.len());
        return Err(fail(MODEL, message));
    }
    let name = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let name = name.file_name().map_or("static".into(), |name| name.to_string_lossy());
    let mut end = name.len().min(16);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    ModelParts {
        name: &name[..end],
        style: WordStyle::Spaced,
        languages: &languages,
        means: &means,
        pieces,
        scales: &scales,
        rows: &rows,
    }
    .to_bytes()
    .map_err(Error::from)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    bytes.chunks_exact(4).map(value).collect()
}
