//! Splits a row of a table into cells and decides which of them are quoted.
//!
//! A table with a header may come from a program that quotes as CSV does, or from one that quotes
//! nothing, in which quotation marks are part of the text. Nothing in the file says which. The rules
//! here read what CSV writers write and leave the marks of plain text alone.

use crate::Result;

use crate::format::{Line, Lines};

/// The largest number of lines of one quoted row. A text of a training set rarely has more than a few.
const MAX_ROW_LINES: usize = 1_000;
/// The largest size of one quoted row of several lines: 1 MiB.
const MAX_ROW_BYTES: usize = 1 << 20;

/// How the writer of a table quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// If a cell needs it, or never.
    Necessary,
    /// Always, as a quoted header shows.
    Always,
}

/// The names in a header, and how its writer quotes.
pub(super) fn header_cells(line: &str) -> (Vec<String>, Quoting) {
    let quoted = |cell: &str| cell.len() > 2 && cell.starts_with('"') && cell.ends_with('"');
    if line.split('\t').all(quoted) {
        if let Some(cells) = csv_cells(line, Quoting::Always) {
            return (cells, Quoting::Always);
        }
    }
    (line.split('\t').map(str::to_string).collect(), Quoting::Necessary)
}

/// The cells of a row of `columns` columns. If the tabs of the line give that many cells, each of them
/// is unquoted alone. Otherwise quoted cells may hold tabs. If neither fits, the result has another
/// length.
pub(super) fn cells(line: &str, columns: usize, quoting: Quoting) -> Vec<String> {
    let split = || line.split('\t').map(|cell| unquoted(cell, quoting)).collect();
    if line.bytes().filter(|&byte| byte == b'\t').count() + 1 != columns {
        if let Some(cells) = csv_cells(line, quoting).filter(|cells| cells.len() == columns) {
            return cells;
        }
    }
    split()
}

/// A cell without its quotation marks, if it is quoted.
fn unquoted(cell: &str, quoting: Quoting) -> String {
    match quoted_start(cell) {
        Some((inner, end)) if end == cell.len() => content(inner, quoting),
        _ => cell.to_string(),
    }
}

/// The content of the quoted cell at the start of a text, and the end of the cell.
fn quoted_start(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let mark = from + inner[from..].find('"')?;
        if !inner[mark + 1..].starts_with('"') {
            return Some((&inner[..mark], mark + 2));
        }
        from = mark + 2;
    }
}

/// The text of a quoted cell. If the writer quotes only if needed and the cell did not need it, the
/// marks belong to the text: `"Yes."` is a quotation.
fn content(inner: &str, quoting: Quoting) -> String {
    let needed = inner.contains(['"', '\t', '\n', '\r']);
    if needed || quoting == Quoting::Always {
        inner.replace("\"\"", "\"")
    } else {
        format!("\"{inner}\"")
    }
}

/// The cells of a row as in CSV; `None` if a quoted cell does not end at a tab or at the end of the
/// row.
fn csv_cells(row: &str, quoting: Quoting) -> Option<Vec<String>> {
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let end = if rest.starts_with('"') {
            let (inner, end) = quoted_start(rest)?;
            cells.push(content(inner, quoting));
            end
        } else {
            let end = rest.find('\t').unwrap_or(rest.len());
            cells.push(rest[..end].to_string());
            end
        };
        match rest[end..].strip_prefix('\t') {
            Some(next) => rest = next,
            None if end == rest.len() => return Some(cells),
            None => return None,
        }
    }
}

fn marks_are_odd(line: &str) -> bool {
    line.bytes().filter(|&byte| byte == b'"').count() % 2 == 1
}

/// The lines of a table, with lookahead.
#[derive(Debug)]
pub(super) struct TableLines<R> {
    pub lines: Lines<R>,
    ahead: std::collections::VecDeque<Result<Line>>,
}

impl<R: std::io::BufRead> TableLines<R> {
    pub fn new(lines: Lines<R>) -> TableLines<R> {
        TableLines { lines, ahead: std::collections::VecDeque::new() }
    }

