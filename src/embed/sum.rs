//! The sum of rows in 8 bits.

use pulp::{Arch, Simd, WithSimd};

/// Adds the rows of pieces to a sum, each times its scale, in their order. The rows are signed
/// bytes, as many to each as the sum has numbers. It is the same sum on every processor.
pub(super) fn add(sum: &mut [f32], rows: &[u8], scales: &[f32], pieces: &[u32]) {
    Arch::new().dispatch(Add { sum, rows, scales, pieces });
}

struct Add<'a> {
    sum: &'a mut [f32],
    rows: &'a [u8],
    scales: &'a [f32],
    pieces: &'a [u32],
}

impl WithSimd for Add<'_> {
    type Output = ();

    /// Some rows at a time, since reading and writing the sum takes as long as adding to it.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Add { sum, rows, scales, pieces } = self;
        let d = sum.len();
        let row = |piece: u32| {
            let piece = piece as usize;
            (&rows[piece * d..][..d], scales[piece])
        };
        let mut fours = pieces.chunks_exact(4);
        for four in &mut fours {
            let [(a, s), (b, t), (c, u), (e, v)] = [0, 1, 2, 3].map(|at| row(four[at]));
            for ((((sum, a), b), c), e) in sum.iter_mut().zip(a).zip(b).zip(c).zip(e) {
                let two = *sum + s * f32::from(*a as i8) + t * f32::from(*b as i8);
                *sum = two + u * f32::from(*c as i8) + v * f32::from(*e as i8);
            }
        }
        for (row, scale) in fours.remainder().iter().map(|&piece| row(piece)) {
            for (sum, &value) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(value as i8);
            }
        }
    }
}
