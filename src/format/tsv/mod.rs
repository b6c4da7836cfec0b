//! Writes and reads tab-separated values.

mod cells;

use std::io::{self, BufRead};

use csv::{ErrorKind, QuoteStyle, Writer, WriterBuilder};
use serde_json::Value;

use super::{Lines, Record, Rows, Selection, fold};
use crate::language::from_name;
use crate::{Bitext, Error, Language, Result};
use cells::{Quoting, TableLines, cells, header_cells};

/// Writes bitexts as one table of tab-separated values, with a header.
///
/// The columns are `id` (of the bitext), one per language under its code, `score` and `confidence`.
/// Their order is fixed: `id` is also the code of Indonesian. The cell of a missing language or id is
/// empty. No cell holds a tab or a line break, so each line is a row. Cells with quotation marks are
/// quoted as in CSV, with the marks doubled.
///
/// The output is buffered, so call [`finish`](TsvWriter::finish) to see the errors of the last rows.
///
/// ```
/// use bitext::format::{Selection, TsvWriter};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
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
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
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

    /// Begins a table of the beads of two languages, with a column for each.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    ///
    /// ```
    /// use bitext::format::TsvWriter;
    /// use bitext::{Aligner, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     ("en", "The bridge is closed. Share this post:"),
    ///     ("de", "Die Brücke ist gesperrt."),
    /// ])?;
    /// let mut table = TsvWriter::pair(Vec::new(), Language::ENGLISH, Language::GERMAN)?;
    /// table.write(&bitext)?;
    /// assert_eq!(String::from_utf8_lossy(&table.finish()?).lines().count(), 2);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn pair(out: W, one: Language, other: Language) -> Result<TsvWriter<W>> {
        TsvWriter::new(out, &[one, other], Selection::pair(one, other))
    }

    /// Leaves out units and beads below a confidence, 0 to 1.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::format::TsvWriter;
    ///
    /// let table = TsvWriter::pair(Vec::new(), Language::ENGLISH, Language::GERMAN)?;
    /// let table = table.with_min_confidence(0.9);
    /// # assert!(table.finish().is_ok());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_min_confidence(mut self, min_confidence: f32) -> TsvWriter<W> {
        self.selection.min_confidence = min_confidence;
        self
    }

    /// Writes the selected units or beads of a bitext, one per row.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write), also if a selected language has no
    /// column. No row of the bitext is written then.
    pub fn write(&mut self, bitext: &Bitext) -> Result<()> {
        let wanted: Vec<Language> = match &self.selection.rows {
            Rows::Units => bitext.languages().collect(),
            Rows::Beads(pairs) => pairs.iter().flat_map(|&(one, other)| [one, other]).collect(),
        };
        if let Some(missing) = wanted.iter().find(|language| !self.languages.contains(language)) {
            let why = format!("the table has no column for `{missing}`");
            return Err(Error::unwritable(why));
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

    /// Writes a record as a row, with its id, score and confidence. The document and the extras are not
    /// written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write), also if one of its languages has no column.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::format::{Record, Selection, TsvWriter};
    ///
    /// let record = Record::new([(Language::ENGLISH, "rain"), (Language::GERMAN, "Regen")])?;
    /// let languages = [Language::ENGLISH, Language::GERMAN];
    /// let mut table = TsvWriter::new(Vec::new(), &languages, Selection::units())?;
    /// table.write_record(&record)?;
    /// let other = Record::new([(Language::ENGLISH, "rain"), (Language::UKRAINIAN, "дощ")])?;
    /// assert!(table.write_record(&other).is_err());
    /// assert_eq!(table.finish()?, b"id\ten\tde\tscore\tconfidence\n\train\tRegen\t\t\n");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn write_record(&mut self, record: &Record) -> Result<()> {
        record.check_languages(&self.languages)?;
        let mut row = Vec::with_capacity(self.languages.len() + 3);
        row.push(record.id.as_deref().map(fold).unwrap_or_default());
        let texts = self.languages.iter().map(|&language| record.text(language));
        row.extend(texts.map(|text| fold(text.unwrap_or_default())));
        let number = |value: Option<f32>| value.map_or_else(String::new, |value| value.to_string());
        row.extend([number(record.score), number(record.confidence)]);
        self.table.write_record(&row).map_err(write_error)?;
        Ok(())
    }

    /// Flushes the buffer and returns the output.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn finish(mut self) -> Result<W> {
        self.table.flush().map_err(Error::write)?;
        self.table.into_inner().map_err(|error| Error::write(error.into_error()))
    }
}

