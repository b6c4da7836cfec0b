//! Two articles: the best alignment of their vectors.

use crate::align::AlignConfig;
use crate::align::features::side::Side;
use crate::align::search::search;
use crate::{Error, Result};

/// A bead of a pair: sentences of both sides that correspond. They are
/// consecutive, or have nothing between them but sentences without a
/// counterpart.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairBead {
    /// Sentences of the source, ascending, at least one.
    pub source: Vec<usize>,
    /// Sentences of the target, ascending, at least one.
    pub target: Vec<usize>,
    /// Margin similarity: 0 for the background, 1 for identical vectors.
    pub score: f32,
    /// The share of the lattice's weight that goes through this bead, 0 to 1.
    pub posterior: f32,
}

/// The alignment of a pair: beads in order, and for each sentence how sure it
/// is that it has no counterpart. Of sides with larger units, all indices are
/// those of units.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairAlignment {
    /// The beads, ascending on both sides. What is in none is unaligned.
    pub beads: Vec<PairBead>,
    /// The score of the best path, in nats: the gains of its beads less the costs
    /// of gaps. The beads put out are those that are likely, which may be others.
    pub score: f32,
    /// For each source sentence, the posterior of it being unaligned, 0 to 1.
    pub source_null: Vec<f32>,
    /// For each target sentence, the posterior of it being unaligned, 0 to 1.
    pub target_null: Vec<f32>,
}

/// Aligns two articles given as vectors and lengths: exact dynamic programming
/// with affine gaps over margin similarities. Knows no text, model or
/// language; an empty side is fine.
///
/// # Errors
///
/// [`Error::VectorShape`] for sides of different dimensions,
/// [`Error::InvalidConfig`], and [`Error::TooLong`].
///
/// ```
/// use bitext::align::{AlignConfig, Side, align_pair};
/// use bitext::embed::Embeddings;
/// use ndarray::array;
///
/// let source = Embeddings::from_rows(array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])?;
/// let target = Embeddings::from_rows(array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.1], [0.0, 1.0, 0.1]])?;
/// let source = Side::new(source, vec![40.0, 50.0])?;
/// let target = Side::new(target, vec![45.0, 40.0, 50.0])?;
/// let alignment = align_pair(&source, &target, &AlignConfig::default())?;
/// let beads: Vec<_> = alignment.beads.iter().map(|bead| (bead.source[0], bead.target[0])).collect();
/// assert_eq!(beads, [(0, 1), (1, 2)]);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn align_pair(source: &Side, target: &Side, config: &AlignConfig) -> Result<PairAlignment> {
    config.validate()?;
    let (n, m) = (source.len(), target.len());
    let dimension = source.embeddings.dimension();
    if n > 0 && m > 0 && target.embeddings.dimension() != dimension {
        return Err(Error::VectorShape {
            article: "target side".to_string(),
            expected: (m, dimension),
            got: (m, target.embeddings.dimension()),
        });
    }
    config.check_lengths(n, m)?;
    let mut aligned = search(&[source, target], config);
    Ok(aligned.pairs.remove(0).alignment)
}
