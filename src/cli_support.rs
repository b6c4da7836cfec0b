//! Items that only the command line tool of this crate needs. They are not part of the API: they may
//! change in any version.

use crate::corpus::build::BuildAlignConfig;
pub use crate::corpus::build::{
    ArticleItem, ArticlePlace, ArticleSources, Observer, PairedArticles, PairingTask, PlacedBytes,
    pair_articles,
};
pub use crate::files::{compressed, ending, sniff, temporary};
use crate::format::Selection;
pub use crate::format::hf::parse_record;
pub use crate::format::lines::{Line, Lines, MAX_LINE, MAX_PASSED_OVER};
use crate::format::table::BitextTable;
pub use crate::format::table::{DEFAULT_TABLE_WIDTH, is_terminal_control};
pub use crate::json::{parse_id, parse_object};
pub use crate::threads::in_order::{PipelineError, in_order};
use crate::{Aligner, Article, Bitext, Result};

/// The aligner with the settings of a build.
///
/// # Errors
///
/// Those of [`Aligner::with_config`].
pub fn aligner_of_build(aligner: Aligner, config: &BuildAlignConfig) -> Result<Aligner> {
    config.apply(aligner)
}

/// The vector of an article, by which `bitext pair` finds candidates.
///
/// # Errors
///
/// Those of [`Aligner::align`] about the splitter and the embedder; a language that the model does not know.
pub fn article_vector(aligner: &Aligner, article: &Article) -> Result<Vec<f32>> {
    crate::corpus::article_vector(aligner, article)
}

/// The date of a day, `YYYY-MM-DD`. Days count from 1 January 1970, in the years 0 to 9999.
pub fn date_of_day(day: i32) -> String {
    crate::text::date(day)
}

/// The table of a bitext for a terminal of a width in columns.
pub fn table(bitext: &Bitext, selection: &Selection, width: usize, is_coloured: bool) -> String {
    BitextTable { bitext, selection, width, is_coloured }.to_string()
}