/// Keeps the kind of an I/O error, so that a closed pipe stays recognisable.
pub(super) fn write_error(error: csv::Error) -> Error {
    Error::write(match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

/// Reads tables of tab-separated values, one row per line.
///
/// # Columns
///
/// With a header such as [`TsvWriter`] writes, the names say what the columns are: `id`, languages,
/// and more. An empty cell of a language is a missing text. Columns with unknown names become
/// [`extra`](Record::extra). The `id` column is optional if the first columns are at least two
/// codes of languages that have a [name](Language::name), or contain all given languages. The id of a row is then its file and line,
/// such as `set.tsv:2`.
///
/// Without a header, the languages of the columns must be given. Nothing is quoted, and further
/// columns are ignored.
///
/// # Quotation marks
///
/// With a header, a cell is quoted as in CSV only if it begins and ends with `"`, each `"` inside is
/// doubled, and it needed quoting because it holds a `"`, a tab or a line break. So
/// `"She said ""no""."` is `She said "no".`, as pandas and other CSV writers mean it. The marks of
/// `"Yes."` and of `"Stop!" he cried` belong to the text. If every name of the header is quoted, the
/// writer always quotes, and the marks around `"Yes."` are dropped too.
///
/// A quoted cell may hold tabs or line breaks only if its lines would otherwise have the wrong number
/// of columns. Such a row has at most 1,000 lines and 1 MiB. Lines with the right number of columns
/// are rows, whatever marks they hold.
///
/// # Errors
///
/// A malformed line is an error that names the line; reading continues with the next line.
///
/// ```
/// use bitext::{Language, format::TsvReader};
///
/// let table = "id\ten\tde\tscore\tconfidence\na1\train\tRegen\t0.5\t0.9\n";
/// let record = TsvReader::new("set.tsv", table.as_bytes(), None).next().unwrap()?;
/// assert_eq!((record.text(Language::GERMAN), record.score), (Some("Regen"), Some(0.5)));
///
/// let languages = [Language::ENGLISH, Language::GERMAN];
/// let record = TsvReader::new("set.tsv", &b"\"rain\" here\tRegen\n"[..], Some(&languages));
/// assert_eq!(record.last().unwrap()?.text(Language::ENGLISH), Some("\"rain\" here"));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct TsvReader<R> {
    lines: TableLines<R>,
    languages: Option<Vec<Language>>,
    columns: Option<Columns>,
    ended: bool,
}

/// The columns of a table.
#[derive(Debug)]
enum Columns {
    Named { names: Vec<String>, has_id: bool, quoting: Quoting },
    Languages(Vec<Language>),
}

impl<R: BufRead> TsvReader<R> {
    /// Reads an input. Errors call it `source_name`. `languages` are those of the first columns of a
    /// table without a header.
    pub fn new(source_name: &str, input: R, languages: Option<&[Language]>) -> TsvReader<R> {
        let languages = languages.map(<[Language]>::to_vec);
        let lines = TableLines::new(Lines::new(source_name, input));
        TsvReader { lines, languages, columns: None, ended: false }
    }

    fn refuse(&self, (line, byte): (usize, u64), why: String) -> Error {
        self.lines.lines.refuse(line, byte, why)
    }
}

impl<R: BufRead> Iterator for TsvReader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        if self.ended {
            return None;
        }
        loop {
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            let place = (line.number, line.offset);
            if self.columns.is_none() {
                let named = header(&line.text, self.languages.as_deref());
                let is_header = named.is_some();
                let given = self.languages.as_ref();
                self.columns = named.or_else(|| given.map(|all| Columns::Languages(all.clone())));
                if is_header {
                    continue;
                }
            }
            let Some(columns) = &self.columns else {
                self.ended = true;
                return Some(Err(self.refuse(place, no_header(&line.text))));
            };
            if line.text.is_empty() {
                continue;
            }
            let record = match columns {
                Columns::Languages(languages) => plain_row(languages, &line.text),
                Columns::Named { names, has_id, quoting } => {
                    let joined = self.lines.join(&line.text, names.len(), *quoting);
                    let cells = joined.unwrap_or_else(|| cells(&line.text, names.len(), *quoting));
                    named_row(names, *has_id, cells).map(|mut record| {
                        if !has_id {
                            let path = self.lines.lines.source_name();
                            let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
                            record.id = Some(format!("{file}:{}", line.number));
                        }
                        record
                    })
                }
            };
            return Some(record.map_err(|why| self.refuse(place, why)));
        }
    }
}

