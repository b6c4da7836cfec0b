//! Finds the units of a document without parsing it.
//!
//! The scanner looks only for the tags that begin and end a unit, for comments and for CDATA sections. So
//! damage in one unit cannot hide the beginning of the next.

use std::io::BufRead;

use memchr::{memchr, memchr2};

use super::decode::{Decoded, Unreadable};

/// The number of bytes that are needed to recognise a tag.
const TAG_BYTES: usize = 256;
/// The largest size of a document type declaration: 1 MiB.
const MAX_DOCTYPE: usize = 1 << 20;
/// How many times the size limit of a unit is skipped in search of the next unit.
const MAX_SKIPPED_UNITS: u64 = 16;

/// The error for a unit in which the document ends.
pub(super) const DOCUMENT_ENDS: &str = "the document ends in this `<tu>`";

/// A place in the file: the line from 1, and the byte from 0.
pub(super) type FilePlace = (usize, u64);

/// A finding of the scanner.
#[derive(Debug)]
pub(super) enum Finding {
    /// A `<tu>`, which [`Scanner::unit`] holds.
    Unit {
        place: FilePlace,
        /// The number of `<tuv` that begin in it.
        variants: usize,
        /// Why it ended, if not at its own end tag.
        cut: Option<&'static str>,
    },
    /// A `<tu>` longer than the limit.
    TooLong(FilePlace),
    /// Parts of a unit that are not in a `<tu>`.
    Stray { place: FilePlace, variants: usize },
    /// The end of the document.
    End { place: FilePlace, closed: bool, other_elements: bool },
    /// Nothing more can be found within bounds.
    Lost(FilePlace),
}

/// The beginning of the document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Prolog {
    Empty,
    Tmx {
        doctype: Option<String>,
    },
    /// Its first element has another name, or there is none.
    Other(Option<String>),
}

enum Tag {
    UnitStart,
    /// With the length of the tag.
    UnitEnd(usize),
    VariantStart,
    SegmentStart,
    DocumentStart,
    DocumentEnd,
    BodyEnd,
    Comment,
    CData,
    OtherStart,
    Nothing,
}

/// A window of the text of a document, which moves forward.
pub(super) struct Scanner<R> {
    source: Decoded<R>,
    text: Vec<u8>,
    start: usize,
    line: usize,
    byte: u64,
    limit: usize,
    unit_len: usize,
    closed: bool,
    other_elements: bool,
    /// Whether there was nothing but white space.
    blank: bool,
    /// Bytes skipped since the last finding.
    skipped: u64,
}

impl<R: BufRead> Scanner<R> {
    pub fn new(input: R) -> Scanner<R> {
        Scanner {
            source: Decoded::new(input),
            text: Vec::new(),
            start: 0,
            line: 1,
            byte: 0,
            limit: usize::MAX,
            unit_len: 0,
            closed: false,
            other_elements: false,
            blank: true,
            skipped: 0,
        }
    }

    pub fn source(&self) -> &Decoded<R> {
        &self.source
    }

    pub fn place(&self) -> FilePlace {
        (self.line, self.byte)
    }

