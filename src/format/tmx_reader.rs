//! Reading Translation Memory eXchange, of any version.

use std::io::{self, BufRead, Read};

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;

use super::{MAX_LINE, Record};
use crate::{Error, Language, Result};

/// Elements that may lie in each other.
const DEEPEST: usize = 64;

/// Reads a TMX document, a record for each `<tu>`, in a stream.
///
/// Of a segment the text is taken, that of `<hi>` too; what is in `<bpt>`, `<ept>`,
/// `<it>`, `<ph>` and `<ut>` is code of a format, and left out. The properties that
/// [`TmxWriter`](super::TmxWriter) writes become the record's fields, other `<prop>`s of the
/// `<tu>` its extras, without `x-` before their names; several of one type are an array. Of
/// several that would be one field the first is, and the others are extras. A `tuid` is the id
/// where there is no `x-id`. Languages are in `xml:lang`, or `lang`; `en_US` is `en-US`.
///
/// A `<tu>` with fewer than two languages, or with one twice, is an error that names its
/// line, and the units behind it follow. What is not well-formed, in another encoding
/// than UTF-8, nested deeper than 64 elements, or has one text of more than
/// [`MAX_LINE`] bytes is an error that ends the document. Entities that a document
/// defines are never expanded: a reference to one is such an error.
///
/// ```
/// use bitext::{Language, format::TmxReader};
///
/// let memory = r#"<tmx version="1.4"><header/><body><tu>
///     <tuv xml:lang="en"><seg>Rain &amp; <hi>storm</hi></seg></tuv>
///     <tuv xml:lang="de"><seg>Regen und <ph>{b}</ph>Sturm</seg></tuv>
/// </tu></body></tmx>"#;
/// let record = TmxReader::new("memory.tmx", memory.as_bytes()).next().unwrap()?;
/// assert_eq!(record.text(Language::ENGLISH), Some("Rain & storm"));
/// assert_eq!(record.text(Language::GERMAN), Some("Regen und Sturm"));
/// # Ok::<(), bitext::Error>(())
/// ```
pub struct TmxReader<R: BufRead> {
    source_name: String,
    xml: Reader<Metered<R>>,
    buffer: Vec<u8>,
    /// Names of the elements that are open.
    open: Vec<Element>,
    unit: Unit,
    begun: bool,
    ended: bool,
}

impl<R: BufRead> std::fmt::Debug for TmxReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TmxReader").field("source_name", &self.source_name).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Tmx,
    Body,
    Unit,
    Variant,
    Segment,
    Property,
    /// Whose text is no text.
    Code,
    Other,
}

/// A `<tu>` in the making.
#[derive(Default)]
struct Unit {
    place: (usize, u64),
    id: Option<String>,
    language: Option<Language>,
    property: Option<String>,
    text: String,
    texts: Vec<(Language, String)>,
    properties: Vec<(String, String)>,
    wrong: Option<String>,
}

impl<R: BufRead> TmxReader<R> {
    /// Reads an input that `source_name` names in errors.
    pub fn new(source_name: &str, input: R) -> TmxReader<R> {
        let xml = Reader::from_reader(Metered::new(input));
        TmxReader {
            source_name: source_name.to_string(),
            xml,
            buffer: Vec::new(),
            open: Vec::new(),
            unit: Unit::default(),
            begun: false,
            ended: false,
        }
    }

    fn refuse(&self, (line, byte): (usize, u64), message: impl ToString) -> Error {
        let (source_name, message) = (self.source_name.clone(), message.to_string());
        Error::Record { source_name, line, byte, message }
    }

