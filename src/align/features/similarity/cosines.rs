//! The cosine of any span of one side with any span of the other.
//!
//! An additive model's vector of a span is the normalised, centred sum of its sentences' raw
//! vectors. So the products of all spans are sums of the products of single sentences, and one
//! matrix product per pair of articles is enough.

use std::ops::Range;

use ndarray::{Array2, ArrayView1, Axis, Slice};

use crate::align::band::{Band, BandMatrix, products};
use crate::align::features::side::Side;

pub(in crate::align) enum Cosines {
    Additive(AdditiveTerms),
    /// By source and target size - 1: the cosines of all spans of these sizes.
    Products(Vec<Vec<BandMatrix<f32>>>),
    /// By size - 1: the vectors of all spans. Used if the products would take too much memory.
    Rows {
        source: Vec<Array2<f32>>,
        target: Vec<Array2<f32>>,
    },
}

/// The terms of cos(A, B) = (A.B/|A||B| - A.m'/|A| - B.m/|B| + m.m') * (1/a) * (1/b).
///
/// A and B are raw sums, m and m' the means of their languages, a the norm of A/|A| - m, and b the
/// norm of B/|B| - m'.
pub(in crate::align) struct AdditiveTerms {
    /// The products of the raw vectors of single sentences.
    dots: BandMatrix<f32>,
    /// m.m'
    mean_product: f32,
    /// By size - 1 and start.
    source: Vec<Vec<SpanTerms>>,
    target: Vec<Vec<SpanTerms>>,
}

/// The terms of one raw sum; all zero if the sum is zero.
#[derive(Clone, Copy)]
struct SpanTerms {
    /// 1/|A|
    inverse_norm: f32,
    /// A.m'/|A|
    other_mean: f32,
    /// 1/a
    inverse_centred_norm: f32,
}

/// Limit on the cosines of all sizes together: 512 MB.
const MAX_PRODUCTS: usize = 1 << 27;

/// Least square of a centred norm that is more than rounding error.
const MIN_CENTRED_SQUARE: f32 = 1e-9;

impl Cosines {
    /// For spans of up to `max_side` sentences between the nodes of a band.
    pub(in crate::align) fn new(
        source: &Side,
        target: &Side,
        max_side: usize,
        band: &Band,
    ) -> Cosines {
        let cells = band.cells(max_side);
        if let Some(additive) = AdditiveTerms::new(source, target, max_side, cells.clone()) {
            return Cosines::Additive(additive);
        }
        let rows = |side: &Side| -> Vec<Array2<f32>> {
            (1..=max_side).map(|size| side.span_rows(size)).collect()
        };
        let (source, target) = (rows(source), rows(target));
        let count: usize = cells.iter().map(Range::len).sum();
        if count.saturating_mul(max_side * max_side) > MAX_PRODUCTS {
            return Cosines::Rows { source, target };
        }
        let product = |a: &Array2<f32>, b: &Array2<f32>| {
            let columns = cells.iter().take(a.nrows());
            let within = |row: &Range<usize>| row.start.min(b.nrows())..row.end.min(b.nrows());
            products(a.view(), b.view(), columns.map(within).collect())
        };
        Cosines::Products(
            source.iter().map(|a| target.iter().map(|b| product(a, b)).collect()).collect(),
        )
    }

    /// Writes the cosines of the source span of `a` sentences at `start` with the target spans of
    /// `b` sentences that start in a range. All their sentences must be cells of the band.
    #[inline(always)]
    pub(in crate::align) fn row(
        &self,
        start: usize,
        (a, b): (usize, usize),
        first: Range<usize>,
        out: &mut Vec<f32>,
    ) {
        out.clear();
        match self {
            Cosines::Additive(additive) => additive.row(start, (a, b), first, out),
            Cosines::Products(products) => {
                let products = &products[a - 1][b - 1];
                let from = first.start - products.columns(start).start;
                let row = &products.row(start)[from..from + first.len()];
                out.extend(row.iter().map(|value| value.clamp(-1.0, 1.0)));
            }
            Cosines::Rows { source, target } => {
                let own: ArrayView1<'_, f32> = source[a - 1].index_axis(Axis(0), start);
                let target = target[b - 1].slice_axis(Axis(0), Slice::from(first));
                out.extend(target.dot(&own).iter().map(|value| value.clamp(-1.0, 1.0)));
            }
        }
    }
}

