//! Bitexts as lines of JSON, both ways, and in the formats of other tools:
//! tables and translation memories.
//!
//! Each writer of these puts any number of bitexts into one output; what of a bitext
//! goes in is a [`Selection`]. White space in a text is folded: a run of it,
//! line breaks, tabs and non-breaking spaces included, becomes one space, and
//! none is left at the ends. For text exactly as it stands in the articles,
//! serialise the [`Bitext`] itself.
//!
//! Training sets are rows of texts in several languages, [`Record`]s: [`records`] takes
//! them from bitexts, and each format of them has a reader, an iterator that goes on behind a
//! row that cannot be used, and a writer: JSONL in Hugging Face's shape, line-aligned text,
//! TSV, TMX, and with the feature `parquet` Parquet. Index files hold no text; [`IndexWriter`], [`write_vecalign`],
//! [`write_ladder`] and [`AlignmentFile`](crate::evaluate::AlignmentFile) are about those.

mod articles_line;
mod complete;
mod fields;
mod hf;
mod index;
mod jsonl;
pub(crate) mod lines;
mod moses;
#[cfg(feature = "parquet")]
mod parquet;
mod record;
pub(crate) mod table;
mod tmx;
mod tsv;
mod tsv_cells;

pub use articles_line::ArticlesLine;
pub use hf::{HfJsonlReader, HfJsonlWriter, parse_record};
pub use index::{IndexFormat, IndexWriter, aligned_texts, write_ladder, write_vecalign};
pub use jsonl::{FORMAT_VERSION, from_json, to_json};
#[cfg(feature = "report")]
pub(crate) use jsonl::{unit_from_json, unit_to_json};
pub(crate) use lines::{Line, Lines};
pub use moses::{MosesReader, MosesWriter};
#[cfg(feature = "parquet")]
pub use parquet::{ParquetReader, ParquetWriter};
pub use record::{Record, records};
pub use tmx::{TmxNote, TmxReader, TmxWriter};
pub use tsv::{TsvReader, TsvWriter};

use crate::{Bitext, Language, Pair, Unit};

/// What the rows of an output are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rows {
    /// The units, over all languages of a bitext.
    #[default]
    Units,
    /// The beads of some pairs of languages, pair after pair; they are finer
    /// than the units. Each pair in either order.
    Beads(Vec<(Language, Language)>),
}

/// What of a bitext is written.
///
/// ```
/// use bitext::format::Selection;
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["The bridge is closed.", "Share this page"]),
///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
/// ])?;
/// assert_eq!(Selection::units().select(&bitext).count(), 1);
/// assert_eq!(Selection::units().with_nulls(true).select(&bitext).count(), 2);
/// let pair = Selection::pair(Language::ENGLISH, Language::GERMAN);
/// assert_eq!(pair.select(&bitext).count(), 1);
/// assert_eq!(pair.with_min_confidence(1.0).select(&bitext).count(), 0);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Selection {
    /// Units or beads; units by default.
    pub rows: Rows,
    /// The least [confidence](Unit::confidence), 0 to 1; 0 by default, which
    /// selects all.
    pub min_confidence: f32,
    /// Whether sentences without a counterpart are selected; not by default.
    /// There are none among the beads.
    pub nulls: bool,
}

impl Selection {
    /// All units of at least two languages.
    pub fn units() -> Selection {
        Selection::default()
    }

    /// All beads of two languages, which may be in either order.
    pub fn pair(one: Language, other: Language) -> Selection {
        Selection { rows: Rows::Beads(vec![(one, other)]), ..Selection::default() }
    }

    /// Leaves out what is less confident.
    pub fn with_min_confidence(mut self, min_confidence: f32) -> Selection {
        self.min_confidence = min_confidence;
        self
    }

    /// Selects sentences without a counterpart too, or leaves them out.
    pub fn with_nulls(mut self, nulls: bool) -> Selection {
        self.nulls = nulls;
        self
    }

    /// The units or beads of a bitext that are selected, in its order; none
    /// where a bitext does not have both languages of a pair.
    pub fn select<'a>(&'a self, bitext: &'a Bitext) -> impl Iterator<Item = &'a Unit> + use<'a> {
        let (units, pairs) = match &self.rows {
            Rows::Units => (bitext.units(), &[][..]),
            Rows::Beads(pairs) => (&[][..], pairs.as_slice()),
        };
        let beads = pairs.iter().flat_map(|&(one, other)| bitext.beads(one, other));
        units.iter().chain(beads).filter(|unit| {
            unit.confidence() >= self.min_confidence && (self.nulls || !unit.is_null())
        })
    }

    fn has_pair(&self, pair: &Pair) -> bool {
        match &self.rows {
            Rows::Units => true,
            Rows::Beads(pairs) => pairs.iter().any(|&(one, other)| {
                (one.min(other), one.max(other)) == (pair.source, pair.target)
            }),
        }
    }
}

/// A text on one line, as the writers put it: runs of white space become one space, and none is
/// left at the ends. The separators of ASCII, U+001C to U+001F, are white space here: Python ends
/// lines at them.
///
/// ```
/// assert_eq!(bitext::format::fold(" one\u{2028}line\n"), "one line");
/// ```
pub fn fold(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}');
    let mut folded = String::with_capacity(text.len());
    for word in text.split(blank).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
