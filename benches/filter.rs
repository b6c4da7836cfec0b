//! Time to judge a pair of texts and to compute its duplicate keys, for the worst texts of each filter.
//!
//! The texts have 1 MB and 2 MB per side. The time is linear, so the longer pair takes twice as long.

#[path = "../tests/common/worst_cases.rs"]
mod worst_cases;

use std::hint::black_box;

use bitext::corpus::filter::{CandidatePair, DedupConfig, FilterConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Sizes of a side in bytes.
const SIDE_BYTES: [usize; 2] = [1 << 20, 2 << 20];

fn filter(c: &mut Criterion) {
    let config = FilterConfig::default();
    let dedup = DedupConfig::default();
    for case in worst_cases::all() {
        let mut group = c.benchmark_group(format!("{}: {}", case.reason, case.name));
        group.sample_size(10);
        for bytes in SIDE_BYTES {
            let [one, other] = case.texts(bytes);
            group.throughput(Throughput::Bytes((one.len() + other.len()) as u64));
            let pair = CandidatePair::new((case.language, &one), (case.language, &other));
            group.bench_function(format!("{} MB", bytes >> 20), |b| {
                b.iter(|| {
                    let texts = [(case.language, one.as_str()), (case.language, other.as_str())];
                    black_box((config.judge(black_box(&pair)), dedup.keys(&texts)))
                })
            });
        }
        group.finish();
    }
}

criterion_group!(benches, filter);
criterion_main!(benches);
