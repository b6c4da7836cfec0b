//! Random numbers that depend only on a seed, a purpose and a position. A resumed
//! run therefore draws the same numbers as an uninterrupted one.

use crate::split_mix::SplitMix64;

pub(crate) struct Random(SplitMix64);

impl Random {
    /// The stream of random numbers of a position, such as a step, for a purpose.
    pub(crate) fn new(seed: u64, purpose: u64, position: u64) -> Random {
        let mut seed = seed;
        for part in [purpose, position] {
            seed = SplitMix64::new(seed).next_u64() ^ part;
        }
        Random(SplitMix64::new(seed))
    }

    /// A random number of 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniform number in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.unit()
    }

    /// A uniform number in 0..`end`; `end` must not be 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// A normal number with mean 0 and variance 1 (Box-Muller transform).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// The numbers 0..`count` in random order (Fisher-Yates shuffle).
    pub(crate) fn order(&mut self, count: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count as u32).collect();
        for at in (1..count).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_permutation_and_depends_on_the_position() {
        let mut order = Random::new(1, 2, 3).order(1000);
        assert_ne!(order, Random::new(1, 2, 4).order(1000));
        assert_eq!(order, Random::new(1, 2, 3).order(1000));
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut random = Random::new(7, 0, 0);
        let numbers: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 20_000.0;
        let square = numbers.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.05, "{mean} {square}");
    }
}
