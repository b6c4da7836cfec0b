//! What can go wrong in training.

use std::path::PathBuf;

/// Why a model cannot be trained.
///
/// ```
/// use bitext::train::{Inputs, TrainConfig, TrainError, train};
///
/// let mut config = TrainConfig::default();
/// config.dropout = 1.0;
/// let error = train(&Inputs::default(), &config, None, None, |_| {}).err();
/// assert!(matches!(error, Some(TrainError::Config { name: "dropout", .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A line of a file is not what it should be.
    #[error("{}:{line}: {reason}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// There is too little to learn from.
    #[error("too little to learn from: {0}")]
    TooLittle(String),
    /// A setting is out of range.
    #[error("`{name}` {reason}")]
    Config {
        /// The setting.
        name: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// A kept state is of another run, or damaged.
    #[error("{}: {reason}: delete it to start anew", .path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The teacher failed, or gave vectors of another shape.
    #[error("the teacher failed: {0}")]
    Teacher(#[source] crate::embed::EmbedError),
    /// The model cannot be written.
    #[error(transparent)]
    Model(#[from] crate::embed::ModelError),
}
