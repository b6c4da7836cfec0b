//! Functions of rows of numbers. Each is compiled for several kinds of processors and has the same bits
//! on all of them: there are no fused multiplications, and sums have a fixed order.

use fearless_simd::{Level, dispatch};

use crate::embed::transformer::folder::Activation;

/// Scales, shifts and the epsilon of a layer normalisation.
pub(super) struct LayerNorm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) eps: f32,
}

impl LayerNorm {
    /// Normalises each row.
    pub(super) fn apply(&self, rows: &mut [f32]) {
        dispatch!(Level::new(), _simd => self.apply_to_rows(rows));
    }

    /// Adds `more` and `bias` to the rows, then normalises each row.
    pub(super) fn add_and_apply(&self, rows: &mut [f32], more: &[f32], bias: &[f32]) {
        dispatch!(Level::new(), _simd => {
            for (row, more) in rows.chunks_exact_mut(bias.len()).zip(more.chunks_exact(bias.len())) {
                for ((value, more), bias) in row.iter_mut().zip(more).zip(bias) {
                    *value += more + bias;
                }
            }
            self.apply_to_rows(rows);
        });
    }

    #[inline(always)]
    fn apply_to_rows(&self, rows: &mut [f32]) {
        let d = self.weight.len();
        for row in rows.chunks_exact_mut(d) {
            let mean = sum(row, |value| value) / d as f32;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / d as f32;
            let scale = 1.0 / (variance + self.eps).sqrt();
            for ((value, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *value = (*value - mean) * scale * weight + bias;
            }
        }
    }
}

/// The activation of each number of rows, after a bias is added.
pub(super) fn activated(rows: &[f32], bias: &[f32], activation: Activation) -> Vec<f32> {
    #[inline(always)]
    fn each(rows: &[f32], bias: &[f32], of: impl Fn(f32) -> f32) -> Vec<f32> {
        let mut out = vec![0.0; rows.len()];
        for (out, row) in out.chunks_exact_mut(bias.len()).zip(rows.chunks_exact(bias.len())) {
            for ((out, value), bias) in out.iter_mut().zip(row).zip(bias) {
                *out = of(value + bias);
            }
        }
        out
    }

    dispatch!(Level::new(), _simd => match activation {
        Activation::Gelu => each(rows, bias, gelu),
        Activation::GeluNew => each(rows, bias, gelu_new),
        Activation::Relu => each(rows, bias, |x| x.max(0.0)),
        Activation::Swish => each(rows, bias, |x| x / (1.0 + exp(-x))),
        Activation::Mish => each(rows, bias, |x| {
            x * libm::tanhf(libm::log1pf(libm::expf(x)))
        }),
        Activation::Tanh => each(rows, bias, libm::tanhf),
    })
}

/// The sum of a function of the numbers, in 16 partial sums.
#[inline(always)]
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let mut parts = row.chunks_exact(lanes.len());
    for part in &mut parts {
        for (lane, &value) in lanes.iter_mut().zip(part) {
            *lane += of(value);
        }
    }
    let rest: f32 = parts.remainder().iter().map(|&value| of(value)).sum();
    lanes.iter().sum::<f32>() + rest
}

/// `e` to a power between -87 and 88; beyond, that of the nearest bound. The relative error is below
/// 2e-7. Range reduction and polynomial are those of `expf` in the Cephes library.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    /// 1.5 times 2^23. Numbers of this size have no fraction, so that adding it rounds, and the last
    /// bits are the rounded number.
    const ROUND: f32 = 12_582_912.0;
    /// The logarithm of 2, in a part of few bits and a rest.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];

    let x = x.clamp(-87.0, 88.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let mut p = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = p * r + coefficient;
    }
    let power_of_two = f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23));
    (p * r * r + r + 1.0) * power_of_two
}

/// `x` times the probability that a standard normal number is below `x`.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: the error function with an
    // error of at most 1.5e-7.
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let mut p = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = p * t + coefficient;
    }
    // Half of the complement of the error function.
    let tail = 0.5 * x * (p * t * exp(-z * z));
    if x >= 0.0 { x - tail } else { tail }
}

/// The approximation of [`gelu`] by a hyperbolic tangent, which some models were trained with.
#[inline(always)]
fn gelu_new(x: f32) -> f32 {
    /// The root of 2/pi.
    const ROOT: f32 = 0.797_884_6;

    let u = ROOT * (x + 0.044_715 * x * x * x);
    let tanh = 1.0 - 2.0 / (exp(2.0 * u) + 1.0);
    0.5 * x * (1.0 + tanh)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error function, by its Maclaurin series.
    fn erf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..300 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        sum * 2.0 / std::f64::consts::PI.sqrt()
    }

    #[test]
    fn functions_are_those_of_64_bits() {
        let mut worst = [0.0_f64; 3];
        for x in (-4000..=4000).map(|at| at as f32 / 900.0) {
            let wide = f64::from(x);
            let tanh = (0.797_884_560_802_865 * (wide + 0.044_715 * wide.powi(3))).tanh();
            for (worst, (got, want)) in worst.iter_mut().zip([
                (exp(x), wide.exp()),
                (gelu(x), 0.5 * wide * (1.0 + erf(wide / std::f64::consts::SQRT_2))),
                (gelu_new(x), 0.5 * wide * (1.0 + tanh)),
            ]) {
                *worst = worst.max((f64::from(got) - want).abs() / want.abs().max(1.0));
            }
        }
        assert!(worst.iter().all(|&worst| worst < 1e-6), "{worst:?}");
        assert!(exp(-1e9) >= 0.0 && exp(-1e9) < 1e-37 && exp(1e9).is_finite());
        assert_eq!((gelu(0.0), gelu(50.0)), (0.0, 50.0));
        assert!(gelu(-50.0).abs() < 1e-30);
    }

    #[test]
    fn activations_are_those_of_their_names() {
        let (rows, bias) = ([0.25_f32, -1.5, 2.0, 0.5], [0.25, -0.5]);
        for (activation, of) in [
            (Activation::Relu, (|x| x.max(0.0)) as fn(f64) -> f64),
            (Activation::Swish, |x| x / (1.0 + (-x).exp())),
            (Activation::Mish, |x| x * (1.0 + x.exp()).ln().tanh()),
            (Activation::Tanh, f64::tanh),
        ] {
            let got = activated(&rows, &bias, activation);
            let sums = [0.5_f64, -2.0, 2.25, 0.0];
            for (got, want) in got.iter().zip(sums.map(of)) {
                assert!((f64::from(*got) - want).abs() < 1e-6, "{activation:?}: {got} {want}");
            }
        }
    }

    #[test]
    fn rows_are_normalised() {
        let values: Vec<f32> = (0..80).map(|at| (at as f32 * 0.7).sin() * 3.0).collect();
        let norm = LayerNorm { weight: vec![2.0; 40], bias: vec![1.0; 40], eps: 1e-12 };
        let (mut added, zeros) = (vec![0.0; 80], vec![0.0; 40]);
        norm.add_and_apply(&mut added, &values, &zeros);
        let mut rows = values.clone();
        norm.apply(&mut rows);
        assert_eq!(rows, added);
        for row in rows.chunks_exact(40) {
            let mean = row.iter().sum::<f32>() / 40.0;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / 40.0;
            assert!((mean - 1.0).abs() < 1e-5 && (variance - 4.0).abs() < 1e-4);
        }
    }
}
