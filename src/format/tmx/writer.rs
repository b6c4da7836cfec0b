//! Writes TMX 1.4b.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::format::{Record, Selection, fold};
use crate::{Bitext, Error, Language, Result, Unit};
use serde_json::Value;

/// Writes bitexts as one TMX 1.4b document.
///
/// Each selected unit or bead of at least two languages is a `<tu>` with one `<tuv>` per language. Null
/// units are left out even if the [`Selection`] has them. The properties of a `<tu>` are:
///
/// * `x-document`: the id of the bitext. It is not the `tuid`, which would name the unit and may not
///   hold white space.
/// * `x-score` and `x-confidence`.
/// * `x-crossing`: `true` for [`crossing`](crate::Unit::crossing) units.
/// * `x-fingerprint`: the model and settings that made the alignment, if they are known.
///
/// Alignments have no direction, for which the standard has `*all*`, but many tools import only a
/// concrete source language. The source language is therefore the given one. A `<tu>` without it names
/// its first language in its own `srclang`.
///
/// Characters that XML 1.0 does not allow are dropped: most ASCII control characters, U+FFFE and
/// U+FFFF. There is no creation date, so the same bitexts give the same bytes.
///
/// The output is buffered, and the document is complete only after [`finish`](TmxWriter::finish).
///
/// ```
/// use bitext::format::{Selection, TmxWriter};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["The bridge & the road are closed."]),
///     Article::from_sentences(Language::GERMAN, ["Brücke und Straße sind gesperrt."]),
/// ])?;
/// let mut memory = TmxWriter::new(Vec::new(), Language::ENGLISH, Selection::units())?;
/// memory.write(&bitext)?;
/// let memory = String::from_utf8_lossy(&memory.finish()?).into_owned();
/// assert!(memory.contains("<seg>The bridge &amp; the road are closed.</seg>"));
/// assert!(memory.ends_with("</tmx>\n"));
/// # Ok::<(), bitext::Error>(())
/// ```
pub struct TmxWriter<W: io::Write> {
    xml: Writer<BufWriter<W>>,
    source: Language,
    selection: Selection,
    segments: Segments,
}

/// What a segment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Segments {
    /// A unit. White space is folded.
    Sentences,
    /// Paragraphs, with a blank line between two of them.
    Paragraphs,
}

impl<W: io::Write> std::fmt::Debug for TmxWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TmxWriter")
            .field("source", &self.source)
            .field("selection", &self.selection)
            .finish_non_exhaustive()
    }
}

fn write_head<W: io::Write>(
    xml: &mut Writer<W>,
    source: Language,
    segments: Segments,
) -> io::Result<()> {
    let segments = match segments {
        Segments::Sentences => "sentence",
        Segments::Paragraphs => "paragraph",
    };
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::DocType(BytesText::from_escaped("tmx SYSTEM \"tmx14.dtd\"")))?;
    let tmx = BytesStart::new("tmx").with_attributes([("version", "1.4")]);
    xml.write_event(Event::Start(tmx))?;
    let header = BytesStart::new("header").with_attributes([
        ("creationtool", env!("CARGO_PKG_NAME")),
        ("creationtoolversion", env!("CARGO_PKG_VERSION")),
        ("segtype", segments),
        ("o-tmf", "bitext"),
        ("adminlang", "en"),
        ("srclang", source.code()),
        ("datatype", "plaintext"),
    ]);
    xml.write_event(Event::Empty(header))?;
    xml.write_event(Event::Start(BytesStart::new("body")))
}