/// The columns, if a line is a header: an id and two languages, or languages alone. Many short words
/// are codes of languages, so languages alone must be well-known ones or the given ones.
fn header(line: &str, given: Option<&[Language]>) -> Option<Columns> {
    let (names, quoting) = header_cells(line);
    let has_id = names[0] == "id";
    let languages = names.iter().skip(usize::from(has_id)).map_while(|name| {
        // Codes begin with a lowercase letter: `Eng` may be a text.
        let is_code = has_id || name.starts_with(|c: char| c.is_ascii_lowercase());
        name.parse::<Language>().ok().filter(|_| is_code)
    });
    let languages: Vec<Language> = languages.collect();
    let known = |language: &Language| from_name(language.primary()).is_some();
    let enough = match given {
        _ if has_id => languages.len() >= 2,
        Some(given) => given
            .iter()
            .all(|one| languages.iter().any(|language| language.primary() == one.primary())),
        None => {
            let mut found: Vec<_> = languages.iter().filter(|language| known(language)).collect();
            found.sort();
            found.dedup();
            found.len() >= 2
        }
    };
    enough.then_some(Columns::Named { names, has_id, quoting })
}

/// The error for a first line that is not a header.
fn no_header(line: &str) -> String {
    const SHOWN: usize = 8;
    let short = |name: &str| match name.char_indices().nth(20) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    };
    let mut found: Vec<String> = line.split('\t').take(SHOWN).map(short).collect();
    if line.split('\t').nth(SHOWN).is_some() {
        found.push("…".to_string());
    }
    format!(
        "no header such as `id`, `en`, `de`: two columns with the codes of languages are \
         missing, at the start or behind `id`; found {}. If it has no header, name the languages \
         of the columns",
        found.join(", ")
    )
}

/// The row of a table without a header: the first cells are the texts.
fn plain_row(languages: &[Language], line: &str) -> Result<Record, String> {
    let cells: Vec<&str> = line.splitn(languages.len() + 1, '\t').collect();
    if cells.len() < languages.len() {
        let (found, wanted) = (cells.len(), languages.len());
        let s = if found == 1 { "" } else { "s" };
        return Err(format!("{found} column{s}, and {wanted} languages were named"));
    }
    Record::new(languages.iter().copied().zip(cells)).map_err(|error| error.to_string())
}

fn named_row(names: &[String], has_id: bool, cells: Vec<String>) -> Result<Record, String> {
    if cells.len() != names.len() {
        return Err(format!("{} cells, and {} columns in the header", cells.len(), names.len()));
    }
    let mut texts = Vec::new();
    let mut rest = Vec::new();
    // The languages are the first columns, after the id, up to the first other name.
    let mut in_languages = true;
    let mut columns = names.iter().zip(cells);
    let id = if has_id { columns.next().map(|(_, id)| id) } else { None };
    for (name, cell) in columns {
        match name.parse::<Language>() {
            Ok(language) if in_languages => texts.push((language, cell)),
            _ => {
                in_languages = false;
                rest.push((name, cell));
            }
        }
    }
    // A row may have two texts even if one of them is empty.
    if texts.len() > 2 {
        texts.retain(|(_, text)| !text.is_empty());
    }
    let mut record = Record::new(texts).map_err(|error| error.to_string())?;
    record.id = id.filter(|id| !id.is_empty());
    for (name, cell) in rest.into_iter().filter(|(_, cell)| !cell.is_empty()) {
        let number = || cell.parse::<f32>().ok().filter(|number| number.is_finite());
        let wrong = || format!("`{name}` is no number, or out of its range");
        match name.as_str() {
            "score" => record.score = Some(number().ok_or_else(wrong)?),
            "confidence" => {
                let fits = number().filter(|value| (0.0..=1.0).contains(value));
                record.confidence = Some(fits.ok_or_else(wrong)?);
            }
            "document" => record.document = Some(cell),
            _ => record.add_extra(name, Value::String(cell)),
        }
    }
    Ok(record)
}
