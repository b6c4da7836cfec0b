//! The table of a bitext for `repr`.

use bitext::Bitext;

/// Lines of the table that are shown.
const MAX_LINES: usize = 40;
/// A table is not cut for as few lines as these.
const MAX_LINES_LEFT: usize = 10;

/// The table, cut after some lines.
pub fn short(bitext: &Bitext) -> String {
    let table = bitext.to_string();
    let mut lines = table.split_inclusive('\n');
    let shown: String = lines.by_ref().take(MAX_LINES).collect();
    let left = lines.count();
    if left <= MAX_LINES_LEFT {
        return table;
    }
    let rows = bitext.units().len();
    format!("{shown}… {left} more lines; print() shows all {rows} rows")
}
