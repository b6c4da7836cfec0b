//! Pages that show bitexts side by side and let a person correct them, and the
//! corrections put back.
//!
//! [`page`] makes one HTML page of one bitext, [`Report`] pages of many with an index of
//! them. A page is one file that needs no network and runs no code of others: text,
//! style and script are in it. What a person corrects there is saved as lines of JSON,
//! which [`Corrections`] puts into the bitexts.
//!
//! ```
//! use bitext::{Aligner, Article, Language, report};
//!
//! let explained = Aligner::new().explain([
//!     Article::new(Language::ENGLISH, "The bridge is closed. Nobody was hurt."),
//!     Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Niemand wurde verletzt."),
//! ])?;
//! let html = report::page(explained.bitext(), Some(&explained));
//! assert!(html.starts_with("<!doctype html>"));
//! # Ok::<(), bitext::Error>(())
//! ```

mod beads;
mod corrections;
mod data;
mod html;
mod merge;
mod plots;
mod rewrite;
mod stats;

use std::collections::BTreeSet;

use crate::align::ExplainedBitext;
use crate::{Bitext, Id};
use stats::{Row, Stats};

pub use corrections::{CORRECTIONS_VERSION, Correction, CorrectionError, text_key};
pub use merge::Corrections;

/// Data of a page of several bitexts, in bytes, unless it is set: what browsers open
/// without delay.
const DEFAULT_PAGE_BYTES: usize = 64 << 20;

/// A page: a file's name and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The name of the file, by which other pages of the report link to it.
    pub name: String,
    /// The page.
    pub html: String,
}

/// The page of one bitext. With `explained`, units show what speaks for them, where they
/// are the same there.
pub fn page(bitext: &Bitext, explained: Option<&ExplainedBitext>) -> String {
    let report = Report::new("page");
    let title = report.name(bitext);
    let mut report = report.with_title(title);
    // One bitext is one page, whatever its size.
    report.limit = usize::MAX;
    report.add(bitext, explained);
    report.finish().pop().map(|page| page.html).unwrap_or_default()
}

/// Pages of any number of bitexts: one, or where they are too large for one an index
/// and a page for each so many of them.
///
/// ```
/// use bitext::report::Report;
/// use bitext::{Aligner, Article, Language};
///
/// let mut report = Report::new("weather");
/// let aligner = Aligner::new();
/// for (english, german) in [("It rained.", "Es regnete."), ("It snowed.", "Es schneite.")] {
///     let bitext = aligner.align([
///         Article::from_sentences(Language::ENGLISH, [english]),
///         Article::from_sentences(Language::GERMAN, [german]),
///     ])?;
///     assert!(report.add(&bitext, None).is_none());
/// }
/// report.discard("too-short");
/// let pages = report.finish();
/// assert_eq!(pages.len(), 1);
/// assert_eq!(pages[0].name, "weather.html");
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    stem: String,
    title: String,
    limit: usize,
    stats: Stats,
    rows: Vec<Row>,
    /// What they are called.
    names: BTreeSet<String>,
    /// The bitexts of the page that is being filled, as escaped JSON.
    waiting: Vec<String>,
    size: usize,
    /// Pages that were given out.
    parts: usize,
}

impl Report {
    /// A report whose page is called `stem.html`, further ones `stem-0001.html` and
    /// so on.
    pub fn new(stem: impl Into<String>) -> Report {
        let stem = stem.into();
        Report {
            title: stem.clone(),
            stem,
            limit: DEFAULT_PAGE_BYTES,
            stats: Stats::default(),
            rows: Vec::new(),
            names: BTreeSet::new(),
            waiting: Vec::new(),
            size: 0,
            parts: 0,
        }
    }

    /// What stands above the index.
    pub fn with_title(mut self, title: impl Into<String>) -> Report {
        self.title = title.into();
        self
    }

