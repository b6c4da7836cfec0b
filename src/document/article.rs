//! An article: a text that never changes, with the byte spans of its paragraphs and sentences.

use std::path::Path;

pub use super::block::{Block, BlockKind};
pub use super::links::ArticleLinks;
use crate::split::Splitter;
use crate::text::{self, Newlines, Span};
use crate::{Error, Language, Result};

/// One version of an article, in one language.
///
/// The text is kept unchanged, even a byte-order mark. Paragraphs and sentences are byte spans of it.
///
/// ```
/// use bitext::{Article, Language, RuleSplitter};
///
/// let mut article = Article::new(Language::ENGLISH, "It rained. We stayed in.");
/// article.split(&RuleSplitter::default())?;
/// assert_eq!(article.spans(), [0..10, 11..24]);
/// assert_eq!(&article.text()[article.spans()[1].clone()], "We stayed in.");
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    id: Option<String>,
    language: Language,
    text: String,
    paragraphs: Vec<Span>,
    sentences: Option<Vec<Span>>,
    origin: Origin,
    blocks: Vec<Block>,
}

/// The origin of an article's sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A raw text, which a splitter splits.
    Raw,
    /// A list of sentences from the caller.
    Sentences,
}

impl Article {
    /// Makes an article from its raw text. It is not split into sentences yet.
    pub fn new(language: Language, text: impl Into<String>) -> Article {
        let text = text.into();
        let paragraphs = text::paragraphs(&text, Newlines::Auto);
        Article {
            id: None,
            language,
            text,
            paragraphs,
            sentences: None,
            origin: Origin::Raw,
            blocks: Vec::new(),
        }
    }