impl<W: io::Write> TmxWriter<W> {
    /// Begins a document with a source language.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn new(out: W, source: Language, selection: Selection) -> Result<TmxWriter<W>> {
        TmxWriter::begin(out, source, selection, Segments::Sentences)
    }

    /// Begins a document for records whose texts are paragraphs. Blank lines in these texts are kept, and
    /// the header says that segments are paragraphs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::format::{Record, TmxWriter};
    ///
    /// let record =
    ///     Record::new([(Language::ENGLISH, "Rain\n\nIt rained."), (Language::GERMAN, "Regen\n\nEs goss.")])?;
    /// let mut memory = TmxWriter::of_paragraphs(Vec::new(), Language::ENGLISH)?;
    /// memory.write_record(&record)?;
    /// let memory = String::from_utf8_lossy(&memory.finish()?).into_owned();
    /// assert!(memory.contains("segtype=\"paragraph\""));
    /// assert!(memory.contains("<seg>Rain\n\nIt rained.</seg>"));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn of_paragraphs(out: W, source: Language) -> Result<TmxWriter<W>> {
        TmxWriter::begin(out, source, Selection::units(), Segments::Paragraphs)
    }

    fn begin(
        out: W,
        source: Language,
        selection: Selection,
        segments: Segments,
    ) -> Result<TmxWriter<W>> {
        let mut xml = Writer::new_with_indent(BufWriter::new(out), b' ', 2);
        write_head(&mut xml, source, segments).map_err(Error::write)?;
        Ok(TmxWriter { xml, source, selection, segments })
    }

    /// Writes the selected units or beads of a bitext.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn write(&mut self, bitext: &Bitext) -> Result<()> {
        let document = bitext.id().map(ToString::to_string);
        let selection = self.selection.clone();
        for unit in selection.select(bitext).filter(|unit| !unit.is_null()) {
            self.write_unit(bitext, unit, document.as_deref()).map_err(Error::write)?;
        }
        Ok(())
    }

    fn write_unit(
        &mut self,
        bitext: &Bitext,
        unit: &Unit,
        document: Option<&str>,
    ) -> io::Result<()> {
        let mut start = BytesStart::new("tu");
        let first = unit.parts().first().map(|part| part.language);
        if let Some(first) = first.filter(|_| unit.sentences(self.source).is_none()) {
            start.push_attribute(("srclang", first.code()));
        }
        self.xml.write_event(Event::Start(start))?;
        if let Some(document) = document {
            self.write_text("prop", Some(("type", "x-document")), document)?;
        }
        self.write_text("prop", Some(("type", "x-score")), &unit.score().to_string())?;
        self.write_text("prop", Some(("type", "x-confidence")), &unit.confidence().to_string())?;
        if unit.crossing() {
            self.write_text("prop", Some(("type", "x-crossing")), "true")?;
        }
        if !bitext.fingerprint().is_empty() {
            self.write_text("prop", Some(("type", "x-fingerprint")), bitext.fingerprint())?;
        }
        for part in unit.parts() {
            let variant = [("xml:lang", part.language.code())];
            let variant = BytesStart::new("tuv").with_attributes(variant);
            self.xml.write_event(Event::Start(variant))?;
            let text = bitext.text(unit, part.language).unwrap_or_default();
            self.write_text("seg", None, &text)?;
            self.xml.write_event(Event::End(BytesEnd::new("tuv")))?;
        }
        self.xml.write_event(Event::End(BytesEnd::new("tu")))?;
        Ok(())
    }

    /// Writes a record as a `<tu>`. Its id is the property `x-id` and its document `x-document`. An
    /// extra is a property with its name prefixed by `x-`. An array of two or more strings is one
    /// property per string, in their order. Other values are JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::format::{Record, Selection, TmxReader, TmxWriter};
    ///
    /// let mut record = Record::new([(Language::ENGLISH, "rain"), (Language::GERMAN, "Regen")])?;
    /// record.id = Some("7".to_string());
    /// let mut memory = TmxWriter::new(Vec::new(), Language::ENGLISH, Selection::units())?;
    /// memory.write_record(&record)?;
    /// let memory = memory.finish()?;
    /// let mut back = TmxReader::new("memory.tmx", &memory[..]);
    /// assert_eq!(back.next().unwrap()?, record);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn write_record(&mut self, record: &Record) -> Result<()> {
        self.write_row(record).map_err(Error::write)
    }

    fn write_row(&mut self, record: &Record) -> io::Result<()> {
        let mut start = BytesStart::new("tu");
        if record.text(self.source).is_none() {
            start.push_attribute(("srclang", record.texts()[0].0.code()));
        }
        self.xml.write_event(Event::Start(start))?;
        let number = |value: Option<f32>| value.map(|value| value.to_string());
        let known = [
            ("x-id", record.id.clone()),
            ("x-document", record.document.clone()),
            ("x-score", number(record.score)),
            ("x-confidence", number(record.confidence)),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                self.write_text("prop", Some(("type", name)), &value)?;
            }
        }
        for (name, value) in &record.extra {
            let name = format!("x-{}", fold(&legal(name)));
            let several = match value {
                Value::Array(all) if all.len() > 1 && all.iter().all(Value::is_string) => all,
                one => std::slice::from_ref(one),
            };
            for value in several {
                let value = match value {
                    Value::String(text) => Cow::Borrowed(text.as_str()),
                    other => Cow::Owned(other.to_string()),
                };
                self.write_text("prop", Some(("type", name.as_str())), &value)?;
            }
        }
        for (language, text) in record.texts() {
            let variant = BytesStart::new("tuv").with_attributes([("xml:lang", language.code())]);
            self.xml.write_event(Event::Start(variant))?;
            self.write_text("seg", None, text)?;
            self.xml.write_event(Event::End(BytesEnd::new("tuv")))?;
        }
        self.xml.write_event(Event::End(BytesEnd::new("tu")))?;
        Ok(())
    }

    fn write_text(
        &mut self,
        name: &str,
        attribute: Option<(&str, &str)>,
        text: &str,
    ) -> io::Result<()> {
        let text = legal(text);
        let text = match self.segments {
            Segments::Sentences => fold(&text),
            Segments::Paragraphs => {
                let paragraphs = text.split("\n\n").map(fold);
                let paragraphs = paragraphs.filter(|paragraph| !paragraph.is_empty());
                paragraphs.collect::<Vec<_>>().join("\n\n")
            }
        };
        // Quotation marks and apostrophes need no escape in a text, and are frequent.
        let text = BytesText::from_escaped(partial_escape(text.as_str()));
        self.xml.create_element(name).with_attributes(attribute).write_text_content(text)?;
        Ok(())
    }

    /// Ends the document, flushes the buffer and returns the output.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn finish(self) -> Result<W> {
        self.end().map_err(Error::write)
    }

    fn end(mut self) -> io::Result<W> {
        self.xml.write_event(Event::End(BytesEnd::new("body")))?;
        self.xml.write_event(Event::End(BytesEnd::new("tmx")))?;
        let mut buffer = self.xml.into_inner();
        buffer.write_all(b"\n")?;
        buffer.flush()?;
        buffer.into_inner().map_err(|error| error.into_error())
    }
}

/// The text without the characters that XML 1.0 does not allow. White space among them stays, so that
/// folding does not join words.
fn legal(text: &str) -> Cow<'_, str> {
    let illegal = |c: char| {
        (c.is_ascii_control() && !c.is_whitespace() && c != '\u{7f}')
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(illegal) {
        Cow::Owned(text.chars().filter(|&c| !illegal(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}
