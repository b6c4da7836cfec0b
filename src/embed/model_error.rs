//! Errors of models.

use std::path::PathBuf;

use crate::{Error, ErrorKind};

/// Why a model file or folder cannot be used.
///
/// ```
/// use bitext::embed::ModelError;
/// use bitext::{ErrorKind, StaticEmbedder};
/// use std::error::Error;
///
/// let error = StaticEmbedder::from_bytes(b"no model".to_vec()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Model);
/// let source = error.source().and_then(|source| source.downcast_ref());
/// assert!(matches!(source, Some(ModelError::NotAModel)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file does not start with the signature of a model file.
    #[error("not a bitext model file")]
    NotAModel,
    /// The version of the file is newer than this release.
    #[error("model file of version {found}, this release reads up to {known}: update bitext")]
    Version {
        /// Version of the file.
        found: u32,
        /// Latest version that is read.
        known: u32,
    },
    /// The file is shorter or longer than its header says.
    #[error("the model file has {found} bytes, but its header says {expected}: copy it again")]
    Length {
        /// Bytes according to the header.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// The content of the file does not match its checksum.
    #[error(
        "the model file is damaged (checksum {found:016x}, expected {expected:016x}): copy it again"
    )]
    Checksum {
        /// Checksum in the header.
        expected: u64,
        /// Checksum of the content.
        found: u64,
    },
    /// The content contradicts itself.
    #[error("the model is malformed: {0}")]
    Malformed(String),
    /// A file of a model folder is malformed, or contradicts another.
    #[error("{}: {message}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A file of a transformer's folder is missing, malformed, or contradicts another.
    #[error("{}: {reason}: {fix}", .path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        fix: String,
    },
    /// The library that runs the model failed.
    #[error("the model failed: {0}")]
    Failed(String),
    /// A cache of vectors cannot be used.
    #[error("{}: cannot be used as a cache of vectors: {reason}: delete it, or give another file", .path.display())]
    Cache {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// The path becomes the place of the error.
impl From<ModelError> for Error {
    fn from(error: ModelError) -> Error {
        let text = error.to_string();
        let (ModelError::File { path, .. }
        | ModelError::Folder { path, .. }
        | ModelError::Cache { path, .. }) = &error
        else {
            return Error::new(ErrorKind::Model, format!("model: {text}")).with_source(error);
        };
        let path = path.display().to_string();
        let message = text.strip_prefix(&format!("{path}: ")).unwrap_or(&text).to_string();
        Error::new(ErrorKind::Model, message).with_source_name(path).with_source(error)
    }
}
