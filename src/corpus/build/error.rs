//! Errors of a build as a whole. What is wrong with a single article is a
//! [`Problem`](super::Problem) instead, and does not end the build.

use std::io;
use std::path::{Path, PathBuf};

use crate::threads::in_order::PipelineError;
use crate::{Error, ErrorKind, Language};

/// Why a build ended without a training set.
///
/// ```
/// use bitext::corpus::build::BuildError;
///
/// assert!(BuildError::OtherSettings.needs_fresh_start());
/// assert!(!BuildError::Cancelled.needs_fresh_start());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The callback for events returned `ControlFlow::Break`. The next run continues.
    #[error("the build was cancelled")]
    Cancelled,
    /// An input is in the output folder, or is the output file.
    #[error("{} is in the output", .path.display())]
    InputInOutput {
        /// The input.
        path: PathBuf,
    },
    /// An input is neither a file nor a folder. Inputs are read several times.
    #[error("{} is no file: write the output of a pipe to a file first", .path.display())]
    NotAFile {
        /// The input.
        path: PathBuf,
    },
    /// The inputs have no file that may hold articles.
    #[error(
        "no articles found: folders are searched for .txt and .jsonl files, also with .gz or .zst"
    )]
    NoArticles,
    /// The only input cannot be used.
    #[error("{place}{separator}{reason}", separator = if .place.is_empty() { "" } else { ": " })]
    UnusableInput {
        /// The file, or nothing if the reason names it.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// None of several inputs can be used. The problems were reported as events.
    #[error("none of the inputs has a usable article")]
    NoUsableArticles,
    /// All articles are in one language.
    #[error(
        "one language only, `{language}` ({}): articles in at least two are needed, \
         recognised by file names (`a.uk.txt`), folders (`uk/a.txt`) or `lang`",
        super::wording::counted(*.articles, "article")
    )]
    OneLanguage {
        /// The language.
        language: Language,
        /// Number of articles.
        articles: u64,
    },
    /// A file changed during the run.
    #[error("{} changed while it was read: start again when nothing writes to it any more", .path.display())]
    InputChanged {
        /// The file.
        path: PathBuf,
    },
    /// The output folder has other files, and is not the folder of a build.
    #[error("{} is not empty and not the folder of a build: name a new folder", .folder.display())]
    NotABuildFolder {
        /// The output folder.
        folder: PathBuf,
    },
    /// Another process builds in the folder.
    #[error("{}: another build is running there", .folder.display())]
    Locked {
        /// The output folder.
        folder: PathBuf,
    },
    /// The build was begun with other settings or another aligner.
    #[error("this build was begun with other settings")]
    OtherSettings,
    /// The build was begun with other inputs.
    #[error("{input} {change}")]
    OtherInputs {
        /// The file that differs.
        input: String,
        /// How it differs.
        change: InputChange,
    },
    /// The build was begun by another version of bitext.
    #[error("{} was begun by another version of bitext: name another folder, or delete it", .folder.display())]
    OtherVersion {
        /// The output folder.
        folder: PathBuf,
    },
    /// The file with the state of the build is damaged.
    #[error("{} is damaged: delete {}, or name another folder", .path.display(), .folder.display())]
    DamagedState {
        /// The file.
        path: PathBuf,
        /// The output folder.
        folder: PathBuf,
    },
    /// Work of an earlier run is damaged.
    #[error("{} {damage}: delete {} to repeat this stage", .path.display(), .stage.display())]
    DamagedWork {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
        /// The folder of the stage.
        stage: PathBuf,
    },
    /// A file of a complete training set is damaged.
    #[error("{} {}", .path.display(), output_damage(*.damage))]
    DamagedOutput {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {error}{}", .path.display(), advice(.error))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A compressed input cannot be decompressed to a temporary file.
    #[error("cannot unpack {}: {error}", .path.display())]
    Unpack {
        /// The input.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A fault of this crate: please report it.
    #[error("internal error: {0}")]
    Internal(String),
}

/// How the inputs differ from those that a build was begun with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputChange {
    /// The content of the file.
    #[error("has changed since this build was begun")]
    Content,
    /// The file was among the inputs, and is no longer.
    #[error("is no longer among the inputs of this build")]
    Removed,
    /// The file is new among the inputs.
    #[error("is new since this build was begun")]
    Added,
}

/// What is wrong with a file that an earlier run has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file is gone.
    #[error("is missing")]
    Missing,
    /// The content is not what was written.
    #[error("is damaged")]
    Changed,
}

impl BuildError {
    /// The `BuildError` that is the source of an error.
    ///
    /// ```
    /// use bitext::Error;
    /// use bitext::corpus::build::BuildError;
    ///
    /// let error = Error::from(BuildError::Cancelled);
    /// assert!(matches!(BuildError::of(&error), Some(BuildError::Cancelled)));
    /// ```
    pub fn of(error: &Error) -> Option<&BuildError> {
        std::error::Error::source(error)?.downcast_ref()
    }

    /// Whether [`Build::with_fresh_start`](super::Build::with_fresh_start) avoids the error, at the
    /// price of all work done so far.
    pub fn needs_fresh_start(&self) -> bool {
        matches!(
            self,
            BuildError::OtherSettings
                | BuildError::OtherInputs { .. }
                | BuildError::DamagedWork { .. }
                | BuildError::DamagedOutput { .. }
        )
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Error {
        Error::new(ErrorKind::Build, error.to_string()).with_source(error)
    }
}

#[doc(hidden)]
impl From<PipelineError> for Error {
    fn from(error: PipelineError) -> Error {
        BuildError::Internal(error.to_string()).into()
    }
}

/// An error of reading a file.
pub fn cannot_read(path: &Path, error: io::Error) -> Error {
    Error::read(path, error)
}

/// An error of writing a file or folder.
pub fn cannot_write(path: &Path, error: io::Error) -> Error {
    BuildError::Write { path: path.to_path_buf(), error }.into()
}

/// An error of turning one of our own values into JSON, which only a fault of the code causes.
pub fn cannot_serialize(error: serde_json::Error) -> Error {
    BuildError::Internal(error.to_string()).into()
}

/// Whether the caller cancelled the build.
pub fn is_cancelled(error: &Error) -> bool {
    matches!(BuildError::of(error), Some(BuildError::Cancelled))
}

fn output_damage(damage: Damage) -> &'static str {
    match damage {
        Damage::Missing => "is missing from the complete training set",
        Damage::Changed => "has changed since the training set was complete",
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space and start again: the build continues where it stopped"
        }
        _ => "",
    }
}
