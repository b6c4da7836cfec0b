//! Readers and writers of bitexts and training sets.
//!
//! | format | bitexts | training sets |
//! |---|---|---|
//! | JSONL | [`to_json`], [`from_json`] | [`HfJsonlWriter`], [`HfJsonlReader`] |
//! | TSV | [`TsvWriter`] | [`TsvWriter::write_record`], [`TsvReader`] |
//! | TMX | [`TmxWriter`] | [`TmxWriter::write_record`], [`TmxReader`] |
//! | line-aligned text | | [`MosesWriter`], [`MosesReader`] |
//! | Parquet (feature `parquet`) | | `ParquetWriter`, `ParquetReader` |
//! | indexes of sentences | [`write_vecalign`], [`write_ladder`] | [`IndexWriter`] |
//! | explanations for people | [`explain_unit`], [`explain_region`] | |
//! | table for people | [`Display`](std::fmt::Display) of a [`Bitext`] | |
//!
//! A writer puts any number of bitexts into one output. A [`Selection`] says which units or beads it
//! writes. White space in a text is folded: each run of it, line breaks and tabs included, becomes one
//! space. JSONL alone keeps the texts unchanged.
//!
//! A row of a training set is a [`Record`]: texts of two or more languages. [`records`] makes records
//! from bitexts. Readers are iterators; after a malformed row, which is an error, they continue with
//! the next row.

mod explanation;
pub(crate) mod hf;
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

pub use explanation::{explain_region, explain_unit};
#[cfg(feature = "build")]
pub(crate) use hf::parse_record;
pub use hf::{HfJsonlReader, HfJsonlWriter};
pub use index::{IndexFormat, IndexWriter, aligned_texts, write_ladder, write_vecalign};
pub use jsonl::{ArticlesLine, FORMAT_VERSION, from_json, to_json};
#[cfg(feature = "report")]
pub(crate) use jsonl::{unit_from_json, unit_to_json};
pub(crate) use lines::{Line, Lines};
pub use moses::{MosesReader, MosesWriter};
#[cfg(feature = "parquet")]
pub use parquet::{ParquetReader, ParquetWriter};
pub use record::{Record, records};
pub use tmx::{TmxNote, TmxReader, TmxWriter};
pub use tsv::{TsvReader, TsvWriter};

pub use crate::text::fold::fold;

use crate::{Bitext, Language, LanguagePair, Unit};

/// The rows of an output: units or beads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rows {
    /// The units, over all languages of a bitext.
    #[default]
    Units,
    /// The beads of some language pairs, pair after pair. They may be finer than the units. The
    /// languages of a pair may be in either order.
    Beads(Vec<(Language, Language)>),
}

/// Which units or beads of a bitext are written.
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
    /// The smallest [confidence](Unit::confidence), 0 to 1; 0 by default, which selects all.
    pub min_confidence: f32,
    /// Whether null units are selected; `false` by default. Beads are never null.
    pub nulls: bool,
}

impl Selection {
    /// All units of at least two languages.
    pub fn units() -> Selection {
        Selection::default()
    }

    /// All beads of two languages, which may be given in either order.
    pub fn pair(one: Language, other: Language) -> Selection {
        Selection { rows: Rows::Beads(vec![(one, other)]), ..Selection::default() }
    }

    /// Leaves out units and beads below a confidence, 0 to 1.
    pub fn with_min_confidence(mut self, min_confidence: f32) -> Selection {
        self.min_confidence = min_confidence;
        self
    }

    /// Selects null units too, or leaves them out.
    pub fn with_nulls(mut self, nulls: bool) -> Selection {
        self.nulls = nulls;
        self
    }

    /// The selected units or beads of a bitext, in its order. There are none if the bitext lacks a
    /// language of the pair.
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

    fn has_pair(&self, pair: &LanguagePair) -> bool {
        match &self.rows {
            Rows::Units => true,
            Rows::Beads(pairs) => pairs.iter().any(|&(one, other)| {
                (one.min(other), one.max(other)) == (pair.source, pair.target)
            }),
        }
    }
}
