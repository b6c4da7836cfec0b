//! Tab-separated values.

use std::io;

use csv::{ErrorKind, QuoteStyle, Writer, WriterBuilder};

use super::{Rows, Selection, fold};
use crate::{Bitext, Error, Language, Result};

/// Writes bitexts as one table of tab-separated values, with a header.
///
/// The columns are `id` (the bitext's), one a language with its code as the
/// name, `score` and `confidence`; their order is fixed, which tells the id
/// from Indonesian. A language that a row does not have is an empty cell, as
/// is the id of a bitext without one. No cell holds a tab or a line break, and
/// a line is a row; cells with quotation marks are quoted as in CSV, with the
/// marks doubled.
///
/// The output is buffered; [`finish`](TsvWriter::finish) reports what goes
/// wrong when the rest is written.
///
/// ```
/// use bitext::format::{Selection, TsvWriter};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new()?.align([
///     Article::from_sentences(Language::ENGLISH, ["The bridge\nis closed."]),
///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
/// ])?;
/// let languages = [Language::ENGLISH, Language::GERMAN];
/// let mut table = TsvWriter::new(Vec::new(), &languages, Selection::units())?;
/// table.write(&bitext)?;
/// let table = String::from_utf8_lossy(&table.finish()?).into_owned();
/// let mut lines = table.lines();
/// assert_eq!(lines.next(), Some("id\ten\tde\tscore\tconfidence"));
/// assert!(lines.next().unwrap().starts_with("\tThe bridge is closed.\tDie Brücke ist gesperrt.\t"));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct TsvWriter<W: io::Write> {
    table: Writer<W>,
    languages: Vec<Language>,
    selection: Selection,
}

impl<W: io::Write> TsvWriter<W> {
    /// Begins a table with columns for the languages, in the order given.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn new(out: W, languages: &[Language], selection: Selection) -> Result<TsvWriter<W>> {
        let mut table = WriterBuilder::new()
            .delimiter(b'\t')
            .quote_style(QuoteStyle::Necessary)
            .from_writer(out);
        let codes = languages.iter().map(Language::code);
        let header = ["id"].into_iter().chain(codes).chain(["score", "confidence"]);
        table.write_record(header).map_err(write_error)?;
        Ok(TsvWriter { table, languages: languages.to_vec(), selection })
    }

    /// Writes the selected units or beads of a bitext, one a row.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], also where there is no column for one of the
    /// languages selected; no row of the bitext is written then.
    pub fn write(&mut self, bitext: &Bitext) -> Result<()> {
        let wanted: Vec<Language> = match &self.selection.rows {
            Rows::Units => bitext.languages().collect(),
            Rows::Beads(pairs) => pairs.iter().flat_map(|&(one, other)| [one, other]).collect(),
        };
        if let Some(missing) = wanted.iter().find(|language| !self.languages.contains(language)) {
            let why = format!("the table has no column for `{missing}`");
            return Err(Error::Write(io::Error::new(io::ErrorKind::InvalidInput, why)));
        }
        let id = bitext.id().map(|id| fold(&id.to_string())).unwrap_or_default();
        for unit in self.selection.select(bitext) {
            let mut row = Vec::with_capacity(self.languages.len() + 3);
            row.push(id.clone());
            let texts = self.languages.iter().map(|&language| bitext.text(unit, language));
            row.extend(texts.map(|text| fold(&text.unwrap_or_default())));
            row.push(unit.score().to_string());
            row.push(unit.confidence().to_string());
            self.table.write_record(&row).map_err(write_error)?;
        }
        Ok(())
    }

    /// Writes what is buffered and hands back the output.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn finish(mut self) -> Result<W> {
        self.table.flush()?;
        self.table.into_inner().map_err(|error| Error::Write(error.into_error()))
    }
}

/// Keeps the kind of an I/O error: a closed pipe must stay recognisable.
fn write_error(error: csv::Error) -> Error {
    Error::Write(match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}
