//! The alignment of two small sides by trying all there are, written from the
//! documentation and in f64.

use std::ops::Range;

use bitext::Embeddings;
use bitext::align::{AlignConfig, PairAlignment, Side};
use ndarray::{Array1, Array2};

/// Vectors and lengths of one side.
#[derive(Clone, Debug)]
pub struct Given {
    pub rows: Vec<Vec<f32>>,
    pub lengths: Vec<f32>,
    pub mean: Option<Vec<f32>>,
}

pub const WIDTH: usize = 5;

impl Given {
    pub fn side(&self) -> Side {
        let rows = self.rows.concat();
        let rows = Array2::from_shape_vec((self.rows.len(), WIDTH), rows).expect("it fits");
        let vectors = match &self.mean {
            Some(mean) => Embeddings::from_raw(rows, Array1::from(mean.clone())),
            None => Embeddings::from_rows(rows),
        };
        Side::new(vectors.expect("finite"), self.lengths.clone()).expect("it fits")
    }
}

/// Length of a span as the documentation of `Side` and the aligner has it: of
/// the joined text, 0 where a sentence is blank.
fn span_length(lengths: &[f32]) -> f64 {
    match lengths.contains(&0.0) {
        true => 0.0,
        false => {
            lengths.iter().map(|length| f64::from(*length)).sum::<f64>() + lengths.len() as f64
                - 1.0
        }
    }
}

/// What a bead of a margin adds to a path.
fn gain(margin: f64, source: &[f32], target: &[f32], config: &AlignConfig) -> f64 {
    let (a, b) = (span_length(source), span_length(target));
    if a == 0.0 || b == 0.0 {
        return f64::NEG_INFINITY;
    }
    let variance = 0.2025 * (0.35 + 40.0 / (a + b + 20.0));
    let disagreement = ((a + 6.0).ln() - (b + 6.0).ln()).powi(2) / variance;
    let size = (source.len() + target.len()) as f64;
    let net = margin
        - f64::from(config.threshold)
        - f64::from(config.length_weight) * disagreement.min(4.0);
    size / 2.0 * net - f64::from(config.merge_penalty) * (size - 2.0)
}

/// What leaving out sentences between two beads costs.
fn gap(sentences: usize, config: &AlignConfig) -> f64 {
    match sentences {
        0 => 0.0,
        more => f64::from(config.gap_open) + more as f64 * f64::from(config.gap_extend),
    }
}

/// The score of a path from its beads.
pub fn path_score(
    alignment: &PairAlignment,
    source: &Given,
    target: &Given,
    config: &AlignConfig,
) -> f64 {
    let (mut i, mut j, mut score) = (0, 0, 0.0);
    for bead in &alignment.beads {
        score -= gap(bead.source.start - i + bead.target.start - j, config);
        let lengths = (&source.lengths[bead.source.clone()], &target.lengths[bead.target.clone()]);
        score += gain(f64::from(bead.score), lengths.0, lengths.1, config);
        (i, j) = (bead.source.end, bead.target.end);
    }
    score - gap(source.rows.len() - i + target.rows.len() - j, config)
}

/// Every alignment of two small sides, by the letter of the documentation.
pub struct Exhaustive {
    n: usize,
    m: usize,
    config: AlignConfig,
    /// By source start, source size - 1, target start, target size - 1.
    gains: Vec<Vec<Vec<Vec<f64>>>>,
}

/// Sentences of both sides.
pub type Bead = (Range<usize>, Range<usize>);

/// An alignment's beads and its score.
pub type Found = (Vec<Bead>, f64);

impl Exhaustive {
    pub fn new(source: &Given, target: &Given, config: &AlignConfig) -> Exhaustive {
        let (n, m) = (source.rows.len(), target.rows.len());
        let most = config.max_side;
        let spans = |given: &Given| -> Vec<Vec<Vec<f64>>> {
            let n = given.rows.len();
            (0..n)
                .map(|at| {
                    (1..=most.min(n - at)).map(|size| span_vector(given, at..at + size)).collect()
                })
                .collect()
        };
        let (own, other) = (spans(source), spans(target));
        let background = |vector: &Vec<f64>, across: &[Vec<Vec<f64>>]| {
            let mut cosines: Vec<f64> =
                across.iter().map(|spans| cosine(vector, &spans[0])).collect();
            cosines.sort_by(|a, b| b.total_cmp(a));
            let missing = std::iter::repeat(f64::from(config.background));
            let near = cosines.into_iter().skip(1).chain(missing).take(config.neighbours);
            near.sum::<f64>() / config.neighbours as f64
        };
        let mut gains = Vec::new();
        for (i, sizes) in own.iter().enumerate() {
            let mut of_start = Vec::new();
            for (a, vector) in sizes.iter().enumerate() {
                let near = background(vector, &other);
                let one = |(j, sizes): (usize, &Vec<Vec<f64>>)| -> Vec<f64> {
                    let all = sizes.iter().enumerate();
                    all.map(|(b, against)| {
                        if a + b + 2 > config.max_bead {
                            return f64::NEG_INFINITY;
                        }
                        let background = (near + background(against, &own)) / 2.0;
                        let margin =
                            1.0 - (1.0 - cosine(vector, against)) / (1.0 - background).max(0.05);
                        gain(margin, &source.lengths[i..=i + a], &target.lengths[j..=j + b], config)
                    })
                    .collect()
                };
                of_start.push(other.iter().enumerate().map(one).collect());
            }
            gains.push(of_start);
        }
        Exhaustive { n, m, config: config.clone(), gains }
    }

    /// All alignments of what follows (i, j), where the first bead may start
    /// anywhere.
    pub fn all(&self, i: usize, j: usize) -> Vec<Found> {
        let mut found = vec![(Vec::new(), -gap(self.n - i + self.m - j, &self.config))];
        for start in i..self.n {
            for (a, of_size) in self.gains[start].iter().enumerate() {
                for (first, of_first) in of_size.iter().enumerate().skip(j) {
                    for (b, gain) in
                        of_first.iter().enumerate().filter(|(_, gain)| gain.is_finite())
                    {
                        let before = gain - gap(start - i + first - j, &self.config);
                        for (beads, score) in self.all(start + a + 1, first + b + 1) {
                            let bead = (start..start + a + 1, first..first + b + 1);
                            let beads = std::iter::once(bead).chain(beads).collect();
                            found.push((beads, before + score));
                        }
                    }
                }
            }
        }
        found
    }
}

fn span_vector(given: &Given, range: Range<usize>) -> Vec<f64> {
    let unit = |row: &[f64]| -> Vec<f64> {
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row.iter().map(|value| if length > 0.0 { value / length } else { 0.0 }).collect()
    };
    let mut sum = vec![0.0; WIDTH];
    for (row, length) in given.rows[range.clone()].iter().zip(&given.lengths[range.clone()]) {
        let row: Vec<f64> = row.iter().map(|value| f64::from(*value)).collect();
        let (row, weight) = match given.mean {
            Some(_) => (row, 1.0),
            // Pooled by length, unless it is one alone.
            None => (unit(&row), if range.len() > 1 { f64::from(*length) } else { 1.0 }),
        };
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
    }
    let sum = unit(&sum);
    match &given.mean {
        Some(mean) if sum.iter().any(|value| *value != 0.0) => {
            let centred = sum.iter().zip(mean).map(|(value, mean)| value - f64::from(*mean));
            unit(&centred.collect::<Vec<f64>>())
        }
        _ => sum,
    }
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
