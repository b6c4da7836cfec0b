//! The files with the rows of a training set, one for each set, format and combination of languages.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::corpus::Set;
use crate::corpus::build::config::{OutputConfig, OutputFormat, RowKind, language_pairs};
use crate::corpus::build::error::{BuildError, cannot_write};
use crate::corpus::build::passages::UnitSentences;
use crate::format::{HfJsonlWriter, MosesWriter, Record, Selection, TmxWriter, TsvWriter};
use crate::{Error, ErrorKind, Language, Result};

/// Files with rows. A file is created when it gets its first row.
pub struct RowFiles<'a> {
    folder: &'a Path,
    config: &'a OutputConfig,
    /// The columns of units.
    languages: Vec<Language>,
    writers: BTreeMap<String, RowWriter>,
    /// For each file of lines, the document or row that the last line is from.
    begun: BTreeMap<String, Option<String>>,
    names: Vec<String>,
}

enum RowWriter {
    HfJsonl(HfJsonlWriter<File>),
    Moses(MosesWriter<File>),
    Tsv(Box<TsvWriter<File>>),
    Tmx(Box<TmxWriter<File>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<crate::format::ParquetWriter<File>>),
}

impl<'a> RowFiles<'a> {
    /// Files in an empty folder. `languages` are the columns of units.
    pub fn new(
        folder: &'a Path,
        config: &'a OutputConfig,
        languages: Vec<Language>,
    ) -> RowFiles<'a> {
        let (writers, begun) = (BTreeMap::new(), BTreeMap::new());
        RowFiles { folder, config, languages, writers, begun, names: Vec::new() }
    }

    /// Writes a row in all formats, except for those of index files. A row of documents or paragraphs has
    /// units.
    pub fn write(
        &mut self,
        set: Set,
        record: &Record,
        units: Option<&[UnitSentences]>,
    ) -> Result<()> {
        for &format in &self.config.formats {
            match (self.config.rows, format) {
                // `IndexFiles` writes these.
                (_, OutputFormat::Vecalign | OutputFormat::Ladder) => {}
                // Moses files have no way to mark a missing text.
                (RowKind::Units, OutputFormat::Moses) => self.put_pairs(format, set, record)?,
                (RowKind::Units, _) => {
                    let languages = self.languages.clone();
                    self.put(format, set, &languages, record)?;
                    // Many translation memory tools know two languages only.
                    if format == OutputFormat::Tmx {
                        self.put_pairs(format, set, record)?;
                    }
                }
                (RowKind::Documents | RowKind::Paragraphs, OutputFormat::Moses) => {
                    self.put_lines(set, record, units.unwrap_or_default())?;
                }
                (RowKind::Pairs | RowKind::Documents | RowKind::Paragraphs, _) => {
                    self.put(format, set, &languages_of(record), record)?;
                }
            }
        }
        Ok(())
    }

    /// Writes a document as one line per unit, or paragraphs as one line, with an empty line between
    /// documents.
    fn put_lines(&mut self, set: Set, record: &Record, units: &[UnitSentences]) -> Result<()> {
        let languages = languages_of(record);
        let name = file_stem(set, &languages);
        // A document may have several rows. Each begins after an empty line, unless rows are paragraphs.
        let begun = match self.config.rows {
            RowKind::Paragraphs => record.document.clone(),
            _ => record.id.clone(),
        };
        let before = self.begun.insert(name.clone(), begun.clone());
        if before.is_some_and(|before| before != begun)
            && let Some(RowWriter::Moses(out)) = self.writers.get_mut(&name)
        {
            out.write_border().map_err(|error| with_path(&self.folder.join(&name), error))?;
        }
        if self.config.rows == RowKind::Paragraphs {
            return self.put(OutputFormat::Moses, set, &languages, record);
        }
        for unit in units {
            let sides = languages.iter().zip(unit);
            let line = Record::new(sides.map(|(language, side)| (*language, side.join(" "))))?;
            self.put(OutputFormat::Moses, set, &languages, &line)?;
        }
        Ok(())
    }

    fn put_pairs(&mut self, format: OutputFormat, set: Set, record: &Record) -> Result<()> {
        let mut languages = languages_of(record);
        languages.sort();
        for (one, other) in language_pairs(&languages) {
            if let Some(record) = record.clone().only(&[one, other]) {
                self.put(format, set, &[one, other], &record)?;
            }
        }
        Ok(())
    }

    fn put(
        &mut self,
        format: OutputFormat,
        set: Set,
        languages: &[Language],
        record: &Record,
    ) -> Result<()> {
        let stem = file_stem(set, languages);
        let name = match format {
            OutputFormat::HfJsonl => format!("{stem}.jsonl"),
            OutputFormat::Moses => stem,
            OutputFormat::Tsv => format!("{stem}.tsv"),
            OutputFormat::Tmx => format!("{stem}.tmx"),
            OutputFormat::Vecalign | OutputFormat::Ladder => return Ok(()),
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => format!("{stem}.parquet"),
        };
        if !self.writers.contains_key(&name) {
            let writer = self.begin(format, &name, languages)?;
            self.writers.insert(name.clone(), writer);
        }
        let written = match self.writers.get_mut(&name) {
            Some(RowWriter::HfJsonl(out)) => out.write(record),
            Some(RowWriter::Moses(out)) => out.write(record),
            Some(RowWriter::Tsv(out)) => out.write_record(record),
            Some(RowWriter::Tmx(out)) => out.write_record(record),
            #[cfg(feature = "parquet")]
            Some(RowWriter::Parquet(out)) => out.write(record),
            None => Ok(()),
        };
        written.map_err(|error| with_path(&self.folder.join(&name), error))
    }

    fn begin(
        &mut self,
        format: OutputFormat,
        name: &str,
        languages: &[Language],
    ) -> Result<RowWriter> {
        let mut create = |name: String| -> Result<File> {
            let path = self.folder.join(&name);
            let file = File::create(&path).map_err(|error| cannot_write(&path, error))?;
            self.names.push(name);
            Ok(file)
        };
        Ok(match format {
            OutputFormat::Vecalign | OutputFormat::Ladder => {
                let why = format!("{name}: index files are not written row by row");
                return Err(BuildError::Internal(why).into());
            }
            OutputFormat::HfJsonl => {
                RowWriter::HfJsonl(HfJsonlWriter::new(create(name.to_string())?, languages))
            }
            OutputFormat::Moses => {
                let mut files = Vec::new();
                for &language in languages {
                    files.push((language, create(format!("{name}.{language}"))?));
                }
                RowWriter::Moses(MosesWriter::new(files))
            }
            OutputFormat::Tsv => {
                let file = create(name.to_string())?;
                RowWriter::Tsv(Box::new(TsvWriter::new(file, languages, Selection::units())?))
            }
            OutputFormat::Tmx => {
                let (file, source) = (create(name.to_string())?, languages[0]);
                let memory = if self.config.rows.has_several_units() {
                    TmxWriter::of_paragraphs(file, source)?
                } else {
                    TmxWriter::new(file, source, Selection::units())?
                };
                RowWriter::Tmx(Box::new(memory))
            }
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => {
                let out = crate::format::ParquetWriter::new(create(name.to_string())?, languages)?;
                RowWriter::Parquet(Box::new(out))
            }
        })
    }

    /// Completes all files, and returns their names.
    pub fn finish(mut self) -> Result<Vec<String>> {
        for (name, writer) in std::mem::take(&mut self.writers) {
            let files = match writer {
                RowWriter::HfJsonl(out) => out.finish().map(|file| vec![file]),
                RowWriter::Moses(out) => out.finish(),
                RowWriter::Tsv(out) => out.finish().map(|file| vec![file]),
                RowWriter::Tmx(out) => out.finish().map(|file| vec![file]),
                #[cfg(feature = "parquet")]
                RowWriter::Parquet(out) => out.finish().map(|file| vec![file]),
            };
            let path = self.folder.join(name);
            for file in files.map_err(|error| with_path(&path, error))? {
                file.sync_all().map_err(|error| cannot_write(&path, error))?;
            }
        }
        self.names.sort_unstable();
        Ok(self.names)
    }
}

fn languages_of(record: &Record) -> Vec<Language> {
    record.texts().iter().map(|(language, _)| *language).collect()
}

fn file_stem(set: Set, languages: &[Language]) -> String {
    let codes: Vec<&str> = languages.iter().map(Language::code).collect();
    format!("{}.{}", set.name(), codes.join("-"))
}

/// Adds the path to an error of writing.
fn with_path(path: &Path, error: Error) -> Error {
    match error.io_error() {
        Some(io) if error.kind() == ErrorKind::Write => {
            cannot_write(path, io::Error::new(io.kind(), io.to_string()))
        }
        _ => error,
    }
}
