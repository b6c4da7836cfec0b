//! Downloads published models with rust-bert's remote resources.

use std::path::{Path, PathBuf};

use rust_bert::resources::{RemoteResource, ResourceProvider};

use crate::embed::ModelError;
use crate::embed::transformer::folder::wrong;

/// Multilingual models that can be downloaded by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PretrainedModel {
    /// `sentence-transformers/distiluse-base-multilingual-cased`, in
    /// rust-bert's format: dimension 512, about 540 MB, Apache-2.0. It was trained without Ukrainian.
    DistiluseBaseMultilingualCased,
    /// `sentence-transformers/LaBSE`: dimension 768, about 1.9 GB, Apache-2.0.
    LaBse,
    /// `intfloat/multilingual-e5-small`: dimension 384, about 490 MB, MIT. Set
    /// [`TransformerConfig::prefix`](super::TransformerConfig::prefix) to `query: `.
    MultilingualE5Small,
}

impl PretrainedModel {
    fn repository(self) -> &'static str {
        match self {
            PretrainedModel::DistiluseBaseMultilingualCased => {
                "sentence-transformers/distiluse-base-multilingual-cased"
            }
            PretrainedModel::LaBse => "sentence-transformers/LaBSE",
            PretrainedModel::MultilingualE5Small => "intfloat/multilingual-e5-small",
        }
    }

    fn files(self) -> &'static [&'static str] {
        match self {
            PretrainedModel::DistiluseBaseMultilingualCased => &[
                "modules.json",
                "config.json",
                "sentence_bert_config.json",
                "tokenizer_config.json",
                "vocab.txt",
                "rust_model.ot",
                "1_Pooling/config.json",
                "2_Dense/config.json",
                "2_Dense/rust_model.ot",
            ],
            PretrainedModel::LaBse => &[
                "modules.json",
                "config.json",
                "sentence_bert_config.json",
                "tokenizer_config.json",
                "tokenizer.json",
                "model.safetensors",
                "1_Pooling/config.json",
                "2_Dense/config.json",
                "2_Dense/model.safetensors",
            ],
            PretrainedModel::MultilingualE5Small => &[
                "modules.json",
                "config.json",
                "sentence_bert_config.json",
                "tokenizer_config.json",
                "tokenizer.json",
                "model.safetensors",
                "1_Pooling/config.json",
            ],
        }
    }
}

/// Downloads the files that are not cached yet; returns a folder with all files of the model.
pub(super) fn fetch(model: PretrainedModel) -> Result<PathBuf, ModelError> {
    let repository = model.repository();
    let subfolder = format!("bitext/{repository}");
    let mut folder = None;
    for name in model.files() {
        let url = format!("https://huggingface.co/{repository}/resolve/main/{name}");
        let resource = RemoteResource::new(&url, &subfolder);
        let got = resource.get_local_path().map_err(|error| {
            let fix = "fetch the model's files by hand and give their folder";
            wrong(Path::new(&url), error, fix)
        })?;
        let folder = folder.get_or_insert_with(|| got.with_file_name("files"));
        place(&got, &folder.join(name))?;
    }
    folder.ok_or_else(|| ModelError::Failed(format!("{repository} has no files")))
}

/// Links or copies a file, which the cache stores under a number, to its own name.
fn place(from: &Path, to: &Path) -> Result<(), ModelError> {
    let refused = |error: std::io::Error| wrong(to, error, "make the cache writable");
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(refused)?;
    }
    // Renaming is atomic. A file of an older version is replaced.
    let part = to.with_extension("part");
    let _ = std::fs::remove_file(&part);
    std::fs::hard_link(from, &part)
        .or_else(|_| std::fs::copy(from, &part).map(|_| ()))
        .and_then(|()| std::fs::rename(&part, to))
        .map_err(refused)
}
