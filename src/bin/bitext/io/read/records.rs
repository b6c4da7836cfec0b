//! Reads and writes training sets in several formats.

#[cfg(feature = "parquet")]
use std::fs::File;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use bitext::cli_support::{Line, Lines, parse_record};
use bitext::evaluate::AlignmentFile;
use bitext::format::{
    HfJsonlWriter, MosesReader, MosesWriter, Record, Rows, Selection, TmxReader, TmxWriter,
    TsvReader, TsvWriter, aligned_texts, from_json, records,
};
use bitext::{Error, Language};
use clap::ValueEnum;

#[cfg(not(feature = "parquet"))]
use crate::MissingFeature;
#[cfg(feature = "parquet")]
use crate::io::messages::faults::quietly;
use crate::io::messages::hints::{JSON_LINES, check_ending, ending};
use crate::io::messages::terminal::complain;
use crate::io::read::compressed::{Compression, inner};
use crate::io::read::input::{check_stdin, read_text};
use crate::io::standard_stream::is_standard_stream;
use crate::io::write::output::Output;
use crate::{Failure, Usage};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RecordFormat {
    Jsonl,
    Tsv,
    Tmx,
    Moses,
    Parquet,
    Vecalign,
    Ladder,
}

impl RecordFormat {
    /// The extensions of its files; none if only `--from` and `--to` select the format.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            RecordFormat::Jsonl => &JSON_LINES,
            RecordFormat::Tsv => &["tsv", "tab"],
            RecordFormat::Tmx => &["tmx", "xml"],
            RecordFormat::Parquet => &["parquet"],
            RecordFormat::Moses | RecordFormat::Vecalign | RecordFormat::Ladder => &[],
        }
    }

    /// The format of a file by its extension; JSONL if it has none of these.
    fn of(path: Option<&Path>) -> RecordFormat {
        let Some(ending) = path.and_then(ending) else { return RecordFormat::Jsonl };
        let mut formats = RecordFormat::value_variants().iter().copied();
        let known = formats.find(|format| format.extensions().contains(&ending.as_str()));
        known.unwrap_or(RecordFormat::Jsonl)
    }

    /// Whether the extension of a file says that it has rows.
    pub fn has_extension(path: &Path) -> bool {
        let known = |ending: String| {
            let mut formats = RecordFormat::value_variants().iter();
            formats.any(|format| format.extensions().contains(&ending.as_str()))
        };
        ending(path).is_some_and(known)
    }

    /// Refuses an output with an unknown extension, unless the format was given.
    pub fn check_output(given: Option<RecordFormat>, path: Option<&Path>) -> Result<(), Usage> {
        if given.is_some() {
            return Ok(());
        }
        let formats = RecordFormat::value_variants().iter();
        let known: Vec<&str> = formats.flat_map(|format| format.extensions()).copied().collect();
        check_ending("-o", path, &known)
    }

    /// The format of an output: the one that was given, or that of its extension.
    pub fn of_output(given: Option<RecordFormat>, path: Option<&Path>) -> RecordFormat {
        given.unwrap_or_else(|| RecordFormat::of(path))
    }

    /// Whether the format keeps the additional fields of records.
    pub fn has_extras(self) -> bool {
        match self {
            RecordFormat::Jsonl | RecordFormat::Parquet => true,
            RecordFormat::Tsv
            | RecordFormat::Tmx
            | RecordFormat::Moses
            | RecordFormat::Vecalign
            | RecordFormat::Ladder => false,
        }
    }
}

/// The inputs that the command line names.
pub struct RecordSources<'a> {
    pub files: &'a [PathBuf],
    pub format: Option<RecordFormat>,
    pub languages: &'a [Language],
    pub sentences: &'a [PathBuf],
    pub pairs: &'a [(Language, Language)],
}

/// Rows, or why they cannot be used. A line of `bitext align` gives several rows.
pub type Records = Box<dyn Iterator<Item = Result<Vec<Record>, Error>>>;

