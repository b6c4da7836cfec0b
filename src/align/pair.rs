//! Two articles: the best alignment of their vectors.

use std::ops::Range;

use super::AlignConfig;
use super::lattice::{Lattice, Step};
use super::posterior::Weights;
use super::side::Side;
use super::similarity::{Neighbours, Similarity};
use crate::{Error, Result};

/// A bead of a pair: consecutive sentences of both sides that correspond.
#[derive(Clone, Debug, PartialEq)]
pub struct PairBead {
    /// Sentences of the source, at least one.
    pub source: Range<usize>,
    /// Sentences of the target, at least one.
    pub target: Range<usize>,
    /// Margin similarity: 0 for the background, 1 for identical vectors.
    pub score: f32,
    /// The share of the lattice's weight that goes through this bead, 0 to 1.
    pub posterior: f32,
}

/// The alignment of a pair: beads in order, and for each sentence how sure it
/// is that it has no counterpart. Of sides with larger units, all indices are
/// those of units.
#[derive(Clone, Debug, PartialEq)]
pub struct PairAlignment {
    /// The beads, ascending on both sides. What is in none is unaligned.
    pub beads: Vec<PairBead>,
    /// The score of the path: the gains of the beads less the costs of gaps.
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
/// let beads: Vec<_> = alignment.beads.iter().map(|bead| (bead.source.start, bead.target.start)).collect();
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
    config.check_cells(n, m)?;
    Ok(search(source, target, config))
}

fn search(source: &Side, target: &Side, config: &AlignConfig) -> PairAlignment {
    let neighbours = Neighbours { count: config.neighbours, prior: config.background };
    let similarity = Similarity::new(source, target, config.max_side, &neighbours);
    let lattice = Lattice::new(source.len(), target.len(), &similarity, config);
    let (path, score) = lattice.best_path();
    let weights = Weights::new(&lattice, source, target, config.temperature);
    let beads = unit_beads(placed(&path, &similarity), source, target, config.max_side)
        .into_iter()
        .map(|bead| PairBead {
            score: mean_margin(&bead.steps),
            posterior: weights.bead(bead.source.clone(), bead.target.clone()),
            source: bead.source,
            target: bead.target,
        })
        .collect();
    let source_null = (0..source.units()).map(|unit| weights.source_null(unit)).collect();
    let target_null = (0..target.units()).map(|unit| weights.target_null(unit)).collect();
    PairAlignment { beads, score, source_null, target_null }
}

/// A bead of the path, in pieces.
#[derive(Clone)]
struct Placed {
    rows: Range<usize>,
    columns: Range<usize>,
    margin: f32,
}

fn placed(path: &[Step], similarity: &Similarity) -> Vec<Placed> {
    let (mut i, mut j) = (0, 0);
    let mut margins = Vec::new();
    let mut beads = Vec::new();
    for &(a, b) in path {
        if a > 0 && b > 0 {
            similarity.margins(i, a, b, &mut margins);
            beads.push(Placed { rows: i..i + a, columns: j..j + b, margin: margins[j] });
        }
        i += a;
        j += b;
    }
    beads
}

/// Units that beads of the path link.
struct UnitBead {
    source: Range<usize>,
    target: Range<usize>,
    /// The beads of the path, at least one.
    steps: Vec<Placed>,
    /// Whether a unit lies between that nothing links.
    hole: bool,
}

