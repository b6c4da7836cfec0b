//! The meaning of a single newline in a text.

use bitext::RuleSplitter;
use bitext::text::Newlines;

/// The value of `--newlines`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum NewlinesArg {
    #[default]
    Auto,
    Always,
    Never,
}

impl From<NewlinesArg> for Newlines {
    fn from(newlines: NewlinesArg) -> Newlines {
        match newlines {
            NewlinesArg::Auto => Newlines::Auto,
            NewlinesArg::Always => Newlines::Always,
            NewlinesArg::Never => Newlines::Never,
        }
    }
}

impl NewlinesArg {
    /// The built-in splitter with this setting.
    pub fn splitter(self) -> RuleSplitter {
        let mut splitter = RuleSplitter::default();
        splitter.newlines = self.into();
        splitter
    }
}