impl RecordSources<'_> {
    pub fn open(&self) -> Result<Records, Failure> {
        check_stdin(self.files.iter().map(PathBuf::as_path))?;
        match self.format {
            Some(RecordFormat::Moses) => return self.line_aligned(),
            Some(RecordFormat::Vecalign) => return self.indexed(AlignmentFile::parse_vecalign),
            Some(RecordFormat::Ladder) => return self.indexed(AlignmentFile::parse_ladder),
            Some(
                RecordFormat::Jsonl | RecordFormat::Tsv | RecordFormat::Tmx | RecordFormat::Parquet,
            )
            | None => {}
        }
        if !self.sentences.is_empty() {
            return Err(Usage("--sentences needs --from vecalign or ladder".to_string()).into());
        }
        let mut all: Records = Box::new(std::iter::empty());
        for path in self.files {
            let format = self.format.unwrap_or_else(|| RecordFormat::of(Some(path)));
            all = Box::new(all.chain(self.file(format, path)?));
        }
        Ok(all)
    }

    /// The rows of a file that has the texts of all languages.
    fn file(&self, format: RecordFormat, path: &Path) -> Result<Records, Failure> {
        let name = name(path);
        Ok(match format {
            RecordFormat::Jsonl => {
                let mut selection = Selection::units();
                if !self.pairs.is_empty() {
                    selection.rows = Rows::Beads(self.pairs.to_vec());
                }
                Box::new(jsonl(Lines::new(&name, open(path)?), selection))
            }
            RecordFormat::Tsv => {
                let languages = Some(self.languages).filter(|languages| !languages.is_empty());
                Box::new(each(TsvReader::new(&name, open(path)?, languages)))
            }
            RecordFormat::Tmx => {
                let reader = TmxReader::new(&name, open(path)?).with_languages(self.languages);
                Box::new(tmx(name, reader))
            }
            RecordFormat::Parquet => parquet(&name, path)?,
            RecordFormat::Moses | RecordFormat::Vecalign | RecordFormat::Ladder => {
                let why = format!("{name}: the format has several files; select it with --from");
                return Err(Usage(why).into());
            }
        })
    }

    /// The rows of line-aligned files, one per language.
    fn line_aligned(&self) -> Result<Records, Failure> {
        if self.languages.len() != self.files.len() {
            let why = "--from moses needs --langs with one language per file, such as en,uk";
            return Err(Usage(why.to_string()).into());
        }
        let mut files = Vec::new();
        for (path, language) in self.files.iter().zip(self.languages) {
            files.push((name(path), *language, open(path)?));
        }
        let files = files.iter_mut().map(|(name, language, input)| {
            let empty: Box<dyn BufRead> = Box::new(std::io::empty());
            (name.as_str(), *language, std::mem::replace(input, empty))
        });
        Ok(Box::new(each(MosesReader::new(files)?)))
    }

    /// The rows of an index file and the two files of sentences that it refers to.
    fn indexed(
        &self,
        parse: fn(&str, &str) -> Result<AlignmentFile, Error>,
    ) -> Result<Records, Failure> {
        let ([path], [source, target], [own, other]) = (self.files, self.sentences, self.languages)
        else {
            let why =
                "an index file needs --sentences with two files and --langs with two languages";
            return Err(Usage(why.to_string()).into());
        };
        let sentences = |path: &Path| -> Result<Vec<String>, Failure> {
            let lines = Lines::new(&name(path), open(path)?);
            Ok(lines.map(|line| line.map(|line| line.text)).collect::<Result<_, _>>()?)
        };
        let (source, target) = (sentences(source)?, sentences(target)?);
        let (name, text) = (name(path), read_text(path)?);
        let document = parse(&name, &text)?;
        let beads = document.alignment(source.len(), target.len())?;
        let records = aligned_texts(&beads, (*own, &source), (*other, &target))?;
        Ok(Box::new(records.into_iter().map(|record| Ok(vec![record]))))
    }
}

fn each(
    records: impl Iterator<Item = Result<Record, Error>>,
) -> impl Iterator<Item = Result<Vec<Record>, Error>> {
    records.map(|record| record.map(|record| vec![record]))
}