    /// Reads on to the end of the next unit; `None` at the end of the document.
    fn read(&mut self) -> Result<Option<Unit>> {
        if !std::mem::replace(&mut self.begun, true) {
            let begins = self.xml.get_mut().begin();
            let place = (1, 0);
            match begins {
                Ok(None) => {}
                Ok(Some(why)) => return Err(self.refuse(place, why)),
                Err(error) => return Err(self.unreadable(error)),
            }
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let unit = loop {
            buffer.clear();
            self.xml.get_mut().allow(MAX_LINE);
            let event = self.xml.read_event_into(&mut buffer);
            let place = self.xml.get_mut().place();
            let step = match event {
                Err(quick_xml::Error::Io(error)) => {
                    let error = io::Error::new(error.kind(), error.to_string());
                    match error.kind() {
                        // Ours, of the meter.
                        io::ErrorKind::FileTooLarge => Err(self.refuse(place, error)),
                        _ => Err(self.unreadable(error)),
                    }
                }
                Err(error) => Err(self.refuse(place, format!("not well-formed XML: {error}"))),
                Ok(event) => self.take(event, place),
            };
            match step {
                Ok(Step::On) => {}
                Ok(Step::Unit) => break Some(std::mem::take(&mut self.unit)),
                Ok(Step::End) => break None,
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            }
        };
        self.buffer = buffer;
        Ok(unit)
    }

    fn unreadable(&self, error: io::Error) -> Error {
        Error::Read { path: self.source_name.clone().into(), error }
    }

    fn take(&mut self, event: Event<'_>, place: (usize, u64)) -> Result<Step> {
        match event {
            Event::Decl(decl) => {
                let encoding = decl.encoding().and_then(|encoding| encoding.ok());
                let encoding = encoding.map(|name| name.to_ascii_lowercase());
                match encoding.as_deref() {
                    None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {}
                    Some(other) => {
                        let why = format!("the encoding is `{other}`: convert it to UTF-8");
                        return Err(self.refuse(place, why));
                    }
                }
            }
            Event::Start(start) => self.start(&start, place)?,
            Event::Empty(start) => {
                self.start(&start, place)?;
                return Ok(self.end());
            }
            Event::End(_) => return Ok(self.end()),
            Event::Text(text) if self.wants_text() => {
                self.unit.text.push_str(&text.xml10_content());
            }
            Event::CData(text) if self.wants_text() => {
                self.unit.text.push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) => {
                let text = resolve(&reference).map_err(|why| self.refuse(place, why))?;
                if self.wants_text() {
                    self.unit.text.push_str(&text);
                }
            }
            Event::Eof if self.open.is_empty() => return Ok(Step::End),
            Event::Eof => return Err(self.refuse(place, "the document ends in an element")),
            _ => {}
        }
        // Many small pieces make a large text, too.
        match self.unit.text.len() > MAX_LINE {
            true => Err(self.refuse(place, format!("a text of more than {MAX_LINE} bytes"))),
            false => Ok(Step::On),
        }
    }

    /// Whether the text here is that of a segment or a property.
    fn wants_text(&self) -> bool {
        let inner = |element: &&Element| matches!(element, Element::Segment | Element::Property);
        self.open.iter().any(|element| inner(&element)) && !self.open.contains(&Element::Code)
    }

    fn start(&mut self, start: &BytesStart<'_>, place: (usize, u64)) -> Result<()> {
        if self.open.len() >= DEEPEST {
            let why = format!("elements in each other, more than {DEEPEST} deep");
            return Err(self.refuse(place, why));
        }
        let parent = self.open.last().copied();
        let name = start.local_name();
        let name: &str = name.as_ref();
        let element = match (parent, name) {
            (None, "tmx") => Element::Tmx,
            (None, _) => {
                let why = format!("the document is `<{name}>`, and no `<tmx>`");
                return Err(self.refuse(place, why));
            }
            (Some(Element::Tmx), "body") => Element::Body,
            (Some(Element::Body), "tu") => Element::Unit,
            (Some(Element::Unit), "tuv") => Element::Variant,
            (Some(Element::Unit), "prop") => Element::Property,
            (Some(Element::Variant), "seg") => Element::Segment,
            (_, "bpt" | "ept" | "it" | "ph" | "ut") => Element::Code,
            _ => Element::Other,
        };
        self.open.push(element);
        match element {
            Element::Unit => {
                self.unit = Unit { place, ..Unit::default() };
                self.unit.id = self.attribute(start, place, &["tuid"])?;
            }
            Element::Variant => {
                let code = self.attribute(start, place, &["xml:lang", "lang"])?;
                let code = code.unwrap_or_default().replace('_', "-");
                match code.parse() {
                    Ok(language) => self.unit.language = Some(language),
                    Err(error) => self.unit.wrong = Some(error.to_string()),
                }
            }
            Element::Property => {
                self.unit.property = self.attribute(start, place, &["type"])?;
                self.unit.text.clear();
            }
            Element::Segment => self.unit.text.clear(),
            _ => {}
        }
        Ok(())
    }

    fn attribute(
        &self,
        start: &BytesStart<'_>,
        place: (usize, u64),
        names: &[&str],
    ) -> Result<Option<String>> {
        for name in names {
            let found = start.try_get_attribute(name);
            let found = found.map_err(|error| self.refuse(place, format!("`{name}`: {error}")))?;
            if let Some(found) = found {
                let value = found.normalized_value(XmlVersion::Implicit1_0);
                let value =
                    value.map_err(|error| self.refuse(place, format!("`{name}`: {error}")))?;
                return Ok(Some(value.into_owned()));
            }
        }
        Ok(None)
    }

    fn end(&mut self) -> Step {
        let unit = &mut self.unit;
        match self.open.pop() {
            Some(Element::Unit) => return Step::Unit,
            Some(Element::Segment) => {
                let text = std::mem::take(&mut unit.text);
                match unit.language.take() {
                    Some(language) => unit.texts.push((language, text)),
                    None if unit.wrong.is_none() => {
                        unit.wrong = Some("a `<tuv>` with two `<seg>`".to_string());
                    }
                    None => {}
                }
            }
            Some(Element::Property) => {
                let text = std::mem::take(&mut unit.text);
                unit.properties.extend(unit.property.take().map(|name| (name, text)));
            }
            _ => {}
        }
        Step::On
    }
}

enum Step {
    On,
    Unit,
    End,
}

/// What a reference stands for: a character, or one of the five names of XML.
fn resolve(reference: &BytesRef<'_>) -> Result<String, String> {
    let name = reference.xml10_content();
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c.to_string()),
        Ok(None) => resolve_xml_entity(&name)
            .map(str::to_string)
            .ok_or_else(|| format!("`&{name};` is not known, and is not expanded")),
        Err(_) => Err(format!("`&{name};` is no character")),
    }
}