    /// Makes an article from its raw text and detects its language.
    ///
    /// # Errors
    ///
    /// Those of [`language::require`](crate::language::require).
    ///
    /// ```
    /// use bitext::{Article, Error, ErrorKind, Language};
    ///
    /// let article = Article::detect("Der Hafen wurde am Morgen wieder für alle Schiffe geöffnet.")?;
    /// assert_eq!(article.language(), Language::GERMAN);
    /// assert_eq!(Article::detect("12:30").unwrap_err().kind(), ErrorKind::UncertainLanguage);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn detect(text: impl Into<String>) -> Result<Article> {
        let text = text.into();
        let language = crate::language::require("article", &text)?;
        Ok(Article::new(language, text))
    }

    /// Reads an article from a UTF-8 text file and detects whether it is English, Ukrainian or
    /// German. The path becomes the article's id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`](crate::ErrorKind::Read), [`ErrorKind::NotUtf8`](crate::ErrorKind::NotUtf8)
    /// with a guess at the encoding, and those of
    /// [`language::require`](crate::language::require). All of them name the file.
    ///
    /// ```
    /// use bitext::{Article, Language};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("harbour.txt");
    /// # std::fs::write(&path, "Der Hafen wurde am Morgen wieder für alle Schiffe geöffnet.")?;
    /// let article = Article::read(&path)?;
    /// assert_eq!(article.language(), Language::GERMAN);
    /// assert!(article.label().ends_with("harbour.txt"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<Article> {
        let (name, text) = read_text(path.as_ref())?;
        let language = crate::language::require(&name, &text)?;
        Ok(Article::new(language, text).with_id(name))
    }

    /// Reads an article in a given language from a UTF-8 text file. The path becomes the article's
    /// id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`](crate::ErrorKind::Read), or [`ErrorKind::NotUtf8`](crate::ErrorKind::NotUtf8)
    /// with a guess at the encoding. Both name the file.
    ///
    /// ```
    /// use bitext::{Article, Language};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("port.txt");
    /// # std::fs::write(&path, "Le port a rouvert ce matin.")?;
    /// let article = Article::read_as(Language::FRENCH, &path)?;
    /// assert_eq!(article.text(), "Le port a rouvert ce matin.");
    /// let error = Article::read_as(Language::FRENCH, "missing.txt").unwrap_err();
    /// assert!(error.to_string().starts_with("missing.txt: cannot read: "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_as(language: Language, path: impl AsRef<Path>) -> Result<Article> {
        let (name, text) = read_text(path.as_ref())?;
        Ok(Article::new(language, text).with_id(name))
    }

    /// Makes an article from a list of sentences. They are kept unchanged and never split, even if one
    /// is blank or holds several sentences.
    ///
    /// The text of the article is the sentences joined with newlines.
    ///
    /// ```
    /// use bitext::{Article, Language};
    ///
    /// let article = Article::from_sentences(Language::GERMAN, ["Es regnet.", ""]);
    /// assert_eq!(article.sentences().collect::<Vec<_>>(), ["Es regnet.", ""]);
    /// ```
    pub fn from_sentences<S: AsRef<str>>(
        language: Language,
        sentences: impl IntoIterator<Item = S>,
    ) -> Article {
        let mut text = String::new();
        let mut spans: Vec<Span> = Vec::new();
        for sentence in sentences {
            if !spans.is_empty() {
                text.push('\n');
            }
            let start = text.len();
            text.push_str(sentence.as_ref());
            spans.push(start..text.len());
        }
        let paragraphs = std::iter::once(0..text.len()).filter(|all| !all.is_empty()).collect();
        let origin = Origin::Sentences;
        let blocks = Vec::new();
        Article { id: None, language, text, paragraphs, sentences: Some(spans), origin, blocks }
    }

    /// Makes an article from its raw text and the byte spans of its sentences.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpan`](crate::ErrorKind::InvalidSpan) for a span that is outside the text, cuts a
    /// character, or overlaps the one before it.
    ///
    /// ```
    /// use bitext::{Article, Error, Language};
    ///
    /// let article = Article::from_spans(Language::ENGLISH, "One. Two. Menu", vec![0..4, 5..9])?;
    /// assert_eq!(article.sentence(1), Some("Two."));
    /// let overlapping = Article::from_spans(Language::ENGLISH, "One. Two.", vec![0..6, 5..9]);
    /// assert!(overlapping.unwrap_err().message().starts_with("sentence 1: "));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_spans(
        language: Language,
        text: impl Into<String>,
        spans: Vec<Span>,
    ) -> Result<Article> {
        let mut article = Article::new(language, text);
        article.set_spans(spans)?;
        Ok(article)
    }

    /// Sets the id: outputs record it, and errors and warnings call the article by it.
    pub fn with_id(mut self, id: impl AsRef<str>) -> Article {
        self.id = Some(id.as_ref().to_string());
        self
    }

    #[cfg(feature = "html")]
    pub(crate) fn without_id(mut self) -> Article {
        self.id = None;
        self
    }

    /// Sets the blocks of the text, which were elements of a page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpan`](crate::ErrorKind::InvalidSpan) for a block that is outside the text,
    /// cuts a character, or overlaps the one before it.
    ///
    /// ```
    /// use bitext::article::{Block, BlockKind};
    /// use bitext::{Article, Language};
    ///
    /// let article = Article::new(Language::ENGLISH, "Home\n\nIt runs again.");
    /// let menu = Block::new(0..4, BlockKind::Navigation, 0);
    /// assert_eq!(article.clone().with_blocks(vec![menu.clone()])?.blocks(), [menu]);
    /// assert!(article.with_blocks(vec![Block::new(0..99, BlockKind::Heading, 0)]).is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_blocks(mut self, blocks: Vec<Block>) -> Result<Article> {
        if let Err((at, reason)) = check_spans(&self.text, blocks.iter().map(|block| &block.span)) {
            return Err(Error::span_of("block", at, reason).with_article(self.label()));
        }
        self.blocks = blocks;
        Ok(self)
    }

    /// Splits the article into sentences, even if it was split before. An article from a list of
    /// sentences does not change.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpan`](crate::ErrorKind::InvalidSpan) if the splitter returns spans that do not fit
    /// the text.
    pub fn split(&mut self, splitter: &dyn Splitter) -> Result<()> {
        match self.origin {
            Origin::Sentences => Ok(()),
            Origin::Raw => self.set_spans(splitter.split(self.language, &self.text)),
        }
    }

    fn set_spans(&mut self, spans: Vec<Span>) -> Result<()> {
        if let Err((at, reason)) = check_spans(&self.text, &spans) {
            return Err(Error::span_of("sentence", at, reason).with_article(self.label()));
        }
        self.sentences = Some(spans);
        Ok(())
    }

    /// The id, if there is one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The name of the article in errors and warnings: its id, or the code of its language.
    ///
    /// ```
    /// use bitext::{Article, Language};
    ///
    /// let article = Article::new(Language::GERMAN, "Es regnet.");
    /// assert_eq!((article.id(), article.label()), (None, "de"));
    /// let article = article.with_id("news/7");
    /// assert_eq!((article.id(), article.label()), (Some("news/7"), "news/7"));
    /// ```
    pub fn label(&self) -> &str {
        self.id.as_deref().unwrap_or(self.language.code())
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The original text, unchanged.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The origin of the sentences.
    ///
    /// ```
    /// use bitext::{Article, Language, article::Origin};
    ///
    /// assert_eq!(Article::new(Language::ENGLISH, "One. Two.").origin(), Origin::Raw);
    /// assert_eq!(Article::from_sentences(Language::ENGLISH, ["One. Two."]).origin(), Origin::Sentences);
    /// ```
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Byte spans of the paragraphs, in order.
    ///
    /// ```
    /// use bitext::{Article, Language};
    ///
    /// let article = Article::new(Language::ENGLISH, "The ferry\n\nIt runs again.\n");
    /// assert_eq!(article.paragraphs(), [0..9, 11..25]);
    /// ```
    pub fn paragraphs(&self) -> &[Span] {
        &self.paragraphs
    }

    /// The blocks of the text if it is from a page, in order; otherwise empty.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The block that a sentence begins in.
    ///
    /// ```
    /// use bitext::article::{Block, BlockKind};
    /// use bitext::{Article, Language, RuleSplitter};
    ///
    /// let text = "Home\n\nIt runs again. It is green.";
    /// let blocks =
    ///     vec![Block::new(0..4, BlockKind::Navigation, 0), Block::new(6..33, BlockKind::Paragraph, 9)];
    /// let mut article = Article::new(Language::ENGLISH, text).with_blocks(blocks)?;
    /// article.split(&RuleSplitter::default())?;
    /// assert_eq!(article.block_of(2).map(|block| block.source), Some(9));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn block_of(&self, sentence: usize) -> Option<&Block> {
        let start = self.spans().get(sentence)?.start;
        let at = self.blocks.partition_point(|block| block.span.end <= start);
        self.blocks.get(at).filter(|block| block.span.start <= start)
    }

    /// Whether the article has been split into sentences.
    ///
    /// ```
    /// use bitext::{Article, Language, RuleSplitter};
    ///
    /// let mut article = Article::new(Language::ENGLISH, "It rained. We stayed in.");
    /// assert!(!article.is_split() && article.is_empty());
    /// article.split(&RuleSplitter::default())?;
    /// assert!(article.is_split());
    /// assert_eq!(article.len(), 2);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn is_split(&self) -> bool {
        self.sentences.is_some()
    }

    /// Byte spans of the sentences, in order; empty if the article is not split.
    pub fn spans(&self) -> &[Span] {
        self.sentences.as_deref().unwrap_or_default()
    }

    /// Number of sentences; 0 if the article is not split.
    pub fn len(&self) -> usize {
        self.spans().len()
    }

    /// Whether there is no sentence.
    pub fn is_empty(&self) -> bool {
        self.spans().is_empty()
    }

    /// The sentences, in order.
    pub fn sentences(&self) -> impl ExactSizeIterator<Item = &str> {
        self.spans().iter().map(|span| &self.text[span.clone()])
    }

    /// One sentence by its index from 0.
    pub fn sentence(&self, index: usize) -> Option<&str> {
        self.spans().get(index).map(|span| &self.text[span.clone()])
    }

    /// The original text from the first to the last of some sentences; `None` if the range is empty or
    /// out of bounds.
    ///
    /// ```
    /// use bitext::{Article, Language};
    ///
    /// let article = Article::from_spans(Language::ENGLISH, "One.  Two. Three.", vec![0..4, 6..10, 11..17])?;
    /// assert_eq!(article.passage(0..2), Some("One.  Two."));
    /// assert_eq!(article.passage(2..2), None);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn passage(&self, sentences: std::ops::Range<usize>) -> Option<&str> {
        let spans = self.spans().get(sentences)?;
        Some(&self.text[spans.first()?.start..spans.last()?.end])
    }
}

