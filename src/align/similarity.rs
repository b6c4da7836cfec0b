//! Margin similarity of any span of one side with any span of the other.
//!
//! A cosine says little by itself: sentences of one article all resemble each
//! other, and short ones resemble everything. So a span's similarity is
//! measured against its background, the mean cosine with its nearest
//! neighbours on the other side after the nearest (Artetxe and Schwenk 2019,
//! "Margin-based parallel corpus mining"; here as a ratio of distances,
//! 1 - (1 - cosine) / (1 - background)).
//!
//! For an additive model no span is ever embedded or multiplied out: with raw
//! rows x and y, the products of all spans are sums of the products x.y, one
//! matrix product for the whole pair of articles.

use ndarray::{Array2, ArrayView1, Axis};

use super::side::Side;

/// Keeps a margin finite where everything resembles everything.
const LEAST_DISTANCE: f32 = 0.05;

pub(super) struct Similarity {
    cosines: Cosines,
    source: Spans,
    target: Spans,
}

/// What is known of the spans of one side, by size - 1 and start.
struct Spans {
    background: Vec<Vec<f32>>,
    length: Vec<Vec<f32>>,
    log_length: Vec<Vec<f32>>,
}

enum Cosines {
    Additive(Additive),
    /// By source and target size - 1: the cosines of all spans of these sizes.
    Products(Vec<Vec<Array2<f32>>>),
    /// Where those would take too much memory. By size - 1: the finished
    /// vectors of all spans of that size.
    Rows {
        source: Vec<Array2<f32>>,
        target: Vec<Array2<f32>>,
    },
}

/// cos(A, B) = (A.B/|A||B| - A.m'/|A| - B.m/|B| + m.m') * (1/a) * (1/b), where
/// A and B are raw sums, m and m' the means of their languages and a and b
/// the lengths of A/|A| - m and B/|B| - m'.
struct Additive {
    /// n x m: x.y.
    dots: Array2<f32>,
    mean_product: f32,
    source: Vec<Vec<Direction>>,
    target: Vec<Vec<Direction>>,
}

/// A raw sum's part in the formula; all zero where the sum has no direction.
#[derive(Clone, Copy)]
struct Direction {
    /// 1/|A|
    inverse: f32,
    /// A.m'/|A|
    other_mean: f32,
    /// 1/a
    finish: f32,
}

impl Similarity {
    /// `max_side` is the most sentences of a span.
    pub(super) fn new(
        source: &Side,
        target: &Side,
        max_side: usize,
        neighbours: &Neighbours,
    ) -> Similarity {
        let cosines = match Additive::new(source, target, max_side) {
            Some(additive) => Cosines::Additive(additive),
            None => {
                let rows = |side: &Side| -> Vec<Array2<f32>> {
                    (1..=max_side).map(|size| side.span_rows(size)).collect()
                };
                let cells = source.len().saturating_mul(target.len());
                Cosines::of_rows(rows(source), rows(target), cells)
            }
        };
        let mut similarity = Similarity {
            cosines,
            source: Spans::new(source, max_side),
            target: Spans::new(target, max_side),
        };
        similarity.source.background = similarity.backgrounds(source.len(), max_side, neighbours);
        let mirrored = similarity.cosines.mirrored();
        std::mem::swap(&mut similarity.source, &mut similarity.target);
        let cosines = std::mem::replace(&mut similarity.cosines, mirrored);
        similarity.source.background = similarity.backgrounds(target.len(), max_side, neighbours);
        similarity.cosines = cosines;
        std::mem::swap(&mut similarity.source, &mut similarity.target);
        similarity
    }

    /// By size - 1 and start: the mean cosine of a span of the source with its
    /// nearest single sentences of the target after the nearest.
    fn backgrounds(&self, n: usize, max_side: usize, neighbours: &Neighbours) -> Vec<Vec<f32>> {
        let mut row = Vec::new();
        (1..=max_side)
            .map(|size| {
                (0..(n + 1).saturating_sub(size))
                    .map(|start| {
                        self.cosines.row(start, size, 1, &mut row);
                        background(&mut row, neighbours)
                    })
                    .collect()
            })
            .collect()
    }

    /// Writes the margins of the source span `start..start + a` with every
    /// target span of `b` sentences, by its first, into `out`.
    pub(super) fn margins(&self, start: usize, a: usize, b: usize, out: &mut Vec<f32>) {
        self.cosines.row(start, a, b, out);
        let own = self.source.background[a - 1][start];
        for (value, other) in out.iter_mut().zip(&self.target.background[b - 1]) {
            let background = (own + other) / 2.0;
            *value = 1.0 - (1.0 - *value) / (1.0 - background).max(LEAST_DISTANCE);
        }
    }