impl AdditiveTerms {
    fn new(
        source: &Side,
        target: &Side,
        max_side: usize,
        cells: Vec<Range<usize>>,
    ) -> Option<AdditiveTerms> {
        let (own, other) = (source.embeddings.raw()?, target.embeddings.raw()?);
        let (mean, other_mean) = (source.embeddings.mean()?, target.embeddings.mean()?);
        if own.ncols() != other.ncols() {
            return None;
        }
        Some(AdditiveTerms {
            dots: products(own, other, cells),
            mean_product: mean.dot(&other_mean),
            source: span_terms(source, mean, other_mean, max_side)?,
            target: span_terms(target, other_mean, mean, max_side)?,
        })
    }

    #[inline(always)]
    fn row(&self, start: usize, (a, b): (usize, usize), first: Range<usize>, out: &mut Vec<f32>) {
        let own = self.source[a - 1][start];
        let span_terms = &self.target[b - 1][first.clone()];
        out.resize(span_terms.len(), 0.0);
        for i in start..start + a {
            let from = first.start - self.dots.columns(i).start;
            let dots = &self.dots.row(i)[from..];
            for offset in 0..b {
                for (sum, dot) in out.iter_mut().zip(&dots[offset.min(dots.len())..]) {
                    *sum += dot;
                }
            }
        }
        for (value, other) in out.iter_mut().zip(span_terms) {
            let raw = *value * own.inverse_norm * other.inverse_norm;
            let centred = raw - own.other_mean - other.other_mean + self.mean_product;
            *value =
                (centred * own.inverse_centred_norm * other.inverse_centred_norm).clamp(-1.0, 1.0);
        }
    }
}

/// The terms of all spans of a side, by size - 1 and start. `None` if its vectors are not additive.
fn span_terms(
    side: &Side,
    mean: ArrayView1<'_, f32>,
    other_mean: ArrayView1<'_, f32>,
    max_side: usize,
) -> Option<Vec<Vec<SpanTerms>>> {
    let raw = side.embeddings.raw()?;
    let mean_square = mean.dot(&mean);
    let mut sums = raw.to_owned();
    let mut all = Vec::with_capacity(max_side);
    for size in 1..=max_side {
        let n = (side.len() + 1).saturating_sub(size);
        if size > 1 {
            for start in 0..n {
                let mut sum = sums.row_mut(start);
                sum += &raw.row(start + size - 1);
            }
        }
        let one = |start: usize| {
            let sum = sums.row(start);
            let length = sum.dot(&sum).sqrt();
            let inverse_norm = if length > f32::MIN_POSITIVE { 1.0 / length } else { 0.0 };
            let square = 1.0 - 2.0 * sum.dot(&mean) * inverse_norm + mean_square;
            let known = inverse_norm > 0.0 && square > MIN_CENTRED_SQUARE;
            let inverse_centred_norm = if known { 1.0 / square.sqrt() } else { 0.0 };
            SpanTerms {
                inverse_norm,
                other_mean: sum.dot(&other_mean) * inverse_norm,
                inverse_centred_norm,
            }
        };
        all.push((0..n).map(one).collect());
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use crate::split_mix::SplitMix64;
    use ndarray::Array1;

    /// Pseudo-random numbers from -0.5 to 0.5.
    fn numbers(n: usize, seed: u64) -> Vec<f32> {
        let mut random = SplitMix64::new(seed);
        (0..n).map(|_| random.unit() as f32 - 0.5).collect()
    }

    fn side(n: usize, seed: u64, additive: bool) -> Side {
        let raw = Array2::from_shape_vec((n, 5), numbers(n * 5, seed)).unwrap();
        let mean = Array1::from(numbers(5, seed + 1)) * 0.1;
        let vectors =
            if additive { Embeddings::from_raw(raw, mean) } else { Embeddings::from_rows(raw) };
        Side::new(vectors.unwrap(), vec![10.0; n]).unwrap()
    }

    #[test]
    fn cosines_agree_with_the_vectors_of_spans() {
        for additive in [true, false] {
            let (source, target) = (side(6, 1, additive), side(4, 9, additive));
            let cosines = Cosines::new(&source, &target, 3, &Band::full(6, 4));
            let mut row = Vec::new();
            for (a, b) in [(1, 1), (1, 3), (2, 2), (3, 1), (3, 3)] {
                for start in 0..=6 - a {
                    cosines.row(start, (a, b), 0..4 - b + 1, &mut row);
                    let own = source.span_rows(a);
                    let other = target.span_rows(b);
                    for (first, value) in row.iter().enumerate() {
                        let dot = own.row(start).dot(&other.row(first));
                        assert!((dot - value).abs() < 1e-5, "{a} {b} {start} {first}");
                    }
                }
            }
        }
    }
}