/// Checks that spans are in order, do not overlap, and lie on the borders of characters. The error is the
/// index of the first bad span and what is wrong with it.
fn check_spans<'s>(
    text: &str,
    spans: impl IntoIterator<Item = &'s Span>,
) -> Result<(), (usize, &'static str)> {
    let mut end = 0;
    for (at, span) in spans.into_iter().enumerate() {
        if span.start > span.end || span.end > text.len() {
            return Err((at, "its span is not within the text"));
        }
        if span.start < end {
            return Err((at, "its span overlaps the one before it"));
        }
        if !text.is_char_boundary(span.start) || !text.is_char_boundary(span.end) {
            return Err((at, "its span cuts a character"));
        }
        end = span.end;
    }
    Ok(())
}

/// The text of a file, and the name of the file for errors.
fn read_text(path: &Path) -> Result<(String, String)> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::read(path, error))?;
    let text = text::decode(&name, &bytes)?.to_string();
    Ok((name, text))
}

/// A copy of the article, so that [`Aligner::align`](crate::Aligner::align) takes references.
impl From<&Article> for Article {
    fn from(article: &Article) -> Article {
        article.clone()
    }
}

/// A language or its code, and the raw text.
///
/// ```
/// use bitext::{Article, Language};
///
/// let article = Article::try_from(("fr", "Le port a rouvert."))?;
/// assert_eq!(article, Article::try_from((Language::FRENCH, "Le port a rouvert."))?);
/// assert!(Article::try_from(("French", "Le port a rouvert.")).is_err());
/// # Ok::<(), bitext::Error>(())
/// ```
impl<L, T> TryFrom<(L, T)> for Article
where
    L: TryInto<Language>,
    Error: From<L::Error>,
    T: Into<String>,
{
    type Error = Error;

    fn try_from((language, text): (L, T)) -> Result<Article> {
        Ok(Article::new(language.try_into()?, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_reading_name_the_file_and_the_encoding() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |bytes: &[u8]| {
            let path = folder.path().join("a.txt");
            std::fs::write(&path, bytes).unwrap();
            let error = Article::read_as(Language::UKRAINIAN, &path).unwrap_err().to_string();
            assert!(error.starts_with(&path.display().to_string()), "{error}");
            error
        };
        assert!(refused(b"\xcf\xf0\xe8\xe2\xb3\xf2").contains("windows-1251"));
        let utf16: Vec<u8> = "Hello".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(refused(&utf16).contains("UTF-16"));
    }

    #[test]
    fn given_sentences_come_back_byte_for_byte() {
        let given = ["One.\nTwo.", "", "  ", "\u{feff}Three"];
        let mut article = Article::from_sentences(Language::ENGLISH, given);
        assert_eq!(article.sentences().collect::<Vec<_>>(), given);
        article.split(&crate::RuleSplitter::default()).unwrap();
        assert_eq!(article.len(), 4);
        assert_eq!(article.passage(0..2), Some("One.\nTwo.\n"));
        assert_eq!(article.passage(1..1), None);
        assert_eq!(article.passage(3..5), None);
    }

    #[test]
    fn spans_that_do_not_fit_are_refused() {
        let text = "дах і сад";
        let cases: [(&[(usize, usize)], usize); 4] =
            [(&[(0, 6), (4, 8)], 1), (&[(0, 3)], 0), (&[(0, 6), (7, 99)], 1), (&[(6, 4)], 0)];
        for (spans, bad) in cases {
            let spans = spans.iter().map(|&(start, end)| start..end).collect();
            let error = Article::from_spans(Language::UKRAINIAN, text, spans).unwrap_err();
            assert!(error.message().starts_with(&format!("sentence {bad}: ")));
        }
        assert!(Article::from_spans(Language::UKRAINIAN, text, vec![0..6, 7..9]).is_ok());
    }
}
