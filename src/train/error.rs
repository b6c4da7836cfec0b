//! Errors of training.

use std::path::PathBuf;

/// Why a model cannot be trained.
///
/// ```
/// use bitext::train::{TrainConfig, TrainError, TrainInputs, Trainer};
///
/// let config = TrainConfig::default().with_dropout(1.0);
/// let error = Trainer::new(TrainInputs::default()).with_config(config).train().err();
/// assert!(matches!(error, Some(TrainError::Config { name: "dropout", .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A line of a file is malformed.
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
        /// The error of the operating system.
        #[source]
        error: std::io::Error,
    },
    /// There is not enough data.
    #[error("not enough data: {0}")]
    NotEnoughData(String),
    /// A setting is out of range.
    #[error("`{name}` {reason}")]
    Config {
        /// The setting.
        name: &'static str,
        /// The requirement that it violates.
        reason: &'static str,
    },
    /// A saved state belongs to another run, or is damaged.
    #[error("{}: {reason}: delete it to start again", .path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The teacher failed, or its vectors have the wrong shape.
    #[error("the teacher failed: {0}")]
    Teacher(#[source] crate::embed::EmbedError),
    /// The model file cannot be created.
    #[error(transparent)]
    Model(#[from] crate::embed::ModelError),
}
