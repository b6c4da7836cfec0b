//! Weighted sums of rows of 8-bit numbers.

use fearless_simd::{Level, dispatch};

/// Adds the rows of pieces to a sum, each multiplied by its scale, in the given order. A row has as
/// many signed bytes as the sum has numbers. The result has the same bits on every processor.
pub(super) fn add(sum: &mut [f32], rows: &[u8], scales: &[f32], pieces: &[u32]) {
    dispatch!(Level::new(), _simd => add_plain(sum, rows, scales, pieces));
}

/// Adds four rows at a time, because reading and writing the sum takes as long as adding to it.
#[inline(always)]
fn add_plain(sum: &mut [f32], rows: &[u8], scales: &[f32], pieces: &[u32]) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_processor_sums_to_the_same_bits(
            rows in proptest::collection::vec(any::<u8>(), 300..301),
            scales in proptest::collection::vec(-1.0_f32..1.0, 10),
            pieces in proptest::collection::vec(0_u32..10, 0..30),
        ) {
            let (mut here, mut plain) = (vec![0.5_f32; 30], vec![0.5_f32; 30]);
            add(&mut here, &rows, &scales, &pieces);
            for &piece in &pieces {
                let row = &rows[piece as usize * 30..][..30];
                for (sum, value) in plain.iter_mut().zip(row) {
                    *sum += scales[piece as usize] * f32::from(*value as i8);
                }
            }
            let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&here), bits(&plain));
        }
    }
}
