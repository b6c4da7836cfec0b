//! Attention among the tokens of each text.
//!
//! Per text and head, all matrices have a column for each query, so that every loop runs along a row.

// Loops over an index are compiled well in all builds, and chains of iterators only in some.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use super::math::exp;

/// The context of each token: for each head, the values of the tokens of its text, weighted by the
/// softmax of how well their keys match its query. A row of `projected` has the query, the key and the
/// value of a token without `bias`; a row of the result has as many numbers as one of the three.
pub(super) fn attend(
    projected: &[f32],
    bias: &[f32],
    texts: &[Range<usize>],
    heads: usize,
) -> Vec<f32> {
    let d = bias.len() / 3;
    let mut context = vec![0.0; projected.len() / 3];
    let mut buffers = Buffers::default();
    for text in texts {
        let rows = &projected[text.start * 3 * d..text.end * 3 * d];
        let context = &mut context[text.start * d..text.end * d];
        for head in 0..heads {
            buffers.attend(rows, bias, head, d / heads, context);
        }
    }
    context
}

#[derive(Default)]
struct Buffers {
    /// A row for each number of a query.
    queries: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    /// A row for each key: how well it matches each query, and then its weight.
    weights: Vec<f32>,
    /// The largest match, and the sum of the weights.
    most: Vec<f32>,
    sums: Vec<f32>,
    /// A row for each number of a value.
    mixed: Vec<f32>,
}

impl Buffers {
    /// Computes the context of one head for the tokens of a text. `size` is the number of values per token.
    fn attend(
        &mut self,
        rows: &[f32],
        bias: &[f32],
        head: usize,
        size: usize,
        context: &mut [f32],
    ) {
        let d = bias.len() / 3;
        let length = context.len() / d;
        let [query, key, value] = [0, 1, 2].map(|part| part * d + head * size);
        let scale = 1.0 / (size as f32).sqrt();
        for (buffer, count) in [
            (&mut self.queries, size * length),
            (&mut self.weights, length * length),
            (&mut self.mixed, size * length),
            (&mut self.sums, length),
        ] {
            buffer.clear();
            buffer.resize(count, 0.0);
        }
        self.key.clear();
        self.value.clear();
        for (at, row) in rows.chunks_exact(3 * d).enumerate() {
            for index in 0..size {
                self.queries[index * length + at] =
                    (row[query + index] + bias[query + index]) * scale;
            }
            let with_bias = |start: usize| {
                row[start..start + size].iter().zip(&bias[start..]).map(|(x, bias)| x + bias)
            };
            self.key.extend(with_bias(key));
            self.value.extend(with_bias(value));
        }
        self.most.clear();
        self.most.resize(length, f32::NEG_INFINITY);
        dispatch!(Level::new(), _simd => self.mix(length, size));
        for (at, to) in context.chunks_exact_mut(d).enumerate() {
            let scale = 1.0 / self.sums[at];
            for (index, to) in to[head * size..][..size].iter_mut().enumerate() {
                *to = self.mixed[index * length + at] * scale;
            }
        }
    }

    /// Computes `mixed`, in which the sum of the weights is not yet 1, and `sums`.
    #[inline(always)]
    fn mix(&mut self, length: usize, size: usize) {
        for key in 0..length {
            let weights = &mut self.weights[key * length..(key + 1) * length];
            add_products(weights, &self.key[key * size..(key + 1) * size], 1, &self.queries);
            let most = &mut self.most[..length];
            for at in 0..length {
                most[at] = if weights[at] > most[at] { weights[at] } else { most[at] };
            }
        }
        for key in 0..length {
            let weights = &mut self.weights[key * length..(key + 1) * length];
            let (most, sums) = (&self.most[..length], &mut self.sums[..length]);
            for at in 0..length {
                weights[at] = exp(weights[at] - most[at]);
                sums[at] += weights[at];
            }
        }
        for index in 0..size {
            let mixed = &mut self.mixed[index * length..(index + 1) * length];
            add_products(mixed, &self.value[index..], size, &self.weights);
        }
    }
}

/// Adds to a row the rows of a matrix as long as itself, each multiplied by its factor. Factors are
/// `stride` apart; there is one at the start of each step.
#[inline(always)]
fn add_products(out: &mut [f32], factors: &[f32], stride: usize, rows: &[f32]) {
    let length = out.len();
    let count = factors.len().div_ceil(stride);
    let row = |at: usize| (factors[at * stride], &rows[at * length..(at + 1) * length]);
    // Four at a time, because reading and writing the sum takes as long as adding to it.
    let mut first = 0;
    while first + 4 <= count {
        let (a, a_row) = row(first);
        let (b, b_row) = row(first + 1);
        let (c, c_row) = row(first + 2);
        let (d, d_row) = row(first + 3);
        for at in 0..length {
            out[at] = out[at] + a * a_row[at] + b * b_row[at] + c * c_row[at] + d * d_row[at];
        }
        first += 4;
    }
    for (a, a_row) in (first..count).map(row) {
        for at in 0..length {
            out[at] += a * a_row[at];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_attends_to_itself_alone() {
        for (heads, size) in [(2, 3), (1, 16), (2, 20)] {
            let d = heads * size;
            let lengths = [1, 5, 17, 4];
            let mut texts = Vec::new();
            for length in lengths {
                let start = texts.last().map_or(0, |text: &Range<usize>| text.end);
                texts.push(start..start + length);
            }
            let tokens = lengths.iter().sum::<usize>();
            let number = |at: usize| (at as f32 * 0.37).sin();
            let projected: Vec<f32> = (0..tokens * 3 * d).map(number).collect();
            let bias: Vec<f32> = (0..3 * d).map(|at| number(at + 7)).collect();
            let got = attend(&projected, &bias, &texts, heads);

            let of = |token: usize, at: usize| {
                f64::from(projected[token * 3 * d + at]) + f64::from(bias[at])
            };
            for text in &texts {
                for (token, head) in text.clone().flat_map(|at| (0..heads).map(move |h| (at, h))) {
                    let start = head * size;
                    let weights: Vec<f64> = text
                        .clone()
                        .map(|other| {
                            let terms =
                                (start..start + size).map(|at| of(token, at) * of(other, d + at));
                            (terms.sum::<f64>() / (size as f64).sqrt()).exp()
                        })
                        .collect();
                    let total: f64 = weights.iter().sum();
                    for at in start..start + size {
                        let terms = text.clone().zip(&weights);
                        let want: f64 = terms.map(|(other, w)| of(other, 2 * d + at) * w).sum();
                        let got = f64::from(got[token * d + at]);
                        assert!((got - want / total).abs() < 1e-5, "{got} {want}");
                    }
                }
            }
        }
    }
}
