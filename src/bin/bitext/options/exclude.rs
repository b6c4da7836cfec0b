//! `--exclude`, for the commands that write training data.

use std::path::PathBuf;

use bitext::corpus::filter::ExcludedTexts;

#[derive(clap::Args)]
pub struct ExcludeArgs {
    /// Reject rows that have a text of this file or folder, or nearly, alone or inside a longer text,
    /// such as a public test set: plain text, JSONL, TSV, TMX, or hashes of `bitext exclude-hashes`;
    /// one language suffices. Repeatable
    #[arg(long, value_name = "PATH")]
    pub exclude: Vec<PathBuf>,
    /// Consecutive words of an excluded text that are enough to reject a row, 5 to 100 [default: 13]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(5..=100))]
    exclude_words: Option<u16>,
}

impl ExcludeArgs {
    pub fn words(&self) -> usize {
        self.exclude_words.map_or(ExcludedTexts::DEFAULT_NGRAM_WORDS, usize::from)
    }
}
