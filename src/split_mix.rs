//! Pseudo-random numbers: SplitMix64 (Steele, Lea and Flood 2014).

/// The odd integer closest to 2^64 divided by the golden ratio.
const INCREMENT: u64 = 0x9e37_79b9_7f4a_7c15;

pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    pub(crate) fn new(seed: u64) -> SplitMix64 {
        SplitMix64(seed)
    }

    /// The number at an index of the sequence of a seed, without the numbers before it.
    pub(crate) fn number_at(seed: u64, index: u64) -> u64 {
        SplitMix64(seed.wrapping_add(index.wrapping_mul(INCREMENT))).next_u64()
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(INCREMENT);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_at_is_the_number_of_the_sequence() {
        let mut random = SplitMix64::new(1);
        // The first two numbers of the reference implementation.
        assert_eq!(random.next_u64(), 0x910a_2dec_8902_5cc1);
        assert_eq!(random.next_u64(), 0xbeeb_8da1_658e_ec67);
        for index in 2..10 {
            assert_eq!(SplitMix64::number_at(1, index), random.next_u64());
        }
    }
}
