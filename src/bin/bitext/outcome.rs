//! How a command ends: its outcome, and the errors with an exit status of their own.

use std::fmt;

/// Whether every input could be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    AllWell,
    SomeFailed,
}

/// A contradiction on the command line that clap does not detect. The exit status is 2.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; see --help", self.0)
    }
}

impl std::error::Error for Usage {}

/// A command, flag or format that needs a Cargo feature that is not compiled in. The exit status
/// is 2.
#[derive(Debug)]
pub struct MissingFeature {
    pub what: &'static str,
    pub feature: &'static str,
}

impl fmt::Display for MissingFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingFeature { what, feature } = self;
        write!(
            f,
            "{what} needs the feature `{feature}`, which this bitext was built without: build it \
             with `--features cli,{feature}`"
        )
    }
}

impl std::error::Error for MissingFeature {}

/// An error that ends the program with a message.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
