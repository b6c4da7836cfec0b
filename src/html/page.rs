//! A page: its text in blocks, and what it says about itself.

use std::path::Path;

use super::encoding::decode;
use super::extract::{Extracted, PageBlock, extract, is_content};
use super::limits::MAX_PAGE_BYTES;
use super::metadata::{Metadata, language_of_tag};
use crate::article::Block;
use crate::language::{self, Detection, are_close};
use crate::{Article, Error, ErrorKind, Language, Result};

/// What is known of a page from elsewhere.
///
/// ```
/// use bitext::html::{Page, PageHints};
///
/// let hints = PageHints::default()
///     .with_charset("windows-1251".to_string())
///     .with_address("https://example.org/uk/porom".to_string());
/// let page = Page::parse("porom", b"<p>\xcf\xee\xf0\xee\xec", &hints)?;
/// assert_eq!((page.text(), page.encoding()), ("Пором", "windows-1251"));
/// assert_eq!(page.metadata().links().address, hints.address);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageHints {
    /// The encoding that the server named, such as `windows-1251`.
    pub charset: Option<String>,
    /// The address from which the page was loaded.
    pub address: Option<String>,
}

impl PageHints {
    /// Sets the encoding that the server named.
    pub fn with_charset(mut self, charset: impl Into<Option<String>>) -> PageHints {
        self.charset = charset.into();
        self
    }

    /// Sets the address from which the page was loaded.
    pub fn with_address(mut self, address: impl Into<Option<String>>) -> PageHints {
        self.address = address.into();
        self
    }
}

/// A page of HTML: its text in blocks, and what it says about itself.
///
/// The blocks are separated by blank lines. Inline elements do not divide words, `br` is a newline, and
/// two of them end a block. Scripts, styles, hidden elements, form controls and cookie banners leave
/// nothing.
///
/// ```
/// use bitext::article::BlockKind;
/// use bitext::html::{Page, PageHints};
///
/// let html = "<html lang=de><title>Die F&auml;hre</title><nav><a href=/>Start</a></nav>
///     <h1>Die F<b>ähre</b></h1><p>Sie fährt&nbsp;wieder.<script>x()</script>";
/// let page = Page::parse("page.html", html.as_bytes(), &PageHints::default())?;
/// assert_eq!(page.text(), "Start\n\nDie Fähre\n\nSie fährt\u{a0}wieder.");
/// let kinds: Vec<BlockKind> = page.blocks().iter().map(|one| one.block.kind).collect();
/// assert_eq!(kinds, [BlockKind::Navigation, BlockKind::Heading, BlockKind::Paragraph]);
/// assert_eq!(page.metadata().title.as_deref(), Some("Die Fähre"));
/// let article = page.article(None)?;
/// assert_eq!(article.language(), bitext::Language::GERMAN);
/// assert_eq!(article.text(), "Die Fähre\n\nSie fährt\u{a0}wieder.");
/// assert!(html[article.blocks()[0].source as usize..].starts_with("<h1>"));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    name: String,
    text: String,
    blocks: Vec<PageBlock>,
    metadata: Metadata,
    encoding: &'static str,
}

impl Page {
    /// Parses a page. `name` is its name in errors and the id of its article.
    ///
    /// Parsing never fails for the markup itself: broken markup is read as browsers read it, but for
    /// formatting that overlaps.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidPage`] if the page is beyond one of the [limits](super#limits).
    pub fn parse(name: &str, page: &[u8], hints: &PageHints) -> Result<Page> {
        let refuse = |reason: String, byte: usize| {
            let error = Error::new(ErrorKind::InvalidPage, reason);
            Err(error.with_source_name(name).with_byte(byte as u64))
        };
        if page.len() > MAX_PAGE_BYTES {
            let reason = format!(
                "the page has {} bytes, more than {MAX_PAGE_BYTES}: leave it out, or divide it",
                page.len()
            );
            return refuse(reason, MAX_PAGE_BYTES);
        }
        let decoded = decode(page, hints.charset.as_deref());
        let is_xml = decoded.text.trim_start().starts_with("<?xml");
        let Extracted { text, mut blocks, mut metadata, base } =
            match extract(&decoded.text, is_xml) {
                Ok(extracted) => extracted,
                Err(refused) => {
                    let reason = format!("{}: leave the page out, or repair it", refused.reason);
                    return refuse(reason, refused.byte + decoded.offset);
                }
            };
        for one in &mut blocks {
            one.block.source += decoded.offset as u64;
        }
        metadata.resolve(base.as_deref(), hints.address.as_deref());
        Ok(Page { name: name.to_string(), text, blocks, metadata, encoding: decoded.encoding })
    }

