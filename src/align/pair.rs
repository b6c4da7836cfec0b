//! Alignment of a single pair of articles, given as vectors and lengths.

use crate::align::AlignConfig;
use crate::align::aligner::with_background_of_vectors;
use crate::align::features::side::Side;
use crate::align::results::PairAlignment;
use crate::align::search::search;
use crate::{Error, Result};

/// Aligns two articles given as vectors and lengths.
///
/// It needs no text, model or language. An empty side is allowed: all sentences of the other side
/// are then unaligned.
///
/// # Errors
///
/// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) if the vectors of the sides have different dimensions,
/// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a setting is out of its range, and [`ErrorKind::TooLong`](crate::ErrorKind::TooLong) if a side has
/// too many sentences.
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
        return Err(Error::vector_shape((m, dimension), (m, target.embeddings.dimension())));
    }
    config.check_lengths(n, m)?;
    let sides = [source, target];
    let mut aligned = search(&sides, &with_background_of_vectors(config, &sides));
    Ok(aligned.pairs.remove(0).alignment)
}