impl Unit {
    fn into_record(self) -> Result<Record, String> {
        if let Some(why) = self.wrong {
            return Err(why);
        }
        let mut record = Record::new(self.texts).map_err(|error| match error {
            Error::ArticleCount(n) => format!("the `<tu>` has {n} languages, two are needed"),
            error => error.to_string(),
        })?;
        for (name, value) in self.properties {
            let number = || value.parse::<f32>().ok().filter(|number| number.is_finite());
            let likely = || number().filter(|value| (0.0..=1.0).contains(value));
            match name.as_str() {
                "x-id" if record.id.is_none() => record.id = Some(value),
                "x-document" if record.document.is_none() => record.document = Some(value),
                // Another tool's may be anything.
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
        record.id = record.id.or(self.id);
        Ok(record)
    }
}

impl<R: BufRead> Iterator for TmxReader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Result<Record>> {
        if self.ended {
            return None;
        }
        match self.read() {
            Ok(Some(unit)) => {
                let place = unit.place;
                Some(unit.into_record().map_err(|why| self.refuse(place, why)))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// An input that counts lines and gives no more bytes than are allowed at a time.
struct Metered<R> {
    input: R,
    left: usize,
    line: usize,
    byte: u64,
}

impl<R: BufRead> Metered<R> {
    fn new(input: R) -> Metered<R> {
        Metered { input, left: MAX_LINE, line: 1, byte: 0 }
    }

    fn allow(&mut self, bytes: usize) {
        self.left = bytes;
    }

    fn place(&self) -> (usize, u64) {
        (self.line, self.byte)
    }

    /// Looks at the first bytes and passes over a mark; says what is wrong with them.
    fn begin(&mut self) -> io::Result<Option<&'static str>> {
        let head = self.input.fill_buf()?;
        let utf16 = [&b"\xff\xfe"[..], b"\xfe\xff", b"<\0", b"\0<"];
        if utf16.iter().any(|mark| head.starts_with(mark)) {
            return Ok(Some("it looks like UTF-16: convert it to UTF-8"));
        }
        if head.starts_with(b"\xef\xbb\xbf") {
            self.consume(3);
        }
        Ok(None)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let why = format!("a text or tag of more than {MAX_LINE} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        let buffer = self.input.fill_buf()?;
        Ok(&buffer[..buffer.len().min(self.left)])
    }

    fn consume(&mut self, bytes: usize) {
        if let Ok(buffer) = self.input.fill_buf() {
            self.line += buffer.iter().take(bytes).filter(|&&byte| byte == b'\n').count();
        }
        self.left = self.left.saturating_sub(bytes);
        self.byte += bytes as u64;
        self.input.consume(bytes);
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let bytes = available.len().min(out.len());
        out[..bytes].copy_from_slice(&available[..bytes]);
        self.consume(bytes);
        Ok(bytes)
    }
}
