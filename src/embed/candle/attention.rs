//! Attention among the tokens of each text.

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use super::math::softmax;

/// Rows of a product that are computed together.
const ROWS: usize = 4;
/// Columns of a product that are computed together.
const COLUMNS: usize = 16;

/// The context of each token: for each head, the values of the tokens of its text, weighted by the
/// softmax of how well their keys match its query. A row of `projected` has the query, the key and the
/// value of a token without `bias`; a row of the result has as many numbers as one of the three.
pub(super) fn attend(
    projected: &[f32],
    bias: &[f32],
    texts: &[Range<usize>],
    heads: usize,
) -> Vec<f32> {
    let mut context = vec![0.0; projected.len() / 3];
    dispatch!(Level::new(), _simd => attend_plain(projected, bias, texts, heads, &mut context));
    context
}

#[inline(always)]
fn attend_plain(
    projected: &[f32],
    bias: &[f32],
    texts: &[Range<usize>],
    heads: usize,
    context: &mut [f32],
) {
    let d = bias.len() / 3;
    let size = d / heads;
    let scale = 1.0 / (size as f32).sqrt();
    let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    // Numbers of columns are rounded up, and the rows of queries, too. What is added is not used.
    let (wide, wide_size) = (longest.next_multiple_of(COLUMNS), size.next_multiple_of(COLUMNS));
    let mut queries = vec![0.0; longest.next_multiple_of(ROWS) * size];
    let mut keys = vec![0.0; size * wide];
    let mut values = vec![0.0; longest * wide_size];
    let mut weights = vec![0.0; ROWS * wide];
    let mut mixed = vec![0.0; ROWS * wide_size];
    for text in texts {
        let length = text.len();
        let wide = length.next_multiple_of(COLUMNS);
        for head in 0..heads {
            let [query, key, value] = [0, 1, 2].map(|part| part * d + head * size);
            let [query_bias, key_bias, value_bias] =
                [query, key, value].map(|start| &bias[start..start + size]);
            for (at, row) in
                projected[text.start * 3 * d..text.end * 3 * d].chunks_exact(3 * d).enumerate()
            {
                let queries = &mut queries[at * size..][..size];
                for ((to, from), bias) in queries.iter_mut().zip(&row[query..]).zip(query_bias) {
                    *to = (from + bias) * scale;
                }
                for ((index, from), bias) in row[key..][..size].iter().enumerate().zip(key_bias) {
                    keys[index * wide + at] = from + bias;
                }
                let values = &mut values[at * wide_size..][..size];
                for ((to, from), bias) in values.iter_mut().zip(&row[value..]).zip(value_bias) {
                    *to = from + bias;
                }
            }
            for first in (0..length).step_by(ROWS) {
                multiply(&queries[first * size..], size, size, &keys, wide, &mut weights);
                for row in weights.chunks_exact_mut(wide).take(ROWS) {
                    softmax(&mut row[..length]);
                }
                multiply(&weights, wide, length, &values, wide_size, &mut mixed);
                for (row, at) in mixed.chunks_exact(wide_size).zip(first..length.min(first + ROWS))
                {
                    let to = (text.start + at) * d + head * size;
                    context[to..to + size].copy_from_slice(&row[..size]);
                }
            }
        }
    }
}

/// Multiplies the first four rows of a matrix, whose rows are `stride` apart, by a matrix of `depth`
/// rows and `columns` columns, a multiple of 16. Each number is summed in the order of the rows.
#[inline(always)]
fn multiply(
    left: &[f32],
    stride: usize,
    depth: usize,
    right: &[f32],
    columns: usize,
    out: &mut [f32],
) {
    let left: [&[f32]; ROWS] = [0, 1, 2, 3].map(|row| &left[row * stride..][..depth]);
    for column in (0..columns).step_by(COLUMNS) {
        let mut sums = [[0.0_f32; COLUMNS]; ROWS];
        for (at, right) in right.chunks_exact(columns).take(depth).enumerate() {
            let right = &right[column..column + COLUMNS];
            for (sums, left) in sums.iter_mut().zip(left) {
                let factor = left[at];
                for (sum, value) in sums.iter_mut().zip(right) {
                    *sum += factor * value;
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            out[row * columns + column..][..COLUMNS].copy_from_slice(sums);
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
