//! Reads TMX of any version.

use std::fmt;
use std::io::BufRead;

use serde_json::Value;

use super::decode::Unreadable;
use super::entities::Entities;
use super::scan::{DOCUMENT_ENDS, FilePlace, Finding, Prolog, Scanner};
use super::unit::{TmxUnit, malformed, not_closed, parse};
use crate::format::Record;
use crate::format::lines::MAX_LINE;
use crate::{Error, ErrorKind, Language, Result};

/// Reads a TMX document as a stream, one record per `<tu>`.
///
/// # Text
///
/// The text of a segment includes the text of `<hi>`. The content of `<bpt>`, `<ept>`, `<it>`, `<ph>` and
/// `<ut>` is code of another format and is left out, together with the text of a `<sub>` in it.
///
/// A code for a line break, a paragraph, a table cell, a tab or a no-break space separates words: it
/// becomes a space, unless there is white space next to it. Such codes are recognised by their `type`
/// (`lb`, `x-tab`) or their content (`<br/>`, `\n`, `\par`, `<w:tab/>`, `&#160;`). Other codes, such
/// as bold type or a soft hyphen, leave nothing.
///
/// # Properties
///
/// The properties that [`TmxWriter`](super::TmxWriter) writes become the fields of the record. Other
/// `<prop>`s of the `<tu>` become extras, without the prefix `x-`. Several of one type become an array.
/// If several could be one field, the first is, and the others become extras. The `tuid` is the id if
/// there is no `x-id`.
///
/// # Languages
///
/// Languages are in `xml:lang` or `lang`; `en_US` is `en-US`. A record has one text per language. Of
/// several variants, such as `en-US` and `en-GB` or two of `de`, it has the first that is not empty.
/// [`with_languages`](TmxReader::with_languages) prefers certain regions. A [note](TmxReader::notes)
/// counts such units. A unit with variants of one language only keeps one per region.
///
/// # Encodings
///
/// The reader decodes UTF-8, UTF-16 with and without a byte-order mark, and any encoding of the WHATWG
/// standard that the XML declaration names. A UTF-8 document that declares another encoding is read as
/// UTF-8, with a [note](TmxReader::notes).
///
/// # DamageSoFar
///
/// A `<tu>` is an error if it is not well-formed, has fewer than two languages, or is longer than
/// 64 MiB. Not well-formed are a bare `&` or `<`, a missing tag, an undeclared entity, and bytes that
/// are not text. The error has the line and byte where the `<tu>` begins, and reading continues with
/// the next `<tu>`. Parts of a unit without their `<tu>` are one such error. Names of elements and
/// attributes may be in capitals.
///
/// Entities that the document declares are expanded: at most 512 entities, each of at most 1,024 bytes
/// without markup, in at most two levels, and at most 64 KiB per unit. A unit beyond these limits is an
/// error. External entities are never read.
///
/// A document that is not TMX, has an unknown encoding, or ends without `</tmx>` is an error that ends
/// the reading.
///
/// ```
/// use bitext::{Language, format::TmxReader};
///
/// let memory = r#"<tmx version="1.4"><header/><body>
/// <tu><tuv xml:lang="en"><seg>Rain &amp; <hi>storm</hi></seg></tuv>
///     <tuv xml:lang="de"><seg>Regen und<ph>&lt;br/&gt;</ph>Sturm</seg></tuv></tu>
/// <tu><tuv xml:lang="en"><seg>Rain & storm</seg></tuv></tu>
/// </body></tmx>"#;
/// let mut reader = TmxReader::new("memory.tmx", memory.as_bytes());
/// let record = reader.next().unwrap()?;
/// assert_eq!(record.text(Language::ENGLISH), Some("Rain & storm"));
/// assert_eq!(record.text(Language::GERMAN), Some("Regen und Sturm"));
/// let error = reader.next().unwrap().unwrap_err();
/// assert!(error.to_string().starts_with("memory.tmx:4 (byte 181): "), "{error}");
/// assert!(reader.next().is_none());
/// # Ok::<(), bitext::Error>(())
/// ```
pub struct TmxReader<R: BufRead> {
    source_name: String,
    scanner: Scanner<R>,
    languages: Vec<Language>,
    limit: usize,
    entities: Entities,
    notes: Vec<TmxNote>,
    /// The first unit with several variants of a language, and the number of such units.
    variants: Option<(FilePlace, u64)>,
    state: ReaderState,
    damage: DamageSoFar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReaderState {
    New,
    Units,
    Ended,
}

/// The damage found so far, so that none is counted twice.
struct DamageSoFar {
    /// The usual number of `<tuv>` in a unit.
    usual_variants: usize,
    /// The previous unit, if it was refused and its rest may follow.
    refused: Option<RefusedUnit>,
    /// Units that were read or refused.
    units: u64,
    /// Whether the document ended in the previous unit.
    cut_off: bool,
}

#[derive(Clone, Copy)]
struct RefusedUnit {
    /// The number of `<tuv>` in it.
    variants: usize,
    /// Whether another `<tu>` began in it, which may be a damaged `<tuv>` or `</tu>`.
    cut: bool,
}

/// A remark of [`TmxReader`] about a document that it could read.
///
/// ```
/// use bitext::format::{TmxNote, TmxReader};
///
/// let memory = "<?xml version='1.0' encoding='windows-1252'?><tmx><body><tu>
///     <tuv xml:lang='en'><seg>bridge</seg></tuv><tuv xml:lang='de'><seg>Brücke</seg></tuv>
/// </tu></body></tmx>";
/// let mut reader = TmxReader::new("memory.tmx", memory.as_bytes());
/// assert!(reader.next().unwrap().is_ok());
/// assert!(reader.next().is_none());
/// assert!(matches!(reader.notes(), [TmxNote::WrongEncoding { declared, .. }] if declared == "windows-1252"));
/// assert_eq!(
///     reader.notes()[0].to_string(),
///     "it declares the encoding `windows-1252`, and was read as UTF-8, which it is in",
/// );
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TmxNote {
    /// The document is in another encoding than it declares.
    WrongEncoding {
        /// The encoding that the document declares.
        declared: String,
        /// The encoding that it was read in.
        read_as: String,
    },
    /// Units have several variants of a language; one of them was used.
    SeveralVariants {
        /// The number of such units.
        units: u64,
        /// The line where the first of them begins, from 1.
        line: usize,
        /// The byte where the first of them begins.
        byte: u64,
    },
    /// The document has no `<tu>`.
    NoUnits,
}

impl fmt::Display for TmxNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TmxNote::WrongEncoding { declared, read_as } => write!(
                f,
                "it declares the encoding `{declared}`, and was read as {read_as}, which it is in"
            ),
            TmxNote::SeveralVariants { units: 1, line, byte } => write!(
                f,
                "line {line}, byte {byte}: a unit has several variants of one language; the first \
                 was taken, or the one of the region asked for"
            ),
            TmxNote::SeveralVariants { units, line, byte } => write!(
                f,
                "line {line}, byte {byte}: {units} units from here on have several variants of one \
                 language; the first was taken, or the one of the region asked for"
            ),
            TmxNote::NoUnits => f.write_str("no `<tu>` was found"),
        }
    }
}