    pub fn next(&mut self) -> Option<Result<Line>> {
        self.ahead.pop_front().or_else(|| self.lines.next())
    }

    /// The row that begins with `first`, if one of its quoted cells continues in the following lines
    /// and the whole row has `columns` cells. Only then the lines are consumed.
    ///
    /// A following line that has all columns and no quotation mark is a row and ends the search. If
    /// the first line has all columns, any following line that has them is a row. The cell must end in
    /// the first following line with an odd number of marks.
    ///
    /// Only a line with an odd number of marks begins such a row, and the search ends at the next one.
    /// So no line is read more than a few times.
    pub fn join(&mut self, first: &str, columns: usize, quoting: Quoting) -> Option<Vec<String>> {
        let tabs = |line: &str| line.bytes().filter(|&byte| byte == b'\t').count();
        if !marks_are_odd(first) {
            return None;
        }
        let is_full = |line: &str| tabs(line) + 1 == columns;
        let first_is_full = is_full(first);
        let mut row = first.to_string();
        for taken in 1..MAX_ROW_LINES {
            if self.ahead.len() < taken {
                let line = self.lines.next()?;
                self.ahead.push_back(line);
            }
            let Some(Ok(line)) = self.ahead.get(taken - 1) else { return None };
            let is_row = is_full(&line.text) && (first_is_full || !line.text.contains('"'));
            if is_row || row.len() + line.text.len() > MAX_ROW_BYTES {
                return None;
            }
            row.push('\n');
            row.push_str(&line.text);
            if marks_are_odd(&line.text) {
                let cells = csv_cells(&row, quoting).filter(|cells| cells.len() == columns)?;
                self.ahead.drain(..taken);
                return Some(cells);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_cell_that_needed_quotes_is_unquoted() {
        for (cell, text) in [
            ("\"Yes.\"", "\"Yes.\""),
            ("\"Come in,\" he said.", "\"Come in,\" he said."),
            ("\"One\" and \"two\"", "\"One\" and \"two\""),
            ("\"open", "\"open"),
            ("\"", "\""),
            ("\"\"", "\"\""),
            ("\"\"\"", "\"\"\""),
            ("\"\"\"\"", "\""),
            ("\"\"\"Yes.\"\"\"", "\"Yes.\""),
            ("\"She said \"\"no\"\" twice.\"", "She said \"no\" twice."),
            ("\"\"Yes.\"\"", "\"\"Yes.\"\""),
            ("she said \"\"no\"\"", "she said \"\"no\"\""),
        ] {
            assert_eq!(unquoted(cell, Quoting::Necessary), text, "{cell}");
        }
        assert_eq!(unquoted("\"Yes.\"", Quoting::Always), "Yes.");
        assert_eq!(unquoted("\"\"", Quoting::Always), "");
        assert_eq!(unquoted("\"Yes,\" he said.", Quoting::Always), "\"Yes,\" he said.");
    }

    #[test]
    fn a_quoted_cell_may_hold_tabs_where_the_columns_show_it() {
        let row = "\"a\tb\"\t\"Yes.\"";
        assert_eq!(cells(row, 2, Quoting::Necessary), ["a\tb", "\"Yes.\""]);
        assert_eq!(cells(row, 2, Quoting::Always), ["a\tb", "Yes."]);
        assert_eq!(cells(row, 3, Quoting::Necessary), ["\"a", "b\"", "\"Yes.\""]);
        assert_eq!(cells("\"a\tb", 1, Quoting::Necessary).len(), 2);
    }

    #[test]
    fn headers_show_how_their_writer_quotes() {
        let names = ["id", "en", "de"].map(str::to_string).to_vec();
        assert_eq!(header_cells("id\ten\tde"), (names.clone(), Quoting::Necessary));
        assert_eq!(header_cells("\"id\"\t\"en\"\t\"de\""), (names, Quoting::Always));
        assert_eq!(header_cells("\"Yes.\"\tja").1, Quoting::Necessary);
    }
}