    /// The text of the unit found last.
    pub fn unit(&self) -> &[u8] {
        &self.rest()[..self.unit_len]
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.start..]
    }

    fn advance(&mut self, len: usize) {
        let passed = &self.text[self.start..self.start + len];
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.byte += self.source.source_len(passed);
        self.skipped += len as u64;
        self.start += len;
        // Moves the rest to the front, rarely enough that the total time is linear.
        if self.start > self.text.len() / 2 {
            self.text.drain(..self.start);
            self.start = 0;
        }
    }

    /// Whether the window has this many bytes.
    fn ensure(&mut self, len: usize) -> Result<bool, Unreadable> {
        while self.rest().len() < len {
            if !self.source.fill(&mut self.text)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Skips to the next `<`. Returns `false` at the end of the document, or at the bound.
    fn skip_to_tag(&mut self) -> Result<bool, Unreadable> {
        loop {
            if let Some(at) = memchr(b'<', self.rest()) {
                self.advance(at);
                self.ensure(TAG_BYTES)?;
                return Ok(true);
            }
            self.blank = self.blank && self.rest().trim_ascii().is_empty();
            self.advance(self.rest().len());
            if self.is_lost() || !self.ensure(1)? {
                return Ok(false);
            }
        }
    }

    fn is_lost(&self) -> bool {
        self.skipped > MAX_SKIPPED_UNITS.saturating_mul(self.limit as u64)
    }

    /// Reads up to the first start tag of the document, with it. A unit may have `limit` bytes.
    pub fn prolog(&mut self, limit: usize) -> Result<Prolog, Unreadable> {
        self.limit = limit;
        self.source.begin()?;
        self.byte = self.source.mark_len as u64;
        let mut doctype = None;
        loop {
            if !self.skip_to_tag()? {
                return Ok(if self.blank { Prolog::Empty } else { Prolog::Other(None) });
            }
            self.blank = false;
            let rest = self.rest();
            if rest.starts_with(b"<!--") {
                let len = self.opaque_len(0, Tag::Comment)?;
                self.advance(len.unwrap_or(1));
            } else if rest.len() > 9 && rest[..9].eq_ignore_ascii_case(b"<!DOCTYPE") {
                let len = self.doctype_len()?;
                if let Some(len) = len {
                    let text = String::from_utf8_lossy(&self.rest()[..len]).into_owned();
                    doctype.get_or_insert(text);
                }
                self.advance(len.unwrap_or(1));
            } else if matches!(rest.get(1), Some(b'?' | b'!')) {
                self.advance(1);
            } else {
                let name = String::from_utf8_lossy(name(rest)).into_owned();
                let known = ["tmx", "header", "body", "tu", "tuv"];
                if known.iter().any(|one| name.eq_ignore_ascii_case(one)) {
                    return Ok(Prolog::Tmx { doctype });
                }
                return Ok(Prolog::Other(Some(name)));
            }
        }
    }

    /// The length of a document type, which may have declarations in brackets.
    fn doctype_len(&mut self) -> Result<Option<usize>, Unreadable> {
        let (mut at, mut brackets, mut quote) = (0, 0usize, None);
        while at < MAX_DOCTYPE {
            if at + 4 > self.rest().len() {
                self.ensure(at + 4)?;
            }
            let rest = &self.rest()[at.min(self.rest().len())..];
            let Some(&byte) = rest.first() else { return Ok(None) };
            match (quote, byte) {
                (Some(mark), byte) if mark == byte => quote = None,
                (Some(_), _) => {}
                (None, b'<') if rest.starts_with(b"<!--") => {
                    match self.opaque_len(at, Tag::Comment)? {
                        Some(len) => at += len - 1,
                        None => return Ok(None),
                    }
                }
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[') => brackets += 1,
                (None, b']') => brackets = brackets.saturating_sub(1),
                (None, b'>') if brackets == 0 => return Ok(Some(at + 1)),
                _ => {}
            }
            at += 1;
        }
        Ok(None)
    }

    /// The length of a comment or CDATA section that begins at a place. `None` if it does not end
    /// before another one begins, or within the limit. Sections do not nest, so the first of two start
    /// tags is damaged, or not a tag. Each byte is read once for all sections of a kind.
    fn opaque_len(&mut self, from: usize, kind: Tag) -> Result<Option<usize>, Unreadable> {
        let (open, close): (&[u8], &[u8]) = match kind {
            Tag::Comment => (b"<!--", b"-->"),
            _ => (b"<![CDATA[", b"]]>"),
        };
        let mut at = from + open.len();
        loop {
            let rest = self.rest();
            while let Some(found) = memchr2(b'<', close[0], &rest[at.min(rest.len())..]) {
                at += found;
                if rest[at..].starts_with(close) {
                    return Ok(Some(at + close.len() - from));
                }
                if rest[at..].starts_with(open) {
                    return Ok(None);
                }
                // The last bytes may be the start of either.
                if rest.len() - at < open.len() {
                    break;
                }
                at += 1;
            }
            let len = self.rest().len();
            if memchr2(b'<', close[0], &self.rest()[at.min(len)..]).is_none() {
                at = at.max(len);
            }
            if len - from > self.limit {
                return Ok(None);
            }
            if !self.ensure(len + 1)? {
                return Ok(None);
            }
        }
    }

    /// The next finding: a unit, a damaged part, or the end.
    pub fn next(&mut self) -> Result<Finding, Unreadable> {
        self.advance(self.unit_len);
        self.unit_len = 0;
        self.skipped = 0;
        let mut stray: Option<(FilePlace, usize)> = None;
        let found = |(place, variants): (FilePlace, usize)| Finding::Stray { place, variants };
        while self.skip_to_tag()? {
            match tag(self.rest()) {
                tag @ (Tag::Comment | Tag::CData) => {
                    let len = self.opaque_len(0, tag)?;
                    self.advance(len.unwrap_or(1));
                }
                Tag::UnitStart => {
                    self.closed = false;
                    return stray.map_or_else(|| self.read_unit(), |stray| Ok(found(stray)));
                }
                Tag::UnitEnd(len) => {
                    self.advance(len);
                    if let Some(stray) = stray {
                        return Ok(found(stray));
                    }
                }
                Tag::VariantStart => {
                    stray.get_or_insert((self.place(), 0)).1 += 1;
                    self.advance(1);
                }
                Tag::SegmentStart => {
                    stray.get_or_insert((self.place(), 0));
                    self.advance(1);
                }
                Tag::BodyEnd | Tag::DocumentEnd if stray.is_some() => {
                    return Ok(found(stray.unwrap_or_default()));
                }
                other => {
                    match other {
                        Tag::DocumentEnd => self.closed = true,
                        Tag::DocumentStart => self.closed = false,
                        Tag::OtherStart => self.other_elements = true,
                        _ => {}
                    }
                    self.advance(1);
                }
            }
            if self.is_lost() {
                break;
            }
        }
        let (closed, other_elements) = (self.closed, self.other_elements);
        Ok(match stray {
            Some(stray) => found(stray),
            None if self.is_lost() => Finding::Lost(self.place()),
            None => Finding::End { place: self.place(), closed, other_elements },
        })
    }

    /// Finds the end of the unit that begins here.
    fn read_unit(&mut self) -> Result<Finding, Unreadable> {
        let place = self.place();
        let (mut at, mut variants) = (1, 0);
        loop {
            let found = memchr(b'<', &self.rest()[at..]);
            let Some(found) = found else {
                at = self.rest().len();
                if at > self.limit {
                    return self.skip_unit(place);
                }
                if self.ensure(at + 1)? {
                    continue;
                }
                self.unit_len = at;
                return Ok(Finding::Unit { place, variants, cut: Some(DOCUMENT_ENDS) });
            };
            at += found;
            if at > self.limit {
                return self.skip_unit(place);
            }
            self.ensure(at + TAG_BYTES)?;
            let cut = match tag(&self.rest()[at..]) {
                Tag::UnitEnd(len) => {
                    at += len;
                    None
                }
                Tag::UnitStart => Some("another `<tu>` begins before its end"),
                Tag::BodyEnd | Tag::DocumentEnd => Some("the body ends before the `<tu>` does"),
                tag => {
                    at += match tag {
                        Tag::Comment | Tag::CData => {
                            let is_comment = matches!(tag, Tag::Comment);
                            let len = self.opaque_len(at, tag)?.unwrap_or(1);
                            // An arrow, `-->`, in the text of a later unit does not end a comment.
                            let spans = is_comment && spans_units(&self.rest()[at..at + len]);
                            if spans { 1 } else { len }
                        }
                        Tag::VariantStart => {
                            variants += 1;
                            1
                        }
                        _ => 1,
                    };
                    continue;
                }
            };
            self.unit_len = at;
            return Ok(Finding::Unit { place, variants, cut });
        }
    }

    /// Skips a unit that is too long.
    fn skip_unit(&mut self, place: FilePlace) -> Result<Finding, Unreadable> {
        self.advance(1);
        while self.skip_to_tag()? {
            match tag(self.rest()) {
                Tag::UnitEnd(len) => {
                    self.advance(len);
                    return Ok(Finding::TooLong(place));
                }
                Tag::UnitStart | Tag::BodyEnd | Tag::DocumentEnd => {
                    return Ok(Finding::TooLong(place));
                }
                tag @ (Tag::Comment | Tag::CData) => {
                    let len = self.opaque_len(0, tag)?;
                    self.advance(len.unwrap_or(1));
                }
                _ => self.advance(1),
            }
            if self.is_lost() {
                break;
            }
        }
        Ok(if self.is_lost() { Finding::Lost(place) } else { Finding::TooLong(place) })
    }
}

/// The name after a `<` or `</`, without its prefix.
fn name(tag: &[u8]) -> &[u8] {
    let name = tag.strip_prefix(b"</").unwrap_or(&tag[1..]);
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<');
    let name =
        &name[..name.iter().take(TAG_BYTES).position(ends).unwrap_or(name.len().min(TAG_BYTES))];
    name.rsplit(|&byte| byte == b':').next().unwrap_or(name)
}

/// Whether a unit ends in a text and another begins after it.
fn spans_units(text: &[u8]) -> bool {
    let mut tags = memchr::memchr_iter(b'<', text).skip(1).map(|at| tag(&text[at..]));
    tags.any(|tag| matches!(tag, Tag::UnitEnd(_))) && tags.any(|tag| matches!(tag, Tag::UnitStart))
}

/// The length of `</tu>`, which may have white space before its `>`.
fn unit_end(rest: &[u8]) -> Option<usize> {
    let rest = &rest[..rest.len().min(TAG_BYTES)];
    let end = memchr(b'>', rest)?;
    let name = rest[..end].trim_ascii_end();
    (!name[2..].iter().any(|byte| byte.is_ascii_whitespace() || *byte == b'<')).then_some(end + 1)
}

fn tag(rest: &[u8]) -> Tag {
    if rest.starts_with(b"<!--") {
        return Tag::Comment;
    }
    if rest.starts_with(b"<![CDATA[") {
        return Tag::CData;
    }
    let closes = rest.starts_with(b"</");
    let name = name(rest);
    let is = |one: &str| name.eq_ignore_ascii_case(one.as_bytes());
    match closes {
        // `</tu` without its `>` is not a tag.
        true if is("tu") => unit_end(rest).map_or(Tag::Nothing, Tag::UnitEnd),
        true if is("tmx") => Tag::DocumentEnd,
        true if is("body") => Tag::BodyEnd,
        false if is("tu") => Tag::UnitStart,
        false if is("tuv") => Tag::VariantStart,
        false if is("seg") => Tag::SegmentStart,
        false if is("tmx") => Tag::DocumentStart,
        false if ["header", "body", "note", "prop", "ude", "map"].iter().any(|one| is(one)) => {
            Tag::Nothing
        }
        false if name.first().is_some_and(u8::is_ascii_alphabetic) => Tag::OtherStart,
        _ => Tag::Nothing,
    }
}
