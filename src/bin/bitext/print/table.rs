//! The library's table, with the width and the colours of the terminal.

use std::io::Write;

use bitext::Bitext;
use bitext::cli_support::{DEFAULT_TABLE_WIDTH, table};
use bitext::format::Selection;

use crate::Failure;
use crate::io::write::output::Output;

pub fn write(bitext: &Bitext, selection: &Selection, out: &mut Output) -> Result<(), Failure> {
    if !out.is_terminal() {
        out.write_all(table(bitext, selection, DEFAULT_TABLE_WIDTH, false).as_bytes())?;
        return Ok(());
    }
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let is_coloured = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let table = table(bitext, selection, width.unwrap_or(DEFAULT_TABLE_WIDTH), is_coloured);
    // The table has no controls but its own.
    out.write_to_terminal(table.as_bytes())?;
    Ok(())
}
