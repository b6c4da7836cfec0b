//! Writes and reads records as lines of JSON, in the schema of Hugging Face's `datasets`.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::record::{FIELDS, Record};
use super::{Line, Lines};
use crate::json::parse_object;
use crate::{Error, ErrorKind, Language, Result};

/// Writes records as lines of JSON:
///
/// ```json
/// {"id": "a1#0", "translation": {"en": "...", "uk": "..."}, "document": "a1", "score": 0.6, "confidence": 0.98}
/// ```
///
/// Each line has all these keys and all given languages, with `null` for missing values, so that all
/// lines have one schema. Other languages of a record and its extras follow. Texts are written
/// unchanged.
///
/// ```
/// use bitext::Language;
/// use bitext::format::{HfJsonlReader, HfJsonlWriter, Record};
///
/// let languages = [Language::ENGLISH, Language::GERMAN];
/// let record = Record::new([(Language::ENGLISH, "rain"), (Language::GERMAN, "Regen")])?;
/// let mut lines = HfJsonlWriter::new(Vec::new(), &languages);
/// lines.write(&record)?;
/// let lines = lines.finish()?;
/// assert!(lines.starts_with(br#"{"id":null,"translation":{"en":"rain","de":"Regen"},"#));
/// assert_eq!(HfJsonlReader::new("set", &lines[..]).next().unwrap()?, record);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct HfJsonlWriter<W: Write> {
    out: BufWriter<W>,
    languages: Vec<Language>,
}

impl<W: Write> HfJsonlWriter<W> {
    /// Begins a file of records in these languages.
    pub fn new(out: W, languages: &[Language]) -> HfJsonlWriter<W> {
        HfJsonlWriter { out: BufWriter::new(out), languages: languages.to_vec() }
    }

    /// Writes a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn write(&mut self, record: &Record) -> Result<()> {
        let line = serde_json::to_string(&HubRow { record, languages: &self.languages });
        let line = line.map_err(|error| Error::write(io::Error::other(error)))?;
        self.out.write_all((line + "\n").as_bytes()).map_err(Error::write)
    }

    /// Flushes the buffer and returns the output.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn finish(self) -> Result<W> {
        self.out.into_inner().map_err(|error| Error::write(error.into_error()))
    }
}

struct HubRow<'a> {
    record: &'a Record,
    languages: &'a [Language],
}

impl Serialize for HubRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Translation<'a>(&'a HubRow<'a>);
        impl Serialize for Translation<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let row = self.0;
                let named = row.languages.iter().map(|&lang| (lang, row.record.text(lang)));
                let others = row.record.texts().iter();
                let others = others.filter(|(lang, _)| !row.languages.contains(lang));
                let others = others.map(|(lang, text)| (*lang, Some(text.as_str())));
                serializer.collect_map(named.chain(others))
            }
        }
        let record = self.record;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &record.id)?;
        map.serialize_entry("translation", &Translation(self))?;
        map.serialize_entry("document", &record.document)?;
        map.serialize_entry("score", &record.score)?;
        map.serialize_entry("confidence", &record.confidence)?;
        for (key, value) in &record.extra {
            if !FIELDS.contains(&key.as_str()) {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

/// Reads lines such as those of [`HfJsonlWriter`].
///
/// `translation` has the texts by language, with `null` for a missing text. Other keys become extras.
/// Codes such as `en_XX` and `eng_Latn` are normalised ([`Language`]). The form
/// `TranslationVariableLanguages` of `datasets` is read too. A numeric `id` or `document` becomes a
/// string. Blank lines are skipped.
///
/// A malformed line is an error that names the line; reading continues with the next line.
#[derive(Debug)]
pub struct HfJsonlReader<R> {
    lines: Lines<R>,
}

impl<R: BufRead> HfJsonlReader<R> {
    /// Reads an input. Errors call it `source_name`.
    pub fn new(source_name: &str, input: R) -> HfJsonlReader<R> {
        HfJsonlReader { lines: Lines::new(source_name, input) }
    }
}

impl<R: BufRead> Iterator for HfJsonlReader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        loop {
            match self.lines.next()? {
                Ok(line) if line.text.trim().is_empty() => {}
                Ok(line) => {
                    let record = parse_record(&line.text);
                    let Line { number, offset, .. } = line;
                    return Some(record.map_err(|why| self.lines.refuse(number, offset, why)));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Reads a record from a line of JSON.
///
/// # Errors
///
/// [`ErrorKind::InvalidRecord`](crate::ErrorKind::InvalidRecord).
pub fn parse_record(line: &str) -> Result<Record> {
    from_fields(parse_object(line)?).map_err(Error::record)
}

/// The texts by language. They may have the form `TranslationVariableLanguages` of `datasets`:
/// `{"language": ["en", "de"], "translation": ["...", "..."]}`.
fn by_language(translation: Map<String, Value>) -> Result<Vec<(String, Value)>, String> {
    let lists = (translation.get("language"), translation.get("translation"));
    let (Some(Value::Array(codes)), Some(Value::Array(texts))) = lists else {
        return Ok(translation.into_iter().collect());
    };
    let (n, m) = (codes.len(), texts.len());
    if n != m {
        return Err(format!("`translation`: {n} codes in `language` for {m} texts"));
    }
    let named = codes.iter().zip(texts).map(|(code, text)| match code {
        Value::String(code) => Ok((code.clone(), text.clone())),
        _ => Err("`translation`: a code in `language` is no string".to_string()),
    });
    named.collect()
}

/// A record from its fields by name.
pub(super) fn from_fields(mut fields: Map<String, Value>) -> Result<Record, String> {
    let Some(Value::Object(translation)) = fields.remove("translation") else {
        return Err("no `translation`: an object such as {\"en\": \"...\", \"de\": \"...\"}".into());
    };
    let mut texts = Vec::with_capacity(translation.len());
    for (code, text) in by_language(translation)? {
        let language: Language = code.parse().map_err(|error: Error| error.to_string())?;
        match text {
            Value::String(text) => texts.push((language, text)),
            Value::Null => {}
            _ => return Err(format!("`translation`: the text of `{code}` is no string")),
        }
    }
    let count = texts.len();
    let mut record = Record::new(texts).map_err(|error| match error.kind() {
        ErrorKind::ArticleCount => {
            format!("`translation` needs two languages or more, has {count}")
        }
        _ => error.to_string(),
    })?;
    let mut name = |key: &str| match fields.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(format!("`{key}` must be a string or a number")),
    };
    (record.id, record.document) = (name("id")?, name("document")?);
    let mut number = |key: &str, fits: fn(f32) -> bool| match fields.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_f64().map(|value| value as f32) {
            Some(value) if fits(value) => Ok(Some(value)),
            _ => Err(format!("`{key}` is no number, or out of its range")),
        },
    };
    record.score = number("score", f32::is_finite)?;
    record.confidence = number("confidence", |value| (0.0..=1.0).contains(&value))?;
    record.extra = fields.into_iter().collect::<BTreeMap<_, _>>();
    Ok(record)
}
