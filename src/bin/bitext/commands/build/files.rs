//! The files of a training set.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bitext::Language;
use bitext::corpus::Set;
use bitext::format::{HfJsonlWriter, MosesWriter, Record, Selection, TmxWriter, TsvWriter};

use super::config::{OutputFormat, PAIRS, RowKind};
use super::shards::cannot_write;
use crate::Failure;

/// Files by set and languages, begun when there is something to write.
pub struct Files<'a> {
    folder: &'a Path,
    formats: &'a [OutputFormat],
    rows: RowKind,
    languages: Vec<Language>,
    writers: BTreeMap<String, Writer>,
    /// Their names.
    pub names: Vec<String>,
}

enum Writer {
    HfJsonl(HfJsonlWriter<File>),
    Moses(MosesWriter<File>),
    Tsv(Box<TsvWriter<File>>),
    Tmx(Box<TmxWriter<File>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<bitext::format::ParquetWriter<File>>),
}

impl<'a> Files<'a> {
    /// Begins with an empty folder. Units are written with these languages.
    pub fn new(
        folder: &'a Path,
        formats: &'a [OutputFormat],
        rows: RowKind,
        languages: Vec<Language>,
    ) -> Files<'a> {
        Files { folder, formats, rows, languages, writers: BTreeMap::new(), names: Vec::new() }
    }

    pub fn write(&mut self, set: Set, record: &Record) -> Result<(), Failure> {
        for &format in self.formats {
            match (self.rows, format) {
                // `IndexFiles` has these.
                (_, OutputFormat::Vecalign | OutputFormat::Ladder) => {}
                // Files of lines have no place for what is not there.
                (RowKind::Units, OutputFormat::Moses) => self.put_pairs(format, set, record)?,
                (RowKind::Units, _) => {
                    let languages = self.languages.clone();
                    self.put(format, set, &languages, record)?;
                    // Many tools for memories know two languages only.
                    if format == OutputFormat::Tmx {
                        self.put_pairs(format, set, record)?;
                    }
                }
                (RowKind::Pairs, _) => {
                    let languages: Vec<Language> =
                        record.texts().iter().map(|(language, _)| *language).collect();
                    self.put(format, set, &languages, record)?;
                }
            }
        }
        Ok(())
    }

    fn put_pairs(
        &mut self,
        format: OutputFormat,
        set: Set,
        record: &Record,
    ) -> Result<(), Failure> {
        for (one, other) in PAIRS {
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
    ) -> Result<(), Failure> {
        let codes: Vec<&str> = languages.iter().map(Language::code).collect();
        let stem = format!("{}.{}", set.name(), codes.join("-"));
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
            Some(Writer::HfJsonl(out)) => out.write(record),
            Some(Writer::Moses(out)) => out.write(record),
            Some(Writer::Tsv(out)) => out.write_record(record),
            Some(Writer::Tmx(out)) => out.write_record(record),
            #[cfg(feature = "parquet")]
            Some(Writer::Parquet(out)) => out.write(record),
            None => Ok(()),
        };
        written.map_err(|error| failed(&self.folder.join(&name), error))
    }

    fn begin(
        &mut self,
        format: OutputFormat,
        name: &str,
        languages: &[Language],
    ) -> Result<Writer, Failure> {
        let mut create = |name: String| -> Result<File, Failure> {
            let path = self.folder.join(&name);
            let file = File::create(&path).map_err(|error| cannot_write(&path, &error))?;
            self.names.push(name);
            Ok(file)
        };
        Ok(match format {
            OutputFormat::Vecalign | OutputFormat::Ladder => {
                return Err(format!("{name}: index files are not written by rows").into());
            }
            OutputFormat::HfJsonl => {
                Writer::HfJsonl(HfJsonlWriter::new(create(name.to_string())?, languages))
            }
            OutputFormat::Moses => {
                let mut files = Vec::new();
                for &language in languages {
                    files.push((language, create(format!("{name}.{language}"))?));
                }
                Writer::Moses(MosesWriter::new(files))
            }
            OutputFormat::Tsv => {
                let file = create(name.to_string())?;
                Writer::Tsv(Box::new(TsvWriter::new(file, languages, Selection::units())?))
            }
            OutputFormat::Tmx => {
                let (file, source) = (create(name.to_string())?, languages[0]);
                Writer::Tmx(Box::new(TmxWriter::new(file, source, Selection::units())?))
            }
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => {
                let out = bitext::format::ParquetWriter::new(create(name.to_string())?, languages)?;
                Writer::Parquet(Box::new(out))
            }
        })
    }

    /// Ends all files; gives their names.
    pub fn finish(mut self) -> Result<Vec<String>, Failure> {
        for (name, writer) in std::mem::take(&mut self.writers) {
            let files = match writer {
                Writer::HfJsonl(out) => out.finish().map(|file| vec![file]),
                Writer::Moses(out) => out.finish(),
                Writer::Tsv(out) => out.finish().map(|file| vec![file]),
                Writer::Tmx(out) => out.finish().map(|file| vec![file]),
                #[cfg(feature = "parquet")]
                Writer::Parquet(out) => out.finish().map(|file| vec![file]),
            };
            let path = self.folder.join(name);
            for file in files.map_err(|error| failed(&path, error))? {
                file.sync_all().map_err(|error| cannot_write(&path, &error))?;
            }
        }
        self.names.sort_unstable();
        Ok(self.names)
    }
}

fn failed(path: &Path, error: bitext::Error) -> Failure {
    match error.io_error() {
        Some(io) if error.kind() == bitext::ErrorKind::Write => cannot_write(path, io),
        _ => error.into(),
    }
}

/// A file of lines that is there even if it is empty.
pub struct LineFile {
    path: PathBuf,
    out: BufWriter<File>,
}

impl LineFile {
    pub fn create(path: PathBuf) -> Result<LineFile, Failure> {
        let file = File::create(&path).map_err(|error| cannot_write(&path, &error))?;
        Ok(LineFile { path, out: BufWriter::new(file) })
    }

    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.out, "{line}").map_err(|error| cannot_write(&self.path, &error))
    }

    pub fn finish(self) -> Result<(), Failure> {
        let fail = |error: std::io::Error| cannot_write(&self.path, &error);
        let file = self.out.into_inner().map_err(|error| fail(error.into_error()))?;
        file.sync_all().map_err(fail)
    }
}
