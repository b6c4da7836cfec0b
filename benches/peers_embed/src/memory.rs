//! What memory gives one thread.

use std::hint::black_box;

use serde_json::{Value, json};

use crate::clock;

/// Above what the caches of a processor hold.
const NUMBERS: usize = 1 << 26;
const ROUNDS: usize = 5;

/// GB a second, the best of some rounds: read, as the sum of 512 MiB, and by the triad
/// of STREAM, a = b + 3 c with 256 MiB each, which counts two reads and one write.
pub fn bandwidth() -> Value {
    let b: Vec<u64> = (0..NUMBERS as u64).collect();
    let read = seconds(|| {
        black_box(black_box(&b).iter().fold(0_u64, |sum, value| sum.wrapping_add(*value)))
    });
    drop(b);
    let (b, c) = (vec![1.0_f64; NUMBERS / 2], vec![2.0_f64; NUMBERS / 2]);
    let mut a = vec![0.0_f64; NUMBERS / 2];
    let triad = seconds(|| {
        for ((a, b), c) in black_box(&mut a).iter_mut().zip(black_box(&b)).zip(black_box(&c)) {
            *a = b + 3.0 * c;
        }
    });
    let bytes = 8.0 * NUMBERS as f64 / 1e9;
    json!({"read_gb_per_s": bytes / read, "triad_gb_per_s": 1.5 * bytes / triad})
}

fn seconds<T>(mut run: impl FnMut() -> T) -> f64 {
    (0..ROUNDS).map(|_| clock::seconds(&mut run)).fold(f64::INFINITY, f64::min)
}
