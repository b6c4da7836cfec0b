//! What the command line tool of this crate needs and nobody else. Not part of the API: it may
//! change in any version.

use crate::Bitext;
use crate::format::Selection;
use crate::format::table::BitextTable;
pub use crate::format::table::{DEFAULT_TABLE_WIDTH, is_terminal_control};

/// The table of a bitext for a terminal of a width in columns.
pub fn table(bitext: &Bitext, selection: &Selection, width: usize, is_coloured: bool) -> String {
    BitextTable { bitext, selection, width, is_coloured }.to_string()
}