impl<R: BufRead> fmt::Debug for TmxReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TmxReader")
            .field("source_name", &self.source_name)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

impl<R: BufRead> TmxReader<R> {
    /// Reads an input. Errors call it `source_name`.
    pub fn new(source_name: &str, input: R) -> TmxReader<R> {
        TmxReader {
            source_name: source_name.to_string(),
            scanner: Scanner::new(input),
            languages: Vec::new(),
            limit: MAX_LINE,
            entities: Entities::default(),
            notes: Vec::new(),
            variants: None,
            state: ReaderState::New,
            damage: DamageSoFar { usual_variants: 2, refused: None, units: 0, cut_off: false },
        }
    }

    /// Prefers these variants: with `en-GB`, the `en-GB` of a unit is used even if `en-US` precedes it.
    /// Texts in other languages are still read.
    ///
    /// ```
    /// use bitext::{Language, format::TmxReader};
    ///
    /// let memory = "<tmx><body><tu><tuv xml:lang='en-US'><seg>color</seg></tuv>
    ///     <tuv xml:lang='en-GB'><seg>colour</seg></tuv>
    ///     <tuv xml:lang='de'><seg>Farbe</seg></tuv></tu></body></tmx>";
    /// let read = |languages: &[Language]| {
    ///     TmxReader::new("m", memory.as_bytes()).with_languages(languages).next().unwrap()
    /// };
    /// assert_eq!(read(&[])?.texts()[0].1, "color");
    /// assert_eq!(read(&["en-GB".parse()?, Language::GERMAN])?.texts()[0].1, "colour");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_languages(mut self, languages: &[Language]) -> TmxReader<R> {
        self.languages = languages.to_vec();
        self
    }

    /// Sets the largest size of a unit in bytes.
    ///
    /// ```
    /// use bitext::format::TmxReader;
    ///
    /// let memory = "<tmx><body><tu><tuv xml:lang='en'><seg>rain</seg></tuv></tu></body></tmx>";
    /// let mut reader = TmxReader::new("m", memory.as_bytes()).with_limit(20);
    /// let error = reader.next().unwrap().unwrap_err().to_string();
    /// assert_eq!(error, "m:1 (byte 11): a `<tu>` of more than 20 bytes");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_limit(mut self, limit: usize) -> TmxReader<R> {
        self.limit = limit;
        self
    }

    /// The notes about the document so far. They are complete at its end. There is at most one note of
    /// each kind.
    pub fn notes(&self) -> &[TmxNote] {
        &self.notes
    }

    fn refuse(&self, (line, byte): FilePlace, message: impl ToString) -> Error {
        Error::record(message.to_string())
            .with_source_name(&self.source_name)
            .with_line(line)
            .with_byte(byte)
    }

    /// The next record or error; `None` at the end.
    fn read(&mut self) -> Result<Option<Result<Record>>, Unreadable> {
        if self.state == ReaderState::New {
            self.state = ReaderState::Units;
            match self.scanner.prolog(self.limit)? {
                Prolog::Tmx { doctype } => {
                    if let Some(doctype) = doctype {
                        self.entities.declare(&doctype);
                    }
                }
                Prolog::Empty => {
                    self.notes.push(TmxNote::NoUnits);
                    return Ok(None);
                }
                Prolog::Other(name) => {
                    self.state = ReaderState::Ended;
                    let why = match name {
                        Some(name) => format!("the document is `<{name}>`, and no `<tmx>`"),
                        None => "no `<tmx>` was found".to_string(),
                    };
                    return Ok(Some(Err(self.refuse(self.scanner.place(), why))));
                }
            }
        }
        loop {
            match self.scanner.next()? {
                Finding::Unit { place, variants, cut } => {
                    self.damage.units += 1;
                    self.damage.cut_off = cut == Some(DOCUMENT_ENDS);
                    let before = self.damage.refused.take();
                    let why = match self.parse_unit(cut) {
                        Ok(unit) => match self.unit_record(place, unit) {
                            Ok(record) => {
                                self.damage.usual_variants = variants.max(2);
                                return Ok(Some(Ok(record)));
                            }
                            Err(why) => {
                                self.damage.refused = Some(RefusedUnit { variants, cut: false });
                                why
                            }
                        },
                        Err(why) => {
                            let rest = before.filter(|before| before.cut);
                            let rest = rest.map(|before| before.variants + variants);
                            let rest = rest.filter(|all| *all <= self.damage.usual_variants);
                            let variants = rest.unwrap_or(variants);
                            self.damage.refused =
                                Some(RefusedUnit { variants, cut: cut.is_some() });
                            if rest.is_some() {
                                continue;
                            }
                            why
                        }
                    };
                    return Ok(Some(Err(self.refuse(place, why))));
                }
                Finding::TooLong(place) => {
                    self.damage.units += 1;
                    self.damage.refused = None;
                    return Ok(Some(Err(self.refuse(place, self.too_long()))));
                }
                Finding::Stray { place, variants } => {
                    // A unit that ended too early is refused already, and this is the rest of it.
                    let before = self.damage.refused.take().filter(|before| !before.cut);
                    let usual = self.damage.usual_variants;
                    if before.is_some_and(|before| before.variants + variants <= usual) {
                        continue;
                    }
                    self.damage.units += 1;
                    let why = "not well-formed XML: parts of a unit without their `<tu>`";
                    return Ok(Some(Err(self.refuse(place, why))));
                }
                Finding::Lost(place) => {
                    self.state = ReaderState::Ended;
                    let why = format!("{}, or none: the rest is not read", self.too_long());
                    return Ok(Some(Err(self.refuse(place, why))));
                }
                Finding::End { place, closed, other_elements } => {
                    if self.damage.units == 0 && !other_elements {
                        self.notes.push(TmxNote::NoUnits);
                    }
                    self.state = ReaderState::Ended;
                    let why = if self.damage.units == 0 && other_elements {
                        "no `<tu>` was found"
                    } else if !closed && !self.damage.cut_off {
                        "the document ends without `</tmx>`: it may have been cut off"
                    } else {
                        return Ok(None);
                    };
                    return Ok(Some(Err(self.refuse(place, why))));
                }
            }
        }
    }

    fn too_long(&self) -> String {
        format!("a `<tu>` of more than {} bytes", self.limit)
    }

    /// The unit that the scanner holds, parsed.
    fn parse_unit(&self, cut: Option<&'static str>) -> Result<TmxUnit, String> {
        let bytes = self.scanner.unit();
        let text =
            std::str::from_utf8(bytes).map_err(|_| match self.scanner.source().encoding() {
                Some(encoding) => format!("bytes that are no characters of {encoding}"),
                None => crate::text::not_utf8(bytes).to_string(),
            })?;
        match (parse(text, &self.entities), cut) {
            (Err(why), Some(cut)) if why == not_closed() => Err(malformed(&cut)),
            (unit, _) => unit,
        }
    }

    fn unit_record(&mut self, place: FilePlace, unit: TmxUnit) -> Result<Record, String> {
        let variants = unit.variants.len();
        let record = into_record(unit, &self.languages)?;
        if record.texts().len() < variants {
            self.variants.get_or_insert((place, 0)).1 += 1;
        }
        Ok(record)
    }

    /// Completes the notes at the end.
    fn end(&mut self) {
        self.state = ReaderState::Ended;
        let source = self.scanner.source();
        if let (Some(declared), Some(read_as)) = (source.declared(), source.contradicted) {
            let (declared, read_as) = (declared.to_string(), read_as.to_string());
            self.notes.push(TmxNote::WrongEncoding { declared, read_as });
        }
        if let Some(((line, byte), units)) = self.variants.take() {
            self.notes.push(TmxNote::SeveralVariants { units, line, byte });
        }
    }
}

