//! Items that only the command line tool of this crate needs. They are not part of the API: they may
//! change in any version.

use crate::Bitext;
pub use crate::corpus::build::{
    ArticleItem, ArticleSources, Observer, PairedArticles, PairingTask, pair_articles,
};
pub use crate::files::{compressed, ending, sniff, temporary};
use crate::format::Selection;
pub use crate::format::hf::parse_record;
pub use crate::format::lines::{Line, Lines, MAX_LINE, MAX_PASSED_OVER};
use crate::format::table::BitextTable;
pub use crate::format::table::{DEFAULT_TABLE_WIDTH, is_terminal_control};
pub use crate::json::{parse_id, parse_object};
pub use crate::threads::in_order::{PipelineError, in_order};

/// The table of a bitext for a terminal of a width in columns.
pub fn table(bitext: &Bitext, selection: &Selection, width: usize, is_coloured: bool) -> String {
    BitextTable { bitext, selection, width, is_coloured }.to_string()
}
