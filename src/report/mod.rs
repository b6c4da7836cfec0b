//! HTML pages for viewing and correcting bitexts, and the application of corrections.
//!
//! [`page`] makes an HTML page of one bitext. [`Report`] makes pages of many bitexts,
//! with an overview. A page is a single file with its texts, style and script. It needs
//! no network and has no third-party code. The page saves a reviewer's corrections as
//! lines of JSON, which [`Corrections`] applies to the bitexts. [`CorpusReport`] makes the page of
//! a training set, with the rows that filters rejected.
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
mod corpus;
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
use stats::{OverviewRow, ReportStats};

pub use corpus::CorpusReport;
pub use corrections::{CORRECTIONS_VERSION, Correction, CorrectionError, text_key};
pub use html::escape;
pub use merge::Corrections;

/// The default limit of the data in a page of several bitexts, in bytes. Browsers open
/// pages of this size without delay.
const DEFAULT_PAGE_BYTES: usize = 64 << 20;

/// An HTML page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The file name. Other pages of the report link to it.
    pub name: String,
    /// The content of the file.
    pub html: String,
}

/// The page of one bitext. With `explained`, it shows the features of the units that
/// the explanation has too.
pub fn page(bitext: &Bitext, explained: Option<&ExplainedBitext>) -> String {
    let report = Report::new("page");
    let title = report.name(bitext);
    let mut report = report.with_title(title);
    // A single bitext is never divided.
    report.limit = usize::MAX;
    report.add(bitext, explained);
    report.finish().pop().map(|page| page.html).unwrap_or_default()
}

/// Makes pages of any number of bitexts: one page, or, if they are too large for one, an
/// overview and several pages.
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
    stats: ReportStats,
    rows: Vec<OverviewRow>,
    /// The names of the bitexts so far.
    names: BTreeSet<String>,
    /// The bitexts of the current page, as escaped JSON.
    pending: Vec<String>,
    size: usize,
    /// The number of finished pages.
    finished_pages: usize,
}

impl Report {
    /// A report with the page `stem.html`, and further pages `stem-0001.html` and so on.
    pub fn new(stem: impl Into<String>) -> Report {
        let stem = stem.into();
        Report {
            title: stem.clone(),
            stem,
            limit: DEFAULT_PAGE_BYTES,
            stats: ReportStats::default(),
            rows: Vec::new(),
            names: BTreeSet::new(),
            pending: Vec::new(),
            size: 0,
            finished_pages: 0,
        }
    }

    /// Sets the title of the overview.
    pub fn with_title(mut self, title: impl Into<String>) -> Report {
        self.title = title.into();
        self
    }

    /// Sets the most bytes of data in a page, 64 MiB by default. A larger bitext gets its
    /// own page.
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

    /// Adds a bitext, with the features of its units if they are given. It returns a page as
    /// soon as one is full, so memory holds at most one page.
    pub fn add(&mut self, bitext: &Bitext, explained: Option<&ExplainedBitext>) -> Option<Page> {
        let article = html::escape_json(&data::article(bitext, explained));
        let full = !self.pending.is_empty() && self.size + article.len() > self.limit;
        let page = full.then(|| self.finish_page());
        self.stats.add(bitext);
        let name = self.name(bitext);
        self.names.insert(name.clone());
        self.rows.push(OverviewRow::new(bitext, name, self.pending.len()));
        self.size += article.len();
        self.pending.push(article);
        page
    }

    /// Counts a row that was discarded from the corpus, by the name of the reason.
    pub fn discard(&mut self, reason: &str) {
        *self.stats.discards.entry(reason.to_string()).or_default() += 1;
    }

    /// Returns the remaining pages. The overview is the last one.
    pub fn finish(mut self) -> Vec<Page> {
        if self.finished_pages == 0 {
            let own = std::mem::take(&mut self.pending);
            return vec![self.overview(&own)];
        }
        let mut pages = Vec::new();
        if !self.pending.is_empty() {
            pages.push(self.finish_page());
        }
        pages.push(self.overview(&[]));
        pages
    }

    /// Finishes the current page.
    fn finish_page(&mut self) -> Page {
        self.finished_pages += 1;
        self.size = 0;
        let name = format!("{}-{:04}.html", self.stem, self.finished_pages);
        let articles = std::mem::take(&mut self.pending);
        let from = self.rows.len() - articles.len();
        let rows = &self.rows[from..];
        let title = format!("{}, page {}", self.title, self.finished_pages);
        let html = html::page(&html::PageContent {
            title: &title,
            stem: &format!("{}-{:04}", self.stem, self.finished_pages),
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

    /// The name of a bitext: its id, or the files of its articles, or its number. File
    /// names get as many parent folders as needed to differ from earlier names.
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

    /// The overview page.
    fn overview(&self, articles: &[String]) -> Page {
        let html = html::page(&html::PageContent {
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

/// The last parts of a path. Web addresses are not shortened.
fn tail(path: &str, parts: usize) -> &str {
    if path.contains("://") {
        return path;
    }
    let path = path.trim_end_matches(SEPARATORS);
    let cut = path.rmatch_indices(SEPARATORS).nth(parts - 1);
    cut.map_or(path, |(at, _)| &path[at + 1..])
}
