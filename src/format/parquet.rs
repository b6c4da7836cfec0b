//! Writes and reads records as Parquet, with the columns of the JSONL.

use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, FloatType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::SerializedFileReader;
use parquet::file::writer::{
    SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter,
};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Map, Number, Value};

use super::Record;
use super::hf::from_fields;
use crate::{Error, Language, Result};

/// The largest row group: rows, and bytes of text. A group is kept in memory until it is written.
const ROW_GROUP_LIMITS: (usize, usize) = (20_000, 32 << 20);

/// Writes records as a Parquet file: `id`, `translation` (a struct of the languages),
/// `document`, `score`, `confidence`, and `extra`, the extras of the record as JSON. All may be null.
///
/// The file is compressed with Snappy, in groups of up to 20,000 rows. The same records give the same
/// bytes.
///
/// ```
/// use bitext::Language;
/// use bitext::format::{ParquetReader, ParquetWriter, Record};
///
/// let languages = [Language::ENGLISH, Language::GERMAN];
/// let record = Record::new([(Language::ENGLISH, "rain"), (Language::GERMAN, "Regen")])?;
/// let file = tempfile::NamedTempFile::new()?;
/// let mut rows = ParquetWriter::new(file.reopen()?, &languages)?;
/// rows.write(&record)?;
/// rows.finish()?;
/// assert_eq!(ParquetReader::new("set", file.reopen()?)?.next().unwrap()?, record);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    languages: Vec<Language>,
    rows: Vec<Record>,
    bytes: usize,
}

impl<W: Write + Send> std::fmt::Debug for ParquetWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetWriter").field("languages", &self.languages).finish_non_exhaustive()
    }
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file of records in these languages.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn new(out: W, languages: &[Language]) -> Result<ParquetWriter<W>> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("bitext ", env!("CARGO_PKG_VERSION")).to_string())
            .build();
        let schema = schema(languages).map_err(write_error)?;
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties));
        let file = file.map_err(write_error)?;
        Ok(ParquetWriter { file, languages: languages.to_vec(), rows: Vec::new(), bytes: 0 })
    }

    /// Writes a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write), also if the record has another language.
    pub fn write(&mut self, record: &Record) -> Result<()> {
        record.check_languages(&self.languages)?;
        self.bytes += record.texts().iter().map(|(_, text)| text.len()).sum::<usize>();
        self.rows.push(record.clone());
        if self.rows.len() >= ROW_GROUP_LIMITS.0 || self.bytes >= ROW_GROUP_LIMITS.1 {
            self.flush().map_err(write_error)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        let text = |group: &mut Group<'_, W>, of: Column<'_>| -> Result<(), ParquetError> {
            let values: Vec<Option<String>> = rows.iter().map(of).collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            let values: Vec<ByteArray> =
                values.into_iter().flatten().map(|value| value.into_bytes().into()).collect();
            let mut column = next(group.next_column()?)?;
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
            column.close()
        };
        text(&mut group, &|record| record.id.clone())?;
        for &language in &self.languages {
            text(&mut group, &|record| record.text(language).map(str::to_string))?;
        }
        text(&mut group, &|record| record.document.clone())?;
        for of in [|record: &Record| record.score, |record: &Record| record.confidence] {
            let values: Vec<Option<f32>> = rows.iter().map(of).collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            let values: Vec<f32> = values.into_iter().flatten().collect();
            let mut column = next(group.next_column()?)?;
            column.typed::<FloatType>().write_batch(&values, Some(&levels), None)?;
            column.close()?;
        }
        // JSON values always serialise.
        let extra = |record: &Record| serde_json::to_string(&record.extra).ok();
        text(&mut group, &|record| extra(record).filter(|_| !record.extra.is_empty()))?;
        group.close()?;
        Ok(())
    }

    /// Ends the file and returns the output.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn finish(mut self) -> Result<W> {
        self.flush().map_err(write_error)?;
        self.file.into_inner().map_err(write_error)
    }
}

/// The value of a column for a record.
type Column<'a> = &'a dyn Fn(&Record) -> Option<String>;

type Group<'a, W> = SerializedRowGroupWriter<'a, W>;

fn next(
    column: Option<SerializedColumnWriter<'_>>,
) -> Result<SerializedColumnWriter<'_>, ParquetError> {
    column.ok_or_else(|| ParquetError::General("a column is missing".to_string()))
}