/// Chooses one text per language: the requested variants, or else the first one with text.
fn choose(
    mut variants: Vec<(Language, String)>,
    languages: &[Language],
) -> Vec<(Language, String)> {
    let mut chosen: Vec<(Language, String)> = Vec::new();
    // Variants with text come first, otherwise in their order.
    let has_text = |(_, text): &(Language, String)| !text.trim().is_empty();
    variants.sort_by_key(|variant| !has_text(variant));
    // If all texts are in one language, only their regions distinguish them.
    let first = variants.first().map(|(language, _)| language.primary());
    let alike = variants.iter().all(|(language, _)| Some(language.primary()) == first);
    let (asked, others): (Vec<_>, Vec<_>) =
        variants.into_iter().partition(|(language, _)| alike || languages.contains(language));
    for (language, text) in asked {
        // A variant with text is better than a requested one without.
        let better = |(other, _): &&(Language, String)| other.primary() == language.primary();
        if text.trim().is_empty() && others.iter().find(better).is_some_and(has_text) {
            continue;
        }
        if !chosen.iter().any(|(other, _)| *other == language) {
            chosen.push((language, text));
        }
    }
    for (language, text) in others {
        if !chosen.iter().any(|(other, _)| other.primary() == language.primary()) {
            chosen.push((language, text));
        }
    }
    chosen
}

