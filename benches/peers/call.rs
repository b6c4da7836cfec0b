//! The time of one call of `Aligner::align` on two small articles, for `reports/speed.py`, which makes
//! the same calls from Python. Prints microseconds for each pair of articles: the least mean of some
//! rounds.

use std::hint::black_box;
use std::time::Instant;

use bitext::Aligner;

const ARTICLES: [(&str, &str); 2] = [
    ("The bridge is closed.", "Die Brücke ist gesperrt."),
    (
        "The bridge is closed. The storm damaged it badly.",
        "Die Brücke ist gesperrt. Der Sturm hat sie schwer beschädigt.",
    ),
];
const ROUNDS: usize = 15;
const CALLS: u32 = 400;

fn main() -> Result<(), bitext::Error> {
    let aligner = Aligner::new();
    for (english, german) in ARTICLES {
        let mut least = f64::INFINITY;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for _ in 0..CALLS {
                black_box(aligner.align([("en", english), ("de", german)])?);
            }
            least = least.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
        }
        println!("{least:.1}");
    }
    Ok(())
}