fn schema(languages: &[Language]) -> Result<TypePtr, ParquetError> {
    let text = |name: &str| -> Result<TypePtr, ParquetError> {
        let text = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
        let text = text.with_repetition(Repetition::OPTIONAL);
        Ok(Arc::new(text.with_logical_type(Some(LogicalType::String)).build()?))
    };
    let number = |name: &str| -> Result<TypePtr, ParquetError> {
        let number = Type::primitive_type_builder(name, Physical::FLOAT);
        Ok(Arc::new(number.with_repetition(Repetition::OPTIONAL).build()?))
    };
    let texts: Vec<TypePtr> =
        languages.iter().map(|language| text(language.code())).collect::<Result<_, _>>()?;
    let translation = Type::group_type_builder("translation")
        .with_repetition(Repetition::REQUIRED)
        .with_fields(texts)
        .build()?;
    let fields = vec![
        text("id")?,
        Arc::new(translation),
        text("document")?,
        number("score")?,
        number("confidence")?,
        text("extra")?,
    ];
    Ok(Arc::new(Type::group_type_builder("bitext").with_fields(fields).build()?))
}

fn write_error(error: ParquetError) -> Error {
    Error::write(match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => *error,
            Err(error) => std::io::Error::other(error),
        },
        other => std::io::Error::other(other),
    })
}

/// Reads records from a Parquet file with a struct column `translation`, which has the texts by
/// language, such as [`ParquetWriter`] writes. Other columns are read as
/// [`HfJsonlReader`](super::HfJsonlReader) reads other keys.
///
/// A malformed row is an error, and reading continues with the next row. An error about the file ends
/// the reading.
pub struct ParquetReader {
    source_name: String,
    // The mutex makes the reader `Sync`; it is never locked.
    rows: Mutex<RowIter<'static>>,
    row: usize,
    ended: bool,
}

impl std::fmt::Debug for ParquetReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetReader").field("row", &self.row).finish_non_exhaustive()
    }
}

impl ParquetReader {
    /// Opens a file. Errors call it `source_name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRecord`](crate::ErrorKind::InvalidRecord) if it is not a Parquet file.
    pub fn new(source_name: &str, file: File) -> Result<ParquetReader> {
        // The Parquet library may panic on damaged files.
        let rows = catch_unwind(AssertUnwindSafe(|| {
            let reader = SerializedFileReader::new(file)?;
            Ok(RowIter::from_file_into(Box::new(reader)))
        }));
        let refuse = |message: String| Error::record(message).with_source_name(source_name);
        let rows: Result<_, ParquetError> = rows.map_err(|_| refuse(BROKEN_FILE.to_string()))?;
        let rows = rows.map_err(|error| refuse(format!("not a Parquet file: {error}")))?;
        let (source_name, rows) = (source_name.to_string(), Mutex::new(rows));
        Ok(ParquetReader { source_name, rows, row: 0, ended: false })
    }
}

const BROKEN_FILE: &str = "the Parquet file is broken";

impl Iterator for ParquetReader {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        if self.ended {
            return None;
        }
        let rows = self.rows.get_mut().unwrap_or_else(PoisonError::into_inner);
        let row = catch_unwind(AssertUnwindSafe(|| rows.next()));
        self.row += 1;
        let record = match row {
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Ok(Some(Ok(row))) => from_row(&row),
            Ok(Some(Err(error))) => {
                self.ended = true;
                Err(error.to_string())
            }
            Err(_) => {
                self.ended = true;
                Err(BROKEN_FILE.to_string())
            }
        };
        Some(record.map_err(|message| {
            Error::record(message).with_source_name(&self.source_name).with_line(self.row)
        }))
    }
}

fn from_row(row: &Row) -> Result<Record, String> {
    let mut fields = object(row)?;
    if let Some(Value::String(extra)) = fields.remove("extra") {
        let extra: Map<String, Value> =
            serde_json::from_str(&extra).map_err(|error| format!("`extra`: {error}"))?;
        for (key, value) in extra {
            fields.entry(key).or_insert(value);
        }
    }
    from_fields(fields)
}

fn object(row: &Row) -> Result<Map<String, Value>, String> {
    row.get_column_iter().map(|(name, field)| Ok((name.clone(), value(name, field)?))).collect()
}

fn value(name: &str, field: &Field) -> Result<Value, String> {
    let float = |value: f64| Number::from_f64(value).map_or(Value::Null, Value::Number);
    Ok(match field {
        Field::Null => Value::Null,
        Field::Bool(value) => Value::Bool(*value),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float(value) => float(f64::from(*value)),
        Field::Double(value) => float(*value),
        Field::Str(text) => Value::String(text.clone()),
        // A text column without the logical type of text.
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Value::String(text.to_string()),
            Err(_) => return Err(format!("`{name}` is not UTF-8")),
        },
        Field::Group(row) => Value::Object(object(row)?),
        other => Value::String(other.to_string()),
    })
}
