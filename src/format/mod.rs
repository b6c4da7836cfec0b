//! Formats.

mod jsonl;

pub use jsonl::{ArticlesLine, FORMAT_VERSION, from_json, parse_id, to_json};

use crate::bitext::Pair;
use crate::{Bitext, Language, Unit};

/// Which rows of a bitext a writer puts out.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Rows {
    /// The units, over all languages.
    #[default]
    Units,
    /// The beads of some pairs of languages, pair after pair; each pair in
    /// the languages' order.
    Beads(Vec<(Language, Language)>),
}

/// What of a bitext a writer puts out. By default all units with at least two
/// languages, whatever their confidence.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Selection {
    /// Units or beads.
    pub rows: Rows,
    /// What is less sure is left out, 0 to 1.
    pub min_confidence: f32,
    /// Whether null units are put out as well.
    pub nulls: bool,
}

impl Selection {
    /// The rows of a bitext that are selected, in order.
    ///
    /// ```
    /// use bitext::format::{Rows, Selection};
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let bitext = Aligner::new()?.align([
    ///     Article::from_sentences(Language::ENGLISH, ["It rained all day.", ""]),
    ///     Article::from_sentences(Language::GERMAN, ["Es regnete den ganzen Tag."]),
    /// ])?;
    /// let mut selection = Selection::default();
    /// assert_eq!(selection.units(&bitext).count(), 1);
    /// selection.nulls = true;
    /// assert_eq!(selection.units(&bitext).count(), 2);
    /// selection.rows = Rows::Beads(vec![(Language::ENGLISH, Language::GERMAN)]);
    /// assert_eq!(selection.units(&bitext).count(), 1);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn units<'b>(&'b self, bitext: &'b Bitext) -> impl Iterator<Item = &'b Unit> {
        let (units, pairs) = match &self.rows {
            Rows::Units => (bitext.units(), &[][..]),
            Rows::Beads(pairs) => (&[][..], pairs.as_slice()),
        };
        let beads = pairs.iter().filter_map(|&(source, target)| bitext.pair(source, target));
        units.iter().chain(beads.flatten()).filter(|unit| {
            unit.confidence() >= self.min_confidence && (self.nulls || !unit.is_null())
        })
    }

    fn has_pair(&self, pair: &Pair) -> bool {
        match &self.rows {
            Rows::Units => true,
            Rows::Beads(pairs) => pairs.contains(&(pair.source, pair.target)),
        }
    }
}