    /// Writes how much the lengths disagree, the square of a standard
    /// deviate, infinite where a sentence is blank; `out` as for `margins`.
    ///
    /// The logarithm of the ratio of two translations' lengths is about
    /// normal, and wider for shorter texts (after Gale and Church 1993).
    pub(super) fn disagreements(&self, start: usize, a: usize, b: usize, out: &mut Vec<f32>) {
        out.clear();
        let (length, log) =
            (self.source.length[a - 1][start], self.source.log_length[a - 1][start]);
        let others = self.target.length[b - 1].iter().zip(&self.target.log_length[b - 1]);
        out.extend(others.map(|(&other, &other_log)| {
            if length == 0.0 || other == 0.0 {
                return f32::INFINITY;
            }
            let variance = 0.2025 * (0.35 + 40.0 / (length + other + 20.0));
            (log - other_log).powi(2) / variance
        }));
    }
}

impl Spans {
    fn new(side: &Side, max_side: usize) -> Spans {
        let by_size = |value: &dyn Fn(usize, usize) -> f32| -> Vec<Vec<f32>> {
            (1..=max_side)
                .map(|size| {
                    (0..(side.len() + 1).saturating_sub(size))
                        .map(|start| value(start, size))
                        .collect()
                })
                .collect()
        };
        Spans {
            background: Vec::new(),
            length: by_size(&|start, size| side.span_length(start, size)),
            log_length: by_size(&|start, size| (side.span_length(start, size) + 6.0).ln()),
        }
    }
}

/// How a background is made, from the settings.
pub(super) struct Neighbours {
    /// How many after the nearest count.
    pub(super) count: usize,
    /// What stands for those that are missing.
    pub(super) prior: f32,
}

/// The mean of the nearest after the first.
fn background(values: &mut [f32], neighbours: &Neighbours) -> f32 {
    let &Neighbours { count, prior } = neighbours;
    let k = (count + 1).min(values.len());
    if k == 0 {
        return prior;
    }
    let (best, last, _) = values.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
    // Sorted, so that the sum does not depend on the order of the sentences.
    best.sort_unstable_by(|a, b| b.total_cmp(a));
    let sum: f32 = best.iter().chain(std::iter::once(&*last)).skip(1).sum();
    (sum + (count + 1 - k) as f32 * prior) / count as f32
}

/// Numbers that all products together may take.
const MOST_PRODUCTS: usize = 1 << 27;

impl Cosines {
    fn of_rows(source: Vec<Array2<f32>>, target: Vec<Array2<f32>>, cells: usize) -> Cosines {
        if cells.saturating_mul(source.len() * target.len()) > MOST_PRODUCTS {
            return Cosines::Rows { source, target };
        }
        let products = |own: &Array2<f32>| -> Vec<Array2<f32>> {
            let product = |other: &Array2<f32>| own.dot(&other.t());
            target.iter().map(product).collect()
        };
        Cosines::Products(source.iter().map(products).collect())
    }

    /// Writes the cosines of a source span with all target spans of `b`
    /// sentences, by their first.
    fn row(&self, start: usize, a: usize, b: usize, out: &mut Vec<f32>) {
        out.clear();
        match self {
            Cosines::Additive(additive) => additive.row(start, a, b, out),
            Cosines::Products(products) => {
                let row = products[a - 1][b - 1].row(start);
                out.extend(row.iter().map(|value| value.clamp(-1.0, 1.0)));
            }
            Cosines::Rows { source, target } => {
                let target = &target[b - 1];
                if !target.is_empty() {
                    let own: ArrayView1<'_, f32> = source[a - 1].index_axis(Axis(0), start);
                    out.extend(target.dot(&own).iter().map(|value| value.clamp(-1.0, 1.0)));
                }
            }
        }
    }

    fn mirrored(&self) -> Cosines {
        match self {
            Cosines::Additive(additive) => Cosines::Additive(Additive {
                dots: additive.dots.t().as_standard_layout().into_owned(),
                mean_product: additive.mean_product,
                source: additive.target.clone(),
                target: additive.source.clone(),
            }),
            Cosines::Products(products) => {
                let sizes = 0..products.len();
                let mirrored = |b: usize| -> Vec<Array2<f32>> {
                    sizes
                        .clone()
                        .map(|a| products[a][b].t().as_standard_layout().into_owned())
                        .collect()
                };
                Cosines::Products(sizes.clone().map(mirrored).collect())
            }
            Cosines::Rows { source, target } => {
                Cosines::Rows { source: target.clone(), target: source.clone() }
            }
        }
    }
}

