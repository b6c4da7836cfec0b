//! Writes and reads line-aligned text: one file per language, as Moses and most toolkits use it.

use std::io::{BufRead, BufWriter, Write};

use super::{Lines, Record, fold};
use crate::{Error, ErrorKind, Language, Result};

/// Writes each record as one line in the file of each language.
///
/// White space is folded. That includes all characters that some reader takes for a line break
/// (U+0085, U+2028, U+2029, the vertical tab, the ASCII separators). So every reader finds as many
/// lines as there are records. A blank text is a blank line. A byte-order mark at the start of a text
/// is dropped. Ids, scores and extras are not written.
///
/// ```
/// use bitext::{Language, format::{MosesWriter, Record}};
///
/// let record = Record::new([(Language::ENGLISH, "one\u{2028}line"), (Language::GERMAN, "eine")])?;
/// let mut files =
///     MosesWriter::new([(Language::ENGLISH, Vec::new()), (Language::GERMAN, Vec::new())]);
/// files.write(&record)?;
/// assert_eq!(files.finish()?, [&b"one line\n"[..], b"eine\n"]);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct MosesWriter<W: Write> {
    files: Vec<(Language, BufWriter<W>)>,
}

impl<W: Write> MosesWriter<W> {
    /// Begins the files, one per language.
    pub fn new(files: impl IntoIterator<Item = (Language, W)>) -> MosesWriter<W> {
        let files = files.into_iter().map(|(language, out)| (language, BufWriter::new(out)));
        MosesWriter { files: files.collect() }
    }

    /// Writes a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write), also if the record does not have
    /// exactly the languages of the files. Nothing of it is written then.
    pub fn write(&mut self, record: &Record) -> Result<()> {
        let refuse = |why: String| Err(Error::unwritable(why));
        let has = |language: Language| self.files.iter().any(|(of, _)| *of == language);
        if let Some((other, _)) = record.texts().iter().find(|(language, _)| !has(*language)) {
            return refuse(format!("there is no file for `{other}`"));
        }
        if let Some((missing, _)) = self.files.iter().find(|(of, _)| record.text(*of).is_none()) {
            return refuse(format!("a record has no text in `{missing}`"));
        }
        for (language, out) in &mut self.files {
            let text = record.text(*language).unwrap_or_default();
            // Also after white space, which is dropped.
            let mark = |c: char| {
                c == '\u{feff}' || c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
            };
            let text = fold(text.trim_start_matches(mark)) + "\n";
            out.write_all(text.as_bytes()).map_err(Error::write)?;
        }
        Ok(())
    }

    /// Writes an empty line into each file: the border between two documents.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    ///
    /// ```
    /// use bitext::{Language, format::{MosesWriter, Record}};
    ///
    /// let record = Record::new([(Language::ENGLISH, "one"), (Language::GERMAN, "eins")])?;
    /// let mut files =
    ///     MosesWriter::new([(Language::ENGLISH, Vec::new()), (Language::GERMAN, Vec::new())]);
    /// files.write(&record)?;
    /// files.write_border()?;
    /// files.write(&record)?;
    /// assert_eq!(files.finish()?[1], b"eins\n\neins\n");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn write_border(&mut self) -> Result<()> {
        let mut files = self.files.iter_mut();
        files.try_for_each(|(_, out)| out.write_all(b"\n")).map_err(Error::write)
    }

    /// Flushes the buffers and returns the outputs in their order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn finish(self) -> Result<Vec<W>> {
        let files = self.files.into_iter().map(|(_, out)| out.into_inner());
        files.map(|out| out.map_err(|error| Error::write(error.into_error()))).collect()
    }
}

/// Reads line-aligned files, a record for each line.
///
/// Lines end in `\n` or `\r\n` only. A line that is too long or not UTF-8 is an error for its record
/// alone. If the files differ in their number of lines, the last item is an error.
///
/// ```
/// use bitext::{Language, format::MosesReader};
///
/// let mut records = MosesReader::new([
///     ("news.en", Language::ENGLISH, &b"It rained.\nIt snowed.\n"[..]),
///     ("news.de", Language::GERMAN, &b"Es regnete.\n"[..]),
/// ])?;
/// assert_eq!(records.next().unwrap()?.text(Language::GERMAN), Some("Es regnete."));
/// let error = records.next().unwrap().unwrap_err().to_string();
/// assert!(error.starts_with("news.de:1"), "{error}");
/// assert!(records.next().is_none());
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct MosesReader<R> {
    files: Vec<(Language, Lines<R>)>,
    ended: bool,
}

impl<R: BufRead> MosesReader<R> {
    /// Reads files, each given with its name, which errors use, and its language.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArticleCount`](crate::ErrorKind::ArticleCount) if there are fewer than two files, [`ErrorKind::DuplicateLanguage`](crate::ErrorKind::DuplicateLanguage).
    pub fn new<'n>(
        files: impl IntoIterator<Item = (&'n str, Language, R)>,
    ) -> Result<MosesReader<R>> {
        let files: Vec<(Language, Lines<R>)> = files
            .into_iter()
            .map(|(name, language, input)| (language, Lines::new(name, input)))
            .collect();
        // A record checks the languages.
        Record::new(files.iter().map(|(language, _)| (*language, "")))?;
        Ok(MosesReader { files, ended: false })
    }
}

impl<R: BufRead> Iterator for MosesReader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        if self.ended {
            return None;
        }
        let lines: Vec<_> =
            self.files.iter_mut().map(|(language, lines)| (*language, lines.next())).collect();
        let short = lines.iter().position(|(_, line)| line.is_none());
        if let Some(short) = short {
            self.ended = true;
            let long = lines.iter().position(|(_, line)| line.is_some())?;
            let (short, long) = (&self.files[short].1, &self.files[long].1);
            let (number, byte) = short.position();
            let message = format!(
                "the file ends, but {} has more lines: they are not line-aligned",
                long.source_name()
            );
            return Some(Err(short.refuse(number, byte, message)));
        }
        let mut texts = Vec::with_capacity(lines.len());
        for (language, line) in lines {
            match line {
                Some(Ok(line)) => texts.push((language, line.text)),
                Some(Err(error)) => {
                    self.ended = error.kind() == ErrorKind::Read;
                    return Some(Err(error));
                }
                None => return None,
            }
        }
        Some(Record::new(texts))
    }
}
