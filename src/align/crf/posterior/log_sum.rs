//! Sums of weights that are kept as logarithms.
//!
//! The functions of the crate `libm` have the same bits on every machine; those of C libraries do not.

/// The logarithm of 0.
pub(in crate::align) const IMPOSSIBLE: f64 = f64::NEG_INFINITY;

/// Terms this far below the largest, in nats, are left out: they change no posterior that is
/// reported as f32.
pub(super) const NEGLIGIBLE_NATS: f64 = 30.0;

/// The logarithm of the sum of two weights.
pub(in crate::align) fn log_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low > high - NEGLIGIBLE_NATS { high + libm::log1p(libm::exp(low - high)) } else { high }
}

/// The logarithm of the sum of some weights.
pub(super) fn log_sum(terms: &[f64]) -> f64 {
    let high = terms.iter().fold(IMPOSSIBLE, |high, term| high.max(*term));
    if high == IMPOSSIBLE {
        return IMPOSSIBLE;
    }
    let mut sum = 0.0;
    for term in terms.iter().filter(|term| **term > high - NEGLIGIBLE_NATS) {
        sum += if *term == high { 1.0 } else { libm::exp(term - high) };
    }
    if sum == 1.0 { high } else { high + libm::log(sum) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree_with_those_of_the_weights() {
        let cases: [&[f64]; 5] =
            [&[0.0], &[1.0, 1.0], &[-700.0, -701.5], &[3.0, -40.0, 2.0], &[IMPOSSIBLE, 5.0]];
        for terms in cases {
            let high = terms.iter().copied().fold(IMPOSSIBLE, f64::max);
            let expected = high + terms.iter().map(|term| (term - high).exp()).sum::<f64>().ln();
            let added = terms.iter().copied().fold(IMPOSSIBLE, log_add);
            assert!((log_sum(terms) - expected).abs() < 1e-12, "{terms:?}");
            assert!((added - expected).abs() < 1e-12, "{terms:?}");
        }
        assert_eq!(log_sum(&[]), IMPOSSIBLE);
        assert_eq!(log_add(IMPOSSIBLE, IMPOSSIBLE), IMPOSSIBLE);
    }
}