    /// Reads a page from a file. The path becomes the id of its article.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`], and those of [`Page::parse`].
    ///
    /// ```
    /// use bitext::html::Page;
    ///
    /// let page = Page::read("examples/site/en/news/ferry.html")?;
    /// assert_eq!(page.metadata().language.as_deref(), Some("en"));
    /// assert!(Page::read("missing.html").is_err());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<Page> {
        let path = path.as_ref();
        let unreadable = |error| Error::read(path, error);
        let mut file = std::fs::File::open(path).map_err(unreadable)?;
        let mut page = Vec::new();
        let most = MAX_PAGE_BYTES as u64 + 1;
        std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, most), &mut page)
            .map_err(unreadable)?;
        Page::parse(&path.display().to_string(), &page, &PageHints::default())
    }

    /// The name that [`Page::parse`] was given: a path, or an address.
    ///
    /// ```
    /// use bitext::html::{Page, PageHints};
    ///
    /// let page = Page::parse("a.html", b"<p>It rained.", &PageHints::default())?;
    /// assert_eq!(page.name(), "a.html");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text: the blocks, separated by blank lines.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks of the text, in order.
    pub fn blocks(&self) -> &[PageBlock] {
        &self.blocks
    }

    /// What the page says about itself.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The name of the encoding that the page was decoded with, such as `UTF-8` or `windows-1251`.
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The language: the one that the page names, unless the text is reliably in another one. Templates
    /// often name the language of another version.
    ///
    /// # Errors
    ///
    /// Those of [`language::require`](crate::language::require) if the page names no language, or the
    /// text is reliably Russian and the page is given as Ukrainian.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::html::{Page, PageHints};
    ///
    /// let language = |page: &str| {
    ///     Page::parse("a", page.as_bytes(), &PageHints::default())?.language()
    /// };
    /// assert_eq!(language("<html lang=uk-UA><p>12:30")?, Language::UKRAINIAN);
    /// let german = "<html lang=en><p>Der Hafen wurde am Morgen wieder für alle Schiffe geöffnet.";
    /// assert_eq!(language(german)?, Language::GERMAN);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn language(&self) -> Result<Language> {
        let Some(named) = self.metadata.language.as_deref().and_then(language_of_tag) else {
            return language::require(&self.name, &self.own_text(None));
        };
        Ok(match language::detect(&self.own_text(Some(named))) {
            Detection::Russian if named == Language::UKRAINIAN => {
                return Err(language::russian_for_ukrainian(&self.name));
            }
            // The texts of close languages are not distinguished reliably.
            found => match found.language() {
                Some(found) if named.is_built_in() || !are_close(found, named) => found,
                _ => named,
            },
        })
    }

    /// The text of the blocks that are part of the content, by which the language is detected.
    fn own_text(&self, language: Option<Language>) -> String {
        let own = self.blocks.iter().filter(|one| one.is_in(language));
        let own = own.map(|one| &self.text[one.block.span.clone()]);
        own.collect::<Vec<_>>().join("\n")
    }

    /// The article of the page, with its blocks, in the language of the caller or that of the page.
    ///
    /// Menus and what is beside the content are left out (kinds
    /// [`Navigation`](crate::article::BlockKind::Navigation) and [`Aside`](crate::article::BlockKind::Aside)), unless the page has nothing else. So are blocks that the page names another
    /// language for.
    ///
    /// # Errors
    ///
    /// Those of [`Page::language`] if no language is given.
    ///
    /// ```
    /// use bitext::Language;
    /// use bitext::html::{Page, PageHints};
    ///
    /// let html = "<html lang=en><p>The ferry runs.</p><p lang=de>Die Fähre fährt.</p>";
    /// let page = Page::parse("ferry.html", html.as_bytes(), &PageHints::default())?;
    /// let article = page.article(Some(Language::ENGLISH))?;
    /// assert_eq!((article.id(), article.text()), (Some("ferry.html"), "The ferry runs."));
    /// assert_eq!(page.article(Some(Language::GERMAN))?.text(), "Die Fähre fährt.");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn article(&self, language: Option<Language>) -> Result<Article> {
        let has_content = self.blocks.iter().any(|one| one.is_in(one.language));
        self.article_of(language, |block| !has_content || is_content(block.kind))
    }

    /// The article of the page with all its blocks, but for those that the page names another language for.
    ///
    /// # Errors
    ///
    /// As [`Page::article`].
    ///
    /// ```
    /// use bitext::html::{Page, PageHints};
    ///
    /// let html = "<html lang=en><nav>Home</nav><p>The ferry runs.</p>";
    /// let page = Page::parse("ferry.html", html.as_bytes(), &PageHints::default())?;
    /// assert_eq!(page.article(None)?.text(), "The ferry runs.");
    /// assert_eq!(page.article_with_navigation(None)?.text(), "Home\n\nThe ferry runs.");
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn article_with_navigation(&self, language: Option<Language>) -> Result<Article> {
        self.article_of(language, |_| true)
    }

    fn article_of(
        &self,
        language: Option<Language>,
        is_kept: impl Fn(&Block) -> bool,
    ) -> Result<Article> {
        let language = match language {
            Some(language) => language,
            None => self.language()?,
        };
        // The languages of tags are read without their regions.
        let wanted = language.base();
        let page_language = self.metadata.language.as_deref().and_then(language_of_tag);
        let mut text = String::with_capacity(self.text.len());
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for one in &self.blocks {
            // Text without a language of its own is in that of the page, if other blocks have the one
            // that is wanted.
            let is_wanted = match one.language {
                Some(own) => own == wanted,
                None => page_language.is_none_or(|page| page == wanted) || !self.names(wanted),
            };
            if !is_wanted || !is_kept(&one.block) {
                continue;
            }
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            let start = text.len();
            text.push_str(&self.text[one.block.span.clone()]);
            blocks.push(Block::new(start..text.len(), one.block.kind, one.block.source));
        }
        Article::new(language, text).with_id(&self.name).with_blocks(blocks)
    }

    /// Whether the page names a language for some of its blocks.
    fn names(&self, language: Language) -> bool {
        self.blocks.iter().any(|one| one.language == Some(language))
    }
}