fn into_record(unit: TmxUnit, languages: &[Language]) -> Result<Record, String> {
    let variants = choose(unit.variants, languages);
    let count = variants.len();
    let mut record = Record::new(variants).map_err(|error| match (error.kind(), count) {
        (ErrorKind::ArticleCount, 1) => "the `<tu>` has 1 language, and two are needed".to_string(),
        (ErrorKind::ArticleCount, n) => {
            format!("the `<tu>` has {n} languages, and two are needed")
        }
        _ => error.to_string(),
    })?;
    for (name, value) in unit.properties {
        let number = || value.parse::<f32>().ok().filter(|number| number.is_finite());
        let likely = || number().filter(|value| (0.0..=1.0).contains(value));
        match name.as_str() {
            "x-id" if record.id.is_none() => record.id = Some(value),
            "x-document" if record.document.is_none() => record.document = Some(value),
            // The score of another tool may have any form.
            "x-score" if record.score.is_none() && number().is_some() => {
                record.score = number();
            }
            "x-confidence" if record.confidence.is_none() && likely().is_some() => {
                record.confidence = likely();
            }
            _ => {
                let name = name.strip_prefix("x-").unwrap_or(&name);
                record.add_extra(name, Value::String(value));
            }
        }
    }
    record.id = record.id.or(unit.id);
    Ok(record)
}

impl<R: BufRead> Iterator for TmxReader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        if self.state == ReaderState::Ended {
            return None;
        }
        let next = self.read();
        let next = next.unwrap_or_else(|stop| {
            self.state = ReaderState::Ended;
            Some(Err(match stop {
                Unreadable::Io(error) => Error::read(&self.source_name, error),
                Unreadable::Encoding(name) => self.refuse(
                    self.scanner.place(),
                    format!("the encoding `{name}` is not known: convert it to UTF-8"),
                ),
            }))
        });
        if next.is_none() || self.state == ReaderState::Ended {
            self.end();
        }
        next
    }
}
