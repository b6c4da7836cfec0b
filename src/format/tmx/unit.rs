//! Parses one `<tu>`, strictly.

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};

use super::codes::{SegmentText, is_break, is_break_name, is_break_type};
use super::entities::{BARE_AMPERSAND, Entities, grow, is_xml};
use crate::Language;

/// The largest depth of nested elements.
const MAX_DEPTH: usize = 64;
/// The number of bytes of a code that are searched for a break: 64 KiB.
const MAX_CODE_BYTES: usize = 64 << 10;

/// The content of a `<tu>`.
#[derive(Debug, Default, PartialEq)]
pub(super) struct TmxUnit {
    pub id: Option<String>,
    /// The texts in their order. A language may occur several times.
    pub variants: Vec<(Language, String)>,
    pub properties: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    TmxUnit,
    Variant,
    Segment,
    Property,
    /// Code of the document's own format.
    Code,
    /// A text within code, such as a footnote.
    Subflow,
    /// An element in a text that means a break, such as `<br/>`.
    Break,
    Other,
}

struct Parser<'a> {
    entities: &'a Entities,
    unit: TmxUnit,
    open: Vec<Element>,
    language: Option<Language>,
    property: Option<String>,
    property_text: String,
    segment: SegmentText,
    code: String,
    /// Whether an attribute of the open code marks it as a break.
    code_is_break: bool,
    /// The `i` of `<bpt>`s of paragraphs, whose `<ept>` may be empty.
    paragraphs: Vec<String>,
    added: usize,
}

/// The attributes that are used.
#[derive(Default)]
struct Attributes {
    id: Option<String>,
    language: Option<String>,
    kind: Option<String>,
    pair: Option<String>,
    is_break: bool,
}

/// Parses the text of a unit from `<tu` on.
pub(super) fn parse(text: &str, entities: &Entities) -> Result<TmxUnit, String> {
    if let Some(c) = text.chars().find(|&c| !is_xml(c)) {
        return Err(format!("not well-formed XML: it has the character U+{:04X}", u32::from(c)));
    }
    let mut xml = Reader::from_str(text);
    let mut parser = Parser {
        entities,
        unit: TmxUnit::default(),
        open: Vec::new(),
        language: None,
        property: None,
        property_text: String::new(),
        segment: SegmentText::default(),
        code: String::new(),
        code_is_break: false,
        paragraphs: Vec::new(),
        added: 0,
    };
    loop {
        let event = xml.read_event().map_err(|error| match error {
            Error::IllFormed(IllFormedError::UnclosedReference) => BARE_AMPERSAND.to_string(),
            error => malformed(&error),
        })?;
        if matches!(event, Event::Eof) {
            return Err(not_closed());
        }
        if parser.take(event)? {
            return Ok(parser.unit);
        }
    }
}

/// The error for a unit whose text ends too early.
pub(super) fn not_closed() -> String {
    malformed(&"the `<tu>` is not closed")
}

pub(super) fn malformed(why: &dyn std::fmt::Display) -> String {
    let why = why.to_string();
    format!("not well-formed XML: {}", why.strip_prefix("ill-formed document: ").unwrap_or(&why))
}

