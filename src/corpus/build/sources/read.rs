//! Reads and parses the articles at the places of the sources.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::lines::read_line;
use super::list::{ArticleSources, SourceFile, SourceKind};
use super::place::{ArticleItem, ArticlePlace, VerifiedPlace};
use crate::article::ArticleLinks;
use crate::files::compressed::inner;
use crate::format::ArticlesLine;
use crate::html::{Page, PageHints, RecordScanner, record_page};
use crate::language::{self, from_name};
use crate::{Article, Language, text};

/// A place, and its bytes or why they cannot be read.
pub type PlacedBytes = (ArticlePlace, Result<Vec<u8>, String>);

/// The offset of the next article in a file whose rest cannot be read.
const UNREADABLE: u64 = u64::MAX;

impl ArticleSources {
    /// Size of all files, in bytes.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.stamp.bytes).sum()
    }

    /// Calls `each` with every place after `after`, until it returns `false`.
    pub fn scan(&self, after: Option<ArticlePlace>, each: &mut dyn FnMut(PlacedBytes) -> bool) {
        let first = after.map_or(0, |place| place.file as usize);
        for (at, file) in self.files.iter().enumerate().skip(first) {
            let mut place = ArticlePlace { file: at as u32, line: 0, start: 0, len: 0, end: 0 };
            let resumed = after.filter(|after| after.file as usize == at);
            let wants_more = match file.kind {
                SourceKind::Lines => self.scan_lines(file, resumed.unwrap_or(place), each),
                SourceKind::Archive => self.scan_archive(file, resumed.unwrap_or(place), each),
                SourceKind::Text | SourceKind::Page if resumed.is_some() => true,
                SourceKind::Text | SourceKind::Page => {
                    place.len = file.stamp.bytes;
                    place.end = place.len;
                    each((place, self.read(place)))
                }
            };
            if !wants_more {
                return;
            }
        }
    }

    fn scan_lines(
        &self,
        file: &SourceFile,
        after: ArticlePlace,
        each: &mut dyn FnMut(PlacedBytes) -> bool,
    ) -> bool {
        let mut place = after;
        if place.end == UNREADABLE {
            return true;
        }
        let mut input = match self.open_at(file, after.end) {
            Ok(input) => input,
            Err(error) => {
                place.end = UNREADABLE;
                return each((place, Err(format!("cannot read: {error}"))));
            }
        };
        loop {
            place = ArticlePlace { line: place.line + 1, start: place.end, ..place };
            let line = match read_line(&mut input, self.max_article_bytes) {
                Ok(Some(line)) => line,
                Ok(None) => {
                    // The file may have been changed while it was read.
                    self.watch(file, &File::open(&file.path));
                    return true;
                }
                Err(error) => {
                    place.end = UNREADABLE;
                    return each((place, Err(format!("cannot read: {error}"))));
                }
            };
            place.end += line.len_with_end;
            place.len = line.len;
            let is_too_long = line.len > self.max_article_bytes;
            if !is_too_long && line.bytes.trim_ascii().is_empty() {
                continue;
            }
            let bytes = if is_too_long { Err(self.too_long(line.len)) } else { Ok(line.bytes) };
            if !each((place, bytes)) {
                return false;
            }
        }
    }

    /// Calls `each` with the records of a web archive that hold pages. `line` of their places is their
    /// number.
    fn scan_archive(
        &self,
        file: &SourceFile,
        after: ArticlePlace,
        each: &mut dyn FnMut(PlacedBytes) -> bool,
    ) -> bool {
        let mut place = after;
        if place.end == UNREADABLE {
            return true;
        }
        let input = match self.open_at(file, after.end) {
            Ok(input) => input,
            Err(error) => {
                place.end = UNREADABLE;
                return each((place, Err(format!("cannot read: {error}"))));
            }
        };
        let mut records = RecordScanner::new(input, after.end);
        while let Some(record) = records.next(self.max_article_bytes) {
            let (line, start) = (place.line + 1, record.offset);
            place = ArticlePlace { line, start, len: record.len, end: record.end, ..place };
            if !each((place, record.bytes)) {
                return false;
            }
        }
        self.watch(file, &File::open(&file.path));
        true
    }

    /// Opens a file for reading from an offset on.
    fn open_at(&self, file: &SourceFile, offset: u64) -> std::io::Result<BufReader<File>> {
        let opened = File::open(&file.path);
        self.watch(file, &opened);
        let mut input = opened?;
        input.seek(SeekFrom::Start(offset))?;
        Ok(BufReader::with_capacity(1 << 16, input))
    }

    fn too_long(&self, len: u64) -> String {
        format!("{len} bytes are more than max_article_bytes, {}", self.max_article_bytes)
    }

    /// The bytes at a place.
    ///
    /// # Errors
    ///
    /// Why they cannot be read.
    pub fn read(&self, place: ArticlePlace) -> Result<Vec<u8>, String> {
        if place.len > self.max_article_bytes {
            return Err(self.too_long(place.len));
        }
        let file = &self.files[place.file as usize];
        let read = || {
            let opened = File::open(&file.path);
            self.watch(file, &opened);
            let mut input = opened?;
            input.seek(SeekFrom::Start(place.start))?;
            let mut bytes = vec![0; place.len as usize];
            input.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error: std::io::Error| format!("cannot read: {error}"))
    }

    /// The bytes at a place that was read before.
    ///
    /// # Errors
    ///
    /// The bytes cannot be read, or are not the same as before.
    pub fn read_again(&self, verified: VerifiedPlace) -> Result<Vec<u8>, String> {
        let bytes = self.read(verified.place)?;
        if xxh3_64(&bytes) == verified.hash {
            return Ok(bytes);
        }
        let path = &self.files[verified.place.file as usize].given;
        self.changed.get_or_init(|| path.clone());
        Err("changed while it was read".to_string())
    }

    /// The name of a place in messages and ids: the file, and the line if it has lines.
    pub fn label(&self, place: ArticlePlace) -> String {
        let label = &self.files[place.file as usize].label;
        if place.line == 0 { label.clone() } else { format!("{label}:{}", place.line) }
    }

    /// The id and the articles at a place, or why they cannot be used. The label of the place
    /// stands in for an id.
    pub fn parse(
        &self,
        place: ArticlePlace,
        bytes: &[u8],
    ) -> (String, Result<ArticleItem, String>) {
        let file = &self.files[place.file as usize];
        let label = self.label(place);
        match file.kind {
            SourceKind::Page => return self.page_file(file, &label, bytes),
            SourceKind::Archive => return self.archived_page(&label, bytes),
            SourceKind::Text | SourceKind::Lines => {}
        }
        let marked = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| place.start == 0);
        let bytes = marked.unwrap_or(bytes);
        let content = match text::decode(&label, bytes) {
            Ok(content) => content,
            Err(error) => return (label, Err(error.to_string())),
        };
        if file.kind == SourceKind::Lines {
            let line = ArticlesLine::parse_any(content);
            let id = line.id.map_or(label, |id| id.to_string());
            let item = line.articles.map(|mut articles| match articles.pop() {
                Some(article) if articles.is_empty() => {
                    let (article, day, links) = (article.with_id(&id), line.day, line.links);
                    ArticleItem::Single { article, day, links }
                }
                last => {
                    articles.extend(last);
                    ArticleItem::Group(articles)
                }
            });
            return (id, item.map_err(|error| error.to_string()));
        }
        let language = match named_language(&file.name) {
            Some(language) => Ok(language),
            None => language::require(&label, content),
        };
        let item = match language {
            Ok(language) => {
                let article = Article::new(language, content).with_id(&label);
                let (day, links) = (None, ArticleLinks::default());
                Ok(ArticleItem::Single { article, day, links })
            }
            Err(error) => Err(format!("{error}, as `.en.txt` or by a folder `en`")),
        };
        (label, item)
    }

    /// The article of a page in a file of its own.
    fn page_file(
        &self,
        file: &SourceFile,
        label: &str,
        bytes: &[u8],
    ) -> (String, Result<ArticleItem, String>) {
        let hints = PageHints::default().with_address(file_address(&file.label));
        let item = Page::parse(label, bytes, &hints)
            .map_err(|error| error.to_string())
            .and_then(|page| self.page_item(&page, named_language(&file.name)));
        (label.to_string(), item)
    }

    /// The article of a page in a web archive. Its address is its id.
    fn archived_page(&self, label: &str, bytes: &[u8]) -> (String, Result<ArticleItem, String>) {
        match record_page(bytes) {
            Ok(Some(page)) => (page.name().to_string(), self.page_item(&page, None)),
            // The scan returns only records with pages, so the file has changed.
            Ok(None) => (label.to_string(), Err("is no page".to_string())),
            Err(error) => (label.to_string(), Err(error.to_string())),
        }
    }

    fn page_item(&self, page: &Page, named: Option<Language>) -> Result<ArticleItem, String> {
        let article =
            if self.navigation { page.article_with_navigation(named) } else { page.article(named) };
        let article = article.map_err(|error| error.to_string())?;
        let (day, links) = (page.metadata().day(), page.metadata().links());
        Ok(ArticleItem::Single { article, day, links })
    }
}

/// An address for a file, to which the relative addresses in its page are relative.
fn file_address(label: &str) -> String {
    let mut address = "file:///".to_string();
    for c in label.chars() {
        match c {
            ' ' | '"' | '#' | '%' | '<' | '>' | '?' | '[' | '\\' | ']' | '^' | '`' | '{' | '|'
            | '}' => {
                address.push_str(&format!("%{:02X}", u32::from(c)));
            }
            _ => address.push(c),
        }
    }
    address
}

/// The language in a file's name (`a.en.txt`, `a.en-US.txt`, `a.deu.txt`), or that of a folder.
fn named_language(name: &str) -> Option<Language> {
    let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
    let file = inner(Path::new(file)).to_string_lossy().into_owned();
    let stem = [".txt", ".html", ".htm", ".xhtml"].iter().find_map(|end| file.strip_suffix(end));
    let stem = stem.unwrap_or(&file);
    let by_file = stem.rsplit_once('.').and_then(|(_, last)| from_name(last));
    by_file.or_else(|| folders.rsplit('/').find_map(from_name))
}