impl Additive {
    fn new(source: &Side, target: &Side, max_side: usize) -> Option<Additive> {
        let (own, other) = (source.embeddings.raw()?, target.embeddings.raw()?);
        let (mean, other_mean) = (source.embeddings.mean()?, target.embeddings.mean()?);
        if own.ncols() != other.ncols() {
            return None;
        }
        Some(Additive {
            dots: own.dot(&other.t()),
            mean_product: mean.dot(&other_mean),
            source: directions(source, mean, other_mean, max_side)?,
            target: directions(target, other_mean, mean, max_side)?,
        })
    }

    fn row(&self, start: usize, a: usize, b: usize, out: &mut Vec<f32>) {
        let own = self.source[a - 1][start];
        let directions = &self.target[b - 1];
        out.resize(directions.len(), 0.0);
        for i in start..start + a {
            let dots = self.dots.row(i);
            let Some(dots) = dots.as_slice() else { continue };
            for offset in 0..b {
                for (sum, dot) in out.iter_mut().zip(&dots[offset.min(dots.len())..]) {
                    *sum += dot;
                }
            }
        }
        for (value, other) in out.iter_mut().zip(directions) {
            let raw = *value * own.inverse * other.inverse;
            let centred = raw - own.other_mean - other.other_mean + self.mean_product;
            *value = (centred * own.finish * other.finish).clamp(-1.0, 1.0);
        }
    }
}

fn directions(
    side: &Side,
    mean: ArrayView1<'_, f32>,
    other_mean: ArrayView1<'_, f32>,
    max_side: usize,
) -> Option<Vec<Vec<Direction>>> {
    let raw = side.embeddings.raw()?;
    let mean_length = mean.dot(&mean);
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
            let inverse = if length > f32::MIN_POSITIVE { 1.0 / length } else { 0.0 };
            let square = 1.0 - 2.0 * sum.dot(&mean) * inverse + mean_length;
            let known = inverse > 0.0 && square > 1e-9;
            let finish = if known { 1.0 / square.sqrt() } else { 0.0 };
            Direction { inverse, other_mean: sum.dot(&other_mean) * inverse, finish }
        };
        all.push((0..n).map(one).collect());
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use ndarray::Array1;

    /// Numbers without a pattern, the same at every run.
    fn numbers(n: usize, seed: u64) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..n).map(|_| next()).collect()
    }

    fn side(n: usize, seed: u64) -> Side {
        let raw = Array2::from_shape_vec((n, 5), numbers(n * 5, seed)).unwrap();
        let mean = Array1::from(numbers(5, seed + 1)) * 0.1;
        Side::new(Embeddings::from_raw(raw, mean).unwrap(), vec![10.0; n]).unwrap()
    }

    #[test]
    fn cosines_of_spans_are_those_of_their_vectors() {
        let (source, target) = (side(6, 1), side(4, 9));
        let similarity = Similarity::new(&source, &target, 3, &Neighbours { count: 2, prior: 0.0 });
        let mut row = Vec::new();
        for (a, b) in [(1, 1), (1, 3), (2, 2), (3, 1), (3, 3)] {
            for start in 0..=6 - a {
                similarity.cosines.row(start, a, b, &mut row);
                assert_eq!(row.len(), 4 - b + 1);
                let own = source.embeddings.span(start..start + a).unwrap();
                for (first, value) in row.iter().enumerate() {
                    let other = target.embeddings.span(first..first + b).unwrap();
                    assert!((own.dot(&other) - value).abs() < 1e-5, "{a} {b} {start} {first}");
                }
            }
        }
    }

    #[test]
    fn the_background_leaves_out_the_nearest() {
        let two = Neighbours { count: 2, prior: 0.3 };
        assert_eq!(background(&mut [0.9, 0.2, 0.4, 0.1], &two), (0.4 + 0.2) / 2.0);
        assert_eq!(background(&mut [0.9, 0.1], &two), (0.1 + 0.3) / 2.0);
        assert_eq!(background(&mut [0.9], &two), 0.3);
        assert_eq!(background(&mut [], &two), 0.3);
    }

    #[test]
    fn a_side_without_direction_has_cosine_zero() {
        let zero = Embeddings::from_raw(Array2::zeros((2, 5)), Array1::zeros(5)).unwrap();
        let zero = Side::new(zero, vec![1.0, 1.0]).unwrap();
        let similarity =
            Similarity::new(&zero, &side(3, 4), 2, &Neighbours { count: 2, prior: 0.0 });
        let mut row = Vec::new();
        similarity.margins(0, 2, 1, &mut row);
        assert!(row.iter().all(|margin| margin.is_finite()));
    }
}