impl Parser<'_> {
    /// Processes an event; returns `true` at the end of the unit.
    fn take(&mut self, event: Event<'_>) -> Result<bool, String> {
        match event {
            Event::Start(start) => self.start(&start)?,
            Event::Empty(start) => {
                self.start(&start)?;
                return self.end();
            }
            Event::End(end) => {
                if end.name().as_ref().contains('<') {
                    return Err(malformed(&"a bare `<`"));
                }
                return self.end();
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let text = self.entities.resolve(&name)?;
                grow(&mut self.added, &name, &text)?;
                self.text(&text);
            }
            _ => {}
        }
        Ok(false)
    }

    fn text(&mut self, text: &str) {
        let inner = self.open.iter().rev();
        let inner = inner.copied().find(|one| !matches!(one, Element::Other | Element::Break));
        match inner {
            Some(Element::Segment) => self.segment.push(text),
            Some(Element::Property) => self.property_text.push_str(text),
            Some(Element::Code) if self.code.len() < MAX_CODE_BYTES && !self.in_subflow() => {
                self.code.push_str(text);
            }
            _ => {}
        }
    }

    fn in_subflow(&self) -> bool {
        self.open.contains(&Element::Subflow)
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("elements nested more than {MAX_DEPTH} deep"));
        }
        let name = start.local_name();
        let name = name.as_ref().to_ascii_lowercase();
        let is_name = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
        if !start.name().as_ref().starts_with(is_name) || start.contains('<') {
            return Err(malformed(&"a bare `<`: write `&lt;`"));
        }
        let attributes = self.attributes(start)?;
        let in_segment = self.open.contains(&Element::Segment);
        let in_code = self.open.contains(&Element::Code);
        let element = match (self.open.last(), name.as_str()) {
            (None, "tu") => Element::TmxUnit,
            (Some(Element::TmxUnit), "tuv") => Element::Variant,
            (Some(Element::TmxUnit), "prop") => Element::Property,
            (Some(Element::Variant), "seg") => Element::Segment,
            (_, "bpt" | "ept" | "it" | "ph" | "ut") if in_segment => Element::Code,
            (_, "sub") if in_code => Element::Subflow,
            _ if in_segment && !in_code && (is_break_name(&name) || attributes.is_break) => {
                Element::Break
            }
            _ => Element::Other,
        };
        match element {
            Element::TmxUnit => self.unit.id = attributes.id,
            Element::Variant => {
                let code = attributes.language.ok_or("a `<tuv>` without `xml:lang`")?;
                let language = code.trim().parse();
                self.language = Some(language.map_err(|error: crate::Error| error.to_string())?);
            }
            Element::Property => {
                self.property = attributes.kind;
                self.property_text.clear();
            }
            Element::Segment => self.segment = SegmentText::default(),
            Element::Break => self.segment.skip_code(true),
            Element::Code if !in_code => {
                self.code.clear();
                self.code_is_break = attributes.is_break;
                if let Some(pair) = attributes.pair {
                    self.pair(&name, pair);
                }
            }
            _ => {}
        }
        self.open.push(element);
        Ok(())
    }

    /// Records that a `<bpt>` is marked as a break, because its `<ept>` then is a break too.
    fn pair(&mut self, name: &str, pair: String) {
        match name {
            "bpt" if self.code_is_break && self.paragraphs.len() < MAX_DEPTH => {
                self.paragraphs.push(pair);
            }
            "ept" if self.paragraphs.contains(&pair) => {
                self.paragraphs.retain(|open| *open != pair);
                self.code_is_break = true;
            }
            _ => {}
        }
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Attributes, String> {
        let mut all = Attributes::default();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| malformed(&error))?;
            let value = self.entities.expand(&attribute.value, &mut self.added)?;
            let value = value.replace(['\t', '\n', '\r'], " ");
            match attribute.key.as_ref().to_ascii_lowercase().as_str() {
                "tuid" => all.id = Some(value),
                "xml:lang" => all.language = Some(value),
                "lang" => {
                    all.language.get_or_insert(value);
                }
                "i" => all.pair = Some(value),
                "type" | "ctype" => {
                    all.is_break |= is_break_type(&value);
                    all.kind = Some(value);
                }
                "equiv-text" | "equiv" | "disp" => all.is_break |= is_break(&value),
                _ => {}
            }
        }
        Ok(all)
    }

    fn end(&mut self) -> Result<bool, String> {
        match self.open.pop() {
            Some(Element::TmxUnit) => return Ok(true),
            Some(Element::Segment) => {
                let text = std::mem::take(&mut self.segment).finish();
                let language = self.language.take().ok_or("a `<tuv>` with two `<seg>`")?;
                self.unit.variants.push((language, text));
                self.paragraphs.clear();
            }
            Some(Element::Property) => {
                let text = std::mem::take(&mut self.property_text);
                self.unit.properties.extend(self.property.take().map(|name| (name, text)));
            }
            Some(Element::Break) => self.segment.skip_code(true),
            Some(Element::Code) if !self.open.contains(&Element::Code) => {
                let is_break = self.code_is_break || is_break(&self.code);
                self.segment.skip_code(is_break);
            }
            _ => {}
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(inner: &str) -> Result<String, String> {
        let text = format!("<tu><tuv xml:lang='en'><seg>{inner}</seg></tuv></tu>");
        let mut unit = parse(&text, &Entities::default())?;
        Ok(unit.variants.remove(0).1)
    }

    #[test]
    fn breaks_separate_words_and_other_codes_do_not() {
        for (inner, text) in [
            ("Menu<ph x=\"1\">&lt;br/&gt;</ph>Soup", "Menu Soup"),
            ("Menu <ph>&lt;br/&gt;</ph> Soup", "Menu Soup"),
            ("Menu<ph type=\"lb\"/>Soup", "Menu Soup"),
            ("Menu<ph type='x-LineBreak'></ph>Soup", "Menu Soup"),
            ("Menu<ut>{\\line }</ut>Soup", "Menu Soup"),
            ("Menu<it pos=\"begin\">&lt;tab&gt;</it>Soup", "Menu Soup"),
            ("Menu<ph>&#160;</ph>Soup", "Menu Soup"),
            ("Menu<br/>Soup", "Menu Soup"),
            ("Menu<x id='1' ctype='lb'/>Soup", "Menu Soup"),
            ("Menu<x id='1' equiv-text='&lt;br/&gt;'/>Soup", "Menu Soup"),
            ("<p>Menu</p><p>Soup</p>", "Menu Soup"),
            ("<bpt i='1'>&lt;p&gt;</bpt>Menu<ept i='1'>&lt;/p&gt;</ept>Soup", "Menu Soup"),
            ("<bpt i='1' type='paragraph'/>Menu<ept i='1'/>Soup", "Menu Soup"),
            ("<hi>Menu<ph>\\n</ph></hi>Soup", "Menu Soup"),
            ("Menu<ph><![CDATA[<br>]]></ph>Soup", "Menu Soup"),
            ("Menu<ph>&lt;br title=\"<sub>break</sub>\"&gt;</ph>Soup", "Menu Soup"),
            ("fla<bpt i='1'>&lt;b&gt;</bpt>sh<ept i='1'>&lt;/b&gt;</ept>y", "flashy"),
            ("fla<bpt i='1' type='bold'/>sh<ept i='1'/>y", "flashy"),
            ("dic<ph>&amp;shy;</ph>tionary", "dictionary"),
            ("dic<ph type='7'/>tionary", "dictionary"),
            ("a <ph>{1}</ph> b", "a b"),
            ("One<ph>[fn: <sub>A note<ph>\\n</ph></sub>]</ph>, two", "One, two"),
            ("<hi type='x'>Very</hi> good", "Very good"),
            ("H<sub>2</sub>O", "H2O"),
            ("a\nb &lt; &#x41;<![CDATA[ <c> & ]]>", "a\nb < A <c> & "),
        ] {
            assert_eq!(segment(inner).as_deref(), Ok(text), "{inner}");
        }
    }

    #[test]
    fn damage_is_refused() {
        for inner in [
            "Fish & chips",
            "Fish & chips; peas",
            "Fish&nbsp;chips",
            "1 < 2",
            "1 <2 and 3> 2",
            "a <b c",
            "a<b <c>d</b>",
            "<hi>a</seg>",
            "<bpt i='1'>a</ept>",
            "<ph a='1' a='2'/>",
            "<ph x=1/>",
            "<ph x='&'/>",
            "a\u{1}b",
            "a&#1;b",
            "a\u{fffe}b",
            "</seg>",
            "</seg><seg>",
        ] {
            assert!(segment(inner).is_err(), "{inner}: {:?}", segment(inner));
        }
        for text in
            ["<tu", "<tu>", "<tu><tuv>", "<tu><tuv><seg>a</seg></tuv></tu>", "<tu></tuv></tu>"]
        {
            assert!(parse(text, &Entities::default()).is_err(), "{text}");
        }
        let deep = format!("<tu>{}", "<x>".repeat(100));
        assert!(parse(&deep, &Entities::default()).unwrap_err().contains("64 deep"));
    }

    #[test]
    fn names_in_capitals_are_known() {
        let text = "<TU TUID='1'><PROP TYPE='x-id'>a</PROP><TUV XML:LANG='EN_us'><SEG>One\
            <PH TYPE='LB'/>two</SEG></TUV><tuv Lang=' de '><seg>Eins</seg></tuv></TU>";
        let unit = parse(text, &Entities::default()).unwrap();
        assert_eq!(unit.id.as_deref(), Some("1"));
        assert_eq!(unit.properties, [("x-id".to_string(), "a".to_string())]);
        let english = ("en-US".parse().unwrap(), "One two".to_string());
        assert_eq!(unit.variants, [english, (Language::GERMAN, "Eins".to_string())]);
    }
}