/// Rows of JSON lines, each of which is a record or a bitext.
fn jsonl(
    mut lines: Lines<Box<dyn BufRead>>,
    selection: Selection,
) -> impl Iterator<Item = Result<Vec<Record>, Error>> {
    std::iter::from_fn(move || {
        loop {
            let Line { number, offset, text, .. } = match lines.next()? {
                Ok(line) if line.text.trim().is_empty() => continue,
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            // A text rarely contains these keys in this form. If it does, the parser reports an error.
            let is_bitext = text.contains("\"sentences\":") && text.contains("\"units\":");
            let rows = if is_bitext && !text.contains("\"translation\":") {
                from_json(&text).map(|bitext| records(&bitext, &selection))
            } else {
                parse_record(&text).map(|record| vec![record])
            };
            let rows = rows.map_err(|error| error.to_string());
            return Some(rows.map_err(|why| lines.refuse(number, offset, why)));
        }
    })
}

/// Units of a TMX document. At its end, the notes of the reader are printed.
fn tmx(
    name: String,
    mut reader: TmxReader<Box<dyn BufRead>>,
) -> impl Iterator<Item = Result<Vec<Record>, Error>> {
    let mut ended = false;
    std::iter::from_fn(move || {
        let next = reader.next();
        if next.is_none() && !std::mem::replace(&mut ended, true) {
            reader.notes().iter().for_each(|note| complain(format_args!("{name}: {note}")));
        }
        Some(next?.map(|record| vec![record]))
    })
}

fn name(path: &Path) -> String {
    if is_standard_stream(path) { "standard input".to_string() } else { path.display().to_string() }
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Error> {
    Ok(crate::io::read::input::open(path)?.1)
}

#[cfg(feature = "parquet")]
fn parquet(name: &str, path: &Path) -> Result<Records, Failure> {
    if is_standard_stream(path) {
        return Err(Usage("Parquet cannot be read from standard input".to_string()).into());
    }
    let file = File::open(path).map_err(|error| Error::read(path, error))?;
    // The Parquet crate panics on some files. The reader turns the panic into an error.
    let mut rows = quietly(|| bitext::format::ParquetReader::new(name, file))?;
    Ok(Box::new(each(std::iter::from_fn(move || quietly(|| rows.next())))))
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &str, _: &Path) -> Result<Records, Failure> {
    Err(MissingFeature { what: "Parquet", feature: "parquet" }.into())
}

/// The moses file of a language: `clean.en` for `clean`, `clean.en.gz` for `clean.gz`.
fn moses_file(path: &Path, language: Language) -> PathBuf {
    let mut file = inner(path).into_os_string();
    file.push(format!(".{language}"));
    if let Some(ending) = path.extension().filter(|_| Compression::of(path).is_some()) {
        file.push(".");
        file.push(ending);
    }
    file.into()
}

/// The output of rows.
pub enum RecordSink {
    Jsonl(HfJsonlWriter<Output>),
    Tsv(Box<TsvWriter<Output>>),
    Tmx(TmxWriter<Output>),
    Moses(MosesWriter<Output>),
    #[cfg(feature = "parquet")]
    Parquet(bitext::format::ParquetWriter<File>, Output),
}

impl RecordSink {
    /// Opens an output file, or standard output. Its columns are these languages.
    pub fn open(
        path: Option<&Path>,
        format: Option<RecordFormat>,
        languages: &[Language],
    ) -> Result<RecordSink, Failure> {
        let first = languages.first().copied().unwrap_or(Language::ENGLISH);
        Ok(match RecordFormat::of_output(format, path) {
            RecordFormat::Jsonl => {
                RecordSink::Jsonl(HfJsonlWriter::new(Output::open(path)?, languages))
            }
            RecordFormat::Tsv => {
                let out = Output::open(path)?;
                RecordSink::Tsv(Box::new(TsvWriter::new(out, languages, Selection::units())?))
            }
            RecordFormat::Tmx => {
                RecordSink::Tmx(TmxWriter::new(Output::open(path)?, first, Selection::units())?)
            }
            RecordFormat::Moses => {
                let path = path.filter(|path| !is_standard_stream(path)).ok_or_else(|| {
                    Usage("--to moses needs -o with the common prefix of the files".to_string())
                })?;
                let mut files = Vec::new();
                for language in languages {
                    let file = moses_file(path, *language);
                    files.push((*language, Output::open(Some(&file))?));
                }
                RecordSink::Moses(MosesWriter::new(files))
            }
            #[cfg(feature = "parquet")]
            RecordFormat::Parquet => {
                let out = Output::open(path)?;
                let Output::File(file, _) = &out else {
                    return Err(Usage("--to parquet needs -o with a file".to_string()).into());
                };
                let file = file.get_ref().as_file().try_clone()?;
                RecordSink::Parquet(bitext::format::ParquetWriter::new(file, languages)?, out)
            }
            #[cfg(not(feature = "parquet"))]
            RecordFormat::Parquet => {
                return Err(MissingFeature { what: "Parquet", feature: "parquet" }.into());
            }
            RecordFormat::Vecalign | RecordFormat::Ladder => {
                let why = "index files cannot be made of rows: `bitext align` writes them";
                return Err(Usage(why.to_string()).into());
            }
        })
    }

    /// The files that [`RecordSink::open`] writes.
    pub fn files(
        path: Option<&Path>,
        format: Option<RecordFormat>,
        languages: &[Language],
    ) -> Vec<Option<PathBuf>> {
        match RecordFormat::of_output(format, path) {
            RecordFormat::Moses => match path {
                Some(path) => {
                    languages.iter().map(|language| Some(moses_file(path, *language))).collect()
                }
                None => vec![None],
            },
            RecordFormat::Jsonl
            | RecordFormat::Tsv
            | RecordFormat::Tmx
            | RecordFormat::Parquet
            | RecordFormat::Vecalign
            | RecordFormat::Ladder => vec![path.map(Path::to_path_buf)],
        }
    }

    pub fn write(&mut self, record: &Record) -> Result<(), Error> {
        match self {
            RecordSink::Jsonl(out) => out.write(record),
            RecordSink::Tsv(out) => out.write_record(record),
            RecordSink::Tmx(out) => out.write_record(record),
            RecordSink::Moses(out) => out.write(record),
            #[cfg(feature = "parquet")]
            RecordSink::Parquet(out, _) => out.write(record),
        }
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            RecordSink::Jsonl(out) => out.finish()?.finish(),
            RecordSink::Tsv(out) => out.finish()?.finish(),
            RecordSink::Tmx(out) => out.finish()?.finish(),
            RecordSink::Moses(out) => out.finish()?.into_iter().try_for_each(Output::finish),
            #[cfg(feature = "parquet")]
            RecordSink::Parquet(rows, out) => {
                rows.finish()?;
                out.finish()
            }
        }
    }
}