    /// Data that a page holds at most, in bytes, 64 MiB by default; a bitext that is
    /// larger has a page of its own.
    ///
    /// ```
    /// use bitext::report::Report;
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     Article::from_sentences(Language::ENGLISH, ["It rained."]),
    ///     Article::from_sentences(Language::GERMAN, ["Es regnete."]),
    /// ])?;
    /// let mut report = Report::new("weather").with_title("The weather").with_limit(1);
    /// assert!(report.add(&bitext, None).is_none());
    /// let page = report.add(&bitext, None).unwrap();
    /// assert_eq!(page.name, "weather-0001.html");
    /// let index = report.finish().pop().unwrap();
    /// assert_eq!(index.name, "weather.html");
    /// assert!(index.html.contains("<title>The weather"));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_limit(mut self, limit: usize) -> Report {
        self.limit = limit;
        self
    }

    /// Adds a bitext, with what speaks for its units where it is given. Gives a page once
    /// one is full, so that memory holds no more than one.
    pub fn add(&mut self, bitext: &Bitext, explained: Option<&ExplainedBitext>) -> Option<Page> {
        let article = html::escape_json(&data::article(bitext, explained));
        let full = !self.waiting.is_empty() && self.size + article.len() > self.limit;
        let page = full.then(|| self.part());
        self.stats.add(bitext);
        let name = self.name(bitext);
        self.names.insert(name.clone());
        self.rows.push(Row::new(bitext, name, self.waiting.len()));
        self.size += article.len();
        self.waiting.push(article);
        page
    }

    /// Counts what was left out of the corpus, by the reason's name.
    pub fn discard(&mut self, reason: &str) {
        *self.stats.discards.entry(reason.to_string()).or_default() += 1;
    }

    /// The pages that are left; the index is the last.
    pub fn finish(mut self) -> Vec<Page> {
        if self.parts == 0 {
            let own = std::mem::take(&mut self.waiting);
            return vec![self.index(&own)];
        }
        let mut pages = Vec::new();
        if !self.waiting.is_empty() {
            pages.push(self.part());
        }
        pages.push(self.index(&[]));
        pages
    }

    /// The page of what waits.
    fn part(&mut self) -> Page {
        self.parts += 1;
        self.size = 0;
        let name = format!("{}-{:04}.html", self.stem, self.parts);
        let articles = std::mem::take(&mut self.waiting);
        let from = self.rows.len() - articles.len();
        let rows = &self.rows[from..];
        let title = format!("{}, page {}", self.title, self.parts);
        let html = html::page(&html::Content {
            title: &title,
            stem: &format!("{}-{:04}", self.stem, self.parts),
            index: Some(&format!("{}.html", self.stem)),
            rows,
            plots: "",
            articles: &articles,
        });
        for row in &mut self.rows[from..] {
            row.file = Some(name.clone());
        }
        Page { name, html }
    }

    /// What a bitext is called: its id, else the files of its articles, with as many of
    /// their folders as tell it from those before, else its number.
    fn name(&self, bitext: &Bitext) -> String {
        let number = || (self.rows.len() + 1).to_string();
        if let Some(id) = bitext.id() {
            return match id {
                Id::Text(text) if text.trim().is_empty() => number(),
                id => id.to_string(),
            };
        }
        let paths: Vec<&str> = bitext.articles().iter().filter_map(|one| one.id()).collect();
        if paths.is_empty() {
            return number();
        }
        let short = |parts: usize| {
            paths.iter().map(|path| tail(path, parts)).collect::<Vec<_>>().join(" · ")
        };
        let longest = paths.iter().map(|path| path.matches(SEPARATORS).count()).max();
        let mut names = (1..=longest.unwrap_or(0)).map(short);
        names.find(|name| !self.names.contains(name)).unwrap_or_else(|| paths.join(" · "))
    }

    fn index(&self, articles: &[String]) -> Page {
        let html = html::page(&html::Content {
            title: &self.title,
            stem: &self.stem,
            index: None,
            rows: &self.rows,
            plots: &plots::all(&self.stats),
            articles,
        });
        Page { name: format!("{}.html", self.stem), html }
    }
}

const SEPARATORS: [char; 2] = ['/', '\\'];

/// The last parts of a path. The address of a page stays as it is.
fn tail(path: &str, parts: usize) -> &str {
    if path.contains("://") {
        return path;
    }
    let path = path.trim_end_matches(SEPARATORS);
    let cut = path.rmatch_indices(SEPARATORS).nth(parts - 1);
    cut.map_or(path, |(at, _)| &path[at + 1..])
}