/// Puts the beads of a path together to beads of whole units: those that have a
/// unit in common are one. Where that would be larger than a bead may be, or
/// hold a unit that nothing links (an inserted paragraph between two halves of
/// what is one unit on the other side), it is cut at its weakest.
fn unit_beads(
    mut steps: Vec<Placed>,
    source: &Side,
    target: &Side,
    max_side: usize,
) -> Vec<UnitBead> {
    let mut beads: Vec<UnitBead> = Vec::new();
    // In reverse, so that the rest can be taken from the end.
    steps.reverse();
    while let Some(step) = steps.pop() {
        let (rows, columns) =
            (source.units_of(step.rows.clone()), target.units_of(step.columns.clone()));
        match beads.last_mut() {
            Some(last) if rows.start < last.source.end || columns.start < last.target.end => {
                last.hole |= rows.start > last.source.end || columns.start > last.target.end;
                last.source.end = rows.end;
                last.target.end = columns.end;
                last.steps.push(step);
            }
            _ => beads.push(UnitBead {
                source: rows,
                target: columns,
                steps: vec![step],
                hole: false,
            }),
        }
        let unfit =
            |bead: &mut UnitBead| bead.hole || bead.source.len().max(bead.target.len()) > max_side;
        if let Some(mut bead) = beads.pop_if(unfit) {
            let weight =
                |step: &Placed| step.margin * (step.rows.len() + step.columns.len()) as f32;
            let newest = bead.steps.len() - 1;
            let before: f32 = bead.steps[..newest].iter().map(weight).sum();
            if !bead.hole {
                let weakest = (0..=newest)
                    .min_by(|&a, &b| bead.steps[a].margin.total_cmp(&bead.steps[b].margin));
                bead.steps.remove(weakest.unwrap_or(newest));
            } else if before >= weight(&bead.steps[newest]) {
                bead.steps.truncate(newest);
            } else {
                bead.steps.drain(..newest);
            }
            steps.extend(bead.steps.into_iter().rev());
        }
    }
    beads
}

/// The mean margin of beads, weighted by their sentences.
fn mean_margin(beads: &[Placed]) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for bead in beads {
        let size = (bead.rows.len() + bead.columns.len()) as f32;
        sum += bead.margin * size;
        weight += size;
    }
    sum / weight
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use ndarray::Array2;

    fn side(pieces: &[usize]) -> Side {
        let n = pieces.iter().sum();
        let vectors = Embeddings::from_rows(Array2::zeros((n, 2))).unwrap();
        Side::new(vectors, vec![10.0; n]).unwrap().with_units(pieces).unwrap()
    }

    fn link(i: usize, a: usize, j: usize, b: usize, margin: f32) -> Placed {
        Placed { rows: i..i + a, columns: j..j + b, margin }
    }

    fn units(steps: &[Placed], source: &[usize], target: &[usize]) -> Vec<[usize; 4]> {
        unit_beads(steps.to_vec(), &side(source), &side(target), 4)
            .into_iter()
            .map(|bead| [bead.source.start, bead.source.end, bead.target.start, bead.target.end])
            .collect()
    }

    #[test]
    fn pieces_with_a_unit_in_common_make_one_bead() {
        // {A}{B C} against {A B}{C}: all hangs together.
        let steps = [link(0, 1, 0, 1, 0.9), link(1, 1, 1, 1, 0.8), link(2, 1, 2, 1, 0.9)];
        assert_eq!(units(&steps, &[1, 2], &[2, 1]), [[0, 2, 0, 2]]);
        assert_eq!(units(&steps, &[1, 2], &[1, 2]), [[0, 1, 0, 1], [1, 2, 1, 2]]);
        assert_eq!(units(&steps, &[1, 1, 1], &[1, 1, 1]).len(), 3);
    }

    #[test]
    fn a_unit_that_nothing_links_stays_outside() {
        // Two halves of one target unit, with an inserted unit between them.
        let steps = [link(0, 1, 0, 1, 0.9), link(2, 1, 1, 1, 0.5)];
        assert_eq!(units(&steps, &[1, 1, 1], &[2]), [[0, 1, 0, 1]]);
    }

    #[test]
    fn a_bead_is_no_larger_than_it_may_be() {
        let steps: Vec<Placed> =
            (0..6).map(|at| link(at, 1, at, 1, if at == 3 { 0.1 } else { 0.9 })).collect();
        assert_eq!(units(&steps, &[1; 6], &[6]), [[0, 3, 0, 1]]);
    }
}
