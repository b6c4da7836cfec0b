//! The meaning of a single newline in a text.

use bitext::RuleSplitter;
use bitext::text::Newlines;
use serde::{Deserialize, Serialize};

/// The value of `--newlines`, and of `newlines` in the settings of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewlinesArg {
    #[default]
    Auto,
    Always,
    Never,
}

impl NewlinesArg {
    /// The built-in splitter with this setting.
    pub fn splitter(self) -> RuleSplitter {
        let mut splitter = RuleSplitter::default();
        splitter.newlines = match self {
            NewlinesArg::Auto => Newlines::Auto,
            NewlinesArg::Always => Newlines::Always,
            NewlinesArg::Never => Newlines::Never,
        };
        splitter
    }
}
